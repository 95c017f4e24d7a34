"""Which questions can still change whether one procedure is due (答えで結果が変わる問い).

Owns the proof: three-valued logic first, then all completions of what is unknown, rule by connected rule. What cannot be
proved to be idle counts as able to change something, so that no procedure is ever missed. Pure.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import product
from math import prod
from typing import Any

from dokodemo.administration.guidance.answers import Answers, Facts
from dokodemo.administration.procedures.judging import Verdict
from dokodemo.kernel.expressions import UNKNOWN, Expression, ExpressionError, Trace

MOST_COMPLETIONS = 3000

# What may be answered for a term, or for a repeating group by its name, beside what is known.
type Possible = Callable[[str, Facts], Answers]
type Names = frozenset[str]


@dataclass(frozen=True)
class Reach:
    """Whether a procedure is due, and what can still change that: `open` terms and groups, none once decided."""

    verdict: Verdict
    open: Names = frozenset()


@dataclass(frozen=True)
class _Cluster:
    """Rules that share what is unknown: together they hold or do not, whatever the other rules say."""

    rules: tuple[Expression, ...]
    names: Names


def asked_for(name: str, groups: Names) -> str:
    """What is asked to learn a term: the term itself, or the whole group when it repeats."""
    head = name.partition(".")[0]
    return head if head in groups else name


def reach(rules: Sequence[Expression], groups: Names, facts: Facts, on: date, possible: Possible) -> Reach:
    """The verdict of all `rules` together and what can still change it. `groups` are the repeating ones."""
    waiting: list[tuple[Expression, Names]] = []
    for rule in rules:
        outcome = rule.evaluate(facts, on)
        if outcome is False:
            return Reach(False)
        if outcome is UNKNOWN:
            waiting.append((rule, _names(rule, rule.trace(facts, on), groups, facts)))
    if not waiting:
        return Reach(True)
    able: set[str] = set()
    for cluster in _clusters(waiting):
        outcomes, names = _completions(cluster, facts, on, possible)
        if outcomes == {False}:
            return Reach(False)
        able |= names
    return Reach("unknown", frozenset(able)) if able else Reach(True)


def _names(rule: Expression, trace: Trace, groups: Names, facts: Facts) -> Names:
    missed = {leaf.term for leaf in trace.unknown}
    if any(name in groups and facts.get(name) is None for name in missed):
        # Of a group nobody has spoken of the trace cannot say what its members would need beside themselves.
        missed |= {name for name in rule.terms if name.partition(".")[0] in groups or facts.get(name) is None}
    return frozenset(asked_for(name, groups) for name in missed)


def _clusters(waiting: Sequence[tuple[Expression, Names]]) -> list[_Cluster]:
    found: list[_Cluster] = []
    for rule, names in waiting:
        joined = [cluster for cluster in found if cluster.names & names]
        found = [cluster for cluster in found if not cluster.names & names]
        found.append(
            _Cluster(
                (*(r for cluster in joined for r in cluster.rules), rule),
                names.union(*(cluster.names for cluster in joined)),
            )
        )
    return found


def _completions(cluster: _Cluster, facts: Facts, on: date, possible: Possible) -> tuple[set[Verdict], Names]:
    """What the rules can come to ({False} or {True} only when proved), and which names make a difference."""
    names = sorted(cluster.names)
    answers = [possible(name, facts) for name in names]
    if (
        not all(one.complete for one in answers)
        or prod(len(one.values) for one in answers) > MOST_COMPLETIONS
    ):
        # Nothing can be proved by trying some: everything may make a difference.
        return {True, False}, cluster.names
    outcomes: set[Verdict] = set()
    seen: dict[tuple[int, tuple[int, ...]], Verdict] = {}
    able: set[str] = set()
    for places in product(*(range(len(one.values)) for one in answers)):
        given = {name: one.values[p] for name, one, p in zip(names, answers, places, strict=True)}
        outcome = _together(cluster.rules, {**facts, **given}, on)
        if outcome is None:
            continue
        outcomes.add(outcome)
        for number, name in enumerate(names):
            others = (number, (*places[:number], *places[number + 1 :]))
            if outcome == "unknown" or seen.setdefault(others, outcome) != outcome:
                able.add(name)
    return outcomes, frozenset(able)


def _together(rules: Sequence[Expression], facts: Mapping[str, Any], on: date) -> Verdict | None:
    """AND of the rules; None for a combination of answers that no rule was written for (an arithmetic error)."""
    verdict: Verdict = True
    try:
        for rule in rules:
            outcome = rule.evaluate(facts, on)
            if outcome is False:
                return False
            if outcome is UNKNOWN:
                verdict = "unknown"
    except ExpressionError:
        return None
    return verdict
