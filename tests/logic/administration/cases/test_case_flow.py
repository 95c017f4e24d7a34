"""The way through a form: for every procedure of both cities, whatever somebody answers."""

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dokodemo.administration.cases import flow, prefill
from dokodemo.administration.procedures.checking import read_surroundings
from dokodemo.administration.procedures.compiled import CompiledProcedure, FormQuestion, compile_file
from dokodemo.administration.procedures.reading import read_procedures
from dokodemo.city.parties.port import ReleasedFact
from dokodemo.kernel.packs import Text, open_pack
from dokodemo.kernel.vocabulary import Term

DAY = date(2026, 11, 23)
SOURCE = Text(ja="住民登録", easy="住民登録", en="register")
FILE = {"attachment": "a1", "name": "photo.jpg", "media_type": "image/jpeg", "size": 9, "sha256": "0" * 64}
FREE = {
    "person_name": {"family": "荒尾", "given": "花子", "family_kana": "アラオ", "given_kana": "ハナコ"},
    "address": {"full": "熊本県荒尾市"},
    "bank_account": {"number": "1234567"},
}


@cache
def procedures() -> list[CompiledProcedure]:
    found = []
    for name in ("arao", "mihon"):
        pack = open_pack(name)
        around = read_surroundings(pack)
        found += [compile_file(file, around.vocabulary, around.parameters) for file in read_procedures(pack)]
    return found


def answer(term: Term) -> st.SearchStrategy[Any]:
    match str(term.type):
        case "boolean":
            return st.booleans()
        case "choice":
            return st.sampled_from([choice.value for choice in term.choices or ()])
        case "integer" | "yen":
            return st.integers(0, 5)
        case "date":
            return st.sampled_from(["2006-04-01", "2020-07-03", "2025-12-31", "2026-11-01"])
        case "year_month":
            return st.just("2026-11")
        case "file":
            return st.just([FILE])
        case "person_name" | "address" | "bank_account":
            return st.just(FREE[str(term.type)])
        case _:
            return st.sampled_from(["あ", "い"])


def questions(procedure: CompiledProcedure) -> list[tuple[str | None, FormQuestion]]:
    return [
        (page.group.name if page.group is not None and page.group.repeats else None, question)
        for page in procedure.pages
        for question in page.questions
    ]


@st.composite
def answered(draw: st.DrawFn) -> tuple[int, dict[str, Any]]:
    which = draw(st.integers(0, len(procedures()) - 1))
    procedure = procedures()[which]
    answers: dict[str, Any] = {}
    fields: dict[str, dict[str, st.SearchStrategy[Any]]] = {}
    for group, question in questions(procedure):
        if group is not None:
            fields.setdefault(group, {})[question.term.field] = answer(question.term)
        elif draw(st.booleans()):
            answers[question.term.name] = draw(answer(question.term))
    for group, optional in fields.items():
        if draw(st.integers(0, 4)):
            answers[group] = draw(st.lists(st.fixed_dictionaries({}, optional=optional), max_size=3))
    return which, answers


def asked_now(procedure: CompiledProcedure, answers: Mapping[str, Any]) -> set[str]:
    return {question.term.name for question in flow.asked_terms(procedure, answers, on=DAY)}


def names(answers: Mapping[str, Any]) -> set[str]:
    found = set()
    for name, value in answers.items():
        if "." in name or not isinstance(value, list):
            found.add(name)
        else:
            found |= {f"{name}.{field}" for member in value for field in member}
    return found


many = settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@many
@given(answered())
def test_only_what_is_asked_is_kept(given_: tuple[int, dict[str, Any]]) -> None:
    which, answers = given_
    procedure = procedures()[which]
    kept = flow.keep_asked(procedure, answers, on=DAY)
    assert names(kept) <= asked_now(procedure, answers)
    assert all(answers[name] == value for name, value in kept.items() if "." in name)
    # A group nobody answered is not turned into a group known to be empty.
    assert all(group in answers for group in kept if "." not in group)


@many
@given(answered())
def test_what_is_complete_stays_complete_when_the_hidden_is_dropped(
    given_: tuple[int, dict[str, Any]],
) -> None:
    which, answers = given_
    procedure = procedures()[which]
    gap = flow.first_incomplete(procedure, answers, on=DAY)
    if gap is None:
        for step in flow.steps(procedure, answers, on=DAY):
            assert flow.missing_in(step, flow.keep_asked(procedure, answers, on=DAY)) == []
    else:
        assert flow.missing_in(gap, answers)


@many
@given(answered())
def test_saving_a_page_changes_nothing_that_is_not_on_it(
    given_: tuple[int, dict[str, Any]],
) -> None:
    which, answers = given_
    procedure = procedures()[which]
    for step in flow.steps(procedure, answers, on=DAY):
        here = {question.term.name for question in step.questions}
        merged = flow.merge_page(answers, step, {})
        assert names(answers) - names(merged) <= here
        files = {name for name, value in answers.items() if value == [FILE]}
        assert all(merged.get(name) == [FILE] for name in files)
        if step.page.group is None or not step.page.group.repeats or step.page.group.name in answers:
            assert flow.merge_page(answers, step, answers) == answers


fields = st.sampled_from(["full_name", "date_of_birth", "relation", "living_together"])
members = st.lists(st.dictionaries(fields, st.integers(0, 3), min_size=1), max_size=4)
scalars = st.dictionaries(
    st.sampled_from(["applicant.phone", "applicant.full_name", "evidence.bank_book"]),
    st.one_of(st.integers(0, 3), st.just([FILE]), st.just({"family": "a"})),
)


@given(scalars, st.dictionaries(st.sampled_from(["child", "household_member"]), members))
def test_places_come_back_as_the_same_answers(
    single: dict[str, Any], groups: dict[str, list[dict[str, int]]]
) -> None:
    answers = {**single, **groups}
    assert flow.from_places(flow.places(answers)) == answers


def test_a_file_is_one_answer_and_no_group() -> None:
    answers = {"evidence.bank_book": [FILE, FILE]}
    assert flow.places(answers) == answers
    assert flow.sources(answers, {}) == {"evidence.bank_book": "typed"}
    assert flow.file_ids(answers) == {"a1"}


def test_a_member_of_whom_nothing_is_named_keeps_the_place_of_the_next() -> None:
    assert flow.from_places({"child-1.relation": "子"}) == {"child": [{}, {"relation": "子"}]}


@given(scalars, st.dictionaries(st.sampled_from(["child"]), members))
def test_every_answer_has_one_source_and_unchanged_facts_are_the_registers(
    single: dict[str, Any], groups: dict[str, list[dict[str, int]]]
) -> None:
    answers = {**single, **groups}
    found = flow.sources(answers, flow.places(answers))
    assert set(found) == set(flow.places(answers))
    typed = {place for place, source in found.items() if source == "typed"}
    assert typed == set() or typed == {"child"}
    assert flow.typed_count(flow.sources(answers, {})) == len(flow.places(answers))


ANNA = {"full_name": "Anna", "date_of_birth": "2015-01-01", "relation": "子", "living_together": True}
BEN = {"full_name": "Ben", "date_of_birth": "2018-02-02", "relation": "子", "living_together": True}
CARL = {"full_name": "Carl", "date_of_birth": "2021-03-03", "relation": "子", "living_together": True}
STRANGER = {"full_name": "Dora", "date_of_birth": "2009-09-09", "relation": "子", "living_together": True}


@pytest.mark.parametrize(
    ("now", "typed"),
    [
        ([ANNA, BEN, CARL], 0),
        ([BEN, CARL], 0),
        ([CARL, BEN, ANNA], 0),
        ([BEN], 0),
        ([STRANGER, ANNA, BEN, CARL], 4),
        ([{**ANNA, "living_together": False}, BEN], 1),
        ([ANNA, {**BEN, "cared_for": True}], 1),
    ],
)
def test_leaving_a_child_out_or_adding_one_makes_no_other_answer_typed(
    now: list[dict[str, Any]], typed: int
) -> None:
    released = flow.places({"child": [ANNA, BEN, CARL]})
    assert flow.typed_count(flow.sources({"child": now}, released)) == typed


def test_what_another_page_asked_about_a_child_stays_with_that_child() -> None:
    asked_elsewhere = [{**ANNA, "school": "A"}, {**BEN, "school": "B"}, {**CARL, "school": "C"}]
    procedure = next(p for p in procedures() if p.slug == "child-allowance-claim")
    step = next(s for s in flow.steps(procedure, {}, on=DAY) if s.page.group and s.page.group.repeats)
    answers = {"child": asked_elsewhere}
    merged = flow.merge_page(answers, step, {"child": [BEN, CARL]})
    assert [member.get("school") for member in merged["child"]] == ["B", "C"]
    renamed = flow.merge_page(answers, step, {"child": [{**ANNA, "full_name": "Anne"}, BEN, CARL]})
    assert [member.get("school") for member in renamed["child"]] == ["A", "B", "C"]


# What the register gives


def entries(**facts: Any) -> dict[str, dict[str, Any]]:
    return prefill.as_json({name: ReleasedFact(value, SOURCE, None, None) for name, value in facts.items()})


@pytest.mark.parametrize("procedure", procedures(), ids=lambda p: f"{p.slug}")
def test_the_register_is_asked_for_what_the_form_or_a_rule_uses_and_nothing_else(
    procedure: CompiledProcedure,
) -> None:
    used = {question.term.name for _, question in questions(procedure)}
    used |= {name for rule in (*procedure.rules, *procedure.amounts.values()) for name in rule.terms}
    used |= {
        name
        for _, question in questions(procedure)
        for condition in (question.show_when, question.skip_when)
        if condition is not None
        for name in condition.terms
    }
    wanted = [term.name for term in prefill.wanted_terms(procedure)]
    assert len(wanted) == len(set(wanted))
    assert set(wanted) <= used


def test_a_fact_the_rules_test_is_kept_though_nobody_was_asked() -> None:
    procedure = next(p for p in procedures() if p.slug == "child-allowance-claim")
    known = entries(**{"applicant.resident_here": True, "applicant.full_name": FREE["person_name"]})
    assert prefill.tested_facts(procedure, {}, known) == {"applicant.resident_here": True}
    assert prefill.tested_facts(procedure, {"applicant.resident_here": False}, known) == {}


def test_what_the_register_says_and_may_not_be_changed_is_locked() -> None:
    procedure = next(p for p in procedures() if p.slug == "child-allowance-claim")
    known = entries(**{"applicant.phone": "0968630000", "applicant.full_name": FREE["person_name"]})
    assert prefill.locked_terms(procedure, known) == {"applicant.full_name"}
    assert prefill.locked_terms(procedure, {}) == frozenset()


def test_differences_are_told_only_where_the_register_knows() -> None:
    answers = {"applicant.phone": "1", "child": [{"full_name": "Anna", "relation": "子"}]}
    register = {"applicant.phone": "2", "applicant.sex": "male", "child": [{"full_name": "Anna"}]}
    assert flow.differences(answers, register) == [flow.Difference("applicant.phone", "1", "2")]
