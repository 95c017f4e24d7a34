"""Reads of training (研修の照会): how people stand, sessions, attempts, drills; who is up to date on a day.

Owns who sees which person. Never tells a name: the organisation does.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.conf import settings
from django.core.paginator import Page, Paginator
from django.db.models import Count, Q

from dokodemo.city.organisation import queries as organisation
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import Actor, NotFound
from dokodemo.promotion.training import logic, policies
from dokodemo.promotion.training.definitions import Course, TrainingFile, training_of
from dokodemo.promotion.training.logic import Completion, Standing
from dokodemo.promotion.training.models import (
    Attempt,
    Booking,
    DrillCount,
    DrillResult,
    Session,
)
from dokodemo.promotion.training.people import Person, completion_of, people_on
from dokodemo.promotion.training.standing import (
    dones_by,
    standings_with,
)

PAGE, MOST_ROWS, MOST_SHOWN = 50, 20_000, 50


def catalogue() -> TrainingFile:
    """The courses and skills of the city this server runs for."""
    return training_of(settings.DOKODEMO_PACK)


def course(code: str) -> Course:
    """A course. Raises NotFound."""
    found = catalogue().course(code)
    if found is None:
        raise NotFound
    return found


# How people stand


def is_over(day: date) -> bool:
    """Whether what people did on a day is kept no longer; nothing is where the city says no period."""
    kept = catalogue().kept
    return kept is not None and day < kept.over_before(calendar_jp.today())


def my_standings(actor: Actor, on: date | None = None) -> list[Standing]:
    """How the actor stands. Raises NotFound for whoever holds no post."""
    if not policies.takes_part(actor):
        raise NotFound
    today = on or calendar_jp.today()
    posts = [
        post
        for post in organisation.appointments_of(actor.account)
        if post.starts_on <= today and (post.ends_on is None or post.ends_on >= today)
    ]
    return standings_with(posts, dones_by(today, actor.account), today) if posts else []


def to_do(actor: Actor) -> list[Standing]:
    """What the staff home reminds the actor of: overdue, and due soon; nothing for whoever holds no post."""
    if not policies.takes_part(actor):
        return []
    soon = calendar_jp.today()
    return [
        one
        for one in my_standings(actor)
        if one.state in ("overdue", "soon")
        or (one.due_on is not None and (one.due_on - soon).days <= logic.SOON_DAYS and one.to_do)
    ]


@dataclass(frozen=True)
class SectionRow:
    """A section: its people, how many are up to date, and how well they understood (mean of last attempts, percent)."""

    section: str
    people: int
    completion: Completion
    overdue: int
    comprehension: float | None
    attempts: int


@dataclass(frozen=True)
class Counted:
    """The sections an actor may count, the most people overdue first; `city`: everybody once, None for who counts some."""

    rows: list[SectionRow]
    city: Completion | None


def sections(actor: Actor, on: date | None = None) -> Counted:
    """The counts of every section the actor may count. Raises NotFound."""
    if not policies.may_count(actor):
        raise NotFound
    own = None if policies.counts_all(actor) else policies.counted_sections(actor)
    found = people_on(on or calendar_jp.today(), own)
    by_section: dict[str, list[Person]] = {}
    for person in found:
        by_section.setdefault(person.section, []).append(person)
    scores = _last_scores()
    rows = [_section_row(section, people, scores) for section, people in by_section.items()]
    ordered = sorted(rows, key=lambda row: (-row.overdue, row.section))
    return Counted(ordered, completion_of(found) if own is None else None)


def _section_row(
    section: str, people: list[Person], scores: Mapping[UUID, list[tuple[int, int]]]
) -> SectionRow:
    found = [scores.get(person.account, []) for person in people]
    return SectionRow(
        section=section,
        people=len(people),
        completion=logic.completion(person.standings for person in people),
        overdue=sum(bool(person.overdue) for person in people),
        comprehension=logic.average(found),
        attempts=sum(map(len, found)),
    )


def _last_scores() -> dict[UUID, list[tuple[int, int]]]:
    """The last attempt of everybody at each quiz, as (right, questions)."""
    last: dict[tuple[UUID, str], tuple[int, int]] = {}
    rows = Attempt.objects.order_by("-at").values_list("account", "course", "right", "questions")
    for account, code, right, questions in rows[:MOST_ROWS]:
        last.setdefault((account, code), (right, questions))
    found: dict[UUID, list[tuple[int, int]]] = {}
    for (account, _), score in last.items():
        found.setdefault(account, []).append(score)
    return found


@dataclass(frozen=True)
class Understood:
    """The last attempt at a quiz: its day, right answers of all, and whether that was enough. What was answered stays sealed."""

    day: date
    right: int
    questions: int
    passed: bool


@dataclass(frozen=True)
class Shown:
    """What is kept of some people: by (course, account) the last attempt at the quiz, and the last day they attended."""

    quizzes: Mapping[tuple[str, UUID], Understood]
    attended: Mapping[tuple[str, UUID], date]


def shown_of(actor: Actor, section: str, accounts: Collection[UUID]) -> Shown:
    """Attendance and comprehension of people of a section. Raises NotFound for whoever may not see them."""
    if not policies.sees_people(actor, section):
        raise NotFound
    newest = Attempt.objects.filter(account__in=list(accounts)).order_by("-at")[:MOST_ROWS]
    quizzes = {
        (one.course, one.account): Understood(one.day, one.right, one.questions, one.passed)
        for one in reversed(newest.defer("answers"))
    }
    return Shown(quizzes, dones_by(calendar_jp.today(), accounts).attended)


def people(actor: Actor, section: str) -> list[Person]:
    """The people of a section, those who are overdue first. Raises NotFound for whoever may not see them."""
    if not policies.sees_people(actor, section) or organisation.section(section) is None:
        raise NotFound
    return sorted(
        people_on(calendar_jp.today(), {section}), key=lambda one: (-len(one.overdue), str(one.account))
    )


@dataclass(frozen=True)
class Overdue:
    """A course somebody has not taken in time, in the section they are shown in; `standing.due_on` was the last day."""

    account: UUID
    section: str
    standing: Standing


def overdue(actor: Actor) -> list[Overdue]:
    """Everything overdue of the people an actor may see, the longest first; each person once in each section.

    Raises NotFound for whoever sees nobody.
    """
    if not policies.sees_some(actor):
        raise NotFound
    seen = policies.people_seen(actor, {one.code for one in organisation.sections()})
    found = [
        Overdue(person.account, person.section, one)
        for person in people_on(calendar_jp.today(), seen)
        for one in person.overdue
    ]
    return sorted(
        found,
        key=lambda one: (one.standing.due_on or date.max, one.section, one.standing.code, str(one.account)),
    )


# Sessions


@dataclass(frozen=True)
class SessionView:
    """A session with its course, how many seats are taken, and how the actor stands with it ("" for not booked)."""

    session: Session
    course: Course | None
    taken: int
    mine: str

    @property
    def free(self) -> int:
        """Seats that are left."""
        return max(0, self.session.seats - self.taken)

    @property
    def open(self) -> bool:
        """Whether it is still to come and not cancelled."""
        return self.session.cancelled_at is None and self.session.day >= calendar_jp.today()


def _views(rows: Iterable[Session], actor: Actor) -> list[SessionView]:
    listed = list(rows)
    taken = dict(
        Booking.objects.filter(session__in=listed)
        .exclude(state="absent")
        .values_list("session")
        .annotate(Count("pk"))
    )
    mine = dict(
        Booking.objects.filter(session__in=listed, account=actor.account).values_list("session", "state")
    )
    return [
        SessionView(
            one,
            catalogue().course(one.course),
            taken.get(one.pk, 0) if one.came is None else one.came,
            mine.get(one.pk, ""),
        )
        for one in listed
    ]


def sessions(actor: Actor, *, page: int = 1) -> tuple[Page[Session], list[SessionView]]:
    """A page of sessions, the newest first. Raises NotFound for whoever holds no post."""
    if not policies.takes_part(actor):
        raise NotFound
    shown = Paginator(Session.objects.order_by("-day", "-starts", "pk"), PAGE).get_page(page)
    return shown, _views(shown, actor)


def coming(actor: Actor, code: str = "") -> list[SessionView]:
    """The next sessions, of one course or all, the nearest first."""
    rows = Session.objects.filter(cancelled_at=None, day__gte=calendar_jp.today())
    if code:
        rows = rows.filter(course=code)
    return _views(rows.order_by("day", "starts", "pk")[:MOST_SHOWN], actor)


def session(actor: Actor, session_id: UUID) -> SessionView:
    """One session. Raises NotFound."""
    found = Session.objects.filter(pk=session_id).first() if policies.takes_part(actor) else None
    if found is None:
        raise NotFound
    return _views([found], actor)[0]


def participants(actor: Actor, session_id: UUID) -> list[tuple[UUID, str]]:
    """Who is booked and who came, as (account, state): only for those who keep the training, else nobody."""
    if not policies.keeps_training(actor):
        return []
    rows = Booking.objects.filter(session_id=session_id).order_by("pk")
    return list(rows.values_list("account", "state")[:MOST_ROWS])


# Quizzes and drills


def attempt(actor: Actor, attempt_id: UUID) -> Attempt:
    """An attempt of one's own. Raises NotFound, also for somebody else's."""
    found = Attempt.objects.filter(pk=attempt_id, account=actor.account).first()
    if found is None or not policies.takes_part(actor):
        raise NotFound
    return found


def my_attempts(actor: Actor, code: str) -> list[Attempt]:
    """The actor's attempts at a quiz, newest first."""
    return list(Attempt.objects.filter(account=actor.account, course=code).order_by("-at")[:MOST_SHOWN])


@dataclass(frozen=True)
class DrillView:
    """A drill as counts: how many got the message, opened the link, reported it."""

    course: Course | None
    code: str
    day: date
    people: int
    clicked: int
    reported: int


def drills(actor: Actor) -> list[DrillView]:
    """Every drill as counts of the whole city, newest first. Raises NotFound for whoever may count nothing."""
    if not policies.may_count(actor):
        raise NotFound
    rows = (
        DrillResult.objects.values("course", "day")
        .annotate(
            people=Count("pk"),
            opened=Count("pk", filter=Q(clicked=True)),
            told=Count("pk", filter=Q(reported=True)),
        )
        .order_by("-day", "course")[:MOST_SHOWN]
    )
    counts = [(row["course"], row["day"], row["people"], row["opened"], row["told"]) for row in rows]
    # Those whose people are erased are older than the others.
    erased = DrillCount.objects.order_by("-day", "course")[: MOST_SHOWN - len(counts)]
    counts += [(one.course, one.day, one.people, one.clicked, one.reported) for one in erased]
    return [DrillView(catalogue().course(code), code, *numbers) for code, *numbers in counts]
