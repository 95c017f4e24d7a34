"""Moving what residents are writing onto a new version (書きかけの新しい版への移行). Filed cases never move."""

from __future__ import annotations

from django.db import transaction

from dokodemo.administration.cases import events as verbs
from dokodemo.administration.cases.carrying import moved_texts
from dokodemo.administration.cases.models import Draft
from dokodemo.administration.cases.policies import REVIEWERS
from dokodemo.administration.procedures import queries as procedures
from dokodemo.administration.procedures.compiled import CompiledProcedure
from dokodemo.kernel import calendar_jp, events
from dokodemo.kernel.access import Actor, NotFound


@transaction.atomic
def rebase_drafts(*, actor: Actor, slug: str) -> int:
    """Put every open draft of a procedure on the version in force; how many moved.

    No answer and no typed text is lost: answers are kept by term, also those the new version no longer asks, and what
    was not accepted moves to the page that asks it now. A writer is led through pages that ask something new. Corrections
    stay with their case. Raises NotFound for a procedure of another section.
    """
    current = procedures.get_published(slug)
    unit = current.definition.unit
    if not any(actor.has(role, unit) for role in REVIEWERS):
        raise NotFound
    version_id = procedures.version_id_of(current)
    drafts = list(
        Draft.objects.select_for_update()
        .filter(procedure=slug, closed_at__isnull=True, correction__isnull=True)
        .exclude(version_id=version_id)
    )
    now = calendar_jp.now()
    for draft in drafts:
        before = procedures.compiled_version(draft.version_id)
        draft.content = {
            **draft.content,
            "unaccepted": moved_texts(draft.content["unaccepted"], before, current, keep=True),
        }
        draft.pages_done = min(draft.pages_done, first_new_page(before, current))
        draft.version_id, draft.updated_at = version_id, now
        draft.save(update_fields=["content", "pages_done", "version", "updated_at"])
    if drafts:
        events.record(
            verbs.DRAFTS_REBASED,
            actor=actor,
            object=("procedure", slug),
            numbers={"version": current.number, "drafts": len(drafts)},
        )
    return len(drafts)


def first_new_page(before: CompiledProcedure, after: CompiledProcedure) -> int:
    """The index of the first page that asks what the older version did not; the number of pages when none does."""
    known = set(before.asked_names)
    for index, page in enumerate(after.pages):
        if any(question.term.name not in known for question in page.questions):
            return index
    return len(after.pages)
