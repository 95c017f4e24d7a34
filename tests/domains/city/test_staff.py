"""Adding staff, ending appointments, and that somebody always administers (職員・発令)."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest
from city_builders import MACHINE, account, staff, the_pack

from dokodemo.city.organisation import actions, queries
from dokodemo.city.organisation.actions import AppointmentRefused
from dokodemo.kernel import calendar_jp, events
from dokodemo.kernel.access import Account, Forbidden, NotFound, Role

pytestmark = pytest.mark.django_db
START = date(2026, 4, 1)


@pytest.fixture(autouse=True)
def _city() -> None:
    the_pack()


def today() -> date:
    return calendar_jp.today()


def appointed(role: Role = Role.ADMINISTRATOR, *, until: date | None = None, starts: date = START) -> UUID:
    return actions.appoint(
        actor=MACHINE,
        account_id=account(kind="staff").pk,
        section_code="policy",
        role=role,
        starts_on=starts,
        ends_on=until,
    )


def end(appointment: UUID, last_day: date) -> None:
    actions.end_appointment(actor=MACHINE, appointment_id=appointment, last_day=last_day)


def faults_of(appointment: UUID, last_day: date) -> dict[str, str]:
    with pytest.raises(AppointmentRefused) as caught:
        end(appointment, last_day)
    return caught.value.faults


LAST = {"ends": "organisation.fault.last_administrator"}


def test_the_last_administrator_stays_whoever_would_end_it() -> None:
    only = appointed()
    assert faults_of(only, today()) == LAST
    assert queries.roster()["policy"][0].ends_on is None
    appointed(Role.CIO)
    assert faults_of(only, today()) == LAST


def test_one_of_two_administrators_leaves_and_the_other_stays() -> None:
    first, second = appointed(), appointed()
    end(first, today())
    assert faults_of(second, today() + timedelta(days=30)) == LAST


def test_an_administrator_with_a_last_day_is_no_successor_beyond_it() -> None:
    only = appointed()
    appointed(until=today() + timedelta(days=90))
    assert faults_of(only, today()) == LAST
    appointed(starts=today() + timedelta(days=91))
    end(only, today())


def test_a_successor_from_a_later_day_does_not_help_before_it() -> None:
    only = appointed()
    appointed(starts=today() + timedelta(days=10))
    assert faults_of(only, today() + timedelta(days=8)) == LAST
    end(only, today() + timedelta(days=9))


def test_an_administrator_who_cannot_sign_in_does_not_count() -> None:
    first, second = appointed(), appointed()
    held = queries.appointment(second)
    assert held is not None
    Account.objects.filter(pk=held.account_id).update(is_active=False)
    assert faults_of(first, today()) == LAST


def test_a_look_says_the_same_and_writes_nothing() -> None:
    only, clerk = appointed(), appointed(Role.CASEWORKER)
    with pytest.raises(AppointmentRefused):
        actions.check_ending(actor=MACHINE, appointment_id=only, last_day=today())
    actions.check_ending(actor=MACHINE, appointment_id=clerk, last_day=today())
    held = queries.appointment(clerk)
    assert held is not None
    assert held.ends_on is None
    assert len(events.of_object("appointment", clerk)) == 1


def test_an_end_is_one_event_and_the_same_end_again_is_none() -> None:
    clerk = appointed(Role.CASEWORKER)
    end(clerk, today())
    end(clerk, today())
    assert [event.verb for event in events.of_object("appointment", clerk)] == [
        "organisation.appointed",
        "organisation.appointment_ended",
    ]


def test_nobody_but_an_administrator_ends_an_appointment_or_adds_staff() -> None:
    clerk = appointed(Role.CASEWORKER)
    for actor in (staff(("policy", Role.CIO)), staff(("policy", Role.HEAD_OF_SECTION)), staff()):
        for perform in (actions.end_appointment, actions.check_ending):
            with pytest.raises(Forbidden):
                perform(actor=actor, appointment_id=clerk, last_day=today())
        with pytest.raises(Forbidden):
            actions.create_staff(actor=actor, username="x", name="荒尾 花子", password="a long password")
    with pytest.raises(NotFound):
        end(account().pk, today())


@pytest.mark.parametrize(
    ("username", "name", "faults"),
    [
        ("", "荒尾 花子", {"username": "organisation.fault.username"}),
        ("荒尾", "荒尾 花子", {"username": "organisation.fault.username"}),
        ("taken", "荒尾 花子", {"username": "organisation.fault.username_taken"}),
        ("hanako", "　", {"name": "organisation.fault.name"}),
        ("hanako", "荒尾 \ue000子", {"name": "organisation.fault.characters"}),
        ("hanako", "荒" * 61, {"name": "organisation.fault.long"}),
    ],
)
def test_what_is_no_name_is_refused_at_its_box_and_leaves_no_account(
    username: str, name: str, faults: dict[str, str]
) -> None:
    account("taken", kind="staff")
    with pytest.raises(AppointmentRefused) as caught:
        actions.create_staff(actor=MACHINE, username=username, name=name, password="a long password")
    assert caught.value.faults == faults
    assert Account.objects.count() == 1


def test_members_are_listed_with_their_posts_and_those_without_one_too() -> None:
    made = actions.create_staff(actor=MACHINE, username="b", name="荒尾 花子", password="a long password")
    actions.create_staff(actor=MACHINE, username="a", name="荒尾 太郎", password="a long password")
    account("resident-7")
    post = actions.appoint(
        actor=MACHINE,
        account_id=made,
        section_code="care",
        role=Role.CASEWORKER,
        starts_on=START,
        title=" 主査 ",
    )
    found = queries.members()
    assert [(one.username, one.name, len(one.posts)) for one in found] == [
        ("a", "荒尾 太郎", 0),
        ("b", "荒尾 花子", 1),
    ]
    assert (found[1].posts[0].appointment_id, found[1].posts[0].title) == (post, "主査")
    assert [one.posts for one in queries.members(date(2020, 1, 1))] == [(), ()]
