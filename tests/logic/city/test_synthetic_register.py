"""The made-up register (見本の住民台帳): believable, deterministic, and accepted at the door of a real one."""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from datetime import date
from functools import cache
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dokodemo.city.parties.logic import age_on
from dokodemo.city.parties.register_columns import Surroundings
from dokodemo.city.parties.register_file import Problems, check_households, open_register, survey
from dokodemo.city.parties.synthetic import Register, Row, age_counts, as_csv
from dokodemo.city.parties.synthetic_data import DemoData, read_demo_data
from dokodemo.city.parties.synthetic_households import FEMALE, MALE, OLDEST, HouseholdPlan, plan_households
from dokodemo.kernel.packs import open_pack

TODAY = date(2026, 11, 23)


@cache
def data() -> DemoData:
    """Arao's demo data."""
    return read_demo_data(open_pack("arao"))


@cache
def rows(residents: int = 3000, seed: int = 1) -> tuple[Row, ...]:
    """A made-up register."""
    register = Register(data(), today=TODAY, seed=seed, protection_section="resident")
    return tuple(register.rows(residents))


def born(row: Row) -> date:
    """Day of birth."""
    return date.fromisoformat(row["dateOfBirth"])


def households() -> list[list[Row]]:
    """The rows by household."""
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows():
        found[row["householdNumber"]].append(row)
    return list(found.values())


def test_the_same_seed_gives_the_same_people_and_another_seed_others() -> None:
    again = tuple(Register(data(), today=TODAY, seed=1, protection_section="resident").rows(3000))
    assert again == rows()
    assert rows(3000, 2) != rows()


def test_there_are_as_many_people_as_asked_for() -> None:
    assert [len(rows(n)) for n in (50, 777, 3000)] == [50, 777, 3000]


def test_the_door_of_a_real_register_accepts_it() -> None:
    file = open_register(as_csv(rows()))
    problems = Problems()
    around = Surroundings(today=TODAY, city="荒尾市", sections=frozenset({"resident"}))
    keys = survey(file, around, problems)
    check_households(keys, [], problems)
    assert [str(problem) for problem in problems.first] == []
    assert len(keys) == 3000


def test_ages_are_as_in_the_pack() -> None:
    ages = Counter(min(age_on(born(row), TODAY), OLDEST) for row in rows())
    total = sum(band.men + band.women for band in data().population.bands)
    for band in data().population.bands:
        wanted = (band.men + band.women) / total
        found = sum(ages[age] for age in range(band.from_, band.to + 1)) / len(rows())
        assert found == pytest.approx(wanted, abs=0.006)


def test_households_are_as_large_as_in_the_pack() -> None:
    mean = len(rows()) / len(households())
    assert mean == pytest.approx(data().population.mean_size, rel=0.08)


def test_names_with_rare_characters_variants_and_foreign_names_are_there() -> None:
    names = "".join(row["familyName"] for row in rows())
    assert any(0xE0100 <= ord(c) <= 0xE01EF for c in names)
    assert any(ord(c) > 0xFFFF for c in names)
    assert unicodedata.normalize("NFC", names) != names
    foreign = [row for row in rows() if row["nationalityName"] != "日本"]
    assert 10 <= len(foreign) <= 60


def test_some_are_protected_and_their_whole_household_with_them() -> None:
    protected = [house for house in households() if any(r["confidentialInformation"] == "1" for r in house)]
    assert protected
    for house in protected:
        assert all(row["confidentialInformation"] == "1" for row in house)
        assert all(row["confidentialSection"] == "resident" for row in house)


def test_telephone_numbers_and_addresses_of_mail_reach_nobody() -> None:
    for row in rows():
        assert row["phoneNumber"] == "" or row["phoneNumber"].startswith(("090-0000-", "0968-00-"))
        assert row["emailAddress"] == "" or row["emailAddress"].endswith("@example.jp")


def test_no_two_of_a_household_have_one_name() -> None:
    doubled = [house for house in households() if len({row["givenName"] for row in house}) < len(house)]
    assert doubled == []


def test_days_are_in_order() -> None:
    for row in rows():
        assert row["dateOfBirth"] <= row["residentSince"] <= TODAY.isoformat()


def test_twins_are_there_and_share_a_birthday() -> None:
    pairs = [
        house
        for house in households()
        if any(n > 1 for n in Counter(r["dateOfBirth"] for r in house).values())
    ]
    assert pairs


def test_the_persons_with_a_story_come_first_with_numbers_that_never_change() -> None:
    stories = [p for household in data().people.households for p in household.members]
    for size in (50, 3000):
        told = rows(size)[: len(stories)]
        assert [(r["familyName"], r["givenName"]) for r in told] == [(p.family, p.given) for p in stories]
    ages = {p.code: age_on(born(row), TODAY) for p, row in zip(stories, rows(), strict=False)}
    assert ages["fifteen"] == 15
    assert ages["father"] >= 75
    assert ages["second-child"] == 0


COUNTS = st.fixed_dictionaries(
    {sex: st.lists(st.integers(0, 3), min_size=OLDEST + 1, max_size=OLDEST + 1) for sex in (MALE, FEMALE)}
).filter(lambda counts: sum(sum(counts[sex][18:]) for sex in counts) > 0)


def parents(plan: HouseholdPlan) -> list[int]:
    """Ages of the head and the spouse."""
    return [member.age for member in plan.members if member.relation in {"世帯主", "妻", "夫"}]


@settings(max_examples=60, deadline=None)
@given(COUNTS, st.integers(0, 2**32), st.floats(1.2, 4.0))
def test_every_household_has_one_adult_head_and_families_that_can_be(
    counts: dict[str, list[int]], seed: int, mean_size: float
) -> None:
    plans = plan_households(counts, Random(seed), mean_size=mean_size)
    housed = Counter((member.sex, member.age) for plan in plans for member in plan.members)
    assert housed == Counter({(sex, age): n for sex in counts for age, n in enumerate(counts[sex]) if n})
    for plan in plans:
        head = plan.members[0]
        assert [m.relation for m in plan.members].count("世帯主") == 1
        assert head.relation == "世帯主"
        assert head.age >= 18
        for member in plan.members:
            if member.relation == "子":
                assert all(18 <= age - member.age <= 60 for age in parents(plan))
            if member.relation == "妻":
                assert member.sex == FEMALE
                assert head.sex == MALE
                assert member.age >= 18
            if member.relation in {"父", "母"}:
                assert member.age - head.age >= 18
            if member.relation == "子の子":
                assert head.age - member.age >= 40


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 5000), st.integers(0, 2**32))
def test_age_counts_add_up_exactly(residents: int, seed: int) -> None:
    counts = age_counts(data(), residents, Random(seed))
    assert sum(map(sum, counts.values())) == residents
