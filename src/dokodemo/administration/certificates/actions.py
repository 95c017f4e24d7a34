"""What is done with documents (発行・取消し・確認): the only writes of this domain.

Owns the path of a letter: typeset → sign → prove → store → row and event. Never decides a case, and never hands
a file to anybody: `queries.open_document` does, after checking that it is theirs.
"""

import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any
from uuid import UUID

import segno
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F

from dokodemo.adapters import signing, storage, typeset
from dokodemo.administration.certificates import events as verbs
from dokodemo.administration.certificates import logic, policies, queries
from dokodemo.administration.certificates.definitions import Kind, RevocationReason
from dokodemo.administration.certificates.models import GuessCounter, IssuedDocument, NumberSequence
from dokodemo.kernel import calendar_jp, events
from dokodemo.kernel.access import ANONYMOUS, Actor, Forbidden, NotFound
from dokodemo.kernel.crypto import keyed_digest, new_id
from dokodemo.kernel.faults import Impersonal

# Wrong codes an hour. With 50-bit codes even the last limit leaves a guesser no chance; the first two
# stop a nuisance without letting one client lock a number for everybody else.
GUESS_LIMITS: Mapping[str, int] = {"number-and-client": 10, "client": 30, "number": 300}
_HOUR = 3600
_KEEP_COUNTERS_HOURS = 48


class RequestConflict(Impersonal):
    """The same request key came with other content: one request never gives two different documents."""


class WrongDocument(Impersonal):
    """What the typesetter or the signer gave back is not the document that was asked for; nothing was issued."""


class TooManyGuesses(Exception):
    """Too many wrong codes this hour; `retry_after` is in seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"too many wrong codes; try again in {retry_after} seconds")
        self.retry_after = retry_after


@dataclass(frozen=True, kw_only=True)
class Order:
    """One request for one document (発行の依頼).

    `key` names the request for ever (such as decision:<uuid>): asked twice, it is issued once. `subject_id` is the
    person the document is about. `template` is the letter with its own sources, as a procedure's version keeps them:
    `typeset.Template(version.letter_path(outcome), version.letters)`. `content` is what it prints, without number,
    issued_on and verify, which are added here; its `title` is the document's. `readings` maps names in the content
    to their kana.
    """

    key: str
    kind: Kind
    procedure_slug: str
    procedure_version: int
    section: str
    case_id: UUID
    subject_id: UUID
    template: typeset.Template
    content: Mapping[str, Any]
    signer_name: str
    reason: str
    valid_days: int | None = None
    readings: Mapping[str, str] = field(default_factory=dict)
    supersedes: UUID | None = None


@dataclass(frozen=True)
class Issued:
    """The result of an order: the document's id and number; `created` is False when it was there already.

    `replaced` lists characters of this run that no font could show (外字); empty for a repeated order.
    """

    id: UUID
    number: str
    created: bool
    replaced: tuple[typeset.Replacement, ...] = ()


def issue(*, actor: Actor, order: Order) -> Issued:
    """Make, sign, keep and register one document; safe to repeat after any crash, call it from a job.

    Call it outside a transaction: the letter is made before the short transaction that makes it valid. Raises Forbidden,
    RequestConflict, WrongDocument, NotFound (a superseded document that does not belong to the case), and what
    typeset, signing and storage raise.
    """
    if not policies.may_issue(actor, order.section):
        raise Forbidden("only the section that handles the case issues its documents")
    digest = _request_digest(order)
    existing = IssuedDocument.objects.filter(request_key=order.key).first()
    if existing is not None:
        return _already(existing, digest)
    document_id, code, issued_at = new_id(), logic.new_code(), calendar_jp.now()
    number = _take_number()
    pdf, replaced = _make(order, number, code, digest, issued_at)
    kept = storage.put(pdf, context=queries.storage_context(document_id))
    try:
        with transaction.atomic():
            document = IssuedDocument.objects.create(
                id=document_id,
                number=number,
                code_digest=queries.code_digest(number, code),
                kind=order.kind,
                title=str(order.content["title"])[:200],
                procedure_slug=order.procedure_slug,
                procedure_version=order.procedure_version,
                section=order.section,
                case_id=order.case_id,
                request_key=order.key,
                request_digest=digest,
                subject_digest=queries.subject_digest(order.subject_id),
                sha256=kept.sha256,
                size=kept.size,
                storage_ref=kept.ref,
                replaced_characters=len(replaced),
                issued_at=issued_at,
                valid_until=_valid_until(order),
            )
            _supersede(order, document)
            events.record(
                verbs.ISSUED,
                actor=actor,
                object=(verbs.OBJECT, document.id),
                refs={
                    "case": str(order.case_id),
                    "procedure": order.procedure_slug,
                    "version": order.procedure_version,
                    "kind": order.kind.value,
                    "supersedes": str(order.supersedes) if order.supersedes else None,
                },
                numbers={"bytes": kept.size, "replaced_characters": len(replaced)},
                digests={"file": kept.sha256, "request": digest},
            )
    except IntegrityError:
        # The same order won in another process: ours is not valid and nobody has seen it.
        storage.remove(kept.ref)
        winner = IssuedDocument.objects.filter(request_key=order.key).first()
        if winner is None:
            raise
        return _already(winner, digest)
    return Issued(document.id, document.number, True, replaced)


def revoke(*, actor: Actor, document_id: UUID, reason: RevocationReason) -> None:
    """Declare a document void (取消し); a second time changes nothing. Raises NotFound, Forbidden."""
    with transaction.atomic():
        document = IssuedDocument.objects.select_for_update().filter(pk=document_id).first()
        if document is None:
            raise NotFound
        if not policies.may_revoke(actor, document.section):
            raise Forbidden("only the head of the section that issued it revokes a document")
        if document.revoked_at is not None:
            return
        document.revoked_at = calendar_jp.now()
        document.revocation_reason = reason
        document.save(update_fields=["revoked_at", "revocation_reason"])
        events.record(
            verbs.REVOKED,
            actor=actor,
            object=(verbs.OBJECT, document.id),
            refs={"case": str(document.case_id), "reason": reason.value},
        )


def record_download(*, actor: Actor, document_id: UUID) -> None:
    """Note that somebody fetched the file. Call it with the bytes in hand. Raises NotFound."""
    with transaction.atomic():
        document = IssuedDocument.objects.filter(pk=document_id).first()
        if document is None:
            raise NotFound
        events.record(
            verbs.DOWNLOADED,
            actor=actor,
            object=(verbs.OBJECT, document.id),
            refs={"case": str(document.case_id)},
        )


def check_code(*, number: str, code: str, client: str) -> queries.VerifyOutcome:
    """What the public page says about number + code, as typed; wrong ones are counted.

    `client` is the caller's network address: only a keyed digest of it is kept, for two days. Raises TooManyGuesses.
    """
    hour = int(time.time()) // _HOUR
    plain = logic.normalise_number(number) or "none"
    keys = {
        "number-and-client": _counter_key(f"both:{plain}:{client}"),
        "client": _counter_key(f"client:{client}"),
        "number": _counter_key(f"number:{plain}"),
    }
    counts = dict(
        GuessCounter.objects.filter(hour=hour, key__in=keys.values()).values_list("key", "failures")
    )
    if any(counts.get(key, 0) >= GUESS_LIMITS[name] for name, key in keys.items()):
        raise TooManyGuesses(_HOUR - int(time.time()) % _HOUR)
    outcome = queries.by_number_and_code(number, code)
    if outcome.status == "unknown":
        _count_wrong(keys, hour)
    return outcome


def sweep_files(*, actor: Actor, older_than: timedelta = timedelta(days=1)) -> int:
    """Delete files of documents that never became valid (a crash between keeping and committing); how many.

    What a killed typesetter left in memory goes too.
    """
    typeset.sweep()
    removed = storage.sweep("certificates", _in_use, older_than=older_than)
    if removed:
        with transaction.atomic():
            events.record(
                verbs.FILES_SWEPT, actor=actor, object=("storage", "certificates"), numbers={"files": removed}
            )
    return removed


def _request_digest(order: Order) -> str:
    material = logic.request_material(
        key=order.key,
        kind=order.kind.value,
        procedure=(order.procedure_slug, order.procedure_version),
        case_id=order.case_id,
        subject_id=order.subject_id,
        template=order.template.path,
        sources=order.template.files,
        content=order.content,
        valid_days=order.valid_days,
    )
    # Keyed, so that nobody can test guesses of a letter's content against the digest it carries.
    return keyed_digest(material, "certificates.request")


def _already(document: IssuedDocument, digest: str) -> Issued:
    if document.request_digest != digest:
        raise RequestConflict("this request was answered with other content; make a new request")
    return Issued(document.id, document.number, False)


def _take_number() -> str:
    year = calendar_jp.fiscal_year(calendar_jp.today())
    with transaction.atomic():
        NumberSequence.objects.get_or_create(fiscal_year=year)
        NumberSequence.objects.filter(pk=year).update(last=F("last") + 1)
        return logic.document_number(year, NumberSequence.objects.get(pk=year).last)


def _make(
    order: Order, number: str, code: str, digest: str, issued_at: datetime
) -> tuple[bytes, tuple[typeset.Replacement, ...]]:
    url = logic.verify_url(settings.DOKODEMO_BASE_URL, number, code)
    data = {
        **order.content,
        "number": number,
        "issued_on": calendar_jp.to_wareki(calendar_jp.today(), "ja"),
        "verify": {"url": url, "code": logic.show_code(code), "qr": "qr.svg"},
    }
    letter = typeset.typeset(
        order.template,
        data,
        files={"qr.svg": _qr(url)},
        created=issued_at,
        binding=digest,
        readings=order.readings,
    )
    signed = signing.signer().sign(letter.pdf, reason=order.reason, signer_name=order.signer_name)
    # Proved on the very bytes that will be kept: the letter of this request, signed by this city, nothing added.
    if typeset.bound_to(signed) != digest:
        raise WrongDocument("the finished file is not the document of this request")
    verification = signing.verifier().verify(signed)
    if not verification.good:
        raise WrongDocument(f"the finished file's signature does not hold: {verification.problem}")
    return signed, letter.replaced


def _qr(url: str) -> bytes:
    picture = BytesIO()
    segno.make(url, error="m", micro=False).save(picture, kind="svg", border=4)
    return picture.getvalue()


def _valid_until(order: Order) -> Any:
    return None if order.valid_days is None else calendar_jp.today() + timedelta(days=order.valid_days)


def _supersede(order: Order, document: IssuedDocument) -> None:
    if order.supersedes is None:
        return
    old = (
        IssuedDocument.objects.select_for_update().filter(pk=order.supersedes, case_id=order.case_id).first()
    )
    if old is None or old.subject_digest != document.subject_digest or old.superseded_by_id is not None:
        raise NotFound
    old.superseded_by = document
    if old.revoked_at is None:
        old.revoked_at, old.revocation_reason = document.issued_at, RevocationReason.SUPERSEDED
    old.save(update_fields=["superseded_by", "revoked_at", "revocation_reason"])


def _counter_key(text: str) -> str:
    return keyed_digest(text.encode(), "certificates.guesses")


def _count_wrong(keys: Mapping[str, str], hour: int) -> None:
    with transaction.atomic():
        for name, key in keys.items():
            counter, new = GuessCounter.objects.get_or_create(key=key, hour=hour)
            GuessCounter.objects.filter(pk=counter.pk).update(failures=F("failures") + 1)
            counter.refresh_from_db(fields=["failures"])
            if counter.failures == GUESS_LIMITS[name]:
                events.record(
                    verbs.GUESSING_STOPPED,
                    actor=ANONYMOUS,
                    object=("guess_counter", str(counter.pk)),
                    refs={"limit": name},
                    numbers={"failures": counter.failures},
                )
            if new:
                GuessCounter.objects.filter(hour__lt=hour - _KEEP_COUNTERS_HOURS).delete()


def _in_use(refs: Collection[str]) -> Collection[str]:
    return list(IssuedDocument.objects.filter(storage_ref__in=refs).values_list("storage_ref", flat=True))
