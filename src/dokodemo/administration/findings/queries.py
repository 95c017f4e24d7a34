"""Reads of findings (探された言葉の照会): lists for staff, one with its months and questions, and the share that found something.

Owns what is shown, and that nothing is shown of words too few people searched. Never writes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.conf import settings
from django.core.paginator import Page, Paginator
from django.db.models import F, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce

from dokodemo.administration.findings import policies
from dokodemo.administration.findings.definitions import findings_of
from dokodemo.administration.findings.models import ANSWERS, DailyCount, Finding, Question, SearchDay
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import Actor, NotFound
from dokodemo.kernel.prepared import PreparedValues
from dokodemo.kernel.tables import harmless

PAGE = 50
MOST_ROWS = 10_000
MOST_QUESTIONS = 50
DRAWN = 10
PERIODS = (30, 90, 365)  # days
STATES = ("open", "again", *ANSWERS)


@dataclass(frozen=True)
class Filters:
    """What somebody wants to see: a state of STATES, empty for every one, and the last `days` days."""

    state: str = ""
    days: int = 90


@dataclass(frozen=True)
class Row:
    """Words that were not found. `times` in the period chosen; `again`: searched since they were answered."""

    pk: UUID
    words: str
    times: int
    told: int
    days: int
    first_day: date
    last_day: date
    answer: str
    procedure: str
    answered_on: date | None

    @property
    def again(self) -> bool:
        """Whether people still search for it after the answer."""
        return self.answered_on is not None and self.last_day > self.answered_on

    @property
    def state(self) -> str:
        """One word for lists."""
        return self.answer or "open"


@dataclass(frozen=True)
class Listed:
    """A page of rows, the most frequent of the choice to be drawn, and how many rows are in each state."""

    page: Page[Finding]
    rows: list[Row]
    drawn: list[Row]
    counts: dict[str, int]
    total: int


@dataclass(frozen=True)
class Asked:
    """What somebody told the city: on which day, in which language, in what words."""

    day: date
    lang: str
    text: str


@dataclass(frozen=True)
class Detail:
    """One finding with its months (first day → times, oldest first), its languages and the newest questions."""

    row: Row
    months: list[tuple[date, int]]
    languages: list[tuple[str, int]]
    questions: list[Asked]


@dataclass(frozen=True)
class Searches:
    """Searches of a period: all, those that found something, and those of which somebody said it was not among it."""

    all: int
    found: int
    dropped: int

    @property
    def nothing(self) -> int:
        """Searches that found nothing, or nothing that fitted."""
        return self.all - self.found


def shown() -> Q:
    """Words that may be seen: searched often enough on enough days, or sent to the city by somebody."""
    least = findings_of(settings.DOKODEMO_PACK).shown_from
    return Q(told__gt=0) | Q(times__gte=least.times, days__gte=least.days)


def visible(actor: Actor) -> QuerySet[Finding]:
    """The findings an actor may see; none for somebody who may look at none."""
    return Finding.objects.filter(shown()) if policies.may_look(actor) else Finding.objects.none()


def open_count(actor: Actor) -> int:
    """How many wait for an answer."""
    return visible(actor).filter(_in_state("open")).count()


def listed(actor: Actor, filters: Filters, *, page: int = 1) -> Listed:
    """Findings of a choice, the most frequent first. Raises NotFound for somebody who may look at none."""
    found = _in_period(actor, filters.days)
    counts = {state: found.filter(_in_state(state)).count() for state in STATES}
    total = found.count()
    ordered = _ordered(found, filters)
    shown_page = Paginator(ordered, PAGE).get_page(page)
    rows = [_row(one, one.words) for one in shown_page]
    drawn = rows[:DRAWN] if shown_page.number == 1 else [_row(one, one.words) for one in ordered[:DRAWN]]
    return Listed(shown_page, rows, [one for one in drawn if one.times], counts, total)


def everything(actor: Actor, filters: Filters) -> list[Row]:
    """All findings of a choice up to MOST_ROWS, for a table. Raises NotFound for somebody who may look at none."""
    return [_row(one, one.words) for one in _ordered(_in_period(actor, filters.days), filters)[:MOST_ROWS]]


def unanswered(actor: Actor | None, *, since: date, most: int) -> list[Row]:
    """What waits for an answer or is searched again after one, since a day, the most frequent first.

    Nothing for an actor who may look at none. For nobody in particular (None) the rows have no words: what is public of
    them is how many there are.
    """
    found = Finding.objects.filter(shown()).defer("words") if actor is None else visible(actor)
    found = found.filter(_in_state("open") | _in_state("again"), last_day__gte=since)
    found = found.annotate(lately=Coalesce(Sum("counts__times", filter=Q(counts__day__gte=since)), 0))
    rows = found.order_by("-lately", "-told", "-last_day", "pk")[:most]
    return [_row(one, "" if actor is None else one.words) for one in rows]


def _in_period(actor: Actor, days: int) -> QuerySet[Finding]:
    if not policies.may_look(actor):
        raise NotFound
    return visible(actor).filter(last_day__gte=_since(days))


def _ordered(found: QuerySet[Finding], filters: Filters) -> QuerySet[Finding]:
    if filters.state in STATES:
        found = found.filter(_in_state(filters.state))
    in_period = Sum("counts__times", filter=Q(counts__day__gte=_since(filters.days)))
    return found.annotate(lately=Coalesce(in_period, 0)).order_by("-lately", "-told", "-last_day", "pk")


def _since(days: int) -> date:
    return calendar_jp.today() - timedelta(days=days - 1)


def _in_state(state: str) -> Q:
    if state == "again":
        return Q(answered_on__isnull=False, last_day__gt=F("answered_on"))
    return Q(answer="" if state == "open" else state)


def _row(one: Finding, words: str) -> Row:
    return Row(
        pk=one.pk,
        words=words,
        times=getattr(one, "lately", one.times),
        told=one.told,
        days=one.days,
        first_day=one.first_day,
        last_day=one.last_day,
        answer=one.answer,
        procedure=one.procedure,
        answered_on=one.answered_on,
    )


def get(actor: Actor, finding_id: UUID) -> Detail:
    """One finding. Raises NotFound, also for words that nobody may see yet."""
    one = visible(actor).filter(pk=finding_id).first()
    if one is None:
        raise NotFound
    counts = DailyCount.objects.filter(finding=one).values_list("day", "lang", "times")
    languages: dict[str, int] = {}
    months: dict[date, int] = {}
    for day, lang, times in counts.order_by("day"):
        languages[lang] = languages.get(lang, 0) + times
        first = day.replace(day=1)
        months[first] = months.get(first, 0) + times
    questions = Question.objects.filter(finding=one).order_by("-day", "pk")
    asked = [Asked(q.day, q.lang, q.text) for q in questions[: MOST_QUESTIONS * 2] if q.text]
    return Detail(
        _row(one, one.words), _every_month(months), sorted(languages.items()), asked[:MOST_QUESTIONS]
    )


def _every_month(months: dict[date, int]) -> list[tuple[date, int]]:
    """The months up to now without gaps, twelve at most."""
    if not months:
        return []
    today = calendar_jp.today()
    wanted: list[date] = []
    at = today.replace(day=1)
    while at >= min(months) and len(wanted) < 12:
        wanted.append(at)
        at = (at - timedelta(days=1)).replace(day=1)
    return [(month, months.get(month, 0)) for month in reversed(wanted)]


def searches(*, since: date, until: date) -> Searches:
    """Searches from `since` to `until`, both included. A public number: it holds no words."""
    [row] = _SEARCHES.all(since=since, until=until)
    found = {name: row[f"{name}__sum"] or 0 for name in _SUMS}
    fitted = max(0, found["found"] - found["not_among"])
    return Searches(found["searches"], fitted, found["dropped"])


_SUMS = ("searches", "found", "not_among", "dropped")
_SEARCHES = PreparedValues(
    lambda since, until: (
        SearchDay.objects.filter(day__gte=since, day__lte=until)
        .order_by()
        .values(all=Value(1))
        .annotate(*(Sum(name) for name in _SUMS))
    ),
    since=date,
    until=date,
)


def lately(days: int) -> Searches:
    """The searches of the last `days` days, today included."""
    return searches(since=_since(days), until=calendar_jp.today())


def as_table(rows: Sequence[Row], header: Sequence[str], states: dict[str, str]) -> list[list[str]]:
    """Rows as cells under a header; what a spreadsheet would take for a formula gets a mark before it."""
    cells = [
        [
            one.words,
            str(one.times),
            str(one.told),
            str(one.days),
            one.first_day.isoformat(),
            one.last_day.isoformat(),
            states[one.state],
            one.procedure,
            one.answered_on.isoformat() if one.answered_on else "",
        ]
        for one in rows
    ]
    return [list(header), *([harmless(cell) for cell in line] for line in cells)]
