"""What a change would do before it is published: who gains and loses, in people and yen, and never how few."""

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any

import pytest

from dokodemo.administration.eligibility.changes import (
    BadRule,
    Change,
    Comparison,
    Person,
    ReadsMore,
    assumable,
    compare,
    hidden_small,
    parameters_used,
    reworded,
)
from dokodemo.administration.procedures.checking import procedures_of
from dokodemo.administration.procedures.compiled import CompiledProcedure
from dokodemo.kernel.packs import open_pack

DAY = date(2026, 11, 23)
ASSUMED: Mapping[str, Any] = {
    "applicant.is_public_servant": False,
    "applicant.main_earner": True,
    "child.cared_for": True,
}


@cache
def claim() -> CompiledProcedure:
    return next(p for p in procedures_of(open_pack("arao")) if p.slug == "child-allowance-claim")


def parent(*born: str, band: str = "30-39", town: str = "荒尾") -> Person:
    members = [{"date_of_birth": day} for day in born]
    child = {"child": {"members": members, "complete": False}} if born else {}
    return Person({"applicant.resident_here": True, **child}, band, town)


PEOPLE = [parent("2015-05-05"), parent("2025-05-05", "2015-05-05", band="40-49"), parent(town="緑ケ丘")]


def tried(**more: Any) -> Comparison:
    change = Change(assume=ASSUMED, only_known=True, **more)
    return compare(claim(), reworded(claim(), change, DAY), change, PEOPLE, DAY)


def test_a_higher_amount_is_counted_in_yen_by_age_and_town() -> None:
    found = tried(parameters={"child_allowance_3_to_18": 12_000})
    assert found.whole.yen == 4_000
    assert (found.whole.gain, found.whole.lose, found.whole.other_amount) == (0, 0, 2)
    assert {band: effect.yen for band, effect in found.bands.items()} == {"30-39": 2_000, "40-49": 2_000}
    assert {town: effect.yen for town, effect in found.towns.items()} == {"荒尾": 4_000, "緑ケ丘": 0}
    assert found.before == found.after == {"entitled": 2, "not": 1}


def test_a_narrower_rule_takes_from_those_it_no_longer_reaches() -> None:
    found = tried(rules={1: "count(child) FILTER (WHERE age(child.date_of_birth) < 3) >= 1"})
    assert (found.whole.gain, found.whole.lose) == (0, 1)
    assert found.whole.yen == -10_000
    assert found.bands["30-39"].lose == 1


def test_a_wider_rule_gives_to_others() -> None:
    found = tried(rules={1: "count(child) >= 0", 2: "count(child) >= 0"})
    assert (found.whole.gain, found.whole.lose) == (1, 0)
    assert found.towns["緑ケ丘"].gain == 1


def test_without_assumptions_what_the_register_cannot_say_stays_unknown() -> None:
    change = Change(parameters={"child_allowance_3_to_18": 12_000})
    found = compare(claim(), reworded(claim(), change, DAY), change, PEOPLE, DAY)
    assert found.after == {"unknown": 3}
    assert (found.whole.yen, found.whole.yen_unknown) == (0, 3)


def test_the_wording_in_force_changes_nothing_for_anybody() -> None:
    found = tried()
    assert (found.whole.touched, found.whole.yen) == (0, 0)


def test_a_rule_that_reads_more_of_the_register_is_refused() -> None:
    with pytest.raises(ReadsMore, match=r"applicant\.date_of_birth|applicant\.insurance_kind"):
        reworded(claim(), Change(rules={0: "applicant.insurance_kind <> 'none'"}), DAY)


def test_a_rule_that_cannot_be_read_is_refused() -> None:
    with pytest.raises(BadRule) as caught:
        reworded(claim(), Change(rules={3: "applicant.resident_here AND"}), DAY)
    assert caught.value.place == 3


def test_amounts_and_assumptions_are_those_the_rules_stand_on() -> None:
    assert {one.name for one in parameters_used(claim())} == {
        "child_allowance_3_to_18",
        "child_allowance_third",
        "child_allowance_under_3",
    }
    assert {term.name for term in assumable(claim())} == set(ASSUMED)


def test_small_numbers_are_hidden_and_cannot_be_taken_from_the_sum() -> None:
    assert hidden_small([0, 9, 50, 30]) == [0, None, 50, None]
    assert hidden_small([9, 1, 50]) == [None, None, 50]
    assert hidden_small([10, 0, 12]) == [10, 0, 12]
    assert hidden_small([3]) == [None]
    assert hidden_small([]) == []
