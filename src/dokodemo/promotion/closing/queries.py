"""Reads of final evaluations (最終評価の照会): the one being prepared, what stands against closing, and what was closed.

Owns the view of a row, the same before and after closing. Never writes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from dokodemo.kernel.access import Actor, NotFound
from dokodemo.kernel.packs import Text
from dokodemo.promotion.closing import facts, logic, policies
from dokodemo.promotion.closing.logic import ACTION, FINISHED, Standing
from dokodemo.promotion.closing.models import FinalEvaluation, FinalRow
from dokodemo.promotion.headquarters.logic import Quarter
from dokodemo.promotion.plan import queries as plans
from dokodemo.promotion.plan.definitions import Plan
from dokodemo.promotion.plan.models import ActionPlan, ClosedPlan, PlanDraft


def to_close(today: date) -> Plan | None:
    """The plan that is closed next: the earliest that has begun and was not closed."""
    begun = (one for one in plans.plans() if one.period.from_ <= today)
    return next((one for one in begun if plans.closed(one.code) is None), None)


def being_prepared(actor: Actor, plan: Plan) -> FinalEvaluation | None:
    """The final evaluation of a plan that is being prepared. Raises NotFound for whoever is no staff."""
    _reads(actor)
    return FinalEvaluation.objects.filter(plan=plan.code).first()


def get_evaluation(actor: Actor, evaluation_id: UUID) -> FinalEvaluation:
    """One final evaluation being prepared. Raises NotFound."""
    _reads(actor)
    found = FinalEvaluation.objects.filter(pk=evaluation_id).first()
    if found is None:
        raise NotFound
    return found


def get_row(actor: Actor, evaluation_id: UUID, row_id: UUID) -> FinalRow:
    """One row of it. Raises NotFound."""
    _reads(actor)
    rows = FinalRow.objects.select_related("evaluation").filter(pk=row_id, evaluation=evaluation_id)
    found = rows.first()
    if found is None:
        raise NotFound
    return found


def plan_of(evaluation: FinalEvaluation) -> Plan:
    """The plan it is of. Raises NotFound for one the pack no longer has."""
    found = plans.plan_called(evaluation.plan)
    if found is None:
        raise NotFound
    return found


def standing(evaluation: FinalEvaluation) -> Standing:
    """What there is before the plan can be closed."""
    plan, rows = plan_of(evaluation), list(evaluation.rows.all())
    now = {(one.kind, one.code): one.facts for one in facts.prefilled(plan)}
    then = {(row.kind, row.code): row.facts for row in rows if (row.kind, row.code) in now or not row.said}
    return Standing(
        unjudged=sum(1 for row in rows if logic.to_judge(row.kind, row.facts, row.judgement, row.words)),
        open_reports=len(facts.open_reports(plan)),
        stale=now != then,
        summary=bool(evaluation.summary.get("ja")),
    )


@dataclass(frozen=True)
class Reported:
    """An action of a measure with what was last reported of it; None for nothing."""

    title: Text
    sample: bool
    state: str | None
    direction: str | None
    quarter: Quarter | None


@dataclass(frozen=True)
class RowView:
    """A row as it is shown, from the draft or from the closed plan."""

    kind: str
    code: str
    facts: Mapping[str, Any]
    judgement: str
    words: str
    id: UUID | None = None
    revision: int = 0

    @property
    def title(self) -> Text:
        """What it is about."""
        return Text.model_construct(**self.facts["title"])

    @property
    def result(self) -> str:
        """What the rule found; "" for an action."""
        return str(self.facts.get("result", ""))

    @property
    def finished(self) -> bool:
        """Whether it is an action that was achieved: nothing is to be decided of it."""
        return self.kind == ACTION and self.facts["state"] == FINISHED

    @property
    def open(self) -> bool:
        """Whether it wants a judgement."""
        return logic.to_judge(self.kind, self.facts, self.judgement, self.words)

    @property
    def from_(self) -> date | None:
        """The first day of the value's period; None for what was counted."""
        return _day(self.facts.get("from"))

    @property
    def to(self) -> date | None:
        """The last day of the value's period, or the day it was counted."""
        return _day(self.facts.get("to"))

    @property
    def actions(self) -> list[Reported]:
        """The actions of a measure."""
        return [_reported(one) for one in self.facts.get("actions", ())]

    @property
    def reported(self) -> Reported:
        """What was last reported of an action."""
        return _reported(self.facts)

    @property
    def roadmap(self) -> list[Text]:
        """The lines of the roadmap an indicator stands under."""
        return [Text.model_construct(**one) for one in self.facts.get("roadmap", ())]


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _reported(one: Mapping[str, Any]) -> Reported:
    quarter = Quarter(*one["quarter"]) if one["quarter"] else None
    return Reported(
        Text.model_construct(**one["title"]), one["sample"], one["state"], one["direction"], quarter
    )


def rows_of(evaluation: FinalEvaluation) -> list[RowView]:
    """The rows of a draft in their order."""
    return [
        RowView(row.kind, row.code, row.facts, row.judgement, row.words, row.pk, row.revision)
        for row in evaluation.rows.all()
    ]


@dataclass(frozen=True)
class Final:
    """A closed plan with its final evaluation, which is public."""

    plan: Plan
    closed: ClosedPlan
    rows: Sequence[RowView]

    @property
    def judged(self) -> list[RowView]:
        """Measures, targets and indicators."""
        return [one for one in self.rows if one.kind != ACTION]

    @property
    def actions(self) -> list[RowView]:
        """Actions, achieved, passed on or ended."""
        return [one for one in self.rows if one.kind == ACTION]

    @property
    def tally(self) -> dict[str, int]:
        """How many rows were judged how."""
        return logic.tally(one.judgement for one in self.judged)

    def summary(self, lang: str) -> tuple[list[str], str]:
        """What residents are told of the whole, by line, and the language it stands in: theirs where somebody wrote it."""
        said = self.closed.content["summary"]
        words, found = (said[lang], lang) if said.get(lang) else (said["ja"], "ja")
        return [line for line in words.splitlines() if line.strip()], found


def final(code: str, *, by: date | None = None) -> Final | None:
    """The final evaluation of a plan, as it was closed; None where it was not, or not by the end of that day."""
    plan, done = plans.plan_called(code), plans.closed(code, by=by)
    if plan is None or done is None:
        return None
    return Final(
        plan,
        done,
        [
            RowView(one["kind"], one["code"], one["facts"], one["judgement"], one["words"])
            for one in done.content["rows"]
        ],
    )


def finals() -> list[Final]:
    """The final evaluations there are, the latest plan first."""
    found = (final(one.code) for one in reversed(plans.plans()))
    return [one for one in found if one is not None]


def get_final(actor: Actor, code: str) -> Final:
    """One of them, for staff. Raises NotFound."""
    _reads(actor)
    found = final(code)
    if found is None:
        raise NotFound
    return found


@dataclass(frozen=True)
class PassedOn:
    """An action a plan passed on, and where it stands in the successor: None while it waits."""

    row: RowView
    went_to: ActionPlan | PlanDraft | None


def passed_on(of: Final) -> list[PassedOn]:
    """The actions a closed plan passed on, with where each went."""
    successor = plans.plan_called(of.plan.successor) if of.plan.successor else None
    there = plans.arrived(successor, of.plan.code) if successor is not None else {}
    rows = (one for one in of.actions if one.judgement == "pass_on")
    return [PassedOn(one, there.get(one.code)) for one in rows]


def tally(rows: Iterable[RowView]) -> dict[str, int]:
    """How many rows of a draft are judged how; of an unjudged one what the rule found counts."""
    return logic.tally(one.judgement or one.result for one in rows if one.kind != ACTION)


def _reads(actor: Actor) -> None:
    if not policies.may_read(actor):
        raise NotFound
