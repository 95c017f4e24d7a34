"""Questions of a repeating page that depend on the member (構成員ごとの表示条件): asked of whom they concern, of nobody else."""

from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from dokodemo.administration.cases import flow, prefill
from dokodemo.administration.procedures.checking import procedures_of
from dokodemo.administration.procedures.compiled import CompiledProcedure
from dokodemo.kernel.expressions import ExpressionError
from dokodemo.kernel.packs import open_pack

DAY = date(2026, 11, 23)
ROOT = Path(__file__).parents[3] / "packs"
TALL, SHORT, UNKNOWN = {"height": 150, "kind": "pine"}, {"height": 40, "kind": "plum"}, {"kind": "pine"}


@cache
def small() -> CompiledProcedure:
    return next(p for p in procedures_of(open_pack("small", roots=[ROOT])) if p.slug == "tree-grant")


def changed(page: int, **values: Any) -> CompiledProcedure:
    """The small pack's grant for trees with one page of its form written anew."""
    content = small().definition.model_dump(mode="json", exclude_defaults=True)
    content["form"][page].update(values)
    definition = type(small().definition).model_validate(content)
    return CompiledProcedure(definition, small().vocabulary, small().parameters, small().letters)


def kind_of_tall_trees() -> CompiledProcedure:
    return changed(1, ask=["tree.height", {"term": "tree.kind", "show_when": "tree.height >= 100"}])


def page_of_trees(answers: dict[str, Any]) -> flow.Step:
    return next(step for step in flow.steps(kind_of_tall_trees(), answers, on=DAY) if step.page.group)


def test_a_question_is_asked_of_the_members_it_concerns() -> None:
    answers = {"tree": [TALL, SHORT, UNKNOWN]}
    step = page_of_trees(answers)
    assert [q.term.name for q in step.questions] == ["tree.height", "tree.kind"]
    asked = [[q.term.field for q in questions] for _, _, questions in flow.each_member(step, answers)]
    assert asked == [["height", "kind"], ["height"], ["height"]]


def test_only_an_answer_that_is_asked_of_this_member_is_missing() -> None:
    answers = {"tree": [{"height": 150}, {"height": 40}]}
    assert flow.missing_in(page_of_trees(answers), answers) == ["tree-0.kind"]


def test_what_does_not_concern_a_member_is_not_collected() -> None:
    kept = flow.keep_asked(kind_of_tall_trees(), {"tree": [TALL, SHORT]}, on=DAY)
    assert kept == {"tree": [TALL, {"height": 40}]}


def test_a_member_nobody_is_asked_about_keeps_its_place() -> None:
    procedure = changed(1, ask=["tree.height"], show_when="tree.height >= 100")
    answers = {"tree": [SHORT, TALL]}
    assert flow.keep_asked(procedure, answers, on=DAY) == {"tree": [{}, {"height": 150}]}


@pytest.mark.parametrize("answers", [{}, {"tree": []}])
def test_before_the_first_member_only_what_concerns_everybody_is_asked(answers: dict[str, Any]) -> None:
    step = page_of_trees(answers)
    assert [q.term.name for q in step.questions] == ["tree.height"]
    assert flow.each_member(step, answers) == []
    assert flow.missing_in(step, answers) == ([] if "tree" in answers else ["tree"])


def test_the_condition_may_look_at_the_whole_family_and_at_the_applicant_too() -> None:
    rule = "tree.height >= 100 AND count(tree) >= 2 AND applicant.resident_here"
    procedure = changed(1, ask=["tree.height", {"term": "tree.kind", "show_when": rule}])
    for answers, asked in (
        ({"tree": [TALL, SHORT], "applicant.resident_here": True}, {"tree-0.kind"}),
        ({"tree": [TALL], "applicant.resident_here": True}, set()),
        ({"tree": [TALL, SHORT], "applicant.resident_here": False}, set()),
    ):
        kept = flow.places(flow.keep_asked(procedure, answers, on=DAY))
        assert {place for place in kept if place.endswith(".kind")} == asked


def test_a_condition_of_one_member_reads_nothing_from_the_register() -> None:
    assert "tree.height" not in {term.name for term in prefill.wanted_terms(kind_of_tall_trees())}


def test_a_page_asked_once_cannot_depend_on_one_member() -> None:
    procedure = changed(0, ask=[{"term": "applicant.owns_land", "show_when": "tree.height >= 100"}])
    with pytest.raises(ExpressionError, match="one value for each tree"):
        _ = procedure.pages
