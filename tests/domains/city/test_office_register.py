"""What staff see and change in the register (住民情報の照会・訂正): who may, what is recorded, what is kept."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
from city_builders import (
    ALL_TERMS,
    CITY,
    MACHINE,
    bring_in,
    csv_of,
    family,
    protect,
    register_clerk,
    row,
    signed_in,
    staff,
    term,
    the_pack,
)

from dokodemo.city.parties import actions, queries
from dokodemo.city.parties.models import RecordVersion, Resident
from dokodemo.kernel import events
from dokodemo.kernel.access import ANONYMOUS, Actor, NotFound, Role

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _sections() -> None:
    the_pack()


def strangers(resident: Resident) -> list[Actor]:
    """Everybody who does not keep the register."""
    return [
        ANONYMOUS,
        signed_in(resident),
        signed_in(None),
        staff(),
        staff(("childcare", Role.CASEWORKER), ("childcare", Role.HEAD_OF_SECTION)),
        staff(("resident", Role.CIO), ("resident", Role.ADMINISTRATOR), ("resident", Role.DIGITAL_OFFICER)),
    ]


def test_the_section_that_keeps_the_register_sees_a_person_with_the_household() -> None:
    father, mother, child = family()
    view = queries.get_resident(register_clerk(), mother.pk, purpose="move-in")
    assert view.row.name == "髙木 美咲"
    assert view.row.date_of_birth == date(1990, 5, 17)
    assert {person.id for person in view.household} == {father.pk, child.pk}
    assert view.facts["head_of_household_name"].value == "髙木 伸也"
    assert view.facts["full_name"].source.en == "Resident register"
    (event,) = events.of_object("resident", mother.pk)
    assert (event.verb, event.refs["purpose"]) == ("parties.resident_viewed", "move-in")


ATTEMPTS: dict[str, Callable[[Actor, Resident], object]] = {
    "look": lambda actor, person: queries.get_resident(actor, person.pk, purpose="p"),
    "history": lambda actor, person: queries.history(actor, person.pk),
    "search": lambda actor, person: queries.find_residents(actor, name="髙木 美咲"),
    "mandates": lambda actor, person: queries.mandates_to_confirm(actor),
    "reviews": lambda actor, person: queries.protections_to_review(actor, until=date(2030, 1, 1)),
    "compare": lambda actor, person: queries.compare(
        actor, person.pk, terms=ALL_TERMS, purpose="p", section="resident"
    ),
    "correct": lambda actor, person: actions.correct_resident(
        actor=actor, resident_id=person.pk, facts={"phone": None}, ground="x"
    ),
    "confirm": lambda actor, person: actions.confirm_mandate(
        actor=actor, mandate_id=uuid4(), principal_id=person.pk
    ),
}


@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_for_everybody_else_there_is_no_such_person(attempt: str) -> None:
    _, mother, _ = family()
    for actor in strangers(mother):
        with pytest.raises(NotFound):
            ATTEMPTS[attempt](actor, mother)
    assert not [e for e in events.of_object("resident", mother.pk) if "viewed" in e.verb]


def test_an_unknown_person_is_not_found_by_the_clerk_either() -> None:
    clerk = register_clerk()
    for attempt in (
        lambda: queries.get_resident(clerk, uuid4(), purpose="p"),
        lambda: queries.history(clerk, uuid4()),
        lambda: queries.compare(clerk, uuid4(), terms=ALL_TERMS, purpose="p", section="resident"),
        lambda: actions.correct_resident(actor=clerk, resident_id=uuid4(), facts={}, ground="x"),
        lambda: actions.confirm_mandate(actor=clerk, mandate_id=uuid4(), principal_id=uuid4()),
        lambda: actions.refuse_mandate(actor=clerk, mandate_id=uuid4(), reason="x"),
    ):
        with pytest.raises(NotFound):
            attempt()


def test_the_section_of_a_case_compares_the_answers_with_the_register() -> None:
    _, mother, child = family(phoneNumber="090-0000-0001")
    clerk = staff(("childcare", Role.CASEWORKER))
    found = queries.compare(clerk, mother.pk, terms=ALL_TERMS, purpose="case:7", section="childcare")
    phone, children = found["applicant.phone"], found["child"]
    assert isinstance(phone, queries.RegisterValue)
    assert isinstance(children, list)
    assert phone.value == "090-0000-0001"
    assert [c["full_name"].value["given"] for c in children] == ["陽葵"]
    assert len(found["household_member"]) == 3  # type: ignore[arg-type]
    (event,) = events.of_object("resident", mother.pk)
    assert event.refs == {"purpose": "case:7", "section": "childcare"}
    with pytest.raises(NotFound):
        queries.compare(clerk, mother.pk, terms=ALL_TERMS, purpose="case:7", section="care")
    assert child.pk


@pytest.mark.parametrize(
    "search",
    [
        {"name": "髙木 美咲"},
        {"name": "髙木美咲"},
        {"name": "高木　美咲"},
        {"date_of_birth": date(1990, 5, 17)},
        {"number": "2"},
        {"name": "髙木美咲", "date_of_birth": date(1990, 5, 17), "number": "2"},
    ],
)
def test_people_are_found_by_name_day_of_birth_and_number(search: dict[str, object]) -> None:
    _, mother, _ = family()
    rows, total = queries.find_residents(register_clerk(), **search)  # type: ignore[arg-type]
    assert mother.pk in {found.id for found in rows}
    assert total == len(rows)


def test_a_search_finds_whole_names_only_and_pages() -> None:
    bring_in(*(row(n, n, givenName="清") for n in range(1, 61)))
    clerk = register_clerk()
    rows, total = queries.find_residents(clerk, name="髙木 清", limit=1000)
    assert (len(rows), total) == (50, 60)
    rest, _ = queries.find_residents(clerk, name="髙木 清", offset=50)
    assert len(rest) == 10
    assert queries.find_residents(clerk, name="髙木") == ([], 0)
    with pytest.raises(ValueError, match="Give"):
        queries.find_residents(clerk)
    assert all("髙木" not in repr(e.refs) for e in events.of_object("register", "search"))


def test_a_correction_keeps_what_was_known_before() -> None:
    _, mother, _ = family(phoneNumber="090-0000-0001")
    clerk = register_clerk()
    actions.correct_resident(
        actor=clerk, resident_id=mother.pk, facts={"phone": "090-0000-0002"}, ground="disclosure-correction"
    )
    actions.correct_resident(actor=clerk, resident_id=mother.pk, facts={"phone": None}, ground="other")
    history = queries.history(clerk, mother.pk)
    assert [facts["phone"].value for _, _, facts in history] == ["090-0000-0002", "090-0000-0001"]
    assert "phone" not in queries.get_resident(clerk, mother.pk, purpose="p").facts
    verbs = [e.verb for e in events.of_object("resident", mother.pk) if "corrected" in e.verb]
    assert len(verbs) == 2


def test_a_correction_that_changes_nothing_makes_no_version() -> None:
    _, mother, _ = family(phoneNumber="090-0000-0001")
    before = RecordVersion.objects.count()
    number = actions.correct_resident(
        actor=register_clerk(), resident_id=mother.pk, facts={"phone": "090-0000-0001"}, ground="x"
    )
    assert (number, RecordVersion.objects.count()) == (1, before)


def test_a_corrected_name_is_found_and_the_old_one_is_not() -> None:
    _, mother, _ = family()
    name = {"family": "原田", "given": "美咲", "family_kana": "ハラダ", "given_kana": "ミサキ"}
    actions.correct_resident(
        actor=register_clerk(), resident_id=mother.pk, facts={"full_name": name}, ground="marriage"
    )
    assert queries.find_residents(register_clerk(), name="原田 美咲")[1] == 1
    assert queries.find_residents(register_clerk(), name="髙木 美咲")[1] == 0


@pytest.mark.parametrize(
    "facts", [{"shoe_size": 26}, {"household_relation": "世帯主"}, {"resident_here": True}]
)
def test_only_stored_facts_are_corrected_by_hand(facts: dict[str, object]) -> None:
    _, mother, _ = family()
    with pytest.raises(ValueError, match="corrected"):
        actions.correct_resident(actor=register_clerk(), resident_id=mother.pk, facts=facts, ground="x")


def test_after_a_correction_by_hand_the_same_file_is_compared_anew() -> None:
    rows = [row(1, 1, phoneNumber="090-0000-0001")]
    (resident,) = bring_in(*rows)
    actions.correct_resident(
        actor=register_clerk(), resident_id=resident.pk, facts={"phone": "090-0000-0002"}, ground="x"
    )
    report = actions.import_register(actor=MACHINE, data=csv_of(rows), city=CITY)
    assert report.changed == 1
    resident.refresh_from_db()
    assert resident.facts["phone"]["value"] == "090-0000-0001"
    assert RecordVersion.objects.count() == 2


def test_a_refused_mandate_has_its_reason_and_is_closed() -> None:
    from dokodemo.city.parties.definitions import MandateKind
    from dokodemo.city.parties.models import Mandate

    one, two = bring_in(row(1, 1), row(2, 2))
    actor = signed_in(one)
    number = actions.request_mandate(
        actor=actor,
        kind=MandateKind.MANDATE,
        principal_name="髙木 人2",
        principal_date_of_birth=date(1990, 5, 17),
    )
    clerk = register_clerk()
    (view,) = queries.mandates_to_confirm(clerk)
    assert queries.mandate_to_confirm(clerk, number) == view
    assert (view.other, view.claimed_date_of_birth) == ("髙木 人2", date(1990, 5, 17))
    with pytest.raises(actions.MandateRefused):
        actions.confirm_mandate(actor=clerk, mandate_id=number, principal_id=one.pk)
    actions.refuse_mandate(actor=clerk, mandate_id=number, reason="委任状がない")
    assert Mandate.objects.get().reason == "委任状がない"
    for who, which in ((clerk, number), (clerk, uuid4()), (actor, number)):
        with pytest.raises(NotFound):
            queries.mandate_to_confirm(who, which)
    with pytest.raises(NotFound):
        actions.confirm_mandate(actor=clerk, mandate_id=number, principal_id=two.pk)


def test_a_case_that_is_opened_again_is_one_look_a_day_for_each_clerk_and_case(settings: Any) -> None:
    _, mother, _ = family()
    first, second = staff(("childcare", Role.CASEWORKER)), staff(("childcare", Role.CASEWORKER))
    one, other = uuid4(), uuid4()

    def opens(clerk: Actor, case: UUID | None) -> int:
        queries.compare(
            clerk, mother.pk, terms=ALL_TERMS, purpose="child-allowance", section="childcare", case_id=case
        )
        return len(events.of_object("resident", mother.pk))

    settings.DOKODEMO_TODAY = date(2026, 11, 23)
    assert [opens(first, one) for _ in range(3)] == [1, 1, 1]
    assert [opens(second, one), opens(first, other), opens(second, one), opens(first, one)] == [2, 3, 3, 3]
    settings.DOKODEMO_TODAY = date(2026, 11, 24)
    assert [opens(first, one), opens(first, one)] == [4, 4]
    # A look that belongs to no case is written down each time.
    assert [opens(first, None), opens(first, None)] == [5, 6]
    assert {event.refs.get("case") for event in events.of_object("resident", mother.pk)} == {
        str(one),
        str(other),
        None,
    }


def test_a_representative_is_not_compared_with_the_person_it_is_about() -> None:
    _, mother, _ = family()
    terms = [term("representative.full_name", "full_name", "person_name"), *ALL_TERMS]
    clerk = staff(("childcare", Role.CASEWORKER))
    found = queries.compare(clerk, mother.pk, terms=terms, purpose="p", section="childcare")
    assert "applicant.full_name" in found
    assert "representative.full_name" not in found


def test_a_certificate_states_what_the_register_holds_at_the_time_of_issue() -> None:
    _, mother, _ = family()
    case = uuid4()
    stated = queries.certified_facts(mother.pk, terms=ALL_TERMS, case_id=case)
    assert stated["applicant.address"]["full"] == "熊本県荒尾市緑ケ丘3丁目4-12"
    assert [member["relation"] for member in stated["household_member"]] == ["世帯主", "妻", "子"]
    (event,) = events.of_object("resident", mother.pk)
    assert (event.verb, event.refs) == ("parties.facts_certified", {"case": str(case)})
    with pytest.raises(NotFound):
        queries.certified_facts(uuid4(), terms=ALL_TERMS, case_id=case)


@pytest.mark.parametrize("status", ["dead", "moved_out"])
def test_nothing_is_certified_of_who_has_died_or_moved_out(status: str) -> None:
    _, mother, _ = family()
    assert queries.why_uncertified(mother.pk, terms=ALL_TERMS) is None
    Resident.objects.filter(pk=mother.pk).update(status=status)
    with pytest.raises(queries.NotCertified) as refused:
        queries.certified_facts(mother.pk, terms=ALL_TERMS, case_id=uuid4())
    assert (refused.value.why, str(refused.value)) == (queries.Uncertified(status), status)
    assert events.of_object("resident", mother.pk) == []


def test_a_reading_is_certified_only_when_it_is_registered() -> None:
    _, mother, child = family()
    mother.record = {**mother.facts, "kana_status": {**mother.facts["kana_status"], "value": "registered"}}
    mother.save(update_fields=["record"])

    def parts(person: Resident) -> tuple[set[str], list[bool]]:
        stated = queries.certified_facts(person.pk, terms=ALL_TERMS, case_id=uuid4())
        members = [member["full_name"] for member in stated["household_member"]]
        return set(stated["applicant.full_name"]), ["family_kana" in name for name in members]

    # Of everybody by themselves: the father's and the child's reading is only thought to be right.
    assert parts(mother) == ({"family", "given", "family_kana", "given_kana"}, [False, True, False])
    assert parts(child) == ({"family", "given"}, [False, True, False])


def test_the_section_of_a_case_learns_that_somebody_has_left_and_not_that_somebody_protected_moved() -> None:
    _, mother, _ = family()
    clerk = staff(("childcare", Role.CASEWORKER))
    assert queries.left_the_register(clerk, mother.pk) is None
    assert queries.left_the_register(clerk, uuid4()) is None
    Resident.objects.filter(pk=mother.pk).update(status="moved_out")
    assert queries.left_the_register(clerk, mother.pk) is queries.Status.MOVED_OUT
    protect(mother)
    assert queries.left_the_register(clerk, mother.pk) is None
    assert queries.left_the_register(register_clerk(), mother.pk) is queries.Status.MOVED_OUT
    Resident.objects.filter(pk=mother.pk).update(status="dead")
    assert queries.left_the_register(clerk, mother.pk) is queries.Status.DEAD


def test_whether_an_address_may_be_shown_and_a_household_is_sheltered() -> None:
    _, mother, child = family()
    (neighbour,) = bring_in(row(9, 9))
    clerk = staff(("childcare", Role.CASEWORKER))
    assert queries.shows_address(clerk, child.pk)
    assert not queries.is_sheltered(child.pk)
    protect(mother)
    assert not queries.shows_address(clerk, child.pk)
    assert queries.shows_address(register_clerk(), child.pk)
    assert queries.is_sheltered(child.pk)
    assert not queries.is_sheltered(neighbour.pk)
    assert not queries.is_sheltered(None)
    assert not queries.shows_address(clerk, uuid4())
