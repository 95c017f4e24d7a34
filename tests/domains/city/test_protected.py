"""People whose address must not be known (秘匿・支援措置): every way by which it could get out is closed."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

import pytest
from city_builders import (
    ALL_TERMS,
    CHILD_TERMS,
    FULL_ADDRESS,
    account,
    bring_in,
    claims_of,
    family,
    pk_of,
    protect,
    register_clerk,
    row,
    signed_in,
    staff,
    term,
    the_pack,
)

from dokodemo.city.parties import actions, port, queries
from dokodemo.city.parties.definitions import LOCATING_FACTS, EndingGround, LinkOutcome, MandateKind
from dokodemo.city.parties.models import Resident, SignInLink
from dokodemo.kernel import events
from dokodemo.kernel.access import Actor, Forbidden, NotFound, Role

pytestmark = pytest.mark.django_db
ELSEWHERE = "熊本県荒尾市増永1502番地"


@pytest.fixture(autouse=True)
def _sections() -> None:
    the_pack()


def separated() -> tuple[Resident, Resident, Resident, Resident]:
    """A father alone; a mother with two children elsewhere in the city, of whom she is protected."""
    father, mother, child, second = bring_in(
        row(1, 1, givenName="大輔"),
        row(2, 2, givenName="千尋", sex="2", streetAddress="増永", cityBlock="1502番地"),
        row(3, 2, "子", givenName="奏太", streetAddress="増永", cityBlock="1502番地"),
        row(
            4,
            2,
            "子",
            givenName="葵",
            sex="2",
            streetAddress="増永",
            cityBlock="1502番地",
            previousAddress="",
        ),
    )
    protect(mother)
    mother.refresh_from_db()
    return father, mother, child, second


def everything(actor: Actor) -> str:
    """All that the port tells an account in every capacity it has, as text."""
    told = []
    for option in port.capacities(actor):
        told.append(repr(option))
        released = port.released_facts(
            actor=actor, capacity=option.capacity, terms=[*ALL_TERMS, *EXTRA], purpose="anything"
        )
        told.append(repr(released))
    return " ".join([*told, repr(port.my_mandates(actor))])


EXTRA = [
    term(f"{group}.{name}", name, "text")
    for group in ("subject", "representative")
    for name in (
        "full_name",
        "address",
        "previous_address",
        "phone",
        "head_of_household_name",
        "resident_since",
    )
]


def test_the_other_parent_sees_neither_address_nor_child() -> None:
    father, _, _, _ = separated()
    told = everything(signed_in(father))
    for secret in ("増永", "1502", "千尋", "奏太", "葵"):
        assert secret not in told


def test_the_other_parent_sees_nothing_through_a_child_who_lives_with_him() -> None:
    father, mother, child, _ = separated()
    bring_in(row(3, 1, "子", givenName="奏太", previousAddress=ELSEWHERE))
    actor = signed_in(father)
    assert [option.capacity.principal_id for option in port.capacities(actor)] == [father.pk, child.pk]
    told = everything(actor)
    assert "奏太" in told
    for secret in ("増永", "1502", "千尋", "葵"):
        assert secret not in told
    assert str(mother.pk) not in told


def test_a_protected_person_receives_own_facts_after_a_clerk_has_confirmed() -> None:
    _, mother, _, _ = separated()
    actor = signed_in(mother)
    released = port.released_facts(
        actor=actor, capacity=port.Capacity("self", mother.pk), terms=ALL_TERMS, purpose="anything"
    )
    address = released["applicant.address"]
    assert isinstance(address, port.ReleasedFact)
    assert address.value["full"] == ELSEWHERE


def test_nobody_of_a_protected_household_is_told_to_others_of_it() -> None:
    _, mother, child, _ = separated()
    for person in (mother, child):
        actor = signed_in(person)
        assert [option.capacity.kind for option in port.capacities(actor)] == ["self"]
        released = port.released_facts(
            actor=actor, capacity=port.Capacity("self", person.pk), terms=ALL_TERMS, purpose="anything"
        )
        assert "child" not in released
        assert "household_member" not in released
        head = released.get("applicant.head_of_household_name")
        assert (head is not None) == (person.pk == mother.pk)


def test_a_protected_child_does_not_show_its_household_to_a_parent_still_registered_there() -> None:
    father, mother, child = family()
    protect(child)
    for parent in (father, mother):
        actor = signed_in(parent)
        assert [option.capacity.kind for option in port.capacities(actor)] == ["self"]
        assert "陽葵" not in everything(actor)
        with pytest.raises(NotFound):
            port.released_facts(
                actor=actor,
                capacity=port.Capacity("legal_guardian", child.pk),
                terms=CHILD_TERMS,
                purpose="anything",
            )


def test_a_mandate_rests_while_the_principal_or_somebody_of_the_household_is_protected() -> None:
    _, mother, child, _ = separated()
    for kind, principal in ((MandateKind.MANDATE, mother), (MandateKind.LEGAL_GUARDIAN, child)):
        actor = signed_in(bring_in(row(50 + len(kind), 50 + len(kind)))[0])
        number = actions.request_mandate(
            actor=actor,
            kind=kind,
            principal_name="髙木 千尋",
            principal_date_of_birth=date(1990, 5, 17),
        )
        actions.confirm_mandate(actor=register_clerk(), mandate_id=number, principal_id=principal.pk)
        capacity = port.Capacity(kind.value, principal.pk, number)  # type: ignore[arg-type]
        assert not port.may_act(actor=actor, capacity=capacity)
        assert "増永" not in everything(actor)
        # What the agent typed stays, what the register says does not come.
        assert [view.other for view in port.my_mandates(actor)] == ["髙木 千尋"]
        with pytest.raises(NotFound):
            port.released_facts(actor=actor, capacity=capacity, terms=ALL_TERMS, purpose="anything")
    actions.end_protection(
        actor=staff(("resident", Role.PROTECTION_OFFICER)),
        resident_id=mother.pk,
        ground=EndingGround.NOT_NEEDED,
    )
    assert port.may_act(actor=actor, capacity=capacity)


def test_a_protected_person_is_never_linked_by_matching_alone() -> None:
    _, mother, _, _ = separated()
    made = account()
    claims = claims_of(mother)
    assert actions.link_sign_in(account_id=made.pk, claims=claims) is LinkOutcome.AWAITING_CLERK
    assert port.resident_of(made.pk) is None
    link = SignInLink.objects.get(account=made)
    assert link.resident_id is None
    event = events.of_object("sign_in", link.pk)[0]
    assert event.refs["resident"] is None


def test_a_protection_that_begins_makes_an_earlier_sign_in_wait_again() -> None:
    _, mother, _ = family()
    actor = signed_in(mother)
    officer = staff(("resident", Role.PROTECTION_OFFICER))
    actions.protect_resident(
        actor=officer,
        resident_id=mother.pk,
        section="resident",
        starts_on=date(2026, 11, 1),
        review_on=date(2027, 10, 31),
    )
    assert port.resident_of(pk_of(actor)) is None
    assert (
        actions.link_sign_in(account_id=pk_of(actor), claims=claims_of(mother)) is LinkOutcome.AWAITING_CLERK
    )
    link = SignInLink.objects.get(account_id=actor.account_id)
    actions.confirm_sign_in(actor=officer, link_id=link.pk, resident_id=mother.pk)
    assert port.resident_of(pk_of(actor)) == mother.pk


def test_only_the_authorised_section_confirms_and_even_sees_a_protected_candidate() -> None:
    _, mother, _, _ = separated()
    protect(mother, section="care")
    made = account()
    actions.link_sign_in(account_id=made.pk, claims=claims_of(mother))
    link = SignInLink.objects.get(account=made)
    clerk = register_clerk()
    _, candidates = queries.sign_in_candidates(clerk, link.pk)
    assert mother.pk not in {candidate.resident_id for candidate in candidates}
    with pytest.raises(NotFound):
        actions.confirm_sign_in(actor=clerk, link_id=link.pk, resident_id=mother.pk)
    officer = staff(("care", Role.PROTECTION_OFFICER))
    _, candidates = queries.sign_in_candidates(officer, link.pk)
    assert candidates[0].resident_id == mother.pk
    actions.confirm_sign_in(actor=officer, link_id=link.pk, resident_id=mother.pk)
    assert port.resident_of(made.pk) == mother.pk


def test_staff_of_other_sections_see_the_person_and_not_the_place() -> None:
    _, mother, child, _ = separated()
    protect(mother, section="care")
    clerk = register_clerk()
    for person in (mother, child):
        view = queries.get_resident(clerk, person.pk, purpose="move-in")
        assert view.row.address is None
        assert view.household == ()
        for name in LOCATING_FACTS & view.facts.keys():
            assert view.facts[name].masked
            assert view.facts[name].value is None
        assert "増永" not in repr(view)
        assert "奏太" in repr(view) or person is mother
    rows, _ = queries.find_residents(clerk, name="髙木 千尋")
    assert [found.address for found in rows] == [None]


def test_the_authorised_section_sees_the_place() -> None:
    _, _, child, _ = separated()
    for actor in (register_clerk(), staff(("resident", Role.PROTECTION_OFFICER))):
        view = queries.get_resident(actor, child.pk, purpose="move-in")
        assert view.row.address == ELSEWHERE
        assert not any(fact.masked for fact in view.facts.values())
        assert {person.name for person in view.household} == {"髙木 千尋", "髙木 葵"}


def test_the_section_of_a_case_compares_without_learning_the_place() -> None:
    _, mother, _, _ = separated()
    clerk = staff(("childcare", Role.CASEWORKER))
    found = queries.compare(
        clerk, mother.pk, terms=[*ALL_TERMS, *EXTRA], purpose="case:1", section="childcare"
    )
    assert "増永" not in repr(found)
    assert "child" not in found
    assert "household_member" not in found
    address = found["applicant.address"]
    assert isinstance(address, queries.RegisterValue)
    assert address.masked


def test_no_certificate_states_the_place_or_the_others() -> None:
    _, mother, child, _ = separated()
    for person in (mother, child):
        with pytest.raises(queries.NotCertified) as refused:
            queries.certified_facts(person.pk, terms=[*ALL_TERMS, *EXTRA], case_id=uuid4())
        assert refused.value.why is queries.Uncertified.AT_COUNTER
        for one in ("applicant.address", "household_member.full_name"):
            (only,) = (found for found in ALL_TERMS if found.name == one)
            assert queries.why_uncertified(person.pk, terms=[only]) is queries.Uncertified.AT_COUNTER


def test_a_certificate_that_locates_nobody_is_made_for_a_protected_person_too() -> None:
    _, mother, _, _ = separated()
    terms = [term("applicant.date_of_birth", "date_of_birth", "date")]
    stated = queries.certified_facts(mother.pk, terms=terms, case_id=uuid4())
    assert stated == {"applicant.date_of_birth": "1990-05-17"}


def test_two_protected_people_of_two_sections_are_shown_only_to_who_is_authorised_for_both() -> None:
    _, _, child, second = separated()
    protect(child, section="care")
    assert queries.get_resident(register_clerk(), second.pk, purpose="p").row.address is None
    both = staff(("resident", Role.CASEWORKER), ("care", Role.CASEWORKER))
    assert queries.get_resident(both, second.pk, purpose="p").row.address == ELSEWHERE


def test_earlier_records_are_masked_as_well() -> None:
    _, mother, _, _ = separated()
    protect(mother, section="care")
    actions.correct_resident(
        actor=staff(("care", Role.PROTECTION_OFFICER)),
        resident_id=mother.pk,
        facts={"phone": "090-0000-0009"},
        ground="correction",
    )
    assert "増永" not in repr(queries.history(register_clerk(), mother.pk))
    officer = staff(("care", Role.PROTECTION_OFFICER))
    assert "増永" in repr(queries.history(officer, mother.pk))


def test_the_review_day_reminds_and_never_ends_a_protection(settings: object) -> None:
    _, mother, _, _ = separated()
    Resident.objects.filter(pk=mother.pk).update(protection_review_on=date(2026, 10, 1))
    settings.DOKODEMO_TODAY = date(2027, 11, 23)  # type: ignore[attr-defined]
    officer = staff(("resident", Role.PROTECTION_OFFICER))
    assert [r.id for r in queries.protections_to_review(officer, until=date(2027, 11, 23))] == [mother.pk]
    assert (
        queries.protections_to_review(staff(("care", Role.PROTECTION_OFFICER)), until=date(2027, 11, 23))
        == []
    )
    clerk = staff(("childcare", Role.CASEWORKER))
    found = queries.compare(clerk, mother.pk, terms=ALL_TERMS, purpose="case:1", section="childcare")
    assert "増永" not in repr(found)


def test_only_the_officer_of_the_section_starts_renews_and_ends_a_protection() -> None:
    _, mother, _ = family()
    strangers = [
        register_clerk(),
        staff(("resident", Role.HEAD_OF_SECTION)),
        staff(("policy", Role.ADMINISTRATOR), ("policy", Role.CIO)),
        signed_in(mother),
    ]
    protection = {"resident_id": mother.pk, "starts_on": date(2026, 11, 1), "review_on": None}
    for actor in strangers:
        with pytest.raises(NotFound):
            actions.protect_resident(actor=actor, section="resident", **protection)  # type: ignore[arg-type]
    officer, other = (staff((section, Role.PROTECTION_OFFICER)) for section in ("resident", "care"))
    with pytest.raises(Forbidden):
        actions.end_protection(actor=_section_blank(), resident_id=mother.pk, ground=EndingGround.ASKED)
    actions.protect_resident(actor=officer, section="resident", **protection)  # type: ignore[arg-type]
    with pytest.raises(NotFound):
        actions.protect_resident(actor=other, section="care", **protection)  # type: ignore[arg-type]
    for actor in (*strangers, other):
        with pytest.raises(NotFound):
            actions.end_protection(actor=actor, resident_id=mother.pk, ground=EndingGround.ASKED)
    actions.end_protection(actor=officer, resident_id=mother.pk, ground=EndingGround.NOT_NEEDED)
    mother.refresh_from_db()
    assert not mother.protected
    assert [e.verb for e in events.of_object("resident", mother.pk)] == [
        "parties.protection_started",
        "parties.protection_ended",
    ]


def _section_blank() -> Actor:
    """An officer whose section code is empty, as the column of an unprotected person is."""
    return staff(("", Role.PROTECTION_OFFICER))


def test_no_event_about_a_protected_person_tells_the_place() -> None:
    father, mother, child, _ = separated()
    for person in (father, mother):
        everything(signed_in(person))
    queries.get_resident(register_clerk(), mother.pk, purpose="p")
    for person in (father, mother, child):
        for event in events.of_object("resident", person.pk):
            said = repr((event.refs, event.numbers, event.digests))
            assert "増永" not in said
            assert FULL_ADDRESS not in said
