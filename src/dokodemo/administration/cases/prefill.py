"""What the city already holds, laid into a form (書かない): released facts, their sources, and what stays locked.

Owns the stored form of released facts in a draft: by place, `{value, source, at}`. Never asks the register itself
(that is the port's) and never stores.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from dokodemo.administration.cases import flow
from dokodemo.administration.cases.joint_parts import REGISTER
from dokodemo.administration.cases.merging import JointForm
from dokodemo.administration.procedures.compiled import CompiledProcedure, Form
from dokodemo.city.parties.port import ReleasedFact
from dokodemo.kernel.packs import Text
from dokodemo.kernel.vocabulary import Term

Released = Mapping[str, "ReleasedFact | list[dict[str, ReleasedFact]]"]

EARLIER_ANSWER = Text(ja="前回のお答え", easy="前《まえ》に 書《か》いたもの", en="Your earlier answer")


def wanted_terms(procedure: CompiledProcedure) -> list[Term]:
    """What the register is asked for: the terms of the form it can fill, and those that rules and conditions test.

    Nothing else leaves it for this procedure (利用目的の範囲).
    """
    asked = {question.term.name: question.term for page in procedure.pages for question in page.questions}
    wanted = {**asked, **{name: procedure.vocabulary.term(name) for name in procedure.tested_names}}
    return [term for term in wanted.values() if term.register is not None]


def tested_facts(
    procedure: CompiledProcedure, kept: Mapping[str, Any], entries: Mapping[str, Mapping[str, Any]]
) -> dict[str, Any]:
    """Released facts that were not asked and that the rules need: a decision is made on them, so a case keeps them."""
    return {
        name: entries[name]["value"]
        for name in procedure.tested_names
        if name in entries and name not in kept
    }


def _entry(value: Any, source: Text, at: str | None) -> dict[str, Any]:
    return {"value": value, "source": source.model_dump(), "at": at}


def as_json(released: Released) -> dict[str, dict[str, Any]]:
    """Released facts by place, as a draft keeps them; `at` is the ISO time the fact was last verified or asserted."""
    entries: dict[str, dict[str, Any]] = {}
    for name, fact in released.items():
        members = (
            {f"{name}-{n}.{f}": v for n, m in enumerate(fact) for f, v in m.items()}
            if isinstance(fact, list)
            else {name: fact}
        )
        for place, one in members.items():
            moment = one.verified_at or one.asserted_at
            entries[place] = _entry(one.value, one.source, moment.isoformat() if moment else None)
    return entries


def earlier_as_json(earlier: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Answers a case already holds from the register, so that a correction neither re-asks nor counts them as typed."""
    return {place: _entry(value, EARLIER_ANSWER, None) for place, value in earlier.items()}


def by_place(entries: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The bare values of stored entries, by place."""
    return {place: entry["value"] for place, entry in entries.items()}


def term_of(place: str) -> str:
    """The term that stands at a place: `child-0.full_name` is `child.full_name`."""
    found = flow.MEMBER.fullmatch(place)
    return place if found is None else f"{found['group']}.{found['field']}"


def values(entries: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The released values as answers."""
    return flow.from_places(by_place(entries))


def joint_values(form: JointForm, entries: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The released values as answers of a joint form; what a procedure only tests stands apart, whoever else asks it."""
    asked = {name: value for name, value in values(entries).items() if form.asks(name)}
    tested = {
        REGISTER + name: entries[name]["value"]
        for part in form.parts
        for name in part.only_tested
        if name in entries
    }
    return {**asked, **tested}


def with_told(form: Form, answers: Mapping[str, Any], told: Mapping[str, Any]) -> dict[str, Any]:
    """Answers with what somebody told before the form was begun: what the form asks and nothing has answered yet.

    `told`: facts of the vocabulary. A member told of is the known one who agrees in most; one who agrees with nobody is new.
    """
    asked = {question.term.name for page in form.pages for question in page.questions}
    found = dict(answers)
    for name, value in told.items():
        if not flow.is_group(name, value):
            if name in asked and name not in found:
                found[name] = value
            continue
        fields = {term.removeprefix(f"{name}.") for term in asked if term.startswith(f"{name}.")}
        members = [{field: one[field] for field in one if field in fields} for one in value]
        if fields and (members or name not in found):
            found[name] = _joined(found.get(name) or [], members)
    return found


def _joined(known: Sequence[Mapping[str, Any]], told: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    joined = [dict(member) for member in known]
    for member, place in zip(told, flow.matched(told, known), strict=True):
        if place is not None:
            joined[place] = {**member, **joined[place]}
        elif member:
            joined.append(dict(member))
    return joined


def locked_terms(form: Form, entries: Mapping[str, Mapping[str, Any]]) -> frozenset[str]:
    """Released terms that a form may not change: the register must be corrected instead (住民基本台帳法).

    Members of a repeating group stay editable, since a person may leave one out; the clerk sees each difference.
    """
    return frozenset(
        question.term.name
        for page in form.pages
        for question in page.questions
        if not question.term.editable and question.term.name in entries
    )


@dataclass(frozen=True)
class KnownFact:
    """A released fact as a form shows it."""

    value: Any
    source: Text


def as_facts(entries: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Stored entries by term name, repeating groups by group name: the shape forms take."""
    return flow.from_places(
        {place: KnownFact(entry["value"], _source(**entry["source"])) for place, entry in entries.items()}
    )


@lru_cache(maxsize=256)
def _source(ja: str, easy: str, en: str) -> Text:
    """Where a fact is from; a city has few such sentences, and every page of every draft shows some."""
    return Text(ja=ja, easy=easy, en=en)
