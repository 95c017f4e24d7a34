"""Telling a stored decision again, years later (判定の再現), and what alone would have changed it (反実仮想).

Owns the bytes of an explanation, their comparison with what was kept, and the search for a single fact that flips a
verdict. Pure: a decision is worked out again from its version and its inputs, never from what is in force today.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from dokodemo.administration.eligibility.everybody import (
    ENTITLED,
    FAILED,
    NOT_ENTITLED,
    UNKNOWN,
    only_uses,
    parameters_digest,
    rules_digest,
)
from dokodemo.administration.eligibility.logic import Assessment, canonical, explain
from dokodemo.administration.procedures.compiled import CompiledProcedure
from dokodemo.administration.procedures.judging import Verdict, all_of
from dokodemo.kernel.expressions import UNKNOWN as NOT_KNOWN
from dokodemo.kernel.expressions import ExpressionError
from dokodemo.kernel.expressions.kinds import Kind, type_of_term
from dokodemo.kernel.vocabulary import Term

FURTHEST = 10**12
_FIRST_DAY, _LAST_DAY = date(1900, 1, 1), date(2100, 12, 31)
_STEPS = 41  # doublings from 1 that reach FURTHEST


@dataclass(frozen=True)
class Counterfactual:
    """One term whose value alone turns the verdict over: `value` is the nearest that does, `member` counts from 0.

    For numbers and days it is the first value on the other side of the limit, so "up to that value" (or from it on);
    `lower` says on which side of the value held it lies. `opens`: nobody is entitled by it alone, but the person would be
    excluded no longer, and what is not known yet would decide.
    """

    term: str
    value: Any
    member: int | None = None
    lower: bool = False
    opens: bool = False

    def as_json(self) -> dict[str, Any]:
        """Plain JSON; days ISO."""
        value = self.value.isoformat() if isinstance(self.value, date) else self.value
        found = {"term": self.term, "value": value, "member": self.member}
        return found | ({"opens": True} if self.opens else {})


@dataclass(frozen=True)
class Stored:
    """What was kept of a decision. `inputs_kept`: the facts have the digest that was kept with them."""

    facts: Mapping[str, Any]
    verdict: str
    because: str
    rules_digest: str
    parameters_digest: str
    inputs_kept: bool
    on: date


@dataclass(frozen=True)
class Retold:
    """A decision worked out again: the assessment (None where a rule cannot be worked out), the inputs it read,
    counterfactuals, and for each thing kept whether it came out the same. `fingerprint`: SHA-256 (hex) of the bytes."""

    assessment: Assessment | None
    inputs: Mapping[str, Any]
    counterfactuals: tuple[Counterfactual, ...]
    checks: Mapping[str, bool]
    fingerprint: str

    @property
    def same(self) -> bool:
        """Whether everything came out as it was kept."""
        return all(self.checks.values())


_WORDS = {True: ENTITLED, False: NOT_ENTITLED, "unknown": UNKNOWN}


def retell(procedure: CompiledProcedure, stored: Stored) -> Retold:
    """The decision worked out again, beside what was kept of it."""
    read = only_uses(procedure, stored.facts)
    assessment, verdict, because, told = None, FAILED, "", b""
    try:
        assessment = explain(procedure, read, stored.on)
        told = explanation(procedure, stored.facts, stored.on)
    except ExpressionError:
        pass
    else:
        verdict = _WORDS[assessment.eligible]
        because = " ".join(sorted(question.term for question in assessment.questions))
    checks = {
        "verdict": verdict == stored.verdict,
        "because": because == stored.because,
        "rules": rules_digest(procedure) == stored.rules_digest,
        "parameters": parameters_digest(procedure) == stored.parameters_digest,
        "inputs": stored.inputs_kept,
    }
    fingerprint = hashlib.sha256(told).hexdigest() if told else ""
    return Retold(assessment, read, counterfactuals(procedure, read, stored.on), checks, fingerprint)


def explanation(procedure: CompiledProcedure, facts: Mapping[str, Any], on: date) -> bytes:
    """Everything that can be said of a decision, as bytes that are equal whenever it is told again.

    Holds the version's digest, the day, each condition with its outcome, amounts and counterfactuals. Raises
    ExpressionError for an arithmetic error of the pack.
    """
    read = only_uses(procedure, facts)
    assessment = explain(procedure, read, on)
    return canonical(
        {
            "version": procedure.digest,
            "assessment": assessment.as_json(),
            "inputs": read,
            "counterfactuals": [one.as_json() for one in counterfactuals(procedure, read, on)],
        }
    )


def counterfactuals(
    procedure: CompiledProcedure, facts: Mapping[str, Any], on: date
) -> tuple[Counterfactual, ...]:
    """Each single known term that would turn a verdict over, by name; none where it takes more than one, or while the
    verdict is unknown. For who is excluded, failing that, what would leave the verdict open."""
    verdict = _verdict(procedure, facts, on)
    if verdict not in (True, False):
        return ()
    found = []
    names = {name for rule in procedure.rules for name in rule.terms}
    for name in sorted(names & set(procedure.vocabulary.terms)):
        term = procedure.vocabulary.terms[name]
        for member, value in _held(procedure, facts, term):
            for wanted in (not verdict, "unknown") if verdict is False else (not verdict,):
                nearest = _nearest(procedure, facts, on, term, member, value, wanted)
                if nearest is not None:
                    lower = _is_lower(nearest, value)
                    found.append(Counterfactual(name, nearest, member, lower, wanted == "unknown"))
                    break
    return tuple(found)


def _is_lower(nearest: Any, held: Any) -> bool:
    if isinstance(nearest, date):
        return nearest < (held if isinstance(held, date) else date.fromisoformat(held))
    return isinstance(nearest, int) and not isinstance(nearest, bool) and nearest < held


def _verdict(procedure: CompiledProcedure, facts: Mapping[str, Any], on: date) -> Verdict | None:
    """All conditions together; None where one cannot be worked out."""
    found: list[Verdict] = []
    for rule in procedure.rules:
        try:
            outcome = rule.evaluate(facts, on)
        except ExpressionError:
            return None
        found.append("unknown" if outcome is NOT_KNOWN else bool(outcome))
    return all_of(found)


def _held(
    procedure: CompiledProcedure, facts: Mapping[str, Any], term: Term
) -> Iterator[tuple[int | None, Any]]:
    group = term.group_name
    if group is None or not procedure.vocabulary.groups[group].repeats:
        if facts.get(term.name) is not None:
            yield None, facts[term.name]
        return
    held = facts.get(group)
    members = held["members"] if isinstance(held, Mapping) else held or ()
    for place, member in enumerate(members):
        if member.get(term.field) is not None:
            yield place, member[term.field]


def _with(facts: Mapping[str, Any], term: Term, member: int | None, value: Any) -> dict[str, Any]:
    """The facts with one value in the place of another."""
    if member is None:
        return {**facts, term.name: value}
    group = term.group_name or ""
    held = facts[group]
    members = list(held["members"] if isinstance(held, Mapping) else held)
    members[member] = {**members[member], term.field: value}
    return {**facts, group: {**held, "members": members} if isinstance(held, Mapping) else members}


def _nearest(
    procedure: CompiledProcedure,
    facts: Mapping[str, Any],
    on: date,
    term: Term,
    member: int | None,
    value: Any,
    wanted: Verdict,
) -> Any:
    """The value nearest to the one held that brings the verdict `wanted`; None where there is none."""
    kind = type_of_term(term)
    if kind is None:
        return None

    def flips(candidate: Any) -> bool:
        return _verdict(procedure, _with(facts, term, member, candidate), on) == wanted

    if kind.kind is Kind.BOOLEAN:
        return (not value) if flips(not value) else None
    if kind.kind is Kind.CHOICE:
        return next((c.value for c in term.choices if c.value != value and flips(c.value)), None)
    if kind.kind in (Kind.INTEGER, Kind.YEN):
        low = term.min if isinstance(term.min, int) else 0
        high = term.max if isinstance(term.max, int) else FURTHEST
        return _search(int(value), low, high, flips)
    if kind.kind is Kind.DATE:
        day = value if isinstance(value, date) else date.fromisoformat(value)
        last = on if term.max == "today" else _LAST_DAY
        bottom, top = (end.toordinal() for end in (_FIRST_DAY, last))
        found = _search(day.toordinal(), bottom, top, lambda n: flips(date.fromordinal(n).isoformat()))
        return None if found is None else date.fromordinal(found)
    return None


def _search(start: int, low: int, high: int, flips: Callable[[int], bool]) -> int | None:
    """The nearest number on either side: doubling steps until one flips, then halving back to the limit."""
    found = []
    for sign, end in ((-1, low), (1, high)):
        before = start
        for step in range(_STEPS):
            here = start + sign * 2**step
            here = max(end, here) if sign < 0 else min(end, here)
            if here != before and flips(here):
                found.append(_limit(before, here, flips))
                break
            if here == end:
                break
            before = here
    return min(found, key=lambda number: (abs(number - start), number), default=None)


def _limit(outside: int, inside: int, flips: Callable[[int], bool]) -> int:
    """The number between the two at which the verdict turns, on the inner side."""
    while abs(inside - outside) > 1:
        middle = (inside + outside) // 2
        if flips(middle):
            inside = middle
        else:
            outside = middle
    return inside
