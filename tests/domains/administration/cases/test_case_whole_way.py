"""From the first page to the signed letter: the way of one application."""

import pytest

from dokodemo.administration.cases import actions, queries
from dokodemo.administration.cases.letters import document_subject
from dokodemo.administration.certificates import queries as certificates
from tests.domains.administration.cases import building

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("arao")]


def test_an_application_goes_from_draft_to_a_genuine_letter() -> None:
    father = building.an_applicant()
    case = building.decided(building.a_case(father))
    assert (case.state, case.outcome) == ("decided", "approved")
    actions.issue_letter(case_id=case.pk)
    (letter,) = certificates.for_case(father, case.pk)
    opened = certificates.open_document(father, letter.id, case_id=case.pk, subject_id=document_subject(case))
    assert certificates.verify_upload(opened.content).status == "genuine"
    assert queries.get_case(father, case.pk).notified_at is not None
