"""Reads of indicators (指標の照会): each number with its numerator, its denominator and its day.

Owns what the plan's pages show. Never returns 0 for a number nobody has measured: that is None (未計測).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Count, Max, QuerySet

from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import Actor, NotFound
from dokodemo.kernel.packs import Text, open_pack
from dokodemo.promotion.indicators import counted, policies
from dokodemo.promotion.indicators.definitions import (
    Indicator,
    Indicators,
    Observed,
    Target,
    load_indicators,
)
from dokodemo.promotion.indicators.logic import Amount, Ratio, Recomputed, progress, recompute
from dokodemo.promotion.indicators.models import MonthlyAmount, MonthlyReading, Observation
from dokodemo.promotion.indicators.observing import (
    comparable,
    in_line,
    is_of,
    last_period,
    newest,
    published,
    same,
)
from dokodemo.promotion.indicators.sources import SOURCES
from dokodemo.promotion.plan import queries as plans
from dokodemo.promotion.plan.definitions import Plan

# Codes asked for in one query: as many values as both databases take.
AT_ONCE = 500


@lru_cache(maxsize=4)
def _numbers_of(pack: str) -> Indicators:
    return load_indicators(open_pack(pack))


def value_of(counted: Ratio | Amount) -> float | None:
    """A counted value in its indicator's unit; None for a ratio of nothing."""
    return counted.percent if isinstance(counted, Ratio) else float(counted.value)


@dataclass(frozen=True)
class Reading:
    """An indicator and its value: `ratio` or `amount` as counted now, or the newest `observed` one; None for all is 未計測."""

    indicator: Indicator
    ratio: Ratio | None
    observed: Observed | None = None
    amount: Amount | None = None

    @property
    def counted(self) -> Ratio | Amount | None:
        """What was counted from records, if it is."""
        return self.ratio if self.ratio is not None else self.amount

    @property
    def missing(self) -> Text | None:
        """Why there is no value: the record that is missing, as the pack says; None where there is one, or it says nothing."""
        return self.indicator.missing if self.value is None else None

    @property
    def missing_key(self) -> str:
        """The text that says the same in general, where the pack says nothing; empty where there is a value."""
        if self.value is not None or self.indicator.missing is not None:
            return ""
        return f"indicators.missing.{self.indicator.state}"

    @property
    def percent(self) -> float | None:
        """The value in percent, if there is one."""
        if self.ratio is not None:
            return self.ratio.percent
        return self.value if self.indicator.unit == "percent" else None

    @property
    def value(self) -> float | None:
        """The value in the indicator's unit, if there is one."""
        if self.counted is not None:
            return value_of(self.counted)
        return float(self.observed.value) if self.observed is not None else None


@dataclass(frozen=True)
class Past:
    """What an indicator was in a month, as first read in it: a ratio, or an amount in the indicator's unit."""

    month: date
    counted: Ratio | Amount

    @property
    def ratio(self) -> Ratio | None:
        """The numerator and denominator of a ratio."""
        return self.counted if isinstance(self.counted, Ratio) else None

    @property
    def value(self) -> float | None:
        """The value in the indicator's unit; None for a ratio of nothing."""
        return value_of(self.counted)


@dataclass(frozen=True)
class TargetReading:
    """A target, its indicator today and month by month, how much of the way is done, and the target worked out again."""

    target: Target
    reading: Reading
    history: tuple[Past, ...]
    progress: float | None
    recomputed: Recomputed | None
    # Baseline and newest value of one vintage, where the value is observed and a vintage has both.
    pair: tuple[Observed, Observed] | None = None
    # Of one of the city's own surveys each wave as last published, the oldest first.
    waves: tuple[Observed, ...] = ()


def definitions() -> dict[str, Indicator]:
    """What every indicator of the plan means, by code, without reading any record. Raises PackError."""
    return {one.code: one for one in _numbers_of(settings.DOKODEMO_PACK).indicators}


def observed(code: str) -> list[Observed]:
    """The observed values of an indicator that count, one for each period and vintage, the latest period last."""
    return _current(Observation.objects.filter(code=code)).get(code, [])


def kept(one: Observed) -> Observation | None:
    """The row that holds this very value as what counts; None when it is new or was corrected."""
    rows = Observation.objects.filter(
        code=one.indicator, period_from=one.from_, period_to=one.to, vintage=one.vintage
    )
    row = rows.order_by("-entered_at", "-pk").first()
    return row if row is not None and _observed(row) == one else None


def all_kept(codes: Collection[str]) -> list[Observed]:
    """The observed values of several indicators that count."""
    rows = _current(Observation.objects.filter(code__in=list(codes)))
    return [one for values in rows.values() for one in values]


def entries(actor: Actor, code: str) -> QuerySet[Observation]:
    """Everything entered for an indicator, also what was corrected, the latest first. Raises NotFound."""
    if not policies.may_read(actor) or code not in definitions():
        raise NotFound
    return Observation.objects.filter(code=code).order_by("-entered_at", "-pk")


def _current(rows: QuerySet[Observation]) -> dict[str, list[Observed]]:
    found: dict[tuple[str, date, date, str], Observed] = {}
    for row in rows.order_by("entered_at", "pk"):
        one = _observed(row)
        found[same(one)] = one
    by_code: dict[str, list[Observed]] = {}
    for one in sorted(found.values(), key=lambda one: (one.to, one.published_on)):
        by_code.setdefault(one.indicator, []).append(one)
    return by_code


def _observed(row: Observation) -> Observed:
    status: Any = row.status
    return Observed.model_construct(
        indicator=row.code,
        from_=row.period_from,
        to=row.period_to,
        value=row.value,
        numerator=row.numerator,
        denominator=row.denominator,
        status=status,
        vintage=row.vintage,
        published_on=row.published_on,
        source=row.source,
        evidence=row.evidence,
        answers=row.answers,
        low=row.low,
        high=row.high,
        survey=row.survey,
        wave=row.wave,
    )


def readings(only: Collection[str] | None = None, *, on: date | None = None) -> dict[str, Reading]:
    """Indicators of the plan by code, read from the records now: those named in `only`, or all.

    For a past day: what was counted is the value kept last by then, what is observed elsewhere was published by then.
    """
    today = calendar_jp.today()
    wanted = {code: one for code, one in definitions().items() if only is None or code in only}
    if on is not None and on < today:
        kept, values = _kept_last(wanted, on), _entered(wanted)
        return {
            code: _reading(one, kept.get(code), newest(published(values.get(code, []), on)))
            for code, one in wanted.items()
        }
    last = _newest_entered(wanted)
    found = {}
    with counted.once():
        for code, indicator in wanted.items():
            source = SOURCES.get(indicator.source) if indicator.state == "works" else None
            number = source(today) if source is not None else None
            found[code] = _reading(indicator, number, last.get(code))
    return found


def _reading(indicator: Indicator, number: Ratio | Amount | None, observed: Observed | None) -> Reading:
    ratio = number if isinstance(number, Ratio) else None
    return Reading(indicator, ratio, observed, number if isinstance(number, Amount) else None)


def _kept(**wanted: Any) -> dict[str, list[Past]]:
    """Kept values by indicator, the oldest month first, of ratios and of amounts."""
    found: dict[str, list[Past]] = {}
    for row in MonthlyReading.objects.filter(**wanted).order_by("month"):
        ratio = Ratio(row.numerator, row.denominator, row.as_of)
        found.setdefault(row.code, []).append(Past(row.month, ratio))
    for kept in MonthlyAmount.objects.filter(**wanted).order_by("month"):
        found.setdefault(kept.code, []).append(Past(kept.month, Amount(kept.value, kept.as_of)))
    # An indicator that was a ratio once and is an amount now has months of both.
    return {code: sorted(months, key=lambda past: past.month) for code, months in found.items()}


def _kept_last(known: Mapping[str, Indicator], on: date) -> dict[str, Ratio | Amount]:
    """The last kept value of each counted indicator by the end of a day."""
    codes = [code for code, one in known.items() if one.state == "works"]
    rows = MonthlyReading.objects.filter(code__in=codes, as_of__lte=on).order_by("month")
    found: dict[str, Ratio | Amount] = {
        row.code: Ratio(row.numerator, row.denominator, row.as_of) for row in rows
    }
    for kept in MonthlyAmount.objects.filter(code__in=codes, as_of__lte=on).order_by("month"):
        last = found.get(kept.code)
        # An indicator that was a ratio once and is an amount now has months of both.
        if last is None or last.as_of <= kept.as_of:
            found[kept.code] = Amount(kept.value, kept.as_of)
    return found


def kept_between(first: date, last: date) -> dict[str, list[Ratio | Amount]]:
    """The values kept of each counted indicator in a time, both days inclusive, the oldest first."""
    kept = _kept(as_of__gte=first, as_of__lte=last)
    return {code: [past.counted for past in months] for code, months in kept.items()}


def _entered(known: Mapping[str, Indicator]) -> dict[str, list[Observed]]:
    """The values that count of those indicators that are entered, each series whole."""
    codes = [code for code, one in known.items() if one.state == "entered"]
    return _current(Observation.objects.filter(code__in=codes)) if codes else {}


def _newest_entered(known: Mapping[str, Indicator]) -> dict[str, Observed]:
    """The newest value of each indicator that is entered. A series of many years is never read for its last value."""
    codes = [code for code, one in known.items() if one.state == "entered"]
    found: dict[str, Observed] = {}
    for place in range(0, len(codes), AT_ONCE):
        last = _last_days(codes[place : place + AT_ONCE])
        rows = Observation.objects.filter(code__in=last.keys(), period_to__in=set(last.values()))
        for code, values in _current(rows).items():
            one = newest([value for value in values if value.to == last[code]])
            if one is not None:
                found[code] = one
    return found


def _last_days(codes: Sequence[str]) -> dict[str, date]:
    """The last day of the latest period of each indicator with a value: one look into the index for each.

    Grouped by the ORM, the database would walk through every value of ten years.
    """
    table = Observation._meta.db_table
    latest = f"(SELECT MAX(period_to) FROM {table} WHERE code = column1)"  # noqa: S608 - the name of our own table
    rows = ", ".join(["(%s)"] * len(codes))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT column1, {latest} FROM (VALUES {rows}) AS named", list(codes))  # noqa: S608
        found = cursor.fetchall()
    # SQLite gives a day that was worked out as text.
    return {code: date.fromisoformat(str(day)) for code, day in found if day is not None}


def due(today: date) -> list[str]:
    """The entered indicators whose value of the last period is still missing. Counts nothing from records."""
    known = definitions()
    values = _newest_entered(known)
    found = []
    for code, indicator in known.items():
        period = last_period(indicator, today)
        if indicator.state != "entered" or period is None:
            continue
        if not is_of(values.get(code), period):
            found.append(code)
    return found


def titles() -> dict[str, Text]:
    """What each indicator is called, by code."""
    return {code: one.title for code, one in definitions().items()}


def targets_of(plan: Plan) -> list[Target]:
    """The numerical targets of a plan, in the order of the file."""
    first = plans.plans()[0].code
    return [one for one in _numbers_of(settings.DOKODEMO_PACK).targets if (one.plan or first) == plan.code]


def targets(known: dict[str, Reading], *, on: date | None = None) -> list[TargetReading]:
    """The targets of a day's plan in its order, with the readings they are about, as `readings` gave them for that day."""
    day = on or calendar_jp.today()
    return [_target(target, known[target.indicator], day) for target in targets_of(plans.plan(day))]


def _target(target: Target, reading: Reading, day: date) -> TargetReading:
    baseline, value = (target.baseline.value if target.baseline else None), reading.value
    pair = None
    if reading.observed is not None and target.baseline is not None:
        pair = _pair(target.indicator, target.baseline.fiscal_year, day)
        # Without a vintage that has both, how much of the way is done is not known.
        baseline, value = (float(pair[0].value), float(pair[1].value)) if pair is not None else (None, value)
    return TargetReading(
        target,
        reading,
        tuple(past for past in history(target.indicator) if past.counted.as_of <= day),
        progress(baseline, value, target.target.value),
        recompute(target),
        pair,
        _waves(reading, day),
    )


def _waves(reading: Reading, day: date) -> tuple[Observed, ...]:
    if reading.observed is None or reading.observed.survey is None:
        return ()
    return tuple(in_line(published(observed(reading.indicator.code), day)))


def _pair(code: str, baseline_year: int, day: date) -> tuple[Observed, Observed] | None:
    """Baseline and newest value of one vintage, as published by a day; read again only when something was entered."""
    entered = Observation.objects.filter(code=code).aggregate(rows=Count("pk"), last=Max("entered_at"))
    return _pair_as_of(code, baseline_year, day, entered["rows"], entered["last"])


@lru_cache(maxsize=1000)
def _pair_as_of(
    code: str, baseline_year: int, day: date, rows: int, last: datetime | None
) -> tuple[Observed, Observed] | None:
    # Rows are only ever added: their number and the latest of them say which series it is.
    return comparable(baseline_year, published(observed(code), day))


def history(code: str) -> tuple[Past, ...]:
    """The kept readings of an indicator, oldest month first; empty for one that was never kept."""
    return tuple(_kept(code=code).get(code, ()))


def histories(codes: Collection[str]) -> dict[str, list[Past]]:
    """The same of several indicators at once; no key for one that was never kept."""
    return _kept(code__in=list(codes))
