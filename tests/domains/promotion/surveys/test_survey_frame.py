"""Reading the register for a wave: by a job, told how far it is, and once however often it is asked."""

from __future__ import annotations

from typing import Any

import pytest

from dokodemo.city.parties.frame import frame_people
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.events.models import Event
from dokodemo.promotion.surveys import actions, queries
from dokodemo.promotion.surveys.actions import BadWave, Design
from dokodemo.promotion.surveys.models import Invitation, Wave
from tests.domains.promotion.surveys import survey_city as c


def times(verb: str) -> int:
    return Event.objects.filter(verb=verb).count()


def test_the_register_is_read_by_a_job_and_told_how_far_it_is() -> None:
    c.people()
    actor, today = c.officer(), calendar_jp.today()
    pk = actions.plan_wave(
        actor=actor, survey=c.SURVEY, opens_on=today, closes_on=today, design=Design(size=9)
    )
    wave = Wave.objects.get(pk=pk)
    assert (wave.frame, wave.sample, wave.reading.purpose) == (0, 0, "count")
    with pytest.raises(BadWave, match="counting"):
        actions.draw(actor=actor, wave_id=pk)
    c.read_frame(pk)
    wave = Wave.objects.get(pk=pk)
    assert (wave.frame, queries.reading_of(wave)) == (110, None)
    for _ in range(2):
        actions.draw(actor=actor, wave_id=pk)
    assert times("surveys.draw_asked") == 1
    assert not Invitation.objects.exists()
    for _ in range(2):
        c.read_frame(pk)
    assert times("surveys.drawn") == 1
    assert Invitation.objects.count() == Wave.objects.get(pk=pk).sample


def test_a_wave_that_is_thrown_away_while_the_register_is_read_draws_nobody(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    c.people(24)
    actor = c.officer()
    wave = c.planned(actor, 10)
    actions.draw(actor=actor, wave_id=wave.pk)

    def meanwhile(*args: Any, **kwargs: Any) -> Any:
        actions.discard(actor=actor, wave_id=wave.pk)
        return frame_people(*args, **kwargs)

    monkeypatch.setattr("dokodemo.promotion.surveys.actions.framing.frame_people", meanwhile)
    c.read_frame(wave.pk)
    assert not Wave.objects.exists()
    assert not Invitation.objects.exists()


def test_a_register_in_which_nobody_can_be_asked_is_told_and_draws_nobody() -> None:
    actor, today = c.officer(), calendar_jp.today()
    pk = actions.plan_wave(
        actor=actor, survey=c.SURVEY, opens_on=today, closes_on=today, design=Design(size=9)
    )
    c.read_frame(pk)
    reading = queries.reading_of(Wave.objects.get(pk=pk))
    assert reading is not None
    assert reading.refused == "surveys.fault.nobody"
    with pytest.raises(BadWave, match="nobody"):
        actions.draw(actor=actor, wave_id=pk)
    actions.discard(actor=actor, wave_id=pk)
    assert queries.reading_of(Wave(pk=pk)) is None
