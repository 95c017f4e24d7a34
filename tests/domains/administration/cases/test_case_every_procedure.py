"""Every procedure of two cities, from the draft to the letter, with the examples its authors wrote."""

import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from django.conf import settings
from pytest_django import DjangoDbBlocker

from dokodemo.administration.cases import actions, progress, queries
from dokodemo.administration.cases.letters import document_subject
from dokodemo.administration.cases.models import Case
from dokodemo.administration.certificates import queries as certificates
from dokodemo.administration.procedures.examples import Example
from dokodemo.administration.procedures.reading import ProcedureFile, read_procedures
from dokodemo.kernel.access import Actor
from dokodemo.kernel.packs import open_pack, pack_roots
from tests.domains.administration.cases import building
from tests.domains.city.city_builders import bring_in, row, signed_in

pytestmark = pytest.mark.django_db


@cache
def files(city: str) -> dict[str, ProcedureFile]:
    """The procedures a city writes something about: what it only takes over is proved for the first city."""
    pack = open_pack(city)
    own = {folder.name for root in pack_roots() for folder in root.glob(f"{city}/procedures/*")}
    found = {file.definition.slug: file for file in read_procedures(pack)}
    return found if city == "arao" else {slug: file for slug, file in found.items() if slug in own}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Each class runs for its city: every procedure, and every example that says how it is decided."""
    of_city = files(metafunc.cls.city)
    if "number" in metafunc.fixturenames:
        decided = [
            pytest.param(slug, number, id=f"{slug}-{number + 1}")
            for slug, file in of_city.items()
            for number, located in enumerate(file.examples)
            if located.example.decision is not None
        ]
        metafunc.parametrize(("slug", "number"), decided)
    else:
        metafunc.parametrize("slug", list(of_city))


@pytest.fixture(scope="class", autouse=True)
def _in_force(
    request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    usual, settings.DOKODEMO_PACK = settings.DOKODEMO_PACK, request.cls.city
    with django_db_blocker.unblock(), building.city_in_force(request.cls.city):
        yield
    settings.DOKODEMO_PACK = usual


def applicant_of(example: Example) -> Actor:
    """The person of an example, in the register."""
    name = example.facts.get("applicant.full_name") or example.facts.get("subject.full_name") or building.NAME
    parts = {
        "familyName": name["family"],
        "givenName": name["given"],
        "familyNameKana": name["family_kana"],
        "givenNameKana": name["given_kana"],
    }
    born = example.facts.get("applicant.date_of_birth")
    if born is not None:
        parts |= {"dateOfBirth": str(born), "residentSince": ""}
    (resident,) = bring_in(row(81, 81, **parts))
    return signed_in(resident)


def failed_rules(file: ProcedureFile, example: Example) -> list[int]:
    """The rules an example names as reasons, by place or by article."""
    articles = [rule.article for rule in file.definition.eligible]
    return [
        place
        for reason in example.because
        for place, article in enumerate(articles)
        if reason in (place + 1, article)
    ]


def outcome_of(example: Example, file: ProcedureFile, case: Case) -> Case:
    assert example.decision is not None
    more: dict[str, Any] = {}
    if example.decision in {"refused", "partially_approved"}:
        more = {"rules": failed_rules(file, example), "reasons": "要件を確認できませんでした。"}
    return building.finished(case, example.decision, **more)


def letter_path(file: ProcedureFile, example: Example) -> str:
    path = file.definition.outcome.letters()[str(example.decision)]
    beside = f"{file.folder}/{path}"
    return beside if beside in file.letters else path


class EveryProcedure:
    """What holds for each procedure of a city."""

    city: str

    def test_an_example_ends_in_the_letter_it_promises(self, slug: str, number: int) -> None:
        file = files(self.city)[slug]
        example = file.examples[number].example
        person = applicant_of(example)
        case = outcome_of(example, file, building.a_case(person, slug, facts=example.facts))
        letter = building.ordered_letter(case)
        # What a letter says is the data it is given and the words of its own source; «2冊» is one of each.
        said = json.dumps(letter, ensure_ascii=False) + file.letters[letter_path(file, example)]
        for words in example.letter_contains:
            assert words in said or all(part in said for part in re.findall("[0-9]+|[^0-9]+", words))
        assert bool(letter["reasons"]) == (example.decision in {"refused", "partially_approved"})
        # A notification tells it only where somebody else decides on it, as its definition says.
        told = case.kind != "notification" or file.definition.appeal is not None
        assert bool(letter["appeal"]) == told
        assert letter["case"]["number"] == case.number

    def test_every_procedure_ends_in_a_signed_letter_that_verifies(self, slug: str) -> None:
        (resident,) = bring_in(row(82, 82, familyName="𠮷﨑", givenName="蓮"))
        person = signed_in(resident)
        case = building.finished(building.a_case(person, slug, facts={}))
        actions.issue_letter(case_id=case.pk)
        (issued,) = certificates.for_case(person, case.pk)
        opened = certificates.open_document(
            person, issued.id, case_id=case.pk, subject_id=document_subject(case)
        )
        assert certificates.verify_upload(opened.content).status == "genuine"
        assert progress.milestones(case)[-1].name == "letter_issued"
        for other in (signed_in(None), building.clerk("nowhere")):
            assert queries.my_cases(other) == ([], False)

    def test_every_procedure_that_can_be_refused_is_refused_with_reasons(self, slug: str) -> None:
        file = files(self.city)[slug]
        person = signed_in(bring_in(row(83, 83))[0])
        case = building.a_case(person, slug, facts={})
        if file.definition.is_notification:
            assert file.definition.outcome.refused is None
            return
        rules = list(range(len(file.definition.eligible)))
        case = building.decided(case, "refused", rules=rules, reasons="書類が読めません。")
        reasons = building.ordered_letter(case)["reasons"]
        assert [reason["article"] for reason in reasons[:-1]] == [
            f"{rule.law or file.definition.law.name}{rule.article}" for rule in file.definition.eligible
        ]
        assert reasons[-1] == {"say": "書類が読めません。", "article": None}


class TestArao(EveryProcedure):
    """The seven procedures of Arao."""

    city = "arao"


class TestMihon(EveryProcedure):
    """Another city: other sections, another fee, a procedure changed and one of its own."""

    city = "mihon"
