"""Acting for somebody else (代理): asked for, confirmed, used, ended."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest
from city_builders import (
    PERSON_TERMS,
    bring_in,
    family,
    register_clerk,
    release,
    row,
    self_of,
    signed_in,
    signed_in_again,
    term,
    the_pack,
    value,
)

from dokodemo.city.parties import actions, port
from dokodemo.city.parties.definitions import MandateKind
from dokodemo.city.parties.models import Resident
from dokodemo.kernel import calendar_jp, events
from dokodemo.kernel.access import Actor, NotFound

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _sections() -> None:
    the_pack()


def mandate(
    agent: Actor, principal: Resident, kind: MandateKind = MandateKind.MANDATE, **more: object
) -> UUID:
    """A mandate that a clerk has confirmed."""
    made = actions.request_mandate(
        actor=agent,
        kind=kind,
        principal_name="坂本 征四郎",
        principal_date_of_birth=date(1944, 1, 20),
        **more,  # type: ignore[arg-type]
    )
    actions.confirm_mandate(actor=register_clerk(), mandate_id=made, principal_id=principal.pk)
    return made


def test_the_representative_is_the_person_signed_in_and_the_applicant_the_principal() -> None:
    father, daughter = bring_in(
        row(1, 1, familyName="𠮷田", givenName="征四郎"),
        row(2, 2, familyName="坂本", givenName="由美子", sex="2"),
    )
    actor = signed_in(daughter)
    number = mandate(actor, father)
    terms = [*PERSON_TERMS, term("representative.full_name", "full_name", "person_name")]
    released = release(actor, port.Capacity("mandate", father.pk, number), terms)
    assert value(released, "applicant.full_name")["family"] == "𠮷田"
    assert value(released, "representative.full_name")["family"] == "坂本"
    assert "representative.full_name" not in release(actor, self_of(actor), terms)


def test_a_mandate_counts_only_when_confirmed_within_its_days_and_for_its_procedures() -> None:
    father, daughter = bring_in(row(1, 1), row(2, 2, sex="2"))
    actor = signed_in(daughter)
    today = calendar_jp.today()
    requested = actions.request_mandate(
        actor=actor,
        kind=MandateKind.MANDATE,
        principal_name="髙木 人1",
        principal_date_of_birth=date(1990, 5, 17),
        scope=["care-need-certification"],
        starts_on=today + timedelta(days=1),
        ends_on=today + timedelta(days=10),
    )
    capacity = port.Capacity("mandate", father.pk, requested)
    assert not port.may_act(actor=actor, capacity=capacity)
    actions.confirm_mandate(actor=register_clerk(), mandate_id=requested, principal_id=father.pk)
    assert not port.may_act(actor=actor, capacity=capacity)


def test_a_mandate_ends_by_its_last_day_by_revocation_and_by_death(settings: object) -> None:
    father, daughter = bring_in(row(1, 1), row(2, 2, sex="2"))
    actor = signed_in(daughter)
    today = calendar_jp.today()
    number = mandate(actor, father, scope=["dog-registration"], ends_on=today + timedelta(days=3))
    capacity = port.Capacity("mandate", father.pk, number)
    assert port.may_act(actor=actor, capacity=capacity, slug="dog-registration")
    assert not port.may_act(actor=actor, capacity=capacity, slug="other")
    settings.DOKODEMO_TODAY = today + timedelta(days=4)  # type: ignore[attr-defined]
    assert not port.may_act(actor=actor, capacity=capacity)
    settings.DOKODEMO_TODAY = today  # type: ignore[attr-defined]
    Resident.objects.filter(pk=father.pk).update(status="dead")
    assert not port.may_act(actor=actor, capacity=capacity)
    Resident.objects.filter(pk=father.pk).update(status="resident")
    principal = signed_in(father)
    assert [m.side for m in port.my_mandates(principal)] == ["principal"]
    port.revoke_mandate(actor=principal, mandate_id=number)
    assert not port.may_act(actor=actor, capacity=capacity)


def test_a_mandate_of_another_kind_person_or_account_is_none() -> None:
    father, daughter, neighbour = bring_in(row(1, 1), row(2, 2, sex="2"), row(3, 3))
    actor = signed_in(daughter)
    number = mandate(actor, father)
    assert not port.may_act(actor=actor, capacity=port.Capacity("care_manager", father.pk, number))
    assert not port.may_act(actor=actor, capacity=port.Capacity("mandate", neighbour.pk, number))
    assert not port.may_act(actor=signed_in(neighbour), capacity=port.Capacity("mandate", father.pk, number))
    with pytest.raises(NotFound):
        port.revoke_mandate(actor=signed_in_again(neighbour), mandate_id=number)


def test_a_care_manager_does_not_receive_the_household() -> None:
    father, _, _ = family()
    (manager,) = bring_in(row(9, 9))
    actor = signed_in(manager)
    number = mandate(actor, father, MandateKind.CARE_MANAGER)
    released = release(actor, port.Capacity("care_manager", father.pk, number))
    assert "applicant.address" in released
    assert "household_member" not in released
    assert "child" not in released


def test_asking_for_a_mandate_never_tells_whether_the_person_exists() -> None:
    father, daughter = bring_in(row(1, 1), row(2, 2, sex="2"))
    actor = signed_in(daughter)
    real = port.request_mandate(
        actor=actor,
        kind=MandateKind.MANDATE,
        principal_name="髙木 人1",
        principal_date_of_birth=date(1990, 5, 17),
    )
    unreal = port.request_mandate(
        actor=actor,
        kind=MandateKind.MANDATE,
        principal_name="誰でも ない",
        principal_date_of_birth=date(1990, 5, 17),
    )
    views = {view.id: view for view in port.my_mandates(actor)}
    assert (views[real].other, views[unreal].other) == ("髙木 人1", "誰でも ない")
    assert views[real].state == views[unreal].state
    assert {e.refs.get("resident") for m in (real, unreal) for e in events.of_object("mandate", m)} == {None}
    assert father.pk not in {o.capacity.principal_id for o in port.capacities(actor)}


def test_requests_are_limited_and_checked() -> None:
    (daughter,) = bring_in(row(2, 2, sex="2"))
    actor = signed_in(daughter)

    def ask(**changes: object) -> UUID:
        return port.request_mandate(
            **{  # type: ignore[arg-type]
                "actor": actor,
                "kind": MandateKind.MANDATE,
                "principal_name": "髙木 人1",
                "principal_date_of_birth": date(1990, 5, 17),
                **changes,
            }
        )

    today = calendar_jp.today()
    for wrong in (
        {"principal_name": " "},
        {"principal_date_of_birth": today + timedelta(days=1)},
        {"scope": []},
        {"ends_on": today - timedelta(days=1)},
    ):
        with pytest.raises(port.MandateRefused):
            ask(**wrong)
    with pytest.raises(NotFound):
        ask(actor=signed_in(None))
    for _ in range(10):
        ask()
    with pytest.raises(port.MandateRefused):
        ask()


def test_what_was_filed_in_a_capacity_stays_visible_only_while_it_stands() -> None:
    father, daughter = bring_in(row(1, 1), row(2, 2, sex="2"))
    actor = signed_in(daughter)
    number = mandate(actor, father)
    assert port.capacity_stands(actor=actor, kind="mandate", principal_id=father.pk, mandate_id=number)
    port.revoke_mandate(actor=actor, mandate_id=number)
    assert not port.capacity_stands(actor=actor, kind="mandate", principal_id=father.pk, mandate_id=number)
    assert not port.capacity_stands(actor=actor, kind="king", principal_id=father.pk, mandate_id=None)
    assert port.capacity_stands(actor=signed_in(None), kind="unconfirmed", principal_id=None, mandate_id=None)
