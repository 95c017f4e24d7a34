"""A second child, and a move from 大牟田市: what is due is found in fewer than eight questions."""

from __future__ import annotations

from datetime import timedelta

import pytest

from dokodemo.administration.guidance.logic import Guide
from dokodemo.administration.guidance.playing import play
from dokodemo.administration.procedures import actions, queries
from dokodemo.administration.procedures.judging import judge
from dokodemo.city.parties import port
from dokodemo.entry.portal.guide_answers import released_values
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.packs import open_pack
from tests.domains.city.city_builders import bring_in, row, signed_in

pytestmark = pytest.mark.django_db

# What a family with a new child and a new address comes for; the event has more, and a pack may add to it at any time.
NEEDED = ("child-allowance-claim", "child-medical-certificate", "moving-in", "resident-record-copy")


def born(days_ago: int) -> str:
    return (calendar_jp.today() - timedelta(days=days_ago)).isoformat()


def test_a_second_child_and_a_move_from_omuta_are_guided_in_fewer_than_eight_questions() -> None:
    actions.publish(open_pack("arao"), demo=True)
    moved = calendar_jp.today() - timedelta(days=5)
    came = {"residentSince": moved.isoformat(), "previousAddress": "福岡県大牟田市橘"}
    father, *_ = bring_in(
        row(1, 1, "世帯主", **came),
        row(2, 1, "妻", sex="2", **came),
        row(3, 1, "子", dateOfBirth=born(1200), **came),
        row(4, 1, "子", dateOfBirth=born(3), residentSince=born(3)),
    )
    actor = signed_in(father)
    guide = Guide("birth", [queries.get_published(slug) for slug in NEEDED], calendar_jp.today())
    released = released_values(
        port.released_facts(
            actor=actor,
            capacity=port.Capacity("self", actor.resident_id),
            terms=guide.terms.values(),
            purpose="guide",
        )
    )
    assert len(released["child"]) == 2
    answers = {
        **released,
        "moving.direction": "into_city",
        "moving.from_abroad": False,
        "moving.moved_on": moved.isoformat(),
        "relocation.who": "self",
        "relocation.moved_out_by": "certificate",
        "applicant.is_public_servant": False,
        "applicant.main_earner": True,
        "child": [{**child, "cared_for": True} for child in released["child"]],
        "child_medical.all_insured": True,
        "family_situation.public_assistance": False,
    }
    played = play(guide, answers, released)
    assert len(played.asked) < 8
    # They stand in the register already: what is left of the move is done.
    assert [item.slug for item in played.listing.not_due] == ["moving-in"]
    assert {item.slug for item in played.listing.due} == set(NEEDED) - {"moving-in"}
    for item in played.listing.items():
        assert judge(item.procedure, answers, guide.on).eligible is (item.kind == "due")
