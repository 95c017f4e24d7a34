"""What leaves the register through its one door (住民情報の窓口): to whom, about whom, and who is told afterwards."""

from __future__ import annotations

from datetime import date

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
    release,
    row,
    self_of,
    signed_in,
    signed_in_again,
    staff,
    term,
    the_pack,
    value,
)
from pytest_django import DjangoAssertNumQueries

from dokodemo.city.parties import port
from dokodemo.city.parties.models import Resident
from dokodemo.kernel import events
from dokodemo.kernel.access import ANONYMOUS, NotFound, Role, system

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _sections() -> None:
    the_pack()


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


def test_a_step_child_is_a_child_to_their_own_parent() -> None:
    residents = bring_in(
        row(1, 1), row(2, 1, "妻"), row(3, 1, "妻の子", dateOfBirth="2019-01-01", residentSince="")
    )
    mother = signed_in(residents[1])
    (child,) = release(mother, self_of(mother), [term("child.relation", "child.relation")])["child"]
    assert child["relation"].value == "子"


def test_a_telephone_number_that_came_with_the_register_is_not_said_to_stand_in_it() -> None:
    _, mother, _ = family(phoneNumber="0968-00-0000")
    actor = signed_in(mother)
    fact = release(actor, self_of(actor))["applicant.phone"]
    assert isinstance(fact, port.ReleasedFact)
    assert fact.source.ja == "市の記録"


def test_where_somebody_lived_before_is_told_to_nobody_else() -> None:
    _, mother, child = family(previousAddress="福岡県大牟田市橘1")
    actor = signed_in(mother)
    assert "applicant.previous_address" in release(actor, self_of(actor))
    assert "applicant.previous_address" not in release(actor, port.Capacity("legal_guardian", child.pk))


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
            for text in ("髙木", "美咲", "緑ケ丘", "1990-05", FULL_ADDRESS):
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
