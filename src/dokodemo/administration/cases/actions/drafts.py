"""Writing an application (下書き): every step is durable before the next page is shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction

from dokodemo.adapters import storage
from dokodemo.administration.cases import events as verbs
from dokodemo.administration.cases import flow, prefill, queries, uploads
from dokodemo.administration.cases.models import Attachment, Draft
from dokodemo.administration.procedures import queries as procedures
from dokodemo.city.parties import port
from dokodemo.kernel import calendar_jp, events
from dokodemo.kernel.access import Actor, Forbidden
from dokodemo.kernel.crypto import new_id


def empty_content() -> dict[str, Any]:
    """A draft before its first answer: values, what the register released, and typed text that was not accepted."""
    return {"values": {}, "released": {}, "unaccepted": {}}


@transaction.atomic
def start_draft(*, actor: Actor, slug: str, capacity: port.Capacity) -> Draft:
    """Begin an application, filled with what the city may release to this person for it; or go on with the open one.

    Raises NotFound when no such procedure is published and Forbidden when the actor may not file in this capacity.
    """
    procedure = procedures.get_published(slug)
    if actor.account_id is None or capacity.kind not in (*procedure.definition.who_may_file, "unconfirmed"):
        raise Forbidden
    if not port.may_act(actor=actor, capacity=capacity, slug=slug):
        raise Forbidden
    going_on = queries.open_draft(actor, slug=slug, principal_id=capacity.principal_id)
    if going_on is not None:
        return going_on
    wanted = prefill.prefillable_terms(procedure)
    released = port.released_facts(actor=actor, capacity=capacity, terms=wanted, purpose=slug)
    content = empty_content()
    content["released"] = prefill.as_json(released)
    content["values"] = prefill.values(content["released"])
    now = calendar_jp.now()
    draft = Draft.objects.create(
        owner_id=actor.account,
        version_id=procedures.version_id_of(procedure),
        procedure=slug,
        capacity=capacity.kind,
        principal_id=capacity.principal_id,
        mandate_id=capacity.mandate_id,
        content=content,
        created_at=now,
        updated_at=now,
    )
    events.record(
        verbs.DRAFT_STARTED,
        actor=actor,
        object=("draft", draft.pk),
        refs={"procedure": slug, "capacity": capacity.kind},
        numbers={"prefilled": len(flow.sources(content["values"], content["values"]))},
    )
    return draft


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
    procedure = procedures.compiled_version(draft.version_id)
    content = draft.content
    answers = content["values"]
    step = queries.step_of(procedure, answers, index=index)
    locked = prefill.locked_terms(procedure, content["released"])
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

    The sealed bytes are on disk before the row commits; bytes without a row are swept later.
    """
    draft = queries.get_open_draft(actor, draft_id)
    procedure = procedures.compiled_version(draft.version_id)
    queries.file_question(procedure, draft.content["values"], term)
    if queries.attachments_of(draft, term).count() >= uploads.MAX_FILES_PER_TERM:
        raise uploads.Unacceptable("cases.file.too_many")
    fit = uploads.inspect(name, data)
    attachment_id = new_id()
    stored = storage.put(fit.data, context=queries.storage_context(attachment_id))
    with transaction.atomic():
        draft = queries.get_open_draft(actor, draft_id, lock=True)
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
        _refresh_files(draft, term)
    return attachment


@transaction.atomic
def remove_attachment(*, actor: Actor, draft_id: UUID, attachment_id: UUID) -> None:
    """Take a file off a draft; a file that reached the city with a case stays with the case."""
    draft = queries.get_open_draft(actor, draft_id, lock=True)
    attachment = queries.attachment_of_draft(draft, attachment_id)
    attachment.removed_at = calendar_jp.now()
    attachment.save(update_fields=["removed_at"])
    _refresh_files(draft, attachment.term)


def _refresh_files(draft: Draft, term: str) -> None:
    content = draft.content
    files = [queries.file_value(attachment) for attachment in queries.attachments_of(draft, term)]
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
    now = calendar_jp.now()
    draft.attachments.filter(case__isnull=True, removed_at__isnull=True).update(removed_at=now)
    draft.content = empty_content()
    draft.closed_at = draft.updated_at = now
    draft.save(update_fields=["content", "closed_at", "updated_at"])
    events.record(
        verbs.DRAFT_DISCARDED, actor=actor, object=("draft", draft.pk), refs={"procedure": draft.procedure}
    )
