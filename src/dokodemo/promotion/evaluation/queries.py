"""Reads of evaluations (効果検証の照会): lists, one with its months, effort with its totals, logic models.

Owns what is shown and downloaded. Never writes and never estimates.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any, cast
from uuid import UUID

from django.conf import settings
from django.core.paginator import Page, Paginator

from dokodemo.city.organisation import queries as organisation
from dokodemo.kernel.access import Actor, NotFound
from dokodemo.kernel.packs import open_pack
from dokodemo.promotion.evaluation import policies
from dokodemo.promotion.evaluation.definitions import LogicModel, load_logic_models
from dokodemo.promotion.evaluation.estimation import Result, from_json
from dokodemo.promotion.evaluation.models import EffortRecord, Evaluation
from dokodemo.promotion.evaluation.savings import Basis, Effort, Total, totals
from dokodemo.promotion.evaluation.series import Kind, Point, Series, modelled

PAGE = 50
MOST_RECORDS = 10_000  # of which totals are made


@dataclass(frozen=True)
class Row:
    """An evaluation in a list; `result` is None while it is being estimated."""

    pk: UUID
    title: str
    measure: str
    indicator: str
    unit: str
    change: date
    last: date
    result: Result | None
    at: datetime
    published_at: datetime | None


@dataclass(frozen=True)
class Month:
    """One month of an evaluation: what was given, what is looked at, and the two lines where there is an estimate."""

    point: Point
    seen: float
    fitted: float | None
    counterfactual: float | None
    after: bool


@dataclass(frozen=True)
class Detail:
    """One evaluation with its months, what else happened, and who wrote and published it."""

    row: Row
    kind: Kind
    months: list[Month]
    happened: list[tuple[date, str]]
    by: str
    published_by: str


@dataclass(frozen=True)
class EffortRow:
    """One record of effort; months by their first day."""

    pk: UUID
    task: str
    measure: str
    first: date
    last: date
    effort: Effort
    by: str
    withdrawn: bool


@lru_cache(maxsize=4)
def _models_of(pack: str) -> tuple[LogicModel, ...]:
    return load_logic_models(open_pack(pack))


def _must_look(actor: Actor) -> None:
    if not policies.may_look(actor):
        raise NotFound


def logic_models(actor: Actor) -> tuple[LogicModel, ...]:
    """The city's logic models, in the order of its file. Raises NotFound, PackError."""
    _must_look(actor)
    return _models_of(settings.DOKODEMO_PACK)


def listed(actor: Actor, *, page: int = 1) -> tuple[Page[Evaluation], list[Row]]:
    """A page of evaluations, the newest first. Raises NotFound for somebody who may look at none."""
    _must_look(actor)
    every = Evaluation.objects.select_related("outcome", "publication").order_by("-at", "-pk")
    shown = Paginator(every, PAGE).get_page(page)
    return shown, [_row(one) for one in shown]


def get(actor: Actor, evaluation_id: UUID) -> Detail:
    """One evaluation. Raises NotFound."""
    _must_look(actor)
    found = Evaluation.objects.select_related("outcome", "publication").filter(pk=evaluation_id).first()
    if found is None:
        raise NotFound
    row, series = _row(found), series_of(found)
    publication = getattr(found, "publication", None)
    names = organisation.staff_names([found.by, *([publication.by] if publication else [])])
    return Detail(
        row,
        kind_of(found),
        _months(row, series),
        [(_month(month), words) for month, words in found.happened],
        names.get(found.by, ""),
        names.get(publication.by, "") if publication else "",
    )


def _months(row: Row, series: Series) -> list[Month]:
    fitted: Sequence[float | None] = (row.result.fitted if row.result else ()) or [None] * len(series)
    untouched: Sequence[float | None] = (row.result.counterfactual if row.result else ()) or [None] * len(
        series
    )
    return [
        Month(point, seen, line, other, point.month >= row.change)
        for point, seen, line, other in zip(series, modelled(series), fitted, untouched, strict=True)
    ]


def _row(one: Evaluation) -> Row:
    outcome, publication = getattr(one, "outcome", None), getattr(one, "publication", None)
    return Row(
        pk=one.pk,
        title=one.title,
        measure=one.measure,
        indicator=one.indicator,
        unit=one.unit,
        change=one.change_month,
        last=_month(one.series[-1][0]),
        result=from_json(outcome.result) if outcome is not None else None,
        at=one.at,
        published_at=publication.at if publication is not None else None,
    )


def kind_of(one: Evaluation) -> Kind:
    """Whether an evaluation looks at counts or at measured values."""
    return cast(Kind, one.kind)


def _month(text: str) -> date:
    return date.fromisoformat(f"{text}-01")


def kept_series(series: Series) -> list[list[Any]]:
    """A series as its row keeps it; `series_of` gives it back."""
    return [[f"{point.month:%Y-%m}", point.value, point.days, point.comparison] for point in series]


def series_of(one: Evaluation) -> Series:
    """The series of a row."""
    return tuple(Point(_month(month), value, days, other) for month, value, days, other in one.series)


def boxes_of(detail: Detail) -> dict[str, str]:
    """The question of an evaluation as the boxes of the form that asks it again."""
    row, series = detail.row, tuple(month.point for month in detail.months)
    columns = [
        ("month", [f"{point.month:%Y-%m}" for point in series]),
        ("value", [_cell(point.value) for point in series]),
        ("working_days", [_cell(point.days) for point in series]),
        ("comparison", [_cell(point.comparison) for point in series]),
    ]
    used = [(name, cells) for name, cells in columns if any(cells)]
    lines = zip(*(cells for _, cells in used), strict=True)
    return {
        "title": row.title,
        "measure": row.measure,
        "source": row.indicator or "table",
        "unit": row.unit,
        "table": "\n".join([",".join(name for name, _ in used), *(",".join(line) for line in lines), ""])
        if not row.indicator
        else "",
        "change": f"{row.change:%Y-%m}",
        "happened": "\n".join(f"{month:%Y-%m} {words}" for month, words in detail.happened),
    }


def as_table(detail: Detail) -> list[list[str]]:
    """The months of an evaluation as cells under a header, for machines and spreadsheets."""
    header = [
        "month",
        "value",
        "working_days",
        "comparison",
        "looked_at",
        "fitted",
        "counterfactual",
        "after",
    ]
    return [header, *([_cell(cell) for cell in _cells(month)] for month in detail.months)]


def _cells(month: Month) -> list[Any]:
    point = month.point
    return [
        f"{point.month:%Y-%m}",
        point.value,
        point.days,
        point.comparison,
        month.seen,
        month.fitted,
        month.counterfactual,
        int(month.after),
    ]


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return f"{value:.6f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)


def as_json(detail: Detail) -> dict[str, Any]:
    """One evaluation for machines, without names of persons."""
    row = detail.row
    header, *lines = as_table(detail)
    return {
        "id": str(row.pk),
        "title": row.title,
        "measure": row.measure,
        "indicator": row.indicator or None,
        "kind": detail.kind,
        "unit": row.unit,
        "change_month": f"{row.change:%Y-%m}",
        "submitted_at": row.at.isoformat(),
        "published_at": row.published_at.isoformat() if row.published_at else None,
        "other_events": [{"month": f"{month:%Y-%m}", "what": words} for month, words in detail.happened],
        "result": row.result.as_json() if row.result else None,
        "verdicts": _verdicts(row.result) if row.result else {},
        "months": [dict(zip(header, _cells(month), strict=True)) for month in detail.months] if lines else [],
    }


def _verdicts(result: Result) -> dict[str, str]:
    changes = (("level", result.level), ("slope", result.slope), ("end", result.end))
    return {name: one.verdict for name, one in changes if one is not None}


def efforts(actor: Actor, *, page: int = 1) -> tuple[Page[EffortRecord], list[EffortRow]]:
    """A page of records of effort, withdrawn ones too, the newest first. Raises NotFound."""
    _must_look(actor)
    shown = Paginator(EffortRecord.objects.order_by("-at", "-pk"), PAGE).get_page(page)
    names = organisation.staff_names({record.by for record in shown})
    return shown, [
        EffortRow(
            pk=record.pk,
            task=record.task,
            measure=record.measure,
            first=record.from_month,
            last=record.to_month,
            effort=_effort(record),
            by=names.get(record.by, ""),
            withdrawn=record.withdrawn_at is not None,
        )
        for record in shown
    ]


def effort_totals(actor: Actor) -> dict[Basis, Total]:
    """The hours saved, measured and estimated apart, of all records that are not withdrawn. Raises NotFound."""
    _must_look(actor)
    rows: Iterable[EffortRecord] = EffortRecord.objects.filter(withdrawn_at=None).order_by("-at")[
        :MOST_RECORDS
    ]
    return totals(_effort(record) for record in rows)


def _effort(record: EffortRecord) -> Effort:
    return Effort(
        before=record.minutes_before,
        after=record.minutes_after,
        cases=record.cases,
        build=record.build_hours,
        upkeep=record.upkeep_hours,
        before_basis=cast(Basis, record.before_basis),
        after_basis=cast(Basis, record.after_basis),
    )
