"""Processes killed in the middle of a case: nothing acknowledged is missing, nothing is doubled, no file is left over."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django_ox.models import OxTask

from dokodemo.adapters import storage
from dokodemo.administration.cases import actions, queries
from dokodemo.administration.cases import events as verbs
from dokodemo.administration.cases.letters import document_subject
from dokodemo.administration.cases.models import Attachment, Case
from dokodemo.administration.certificates import actions as certificate_actions
from dokodemo.administration.certificates import events as document_verbs
from dokodemo.administration.certificates import queries as certificates
from dokodemo.administration.certificates.models import IssuedDocument
from dokodemo.kernel import events
from dokodemo.kernel.access import Actor, system
from tests.domains.administration.cases import building
from tests.domains.administration.cases.building import letter_reader
from tests.domains.entry import building as b

BANK_BOOK = "evidence.bank_book"
LETTER_JOB = "dokodemo.administration.cases.tasks.issue_letter"
AT_ONCE = timedelta(seconds=-1)
IN_ATTACHING = {
    "while the bytes are written": "before:os.fsync",
    "with the bytes on disk and no row": "after:dokodemo.adapters.storage.put",
    "before the row is committed": "before:commit of cases.attachment",
    "after the row was committed": "after:commit of cases.attachment",
}
IN_HANDING_IN = {
    "before the case is committed": "before:commit of cases.case",
    "after the case was committed": "after:commit of cases.case",
}
IN_THE_LETTER_JOB = {
    "before anything": "before:dokodemo.administration.cases.actions.issue_letter",
    "while it is typeset": "before:dokodemo.adapters.typeset.engine._compile",
    "before it is signed": "before:dokodemo.adapters.signing.local.LocalSigner.sign",
    "after it was signed": "after:dokodemo.adapters.signing.local.LocalSigner.sign",
    "with the file on disk and no row": "after:dokodemo.adapters.storage.put",
    "before the document is committed": "before:commit of certificates.issueddocument",
    "after the document was committed": "after:commit of certificates.issueddocument",
    "before the case says so": "before:commit of cases.case",
    "after the case said so": "after:commit of cases.case",
}


def swept() -> tuple[set[str], set[str]]:
    """The files there are after the sweeps of the night, and those that records hold."""
    actions.sweep_files(actor=system("cases"), older_than=AT_ONCE)
    certificate_actions.sweep_files(actor=system("certificates"), older_than=AT_ONCE)
    root = storage.files._root()
    there = {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}
    kept = {*Attachment.objects.filter(removed_at__isnull=True).values_list("storage_ref", flat=True)}
    return there, kept | {*IssuedDocument.objects.values_list("storage_ref", flat=True)}


def attached(actor: Actor, draft_id: Any) -> list[Attachment]:
    """The files among a draft's answers, each of which opens."""
    answers = queries.get_open_draft(actor, draft_id).content["values"].get(BANK_BOOK) or []
    files = [queries.get_attachment(actor, one["attachment"]) for one in answers]
    assert all(queries.content_of(file).startswith(b"\xff\xd8") for file in files)
    return files


@pytest.mark.parametrize("moment", IN_ATTACHING)
def test_a_server_killed_while_a_file_is_attached_keeps_it_whole_or_not_at_all(
    open_city: Any, moment: str
) -> None:
    account = open_city.a_resident()
    actor = b.acting(account)
    draft = building.start(actor)
    before = building.attach(actor, draft.pk, BANK_BOOK)
    sent = [str(account.pk), str(draft.pk), BANK_BOOK, "200"]
    open_city.killed(IN_ATTACHING[moment], "attach", *sent)

    there, kept = swept()
    assert there == kept
    files = attached(actor, draft.pk)
    assert [file.pk for file in files[:1]] == [before.pk]
    assert len(files) == (2 if moment == "after the row was committed" else 1)
    assert Attachment.objects.filter(draft=draft).count() == len(files)
    # Whoever got no answer sends the form again: the file is there once.
    building.attach(actor, draft.pk, BANK_BOOK, data=building.photograph(size=(200, 48)))
    assert len(attached(actor, draft.pk)) == 2


@pytest.mark.parametrize("moment", IN_HANDING_IN)
def test_a_server_killed_while_a_draft_is_handed_in_gives_one_case(open_city: Any, moment: str) -> None:
    account = open_city.a_resident()
    actor = b.acting(account)
    draft = building.filled_draft(actor)
    open_city.killed(IN_HANDING_IN[moment], "submit", str(account.pk), str(draft.pk))

    there, kept = swept()
    assert there == kept
    committed = Case.objects.filter(owner=account).count()
    assert committed == (1 if moment.startswith("after") else 0)
    first = actions.submit(actor=actor, draft_id=draft.pk)
    again = actions.submit(actor=actor, draft_id=draft.pk)
    assert first.number == again.number == Case.objects.get(owner=account).number
    assert [e.verb for e in events.of_object("case", first.pk)] == [verbs.SUBMITTED]
    assert all(queries.content_of(file) for file in building.files_of(first))


def test_a_worker_killed_anywhere_in_a_letter_leaves_one_letter_and_no_file_over(open_city: Any) -> None:
    cases = {}
    for moment, point in IN_THE_LETTER_JOB.items():
        cases[moment] = building.decided(building.a_case(b.acting(open_city.a_resident())))
        open_city.killed(point, "job")
    jobs = OxTask.objects.filter(task_path=LETTER_JOB)
    assert {job.status for job in jobs} == {"RUNNING"}
    assert jobs.count() == len(cases)

    open_city.start_worker()
    open_city.wait(lambda: jobs.filter(status="SUCCESSFUL").count() == len(cases), seconds=120)
    for moment, case in cases.items():
        case.refresh_from_db()
        assert case.notified_at is not None, moment
        reader = letter_reader(case)
        (letter,) = certificates.for_case(reader, case.pk)
        opened = certificates.open_document(
            reader, letter.id, case_id=case.pk, subject_id=document_subject(case)
        )
        assert certificates.verify_upload(opened.content).status == "genuine", moment
        said = [event.verb for event in events.of_object("case", case.pk)]
        assert said.count(verbs.LETTER_ISSUED) == 1, moment
        issued = [event.verb for event in events.of_object(document_verbs.OBJECT, letter.id)]
        assert issued.count(document_verbs.ISSUED) == 1, moment
    there, kept = swept()
    assert there == kept
