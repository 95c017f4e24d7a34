"""What a task takes, what is proposed for it and why, what a reform saved: figures worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dokodemo.kernel.packs import open_pack
from dokodemo.promotion.reform.definitions import load_rules, load_systems
from dokodemo.promotion.reform.logic import (
    Rule,
    Saved,
    TaskFacts,
    Unfit,
    When,
    number_of,
    proposals,
    saved,
    summed,
)

RULES = load_rules(open_pack("japan")).rules
TASK = TaskFacts(
    code="A-1",
    section="childcare",
    title="照合",
    minutes=Decimal(5),
    cases=2400,
    rules_alone="wholly",
    medium_in="digital",
    medium_out="digital",
    basis="law",
    core=False,
    measured=False,
)


def measure(task: TaskFacts) -> str:
    held = proposals(task, [rule.rule for rule in RULES])
    return held[0].measure if held else "none"


def test_hours_a_year_are_minutes_times_cases_over_sixty() -> None:
    assert TASK.hours == Decimal("200.0")
    assert replace(TASK, minutes=Decimal("0.5"), cases=7).hours == Decimal("0.1")


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_every_rule_is_the_first_that_holds_for_its_own_example(rule: object) -> None:
    held = proposals(rule.example_facts, [one.rule for one in RULES])  # type: ignore[attr-defined]
    assert held[0].code == rule.code  # type: ignore[attr-defined]


def test_much_rule_bound_work_on_data_is_for_a_robot_and_little_of_it_is_not() -> None:
    assert measure(TASK) == "rpa"
    assert measure(replace(TASK, cases=499)) == "none"
    assert measure(replace(TASK, rules_alone="never")) == "none"


def test_paper_in_and_out_becomes_digital_before_anybody_thinks_of_a_robot() -> None:
    assert measure(replace(TASK, medium_in="paper", medium_out="paper")) == "digitise"


def test_paper_that_only_custom_asks_for_is_first_asked_whether_it_is_needed() -> None:
    assert measure(replace(TASK, medium_in="paper", medium_out="paper", basis="custom")) == "abolish"


@given(
    minutes=st.integers(1, 500),
    cases=st.integers(0, 50_000),
    alone=st.sampled_from(["wholly", "partly", "never"]),
    into=st.sampled_from(["paper", "digital"]),
    out=st.sampled_from(["paper", "digital"]),
    basis=st.sampled_from(["law", "city", "custom"]),
)
def test_core_work_is_never_proposed_for_anything(
    minutes: int, cases: int, alone: str, into: str, out: str, basis: str
) -> None:
    task = replace(
        TASK,
        core=True,
        minutes=Decimal(minutes),
        cases=cases,
        rules_alone=alone,
        medium_in=into,
        medium_out=out,
        basis=basis,
    )
    assert proposals(task, [rule.rule for rule in RULES]) == []
    assert proposals(task, [Rule("all", "abolish", When())]) == []


def test_hours_saved_are_less_what_building_and_upkeep_took() -> None:
    # (12 − 3) minutes × 400 cases ÷ 60 = 60 hours; 20 to build, 5 of upkeep: 35 are left.
    won = saved(before=Decimal(12), after=Decimal(3), cases=400, build=Decimal(20), upkeep=Decimal(5))
    assert (won.gross, won.net) == (Decimal("60.0"), Decimal("35.0"))


def test_a_reform_that_cost_more_than_it_won_is_below_zero() -> None:
    won = saved(before=Decimal(6), after=Decimal(5), cases=60, build=Decimal(10), upkeep=Decimal(0))
    assert won.net == Decimal("-9.0")


def test_a_sum_says_how_many_hours_went_to_core_work_and_of_how_many_nobody_said() -> None:
    both = [
        Saved(Decimal(60), Decimal(25), {"core": Decimal(20), "other": Decimal(5)}),
        Saved(Decimal(10), Decimal(0), {"core": Decimal(4), "overtime": Decimal(6)}),
    ]
    total = summed(both)
    assert (total.reforms, total.net) == (2, Decimal(45))
    assert total.freed == {"core": Decimal(24), "other": Decimal(5), "overtime": Decimal(6)}
    assert total.unsaid == Decimal(10)


@pytest.mark.parametrize(
    ("typed", "number"), [("12", "12.0"), ("１２．５", "12.5"), (" 1,200 ", "1200.0"), ("0", "0.0")]
)
def test_numbers_are_read_as_people_type_them(typed: str, number: str) -> None:
    assert number_of(typed, most=Decimal(10_000), fault="x") == Decimal(number)


@pytest.mark.parametrize("typed", ["", "-1", "1e3", "NaN", "Infinity", "0.55", "10001", "十", "+5"])
def test_what_is_no_such_number_is_refused(typed: str) -> None:
    with pytest.raises(Unfit):
        number_of(typed, most=Decimal(10_000), fault="x")


def test_zero_is_refused_where_a_task_takes_time() -> None:
    with pytest.raises(Unfit):
        number_of("0", most=Decimal(10), fault="x", zero=False)


def test_the_standardised_systems_are_the_twenty_in_the_order_they_are_listed() -> None:
    # https://www.city.shimada.shizuoka.jp/gyosei-docs/hyojunka.html
    listed = (
        "住民基本台帳 選挙人名簿管理 固定資産税 個人住民税 法人住民税 軽自動車税 国民健康保険 国民年金 障害者福祉 "
        "後期高齢者医療 介護保険 児童手当 健康管理 就学 児童扶養手当 生活保護 子ども・子育て支援 印鑑登録 戸籍 戸籍の附票"
    )
    assert [one.title.ja for one in load_systems(open_pack("japan")).systems] == listed.split()
