"""Reading the counters (集計値の照会): what was counted in a span of days, by procedure.

Owns where a number comes from: whole months from their sums, single days from theirs, and what may still change this
very day from the records. Never reads the log, and never writes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, timedelta

from django.db.models import Sum

from dokodemo.administration.cases import counts, daily, service
from dokodemo.administration.cases.counts import OnlineCases
from dokodemo.administration.cases.daily import COLUMNS, Tally
from dokodemo.administration.cases.service import Service
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.once import asked_once
from dokodemo.kernel.prepared import Prepared, PreparedValues
from dokodemo.promotion.indicators.models import Counter, Counting

type Totals = dict[str, Tally]


@asked_once
def totals(since: date, until: date) -> Totals | None:
    """What each procedure counts between two days in Japan, both included; None before the counters were first made."""
    state = _STATE.first()
    if state is None or not state.complete or state.whole_before is None:
        return None
    found: Totals = {}
    last = min(until, state.whole_before - timedelta(days=1))
    for span, first, end in _parts(since, last):
        for procedure, *numbers in map(dict.values, _SUMS.all(span=span, first=first, last=end)):
            found.setdefault(procedure, Tally()).add(Tally(*numbers))
    start = max(since, state.whole_before)
    # Records are never of a day to come: a span that ends later ends today.
    if start <= min(until, calendar_jp.today()):
        _add_records(found, start, until)
    return found


def _add_records(found: Totals, since: date, until: date) -> None:
    for (_, procedure), one in daily.count_days(since, until).items():
        found.setdefault(procedure, Tally()).add(one)


_STATE = Prepared(Counting.objects.all)
_SUMS = PreparedValues(
    lambda span, first, last: (
        Counter.objects.filter(span=span, first__gte=first, first__lte=last)
        .order_by()
        .values("procedure")
        .annotate(*(Sum(name) for name in COLUMNS))
    ),
    span=str,
    first=date,
    last=date,
)


def _parts(since: date, last: date) -> Iterator[tuple[str, date, date]]:
    """A span as days up to a month's end, whole months, and days of the last month."""
    if last < since:
        return
    first_month = since if since.day == 1 else _next_month(since)
    # The month after the last whole one.
    rest = _next_month(last) if (last + timedelta(days=1)).day == 1 else last.replace(day=1)
    if rest <= first_month:
        yield "day", since, last
        return
    if since < first_month:
        yield "day", since, first_month - timedelta(days=1)
    yield "month", first_month, rest - timedelta(days=1)
    if rest <= last:
        yield "day", rest, last


def _next_month(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1)


def tally(*, since: date, until: date, procedures: Collection[str] | None = None) -> Tally:
    """Everything cases and forms count between two days, of some procedures or of all; paper tallies stand in `other`.

    Not to be changed: within `once` the same is handed out again.
    """
    return _tally(since, until, None if procedures is None else frozenset(procedures))


@asked_once
def _tally(since: date, until: date, procedures: frozenset[str] | None) -> Tally:
    made = Tally()
    for slug, one in _counted(since, until).items():
        if procedures is None or slug in procedures:
            made.add(one)
    papers = counts.paper(since=since, until=until).items()
    made.other += sum(number for slug, number in papers if procedures is None or slug in procedures)
    return made


@asked_once
def _counted(since: date, until: date) -> Totals:
    """`totals`, and the same from the records where there are no counters yet."""
    found = totals(since, until)
    if found is None:
        found = {}
        _add_records(found, since, until)
    return found


@asked_once
def by_procedure(*, since: date, until: date) -> dict[str, tuple[int, int]]:
    """(online, all) cases of each procedure, paper tallies included; both days included."""
    cases = {
        slug: (one.online, one.online + one.other)
        for slug, one in _counted(since, until).items()
        if one.online + one.other
    }
    for slug, number in counts.paper(since=since, until=until).items():
        online, total = cases.get(slug, (0, 0))
        cases[slug] = (online, total + number)
    return cases


def online_cases(*, since: date, until: date) -> OnlineCases:
    """K2: cases that came online, and all of them with paper tallies."""
    cases = by_procedure(since=since, until=until).values()
    return OnlineCases(sum(one for one, _ in cases), sum(total for _, total in cases), since, until)


@asked_once
def services(*, since: date, until: date) -> dict[str, Service]:
    """The procedures with anything to count between two days in Japan, both included, by slug."""
    found = _counted(since, until)
    cases = by_procedure(since=since, until=until)
    made = {}
    for slug in cases.keys() | found.keys():
        one = found.get(slug, Tally())
        opinions = {level: getattr(one, f"said_{level}") for level in service.LEVELS}
        online, total = cases.get(slug, (0, 0))
        made[slug] = Service(
            slug, online, total, one.begun, one.handed_in, {level: n for level, n in opinions.items() if n}
        )
    return {slug: one for slug, one in made.items() if one.total or one.begun or one.opinions}
