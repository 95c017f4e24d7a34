"""Do the rules of a procedure hold for these facts on this day? (要件の判定)

Owns the three-valued AND over a procedure's rules, the amounts, and which terms are still missed. Pure. The words for
a person, the law and the next question are `eligibility`'s.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from dokodemo.administration.procedures.compiled import CompiledProcedure
from dokodemo.kernel.expressions import UNKNOWN, Expression, Trace

Facts = Mapping[str, Any]
Verdict = bool | Literal["unknown"]


@dataclass(frozen=True)
class RuleVerdict:
    """One rule: does it hold, what is still missed (terms by name, sorted), and how it came out."""

    verdict: Verdict
    missing: tuple[str, ...]
    trace: Trace


@dataclass(frozen=True)
class Judgement:
    """All rules of a procedure and its amounts, in yen or points (None while unknown), on one day."""

    on: date
    eligible: Verdict
    rules: tuple[RuleVerdict, ...]
    amounts: Mapping[str, int | None]
    missing: tuple[str, ...]


def judge(procedure: CompiledProcedure, facts: Facts, on: date) -> Judgement:
    """The rules of `procedure` for `facts` on the day `on`: false when one fails, else unknown when one is unknown.

    `missing` are the terms of the unknown rules while the answer is open, in the order of the form. Amounts are
    worked out whatever the verdict. Raises ExpressionError for an arithmetic error of the pack.
    """
    rules = tuple(_rule(rule, facts, on) for rule in procedure.rules)
    eligible = all_of([rule.verdict for rule in rules])
    missed = {name for rule in rules for name in rule.missing} if eligible == "unknown" else set()
    values = {name: formula.evaluate(facts, on=on) for name, formula in procedure.amounts.items()}
    amounts = {name: value if isinstance(value, int) else None for name, value in values.items()}
    return Judgement(on, eligible, rules, amounts, tuple(in_form_order(procedure, missed)))


def all_of(verdicts: list[Verdict]) -> Verdict:
    """AND in three values: one false decides, an unknown leaves it open; of nothing it is true."""
    if False in verdicts:
        return False
    return "unknown" if "unknown" in verdicts else True


def in_form_order(procedure: CompiledProcedure, names: set[str]) -> list[str]:
    """Term names in the order in which the form asks them, then the rest by name."""
    order = {name: place for place, name in enumerate(procedure.asked_names)}
    return sorted(names, key=lambda name: (order.get(name, len(order)), name))


def _rule(rule: Expression, facts: Facts, on: date) -> RuleVerdict:
    trace = rule.trace(facts, on=on)
    if trace.outcome is UNKNOWN:
        return RuleVerdict("unknown", tuple(sorted({leaf.term for leaf in trace.unknown})), trace)
    return RuleVerdict(bool(trace.outcome), (), trace)
