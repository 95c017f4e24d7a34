"""Why a rule came out as it did, step by step (判定の理由).

Owns Trace: each part's text, outcome and the terms that are still missing. Never evaluates by itself: every outcome
is that of the same closure that `evaluate` calls.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal, NamedTuple

from dokodemo.kernel.expressions.evaluate import Scene, Step, has_others, members_of, reached
from dokodemo.kernel.expressions.kinds import Kind
from dokodemo.kernel.expressions.nodes import AGGREGATES
from dokodemo.kernel.expressions.values import (
    UNKNOWN,
    Bounds,
    Failure,
    Range,
    Unknown,
    Value,
    bounds,
    settled,
)

type State = Literal["true", "false", "unknown", "value", "error"]


class Leaf(NamedTuple):
    """A term that is not known yet: its name, and for a repeating group which member (from 0).

    A group's own name without a member says that it is unknown how many members there are, or whether there are others.
    """

    term: str
    member: int | None = None

    def __str__(self) -> str:
        group, dot, name = self.term.partition(".")
        return self.term if self.member is None else f"{group}[{self.member}]{dot}{name}"


@dataclass(frozen=True, slots=True)
class Trace:
    """One part of a rule. `outcome` is the value or UNKNOWN (None after an error, which `error` tells).

    `unknown` are the terms whose value can still change this part: empty as soon as the outcome is known.
    `low` and `high` bound an unknown number or date as far as it is known. `term` is the name of a term, derived
    term or parameter; `member` the member (from 0) of a group that this part looks at.
    """

    text: str
    op: str
    kind: Kind
    outcome: Value | Literal[Unknown.UNKNOWN] | None
    unknown: tuple[Leaf, ...] = ()
    children: tuple["Trace", ...] = ()
    term: str | None = None
    member: int | None = None
    error: str | None = None
    range: Bounds = field(default=(None, None))

    @property
    def state(self) -> State:
        """ "true", "false" or "value" when known, "unknown", or "error"."""
        if self.error is not None:
            return "error"
        if self.outcome is UNKNOWN:
            return "unknown"
        if isinstance(self.outcome, bool):
            return "true" if self.outcome else "false"
        return "value"

    def to_json(self) -> dict[str, Any]:
        """A plain dict for `--json`: days as ISO text, unknown outcomes as null with state "unknown"."""
        known = None if self.outcome is UNKNOWN else self.outcome
        return {
            "text": self.text,
            "state": self.state,
            "outcome": known.isoformat() if isinstance(known, date) else known,
            "unknown": [str(leaf) for leaf in self.unknown],
            "children": [child.to_json() for child in self.children],
            **({} if self.term is None else {"term": self.term}),
            **({} if self.member is None else {"member": self.member}),
            **({} if self.error is None else {"error": self.error}),
        }


def trace(step: Step, scene: Scene, member: int | None = None) -> Trace:
    """The trace of a step and of every part that took part in its outcome."""
    node = step.node
    outcome = step.run(scene)
    children, missing = _parts(step, scene, member)
    known = settled(outcome)
    leaves: tuple[Leaf, ...] = ()
    if known is UNKNOWN:
        leaves = tuple(dict.fromkeys([*missing, *(leaf for child in children for leaf in child.unknown)]))
    named = node.op in {"term", "field", "derived", "parameter"}
    return Trace(
        text=node.text,
        op=node.op,
        kind=node.type.kind,
        outcome=None if isinstance(known, Failure) else known,
        unknown=leaves,
        children=children,
        term=node.name if named else None,
        member=member,
        error=f"{known.text}: {known.reason}" if isinstance(known, Failure) else None,
        range=bounds(outcome) if isinstance(outcome, Range) else (None, None),
    )


def _parts(step: Step, scene: Scene, member: int | None) -> tuple[tuple[Trace, ...], Iterable[Leaf]]:
    """The children that took part, and the terms that this step itself misses."""
    node = step.node
    if node.op in {"term", "field"}:
        return (), [Leaf(node.name, member if node.op == "field" else None)]
    if node.op in AGGREGATES:
        return _member_parts(step, scene)
    if node.op == "case":
        return _case_parts(step, scene, member), ()
    return tuple(trace(part, scene, member) for part in step.parts), ()


def _member_parts(step: Step, scene: Scene) -> tuple[tuple[Trace, ...], Iterable[Leaf]]:
    group = step.node.group or ""
    members = members_of(scene.facts, group)
    if members is None:
        return (), [Leaf(group)]
    condition = step.parts[-1] if step.node.filtered else None
    operand = None if step.node.op == "count" else step.parts[0]
    children: list[Trace] = []
    for place, facts in enumerate(members):
        inside = Scene(scene.facts, scene.on, facts)
        chosen = None if condition is None else trace(condition, inside, place)
        if chosen is not None:
            children.append(chosen)
        if operand is not None and (chosen is None or chosen.outcome is not False):
            children.append(trace(operand, inside, place))
    return tuple(children), [Leaf(group)] if has_others(scene.facts, group) else ()


def _case_parts(step: Step, scene: Scene, member: int | None) -> tuple[Trace, ...]:
    conditions, results = step.parts[0:-1:2], (*step.parts[1:-1:2], step.parts[-1])
    places = reached([condition.run(scene) for condition in conditions])
    last = places[-1]
    looked_at = len(conditions) if isinstance(last, Failure) else min(last + 1, len(conditions))
    children = [trace(condition, scene, member) for condition in conditions[:looked_at]]
    children += [trace(results[place], scene, member) for place in places if isinstance(place, int)]
    return tuple(children)
