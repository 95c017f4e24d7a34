"""What a decision finds is read as it was typed, asked with its own outcome, and never taken half."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dokodemo.administration.procedures.found import Finding, in_words, read_findings, told
from dokodemo.administration.procedures.letters_agree import names_read


def finding(name: str, kind: str, **more: Any) -> Finding:
    label = {"ja": f"{name}の名", "easy": f"{name}の な", "en": f"the {name}"}
    return Finding.model_validate(
        {"name": name, "label": label, "type": kind, "required_on": ["approved"], **more}
    )


def choice(value: str, *on: str) -> dict[str, Any]:
    return {"value": value, "label": {"ja": value, "easy": value, "en": value}, "on": list(on)}


LEVEL = finding(
    "level",
    "choice",
    choices=[choice("none", "refused"), choice("care1", "approved"), choice("care2", "approved")],
    allowed_on=["refused"],
)
SINCE, UNTIL = finding("since", "date"), finding("until", "date", not_before="since")
CARE = (LEVEL, SINCE, UNTIL)
WHOLE = {"level": "care2", "since": "令和8年12月1日", "until": "2027-05-31"}


def test_days_are_read_in_either_calendar_and_shown_in_every_language() -> None:
    read = read_findings(CARE, "approved", WHOLE)
    assert read.faults == {}
    assert read.values == {"level": "care2", "since": "2026-12-01", "until": "2027-05-31"}
    assert in_words(CARE, read.values)["since"] == {
        "label": "sinceの名",
        "text": "令和8年12月1日（2026年）",
        "value": "2026-12-01",
        "place": 1,
    }
    assert told(CARE, read.values, "en")[2] == (UNTIL.label, "31 May 2027")
    assert told(CARE, None, "ja") == []


def test_everything_that_is_missing_is_said_at_once() -> None:
    assert read_findings(CARE, "approved", {"level": " "}).faults == {
        "level": "cases.finding.missing",
        "since": "cases.finding.missing",
        "until": "cases.finding.missing",
    }


def test_what_belongs_to_another_outcome_is_refused_and_not_dropped() -> None:
    read = read_findings(CARE, "refused", {"level": "none", "since": "2026-12-01"})
    assert (read.values, read.faults) == ({"level": "none"}, {"since": "cases.finding.other_outcome"})


@pytest.mark.parametrize(("outcome", "value"), [("approved", "none"), ("refused", "care1")])
def test_a_choice_of_another_outcome_is_refused(outcome: str, value: str) -> None:
    read = read_findings((LEVEL,), outcome, {"level": value})
    assert read.faults == {"level": "cases.finding.other_choice"}
    assert read.values == {}


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ({"since": "いつか"}, "field.date.unreadable"),
        ({"until": "2026-02-30"}, "cases.finding.unusable"),
        ({"until": "2026-11-30"}, "cases.finding.before_its_start"),
        ({"level": "care9"}, "field.choice.unknown"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_own_box(typed: dict[str, str], fault: str) -> None:
    read = read_findings(CARE, "approved", WHOLE | typed)
    assert read.faults == {next(iter(typed)): fault}
    assert set(read.values) == set(WHOLE) - set(typed)


def test_a_period_of_one_day_is_a_period() -> None:
    assert read_findings(CARE, "approved", WHOLE | {"until": "2026-12-01"}).faults == {}


@given(st.dictionaries(st.sampled_from(["level", "since", "until", "other"]), st.text(max_size=20)))
def test_whatever_is_typed_a_required_finding_is_there_or_named_as_wrong(typed: dict[str, str]) -> None:
    read = read_findings(CARE, "approved", typed)
    assert set(read.values) | set(read.faults) == {"level", "since", "until"}
    assert not set(read.values) & set(read.faults)


@pytest.mark.parametrize(
    "source",
    [
        '#pick(data, "decision", "purpose")',
        '#pick( data , "decision" , "purpose", default: [ ])',
        "#data.decision.purpose",
        '#data.decision.at("purpose", default: none)',
        '#data.at("decision", default: (:)).at("purpose")',
        '#value("decision.purpose")',
    ],
)
def test_a_name_is_found_however_a_letter_reads_it(source: str) -> None:
    assert names_read(source) == {("decision", "purpose")}


def test_what_a_comment_says_is_not_read_and_a_finding_is() -> None:
    source = """// #data.decision.purpose
/* #finding("degree") */ #finding("until")"""
    assert names_read(source) == {("findings", "until")}
