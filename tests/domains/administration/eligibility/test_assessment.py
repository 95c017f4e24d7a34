"""What a person is told: which conditions hold, by which law, and what is still to be asked."""

import json
from datetime import date
from functools import cache
from typing import Any

import pytest

from dokodemo.administration.eligibility.queries import assess
from dokodemo.administration.procedures import queries
from dokodemo.administration.procedures.checking import procedures_of
from dokodemo.administration.procedures.compiled import CompiledProcedure
from dokodemo.kernel.access import NotFound
from dokodemo.kernel.crypto import new_id
from dokodemo.kernel.packs import open_pack
from tests.domains.administration.cases import building

DAY = date(2026, 11, 23)
FAMILY: dict[str, Any] = {
    "applicant.resident_here": True,
    "applicant.is_public_servant": False,
    "applicant.main_earner": True,
    "child": [{"date_of_birth": "2026-11-01", "living_together": True, "cared_for": True}],
}


@cache
def claim() -> CompiledProcedure:
    return next(p for p in procedures_of(open_pack("arao")) if p.slug == "child-allowance-claim")


def test_a_family_that_meets_every_condition_is_eligible_and_told_the_amount() -> None:
    found = assess(claim(), FAMILY, DAY)
    assert found.eligible is True
    assert [rule.outcome for rule in found.rules] == [True] * 5
    assert [(amount.name, amount.value) for amount in found.amounts] == [("monthly", 15000)]
    assert found.questions == ()


def test_a_failed_condition_names_its_sentence_and_article() -> None:
    found = assess(claim(), FAMILY | {"applicant.is_public_servant": True}, DAY)
    assert found.eligible is False
    failed = [rule for rule in found.rules if rule.outcome is False]
    assert [rule.article for rule in failed] == ["第17条第1項"]
    assert failed[0].law == "児童手当法"
    assert "public servant" in failed[0].say.en


def test_what_is_unknown_is_asked_and_nothing_else() -> None:
    facts = {name: value for name, value in FAMILY.items() if name != "applicant.main_earner"}
    found = assess(claim(), facts, DAY)
    assert found.eligible == "unknown"
    assert [question.term for question in found.questions] == ["applicant.main_earner"]
    assert found.questions[0].label.en


def test_nothing_is_asked_when_the_answer_is_already_no() -> None:
    found = assess(claim(), {"applicant.resident_here": False}, DAY)
    assert found.eligible is False
    assert found.questions == ()


def test_an_unknown_child_is_not_a_missing_child() -> None:
    unknown = assess(claim(), {k: v for k, v in FAMILY.items() if k != "child"}, DAY)
    nobody = assess(claim(), FAMILY | {"child": []}, DAY)
    no_birthday = assess(claim(), FAMILY | {"child": [{"living_together": True, "cared_for": True}]}, DAY)
    assert unknown.eligible == "unknown"
    assert nobody.eligible is False
    assert no_birthday.eligible == "unknown"


def test_the_day_decides() -> None:
    facts = FAMILY | {"child": [{"date_of_birth": "2008-04-02", "living_together": True, "cared_for": True}]}
    assert assess(claim(), facts, date(2027, 3, 31)).eligible is True
    assert assess(claim(), facts, date(2027, 4, 1)).eligible is False


def test_the_answer_as_json_holds_no_fact() -> None:
    text = json.dumps(assess(claim(), FAMILY, DAY).as_json(), ensure_ascii=False)
    assert "2026-11-01" not in text
    assert json.loads(text)["eligible"] is True
    assert json.loads(text)["rules"][0]["article"] == claim().definition.eligible[0].article


@pytest.mark.django_db
def test_a_published_version_and_its_pack_answer_alike() -> None:
    building.publish()
    published = queries.get_published("child-allowance-claim")
    assert published.version_id is not None
    found = assess(published.version_id, FAMILY, DAY)
    assert found.rules == assess(claim(), FAMILY, DAY).rules
    assert found.version == 1


@pytest.mark.django_db
def test_an_unknown_version_is_not_found() -> None:
    with pytest.raises(NotFound):
        assess(new_id(), FAMILY, DAY)
