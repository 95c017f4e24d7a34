"""A second child, and a move from 大牟田市: everything due is found in fewer than eight questions, signed in or not."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from dokodemo.administration.guidance import queries
from dokodemo.administration.guidance.playing import Played, play
from dokodemo.administration.procedures import actions
from dokodemo.city.parties import port
from dokodemo.entry.portal.guide_answers import released_values
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.packs import open_pack
from tests.domains.city.city_builders import bring_in, row, signed_in

pytestmark = pytest.mark.django_db

EVENTS = "birth-moving_in"
# What a family with a new child and a new address must not miss: 児童手当 (児童手当法7条・8条, 15日以内), 子ども医療費,
# 出生届 (戸籍法49条, 14日以内) and, until it is done, 転入届 (住民基本台帳法22条, 14日以内).
CLAIMS = {"child-allowance-claim", "child-medical-certificate"}
NOTICES = {"birth-notification", "moving-in"}


def born(days_ago: int) -> str:
    return (calendar_jp.today() - timedelta(days=days_ago)).isoformat()


MOVED = calendar_jp.today() - timedelta(days=5)
CHILDREN = [{"date_of_birth": born(1200), "cared_for": True}, {"date_of_birth": born(3), "cared_for": True}]
ANSWERS: dict[str, Any] = {
    "topics": ["children"],
    "applicant.is_public_servant": False,
    "applicant.main_earner": True,
    "birth_report.born_abroad": False,
    "birth_report.has_certificate": True,
    "birth_report.informant": "father",
    "child": CHILDREN,
    "child_medical.all_insured": True,
    "family_situation.public_assistance": False,
    "moving.direction": "into_city",
    "moving.from_abroad": False,
    "moving.moved_on": MOVED.isoformat(),
    "relocation.moved_out_by": "certificate",
    "relocation.who": "whole_family",
}


def due(played: Played) -> set[str]:
    return {item.slug for item in played.listing.due}


def test_a_family_not_yet_registered_is_told_of_all_it_must_do_and_in_which_order() -> None:
    actions.publish(open_pack("arao"), demo=True)
    _, guide = queries.opened(EVENTS)
    played = play(guide, {**ANSWERS, "applicant.resident_here": False})
    assert played.questions < 8
    assert not played.listing.depends_on
    assert due(played) >= CLAIMS | NOTICES
    first = {item.slug: [one.slug for one in item.after] for item in played.listing.due}
    assert first["moving-in"] == []
    assert {tuple(first[slug]) for slug in CLAIMS} == {("moving-in",)}
    until = {item.slug: item.deadline.until for item in played.listing.due if item.deadline}
    assert until["moving-in"] == calendar_jp.add_calendar_days(MOVED, 14, open_day=True)


def test_a_family_that_has_registered_and_signs_in_is_asked_fewer_than_eight_questions_too() -> None:
    actions.publish(open_pack("arao"), demo=True)
    came = {"residentSince": MOVED.isoformat(), "previousAddress": "福岡県大牟田市橘"}
    father, *_ = bring_in(
        row(1, 1, "世帯主", **came),
        row(2, 1, "妻", sex="2", **came),
        row(3, 1, "子", dateOfBirth=born(1200), **came),
        row(4, 1, "子", dateOfBirth=born(3), residentSince=born(3)),
    )
    actor = signed_in(father)
    _, guide = queries.opened(EVENTS)
    released = released_values(
        port.released_facts(
            actor=actor,
            capacity=port.Capacity("self", actor.resident_id),
            terms=[term for term in guide.terms.values() if term.register is not None],
            purpose="guide",
        )
    )
    assert len(released["child"]) == 2
    assert released["applicant.resident_here"] is True
    children = [{**child, "cared_for": True} for child in released["child"]]
    played = play(guide, {**ANSWERS, **released, "child": children}, released)
    assert played.questions < 8
    assert "applicant.resident_here" not in played.asked
    assert not played.listing.depends_on
    assert due(played) >= CLAIMS | {"birth-notification"}
    # They stand in the register already: what is left of the move is done.
    assert "moving-in" in {item.slug for item in played.listing.not_due}
