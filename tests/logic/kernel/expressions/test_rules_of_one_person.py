"""What rules say about one person while some of what they ask is not known yet."""

from datetime import date, datetime

import pytest
from rules_city import ON, rule, value

from dokodemo.kernel.expressions import UNKNOWN, ExpressionError, FactError, Leaf

YOUNG, GROWN, NOBODY_KNOWS = {"date_of_birth": "2015-05-05"}, {"date_of_birth": "1990-05-05"}, {}


# Three-valued logic


@pytest.mark.parametrize(
    ("left", "right", "both", "either"),
    [
        (True, None, UNKNOWN, True),
        (False, None, False, UNKNOWN),
        (None, None, UNKNOWN, UNKNOWN),
        (True, False, False, True),
    ],
)
def test_and_and_or_are_kleenes(left: bool | None, right: bool | None, both: object, either: object) -> None:
    facts = {"applicant__resident_here": left, "applicant__is_public_servant": right}
    assert value("applicant.resident_here AND applicant.is_public_servant", **facts) is both
    assert value("applicant.is_public_servant AND applicant.resident_here", **facts) is both
    assert value("applicant.resident_here OR applicant.is_public_servant", **facts) is either


def test_what_is_unknown_stays_unknown_under_not_and_in_comparisons() -> None:
    assert value("NOT applicant.resident_here") is UNKNOWN
    assert value("applicant.size = applicant.size") is UNKNOWN
    assert value("applicant.relation <> 'self'") is UNKNOWN
    assert value("applicant.born BETWEEN DATE '2000-01-01' AND today") is UNKNOWN


def test_unknown_is_neither_true_nor_false_in_python() -> None:
    with pytest.raises(TypeError, match="neither true nor false"):
        bool(UNKNOWN)


def test_in_is_true_as_soon_as_one_value_fits() -> None:
    assert value("applicant.size IN (applicant.score, 2)", applicant__size=2) is True
    assert value("applicant.size IN (applicant.score, 3)", applicant__size=2) is UNKNOWN
    assert value("applicant.relation NOT IN ('self', 'parent')", applicant__relation="other") is True


# Groups


@pytest.mark.parametrize(
    ("children", "expected"),
    [
        (None, UNKNOWN),
        ([], False),
        ([YOUNG], True),
        ([GROWN], False),
        ([NOBODY_KNOWS], UNKNOWN),
        ([GROWN, NOBODY_KNOWS], UNKNOWN),
        ([YOUNG, NOBODY_KNOWS], True),
        ([None], UNKNOWN),
    ],
)
def test_a_family_is_not_refused_while_one_date_of_birth_is_unknown(
    children: object, expected: object
) -> None:
    assert value("children_to_age_18 >= 1", child=children) is expected


def test_counting_decides_as_soon_as_no_unknown_member_can_change_it() -> None:
    counting = "count(child) FILTER (WHERE child.is_minor)"
    assert value(f"{counting} >= 3", child=[NOBODY_KNOWS, NOBODY_KNOWS]) is False
    assert value(f"{counting} <= 2", child=[NOBODY_KNOWS, NOBODY_KNOWS]) is True
    assert value(f"{counting} = 0", child=[YOUNG, NOBODY_KNOWS]) is False
    assert value(counting, child=[YOUNG, NOBODY_KNOWS]) is UNKNOWN
    assert value("count(child) >= 0") is True
    assert value("count(child) >= 1") is UNKNOWN
    assert value("count(child) + 5 >= 5 AND 2 * count(child) >= 0") is True


def test_known_to_have_none_is_a_value() -> None:
    assert value("count(child)", child=[]) == 0
    assert value("sum(child.points)", child=[]) == 0
    assert value("bool_or(child.is_minor)", child=[]) is False
    assert value("bool_and(child.is_minor)", child=[]) is True
    assert value("sum(child.points)") is UNKNOWN


def test_a_sum_is_bounded_by_the_members_that_are_known() -> None:
    chosen = "sum(child.points) FILTER (WHERE child.living_together)"
    known, unsure = {"points": 5, "living_together": True}, {"points": 3}
    assert value(chosen, child=[known, unsure]) is UNKNOWN
    assert value(f"{chosen} >= 5", child=[known, unsure]) is True
    assert value(f"{chosen} <= 8", child=[known, unsure]) is True
    assert value(chosen, child=[known, {"points": 0}]) == 5
    assert value(chosen, child=[known, {"living_together": False}]) == 5
    assert value(f"{chosen} >= 5", child=[known, {"points": -1}]) is UNKNOWN


def test_the_smallest_and_the_largest_need_a_member() -> None:
    assert value("max(child.points)", child=[{"points": 2}, {"points": 7}]) == 7
    assert value("min(child.date_of_birth)", child=[YOUNG, GROWN]) == date(1990, 5, 5)
    assert value("max(child.points) >= 7", child=[{"points": 7}, {}]) is True
    assert value("max(child.points)", child=[{"points": 7}, {}]) is UNKNOWN
    assert value("min(child.points) FILTER (WHERE child.living_together)", child=[{"points": 7}]) is UNKNOWN
    with pytest.raises(ExpressionError, match="no member to take it from"):
        value("min(child.points)", child=[])
    assert value("CASE WHEN count(child) > 0 THEN min(child.points) ELSE 0 END", child=[]) == 0
    assert value("CASE WHEN count(child) > 0 THEN min(child.points) ELSE 0 END") is UNKNOWN


def test_any_and_all_decide_by_one_member() -> None:
    there, away = {"living_together": True}, {"living_together": False}
    assert value("bool_or(child.living_together)", child=[{}, there]) is True
    assert value("bool_or(child.living_together)", child=[{}, away]) is UNKNOWN
    assert value("bool_and(child.living_together)", child=[{}, away]) is False
    assert value("bool_and(child.living_together)", child=[{}, there]) is UNKNOWN
    both = "bool_and(child.living_together) FILTER (WHERE child.is_minor)"
    assert value(both, child=[{**away, **GROWN}, {**there, **YOUNG}]) is True
    assert value(both, child=[away]) is UNKNOWN


def test_a_filter_may_look_at_the_person_as_well() -> None:
    text = "count(child) FILTER (WHERE child.points > applicant.size)"
    assert value(text, applicant__size=1, child=[{"points": 2}, {"points": 1}]) == 1
    assert value(text, child=[{"points": 2}]) is UNKNOWN


# CASE


def test_case_with_an_unknown_condition_is_known_when_all_that_is_left_agrees() -> None:
    text = "CASE WHEN applicant.resident_here THEN {0} WHEN applicant.is_public_servant THEN {1} ELSE {2} END"
    assert value(text.format(5, 5, 5)) == 5
    assert value(text.format(5, 5, 6)) is UNKNOWN
    assert value(text.format(5, 5, 6), applicant__is_public_servant=True) == 5
    assert value(text.format(5, 6, 6), applicant__resident_here=False) == 6
    assert value(text.format(5, 6, 7) + " BETWEEN 5 AND 7") is True
    assert value(text.format(5, 6, 7) + " > 7") is False
    assert value(text.format("TRUE", "TRUE", "FALSE")) is UNKNOWN


def test_case_may_compare_one_value_with_several() -> None:
    text = "CASE applicant.relation WHEN 'self' THEN 1 WHEN 'parent' THEN 2 ELSE 3 END"
    assert [value(text, applicant__relation=word) for word in ("self", "parent", "other", None)] == [
        1,
        2,
        3,
        UNKNOWN,
    ]


def test_a_choice_may_come_out_of_case() -> None:
    assert value("tie_word = 'self'", applicant__resident_here=True) is True
    assert value("tie_word", applicant__resident_here=False) == "other"
    assert value("tie_word") is UNKNOWN


# Arithmetic


def test_numbers_are_known_as_far_as_they_can_be() -> None:
    assert value("applicant.size * 0") == 0
    assert value("least(applicant.size, 3) <= 3") is True
    assert value("greatest(applicant.size, 3) >= 3") is True
    assert value("abs(applicant.size) >= 0") is True
    assert value("count(child) * count(member) >= 0") is True
    assert value("greatest(0, least(2, applicant.size)) BETWEEN 0 AND 2") is True
    assert value("floor(greatest(applicant.size, 10) / 3) >= 3") is True
    assert value("round_down(greatest(applicant.size, 1234), 1000) >= 1000") is True


def test_rounding_is_always_written_down() -> None:
    assert value("floor(applicant.size / 2)", applicant__size=-3) == -2
    assert value("ceil(applicant.size / 2)", applicant__size=-3) == -1
    assert value("floor(applicant.size / (-2))", applicant__size=3) == -2
    assert value("ceil(7 / 2)") == 4
    assert value("floor(applicant.income * 15 / 1000)", applicant__income=999) == 14
    assert value("round_down(applicant.income / 3, 100)", applicant__income=1000) == 300
    assert value("round_down(1999, 1000)") == 1000


def test_yen_divided_by_yen_is_a_plain_number() -> None:
    assert rule("floor(applicant.income / param.amount)").type == "integer"
    assert rule("floor(applicant.income / 12)").type == "yen"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("floor(1 / applicant.size)", "division by zero"),
        ("ceil(applicant.score / applicant.size)", "division by zero"),
        ("round_down(5, applicant.size)", "not above zero"),
        ("4611686018427387904 + 4611686018427387904", "more than 64 bit"),
        ("-4611686018427387904 - 4611686018427387904 - 1", "more than 64 bit"),
        ("4611686018427387904 * 2", "more than 64 bit"),
        ("date_add_days(today, 9999999)", "years 1 to 9999"),
        ("date_add_days(today, 9223372036854775807)", "years 1 to 9999"),
        ("param.later + 1", "no value on 2026-11-23; its first is from 2030-04-01"),
        ("applicant.resident_here AND floor(1 / applicant.size) > 0", "division by zero"),
        ("sum(child.points)", "more than 64 bit"),
    ],
)
def test_an_arithmetic_error_is_an_error_of_the_pack_and_never_unknown(text: str, reason: str) -> None:
    facts = {"applicant__size": 0, "applicant__resident_here": True, "child": [{"points": 2**62}] * 2}
    with pytest.raises(ExpressionError, match=reason) as caught:
        value(text, **facts)
    assert text in str(caught.value) or text[:20] in str(caught.value)


def test_an_error_does_not_count_where_the_outcome_is_decided_without_it() -> None:
    assert value("applicant.size <> 0 AND floor(1 / applicant.size) > 0", applicant__size=0) is False
    assert value("floor(1 / applicant.size) > 0 AND applicant.size <> 0", applicant__size=0) is False
    assert value("applicant.size = 0 OR floor(1 / applicant.size) > 0", applicant__size=0) is True
    assert (
        value("CASE WHEN applicant.size = 0 THEN 0 ELSE floor(1 / applicant.size) END", applicant__size=0)
        == 0
    )
    guarded = "CASE WHEN applicant.resident_here THEN floor(1 / applicant.size) ELSE 0 END"
    assert value(guarded, applicant__size=0) is UNKNOWN
    assert value("applicant.resident_here AND floor(1 / applicant.size) > 0", applicant__size=0) is UNKNOWN


def test_the_text_of_an_arithmetic_error_holds_no_facts() -> None:
    with pytest.raises(ExpressionError) as caught:
        value("floor(applicant.income / applicant.size)", applicant__size=0, applicant__income=7654321)
    assert "7654321" not in str(caught.value)
    assert "floor(applicant.income / applicant.size)" in str(caught.value)


# Parameters and days


def test_a_parameter_has_the_value_of_the_day() -> None:
    assert value("param.limit", date(2026, 3, 31)) == 2
    assert value("param.limit", date(2026, 4, 1)) == 3
    assert value("param.opens <= today", date(2026, 11, 1)) is True
    with pytest.raises(ExpressionError, match=r"no value on 2020-03-31; its first is from 2020-04-01"):
        value("param.limit", date(2020, 3, 31))
    assert value("CASE WHEN today >= DATE '2020-04-01' THEN param.limit ELSE 1 END", date(2020, 3, 31)) == 1


def test_today_is_the_day_asked_for() -> None:
    assert value("today", date(2030, 1, 2)) == date(2030, 1, 2)
    assert value("age(applicant.born)", date(2030, 1, 1), applicant__born="2000-01-02") == 29


def test_months_compare_as_months() -> None:
    assert value("applicant.since >= '2026-04'", applicant__since="2026-03") is False
    assert value("'2026-03' = applicant.since", applicant__since="2026-03") is True


# Facts


def test_facts_may_be_days_or_their_text() -> None:
    for born in ("2000-01-02", date(2000, 1, 2)):
        assert value("applicant.born = DATE '2000-01-02'", applicant__born=born) is True


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("applicant.size > 1", {"applicant.size": "1"}),
        ("applicant.size > 1", {"applicant.size": True}),
        ("applicant.size > 1", {"applicant.size": 2**63}),
        ("applicant.resident_here", {"applicant.resident_here": 1}),
        ("applicant.born > today", {"applicant.born": "2026-02-30"}),
        ("applicant.born > today", {"applicant.born": datetime(2026, 1, 1)}),
        ("applicant.since > '2026-01'", {"applicant.since": "202601"}),
        ("count(child) > 1", {"child": 3}),
        ("count(child) > 1", {"child": "none"}),
        ("count(child) FILTER (WHERE child.is_minor) > 1", {"child": [1]}),
    ],
)
def test_a_fact_of_the_wrong_type_is_refused_without_repeating_it(
    text: str, facts: dict[str, object]
) -> None:
    with pytest.raises(FactError) as caught:
        rule(text).evaluate(facts, ON)
    assert str(next(iter(facts.values()))) not in str(caught.value).replace("applicant.size", "")


# Reasons


def test_the_reasons_show_each_condition_and_what_is_missing() -> None:
    text = "applicant.resident_here AND children_to_age_18 >= 1 AND NOT applicant.is_public_servant"
    reasons = rule(text).trace({"applicant.resident_here": True, "child": [GROWN, NOBODY_KNOWS]}, ON)
    assert reasons.state == "unknown"
    assert reasons.text == text
    assert [child.state for child in reasons.children] == ["true", "unknown", "unknown"]
    assert reasons.unknown == (Leaf("child.date_of_birth", 1), Leaf("applicant.is_public_servant"))
    counted = reasons.children[1].children[0]
    assert (counted.term, counted.range) == ("children_to_age_18", (0, 1))
    assert str(reasons.unknown[0]) == "child[1].date_of_birth"


def test_what_can_no_longer_change_the_outcome_is_not_missing() -> None:
    reasons = rule("applicant.resident_here AND applicant.is_public_servant").trace(
        {"applicant.resident_here": False}, ON
    )
    assert (reasons.state, reasons.unknown) == ("false", ())
    chosen = rule("CASE WHEN applicant.resident_here THEN applicant.size ELSE applicant.score END")
    assert chosen.trace({"applicant.resident_here": True}, ON).unknown == (Leaf("applicant.size"),)
    assert rule("count(child) > 1").trace({}, ON).unknown == (Leaf("child"),)


def test_the_reasons_can_be_written_as_json() -> None:
    found = (
        rule("applicant.born < today AND floor(1 / applicant.size) > 0 AND FALSE")
        .trace({"applicant.size": 0}, ON)
        .to_json()
    )
    assert found["state"] == "false"
    assert found["children"][1]["state"] == "error"
    assert "division by zero" in found["children"][1]["error"]
    assert found["children"][0]["unknown"] == ["applicant.born"]


def test_a_rule_says_what_it_can_ask_for() -> None:
    found = rule("has_close_child AND applicant.size > param.limit AND count(member) > 1")
    assert found.terms == {"child.date_of_birth", "child.living_together", "applicant.size", "member"}
    assert found.groups == {"child", "member"}
    assert found.parameters == {"limit"}
    assert found.type == "boolean"


def test_children_who_are_known_count_while_there_may_be_others() -> None:
    some = {"members": [{"date_of_birth": "2015-05-05", "living_together": True}], "complete": False}
    assert value("children_to_age_18 >= 1", child=some) is True
    assert value("has_close_child", child=some) is True
    assert value("children_to_age_18 <= 1", child=some) is UNKNOWN
    assert value("sum(child.points)", child=some | {"members": [{"points": 3}]}) is UNKNOWN
    missing = {str(leaf) for leaf in rule("children_to_age_18 = 1").trace({"child": some}, ON).unknown}
    assert missing == {"child"}


def test_members_that_are_all_known_may_be_written_either_way() -> None:
    some = {"members": [{"points": 3}], "complete": True}
    assert value("sum(child.points)", child=some) == value("sum(child.points)", child=[{"points": 3}]) == 3
    with pytest.raises(FactError, match="complete"):
        value("sum(child.points)", child={"members": []})
