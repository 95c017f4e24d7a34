"""Offers: whom a section may tell, what the person can do with one, and that each step is one event."""

from collections.abc import Iterator
from datetime import date, timedelta
from uuid import UUID

import pytest
from django.utils.timezone import now
from pytest_django import DjangoDbBlocker

from dokodemo.administration.cases import actions, flow, outreach
from dokodemo.administration.eligibility import actions as eligibility
from dokodemo.administration.eligibility import queries
from dokodemo.administration.eligibility.models import Decision, Judged, Offer
from dokodemo.administration.eligibility.queries import Choice
from dokodemo.city.parties.everybody import rows_of
from dokodemo.city.parties.models import Resident
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import Actor, NotFound, Role, system
from dokodemo.kernel.events.models import Event
from tests.domains.administration.cases import building
from tests.domains.city.city_builders import bring_in, family, protect, row, signed_in, staff

CLAIM, CHILDCARE = building.CHILD_ALLOWANCE, building.CHILDCARE


@pytest.fixture(scope="module", autouse=True)
def _city(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with django_db_blocker.unblock(), building.city_in_force():
        yield


@pytest.fixture(autouse=True)
def _open(_city: None, db: None) -> None:
    """Every test starts from the city without anybody in it."""


def run() -> Judged:
    eligibility.run_register(actor=system("eligibility"))
    latest = queries.latest_run()
    assert latest is not None
    return Judged.objects.get(procedure=CLAIM, run=latest)


def send(judged: Judged, *people: Resident, actor: Actor | None = None) -> eligibility.Sending:
    return actions.send_offers(
        actor=actor or building.clerk(), judged_id=judged.pk, resident_ids=[one.pk for one in people]
    )


def listed(judged: Judged, actor: Actor, choice: Choice | None = None) -> set[UUID]:
    found = queries.may_be_offered(actor, judged, choice, applied=outreach.applied(judged.procedure))
    return set(found.values_list("resident_id", flat=True))


def state(resident: Resident) -> str:
    return Offer.objects.get(resident=resident).state


def verbs(prefix: str = "eligibility.offer") -> list[str]:
    rows = Event.objects.filter(verb__startswith=prefix).order_by("id")
    return list(rows.values_list("verb", flat=True))


def test_an_offer_opens_a_filled_application_and_is_answered_by_handing_it_in() -> None:
    father, *_ = family()
    judged, actor = run(), signed_in(father)
    assert send(judged, father) == eligibility.Sending(1, 0)
    (offer,) = queries.my_offers(actor)
    draft = actions.open_offer(actor=actor, offer_id=offer.pk)
    assert draft.content["values"]["child"][0]["date_of_birth"] == "2020-07-03"
    assert state(father) == "opened"
    assert actions.open_offer(actor=actor, offer_id=offer.pk).pk == draft.pk
    building.fill(actor, draft.pk)
    actions.submit(actor=actor, draft_id=draft.pk)
    assert state(father) == "applied"
    assert verbs() == ["eligibility.offer_sent", "eligibility.offer_opened", "eligibility.offer_applied"]
    assert queries.my_offers(actor) == []
    with pytest.raises(eligibility.NotOffered, match="applied"):
        actions.open_offer(actor=actor, offer_id=offer.pk)


def test_whom_the_register_shows_to_be_entitled_only_confirms() -> None:
    born = date(calendar_jp.fiscal_year(calendar_jp.today()) - 88, 10, 1)
    (grandmother,) = bring_in(row(10, 2, dateOfBirth=born.isoformat(), residentSince="1990-01-01"))
    eligibility.run_register(actor=system("eligibility"))
    judged = Judged.objects.get(procedure="longevity-gift")
    assert Decision.objects.get(judged=judged, resident=grandmother).verdict == "entitled"
    assert send(judged, grandmother, actor=building.clerk(judged.section)).sent == 1
    actor = signed_in(grandmother)
    (offer,) = queries.my_offers(actor)
    draft = actions.open_offer(actor=actor, offer_id=offer.pk)
    case = actions.submit(actor=actor, draft_id=draft.pk)
    assert flow.typed_count(case.sources) == 0
    assert state(grandmother) == "applied"


def test_a_declined_offer_is_not_sent_again() -> None:
    father, mother, _ = family()
    judged, actor = run(), signed_in(father)
    send(judged, father, mother)
    (offer,) = queries.my_offers(actor)
    eligibility.decline_offer(actor=actor, offer_id=offer.pk)
    assert state(father) == "declined"
    assert send(run(), father) == eligibility.Sending(0, 1)
    assert father.pk not in listed(judged, building.clerk())


def test_nobody_is_told_twice() -> None:
    father, *_ = family()
    judged = run()
    assert send(judged, father).sent == 1
    assert send(judged, father) == eligibility.Sending(0, 1)
    assert verbs() == ["eligibility.offer_sent"]


def test_whoever_has_applied_is_left_out_unless_it_was_withdrawn() -> None:
    father, *_ = family()
    actor = signed_in(father)
    case = building.a_case(actor)
    judged = run()
    assert father.pk not in listed(judged, building.clerk())
    assert send(judged, father) == eligibility.Sending(0, 1)
    actions.withdraw(actor=actor, case_id=case.pk)
    assert father.pk in listed(judged, building.clerk())


def test_whoever_opted_out_is_left_out_until_they_opt_in_again() -> None:
    father, *_ = family()
    actor, judged = signed_in(father), run()
    eligibility.opt_out(actor=actor)
    eligibility.opt_out(actor=actor)
    assert queries.has_opted_out(actor)
    assert send(judged, father) == eligibility.Sending(0, 1)
    eligibility.opt_in(actor=actor)
    assert send(judged, father).sent == 1
    assert verbs("eligibility.opted") == ["eligibility.opted_out", "eligibility.opted_in"]


def test_the_rules_exclude_whom_they_exclude() -> None:
    (young,) = bring_in(row(10, 2, dateOfBirth="2010-01-01"))
    eligibility.run_register(actor=system("eligibility"))
    judged = Judged.objects.get(procedure="care-need-certification")
    clerk = building.clerk(judged.section)
    assert Decision.objects.get(judged=judged, resident=young).verdict == "not"
    assert actions.send_offers(actor=clerk, judged_id=judged.pk, resident_ids=[young.pk]).sent == 0


def test_another_section_sees_and_sends_nothing() -> None:
    father, *_ = family()
    judged, stranger = run(), building.clerk("health")
    assert judged.pk not in {one.pk for one in queries.my_benefits(stranger)}
    for refused in (
        lambda: queries.get_judged(stranger, judged.pk),
        lambda: send(judged, father, actor=stranger),
        lambda: rows_of(stranger, [father.pk], purpose=CLAIM, section=CHILDCARE),
        lambda: queries.get_judged(building.cio(), judged.pk),
        lambda: queries.get_judged(signed_in(father), judged.pk),
    ):
        with pytest.raises(NotFound):
            refused()
    assert not Offer.objects.exists()


def test_the_protected_are_in_no_list_and_told_by_no_section_that_is_not_authorised() -> None:
    father, mother, child = family()
    protect(mother)
    judged, clerk = run(), building.clerk()
    assert listed(judged, clerk) == set()
    assert rows_of(clerk, [father.pk, mother.pk], purpose=CLAIM, section=CHILDCARE) == {}
    assert send(judged, father, mother, child) == eligibility.Sending(0, 3)
    both = staff((CHILDCARE, Role.CASEWORKER), ("resident", Role.CASEWORKER))
    assert listed(judged, both) == {father.pk, mother.pk, child.pk}
    assert send(judged, mother, actor=both).sent == 1
    assert len(queries.my_offers(signed_in(mother))) == 1
    assert queries.my_offers(signed_in(father)) == []


def test_an_offer_is_seen_by_nobody_but_the_person_it_is_for() -> None:
    father, mother, _ = family()
    send(run(), father)
    offer = Offer.objects.get()
    for stranger in (signed_in(mother), signed_in(None), building.clerk()):
        assert queries.my_offers(stranger) == []
        with pytest.raises(NotFound):
            actions.open_offer(actor=stranger, offer_id=offer.pk)
        with pytest.raises(NotFound):
            eligibility.decline_offer(actor=stranger, offer_id=offer.pk)


def test_an_offer_ends_after_its_last_day() -> None:
    father, *_ = family()
    actor, judged = signed_in(father), run()
    send(judged, father)
    Offer.objects.update(expires_on=calendar_jp.today() - timedelta(days=1))
    offer = Offer.objects.get()
    assert queries.my_offers(actor) == []
    with pytest.raises(eligibility.NotOffered, match="expired"):
        actions.open_offer(actor=actor, offer_id=offer.pk)
    assert eligibility.expire_offers(actor=system("eligibility")) == 1
    assert eligibility.expire_offers(actor=system("eligibility")) == 0
    assert state(father) == "expired"
    assert send(judged, father).sent == 1


def test_only_the_last_run_tells_anybody() -> None:
    father, *_ = family()
    old = run()
    bring_in(row(20, 9))
    run()
    with pytest.raises(NotFound):
        send(old, father)


def test_each_look_at_a_listed_person_is_recorded_with_the_procedure_as_purpose() -> None:
    father, mother, _ = family()
    before = now()
    found = rows_of(building.clerk(), [father.pk, mother.pk], purpose=CLAIM, section=CHILDCARE)
    assert {one.name for one in found.values()} == {"髙木 伸也", "髙木 美咲"}
    looks = Event.objects.filter(verb="parties.resident_viewed", at__gte=before)
    assert {(look.object_id, look.refs["purpose"]) for look in looks} == {
        (str(father.pk), CLAIM),
        (str(mother.pk), CLAIM),
    }


def test_lists_are_narrowed_by_age_and_town() -> None:
    first, second = bring_in(
        row(10, 2, dateOfBirth="1990-05-17"), row(11, 3, dateOfBirth="1940-02-29", streetAddress="荒尾")
    )
    judged, clerk = run(), building.clerk()
    assert listed(judged, clerk, Choice(town="荒尾")) == {second.pk}
    assert listed(judged, clerk, Choice(band="30-39")) == {first.pk}
    assert listed(judged, clerk, Choice(band="30-39", town="荒尾")) == set()
    assert listed(judged, clerk, Choice(verdict="entitled")) == set()
    assert dict(queries.counts(judged, Choice()).bands) == {"30-39": 1, "80-89": 1}


def test_too_many_at_once_are_refused() -> None:
    judged = run()
    many = [UUID(int=n) for n in range(501)]
    with pytest.raises(ValueError, match="500"):
        eligibility.send_offers(
            actor=building.clerk(), judged_id=judged.pk, resident_ids=many, applied=frozenset()
        )
