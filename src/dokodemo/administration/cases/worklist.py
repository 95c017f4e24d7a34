"""The work of a section (受付箱): which cases are open, in which order, and what waits for whom.

Owns the reads behind the office's first pages. Never reads an answer and never writes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce, Least

from dokodemo.administration.cases import policies
from dokodemo.administration.cases.models import Case, Decision, Message, State
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import Actor, Role

PAGE_SIZE = 50
OPEN_STATES = (State.SUBMITTED, State.IN_REVIEW, State.CORRECTION_REQUESTED, State.PROPOSED)


def my_sections(actor: Actor) -> frozenset[str]:
    """The sections whose cases the actor works on."""
    return frozenset[str]().union(*(actor.sections(role) for role in policies.REVIEWERS))


def nearest_limit(case: Case) -> date | None:
    """The nearer of standard period and statutory limit; None when the definition sets neither."""
    return min((day for day in (case.due_on, case.limit_on) if day is not None), default=None)


_NEAREST = Least(Coalesce("due_on", "limit_on"), Coalesce("limit_on", "due_on"))


def _unread() -> Exists:
    """Whether the person wrote something that nobody of the section has opened."""
    waiting = Message.objects.filter(case=OuterRef("pk"), from_staff=False, read_at__isnull=True)
    return Exists(waiting)


@dataclass(frozen=True)
class Row:
    """A case in the list; `unread` says that the person wrote and nobody has looked."""

    case: Case
    unread: bool


@dataclass(frozen=True)
class InboxPage:
    """One page of a section's work: rows, whether more follow, and how many open cases stand in each state."""

    rows: list[Row]
    more: bool
    counts: Mapping[str, int]

    @property
    def cases(self) -> list[Case]:
        """The cases alone."""
        return [row.case for row in self.rows]


def inbox(
    actor: Actor,
    *,
    state: str = "",
    procedure: str = "",
    mine: bool = False,
    nobody: bool = False,
    unread: bool = False,
    late: bool = False,
    closed: bool = False,
    page: int = 1,
) -> InboxPage:
    """Cases of the actor's sections, nearest limit first, 50 a page. Empty for those who review nothing.

    `mine` and `nobody` are about who handles a case; `late` leaves cases that wait for a correction out. Closed ones
    come newest first.
    """
    rows = Case.objects.filter(section__in=my_sections(actor))
    counts = dict(rows.filter(closed_at__isnull=True).order_by().values_list("state").annotate(n=Count("pk")))
    rows = rows.filter(closed_at__isnull=not closed).annotate(nearest=_NEAREST, unread=_unread())
    if state:
        rows = rows.filter(state=state)
    if procedure:
        rows = rows.filter(procedure=procedure)
    if mine:
        rows = rows.filter(assignee_id=actor.account_id)
    elif nobody:
        rows = rows.filter(assignee__isnull=True)
    if unread:
        rows = rows.filter(unread=True)
    if late:
        rows = _late(rows)
    order = ("-closed_at",) if closed else (F("nearest").asc(nulls_last=True), "arrived_at")
    start = (page - 1) * PAGE_SIZE
    found = list(rows.defer("answers", "sources").order_by(*order, "pk")[start : start + PAGE_SIZE + 1])
    return InboxPage(
        [Row(case, case.unread) for case in found[:PAGE_SIZE]],  # type: ignore[attr-defined]
        len(found) > PAGE_SIZE,
        counts,
    )


def _late(rows: QuerySet[Case]) -> QuerySet[Case]:
    """Past their limit on our own time: while a correction is waited for, the clock stands still."""
    return rows.exclude(state=State.CORRECTION_REQUESTED).filter(
        Q(due_on__lt=calendar_jp.today()) | Q(limit_on__lt=calendar_jp.today())
    )


@dataclass(frozen=True)
class Waiting:
    """How many open cases of the actor's sections need a look: past a limit, handled by nobody, written to, mine."""

    late: int
    nobody: int
    unread: int
    mine: int


def waiting(actor: Actor) -> Waiting:
    """What to look at first, counted."""
    rows = Case.objects.filter(section__in=my_sections(actor), closed_at__isnull=True)
    return Waiting(
        late=_late(rows).count(),
        nobody=rows.filter(assignee__isnull=True).count(),
        unread=rows.filter(_unread()).count(),
        mine=rows.filter(assignee_id=actor.account_id).count(),
    )


def waiting_for_approval(actor: Actor) -> int:
    """Proposals of the actor's sections that wait for a head who did not write them."""
    sections = actor.sections(Role.HEAD_OF_SECTION)
    standing = Decision.objects.filter(
        case__section__in=sections, case__state=State.PROPOSED, returned_at__isnull=True
    )
    return standing.exclude(proposed_by_id=actor.account_id).count() if sections else 0
