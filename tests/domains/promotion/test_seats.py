"""Seats of the promotion: dated appointments that are refused with their reason, and count while their post is held."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from dokodemo.city.organisation.demo_staff import create_demo_staff
from dokodemo.kernel.access import Account, Forbidden, NotFound, Role
from dokodemo.kernel.events.models import Event
from dokodemo.kernel.refusals import Refused
from dokodemo.promotion.responsibility import actions, seats
from dokodemo.promotion.responsibility.models import Responsible, Seating
from tests.domains.city.city_builders import MACHINE
from tests.domains.entry import building as b
from tests.domains.promotion.plan_people import SINCE, TODAY, adopted_plan, clerk, leaves
from tests.domains.promotion.test_action_plan import CIO, OFFICER

pytestmark = pytest.mark.django_db
GROUP = "lighter-work"


@pytest.fixture(autouse=True)
def _city(settings: Any) -> None:
    settings.DOKODEMO_TODAY = TODAY.isoformat()
    adopted_plan()


def a_cio() -> Account:
    return b.staff_account(("policy", Role.CIO))


def seated(account: Account, kind: str = "cio_aide", scope: str = "", **days: Any) -> Seating:
    period: dict[str, Any] = {"starts_on": SINCE} | days
    return actions.seat(actor=OFFICER, kind=kind, scope=scope, account_id=account.pk, **period)


def held(day: date = TODAY) -> list[tuple[str, str, bool]]:
    return [(one.kind, one.scope, one.counts) for one in seats.held_on(OFFICER, day)]


def test_every_kind_of_seat_is_given_with_one_event_and_seen_on_its_days() -> None:
    seated(a_cio(), "cio")
    seated(clerk(), "cio_aide", ends_on=TODAY)
    seated(clerk("health"), "digital_staff", "health")
    seated(clerk("resident"), "group_lead", GROUP)
    seated(clerk("childcare"), "group_member", GROUP)
    assert held() == [
        ("cio", "", True),
        ("cio_aide", "", True),
        ("digital_staff", "health", True),
        ("group_lead", GROUP, True),
        ("group_member", GROUP, True),
    ]
    assert len(held(TODAY + timedelta(days=1))) == 4
    assert held(SINCE - timedelta(days=1)) == []
    assert Event.objects.filter(verb="responsibility.seated").count() == 5


@pytest.mark.parametrize(
    ("said", "box", "fault"),
    [
        ({"kind": "mayor"}, "seat", "seat"),
        ({"kind": "digital_staff", "scope": "no-such"}, "section", "section"),
        ({"kind": "digital_staff", "scope": "health", "starts_on": date(2020, 4, 1)}, "section", "section"),
        ({"kind": "digital_staff", "scope": "health"}, "person", "not_appointed"),
        ({"kind": "group_lead", "scope": "no-such"}, "group", "group"),
        ({"kind": "group_lead", "scope": GROUP, "starts_on": date(2026, 3, 31)}, "starts", "group_days"),
        ({"kind": "cio"}, "person", "no_cio"),
        ({"kind": "cio_aide", "starts_on": date(2025, 4, 1)}, "person", "no_post"),
        ({"kind": "cio_aide", "starts_on": None}, "starts", "day"),
        ({"kind": "cio_aide", "ends_on": SINCE - timedelta(days=1)}, "ends", "until"),
        ({"kind": "cio_aide", "account_id": None}, "person", "person"),
    ],
)
def test_what_cannot_be_is_refused_next_to_its_box(said: dict[str, Any], box: str, fault: str) -> None:
    facts: dict[str, Any] = {"account_id": clerk().pk, "starts_on": SINCE} | said
    with pytest.raises(Refused) as refused:
        actions.seat(actor=OFFICER, **facts)
    assert refused.value.faults == {box: f"responsibility.fault.{fault}"}
    assert not Seating.objects.exists()


@pytest.mark.parametrize(("kind", "scope"), [("cio", ""), ("group_lead", GROUP)])
def test_a_seat_for_one_is_not_given_twice_for_the_same_days(kind: str, scope: str) -> None:
    first, second = a_cio(), a_cio()
    one = seated(first, kind, scope)
    with pytest.raises(Refused) as refused:
        seated(second, kind, scope, starts_on=TODAY)
    assert refused.value.faults == {"starts": "responsibility.fault.taken"}
    actions.unseat(actor=OFFICER, seating_id=one.pk, last_day=TODAY - timedelta(days=1))
    seated(second, kind, scope, starts_on=TODAY)
    assert len(held(TODAY - timedelta(days=1))) == len(held()) == 1


def test_other_seats_have_room_for_several_but_for_nobody_twice() -> None:
    person = clerk("health")
    seated(person, "digital_staff", "health")
    seated(clerk("health"), "digital_staff", "health")
    with pytest.raises(Refused) as refused:
        seated(person, "digital_staff", "health", starts_on=TODAY)
    assert refused.value.faults == {"person": "responsibility.fault.seated"}


def test_a_seat_stops_counting_with_the_post_it_rests_on() -> None:
    person = clerk("health")
    seated(person, "digital_staff", "health")
    leaves(person, TODAY - timedelta(days=1))
    assert held() == [("digital_staff", "health", False)]
    assert seats.digital_staff(["health"], TODAY) == {"health": []}
    assert seats.digital_staff(["health"], TODAY - timedelta(days=1)) == {"health": [person.pk]}
    assert Seating.objects.get().ends_on is None


def test_an_appointment_ends_with_a_day_and_never_later_again() -> None:
    one = seated(clerk())
    for day, fault in ((None, "day"), (SINCE - timedelta(days=1), "until")):
        with pytest.raises(Refused, match=fault):
            actions.unseat(actor=OFFICER, seating_id=one.pk, last_day=day)
    actions.unseat(actor=CIO, seating_id=one.pk, last_day=TODAY)
    with pytest.raises(Refused, match="ended"):
        actions.unseat(actor=OFFICER, seating_id=one.pk, last_day=TODAY + timedelta(days=1))
    assert [row.ends_on for row in seats.history(OFFICER)] == [TODAY]


def test_seats_are_given_by_who_coordinates_and_the_cio_alone() -> None:
    one, person = seated(clerk()), clerk()
    for actor in (b.acting(b.head("health")), b.acting(clerk("health"))):
        with pytest.raises(Forbidden):
            actions.seat(actor=actor, kind="cio_aide", account_id=person.pk, starts_on=SINCE)
        with pytest.raises(Forbidden):
            actions.unseat(actor=actor, seating_id=one.pk, last_day=TODAY)
    with pytest.raises(NotFound):
        seats.held_on(b.acting(b.staff_account()), TODAY)


def test_a_demonstration_has_its_samples_once_and_a_real_city_none(settings: Any) -> None:
    settings.DOKODEMO_DEMO = False
    with pytest.raises(Forbidden):
        actions.load_sample(actor=OFFICER)
    settings.DOKODEMO_DEMO = True
    create_demo_staff(actor=MACHINE, on=TODAY)
    assert actions.load_sample(actor=MACHINE) > 0
    assert actions.load_sample(actor=MACHINE) == 0
    assert Seating.objects.count() == len(seats.promotion().sample_seats)
    assert Responsible.objects.exists()
