"""What leaves the register through its one door (住民情報の窓口): to whom, about whom, and who is told afterwards."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest
from city_builders import (
    ALL_TERMS,
    CHILD_TERMS,
    FULL_ADDRESS,
    PERSON_TERMS,
    account,
    bring_in,
    family,
    pk_of,
    register_clerk,
    row,
    signed_in,
    staff,
    term,
    the_pack,
)
from pytest_django import DjangoAssertNumQueries

from dokodemo.city.parties import actions, port
from dokodemo.city.parties.definitions import MandateKind
from dokodemo.city.parties.models import Resident
from dokodemo.kernel import calendar_jp, events
from dokodemo.kernel.access import ANONYMOUS, Actor, NotFound, Role, system

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _sections() -> None:
    the_pack()


def self_of(actor: Actor) -> port.Capacity:
    """Acting for oneself."""
    return port.Capacity("self", actor.resident_id)


def release(actor: Actor, capacity: port.Capacity, terms: list = ALL_TERMS) -> port.Released:  # type: ignore[type-arg]
    """Released facts for a made-up procedure."""
    return port.released_facts(actor=actor, capacity=capacity, terms=terms, purpose="child-allowance-claim")


def value(released: port.Released, name: str) -> object:
    """The bare value of a scalar fact."""
    fact = released[name]
    assert isinstance(fact, port.ReleasedFact)
    return fact.value


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


def test_a_resident_receives_own_facts_with_source_and_times() -> None:
    _, mother, _ = family()
    actor = signed_in(mother)
    released = release(actor, self_of(actor))
    name = released["applicant.full_name"]
    assert isinstance(name, port.ReleasedFact)
    assert name.value["given"] == "美咲"
    assert name.source.ja == "住民基本台帳"
    assert name.verified_at is not None
    assert value(released, "applicant.resident_here") is True
    assert value(released, "applicant.head_of_household_name") == "髙木 伸也"
    assert value(released, "applicant.insurance_known") is False


def test_only_what_the_terms_ask_for_is_released() -> None:
    _, mother, _ = family()
    actor = signed_in(mother)
    released = release(actor, self_of(actor), PERSON_TERMS[:1])
    assert set(released) == {"applicant.full_name"}
    assert release(actor, self_of(actor), []) == {}


def test_children_come_as_a_list_with_bare_field_names() -> None:
    _, mother, _ = family()
    bring_in(row(4, 1, "子", givenName="朝陽", dateOfBirth="2026-11-02", residentSince="2026-11-02"))
    actor = signed_in(mother)
    children = release(actor, self_of(actor))["child"]
    assert isinstance(children, list)
    assert [child["full_name"].value["given"] for child in children] == ["陽葵", "朝陽"]
    assert all(set(child) == {"full_name", "date_of_birth", "living_together"} for child in children)


def test_no_children_here_is_not_the_same_as_no_children() -> None:
    (single,) = bring_in(row(1, 1))
    actor = signed_in(single)
    assert "child" not in release(actor, self_of(actor))


def test_a_child_counts_to_the_fiscal_year_end_after_the_eighteenth_birthday(settings: object) -> None:
    settings.DOKODEMO_TODAY = date(2026, 3, 31)  # type: ignore[attr-defined]
    father, _, _ = family()
    bring_in(row(4, 1, "子", givenName="早生", dateOfBirth="2008-04-01", residentSince=""))
    bring_in(row(5, 1, "子", givenName="遅生", dateOfBirth="2008-04-02", residentSince=""))
    actor = signed_in(father)

    def names() -> list[str]:
        children = release(actor, self_of(actor), CHILD_TERMS)["child"]
        assert isinstance(children, list)
        return [child["full_name"].value["given"] for child in children]

    assert names() == ["早生", "遅生", "陽葵"]
    settings.DOKODEMO_TODAY = date(2026, 4, 1)  # type: ignore[attr-defined]
    assert names() == ["遅生", "陽葵"]


def test_a_grandparent_as_head_does_not_receive_grandchildren_as_children() -> None:
    residents = bring_in(
        row(1, 1, dateOfBirth="1952-01-01", residentSince=""),
        row(2, 1, "子", dateOfBirth="1983-01-01", residentSince=""),
        row(3, 1, "子の子", dateOfBirth="2011-01-01", residentSince=""),
    )
    actor = signed_in(residents[0])
    assert "child" not in release(actor, self_of(actor))
    assert [o.capacity.kind for o in port.capacities(signed_in(residents[1]))] == ["self"]


def test_a_choice_that_the_vocabulary_does_not_offer_is_left_to_the_person() -> None:
    (old,) = bring_in(row(1, 1, insuranceKind="late_elderly"))
    actor = signed_in(old)
    label = {"ja": "a", "easy": "a", "en": "a"}
    kind = term(
        "applicant.insurance_kind",
        "insurance_kind",
        "choice",
        choices=[{"value": "national", "label": label}, {"value": "none", "label": label}],
    )
    released = release(actor, self_of(actor), [kind, *PERSON_TERMS])
    assert "applicant.insurance_kind" not in released
    assert value(released, "applicant.insurance_known") is True


def test_somebody_who_signed_in_but_is_not_linked_receives_nothing() -> None:
    family()
    actor = signed_in(None)
    assert port.capacities(actor) == [port.PersonOption(port.UNCONFIRMED, "")]
    assert release(actor, port.UNCONFIRMED) == {}


def test_nobody_else_receives_anything() -> None:
    father, mother, child = family()
    (neighbour,) = bring_in(row(9, 9))
    strangers = [
        ANONYMOUS,
        signed_in(None),
        signed_in(neighbour),
        staff(("resident", Role.CASEWORKER)),
        staff(("policy", Role.ADMINISTRATOR)),
        system("job"),
    ]
    for actor in strangers:
        for kind in ("self", "legal_guardian", "mandate", "care_manager"):
            for person in (father, mother, child):
                with pytest.raises(NotFound):
                    release(actor, port.Capacity(kind, person.pk))  # type: ignore[arg-type]
    assert all("facts_released" not in e.verb for e in events.of_object("resident", child.pk))


def test_spouses_do_not_act_for_each_other() -> None:
    father, mother, _ = family()
    actor = signed_in(mother)
    for kind in ("self", "legal_guardian", "mandate"):
        with pytest.raises(NotFound):
            release(actor, port.Capacity(kind, father.pk))  # type: ignore[arg-type]


def test_parents_act_for_their_children_until_they_come_of_age(settings: object) -> None:
    father, mother, child = family()
    for parent in (father, mother):
        options = port.capacities(signed_in(parent))
        assert [(o.capacity.kind, o.name) for o in options] == [
            ("self", f"髙木 {parent.facts['full_name']['value']['given']}"),
            ("legal_guardian", "髙木 陽葵"),
        ]
    actor = signed_in(Resident.objects.get(pk=bring_in(row(8, 8))[0].pk))
    assert [o.capacity.kind for o in port.capacities(actor)] == ["self"]
    settings.DOKODEMO_TODAY = date(2038, 7, 3)  # type: ignore[attr-defined]
    assert not port.may_act(actor=signed_in_again(mother), capacity=port.Capacity("legal_guardian", child.pk))
    settings.DOKODEMO_TODAY = date(2038, 7, 2)  # type: ignore[attr-defined]
    assert port.may_act(actor=signed_in_again(mother), capacity=port.Capacity("legal_guardian", child.pk))


def signed_in_again(resident: Resident) -> Actor:
    """An actor of a resident who already has a linked account."""
    return Actor(kind="resident", account_id=account().pk, resident_id=resident.pk)


def test_a_guardian_receives_the_child_as_the_person_it_is_about_and_not_the_household() -> None:
    _, mother, child = family()
    actor = signed_in(mother)
    released = release(actor, port.Capacity("legal_guardian", child.pk))
    assert value(released, "applicant.full_name") == child.facts["full_name"]["value"]
    assert "child" not in released
    assert "household_member" not in released


def test_a_step_child_has_one_parent_in_the_household() -> None:
    residents = bring_in(
        row(1, 1), row(2, 1, "妻"), row(3, 1, "妻の子", dateOfBirth="2019-01-01", residentSince="")
    )
    assert [o.capacity.kind for o in port.capacities(signed_in(residents[0]))] == ["self"]
    assert [o.capacity.kind for o in port.capacities(signed_in(residents[1]))] == ["self", "legal_guardian"]


def test_the_representative_is_the_person_signed_in_and_the_applicant_the_principal() -> None:
    father, daughter = bring_in(
        row(1, 1, familyName="𠮷田", givenName="征四郎"),
        row(2, 2, familyName="坂本", givenName="由美子", sex="2"),
    )
    actor = signed_in(daughter)
    number = mandate(actor, father)
    terms = [*PERSON_TERMS, term("representative.full_name", "full_name", "person_name")]
    released = release(actor, port.Capacity("mandate", father.pk, number), terms)
    assert value(released, "applicant.full_name")["family"] == "𠮷田"  # type: ignore[index]
    assert value(released, "representative.full_name")["family"] == "坂本"  # type: ignore[index]
    assert "representative.full_name" not in release(actor, self_of(actor), terms)


def test_where_somebody_lived_before_is_told_to_nobody_else() -> None:
    _, mother, child = family(previousAddress="福岡県大牟田市橘1")
    actor = signed_in(mother)
    assert "applicant.previous_address" in release(actor, self_of(actor))
    assert "applicant.previous_address" not in release(actor, port.Capacity("legal_guardian", child.pk))


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


def test_each_release_is_an_event_for_each_person_whose_facts_are_in_it() -> None:
    father, mother, child = family()
    actor = signed_in(mother)
    release(actor, self_of(actor), [*PERSON_TERMS, *CHILD_TERMS])
    for person, facts in ((mother, 6), (child, 3)):
        (event,) = events.of_object("resident", person.pk)
        assert (event.verb, event.actor) == ("parties.facts_released", actor.ref)
        assert event.refs["purpose"] == "child-allowance-claim"
        assert event.numbers == {"facts": facts}
    assert events.of_object("resident", father.pk) == []


def test_events_hold_no_personal_data() -> None:
    _, mother, child = family()
    actor = signed_in(mother)
    release(actor, self_of(actor))
    for person in (mother, child):
        for event in events.of_object("resident", person.pk):
            said = repr((event.refs, event.numbers, event.digests, event.object_id))
            for text in ("髙木", "美咲", "緑ケ丘", "1990", FULL_ADDRESS):
                assert text not in said


def test_people_see_who_looked_at_their_data_and_at_their_childrens() -> None:
    _, mother, child = family()
    actor = signed_in(mother)
    release(actor, self_of(actor))
    clerk = register_clerk()
    from dokodemo.city.parties import queries

    queries.get_resident(clerk, mother.pk, purpose="move-in")
    looks = port.who_looked(actor)
    assert [(look.by, look.section, look.purpose) for look in looks] == [
        ("staff", "resident", "move-in"),
        ("oneself", None, "child-allowance-claim"),
    ]
    assert [look.by for look in port.who_looked(actor, child.pk)] == ["oneself"]


def test_nobody_sees_who_looked_at_the_data_of_others() -> None:
    father, mother, child = family()
    (neighbour,) = bring_in(row(9, 9))
    for actor, person in (
        (ANONYMOUS, child),
        (signed_in(None), child),
        (signed_in(neighbour), child),
        (signed_in(mother), father),
        (register_clerk(), child),
    ):
        with pytest.raises(NotFound):
            port.who_looked(actor, person.pk)


@pytest.mark.parametrize("purpose", ["", "児童手当のため", "for 髙木", "a b", "A", "x" * 121])
def test_a_purpose_is_a_slug_so_that_no_name_gets_into_the_log(purpose: str) -> None:
    _, mother, _ = family()
    actor = signed_in(mother)
    with pytest.raises(ValueError, match="slug"):
        port.released_facts(actor=actor, capacity=self_of(actor), terms=ALL_TERMS, purpose=purpose)


def test_which_resident_an_account_is_takes_one_query(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    _, mother, _ = family()
    actor = signed_in(mother)
    with django_assert_num_queries(1):
        assert port.resident_of(pk_of(actor)) == mother.pk
    assert port.resident_of(account().pk) is None
    Resident.objects.filter(pk=mother.pk).update(status="dead")
    assert port.resident_of(pk_of(actor)) is None


def test_a_way_of_contact_that_a_person_tells_is_released_next_time_with_its_source() -> None:
    _, mother, _ = family(phoneNumber="0968-00-0000")
    actor = signed_in(mother)
    port.assert_contact(actor=actor, facts={"phone": "090-0000-0001"})
    fact = release(actor, self_of(actor))["applicant.phone"]
    assert isinstance(fact, port.ReleasedFact)
    assert (fact.value, fact.verified_at) == ("090-0000-0001", None)
    assert fact.source.ja == "ご本人の申し出"
    family(phoneNumber="0968-00-0002")
    assert value(release(actor, self_of(actor)), "applicant.phone") == "090-0000-0001"
    with pytest.raises(ValueError, match="contact"):
        port.assert_contact(actor=actor, facts={"address": "どこか"})
    with pytest.raises(NotFound):
        port.assert_contact(actor=signed_in(None), facts={"phone": "090-0000-0001"})


def test_what_was_filed_in_a_capacity_stays_visible_only_while_it_stands() -> None:
    father, daughter = bring_in(row(1, 1), row(2, 2, sex="2"))
    actor = signed_in(daughter)
    number = mandate(actor, father)
    assert port.capacity_stands(actor=actor, kind="mandate", principal_id=father.pk, mandate_id=number)
    port.revoke_mandate(actor=actor, mandate_id=number)
    assert not port.capacity_stands(actor=actor, kind="mandate", principal_id=father.pk, mandate_id=number)
    assert not port.capacity_stands(actor=actor, kind="king", principal_id=father.pk, mandate_id=None)
    assert port.capacity_stands(actor=signed_in(None), kind="unconfirmed", principal_id=None, mandate_id=None)


def test_residents_see_all_that_the_register_holds_about_themselves_and_nobody_else_does() -> None:
    _, mother, _ = family()
    actor = signed_in(mother)
    facts = {fact.name: fact for fact in port.own_facts(actor)}
    assert facts["address"].value["full"] == FULL_ADDRESS
    assert facts.keys() == mother.facts.keys()
    assert [look.purpose for look in port.who_looked(actor)] == ["own-data"]
    for stranger in (ANONYMOUS, signed_in(None), register_clerk(), system("job")):
        with pytest.raises(NotFound):
            port.own_facts(stranger)
