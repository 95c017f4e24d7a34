"""Keeping the counters (集計値の更新): following the log as it is sealed, and counting everything anew.

Owns the only writes of the counters. The log says what changed, the records say what is true: each step counts the days
anew that an event may have touched. So a step twice, a step cut short, and events in any order all end in the same rows.
Today has no rows: its numbers are read from the records, and a day is counted once it is over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.db.models import QuerySet

from dokodemo.administration.cases import daily
from dokodemo.administration.cases.daily import COLUMNS, Tallies, Tally
from dokodemo.kernel import calendar_jp, events
from dokodemo.kernel.access import Actor
from dokodemo.promotion.indicators import events as verbs
from dokodemo.promotion.indicators.models import Counter, Counting

# Seals followed in one transaction: short enough that no writer of the city notices.
BATCH = 2000
MOST_DIFFERENCES = 100
Progress = Callable[[int, int], None]


def _quiet(done: int, total: int) -> None:
    """Nobody looks."""


@dataclass(frozen=True)
class Recounted:
    """What a full count came to: months, rows of days, and the last seal they hold."""

    months: int
    rows: int
    sequence: int


@dataclass(frozen=True, order=True)
class Difference:
    """A counter that is not what the records give; `kept` and `counted` are None where there is no row."""

    first: date
    span: str
    procedure: str
    kept: Tally | None
    counted: Tally | None


def follow(*, actor: Actor, progress: Progress = _quiet) -> int:
    """Bring the counters up to the newest seal, or count everything where that was never done; how many seals were followed.

    What is done already is found out from the row of `Counting`, so a job may run this any number of times.
    """
    state = Counting.objects.first()
    if state is None or not state.complete:
        recount(actor=actor, progress=progress)
        return 0
    begun = state.sequence
    while True:
        today, last = calendar_jp.today(), events.last_sequence()
        if state.sequence >= last and state.whole_before == today:
            return state.sequence - begun
        state = _step(today, last)
        progress(state.sequence - begun, max(last - begun, 1))


@transaction.atomic
def _step(today: date, last: int) -> Counting:
    """Follow one batch of seals, and count days that are over by now, of one month at most.

    The lock comes first: what is read after it holds everything the seals tell of.
    """
    state = Counting.objects.select_for_update().get()
    until = max(state.sequence, min(last, state.sequence + BATCH))
    objects = events.objects_between(state.sequence, until, verbs=daily.CHANGING)
    # A clock that was set back makes days that were over a today again.
    whole = min(state.whole_before or today, today)
    touched = daily.days_touched(objects)
    over = min(today, _last_day(whole) + timedelta(days=1))
    days = {day for day in touched if day < whole} | set(_days(whole, over))
    for since, last_of_run in _runs(days):
        _replace(since, last_of_run)
    state.sequence, state.whole_before = until, over
    state.save(update_fields=["sequence", "whole_before"])
    return state


def recount(*, actor: Actor, progress: Progress = _quiet) -> Recounted:
    """Count everything anew, month by month, each in a transaction of its own: readers and writers go on meanwhile.

    A month is counted after the newest seal was looked up, so whatever comes later is followed afterwards. Cut short, it
    leaves whole months; where counters were complete before, they stay so.
    """
    Counting.objects.get_or_create(pk=1)
    today, last, span = calendar_jp.today(), events.last_sequence(), daily.whole_span()
    months = list(_months(*span)) if span is not None else []
    rows = 0
    for number, (since, until) in enumerate(months, 1):
        with transaction.atomic():
            Counting.objects.select_for_update().get()
            rows += _replace(since, until)
        progress(number, len(months))
    with transaction.atomic():
        state = Counting.objects.select_for_update().get()
        # Nothing was ever counted outside these months; rows there are left over from records that are no more.
        _outside(months).delete()
        state.sequence, state.complete, state.whole_before = max(state.sequence, last), True, today
        state.save(update_fields=["sequence", "complete", "whole_before"])
        events.record(
            verbs.RECOUNTED,
            actor=actor,
            object=("counters", today.isoformat()),
            numbers={"months": len(months), "rows": rows},
        )
    return Recounted(len(months), rows, state.sequence)


def differences(*, actor: Actor, progress: Progress = _quiet) -> list[Difference]:
    """Where the counters are not what a full count gives, at most MOST_DIFFERENCES; the counters follow the log first.

    Today is left out: nobody reads its counters. What differs is looked at again after following the log once more,
    since a case may have come between.
    """
    follow(actor=actor)
    span = daily.whole_span()
    months = list(_months(*span)) if span is not None else []
    suspected = []
    for number, (since, until) in enumerate(months, 1):
        if any(_compare(since, until)):
            suspected.append((since, until))
        progress(number, len(months))
    follow(actor=actor)
    found = [one for since, until in suspected for one in _compare(since, until)]
    found += [
        Difference(row.first, row.span, row.procedure, _tally(row), None)
        for row in _outside(months)[:MOST_DIFFERENCES]
    ]
    return sorted(found, key=lambda one: (one.first, one.span, one.procedure))[:MOST_DIFFERENCES]


def _compare(since: date, until: date) -> Iterator[Difference]:
    """The days of one month against the records, and its sums against its days."""
    today = calendar_jp.today()
    kept, counted = _kept("day", since, until), _over(since, until)
    for first, procedure in sorted(kept.keys() | counted.keys()):
        if first < today and kept.get((first, procedure)) != counted.get((first, procedure)):
            yield Difference(
                first, "day", procedure, kept.get((first, procedure)), counted.get((first, procedure))
            )
    sums, months = _summed(since, kept), _kept("month", since, since)
    for key in sorted(sums.keys() | months.keys()):
        if sums.get(key) != months.get(key):
            yield Difference(since, "month", key[1], months.get(key), sums.get(key))


def _over(since: date, until: date) -> Tallies:
    """What the records give for those of some days that are over."""
    last = min(until, calendar_jp.today() - timedelta(days=1))
    return daily.count_days(since, last) if since <= last else {}


def _replace(since: date, until: date) -> int:
    """Count some days of one month anew and write what is otherwise than before; how many rows the days have now."""
    counted = _over(since, until)
    if _write("day", since, until, counted):
        month = since.replace(day=1)
        _write("month", month, month, _summed(month, _kept("day", month, _last_day(month))))
    return len(counted)


def _write(span: str, since: date, until: date, wanted: Tallies) -> bool:
    """Make the rows between two days what is wanted; whether anything had to be written."""
    kept = _kept(span, since, until)
    changed = {key for key in kept.keys() | wanted.keys() if kept.get(key) != wanted.get(key)}
    if not changed:
        return False
    days = {first for first, _ in changed}
    Counter.objects.filter(span=span, first__in=days).delete()
    Counter.objects.bulk_create(
        (
            Counter(span=span, first=first, procedure=procedure, **vars(tally))
            for (first, procedure), tally in wanted.items()
            if first in days
        ),
        batch_size=500,
    )
    return True


def _kept(span: str, since: date, until: date) -> Tallies:
    rows = Counter.objects.filter(span=span, first__gte=since, first__lte=until)
    return {
        (first, procedure): Tally(*numbers)
        for first, procedure, *numbers in rows.values_list("first", "procedure", *COLUMNS)
    }


def _summed(month: date, days: Tallies) -> Tallies:
    found: Tallies = {}
    for (_, procedure), tally in days.items():
        found.setdefault((month, procedure), Tally()).add(tally)
    return found


def _outside(months: list[tuple[date, date]]) -> QuerySet[Counter]:
    """Counters of no month that has records."""
    if not months:
        return Counter.objects.all()
    return Counter.objects.exclude(first__gte=months[0][0], first__lte=months[-1][1])


def _tally(row: Counter) -> Tally:
    return Tally(**{name: getattr(row, name) for name in COLUMNS})


def _days(first: date, end: date) -> Iterator[date]:
    """The days from one to before another."""
    return (first + timedelta(days=n) for n in range((end - first).days))


def _runs(days: Iterable[date]) -> Iterator[tuple[date, date]]:
    """Days as runs of days that follow each other within one month, both ends included."""
    start = last = None
    for day in sorted(days):
        if start is None or last is None or day != last + timedelta(days=1) or day.month != last.month:
            if start is not None and last is not None:
                yield start, last
            start = day
        last = day
    if start is not None and last is not None:
        yield start, last


def _months(first: date, last: date) -> Iterator[tuple[date, date]]:
    """The months from one day to another, each with its first and last day."""
    month = first.replace(day=1)
    while month <= last:
        yield month, _last_day(month)
        month = _last_day(month) + timedelta(days=1)


def _last_day(month: date) -> date:
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
