"""Rules about persons, without a database (住民についての規則)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dokodemo.city.parties import logic
from dokodemo.city.parties.definitions import (
    LOCATING_FACTS,
    REGISTER_SOURCE,
    RELATIONS,
    RESIDENT_SOURCE,
    EndingGround,
    Fact,
    Record,
)

TODAY = date(2026, 11, 23)
HOME = uuid4()


@dataclass
class Somebody:
    """A person as the rules see one."""

    relation: str = "世帯主"
    born: str = "1990-05-17"
    household_id: UUID = HOME
    status: str = "resident"
    protected: bool = False
    pk: UUID = field(default_factory=uuid4)

    @property
    def facts(self) -> Record:
        """The record."""
        return {"household_relation": fact(self.relation), "date_of_birth": fact(self.born)}


def fact(value: Any, source: str = REGISTER_SOURCE, at: str = "2026-01-01T00:00:00+00:00") -> Fact:
    """A fact with times."""
    return Fact(value=value, source=source, asserted_at=at, verified_at=at)


def wards(adult: Somebody, *others: Somebody, sheltered: tuple[UUID, ...] = ()) -> list[Somebody]:
    """The wards of an adult among others, today."""
    return logic.wards_of(adult, [adult, *others], on=TODAY, sheltered=sheltered)


def test_head_and_spouse_are_guardians_of_the_children_of_their_household() -> None:
    child = Somebody("子", "2020-07-03")
    assert wards(Somebody(), child) == [child]
    assert wards(Somebody("妻"), Somebody(), child) == [child]
    assert wards(Somebody("夫"), Somebody(), child) == [child]


@pytest.mark.parametrize("relation", sorted(RELATIONS - {"世帯主", "妻", "夫"}))
def test_nobody_else_of_the_household_is(relation: str) -> None:
    assert wards(Somebody(relation), Somebody(), Somebody("子", "2020-07-03")) == []


def test_the_register_gives_nobody_a_child_that_is_not_certainly_theirs() -> None:
    head = Somebody()
    for relation in RELATIONS - {"子"}:
        assert wards(head, Somebody(relation, "2020-07-03")) == []
    assert wards(head, Somebody("子", "2020-07-03", household_id=uuid4())) == []
    assert wards(head, Somebody("子", "2020-07-03", status="moved_out")) == []
    assert wards(head, Somebody("子", "2020-07-03", status="dead")) == []


def test_neither_a_minor_nor_somebody_who_left_nor_a_sheltered_household_has_wards() -> None:
    child = Somebody("子", "2020-07-03")
    assert wards(Somebody(born="2010-01-01"), child) == []
    assert wards(Somebody(status="moved_out"), child) == []
    assert wards(Somebody(), child, sheltered=(HOME,)) == []
    assert logic.children_to_tell(Somebody(), [child], on=TODAY, sheltered=[HOME]) == []
    assert logic.children_to_tell(Somebody(status="moved_out"), [child], on=TODAY, sheltered=[]) == []


def test_a_stepchild_belongs_to_one_of_the_two() -> None:
    child = Somebody("夫の子", "2020-07-03")
    assert wards(Somebody("夫"), Somebody(), child) == [child]
    assert wards(Somebody(), child) == []


def test_wards_come_eldest_first() -> None:
    young, old = Somebody("子", "2024-01-01"), Somebody("子", "2015-01-01")
    assert wards(Somebody(), young, old) == [old, young]


@pytest.mark.parametrize(
    ("born", "on", "age"),
    [
        ("2008-11-23", "2026-11-22", 17),
        ("2008-11-23", "2026-11-23", 18),
        ("2008-02-29", "2026-02-28", 17),
        ("2008-02-29", "2026-03-01", 18),
    ],
)
def test_an_age_is_reached_on_the_birthday(born: str, on: str, age: int) -> None:
    assert logic.age_on(date.fromisoformat(born), date.fromisoformat(on)) == age


@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)), st.integers(0, 100))
def test_a_fiscal_age_limit_is_the_first_31_march_from_the_eve_of_the_birthday(born: date, age: int) -> None:
    limit = logic.fiscal_age_limit(born, age)
    first_of_age = date(born.year + age, born.month, 1) + timedelta(days=born.day - 1)
    reached = first_of_age - timedelta(days=1)
    assert (limit.month, limit.day) == (3, 31)
    assert reached <= limit < reached + timedelta(days=366)


@given(st.booleans(), st.booleans(), st.booleans())
def test_somebody_of_a_sheltered_household_is_told_only_to_themselves(
    own: bool, here: bool, hidden: bool
) -> None:
    person = Somebody()
    viewer = person.pk if own else uuid4()
    sheltered = [HOME] if hidden else []
    assert logic.may_release(viewer_id=viewer, person=person, sheltered=sheltered) == (own or not hidden)
    assert not hidden or not logic.may_release(viewer_id=None, person=person, sheltered=sheltered)
    assert logic.masked_facts(sheltered=hidden, authorised=here) == (
        LOCATING_FACTS if hidden and not here else frozenset()
    )


ADDRESS = "熊本県荒尾市緑ケ丘3丁目4-12"


@pytest.mark.parametrize(
    "written",
    [
        "熊本県荒尾市緑ケ丘３丁目４－１２",
        "熊本県 荒尾市　緑ケ丘3-4-12",
        "熊本県荒尾市緑ケ丘3丁目4番12号",
        "熊本県荒尾市緑ケ丘3‐4−12",
    ],
)
def test_one_address_may_be_written_in_many_ways(written: str) -> None:
    assert logic.address_key(written) == logic.address_key(ADDRESS)


@pytest.mark.parametrize(
    "other",
    [ADDRESS + "1", ADDRESS.replace("4-12", "41-2"), ADDRESS.replace("緑ケ丘", "緑が丘"), ADDRESS[3:]],
)
def test_another_address_is_another(other: str) -> None:
    assert logic.address_key(other) != logic.address_key(ADDRESS)


def test_a_long_vowel_mark_in_a_building_is_no_hyphen() -> None:
    assert logic.address_key("荒尾1番地 コーポ1号") != logic.address_key("荒尾1番地 コ-ポ1号")


@given(st.text(max_size=40))
def test_comparing_an_address_twice_changes_nothing_more(text: str) -> None:
    key = logic.address_key(text)
    assert logic.without_spaces(key) == key


def test_parts_of_an_identity_never_run_into_each_other() -> None:
    one = logic.identity_key(name="山田太郎", date_of_birth="1990-01-01", sex="male", address="1")
    two = logic.identity_key(name="山田太", date_of_birth="郎1990-01-01", sex="male", address="1")
    assert one != two


def test_a_record_without_one_of_the_four_is_nobody() -> None:
    record: Record = {
        "full_name": fact({"family": "髙木", "given": "美咲"}),
        "date_of_birth": fact("1990-05-17"),
        "sex": fact("female"),
        "address": fact({"full": ADDRESS}),
    }
    assert logic.record_identity(record) is not None
    for name in record:
        assert logic.record_identity({k: v for k, v in record.items() if k != name}) is None


FACTS = st.dictionaries(
    st.sampled_from(["full_name", "phone", "email", "address"]),
    st.builds(
        fact,
        st.integers(0, 3),
        st.sampled_from([REGISTER_SOURCE, RESIDENT_SOURCE]),
        st.sampled_from(["2026-01-01T00:00:00+00:00", "2026-02-01T00:00:00+00:00"]),
    ),
)


@given(FACTS, st.dictionaries(st.sampled_from(["full_name", "phone", "address"]), st.integers(0, 3)))
def test_merging_keeps_times_of_what_is_the_same_and_what_a_person_told(
    old: Record, values: dict[str, int]
) -> None:
    new = {name: fact(value, at="2026-11-23T00:00:00+00:00") for name, value in values.items()}
    merged = logic.merge(old, new, source=REGISTER_SOURCE)
    for name, known in old.items():
        if known["source"] == RESIDENT_SOURCE and name in {"phone", "email"}:
            assert merged[name] == known
        elif known["source"] == REGISTER_SOURCE and name not in new:
            assert name not in merged
        elif known["source"] == REGISTER_SOURCE and known["value"] == new[name]["value"]:
            assert merged[name] == known
    assert new.keys() <= merged.keys()
    assert logic.merge(merged, new, source=REGISTER_SOURCE) == merged


@pytest.mark.parametrize(
    ("scope", "slug", "inside"),
    [
        (["*"], "dog", True),
        (["*"], None, True),
        (["dog"], "dog", True),
        (["dog"], "cat", False),
        (["dog"], None, False),
    ],
)
def test_a_scope_covers_its_procedures(scope: list[str], slug: str | None, inside: bool) -> None:
    assert logic.is_in_scope(scope, slug) is inside


@given(st.dates(date(1900, 1, 1), date(2100, 12, 31)))
def test_a_year_after_a_day_is_the_same_day_or_the_last_of_february(day: date) -> None:
    after = logic.year_after(day)
    assert after.year == day.year + 1
    assert (after.month, after.day) == ((2, 28) if (day.month, day.day) == (2, 29) else (day.month, day.day))


@pytest.mark.parametrize(
    ("starts_on", "review_on", "until", "fault"),
    [
        (TODAY, date(2027, 11, 23), None, None),
        (date(2026, 11, 1), None, None, None),
        (date(2026, 11, 24), date(2027, 11, 23), None, ("starts_on", "parties.protection.starts_later")),
        (TODAY, date(2026, 11, 22), None, ("review_on", "parties.protection.days")),
        (date(2026, 11, 1), TODAY, None, ("review_on", "parties.protection.past")),
        (TODAY, date(2027, 11, 24), None, ("review_on", "parties.protection.too_long")),
        # Renewed: a year more than the review day so far, or than today when that day has passed.
        (date(2026, 1, 1), date(2027, 12, 20), date(2026, 12, 20), None),
        (
            date(2026, 1, 1),
            date(2027, 12, 21),
            date(2026, 12, 20),
            ("review_on", "parties.protection.too_long"),
        ),
        (date(2025, 1, 1), date(2027, 11, 23), date(2026, 1, 1), None),
        (
            date(2025, 1, 1),
            date(2027, 11, 24),
            date(2026, 1, 1),
            ("review_on", "parties.protection.too_long"),
        ),
    ],
)
def test_a_protection_begins_by_today_and_lasts_a_year(
    starts_on: date, review_on: date | None, until: date | None, fault: tuple[str, str] | None
) -> None:
    found = logic.protection_fault(starts_on=starts_on, review_on=review_on, today=TODAY, until=until)
    assert found == fault


@pytest.mark.parametrize(
    ("until", "over"), [(None, False), (TODAY, False), (TODAY - timedelta(days=1), True)]
)
def test_a_protection_is_over_only_once_its_review_day_has_passed(until: date | None, over: bool) -> None:
    fault = logic.ending_fault(EndingGround.PERIOD_OVER, until=until, today=TODAY)
    assert (fault is None) == over
    for ground in (EndingGround.ASKED, EndingGround.NOT_NEEDED):
        assert logic.ending_fault(ground, until=until, today=TODAY) is None
