"""A form that begins with what somebody told before it was begun: only what it asks, and never over the register."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from dokodemo.administration.cases.prefill import with_told


def form(*asked: str) -> Any:
    """A form of one page that asks these terms."""
    questions = [SimpleNamespace(term=SimpleNamespace(name=name)) for name in asked]
    return SimpleNamespace(pages=[SimpleNamespace(questions=questions)])


def test_only_what_the_form_asks_and_nothing_has_answered_is_laid_in() -> None:
    told = {"applicant.phone": "0968", "applicant.income": 1, "applicant.born": "1990-01-01"}
    known = {"applicant.born": "1990-05-17"}
    asks = form("applicant.phone", "applicant.born")
    assert with_told(asks, known, told) == {"applicant.born": "1990-05-17", "applicant.phone": "0968"}
    assert known == {"applicant.born": "1990-05-17"}


def test_no_is_an_answer() -> None:
    assert with_told(form("a.b"), {}, {"a.b": False}) == {"a.b": False}


def test_members_are_completed_by_whom_they_agree_with_and_somebody_new_is_added() -> None:
    asks = form("child.name", "child.born", "child.here")
    known = {"child": [{"name": "陽葵", "born": "2020-07-03"}, {"name": "奏", "born": "2023-01-01"}]}
    told = {
        "child": [
            {"born": "2026-11-01", "here": True, "weight": 3000},
            {"born": "2023-01-01", "here": False},
            {"born": "2020-07-03", "here": True},
        ]
    }
    assert with_told(asks, known, told)["child"] == [
        {"name": "陽葵", "born": "2020-07-03", "here": True},
        {"name": "奏", "born": "2023-01-01", "here": False},
        {"born": "2026-11-01", "here": True},
    ]


def test_what_the_register_says_of_a_member_stands() -> None:
    known = {"child": [{"born": "2020-07-03", "sex": "f", "here": True}]}
    told = {"child": [{"born": "2020-07-03", "sex": "f", "here": False}]}
    assert with_told(form("child.born", "child.sex", "child.here"), known, told) == known


def test_nobody_is_an_answer_where_nobody_is_known_and_takes_nobody_away() -> None:
    assert with_told(form("child.born"), {}, {"child": []}) == {"child": []}
    known = {"child": [{"born": "2020-07-03"}]}
    assert with_told(form("child.born"), known, {"child": []}) == known


def test_a_list_the_form_does_not_ask_about_is_not_laid_in() -> None:
    assert with_told(form("applicant.phone"), {}, {"child": [{"born": "2020-07-03"}]}) == {}
