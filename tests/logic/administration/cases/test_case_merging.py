"""One form for several procedures: nothing asked twice, nothing left out, nothing shown to whom it is not for."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dokodemo.administration.cases import flow, merging
from dokodemo.administration.cases.joint_parts import REGISTER
from dokodemo.administration.cases.merging import JointForm, JointQuestion
from dokodemo.administration.procedures.checking import read_surroundings
from dokodemo.administration.procedures.compiled import CompiledProcedure, compile_file
from dokodemo.administration.procedures.reading import read_procedures
from dokodemo.kernel.packs import open_pack
from tests.logic.administration.cases.test_case_flow import DAY, FILE, answer

many = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@cache
def procedures() -> Mapping[str, CompiledProcedure]:
    pack = open_pack("arao")
    around = read_surroundings(pack)
    return {
        file.definition.slug: compile_file(file, around.vocabulary, around.parameters)
        for file in read_procedures(pack)
    }


@cache
def joint(*slugs: str) -> JointForm:
    return merging.merge([procedures()[slug] for slug in slugs])


@st.composite
def chosen(draw: st.DrawFn) -> JointForm:
    slugs = st.sampled_from(sorted(procedures()))
    # Procedures of one turn of life share the most: they are the ones people join.
    events = sorted({event for p in procedures().values() for event in p.definition.life_events})
    event = draw(st.sampled_from(events))
    near = sorted(slug for slug, p in procedures().items() if event in p.definition.life_events)
    if len(near) > 1:
        slugs = st.one_of(st.sampled_from(near), slugs)
    return joint(*draw(st.lists(slugs, min_size=1, max_size=5, unique=True)))


@dataclass(frozen=True)
class Written:
    """A joint form and what somebody wrote on it."""

    form: JointForm
    answers: dict[str, Any]


@st.composite
def written(draw: st.DrawFn, most_gaps: int = 3) -> Written:
    """Everything answered, then up to some answers taken out again."""
    form = draw(chosen())
    answers: dict[str, Any] = {}
    for page in form.pages:
        group = page.group if page.group is not None and page.group.repeats else None
        if group is not None:
            fields = {q.term.field: answer(q.term) for q in page.questions}
            answers[group.name] = draw(st.lists(st.fixed_dictionaries(fields), max_size=2))
            continue
        for question in page.questions:
            answers[question.term.name] = draw(answer(question.term))
    for _ in range(draw(st.integers(0, most_gaps))):
        name = draw(st.sampled_from(sorted(answers)))
        value = answers[name]
        if "." not in name and value:
            fields = sorted(f for f in value[0] if not f.startswith("on_list_"))
            value[0].pop(draw(st.sampled_from(fields)), None) if fields else None
        elif len(answers) > 1:
            del answers[name]
    for part in form.parts:
        for name in sorted(part.procedure.tested_names):
            if draw(st.booleans()):
                answers[REGISTER + name] = draw(answer(part.procedure.vocabulary.term(name)))
    return Written(form, answers)


def asked_by(form: JointForm) -> Counter[str]:
    return Counter(
        question.term.name
        for page in form.pages
        for question in page.questions
        if not (isinstance(question, JointQuestion) and question.mark)
    )


@many
@given(chosen())
def test_every_term_of_every_procedure_is_asked_exactly_once(form: JointForm) -> None:
    wanted = {part.joint_name(name) for part in form.parts for name in part.procedure.asked_names}
    assert asked_by(form) == dict.fromkeys(wanted, 1)
    for part in form.parts:
        for name, term in ((n, part.procedure.vocabulary.term(n)) for n in part.procedure.asked_names):
            assert (part.joint_name(name) == name) == (term.per is None)


@many
@given(chosen())
def test_each_question_knows_every_procedure_that_asks_it(form: JointForm) -> None:
    for page in form.pages:
        for question in page.questions:
            if isinstance(question, JointQuestion) and question.mark:
                continue
            askers = [p.procedure.slug for p in form.parts if p.asks(question.term.name)]
            assert list(question.users) == askers


@many
@given(chosen())
def test_no_two_pages_are_headed_alike_and_documents_come_last(form: JointForm) -> None:
    headings = [(page.title.ja, page.group and page.group.repeats) for page in form.pages]
    assert len(set(headings)) == len(headings)
    evidence = {e.term for part in form.parts for e in part.procedure.definition.evidence}
    # A document that some procedure asks for on a page of its own form stands there for all.
    evidence -= {ask.term for p in form.parts for page in p.procedure.definition.form for ask in page.ask}
    names = {part.joint_name(term) for part in form.parts for term in evidence}
    for page in form.pages[:-1]:
        assert not names & {q.term.name for q in page.questions}


def complete(form: Any, answers: Mapping[str, Any], day: date = DAY) -> bool:
    return flow.first_incomplete(form, answers, on=day) is None


@many
@given(written())
def test_answers_are_complete_together_when_and_only_when_they_are_for_each(w: Written) -> None:
    each = [complete(part.procedure, part.view(w.answers)) for part in w.form.parts]
    assert complete(w.form, w.answers) == all(each)


@many
@given(written(most_gaps=0))
def test_whoever_answers_everything_is_done_with_every_procedure(w: Written) -> None:
    assert complete(w.form, w.answers)


@many
@given(written())
def test_what_is_asked_is_what_some_procedure_asks_of_its_own_view(w: Written) -> None:
    together: dict[str, set[str]] = {}
    for question in flow.asked_terms(w.form, w.answers, on=DAY):
        for ask in question.asks if isinstance(question, JointQuestion) and not question.mark else ():
            together.setdefault(ask.question.term.name, set()).add(ask.part.procedure.slug)
    apart: dict[str, set[str]] = {}
    for part in w.form.parts:
        seen = part.view(w.answers)
        # Where nobody is on this procedure's list, there is nobody to ask it about.
        nobody = {group for group in part.marks if w.answers.get(group) and not seen.get(group)}
        for question in flow.asked_terms(part.procedure, seen, on=DAY):
            if question.term.group_name not in nobody:
                apart.setdefault(question.term.name, set()).add(part.procedure.slug)
    assert together == apart


@many
@given(written())
def test_a_procedure_sees_only_its_own_questions_and_what_the_register_says(w: Written) -> None:
    for part in w.form.parts:
        asked = set(part.procedure.asked_names)
        for name, value in part.view(w.answers).items():
            if "." not in name and isinstance(value, list):
                assert {f"{name}.{field}" for member in value for field in member} <= asked
            elif name not in asked:
                assert value == w.answers[REGISTER + name]


@many
@given(chosen())
def test_a_form_of_one_procedure_is_its_own_form(form: JointForm) -> None:
    for part in form.parts:
        alone = merging.merge([part.procedure])
        terms = [
            [ask.question.term.name for q in page.questions if isinstance(q, JointQuestion) for ask in q.asks]
            for page in alone.pages
        ]
        assert terms == [[q.term.name for q in page.questions] for page in part.procedure.pages]
        labels = [q.term.label for page in alone.pages for q in page.questions]
        assert labels == [q.term.label for page in part.procedure.pages for q in page.questions]
        assert alone.title == part.procedure.title


MOVES = {"full_name": {"family": "荒尾", "given": "花子"}, "relation": "妻", "sex": "female"}


def test_people_listed_for_one_procedure_are_not_told_to_another() -> None:
    form = joint("moving-within", "address-protection")
    (page,) = [page for page in form.pages if page.group is not None and page.group.repeats]
    marks = [q for q in page.questions if isinstance(q, JointQuestion) and q.mark]
    on_first, on_second = (mark.term.field for mark in marks)
    first, second = (
        {**MOVES, on_first: True, on_second: False},
        {"full_name": {"family": "荒尾", "given": "太郎"}, on_first: False, on_second: True},
    )
    moving, protecting = form.parts
    answers = {"household_member": [first, second]}
    assert moving.view(answers)["household_member"][0]["full_name"]["given"] == "花子"
    assert [m["full_name"]["given"] for m in protecting.view(answers)["household_member"]] == ["太郎"]
    assert len(moving.view(answers)["household_member"]) == 1


def test_one_list_under_one_heading_is_asked_without_a_mark() -> None:
    form = joint("moving-out", "moving-within")
    assert not [q for page in form.pages for q in page.questions if isinstance(q, JointQuestion) and q.mark]


@pytest.mark.parametrize(
    ("wants_reply", "kind", "required"),
    [(True, "lost", True), (True, "found", False), (False, "lost", True), (False, "found", None)],
)
def test_a_question_is_required_while_a_procedure_that_asks_it_now_requires_it(
    wants_reply: bool, kind: str, required: bool | None
) -> None:
    # One office may be called back and need not be; the other must be able to call whoever has lost a pet.
    form = joint("illegal-dumping-report", "lost-cat-dog")
    answers = {"town_report.wants_reply": wants_reply, "stray_animal.kind": kind}
    asked = {q.term.name: q.required for q in flow.asked_terms(form, answers, on=DAY)}
    assert asked.get("applicant.phone") is required
    (question,) = [q for page in form.pages for q in page.questions if q.term.name == "applicant.phone"]
    assert (question.varies, question.always) == (True, False)


def test_a_question_that_is_always_required_by_one_never_varies() -> None:
    form = joint("resident-record-copy", "illegal-dumping-report")
    (question,) = [q for page in form.pages for q in page.questions if q.term.name == "applicant.phone"]
    assert (question.required, question.varies, question.always) == (True, False, True)


@pytest.mark.parametrize("slugs", [(), ("pregnancy-notification", "pregnancy-notification")])
def test_no_procedure_and_a_procedure_twice_make_no_form(slugs: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="each once"):
        merging.merge([procedures()[slug] for slug in slugs])


def test_a_document_is_asked_once_for_all_who_need_it() -> None:
    form = joint("child-allowance-claim", "resident-record-copy", "pregnancy-notification")
    mandates = [q for q in form.pages[-1].questions if q.term.name == "evidence.mandate"]
    assert [set(q.users) for q in mandates] == [
        {"child-allowance-claim", "resident-record-copy", "pregnancy-notification"}
    ]
    answers = {"evidence.mandate": [FILE]}
    assert all(part.view(answers) == answers for part in form.parts)
    assert (form.title.ja, form.title.en) == (
        "児童手当の認定請求 ほか2件",
        "Claim child allowance and 2 more",
    )


def test_what_is_about_one_procedure_alone_is_asked_for_each_and_says_for_which() -> None:
    form = joint("water-start", "water-stop")
    labels = [q.term.label.ja for page in form.pages for q in page.questions]
    mine = [label for label in labels if label.startswith("水道を使う場所の住所")]
    assert mine == [
        "水道を使う場所の住所（水道の使用開始の届出の分）",
        "水道を使う場所の住所（水道の使用中止の届出の分）",
    ]
    start, stop = form.parts
    name = "water.use_address"
    answers = {start.joint_name(name): "new", stop.joint_name(name): "old"}
    assert (start.view(answers), stop.view(answers)) == ({name: "new"}, {name: "old"})


def test_pages_that_ask_nearly_the_same_of_one_person_are_one_page() -> None:
    form = joint("resident-record-copy", "disability-book-physical")
    titles = [page.title.ja for page in form.pages]
    assert "本人について" not in titles
    (page,) = [page for page in form.pages if "applicant.full_name" in [q.term.name for q in page.questions]]
    assert "applicant.date_of_birth" in [q.term.name for q in page.questions]


def test_terms_that_certificates_count_are_marked() -> None:
    """How many copies is never one answer for two certificates."""
    counted = Counter(
        p.definition.certificate.copies
        for p in procedures().values()
        if p.definition.certificate and p.definition.certificate.copies
    )
    vocabulary = next(iter(procedures().values())).vocabulary
    assert [n for n, users in counted.items() if users > 1 and vocabulary.term(n).per != "procedure"] == []
    assert max(counted.values()) > 1
