"""What people did in training goes when its time is over; how they stand and what was counted stays exactly as it was."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, time
from typing import Any
from uuid import UUID

import pytest
from pytest_django import DjangoDbBlocker

from dokodemo.city.organisation.models import Appointment
from dokodemo.kernel.access import Account, Actor, Forbidden, Role, system
from dokodemo.kernel.events.models import Event
from dokodemo.promotion.training import actions, queries
from dokodemo.promotion.training.actions import Refused, SessionFacts
from dokodemo.promotion.training.models import Attempt, Booking, DrillCount, DrillResult, LastDone
from dokodemo.promotion.training.people import completion
from dokodemo.promotion.training.tasks import erase
from tests.domains.administration.cases.building import city_in_force
from tests.domains.entry import building as b

JOB = system("training")
# Done in fiscal year 2026, which ends on 31 March 2027; three years after that is 31 March 2030.
DONE, LAST_DAY, FIRST_DAY_OVER = date(2026, 11, 27), date(2030, 3, 31), date(2030, 4, 1)
RIGHT = {1: 2, 2: 1, 3: 3, 4: 2, 5: 1}
PLAIN = {1: 2, 2: 2, 3: 1}


@pytest.fixture(scope="module", autouse=True)
def _city(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with django_db_blocker.unblock(), city_in_force():
        yield


@pytest.fixture(autouse=True)
def _in_the_city(_city: None, db: None, settings: Any) -> None:
    settings.DOKODEMO_TODAY = DONE.isoformat()


def staff(section: str = "childcare", role: Role = Role.CASEWORKER) -> Account:
    account = b.staff_account((section, role))
    Appointment.objects.filter(account=account).update(starts_on=date(2026, 4, 1))
    return account


def keeper() -> Actor:
    return b.acting(staff("policy", Role.DIGITAL_OFFICER))


def a_session(seats: int = 5) -> UUID:
    facts = SessionFacts("digital-officer-course", DONE, time(13, 30), time(15), False, "会議室", seats)
    return actions.add_session(actor=keeper(), facts=facts)


def everything(*people: Account) -> UUID:
    """Quizzes, a session with somebody absent, and a drill somebody fell for."""
    first, second = people
    for account in people:
        actions.take_quiz(actor=b.acting(account), code="plain-japanese", answers=PLAIN)
        actions.take_quiz(actor=b.acting(account), code="security-yearly", answers=RIGHT)
    session = a_session()
    for account in people:
        actions.book(actor=b.acting(account), session_id=session)
    actions.mark_attendance(actor=keeper(), session_id=session, present=[first.pk])
    for account, clicked in ((first, False), (second, True)):
        DrillResult.objects.create(
            course="phishing-drill", day=DONE, account=account.pk, clicked=clicked, reported=not clicked
        )
    return session


def standings(*people: Account) -> list[Any]:
    return [queries.my_standings(b.acting(account)) for account in people]


def test_records_are_kept_to_the_last_day_and_gone_on_the_next(settings: Any) -> None:
    everything(staff(), staff())
    settings.DOKODEMO_TODAY = LAST_DAY.isoformat()
    assert actions.erase(actor=JOB) == actions.Erased(0, 0, 0, 0)
    assert Attempt.objects.count() == 4
    settings.DOKODEMO_TODAY = FIRST_DAY_OVER.isoformat()
    assert actions.erase(actor=JOB) == actions.Erased(4, 2, 2, 0)
    assert not Attempt.objects.exists()
    assert not Booking.objects.exists()
    assert not DrillResult.objects.exists()


def test_how_everybody_stands_and_what_was_counted_is_the_same_before_and_after(settings: Any) -> None:
    first, second = staff(), staff()
    session = everything(first, second)
    settings.DOKODEMO_TODAY = FIRST_DAY_OVER.isoformat()
    officer = keeper()

    def seen() -> tuple[Any, ...]:
        view = queries.session(officer, session)
        drills = [(one.people, one.clicked, one.reported) for one in queries.drills(officer)]
        return standings(first, second), completion(), drills, view.taken

    before = seen()
    actions.erase(actor=JOB)
    assert seen() == before
    states = {one.code: one.state for one in standings(first)[0]}
    assert states["plain-japanese"] == "done"
    assert states["security-yearly"] == "overdue"


def test_what_is_left_of_a_person_is_days_only_and_goes_with_their_last_post(settings: Any) -> None:
    first, second = staff(), staff()
    everything(first, second)
    settings.DOKODEMO_TODAY = FIRST_DAY_OVER.isoformat()
    actions.erase(actor=JOB)
    kept = LastDone.objects.filter(account=second.pk).order_by("course", "deed")
    assert [(one.course, one.deed, one.day) for one in kept] == [
        ("phishing-drill", "clicked", DONE),
        ("phishing-drill", "drilled", DONE),
        ("plain-japanese", "passed", DONE),
        ("security-yearly", "passed", DONE),
    ]
    Appointment.objects.filter(account=second).update(ends_on=LAST_DAY)
    assert actions.erase(actor=JOB).left == 4
    assert not LastDone.objects.filter(account=second.pk).exists()
    assert LastDone.objects.filter(account=first.pk).exists()


def test_nothing_is_left_of_somebody_who_left_before(settings: Any) -> None:
    first, second = staff(), staff()
    everything(first, second)
    Appointment.objects.filter(account=first).update(ends_on=date(2027, 3, 31))
    settings.DOKODEMO_TODAY = FIRST_DAY_OVER.isoformat()
    actions.erase(actor=JOB)
    assert not LastDone.objects.filter(account=first.pk).exists()


def test_a_later_day_takes_the_place_of_an_earlier_one(settings: Any) -> None:
    account = staff()
    actions.take_quiz(actor=b.acting(account), code="security-yearly", answers=RIGHT)
    settings.DOKODEMO_TODAY = "2027-05-10"
    actions.take_quiz(actor=b.acting(account), code="security-yearly", answers=RIGHT)
    for day, left, attempts in ((FIRST_DAY_OVER, DONE, 1), (date(2031, 4, 1), date(2027, 5, 10), 0)):
        settings.DOKODEMO_TODAY = day.isoformat()
        actions.erase(actor=JOB)
        assert LastDone.objects.get().day == left
        assert Attempt.objects.count() == attempts
        (standing,) = (one for one in standings(account)[0] if one.code == "security-yearly")
        assert standing.completed_on == date(2027, 5, 10)


def test_run_twice_is_run_once_with_one_event_of_counts(settings: Any) -> None:
    everything(staff(), staff())
    settings.DOKODEMO_TODAY = FIRST_DAY_OVER.isoformat()
    erase.call()
    erase.call()
    (event,) = Event.objects.filter(verb="training.erased")
    assert event.numbers == {"attempts": 4, "bookings": 2, "drills": 2, "left": 0}
    assert DrillCount.objects.count() == 1


def test_what_is_over_is_not_written_again(settings: Any) -> None:
    session = a_session()
    settings.DOKODEMO_TODAY = FIRST_DAY_OVER.isoformat()
    with pytest.raises(Refused) as refused:
        actions.mark_attendance(actor=keeper(), session_id=session, present=[])
    assert refused.value.wrong == {"session": "training.fault.over"}
    with pytest.raises(Refused) as refused:
        actions.import_drill(actor=keeper(), code="phishing-drill", day=DONE, data=b"")
    assert refused.value.wrong == {"day": "training.fault.over"}


def test_nobody_erases_by_hand() -> None:
    with pytest.raises(Forbidden):
        actions.erase(actor=keeper())


@pytest.mark.parametrize("lang", ["ja", "easy", "en"])
def test_everybody_reads_how_long_their_training_is_kept(lang: str) -> None:
    page = b.browser(staff(), lang=lang).get("/office/training/").content
    said = {"ja": "3年で消します", "easy": "3年", "en": "erased 3 years after"}[lang]
    assert said in b.words(page).replace(" 年", "年") or said in b.words(page)
