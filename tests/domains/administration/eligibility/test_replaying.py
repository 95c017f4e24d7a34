"""A stored decision is told again from what it stood on, and what alone would have turned it over."""

import json
from collections.abc import Iterator
from datetime import date
from functools import cache
from typing import Any

import pytest
from pytest_django import DjangoDbBlocker

from dokodemo.administration.eligibility import actions, queries
from dokodemo.administration.eligibility.models import Decision, Judged
from dokodemo.administration.eligibility.replaying import Counterfactual, counterfactuals
from dokodemo.administration.procedures import queries as procedures
from dokodemo.administration.procedures.checking import procedures_of
from dokodemo.administration.procedures.compiled import CompiledProcedure
from dokodemo.administration.procedures.models import CurrentVersion, PackInForce, ProcedureVersion
from dokodemo.city.parties.models import Resident
from dokodemo.kernel.access import NotFound, system
from dokodemo.kernel.packs import open_pack
from tests.domains.administration.cases.building import city_in_force, clerk
from tests.domains.city.city_builders import bring_in, family, protect, row, signed_in

DAY = date(2026, 11, 23)
CLAIM, CARE = "child-allowance-claim", "care-need-certification"


@pytest.fixture(scope="module")
def city(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with django_db_blocker.unblock(), city_in_force():
        yield


@cache
def procedure(slug: str, pack: str = "arao") -> CompiledProcedure:
    return next(p for p in procedures_of(open_pack(pack)) if p.slug == slug)


def decision(resident: Resident, slug: str) -> Decision:
    return Decision.objects.get(resident=resident, judged__procedure=slug)


def publish_other_rules(slug: str) -> ProcedureVersion:
    """A new version in force with other rules and other parameters."""
    old = ProcedureVersion.objects.get(pk=procedures.get_published(slug).version_id)
    definition = json.loads(json.dumps(old.definition))
    definition["eligible"][0]["when"] = "FALSE"
    parameters = json.loads(json.dumps(old.parameters))
    for one in parameters.values():
        one["values"].append(["2026-01-01", 1])
    new = ProcedureVersion.objects.create(
        procedure=old.procedure,
        number=old.number + 1,
        digest="f" * 64,
        pack=old.pack,
        definition=definition,
        vocabulary_digest=old.vocabulary_digest,
        vocabulary=old.vocabulary,
        parameters=parameters,
        letters=old.letters,
        published_at=old.published_at,
        published_by=old.published_by,
    )
    CurrentVersion.objects.filter(procedure=old.procedure).update(version=new)
    PackInForce.objects.update(stamp=f"{slug:x<64}"[:64])
    return new


@pytest.mark.django_db
def test_a_decision_is_told_in_the_same_bytes_after_rules_parameters_and_register_have_changed(
    city: None,
) -> None:
    father, *_ = family()
    (old_man,) = bring_in(row(10, 2, dateOfBirth="1940-02-29"))
    actions.run_register(actor=system("eligibility"), on=DAY)
    clerks = {slug: clerk(Judged.objects.get(procedure=slug).section) for slug in (CLAIM, CARE)}
    asked = [(CLAIM, decision(father, CLAIM).pk), (CARE, decision(old_man, CARE).pk)]
    first = [queries.replay(clerks[slug], pk) for slug, pk in asked]
    for slug in (CLAIM, CARE):
        publish_other_rules(slug)
    bring_in(row(30, 1, "子", givenName="次子", dateOfBirth="2026-10-01", residentSince="2026-10-01"))
    procedures.compiled_version.cache_clear()
    actions.run_register(actor=system("eligibility"), on=date(2029, 1, 1))
    assert [queries.replay(clerks[slug], pk) for slug, pk in asked] == first
    newest = Decision.objects.filter(resident=father, judged__procedure=CLAIM).latest("pk")
    assert newest.verdict == "not"
    assert queries.replay(clerks[CLAIM], newest.pk) != first[0]
    told = json.loads(first[0])
    assert told["inputs"]["child"]["members"] == [{"date_of_birth": "2020-07-03"}]
    assert told["assessment"]["eligible"] == "unknown"


@pytest.mark.django_db
def test_a_decision_is_told_to_the_section_and_the_person_and_nobody_else(city: None) -> None:
    father, mother, _ = family()
    actions.run_register(actor=system("eligibility"), on=DAY)
    pk = decision(father, CLAIM).pk
    assert queries.replay(signed_in(father), pk) == queries.replay(clerk(), pk)
    protect(mother)
    for stranger in (clerk("health"), clerk(), signed_in(mother), signed_in(None)):
        with pytest.raises(NotFound):
            queries.replay(stranger, pk)
    with pytest.raises(NotFound):
        queries.replay(clerk(), 0)


CARE_FACTS: dict[str, Any] = {
    "subject.resident_here": True,
    "subject.date_of_birth": "1950-01-01",
    "representative.relation": "self",
    "representative.mandate": False,
    "representative.without_mandate": "not_asked",
    "subject.specified_disease": False,
    "subject.has_health_insurance": True,
}


def test_the_first_day_of_birth_that_turns_the_verdict_over_is_found_to_the_day() -> None:
    found = {one.term: one for one in counterfactuals(procedure(CARE), CARE_FACTS, DAY)}
    # 65 on the day before the birthday (年齢計算ニ関する法律): born on 24 November 1961 is 65 today, the day after is not.
    assert found["subject.date_of_birth"].value == date(1961, 11, 25)
    assert found["subject.resident_here"] == Counterfactual("subject.resident_here", False)
    assert found["representative.relation"].value == "family"
    young = CARE_FACTS | {"subject.date_of_birth": "1970-01-01"}
    back = {one.term: one.value for one in counterfactuals(procedure(CARE), young, DAY)}
    assert back == {"subject.date_of_birth": date(1961, 11, 24), "subject.specified_disease": True}


def test_nothing_is_said_where_more_than_one_term_would_have_to_change() -> None:
    facts = CARE_FACTS | {"subject.resident_here": False, "subject.date_of_birth": "2000-01-01"}
    assert counterfactuals(procedure(CARE), facts, DAY) == ()


def test_nothing_is_said_while_the_verdict_is_unknown() -> None:
    assert counterfactuals(procedure(CARE), {"subject.resident_here": True}, DAY) == ()


def test_the_income_up_to_which_one_would_be_entitled_is_found_to_the_yen() -> None:
    medical = procedure("severe-disability-medical")
    limit = medical.parameters["severe_medical_income"].on(DAY)
    each = medical.parameters["severe_medical_income_each"].on(DAY)
    assert isinstance(limit, int)
    assert isinstance(each, int)
    entitled = next(
        example.example.facts
        for example in _examples("severe-disability-medical")
        if example.example.eligible is True
    )
    dependants = entitled["severe_medical.dependants"]
    facts = {**entitled, "severe_medical.income": limit + each * dependants + 700_000}
    found = {one.term: one.value for one in counterfactuals(medical, facts, DAY)}
    assert found["severe_medical.income"] == limit + each * dependants
    within = {one.term: one.value for one in counterfactuals(medical, dict(entitled), DAY)}
    assert within["severe_medical.income"] == limit + each * dependants + 1


def _examples(slug: str) -> Any:
    from dokodemo.administration.procedures.reading import read_procedures

    return next(f.examples for f in read_procedures(open_pack("arao")) if f.definition.slug == slug)


def test_a_child_of_another_age_is_named_with_its_place() -> None:
    facts: dict[str, Any] = {
        "applicant.resident_here": True,
        "applicant.is_public_servant": False,
        "applicant.main_earner": True,
        "child": [{"date_of_birth": "2000-01-01", "cared_for": True}],
    }
    found = counterfactuals(procedure(CLAIM), facts, DAY)
    assert found == (Counterfactual("child.date_of_birth", date(2008, 4, 2), 0),)
