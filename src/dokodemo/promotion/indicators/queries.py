"""Reads of indicators (指標の照会): each number with its numerator, its denominator and its day.

Owns what the plan's pages show. Never returns 0 for a number nobody has measured: that is None (未計測).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import batched
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Exists, F, OuterRef, QuerySet

from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import Actor, NotFound
from dokodemo.kernel.firsts import FirstOfEach
from dokodemo.kernel.once import once
from dokodemo.kernel.packs import Text, open_pack
from dokodemo.kernel.prepared import Prepared, PreparedValues
from dokodemo.promotion.indicators import policies
from dokodemo.promotion.indicators.definitions import (
    Indicator,
    Indicators,
    Observed,
    load_indicators,
)
from dokodemo.promotion.indicators.formulas import Query, compiled, places
from dokodemo.promotion.indicators.logic import Amount, Ratio, value_of
from dokodemo.promotion.indicators.models import Observation, Withdrawal
from dokodemo.promotion.indicators.months import last_kept
from dokodemo.promotion.indicators.observing import (
    Withdrawn,
    is_of,
    last_period,
    newest,
    same,
    standing,
)
from dokodemo.promotion.indicators.sources import SOURCES
from dokodemo.promotion.indicators.working_out import work_out

# Codes asked for in one query: as many values as both databases take.
AT_ONCE = 500
MOST_KEPT = 10_000
_OBSERVED: dict[UUID, Observed] = {}


@lru_cache(maxsize=4)
def numbers_of(pack: str) -> Indicators:
    """The indicators and targets of a pack. Raises PackError."""
    return load_indicators(open_pack(pack))


@lru_cache(maxsize=4)
def _formulas(pack: str) -> dict[str, Query]:
    """The queries of a pack's indicators, by code. Raises ExpressionError."""
    known = numbers_of(pack).indicators
    names = places(known)
    return {
        one.code: compiled(one.query.numerator, one.query.denominator, names)
        for one in known
        if one.query is not None
    }


@dataclass(frozen=True)
class Reading:
    """An indicator and its value: `ratio` or `amount` as counted now, or the newest `observed` one; None for all is 未計測."""

    indicator: Indicator
    ratio: Ratio | None
    observed: Observed | None = None
    amount: Amount | None = None
    # A value that would be shown had it not been withdrawn, where `withdrawals` was asked.
    withdrawn: Withdrawn | None = None

    @property
    def counted(self) -> Ratio | Amount | None:
        """What was counted from records, if it is."""
        return self.ratio if self.ratio is not None else self.amount

    @property
    def missing(self) -> Text | None:
        """Why there is no value: the record that is missing, as the pack says; None where there is one, or it says nothing."""
        return self.indicator.missing if self.value is None and self.withdrawn is None else None

    @property
    def missing_key(self) -> str:
        """The text that says the same in general, where the pack says nothing; empty where there is a value."""
        if self.value is None and self.withdrawn is not None:
            return "indicators.missing.withdrawn"
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


def definitions() -> dict[str, Indicator]:
    """What every indicator of the plan means, by code, without reading any record. Raises PackError."""
    return dict(_by_code(settings.DOKODEMO_PACK))


@lru_cache(maxsize=4)
def _by_code(pack: str) -> Mapping[str, Indicator]:
    return {one.code: one for one in numbers_of(pack).indicators}


def observed(code: str, *, on: date | None = None) -> list[Observed]:
    """The observed values of an indicator that count, one for each period and vintage, the latest period last.

    Of a day those published by then, with what is void only from a later day.
    """
    rows: Iterable[Any] = _SERIES.all(code=code)
    return _counting(((_observed(row), row.gone) for row in rows), on).get(code, [])


_SERIES = Prepared(
    lambda code: (
        Observation.objects.filter(code=code)
        .annotate(gone=F("withdrawal__void_from"))
        .order_by("entered_at", "pk")
    ),
    code=str,
)


def by_key(keys: Collection[UUID]) -> dict[UUID, Observed]:
    """Some observed values by their rows' identifiers."""
    return {row.pk: _observed(row) for row in Observation.objects.filter(pk__in=keys)}


def kept(one: Observed) -> Observation | None:
    """The row that holds this very value as what counts; None when it is new, was corrected or was withdrawn."""
    row = _last_of(one.indicator, one.from_, one.to, one.vintage)
    return row if row is not None and _observed(row) == one and not is_withdrawn(row) else None


def counts(row: Observation) -> bool:
    """Whether an entered value counts: it was neither corrected nor withdrawn."""
    last = _last_of(row.code, row.period_from, row.period_to, row.vintage)
    return last == row and not is_withdrawn(row)


def is_withdrawn(row: Observation) -> bool:
    """Whether a value was withdrawn."""
    return Withdrawal.objects.filter(observation=row).exists()


def _last_of(code: str, first: date, last: date, vintage: str) -> Observation | None:
    rows = Observation.objects.filter(code=code, period_from=first, period_to=last, vintage=vintage)
    return rows.order_by("-entered_at", "-pk").first()


def brought_by_pack(codes: Collection[str]) -> dict[tuple[str, date, date, str], Observed]:
    """What the city's pack brought last for each period and vintage of some indicators, whatever became of it since."""
    rows = Observation.objects.filter(code__in=list(codes), entered_by=None).order_by("entered_at", "pk")
    return {same(one): one for one in map(_observed, rows)}


def all_kept(codes: Collection[str]) -> Iterator[Observed]:
    """The observed values of several indicators that count, one indicator read at a time: no more is ever in memory."""
    for code in codes:
        yield from observed(code)


def entries(actor: Actor, code: str) -> QuerySet[Observation]:
    """Everything entered for an indicator, also what was corrected or withdrawn, the latest first. Raises NotFound."""
    if not policies.may_read(actor) or code not in definitions():
        raise NotFound
    rows = Observation.objects.filter(code=code).select_related("withdrawal")
    return rows.order_by("-entered_at", "-pk")


def _counting(entered: Iterable[tuple[Observed, date | None]], on: date | None) -> dict[str, list[Observed]]:
    """Of values in the order they were entered, with the day from which each is void, those that count, by indicator."""
    found = standing(((same(one), one, gone) for one, gone in entered), on)
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
    known = definitions()
    wanted = {code: one for code, one in known.items() if only is None or code in only}
    if on is not None and on < today:
        counted = [code for code, one in wanted.items() if one.state == "works"]
        kept, values = last_kept(counted, on), newest_entered(wanted, on=on)
        return {code: _reading(one, kept.get(code), values.get(code)) for code, one in wanted.items()}
    last = newest_entered(wanted)
    with once():
        numbers = _Numbers(today, known)
        return {code: _reading(one, numbers.of(code), last.get(code)) for code, one in wanted.items()}


class _Numbers:
    """The counted numbers of a day, each worked out once, also where a query asks for another's."""

    def __init__(self, on: date, known: Mapping[str, Indicator]) -> None:
        self.on, self.known = on, known
        self.found: dict[str, Ratio | Amount | None] = {}

    def of(self, code: str) -> Ratio | Amount | None:
        """The number of an indicator; None for one that is not counted, or not known."""
        if code not in self.found:
            # Should a pack that nobody checked go in a circle, the number is not known.
            self.found[code] = None
            self.found[code] = self._count(self.known[code])
        return self.found[code]

    def _count(self, indicator: Indicator) -> Ratio | Amount | None:
        if indicator.state != "works":
            return None
        if indicator.query is not None:
            return work_out(indicator, _formulas(settings.DOKODEMO_PACK)[indicator.code], self.on, self.of)
        source = SOURCES.get(indicator.source)
        return source(self.on) if source is not None else None


def _reading(indicator: Indicator, number: Ratio | Amount | None, observed: Observed | None) -> Reading:
    ratio = number if isinstance(number, Ratio) else None
    return Reading(indicator, ratio, observed, number if isinstance(number, Amount) else None)


def newest_entered(known: Mapping[str, Indicator], *, on: date | None = None) -> dict[str, Observed]:
    """The newest value of each indicator that is entered; of a day the newest that was published by then.

    A series of many years is never read for its last value.
    """
    codes = [code for code, one in known.items() if one.state == "entered"]
    found: dict[str, Observed] = {}
    for some in batched(codes, AT_ONCE):
        last = _last_days(some, on)
        found |= _newest_of(last, on)
        gone = last.keys() - found.keys()
        if gone:
            # What was entered for that day was withdrawn, or known by then but corrected later: an earlier period is the newest.
            last = _last_days(gone, on, withdrawn=False)
            found |= _newest_of(last, on)
            for code in last.keys() - found.keys():
                one = newest(observed(code, on=on))
                if one is not None:
                    found[code] = one
    return found


def _newest_of(last: Mapping[str, date], on: date | None) -> dict[str, Observed]:
    """The newest of the values whose period ends on the day given for each indicator; none where none of them counts."""
    counting = _counting(_kept_observed(_LAST.all(codes=last, days=set(last.values()))), on)
    found = {
        code: newest([one for one in values if one.to == last[code]]) for code, values in counting.items()
    }
    return {code: one for code, one in found.items() if one is not None}


_LAST = PreparedValues(
    lambda codes, days: (
        Observation.objects.filter(code__in=codes, period_to__in=days)
        .order_by("entered_at", "pk")
        .values("pk", "withdrawal__void_from")
    ),
    codes=list[str],
    days=list[date],
)


def _kept_observed(rows: Iterable[Mapping[str, Any]]) -> list[tuple[Observed, date | None]]:
    """Rows as values, each made once since an observation is never changed, and the day from which each is void."""
    days = {row["pk"]: row["withdrawal__void_from"] for row in rows}
    known = {key: one for key in days if (one := _OBSERVED.get(key)) is not None}
    missing = [key for key in days if key not in known]
    for some in batched(missing, AT_ONCE):
        known |= {row.pk: _observed(row) for row in Observation.objects.filter(pk__in=some)}
    # An indicator has one newest value, rarely some vintages of it: so many come together only in years.
    if len(_OBSERVED) > MOST_KEPT:
        _OBSERVED.clear()
    _OBSERVED.update((key, known[key]) for key in missing)
    return [(known[key], gone) for key, gone in days.items()]


def _last_days(codes: Iterable[str], on: date | None, *, withdrawn: bool = True) -> dict[str, date]:
    """The last day of the latest period of each indicator with a value, published by a day; without what was withdrawn by then.

    Whether a value was withdrawn is in no index of values: it is asked only where it matters.
    """
    return (_LAST_DAYS if withdrawn else _LAST_DAYS_STANDING).all(codes, on=on or date.max)


def _published_by(on: date) -> QuerySet[Observation]:
    return Observation.objects.filter(published_on__lte=on).order_by("-period_to")


_LAST_DAYS = FirstOfEach(_published_by, "period_to", key="code", of=str, on=date)
_LAST_DAYS_STANDING = FirstOfEach(
    lambda on: _published_by(on).filter(
        ~Exists(Withdrawal.objects.filter(observation=OuterRef("pk"), void_from__lte=on))
    ),
    "period_to",
    key="code",
    of=str,
    on=date,
)


def due(today: date) -> list[str]:
    """The entered indicators whose value of the last period is still missing. Counts nothing from records."""
    known = definitions()
    values = newest_entered(known)
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
