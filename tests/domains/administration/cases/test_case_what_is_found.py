"""What a decision finds: nothing is decided without it, two persons see it, the letter prints it, the database hides it."""

from pathlib import Path
from subprocess import run
from typing import Any

import pytest
from django.db import connection

from dokodemo.administration.cases import actions, letters, queries
from dokodemo.administration.cases.actions.decision import BadFindings
from dokodemo.administration.cases.models import Case, Decision
from dokodemo.administration.certificates import queries as certificates
from dokodemo.administration.procedures import queries as procedures
from tests.domains.administration.cases import building
from tests.domains.city.city_builders import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("arao")]
CARE, DAMAGE = "care-need-certification", "disaster-damage-certificate"
DISCLOSURE, ALLOWANCE = "personal-information-disclosure", "child-allowance-claim"
LEVEL = {"level": "care2", "valid_from": "令和8年12月1日", "valid_until": "2027-05-31"}


def filed(slug: str, **facts: Any) -> Case:
    return building.with_its_steps(building.a_case(signed_in(building.a_neighbour()), slug, facts=facts))


def propose(case: Case, outcome: str = "approved", **more: Any) -> Decision:
    clerk = building.clerk(case.section)
    return actions.propose_decision(actor=clerk, case_id=case.pk, outcome=outcome, **more)


def printed(case: Case, folder: Path) -> str:
    """The words of the letter that was issued."""
    actions.issue_letter(case_id=case.pk)
    reader, subject = building.letter_reader(case), letters.document_subject(case)
    (issued,) = certificates.for_case(reader, case.pk)
    opened = certificates.open_document(reader, issued.id, case_id=case.pk, subject_id=subject)
    file = folder / "letter.pdf"
    file.write_bytes(opened.content)
    said = run(["pdftotext", "-layout", file, "-"], capture_output=True, text=True, check=True)
    return "".join(said.stdout.split())


@pytest.mark.parametrize(
    ("slug", "outcome", "names"),
    [
        (DAMAGE, "approved", ["degree"]),
        (CARE, "approved", ["level", "valid_from", "valid_until"]),
        (ALLOWANCE, "approved", ["pays_from"]),
        (DISCLOSURE, "approved", ["purpose"]),
        (DISCLOSURE, "partially_approved", ["purpose"]),
    ],
)
def test_nothing_is_decided_without_what_the_decision_must_find(
    slug: str, outcome: str, names: list[str]
) -> None:
    case = building.a_case() if slug == ALLOWANCE else filed(slug)
    with pytest.raises(BadFindings) as refused:
        propose(case, outcome, reasons="一部は第三者の情報です")
    assert refused.value.faults == dict.fromkeys(names, "cases.finding.missing")
    assert not Decision.objects.exists()


def test_a_certificate_of_damage_states_the_degree_and_the_second_survey(tmp_path: Path) -> None:
    case = building.decided(filed(DAMAGE), findings={"degree": "partial"})
    words = printed(case, tmp_path)
    assert "住家の被害の程度準半壊に至らない（一部損壊）" in words
    assert "再調査を申し出ることができます" in words
    assert "認定（承認）します" not in words


def test_a_care_certification_states_level_and_period(tmp_path: Path) -> None:
    words = printed(building.decided(filed(CARE), findings=LEVEL), tmp_path)
    assert "認定結果要介護2" in words
    assert "令和8年12月1日（2026年）から令和9年5月31日（2027年）まで" in words


def test_not_in_need_of_care_is_a_refusal_with_its_reasons(tmp_path: Path) -> None:
    case = filed(CARE)
    with pytest.raises(BadFindings) as refused:
        propose(case, findings=LEVEL | {"level": "not_certified"})
    assert refused.value.faults == {"level": "cases.finding.other_choice"}
    words = printed(
        building.decided(
            case, "refused", reasons="介護の手間が基準に達しません", findings={"level": "not_certified"}
        ),
        tmp_path,
    )
    assert "要介護認定等結果通知書" in words
    assert "認定結果非該当" in words
    assert "介護の手間が基準に達しません" in words
    assert "熊本県介護保険審査会に対して審査請求" in words


@pytest.mark.parametrize("outcome", ["approved", "partially_approved"])
def test_a_disclosure_tells_the_purpose_of_use(outcome: str, tmp_path: Path) -> None:
    case = filed(DISCLOSURE, **{"request.held_by_city": True})
    found = {"purpose": "要介護認定の事務\n統計の作成"}
    words = printed(building.decided(case, outcome, reasons="第三者の情報", findings=found), tmp_path)
    assert "利用目的要介護認定の事務統計の作成" in words


def test_an_allowance_tells_from_which_month_it_is_paid(tmp_path: Path) -> None:
    case = building.decided(building.a_case(), findings={"pays_from": "令和8年12月"})
    assert "支給開始年月令和8年12月" in printed(case, tmp_path)


def test_what_was_found_lies_sealed_in_the_database() -> None:
    purpose = "瑠璃色の目的"
    decision = propose(filed(DISCLOSURE), findings={"purpose": purpose})
    assert queries.standing_decision(decision.case).findings == {"purpose": purpose}  # type: ignore[union-attr]
    with connection.cursor() as cursor:
        cursor.execute("SELECT findings FROM cases_decision")
        (raw,) = cursor.fetchone()
    assert purpose.encode() not in bytes(raw)
    assert b"purpose" not in bytes(raw)


def test_every_procedure_that_finds_something_asks_for_it_in_three_languages() -> None:
    asking = [one for one in procedures.published() if one.definition.findings]
    assert {CARE, DAMAGE, DISCLOSURE, ALLOWANCE, "care-need-renewal"} <= {one.slug for one in asking}
    assert len(asking) >= 30
