"""Words many people wrote by themselves: told once a wave is closed, to whom may read them, and never those of few."""

from __future__ import annotations

from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import Role
from dokodemo.promotion.surveys import actions
from dokodemo.promotion.surveys.repeated import Repeated, repeated
from dokodemo.promotion.surveys.suppressing import FEWEST
from tests.domains.promotion.surveys import survey_city as c
from tests.domains.promotion.test_action_plan import CIO, staff

CLERK = staff(Role.CASEWORKER, "childcare")


def found(actor: object) -> list[Repeated]:
    return repeated(actor, since=calendar_jp.today(), most=100)  # type: ignore[arg-type]


def test_a_word_is_told_when_enough_people_wrote_it_and_the_wave_is_closed() -> None:
    c.people()
    wave, rows = c.opened(c.officer(), 60)
    for place, one in enumerate(rows):
        words = (
            "駐車場が遠い。駐車場です" if place < FEWEST else "荒尾太郎" if place < 2 * FEWEST else "図書館"
        )
        if place >= 3 * FEWEST - 1:
            words = ""
        answers = {"used": "never"} | ({"words": words} if words else {})
        actions.answer(code=one.code, answers=answers, client="192.0.2.1")
    assert found(CIO) == []
    actions.close_wave(actor=c.officer(), wave_id=wave.pk)
    told = {one.word: one.people for one in found(CIO)}
    assert told["駐車場"] == FEWEST
    assert {one.measures for one in found(CIO)} == {("life-1", "life-2", "life-3", "life-4")}
    assert not {"図書", "図書館", "荒尾太郎", "です"} & told.keys()
    assert found(CLERK) == []
    nameless = found(None)
    assert {one.word for one in nameless} == {""}
    assert {one.key for one in nameless} == {one.key for one in found(CIO)}
