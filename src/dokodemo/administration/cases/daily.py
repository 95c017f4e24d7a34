"""Cases and drafts counted by day (日ごとの件数): what counters of the plan are made of.

Owns which day in Japan each record counts for, and which days an event may have changed. Never keeps a number and never
names a case: the counters are indicators' own.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any, ClassVar
from uuid import UUID

from django.db.models import Count, DateField, F, Func, Max, Min, Q, QuerySet, Sum

from dokodemo.administration.cases import events as verbs
from dokodemo.administration.cases.models import Bundle, Case, Channel, Draft, DraftPart, State
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.prepared import PreparedValues

# The verbs after which a record may count otherwise than before. A correction, an extension, a withdrawal and the
# completion of a notification are none: no column of a tally is made of what they change before a decision.
CHANGING = frozenset(
    {
        verbs.DRAFT_STARTED,
        verbs.TOGETHER_STARTED,
        verbs.PROCEDURE_TAKEN_OUT,
        verbs.ANSWERS_CARRIED_OVER,
        verbs.SUBMITTED,
        verbs.BUNDLE_SUBMITTED,
        verbs.DECIDED,
        verbs.SATISFACTION_GIVEN,
    }
)
AT_ONCE = 500


class JapaneseDay(Func):
    """The day in Japan of a moment, by the database itself: Japan keeps no summer time, so the day is nine hours ahead.

    Django's own truncation calls back into Python for every row on SQLite, which takes most of a full count.
    """

    output_field: ClassVar = DateField()

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        """SQLite keeps moments as text in UTC, and rounds the last half millisecond of a day into the next: cut to seconds."""
        template = "date(substr(%(expressions)s, 1, 19), '+9 hours')"
        return self.as_sql(compiler, connection, template=template, **extra)

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        """PostgreSQL knows the zone."""
        template = "(%(expressions)s AT TIME ZONE 'Asia/Tokyo')::date"
        return self.as_sql(compiler, connection, template=template, **extra)


@dataclass
class Tally:
    """What one procedure counts on one day or in a span; joint forms count under the procedure "".

    `online` and `other`: cases that arrived, by channel; `answers` and `typed`: of the online ones, all answers and those
    somebody typed. `decided` and `in_time`: by the day of the decision. `begun` and `handed_in`: by the day a form was
    begun, corrections apart. `said_1` to `said_5`: opinions by the day of arrival. `apart` and `once`: answers of bundles.
    """

    online: int = 0
    other: int = 0
    answers: int = 0
    typed: int = 0
    decided: int = 0
    in_time: int = 0
    begun: int = 0
    handed_in: int = 0
    said_1: int = 0
    said_2: int = 0
    said_3: int = 0
    said_4: int = 0
    said_5: int = 0
    apart: int = 0
    once: int = 0

    def add(self, other: Tally) -> None:
        """Add what another counts."""
        for name in COLUMNS:
            setattr(self, name, getattr(self, name) + getattr(other, name))


COLUMNS = tuple(one.name for one in fields(Tally))
type Tallies = dict[tuple[date, str], Tally]


def count_days(since: date, until: date) -> Tallies:
    """What each procedure counts on each day between two days in Japan, both included; nothing for a day without records.

    Five grouped queries, whatever the span; each reads an index range.
    """
    span = {"since": calendar_jp.day_start(since), "until": calendar_jp.day_end(until)}
    found: Tallies = {}
    for row in (row for counts in _COUNTS for row in counts.all(**span)):
        key = (row.pop("day"), row.pop("procedure", ""))
        if any(row.values()):
            found.setdefault(key, Tally()).add(Tally(**{name: value or 0 for name, value in row.items()}))
    return found


def _by_day(rows: QuerySet[Any], moment: str, since: datetime, until: datetime) -> Any:
    inside = rows.filter(**{f"{moment}__gte": since, f"{moment}__lt": until})
    return inside.order_by().values("procedure", day=JapaneseDay(F(moment)))


def _arrived(since: datetime, until: datetime) -> Any:
    online = Q(channel=Channel.ONLINE)
    levels: dict[str, Any] = {
        f"said_{level}": Count("pk", filter=Q(satisfaction=level)) for level in range(1, 6)
    }
    return _by_day(Case.objects.all(), "arrived_at", since, until).annotate(
        online=Count("pk", filter=online),
        other=Count("pk", filter=~online),
        answers=Sum("answers_total", filter=online),
        typed=Sum("answers_typed", filter=online),
        **levels,
    )


def _decided(since: datetime, until: datetime) -> Any:
    in_time = Q(due_on__isnull=True) | Q(due_on__gte=JapaneseDay(F("closed_at")))
    return _by_day(Case.objects.filter(state=State.DECIDED), "closed_at", since, until).annotate(
        decided=Count("pk"), in_time=Count("pk", filter=in_time)
    )


def _begun(since: datetime, until: datetime) -> Any:
    # Corrections are left out of the sums and not of the rows: nearly no draft is one, and a database that looks for
    # those that are none by their index walks through every draft there is.
    begun = Q(correction__isnull=True)
    return _by_day(Draft.objects.exclude(procedure=""), "created_at", since, until).annotate(
        begun=Count("pk", filter=begun), handed_in=Count("pk", filter=begun & Q(handed_in=True))
    )


def _begun_together(since: datetime, until: datetime) -> Any:
    return _by_day(DraftPart.objects.all(), "draft__created_at", since, until).annotate(
        begun=Count("pk"), handed_in=Count("pk", filter=Q(draft__handed_in=True))
    )


def _spared(since: datetime, until: datetime) -> Any:
    inside: Any = Bundle.objects.filter(arrived_at__gte=since, arrived_at__lt=until).order_by()
    return inside.values(day=JapaneseDay(F("arrived_at"))).annotate(
        apart=Sum("typed_apart"), once=Sum("typed_once")
    )


# Today is counted whenever a number of the plan is read.
_COUNTS = tuple(
    PreparedValues(make, since=datetime, until=datetime)
    for make in (_arrived, _decided, _begun, _begun_together, _spared)
)


def whole_span() -> tuple[date, date] | None:
    """The first and last day in Japan with anything to count; None while there is nothing."""
    ends = [
        Case.objects.aggregate(first=Min("arrived_at"), last=Max("arrived_at")),
        Case.objects.aggregate(first=Min("closed_at"), last=Max("closed_at")),
        Draft.objects.aggregate(first=Min("created_at"), last=Max("created_at")),
        Bundle.objects.aggregate(first=Min("arrived_at"), last=Max("arrived_at")),
    ]
    moments = [moment for one in ends for moment in one.values() if moment is not None]
    return (calendar_jp.jst_day(min(moments)), calendar_jp.jst_day(max(moments))) if moments else None


@dataclass(frozen=True)
class Touched:
    """Records that may count otherwise after an event about something of a kind, and the moments that say on which days."""

    kind: str
    records: Callable[[list[UUID]], QuerySet[Any]]
    moments: tuple[str, ...]


def _joint_of_the_same_writers(ids: list[UUID]) -> QuerySet[Any]:
    """Carrying answers over may take parts off the writer's other joint drafts."""
    writers = Draft.objects.filter(pk__in=ids).values("owner")
    return Draft.objects.filter(version__isnull=True, owner__in=writers)


# A case counts on the day it arrived and the day it was decided, and its draft on the day it was begun.
TOUCHED = (
    Touched(
        "case",
        lambda ids: Case.objects.filter(pk__in=ids),
        ("arrived_at", "closed_at", "draft__created_at"),
    ),
    Touched("bundle", lambda ids: Bundle.objects.filter(pk__in=ids), ("arrived_at", "draft__created_at")),
    Touched("draft", lambda ids: Draft.objects.filter(pk__in=ids), ("created_at",)),
    Touched("draft", _joint_of_the_same_writers, ("created_at",)),
)


def days_touched(objects: Collection[tuple[str, str]]) -> set[date]:
    """The days in Japan on which something may count otherwise after events of CHANGING about these (type, identifier)."""
    moments: set[datetime | None] = set()
    for one in TOUCHED:
        for some in _some(sorted(UUID(pk) for kind, pk in set(objects) if kind == one.kind)):
            moments.update(*one.records(some).values_list(*one.moments))
    return {calendar_jp.jst_day(moment) for moment in moments if moment is not None}


def _some(ids: list[UUID]) -> Iterator[list[UUID]]:
    for place in range(0, len(ids), AT_ONCE):
        yield ids[place : place + AT_ONCE]
