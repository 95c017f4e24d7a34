"""Writing an application (下書き): every step is durable before the next page is shown."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from dokodemo.adapters import storage
from dokodemo.administration.cases import events as verbs
from dokodemo.administration.cases import flow, prefill, queries, together, uploads
from dokodemo.administration.cases.models import Attachment, Draft
from dokodemo.administration.procedures import queries as procedures
from dokodemo.administration.procedures.compiled import CompiledProcedure
from dokodemo.city.parties import port
from dokodemo.kernel import calendar_jp, events
from dokodemo.kernel.access import Actor, Forbidden, NotFound
from dokodemo.kernel.crypto import new_id


def empty_content() -> dict[str, Any]:
    """A draft before its first answer: values, what the register released, and typed text that was not accepted."""
    return {"values": {}, "released": {}, "unaccepted": {}}


def start_draft(*, actor: Actor, slug: str, capacity: port.Capacity) -> Draft:
    """Begin an application, filled with what the city may release to this person for it; or go on with the open one.

    Raises NotFound when no such procedure is published and Forbidden when the actor may not file it in this capacity, or
    when it cannot be filed here at all.
    """
    procedure = procedures.get_published(slug)
    definition = procedure.definition
    if actor.account_id is None or capacity.kind not in (*definition.who_may_file, "unconfirmed"):
        raise Forbidden
    if definition.online_state == "none" or not port.may_act(actor=actor, capacity=capacity, slug=slug):
        raise Forbidden
    return go_on_or_begin(
        queries.slot_of(actor.account, slug, capacity),
        lambda slot: _new_draft(actor, procedure, capacity, slot),
    )


def go_on_or_begin(slot: UUID, begin: Callable[[UUID], Draft]) -> Draft:
    """The open draft of this slot, else a new one: two clicks begin one."""
    going_on = queries.open_draft_in(slot)
    if going_on is not None:
        return going_on
    try:
        with transaction.atomic():
            return begin(slot)
    except IntegrityError:
        # Two clicks at once: the other one began it.
        going_on = queries.open_draft_in(slot)
        if going_on is None:
            raise
        return going_on


def _new_draft(actor: Actor, procedure: CompiledProcedure, capacity: port.Capacity, slot: UUID) -> Draft:
    slug = procedure.slug
    wanted = prefill.wanted_terms(procedure)
    released = prefill.as_json(
        port.released_facts(actor=actor, capacity=capacity, terms=wanted, purpose=slug)
    )
    draft = create_draft(
        actor,
        capacity,
        slot,
        content={**empty_content(), "released": released, "values": prefill.values(released)},
        procedure=slug,
        version_id=procedures.version_id_of(procedure),
    )
    events.record(
        verbs.DRAFT_STARTED,
        actor=actor,
        object=("draft", draft.pk),
        refs={"procedure": slug, "capacity": capacity.kind},
        numbers={"prefilled": len(released)},
    )
    return draft


def create_draft(
    actor: Actor, capacity: port.Capacity, slot: UUID, *, content: dict[str, Any], **more: Any
) -> Draft:
    """The row of a draft begun now by this actor in this capacity."""
    now = calendar_jp.now()
    return Draft.objects.create(
        owner_id=actor.account,
        slot=slot,
        capacity=capacity.kind,
        principal_id=capacity.principal_id,
        mandate_id=capacity.mandate_id,
        content=content,
        created_at=now,
        updated_at=now,
        **more,
    )


@transaction.atomic
def save_page(
    *,
    actor: Actor,
    draft_id: UUID,
    index: int,
    values: Mapping[str, Any],
    unaccepted: Mapping[str, Any] | None = None,
    done: bool = True,
) -> Draft:
    """Keep one page: accepted `values`, and the raw text of answers that were not accepted, so that nothing typed is lost.

    `done` says the page was left for the next one. No event: a draft is the person's own paper until it is submitted.
    """
    draft = queries.get_open_draft(actor, draft_id, lock=True)
    form = together.form_of(draft)
    content = draft.content
    answers = content["values"]
    step = queries.step_of(form, answers, index=index)
    locked = prefill.locked_terms(form, content["released"])
    merged = flow.merge_page(answers, step, values)
    merged.update({term: answers[term] for term in locked if term in answers})
    rejected = {**content["unaccepted"]}
    rejected.pop(str(index), None)
    if unaccepted:
        rejected[str(index)] = dict(unaccepted)
    draft.content = {**content, "values": merged, "unaccepted": rejected}
    if done:
        draft.pages_done = max(draft.pages_done, index + 1)
    draft.updated_at = calendar_jp.now()
    draft.save(update_fields=["content", "pages_done", "updated_at"])
    return draft


def attach(*, actor: Actor, draft_id: UUID, term: str, name: str, data: bytes) -> Attachment:
    """Keep one file for a term of type file. Raises uploads.Unacceptable, storage.StorageFull, NotFound.

    The sealed bytes are on disk before the row commits; bytes without a row are swept later. The same bytes for the same
    question are the same file: sent again by a double click or after an ambiguous error, they are kept once.
    """
    draft = queries.get_open_draft(actor, draft_id)
    question = queries.file_question(together.form_of(draft), draft.content["values"], term)
    fit = uploads.inspect(name, data, accept=question.term.accept or ())
    kept = _kept_already(draft, term, hashlib.sha256(fit.data).hexdigest())
    if kept is not None:
        return kept
    _room_for_one_more(draft, term)
    attachment_id = new_id()
    stored = storage.put(fit.data, context=queries.storage_context(attachment_id))
    with transaction.atomic():
        draft = queries.get_open_draft(actor, draft_id, lock=True)
        kept = _kept_already(draft, term, stored.sha256)
        if kept is not None:
            return kept
        files = _room_for_one_more(draft, term)
        attachment = Attachment.objects.create(
            id=attachment_id,
            draft=draft,
            term=term,
            name=fit.name,
            media_type=fit.media_type,
            size=stored.size,
            sha256=stored.sha256,
            storage_ref=stored.ref,
            created_at=calendar_jp.now(),
        )
        _keep_files(draft, term, [*files, queries.file_value(attachment)])
    return attachment


def _kept_already(draft: Draft, term: str, sha256: str) -> Attachment | None:
    """The file among a question's answers that holds these bytes. What was stored for it in vain is swept later."""
    ids = [one["attachment"] for one in draft.content["values"].get(term) or []]
    return Attachment.objects.filter(pk__in=ids, sha256=sha256).first() if ids else None


def _room_for_one_more(draft: Draft, term: str) -> list[dict[str, Any]]:
    files: list[dict[str, Any]] = draft.content["values"].get(term) or []
    if len(files) >= uploads.MAX_FILES_PER_TERM:
        raise uploads.Unacceptable("cases.file.too_many")
    return files


@transaction.atomic
def remove_attachment(*, actor: Actor, draft_id: UUID, attachment_id: UUID) -> None:
    """Take a file off a draft. One that reached the city with a case stays in the case's papers.

    Raises NotFound for a file that is not among the draft's answers.
    """
    draft = queries.get_open_draft(actor, draft_id, lock=True)
    name = str(attachment_id)
    if name not in flow.file_ids(draft.content["values"]):
        raise NotFound
    attachment = Attachment.objects.get(pk=attachment_id)
    if attachment.case_id is None:
        attachment.removed_at = calendar_jp.now()
        attachment.save(update_fields=["removed_at"])
    files = draft.content["values"][attachment.term]
    _keep_files(draft, attachment.term, [one for one in files if one["attachment"] != name])


def _keep_files(draft: Draft, term: str, files: list[dict[str, Any]]) -> None:
    content = draft.content
    values = {**content["values"], term: files}
    if not files:
        del values[term]
    draft.content = {**content, "values": values}
    draft.updated_at = calendar_jp.now()
    draft.save(update_fields=["content", "updated_at"])


@transaction.atomic
def discard_draft(*, actor: Actor, draft_id: UUID) -> None:
    """Throw a draft away at its writer's wish: its answers are erased at once."""
    draft = queries.get_open_draft(actor, draft_id, lock=True)
    close_unfinished([draft], calendar_jp.now())
    events.record(
        verbs.DRAFT_DISCARDED,
        actor=actor,
        object=("draft", draft.pk),
        refs={"procedure": draft.procedure or None},
    )


def close_unfinished(drafts: Iterable[Draft], now: datetime) -> None:
    """Close drafts that will never be handed in: what was written in them, and its files, is not kept."""
    for draft in drafts:
        draft.attachments.filter(case__isnull=True, removed_at__isnull=True).update(removed_at=now)
        draft.content = empty_content()
        draft.closed_at = draft.updated_at = now
        draft.save(update_fields=["content", "closed_at", "updated_at"])


def sweep_files(*, actor: Actor, older_than: timedelta = timedelta(days=1)) -> int:
    """Delete files that belong to no case and no open draft: taken off, thrown away, or left by a crash; how many."""
    removed = storage.sweep("cases", _in_use, older_than=older_than)
    if removed:
        with transaction.atomic():
            events.record(
                verbs.FILES_SWEPT, actor=actor, object=("storage", "cases"), numbers={"files": removed}
            )
    return removed


def _in_use(refs: Collection[str]) -> Collection[str]:
    rows = Attachment.objects.filter(storage_ref__in=refs, removed_at__isnull=True)
    return list(rows.values_list("storage_ref", flat=True))
