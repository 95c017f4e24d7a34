"""The way through a form (入力の流れ): which questions are asked now, what is still missing, what was typed.

Owns pure reasoning over a form and the answers so far. Never stores and never renders.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from dokodemo.administration.procedures.compiled import Form, FormPage, FormQuestion
from dokodemo.kernel.expressions import UNKNOWN

Answers = Mapping[str, Any]
MEMBER = re.compile(r"(?P<group>[a-z][a-z0-9_]*)-(?P<place>[0-9]{1,3})\.(?P<field>[a-z][a-z0-9_]*)")


@dataclass(frozen=True)
class Step:
    """One page as it stands for these answers: its place in the form and the questions asked now.

    On a repeating page `questions` are those asked of any member and `by_member` those asked of each, in their order.
    """

    index: int
    page: FormPage
    questions: tuple[FormQuestion, ...]
    by_member: tuple[tuple[FormQuestion, ...], ...] = ()


def steps(form: Form, answers: Answers, *, on: date) -> list[Step]:
    """The pages that have at least one question now, in order. The evidence page comes last when any is asked."""
    found = [_step(index, page, answers, on) for index, page in enumerate(form.pages)]
    return [step for step in found if step.questions]


def _step(index: int, page: FormPage, answers: Answers, on: date) -> Step:
    group = page.group
    members = answers.get(group.name) if group is not None and group.repeats else None
    if group is None or not members:
        now = (question.now(answers, on) for question in page.questions)
        return Step(index, page, tuple(question for question in now if question is not None))
    by_member = tuple(_asked_of(page, group.name, member, answers, on) for member in members)
    anybody = (
        [q for asked in by_member for q in asked if q.term.name == one.term.name] for one in page.questions
    )
    questions = tuple(one.any_of(asked) for one, asked in zip(page.questions, anybody, strict=True) if asked)
    return Step(index, page, questions, by_member)


def _asked_of(
    page: FormPage, group: str, member: Answers, answers: Answers, on: date
) -> tuple[FormQuestion, ...]:
    facts = {**answers, **{f"{group}.{field}": value for field, value in member.items()}}
    now = (question.now(facts, on) for question in page.questions)
    asked = (question.of(member) for question in now if question is not None)
    return tuple(question for question in asked if question is not None)


def each_member(step: Step, answers: Answers) -> list[tuple[int, Answers, tuple[FormQuestion, ...]]]:
    """The members of a repeating page: place, answers, and what is asked of this one. Empty while none is known."""
    group = step.page.group
    members = answers.get(group.name) or [] if group is not None else []
    return [
        (place, member, questions)
        for place, (member, questions) in enumerate(zip(members, step.by_member, strict=True))
    ]


def asked_terms(form: Form, answers: Answers, *, on: date) -> list[FormQuestion]:
    """Every question asked now, over all pages."""
    return [question for step in steps(form, answers, on=on) for question in step.questions]


def _empty(value: Any) -> bool:
    return value is None or value == "" or value == [] or value == {}


def missing_in(step: Step, answers: Answers) -> list[str]:
    """Required terms of one page without an answer. In a repeating group `child-0.full_name` names the place."""
    group = step.page.group
    if group is None or not group.repeats:
        return [
            question.term.name
            for question in step.questions
            if question.required and _empty(answers.get(question.term.name))
        ]
    if answers.get(group.name) is None:
        return [group.name]
    return [
        f"{group.name}-{place}.{question.term.field}"
        for place, member, questions in each_member(step, answers)
        for question in questions
        if question.required and _empty(member.get(question.term.field))
    ]


def first_incomplete(form: Form, answers: Answers, *, on: date) -> Step | None:
    """The first page that still lacks a required answer; None when the application can be submitted."""
    return next((step for step in steps(form, answers, on=on) if missing_in(step, answers)), None)


def keep_asked(form: Form, answers: Answers, *, on: date) -> dict[str, Any]:
    """The answers to questions that are asked, and nothing else: what a hidden page once held is not collected."""
    kept: dict[str, Any] = {}
    for step in steps(form, answers, on=on):
        group = step.page.group
        if group is not None and group.repeats:
            members = answers.get(group.name)
            if members is None:
                continue
            kept_members = kept.setdefault(group.name, [{} for _ in members])
            for place, member, questions in each_member(step, answers):
                fields = [question.term.field for question in questions]
                kept_members[place].update(
                    {field: member[field] for field in fields if not _empty(member.get(field))}
                )
        else:
            for question in step.questions:
                value = answers.get(question.term.name)
                if not _empty(value):
                    kept[question.term.name] = value
    return kept


def is_group(name: str, value: Any) -> bool:
    """A repeating group has a plain name and a list of members; a term has a dot, and so have lists of files."""
    return "." not in name and isinstance(value, list)


def places(answers: Answers) -> dict[str, Any]:
    """Answers by place: `applicant.phone`, `child-0.full_name`. A group known to be empty keeps its name: `child`."""
    leaves: dict[str, Any] = {}
    for name, value in answers.items():
        if not value or not is_group(name, value):
            leaves[name] = value
            continue
        for number, member in enumerate(value):
            leaves.update({f"{name}-{number}.{field}": item for field, item in member.items()})
    return leaves


def from_places(by_place: Answers) -> dict[str, Any]:
    """The reverse of `places`. A member of whom nothing is named stays an empty one, so that nobody moves up."""
    answers: dict[str, Any] = {}
    for place, value in by_place.items():
        found = MEMBER.fullmatch(place)
        if found is None:
            answers[place] = value
            continue
        members, number = answers.setdefault(found["group"], []), int(found["place"])
        members.extend({} for _ in range(number + 1 - len(members)))
        members[number][found["field"]] = value
    return answers


def matched(members: Sequence[Answers], known: Sequence[Answers]) -> list[int | None]:
    """For each member its place among the known ones: those who agree in most answers first, near places before far.

    None for a member who agrees with nobody that is left. Somebody added or left out in between moves nobody else.
    """
    agreeing = [
        (
            -sum(1 for field, value in other.items() if member.get(field) == value),
            abs(mine - theirs),
            mine,
            theirs,
        )
        for mine, member in enumerate(members)
        for theirs, other in enumerate(known)
    ]
    found: dict[int, int] = {}
    for agreement, _, mine, theirs in sorted(agreeing):
        if agreement and mine not in found and theirs not in found.values():
            found[mine] = theirs
    return [found.get(number) for number in range(len(members))]


def sources(answers: Answers, released: Answers) -> dict[str, str]:
    """Where each answer comes from: `register` when it is the released fact unchanged, else `typed`.

    `released` are facts by place. Keys of the result are places (`child-0.full_name`), values never personal data. The
    share of answers nobody typed is an indicator of the plan (一度提出した情報は再提出不要).
    """
    given = from_places(released)
    found: dict[str, str] = {}
    for name, value in answers.items():
        if not value or not is_group(name, value):
            found[name] = _source(name, value, given)
            continue
        known = given.get(name) or []
        for number, theirs in enumerate(matched(value, known)):
            facts = {} if theirs is None else known[theirs]
            for field, item in value[number].items():
                found[f"{name}-{number}.{field}"] = _source(field, item, facts)
    return found


def _source(name: str, value: Any, given: Answers) -> str:
    return "register" if name in given and given[name] == value else "typed"


def typed_count(source_of: Mapping[str, str]) -> int:
    """How many answers somebody had to type."""
    return sum(1 for source in source_of.values() if source == "typed")


@dataclass(frozen=True)
class Difference:
    """An answer that is not what the register says (登録との相違)."""

    place: str
    answer: Any
    register: Any


def differences(answers: Answers, register: Answers) -> list[Difference]:
    """Every answer the register contradicts. Places the register does not know are no difference."""
    known = places(register)
    return [
        Difference(place, value, known[place])
        for place, value in places(answers).items()
        if place in known and known[place] is not UNKNOWN and known[place] != value
    ]


def merge_page(answers: Answers, step: Step, values: Answers) -> dict[str, Any]:
    """The answers after one page was filled: its questions take the new values, or none where left empty.

    Files are left as they are: the action that keeps a file writes it into the answers by itself.
    """
    merged = dict(answers)
    group = step.page.group
    if group is not None and group.repeats:
        merged[group.name] = _merge_members(
            answers.get(group.name), values.get(group.name) or [], step.questions
        )
        return merged
    for question in step.questions:
        if question.term.type == "file":
            continue
        value = values.get(question.term.name)
        if _empty(value):
            merged.pop(question.term.name, None)
        else:
            merged[question.term.name] = value
    return merged


def _merge_members(
    before: Sequence[Answers] | None, after: Sequence[Answers], questions: Sequence[FormQuestion]
) -> list[dict[str, Any]]:
    """Members as posted now, keeping what other pages asked about the same member.

    As many as before are the same ones in their order, however much was changed; else they are told by their answers.
    """
    here = {question.term.field for question in questions}
    kept = [{f: v for f, v in member.items() if f not in here} for member in before or ()]
    asked = [{f: v for f, v in member.items() if f in here} for member in before or ()]
    order: Sequence[int | None] = range(len(after)) if len(after) == len(kept) else matched(after, asked)
    return [
        {
            **({} if theirs is None else kept[theirs]),
            **{field: value for field, value in member.items() if field in here and not _empty(value)},
        }
        for member, theirs in zip(after, order, strict=True)
    ]


def file_ids(answers: Answers) -> set[str]:
    """The identifiers of the attached files among the answers."""
    return {
        one["attachment"]
        for value in answers.values()
        if isinstance(value, list)
        for one in value
        if isinstance(one, dict) and "attachment" in one
    }
