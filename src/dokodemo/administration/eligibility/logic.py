"""Whether someone is entitled, and why (該当判定): the rules of a procedure told to a person.

Owns the explanation: each rule with its sentence, its article and how it came out; amounts; the next question. Pure.
Never decides a case: a clerk does, with this beside the answers.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from dokodemo.administration.procedures.compiled import CompiledProcedure
from dokodemo.administration.procedures.definitions import Unit
from dokodemo.administration.procedures.judging import Facts, Judgement, RuleVerdict, Verdict, judge
from dokodemo.kernel.expressions import Trace
from dokodemo.kernel.packs import Text


@dataclass(frozen=True)
class RuleResult:
    """One condition: its sentence, its law, and true, false or unknown; `missing` terms are still to be asked."""

    say: Text
    law: str
    article: str
    outcome: Verdict
    missing: tuple[str, ...]
    trace: Trace


@dataclass(frozen=True)
class AmountResult:
    """An amount in yen or points, None while it is not known."""

    name: str
    label: Text
    article: str
    unit: Unit
    value: int | None


@dataclass(frozen=True)
class NextQuestion:
    """A term whose answer can still change the verdict."""

    term: str
    label: Text


@dataclass(frozen=True)
class Assessment:
    """What can be said on the day `on` about one procedure and one person."""

    slug: str
    version: int
    on: date
    eligible: Verdict
    rules: tuple[RuleResult, ...]
    amounts: tuple[AmountResult, ...]
    questions: tuple[NextQuestion, ...]

    def as_json(self) -> dict[str, Any]:
        """Plain JSON: verdicts are true, false or "unknown"; days ISO; amounts in their unit or null. Holds no fact."""
        return {
            "slug": self.slug,
            "version": self.version,
            "on": self.on.isoformat(),
            "eligible": self.eligible,
            "rules": [
                {
                    "say": rule.say.model_dump(),
                    "law": rule.law,
                    "article": rule.article,
                    "outcome": rule.outcome,
                    "missing": list(rule.missing),
                }
                for rule in self.rules
            ],
            "amounts": [
                {
                    "name": amount.name,
                    "label": amount.label.model_dump(),
                    "article": amount.article,
                    "unit": amount.unit,
                    "value": amount.value,
                }
                for amount in self.amounts
            ],
            "questions": [{"term": q.term, "label": q.label.model_dump()} for q in self.questions],
        }


def explain(procedure: CompiledProcedure, facts: Facts, on: date) -> Assessment:
    """The assessment of one person. Facts as in the vocabulary; an absent key is unknown, an empty group is none.

    Raises ExpressionError when a rule of the pack cannot be worked out (an arithmetic error).
    """
    judgement = judge(procedure, facts, on)
    return Assessment(
        slug=procedure.slug,
        version=procedure.number,
        on=on,
        eligible=judgement.eligible,
        rules=_rules(procedure, judgement.rules),
        amounts=_amounts(procedure, judgement),
        questions=tuple(NextQuestion(name, label_of(procedure, name)) for name in judgement.missing),
    )


def label_of(procedure: CompiledProcedure, name: str) -> Text:
    """The label of a term, or of a group that is not known at all."""
    term = procedure.vocabulary.terms.get(name)
    return term.label if term is not None else procedure.vocabulary.groups[name].label


def _rules(procedure: CompiledProcedure, verdicts: tuple[RuleVerdict, ...]) -> tuple[RuleResult, ...]:
    law = procedure.definition.law.name
    return tuple(
        RuleResult(rule.say, rule.law or law, rule.article, v.verdict, v.missing, v.trace)
        for rule, v in zip(procedure.conditions, verdicts, strict=True)
    )


def _amounts(procedure: CompiledProcedure, judgement: Judgement) -> tuple[AmountResult, ...]:
    values: Mapping[str, int | None] = judgement.amounts
    return tuple(
        AmountResult(amount.name, amount.label, amount.article, amount.unit, values[amount.name])
        for amount in procedure.definition.amounts
    )


@dataclass(frozen=True)
class Lack:
    """A term that the register does not hold: how many people it leaves open, and how many it alone leaves open."""

    term: str
    people: int
    alone: int


def lacking(reasons: Iterable[tuple[str, int]]) -> list[Lack]:
    """What would have to be known, most people first, from (missing terms separated by spaces, number of people)."""
    people, alone = Counter[str](), Counter[str]()
    for because, number in reasons:
        names = because.split()
        people.update(dict.fromkeys(names, number))
        if len(names) == 1:
            alone[names[0]] += number
    ranked = sorted(people, key=lambda name: (-people[name], name))
    return [Lack(name, people[name], alone[name]) for name in ranked]


def canonical(value: Any) -> bytes:
    """JSON as bytes that are equal exactly for equal values."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
