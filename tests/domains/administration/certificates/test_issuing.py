"""Issuing: one request, one document, for one person."""

import hashlib
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone
from pytest_django import Settings

from dokodemo.adapters import storage, typeset
from dokodemo.adapters.signing import SigningKeyMissing, Verification
from dokodemo.adapters.storage import StorageFull
from dokodemo.administration.certificates import actions, queries
from dokodemo.administration.certificates.actions import RequestConflict, WrongDocument
from dokodemo.administration.certificates.definitions import RevocationReason
from dokodemo.administration.certificates.models import IssuedDocument, NumberSequence
from dokodemo.kernel import events
from dokodemo.kernel.access import ANONYMOUS, Actor, Forbidden, Grant, NotFound, Role

type MakeOrder = Callable[..., actions.Order]

pytestmark = pytest.mark.django_db


def files() -> set[Path]:
    folder = Path(settings.DOKODEMO_HOME) / "files" / "certificates"
    return {path for path in folder.rglob("*") if path.is_file()}


def verbs(document_id: Any) -> list[str]:
    return [event.verb for event in events.of_object("document", document_id)]


def test_an_issued_letter_is_registered_kept_and_recorded(worker: Actor, make_order: MakeOrder) -> None:
    order = make_order()
    issued = actions.issue(actor=worker, order=order)
    assert issued.created
    assert issued.replaced == ()
    document = IssuedDocument.objects.get(pk=issued.id)
    content = storage.get(document.storage_ref, context=queries.storage_context(document.id))
    assert hashlib.sha256(content).hexdigest() == document.sha256
    assert len(content) == document.size
    assert typeset.bound_to(content) == document.request_digest
    assert document.number == issued.number
    assert document.title == "児童手当認定通知書"
    (event,) = events.of_object("document", document.id)
    assert event.verb == "certificates.issued"
    assert event.digests == {"file": document.sha256, "request": document.request_digest}
    assert event.refs["case"] == str(order.case_id)


def test_nothing_personal_is_in_the_row_the_event_or_the_file_on_disk(
    worker: Actor, make_order: MakeOrder
) -> None:
    before = files()
    order = make_order("秘密 花子")
    issued = actions.issue(actor=worker, order=order)
    row = IssuedDocument.objects.filter(pk=issued.id).values().get()
    (event,) = events.of_object("document", issued.id)
    (path,) = files() - before
    for text in (str(row), str(event.refs), str(event.digests), str(path)):
        assert "秘密" not in text
        assert str(order.subject_id) not in text
    assert "秘密".encode() not in path.read_bytes()
    assert b"%PDF" not in path.read_bytes()


def test_numbers_rise_within_the_fiscal_year_and_begin_anew_in_the_next(
    worker: Actor, make_order: MakeOrder, settings: Settings
) -> None:
    settings.DOKODEMO_TODAY = date(2027, 3, 31)
    first, second = (actions.issue(actor=worker, order=make_order()).number for _ in range(2))
    settings.DOKODEMO_TODAY = date(2027, 4, 1)
    third = actions.issue(actor=worker, order=make_order()).number
    assert first.startswith("令8-")
    assert int(second.partition("-")[2]) == int(first.partition("-")[2]) + 1
    assert third == "令9-000001"


def test_a_repeated_order_gives_the_same_document(worker: Actor, make_order: MakeOrder) -> None:
    order = make_order()
    first = actions.issue(actor=worker, order=order)
    kept = files()
    second = actions.issue(actor=worker, order=order)
    assert (second.id, second.number, second.created) == (first.id, first.number, False)
    assert IssuedDocument.objects.filter(request_key=order.key).count() == 1
    assert verbs(first.id) == ["certificates.issued"]
    assert files() == kept


def test_the_same_key_with_other_content_is_refused(worker: Actor, make_order: MakeOrder) -> None:
    order = make_order()
    actions.issue(actor=worker, order=order)
    for changes in ({"subject_id": uuid4()}, {"case_id": uuid4()}, {"procedure_version": 2}):
        other = make_order(**{**vars(order), **changes})
        with pytest.raises(RequestConflict):
            actions.issue(actor=worker, order=other)
    with pytest.raises(RequestConflict):
        actions.issue(actor=worker, order=make_order("別人 一郎", key=order.key))


def test_two_workers_with_one_order_issue_once(
    worker: Actor, make_order: MakeOrder, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = make_order()
    real = storage.put
    winner: list[actions.Issued] = []

    def slow(data: bytes, *, context: str) -> storage.StoredFile:
        kept = real(data, context=context)
        if not winner:
            monkeypatch.setattr(storage, "put", real)
            winner.append(actions.issue(actor=worker, order=order))
        return kept

    before = files()
    monkeypatch.setattr(storage, "put", slow)
    loser = actions.issue(actor=worker, order=order)
    assert winner[0].created
    assert (loser.id, loser.created) == (winner[0].id, False)
    assert len(files() - before) == 1


def test_a_crash_between_keeping_and_committing_leaves_no_document_and_a_retry_issues_once(
    worker: Actor, make_order: MakeOrder, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = make_order()
    before = files()

    def crash(*_arguments: object, **_fields: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(events, "record", crash, raising=False)
    with pytest.raises(KeyboardInterrupt):
        actions.issue(actor=worker, order=order)
    monkeypatch.undo()
    assert not IssuedDocument.objects.filter(request_key=order.key).exists()
    (orphan,) = files() - before
    issued = actions.issue(actor=worker, order=order)
    assert issued.created
    assert IssuedDocument.objects.filter(request_key=order.key).count() == 1
    assert actions.sweep_files(actor=worker) == 0, "a fresh file may still be waiting for its row"
    assert actions.sweep_files(actor=worker, older_than=timedelta(seconds=-1)) >= 1
    assert not orphan.exists()
    document = IssuedDocument.objects.get(pk=issued.id)
    assert storage.get(document.storage_ref), "the sweep leaves what a document refers to"


@pytest.mark.parametrize("fault", [DatabaseError("disk I/O error"), IntegrityError("something else")])
def test_a_fault_of_the_database_is_not_mistaken_for_success(
    fault: Exception, worker: Actor, make_order: MakeOrder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_arguments: object, **_fields: object) -> None:
        raise fault

    monkeypatch.setattr(IssuedDocument.objects, "create", fail)
    with pytest.raises(type(fault)):
        actions.issue(actor=worker, order=make_order())


def test_a_full_disk_issues_nothing(
    worker: Actor, make_order: MakeOrder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(data: bytes, *, context: str) -> storage.StoredFile:
        raise StorageFull("full")

    monkeypatch.setattr(storage, "put", full)
    order = make_order()
    with pytest.raises(StorageFull):
        actions.issue(actor=worker, order=order)
    assert not IssuedDocument.objects.filter(request_key=order.key).exists()


def test_absent_keys_issue_nothing(
    worker: Actor, make_order: MakeOrder, settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DOKODEMO_KEY_RING", str(Path(settings.DOKODEMO_HOME) / "keys" / "ring.json"))
    settings.DOKODEMO_HOME = tmp_path
    before = IssuedDocument.objects.count()
    with pytest.raises(SigningKeyMissing):
        actions.issue(actor=worker, order=make_order())
    assert IssuedDocument.objects.count() == before


def test_a_typesetter_that_hands_back_another_persons_letter_issues_nothing(
    worker: Actor, make_order: MakeOrder, monkeypatch: pytest.MonkeyPatch
) -> None:
    stranger = make_order("別人 一郎")
    others = typeset.typeset(
        stranger.template,
        _printed(stranger),
        files={"qr.svg": actions._qr("http://localhost")},
        created=timezone.now(),
        binding="ab" * 32,
    )
    monkeypatch.setattr(typeset, "typeset", lambda *_arguments, **_options: others)
    order = make_order()
    with pytest.raises(WrongDocument):
        actions.issue(actor=worker, order=order)
    assert not IssuedDocument.objects.filter(request_key=order.key).exists()


def _printed(order: actions.Order) -> dict[str, Any]:
    verify = {"url": "http://localhost", "code": "x", "qr": "qr.svg"}
    return {**order.content, "number": "1", "issued_on": "", "verify": verify}


def test_a_signer_whose_signature_does_not_hold_issues_nothing(
    worker: Actor, make_order: MakeOrder, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Doubtful:
        def verify(self, _pdf: bytes) -> Verification:
            return Verification(intact=True, trusted=False, covers_whole_file=True, problem="wrong build")

    monkeypatch.setattr("dokodemo.adapters.signing.verifier", Doubtful)
    with pytest.raises(WrongDocument, match="wrong build"):
        actions.issue(actor=worker, order=make_order())


def test_only_the_section_or_the_system_issues(make_order: MakeOrder, head: Actor, resident: Actor) -> None:
    elsewhere = Actor("staff", account_id=uuid4(), grants=frozenset({Grant("tax", Role.HEAD_OF_SECTION)}))
    for actor in (ANONYMOUS, resident, elsewhere):
        with pytest.raises(Forbidden):
            actions.issue(actor=actor, order=make_order())
    assert actions.issue(actor=head, order=make_order()).created


def test_a_file_is_released_only_for_its_case_and_its_person(
    worker: Actor, resident: Actor, make_order: MakeOrder
) -> None:
    order, other = make_order(), make_order("別人 一郎")
    issued, others = actions.issue(actor=worker, order=order), actions.issue(actor=worker, order=other)
    opened = queries.open_document(resident, issued.id, case_id=order.case_id, subject_id=order.subject_id)
    assert opened.content.startswith(b"%PDF-")
    assert opened.file_name.isascii()
    wrong = [
        (resident, issued.id, other.case_id, order.subject_id),
        (resident, issued.id, order.case_id, other.subject_id),
        (resident, others.id, order.case_id, order.subject_id),
        (resident, uuid4(), order.case_id, order.subject_id),
        (ANONYMOUS, issued.id, order.case_id, order.subject_id),
    ]
    for actor, document_id, case_id, subject_id in wrong:
        with pytest.raises(NotFound):
            queries.open_document(actor, document_id, case_id=case_id, subject_id=subject_id)


def test_files_of_two_people_swapped_in_storage_reach_neither(
    worker: Actor, resident: Actor, make_order: MakeOrder
) -> None:
    order, other = make_order(), make_order("別人 一郎")
    issued, others = actions.issue(actor=worker, order=order), actions.issue(actor=worker, order=other)
    mine, theirs = IssuedDocument.objects.get(pk=issued.id), IssuedDocument.objects.get(pk=others.id)
    folder = Path(settings.DOKODEMO_HOME) / "files"
    (folder / mine.storage_ref).write_bytes((folder / theirs.storage_ref).read_bytes())
    with pytest.raises(storage.FileDamaged):
        queries.open_document(resident, mine.id, case_id=order.case_id, subject_id=order.subject_id)
    # Even with the seal made anew for the wrong record, the digest of the issued file decides.
    content = queries.open_document(
        resident, theirs.id, case_id=other.case_id, subject_id=other.subject_id
    ).content
    forged = storage.put(content, context=queries.storage_context(mine.id))
    IssuedDocument.objects.filter(pk=mine.id).update(storage_ref=forged.ref)
    with pytest.raises(queries.ReleaseRefused):
        queries.open_document(resident, mine.id, case_id=order.case_id, subject_id=order.subject_id)


def test_a_corrected_letter_supersedes_the_old_one_of_the_same_person(
    worker: Actor, make_order: MakeOrder
) -> None:
    order = make_order()
    old = actions.issue(actor=worker, order=order)
    for stranger in (make_order(supersedes=old.id), make_order(supersedes=old.id, case_id=order.case_id)):
        with pytest.raises(NotFound):
            actions.issue(actor=worker, order=stranger)
    same = {"case_id": order.case_id, "subject_id": order.subject_id}
    new = actions.issue(actor=worker, order=make_order(**same, supersedes=old.id))
    first, second = queries.for_case(worker, order.case_id)
    assert (first.id, first.replaced_by, first.revocation_reason) == (old.id, new.number, "superseded")
    assert (second.id, second.revoked_on) == (new.id, None)
    with pytest.raises(NotFound):
        actions.issue(actor=worker, order=make_order(**same, supersedes=old.id))


def test_a_revoked_document_stays_revoked_with_its_first_reason(
    worker: Actor, head: Actor, resident: Actor, make_order: MakeOrder
) -> None:
    order = make_order()
    issued = actions.issue(actor=worker, order=order)
    with pytest.raises(Forbidden):
        actions.revoke(actor=resident, document_id=issued.id, reason=RevocationReason.MISTAKE)
    actions.revoke(actor=head, document_id=issued.id, reason=RevocationReason.MISTAKE)
    actions.revoke(actor=head, document_id=issued.id, reason=RevocationReason.REQUESTED)
    (facts,) = queries.for_case(resident, order.case_id)
    assert facts.revocation_reason == "mistake"
    assert verbs(issued.id) == ["certificates.issued", "certificates.revoked"]
    with pytest.raises(NotFound):
        actions.revoke(actor=head, document_id=uuid4(), reason=RevocationReason.MISTAKE)


def test_a_download_is_recorded(worker: Actor, resident: Actor, make_order: MakeOrder) -> None:
    issued = actions.issue(actor=worker, order=make_order())
    actions.record_download(actor=resident, document_id=issued.id)
    assert verbs(issued.id)[-1] == "certificates.downloaded"
    assert events.of_object("document", issued.id)[-1].actor == resident.ref
    with pytest.raises(NotFound):
        actions.record_download(actor=resident, document_id=uuid4())


def test_a_case_shows_its_documents_to_nobody_anonymous(worker: Actor, make_order: MakeOrder) -> None:
    order = make_order(valid_days=90)
    actions.issue(actor=worker, order=order)
    (facts,) = queries.for_case(worker, order.case_id)
    assert facts.valid_until is not None
    assert not facts.expired
    with pytest.raises(NotFound):
        queries.for_case(ANONYMOUS, order.case_id)


def test_a_name_the_font_lacks_is_issued_and_counted(worker: Actor, make_order: MakeOrder) -> None:
    issued = actions.issue(
        actor=worker, order=make_order("\ue000田 太郎", readings={"\ue000田 太郎": "ガイダ タロウ"})
    )
    assert [one.code for one in issued.replaced] == ["U+E000"]
    assert IssuedDocument.objects.get(pk=issued.id).replaced_characters == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"revoked_at": timezone.now()},
        {"revocation_reason": "mistake"},
        {"kind": "receipt"},
    ],
)
def test_the_database_refuses_half_a_revocation_and_unknown_kinds(
    changes: dict[str, Any], worker: Actor, make_order: MakeOrder
) -> None:
    issued = actions.issue(actor=worker, order=make_order())
    with pytest.raises(IntegrityError), transaction.atomic():
        IssuedDocument.objects.filter(pk=issued.id).update(**changes)


def test_a_number_taken_in_vain_is_never_given_again(
    worker: Actor, make_order: MakeOrder, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = actions.issue(actor=worker, order=make_order()).number
    broken = make_order(template=typeset.Template("x.typ", {"x.typ": "#unknown()"}))
    with pytest.raises(typeset.TypesetError):
        actions.issue(actor=worker, order=broken)
    after = actions.issue(actor=worker, order=make_order()).number
    assert int(after.partition("-")[2]) == int(before.partition("-")[2]) + 2
    assert NumberSequence.objects.count() == 1
