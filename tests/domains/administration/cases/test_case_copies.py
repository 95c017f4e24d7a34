"""Certificates: as many as were paid for, headed by what they are; a refusal is a letter like any other."""

import pytest

from dokodemo.administration.cases import actions
from dokodemo.administration.cases.models import Case
from dokodemo.administration.certificates import queries as certificates
from dokodemo.administration.certificates.models import IssuedDocument
from tests.domains.administration.cases import building

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("arao")]
RECORD_COPY = "resident-record-copy"


def _letters(case: Case) -> list[tuple[str, str]]:
    return list(IssuedDocument.objects.filter(case_id=case.pk).values_list("kind", "title"))


def _asked_for(copies: int) -> Case:
    return building.a_case(slug=RECORD_COPY, facts={"request.copies": copies})


def test_each_copy_that_was_paid_for_is_a_document_with_a_number_of_its_own() -> None:
    case = building.decided(_asked_for(3))
    actions.issue_letter(case_id=case.pk)
    found = certificates.for_case(building.letter_reader(case), case.pk)
    assert len({document.number for document in found}) == len(found) == 3
    assert _letters(case) == [("certificate", "住民票の写し")] * 3


def test_a_job_that_died_between_two_copies_makes_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    from dokodemo.administration.cases.actions import decision

    case = building.decided(_asked_for(2))
    issue, made = decision.certificates.issue, []

    def dies(**given: object) -> object:
        if made:
            raise RuntimeError("killed")
        made.append(given)
        return issue(**given)  # type: ignore[arg-type]

    monkeypatch.setattr(decision.certificates, "issue", dies)
    with pytest.raises(RuntimeError, match="killed"):
        actions.issue_letter(case_id=case.pk)
    monkeypatch.undo()
    actions.issue_letter(case_id=case.pk)
    assert len(_letters(case)) == 2
    assert Case.objects.get(pk=case.pk).notified_at is not None


def test_a_refused_certificate_is_told_by_a_letter_that_states_nothing_of_the_register() -> None:
    case = building.decided(_asked_for(2), "refused", reasons="別の世帯の方です。")
    actions.issue_letter(case_id=case.pk)
    assert _letters(case) == [("letter", "住民票の写しの交付請求 却下通知書")]
