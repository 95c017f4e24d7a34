"""What can be asked about documents (照会・真正性の確認): nothing here writes.

Owns release (only the right person's file leaves) and the answer "genuine?". Never counts guesses: `actions.check_code`
is the public door.
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal
from uuid import UUID

from django.utils import timezone

from dokodemo.adapters import signing, storage, typeset
from dokodemo.administration.certificates import logic
from dokodemo.administration.certificates.models import IssuedDocument
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import Actor, NotFound
from dokodemo.kernel.crypto import keyed_digest

MAX_UPLOAD_BYTES: Final = 30 * 1024 * 1024

type Status = Literal["genuine", "revoked", "altered", "unknown"]


class ReleaseRefused(Exception):
    """A kept file is not what was issued; it is not handed out. Tell the administrator."""


@dataclass(frozen=True)
class DocumentFacts:
    """What anybody who holds a document may learn of it: no name, no content. Days are JST."""

    id: UUID
    number: str
    kind: str
    title: str
    procedure_slug: str
    issued_on: date
    valid_until: date | None
    expired: bool
    revoked_on: date | None
    revocation_reason: str
    replaced_by: str | None
    replaced_characters: int


@dataclass(frozen=True)
class VerifyOutcome:
    """The answer about a document.

    `genuine`: issued by this city and unchanged (see `document.expired` for its period); `revoked`: genuine but void;
    `altered`: made from one of ours and changed; `unknown`: not ours, or the code does not fit. `signer`, `signed_at` (UTC) and
    `test_only` (試験用) come from the file's signature and are filled for uploads only.
    """

    status: Status
    document: DocumentFacts | None = None
    signer: str | None = None
    signed_at: datetime | None = None
    test_only: bool = False


@dataclass(frozen=True)
class OpenedDocument:
    """A released file."""

    content: bytes
    file_name: str
    media_type: str = "application/pdf"


UNKNOWN: Final = VerifyOutcome("unknown")


def for_case(actor: Actor, case_id: UUID) -> list[DocumentFacts]:
    """The documents of a case, oldest first; the caller has opened the case for this actor. Raises NotFound."""
    if actor.kind == "anonymous":
        raise NotFound
    documents = IssuedDocument.objects.filter(case_id=case_id).select_related("superseded_by")
    return [_facts(document) for document in documents]


def open_document(actor: Actor, document_id: UUID, *, case_id: UUID, subject_id: UUID) -> OpenedDocument:
    """The file, only for the case and the person it was made for.

    The caller has opened the case for this actor. Raises NotFound when document, case and person do not belong together,
    ReleaseRefused when the kept bytes are not the issued ones, and storage's errors.
    """
    document = IssuedDocument.objects.filter(pk=document_id, case_id=case_id).first()
    if actor.kind == "anonymous" or document is None:
        raise NotFound
    if not hmac.compare_digest(document.subject_digest, subject_digest(subject_id)):
        raise NotFound
    content = storage.get(document.storage_ref, context=storage_context(document.id))
    if (
        hashlib.sha256(content).hexdigest() != document.sha256
        or typeset.bound_to(content) != document.request_digest
    ):
        raise ReleaseRefused("the kept file is not the one that was issued")
    return OpenedDocument(content, f"{logic.ascii_number(document.number)}.pdf")


def by_number_and_code(number: str, code: str) -> VerifyOutcome:
    """What number + code, as typed, stand for; takes the same time whether or not the number exists."""
    plain_number, plain_code = logic.normalise_number(number), logic.normalise_code(code)
    document = (
        IssuedDocument.objects.select_related("superseded_by").filter(number=plain_number or "").first()
    )
    expected = document.code_digest if document else code_digest("none", "none")
    same = hmac.compare_digest(expected, code_digest(plain_number or "", plain_code or ""))
    if document is None or plain_code is None or not same:
        return UNKNOWN
    return VerifyOutcome("genuine" if document.revoked_at is None else "revoked", _facts(document))


def verify_upload(data: bytes) -> VerifyOutcome:
    """Whether a file is one of ours, byte for byte.

    Genuine (or revoked) only when its SHA-256 is that of an issued file and its signature holds: a signature alone
    leaves bytes uncovered (its own padding), a digest alone would trust the database. Never raises for a bad file.
    """
    if len(data) > MAX_UPLOAD_BYTES:
        return UNKNOWN
    digest = hashlib.sha256(data).hexdigest()
    document = IssuedDocument.objects.select_related("superseded_by").filter(sha256=digest).first()
    if document is None:
        claimed = typeset.bound_to(data)
        ours = claimed is not None and IssuedDocument.objects.filter(request_digest=claimed).exists()
        return VerifyOutcome("altered") if ours else UNKNOWN
    verification = signing.verifier().verify(data)
    if not verification.good:
        return VerifyOutcome("altered")
    return VerifyOutcome(
        "genuine" if document.revoked_at is None else "revoked",
        _facts(document),
        signer=verification.signer,
        signed_at=verification.signed_at,
        test_only=verification.test_only,
    )


def storage_context(document_id: UUID) -> str:
    """The context a document's file is sealed with."""
    return f"certificates.document:{document_id}"


def subject_digest(subject_id: UUID) -> str:
    """The keyed digest that ties a document to its person."""
    return keyed_digest(subject_id.bytes, "certificates.subject")


def code_digest(number: str, code: str) -> str:
    """The keyed digest of a code, tied to its number."""
    return keyed_digest(f"{number}:{code}".encode(), "certificates.code")


def _facts(document: IssuedDocument) -> DocumentFacts:
    until = document.valid_until
    return DocumentFacts(
        id=document.id,
        number=document.number,
        kind=document.kind,
        title=document.title,
        procedure_slug=document.procedure_slug,
        issued_on=timezone.localdate(document.issued_at),
        valid_until=until,
        expired=until is not None and until < calendar_jp.today(),
        revoked_on=timezone.localdate(document.revoked_at) if document.revoked_at else None,
        revocation_reason=document.revocation_reason,
        replaced_by=document.superseded_by.number if document.superseded_by else None,
        replaced_characters=document.replaced_characters,
    )
