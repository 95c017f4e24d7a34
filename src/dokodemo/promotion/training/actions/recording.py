"""What is written of training (研修の記録): attempts, sessions, who came, drills, levels.

Owns every write but the nightly erasing. Never lets anybody write what another person did, except those who keep the training.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import date, time
from uuid import UUID

from django.db import IntegrityError, transaction

from dokodemo.city.organisation import queries as organisation
from dokodemo.kernel import calendar_jp, events
from dokodemo.kernel.access import Actor, Forbidden, NotFound
from dokodemo.kernel.tables import Problems
from dokodemo.promotion.training import events as verbs
from dokodemo.promotion.training import logic, policies, queries, sheet, skills
from dokodemo.promotion.training.models import Attempt, Booking, DrillResult, Session, SkillLevel


class Refused(Exception):
    """What was written does not fit; `wrong` is field → key of a fixed text."""

    def __init__(self, **wrong: str) -> None:
        self.wrong = wrong
        super().__init__(", ".join(wrong))


def _refuse_outsiders(actor: Actor) -> None:
    if not policies.takes_part(actor):
        raise NotFound


def _refuse_others(actor: Actor) -> None:
    _refuse_outsiders(actor)
    if not policies.keeps_training(actor):
        raise Forbidden("Only the digital officers who keep the training do this.")


@transaction.atomic
def take_quiz(*, actor: Actor, code: str, answers: Mapping[int, int]) -> UUID:
    """Keep an attempt: `answers` are question → chosen place, both from 1. Raises NotFound, Refused (q1, q2 … unanswered)."""
    _refuse_outsiders(actor)
    quiz = queries.course(code).quiz
    if quiz is None:
        raise NotFound
    wrong = {
        f"q{number}": "training.fault.unanswered"
        for number, question in enumerate(quiz.questions, start=1)
        if not 1 <= answers.get(number, 0) <= len(question.choices)
    }
    if wrong:
        raise Refused(**wrong)
    chosen = [answers[number] for number in range(1, len(quiz.questions) + 1)]
    score = logic.graded([question.right for question in quiz.questions], chosen, quiz.pass_mark)
    made = Attempt.objects.create(
        course=code,
        account=actor.account,
        day=calendar_jp.today(),
        at=calendar_jp.now(),
        right=score.right,
        questions=score.questions,
        passed=score.passed,
        answers=chosen,
        digest=quiz.digest,
    )
    events.record(verbs.QUIZ_TAKEN, actor=actor, object=("attempt", made.pk), refs={"course": code})
    return made.pk


@dataclass(frozen=True)
class SessionFacts:
    """A session to be held. Clock times are of Japan."""

    course: str
    day: date
    starts: time
    ends: time
    online: bool
    place: str
    seats: int


@transaction.atomic
def add_session(*, actor: Actor, facts: SessionFacts) -> UUID:
    """Announce a session; sent twice it is announced once. Raises NotFound, Forbidden, Refused."""
    _refuse_others(actor)
    wrong: dict[str, str] = {}
    if queries.catalogue().course(facts.course) is None:
        wrong["course"] = "training.fault.course"
    if facts.day < calendar_jp.today():
        wrong["day"] = "training.fault.past"
    if facts.ends <= facts.starts:
        wrong["ends"] = "training.fault.ends"
    if wrong:
        raise Refused(**wrong)
    same = Session.objects.filter(cancelled_at=None, **asdict(facts)).first()
    if same is not None:
        return same.pk
    made = Session.objects.create(**asdict(facts))
    events.record(
        verbs.SESSION_ADDED, actor=actor, object=("session", made.pk), refs={"course": facts.course}
    )
    return made.pk


def _locked(session_id: UUID) -> Session:
    found = Session.objects.select_for_update().filter(pk=session_id).first()
    if found is None:
        raise NotFound
    return found


@transaction.atomic
def cancel_session(*, actor: Actor, session_id: UUID) -> None:
    """Call a session off: nobody can book it any more. Raises NotFound, Forbidden, Refused when people came already."""
    _refuse_others(actor)
    session = _locked(session_id)
    if session.cancelled_at is not None:
        return
    if session.bookings.filter(state="attended").exists():
        raise Refused(session="training.fault.held")
    session.cancelled_at = calendar_jp.now()
    session.save(update_fields=["cancelled_at"])
    events.record(verbs.SESSION_CANCELLED, actor=actor, object=("session", session_id))


@transaction.atomic
def book(*, actor: Actor, session_id: UUID) -> None:
    """Take a seat; once taken, nothing happens. Raises NotFound, Refused (full, over, called off)."""
    _refuse_outsiders(actor)
    session = _locked(session_id)
    if session.bookings.filter(account=actor.account).exists():
        return
    if session.cancelled_at is not None or session.day < calendar_jp.today():
        raise Refused(session="training.fault.closed")
    if session.bookings.exclude(state="absent").count() >= session.seats:
        raise Refused(session="training.fault.full")
    Booking.objects.create(session=session, account=actor.account, state="booked")
    events.record(verbs.BOOKED, actor=actor, object=("session", session_id))


@transaction.atomic
def leave(*, actor: Actor, session_id: UUID) -> None:
    """Give a seat back before attendance is marked; without one nothing happens. Raises NotFound."""
    _refuse_outsiders(actor)
    session = _locked(session_id)
    gone, _ = session.bookings.filter(account=actor.account, state="booked").delete()
    if gone:
        events.record(verbs.LEFT, actor=actor, object=("session", session_id))


@transaction.atomic
def mark_attendance(
    *, actor: Actor, session_id: UUID, present: Collection[UUID], others: Collection[str] = ()
) -> None:
    """Say who of the booked came, and who came without a seat (`others`: what they sign in with).

    May be said again: the last word holds. Raises NotFound, Forbidden, Refused (not yet held, unknown names).
    """
    _refuse_others(actor)
    session = _locked(session_id)
    if session.cancelled_at is not None or session.day > calendar_jp.today():
        raise Refused(session="training.fault.not_yet")
    if queries.is_over(session.day):
        raise Refused(session="training.fault.over")
    known = organisation.accounts_called(others)
    if set(others) - known.keys():
        raise Refused(others="training.fault.others")
    for booking in session.bookings.select_for_update():
        state = "attended" if booking.account in present or booking.account in known.values() else "absent"
        Booking.objects.filter(pk=booking.pk).update(state=state)
    booked = set(session.bookings.values_list("account", flat=True))
    Booking.objects.bulk_create(
        Booking(session=session, account=account, state="attended")
        for account in set(known.values()) - booked
    )
    events.record(
        verbs.ATTENDANCE_MARKED,
        actor=actor,
        object=("session", session_id),
        numbers={"attended": session.bookings.filter(state="attended").count()},
    )


@transaction.atomic
def import_drill(*, actor: Actor, code: str, day: date, data: bytes) -> int:
    """Take in what people did in a drill, wholly or not at all; a second table of the same day replaces it; how many.

    Raises NotFound, Forbidden, Refused (no such drill, a day to come), TableRefused with every wrong line.
    """
    _refuse_others(actor)
    course = queries.catalogue().course(code)
    wrong: dict[str, str] = {}
    if course is None or course.completed_by != "drill":
        wrong["course"] = "training.fault.drill"
    if day > calendar_jp.today():
        wrong["day"] = "training.fault.future"
    elif queries.is_over(day):
        wrong["day"] = "training.fault.over"
    if wrong:
        raise Refused(**wrong)
    lines = sheet.read(data)
    known: dict[str, UUID] = {}
    for start in range(0, len(lines), 500):
        known |= organisation.accounts_called(line.name for line in lines[start : start + 500])
    problems = Problems()
    for line in lines:
        if line.name not in known:
            problems.add(line.line, sheet.NAME, "training.sheet.nobody", "")
    problems.refuse()
    results = [
        DrillResult(
            course=code, day=day, account=known[line.name], clicked=line.clicked, reported=line.reported
        )
        for line in lines
    ]
    try:
        with transaction.atomic():
            DrillResult.objects.filter(course=code, day=day).delete()
            DrillResult.objects.bulk_create(results, batch_size=500)
    except IntegrityError:  # another table of the same day came at the same moment
        raise Refused(day="training.fault.stale") from None
    events.record(
        verbs.DRILL_IMPORTED,
        actor=actor,
        object=("drill", f"{code}.{day.isoformat()}"),
        numbers={"people": len(lines)},
    )
    return len(lines)


@transaction.atomic
def set_own_levels(*, actor: Actor, levels: Mapping[str, int | None]) -> None:
    """Say what one can do oneself: skill → level, or None for not said. Raises NotFound, Refused."""
    _refuse_outsiders(actor)
    _set(actor, actor.account, "by_self", levels)


@transaction.atomic
def set_levels(*, actor: Actor, section: str, account: UUID, levels: Mapping[str, int | None]) -> None:
    """Say as the head what somebody of one's section can do. Raises NotFound, Refused."""
    skills.person(actor, section, account)
    _set(actor, account, "by_head", levels)


def _set(actor: Actor, account: UUID, field: str, levels: Mapping[str, int | None]) -> None:
    known = {skill.code for skill in queries.catalogue().skills}
    wrong = {
        skill: "training.fault.level"
        for skill, level in levels.items()
        if skill not in known or level not in (*logic.LEVELS, None)
    }
    if wrong:
        raise Refused(**wrong)
    changed = 0
    for skill, level in sorted(levels.items()):
        row, _ = SkillLevel.objects.select_for_update().get_or_create(skill=skill, account=account)
        if getattr(row, field) != level:
            setattr(row, field, level)
            row.save(update_fields=[field])
            changed += 1
    if changed:
        events.record(
            verbs.LEVELS_SET,
            actor=actor,
            object=("account", account),
            refs={"said": field},
            numbers={"skills": changed},
        )
