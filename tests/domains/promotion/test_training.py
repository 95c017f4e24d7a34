"""Training of staff: who is up to date, sessions and seats, drills, levels; a person's rows stay with those who may see them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, time, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from pytest_django import DjangoDbBlocker

from dokodemo.city.organisation.models import Appointment
from dokodemo.kernel.access import Account, Actor, Forbidden, NotFound, Role
from dokodemo.kernel.events.models import Event
from dokodemo.kernel.tables import TableRefused
from dokodemo.promotion.training import actions, queries, sheet, skills
from dokodemo.promotion.training.actions import Refused, SessionFacts
from dokodemo.promotion.training.models import Attempt, Booking, DrillResult
from dokodemo.promotion.training.people import completion
from tests.domains.administration.cases.building import city_in_force
from tests.domains.entry import building as b

TODAY = date(2026, 11, 27)
RIGHT = {1: 2, 2: 1, 3: 3, 4: 2, 5: 1}


@pytest.fixture(scope="module", autouse=True)
def _city(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with django_db_blocker.unblock(), city_in_force():
        yield


@pytest.fixture(autouse=True)
def _in_the_city(_city: None, db: None, settings: Any) -> None:
    """Each test starts from the city on one day, since what is due depends on it, and leaves nothing behind."""
    settings.DOKODEMO_TODAY = TODAY.isoformat()


def staff(section: str, role: Role, *, since: date = date(2026, 4, 1)) -> Account:
    account = b.staff_account((section, role))
    Appointment.objects.filter(account=account).update(starts_on=since)
    return account


def clerk() -> Account:
    return staff("childcare", Role.CASEWORKER)


def keeper() -> Actor:
    return b.acting(staff("policy", Role.DIGITAL_OFFICER))


def passes(account: Account, on: date = TODAY) -> None:
    made = actions.take_quiz(actor=b.acting(account), code="security-yearly", answers=RIGHT)
    Attempt.objects.filter(pk=made).update(day=on)


def state(account: Account, code: str) -> str:
    return next(one.state for one in queries.my_standings(b.acting(account)) if one.code == code)


def a_session(course: str = "digital-officer-course", **changes: Any) -> UUID:
    facts = {
        "course": course,
        "day": TODAY,
        "starts": time(13, 30),
        "ends": time(15),
        "online": False,
        "place": "市役所 201会議室",
        "seats": 2,
        **changes,
    }
    return actions.add_session(actor=keeper(), facts=SessionFacts(**facts))


def test_a_passed_quiz_completes_the_course_and_a_failed_one_does_not() -> None:
    account = clerk()
    assert state(account, "security-yearly") == "overdue"
    actions.take_quiz(actor=b.acting(account), code="security-yearly", answers={**RIGHT, 1: 1, 2: 2})
    assert state(account, "security-yearly") == "overdue"
    passes(account)
    assert state(account, "security-yearly") == "done"
    assert [one.right for one in queries.my_attempts(b.acting(account), "security-yearly")] == [5, 3]
    assert Event.objects.filter(verb="training.quiz_taken").count() == 2


def test_what_somebody_answered_is_sealed_and_fetched_by_nobody_else() -> None:
    account = clerk()
    made = actions.take_quiz(actor=b.acting(account), code="security-yearly", answers=RIGHT)
    with connection.cursor() as cursor:
        cursor.execute("SELECT answers FROM training_attempt")
        assert b"[2, 1" not in bytes(cursor.fetchone()[0])
    assert queries.attempt(b.acting(account), made).answers == [2, 1, 3, 2, 1]
    for other in (staff("childcare", Role.HEAD_OF_SECTION), staff("policy", Role.ADMINISTRATOR)):
        with pytest.raises(NotFound):
            queries.attempt(b.acting(other), made)


def test_an_unanswered_question_is_told_and_nothing_is_kept() -> None:
    with pytest.raises(Refused) as refused:
        actions.take_quiz(actor=b.acting(clerk()), code="security-yearly", answers={1: 1, 2: 9, 3: 1})
    assert set(refused.value.wrong) == {"q2", "q4", "q5"}
    assert not Attempt.objects.exists()
    with pytest.raises(NotFound):
        actions.take_quiz(actor=b.acting(clerk()), code="phishing-drill", answers={})
    with pytest.raises(NotFound):
        actions.take_quiz(actor=b.acting(b.staff_account()), code="security-yearly", answers=RIGHT)


def test_the_home_reminds_of_what_is_late_and_of_what_is_due_within_thirty_days() -> None:
    late, new = clerk(), staff("childcare", Role.CASEWORKER, since=TODAY - timedelta(days=40))
    assert {(one.code, one.state) for one in queries.to_do(b.acting(late))} >= {
        ("security-yearly", "overdue")
    }
    assert [(one.code, one.state) for one in queries.to_do(b.acting(new))] == [("security-yearly", "waiting")]
    assert queries.to_do(b.acting(b.staff_account())) == []


def test_completion_counts_each_person_once_and_on_the_day_asked_for() -> None:
    before = completion(TODAY)
    chief = b.staff_account(("health", Role.CIO), ("care", Role.CIO))
    assert completion(TODAY).must_be == before.must_be + 1
    assert completion(TODAY).up_to_date == before.up_to_date
    passes(chief, TODAY - timedelta(days=1))
    after = completion(TODAY)
    assert (after.up_to_date, after.must_be) == (before.up_to_date + 1, before.must_be + 1)
    assert completion(TODAY - timedelta(days=2)).up_to_date == before.up_to_date


def test_whoever_falls_for_a_drill_takes_the_security_course_again() -> None:
    account = clerk()
    passes(account, TODAY - timedelta(days=100))
    assert state(account, "security-yearly") == "done"
    drill(f"{account.username},はい,いいえ", day=TODAY - timedelta(days=61))
    assert state(account, "security-yearly") == "overdue"
    assert state(account, "phishing-drill") == "done"
    passes(account)
    assert state(account, "security-yearly") == "done"


def drill(*lines: str, day: date = TODAY, by: Actor | None = None, code: str = "phishing-drill") -> int:
    data = "\n".join([",".join(sheet.HEADER), *lines]).encode()
    return actions.import_drill(actor=by or keeper(), code=code, day=day, data=data)


def test_a_drill_is_taken_in_wholly_and_a_second_table_of_the_day_replaces_it() -> None:
    first, second = clerk(), clerk()
    assert drill(f"{first.username},はい,いいえ", f"{second.username},いいえ,はい") == 2
    assert drill(f"{first.username},いいえ,はい") == 1
    assert DrillResult.objects.get().reported
    with pytest.raises(TableRefused) as refused:
        drill(f"{first.username},はい,はい", "nobody,はい,はい", f"{b.resident_account().username},はい,はい")
    assert [(p.line, p.message) for p in refused.value.problems] == [
        (3, "training.sheet.nobody"),
        (4, "training.sheet.nobody"),
    ]
    assert not DrillResult.objects.get().clicked
    (view,) = queries.drills(keeper())
    assert (view.people, view.clicked, view.reported) == (1, 0, 1)


def test_drills_are_taken_in_by_those_who_keep_the_training_only() -> None:
    account = clerk()
    for other in (account, staff("childcare", Role.DIGITAL_OFFICER), staff("policy", Role.CIO)):
        with pytest.raises(Forbidden):
            drill(f"{account.username},はい,はい", by=b.acting(other))
    for code, day in (("security-yearly", TODAY), ("phishing-drill", TODAY + timedelta(days=1))):
        with pytest.raises(Refused):
            drill(f"{account.username},はい,はい", code=code, day=day)
    with pytest.raises(NotFound):
        queries.drills(b.acting(account))


def test_seats_are_taken_once_until_there_are_none() -> None:
    session, people = a_session(seats=1), [b.acting(clerk()) for _ in range(2)]
    actions.book(actor=people[0], session_id=session)
    actions.book(actor=people[0], session_id=session)
    with pytest.raises(Refused) as refused:
        actions.book(actor=people[1], session_id=session)
    assert refused.value.wrong == {"session": "training.fault.full"}
    actions.leave(actor=people[0], session_id=session)
    actions.leave(actor=people[0], session_id=session)
    actions.book(actor=people[1], session_id=session)
    assert Event.objects.filter(verb__in=["training.booked", "training.left"]).count() == 3
    assert queries.session(people[1], session).free == 0


def test_attendance_completes_a_course_also_of_whoever_came_without_a_seat() -> None:
    first, second, third = (staff("childcare", Role.HEAD_OF_SECTION) for _ in range(3))
    session = a_session(seats=5)
    for account in (first, second):
        actions.book(actor=b.acting(account), session_id=session)
    with pytest.raises(Refused):
        actions.mark_attendance(actor=keeper(), session_id=session, present=[], others=["nobody"])
    assert set(Booking.objects.values_list("state", flat=True)) == {"booked"}
    actions.mark_attendance(actor=keeper(), session_id=session, present=[first.pk], others=[third.username])
    standings = [state(account, "digital-officer-course") for account in (first, second, third)]
    assert standings == ["done", "waiting", "done"]
    actions.mark_attendance(actor=keeper(), session_id=session, present=[second.pk])
    assert state(first, "digital-officer-course") == "waiting"
    assert queries.participants(b.acting(first), session) == []


def test_a_session_to_come_is_not_attended_and_an_attended_one_not_called_off() -> None:
    later, now = a_session(day=TODAY + timedelta(days=3)), a_session()
    with pytest.raises(Refused):
        actions.mark_attendance(actor=keeper(), session_id=later, present=[])
    actions.cancel_session(actor=keeper(), session_id=later)
    with pytest.raises(Refused) as refused:
        actions.book(actor=b.acting(clerk()), session_id=later)
    assert refused.value.wrong == {"session": "training.fault.closed"}
    actions.mark_attendance(actor=keeper(), session_id=now, present=[], others=[clerk().username])
    with pytest.raises(Refused):
        actions.cancel_session(actor=keeper(), session_id=now)
    for other in (staff("childcare", Role.DIGITAL_OFFICER), staff("policy", Role.CIO)):
        with pytest.raises(Forbidden):
            actions.mark_attendance(actor=b.acting(other), session_id=now, present=[])


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("course", {"course": "moon"}),
        ("day", {"day": TODAY - timedelta(days=1)}),
        ("ends", {"ends": time(13, 30)}),
    ],
)
def test_a_session_that_cannot_be_is_refused(field: str, changes: dict[str, Any]) -> None:
    with pytest.raises(Refused) as refused:
        a_session(**changes)
    assert set(refused.value.wrong) == {field}


def test_a_session_sent_twice_is_announced_once() -> None:
    assert a_session() == a_session()
    assert Event.objects.filter(verb="training.session_added").count() == 1


def test_counts_are_for_many_and_people_for_few() -> None:
    account = clerk()
    passes(account)
    head, officer = staff("childcare", Role.HEAD_OF_SECTION), staff("childcare", Role.DIGITAL_OFFICER)
    chief, other = staff("policy", Role.CIO), staff("health", Role.HEAD_OF_SECTION)
    for seeing in (head, officer):
        assert account.pk in {one.account for one in queries.people(b.acting(seeing), "childcare")}
        assert {row.section for row in queries.sections(b.acting(seeing)).rows} == {"childcare"}
    assert account.pk in {one.account for one in queries.people(keeper(), "childcare")}
    for refused in (account, chief, other):
        with pytest.raises(NotFound):
            queries.people(b.acting(refused), "childcare")
    with pytest.raises(NotFound):
        queries.sections(b.acting(account))
    rows = {row.section: row for row in queries.sections(b.acting(chief)).rows}
    assert (rows["childcare"].comprehension, rows["childcare"].attempts) == (None, 1)
    passes(head)
    passes(officer)
    rows = {row.section: row for row in queries.sections(b.acting(chief)).rows}
    assert (rows["childcare"].comprehension, rows["childcare"].attempts) == (100, 3)
    assert rows["childcare"].people == 3
    with pytest.raises(NotFound):
        queries.people(keeper(), "moon")


def test_the_overdue_list_holds_the_people_one_may_see_the_longest_overdue_first(settings: Any) -> None:
    settings.DOKODEMO_TODAY = "2027-12-01"
    account, other = clerk(), staff("health", Role.CASEWORKER)
    found = queries.overdue(keeper())
    assert {one.account for one in found} >= {account.pk, other.pk}
    days = [one.standing.due_on for one in found]
    assert days == sorted(day for day in days if day is not None)
    assert all(one.standing.state == "overdue" for one in found)
    head = b.acting(staff("childcare", Role.HEAD_OF_SECTION))
    assert {one.section for one in queries.overdue(head)} == {"childcare"}
    for refused in (account, staff("policy", Role.CIO)):
        with pytest.raises(NotFound):
            queries.overdue(b.acting(refused))


def test_attendance_and_comprehension_of_a_person_are_for_those_who_see_people() -> None:
    account, head = clerk(), staff("childcare", Role.HEAD_OF_SECTION)
    passes(account, TODAY - timedelta(days=1))
    actions.take_quiz(actor=b.acting(account), code="security-yearly", answers=dict.fromkeys(RIGHT, 1))
    held = a_session("digital-officer-course")
    Booking.objects.create(session_id=held, account=account.pk, state="attended")
    shown = queries.shown_of(b.acting(head), "childcare", [account.pk])
    last = shown.quizzes["security-yearly", account.pk]
    assert (last.day, last.right, last.questions, last.passed) == (TODAY, 2, 5, False)
    assert shown.attended == {("digital-officer-course", account.pk): TODAY}
    for refused in (account, staff("policy", Role.CIO), staff("health", Role.HEAD_OF_SECTION)):
        with pytest.raises(NotFound):
            queries.shown_of(b.acting(refused), "childcare", [account.pk])


def test_where_there_are_too_many_attempts_the_newest_are_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "MOST_ROWS", 1)
    account, head = clerk(), staff("childcare", Role.HEAD_OF_SECTION)
    passes(account, TODAY - timedelta(days=1))
    actions.take_quiz(actor=b.acting(account), code="security-yearly", answers=dict.fromkeys(RIGHT, 1))
    (last,) = queries.shown_of(b.acting(head), "childcare", [account.pk]).quizzes.values()
    assert (last.day, last.passed) == (TODAY, False)


def test_levels_of_people_are_seen_by_the_head_and_the_officer_and_counts_by_others() -> None:
    account, head = clerk(), b.acting(staff("childcare", Role.HEAD_OF_SECTION))
    actions.set_own_levels(actor=b.acting(account), levels={"plain-words": 4, "work-review": None})
    actions.set_levels(actor=head, section="childcare", account=account.pk, levels={"plain-words": 2})
    mine = {one.skill.code: one for one in skills.mine(b.acting(account))}
    assert (mine["plain-words"].by_self, mine["plain-words"].by_head, mine["plain-words"].counts) == (4, 2, 2)
    assert account.pk in skills.section_levels(head, "childcare")
    chief = b.acting(staff("policy", Role.CIO))
    assert skills.section_levels(chief, "childcare") == {}
    assert skills.section_counts(chief, "childcare") == []
    assert len(skills.section_counts(head, "childcare")) > 3
    clerk()
    counts = {one.skill.code: one.levels for one in skills.section_counts(chief, "childcare")}
    assert (counts["plain-words"][2], counts["plain-words"][4]) == (1, 0)
    with pytest.raises(NotFound):
        skills.section_counts(b.acting(account), "childcare")
    assert sum(skills.city_counts(b.acting(account))[0].levels.values()) >= 4


def test_only_the_head_sets_levels_of_the_section_and_never_their_own() -> None:
    account, head = clerk(), staff("childcare", Role.HEAD_OF_SECTION)
    for other in (account, staff("health", Role.HEAD_OF_SECTION), staff("childcare", Role.DIGITAL_OFFICER)):
        with pytest.raises(NotFound):
            actions.set_levels(
                actor=b.acting(other), section="childcare", account=account.pk, levels={"plain-words": 1}
            )
    for section, who in (("childcare", head.pk), ("childcare", staff("health", Role.CASEWORKER).pk)):
        with pytest.raises(NotFound):
            actions.set_levels(actor=b.acting(head), section=section, account=who, levels={"plain-words": 1})
    with pytest.raises(Refused):
        actions.set_own_levels(actor=b.acting(account), levels={"plain-words": 5, "moon": 1})


def test_events_tell_neither_scores_nor_levels_nor_names() -> None:
    account = clerk()
    passes(account)
    actions.set_own_levels(actor=b.acting(account), levels={"plain-words": 4})
    told = Event.objects.filter(verb__startswith="training.")
    numbers = {event.verb: event.numbers for event in told}
    assert numbers == {"training.quiz_taken": {}, "training.levels_set": {"skills": 1}}
