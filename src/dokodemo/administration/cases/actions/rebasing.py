"""Moving what residents are writing onto a new version (書きかけの新しい版への移行). Filed cases never move."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from dokodemo.administration.cases import events as verbs
from dokodemo.administration.cases.carrying import moved_texts, pages_seen
from dokodemo.administration.cases.models import Draft
from dokodemo.administration.cases.policies import REVIEWERS
from dokodemo.administration.procedures import queries as procedures
from dokodemo.administration.procedures.compiled import CompiledProcedure
from dokodemo.administration.procedures.facts import fact_faults
from dokodemo.kernel import calendar_jp, events
from dokodemo.kernel.access import Actor, NotFound
from dokodemo.kernel.vocabulary import values as vocabulary_values

RETYPED = "cases.rebase.retyped"


@transaction.atomic
def rebase_drafts(*, actor: Actor, slug: str) -> int:
    """Put every open draft of a procedure on the version in force; how many moved.

    No answer and no typed text is lost: answers are kept by term, also those the new version no longer asks, and what
    was not accepted moves to the page that asks it now. An answer that the new version cannot take, its question being
    of another kind, is asked again beside what was answered. A writer is led through pages that ask something new.
    Corrections stay with their case. Raises NotFound for a procedure of another section.
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
        typed = moved_texts(draft.content["unaccepted"], before, current, keep=True)
        values, typed, again = asked_again(draft.content["values"], typed, before, current)
        draft.content = {**draft.content, "values": values, "unaccepted": typed}
        draft.pages_done = min(draft.pages_done, pages_seen(before, len(before.pages), current, {}), *again)
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


def asked_again(
    values: Mapping[str, Any], typed: Mapping[str, Any], before: CompiledProcedure, after: CompiledProcedure
) -> tuple[dict[str, Any], dict[str, Any], list[int]]:
    """Answers without those that no longer fit their question; these are said at it, on pages that are not settled.

    The third are the indexes of these pages, in order.
    """
    left: dict[str, Any] = {name: _copied(value) for name, value in values.items()}
    kept = {index: dict(entry) for index, entry in typed.items()}
    pages = []
    for index, page in enumerate(after.pages):
        for question in page.questions:
            term, old = question.term, before.vocabulary.terms.get(question.term.name)
            if old is None or (old.type == term.type and not term.choices):
                continue
            group = page.group.name if page.group is not None and page.group.repeats else None
            holders = left.get(group) or [] if group else [left]
            for place, holder in enumerate(holders):
                key = term.field if group else term.name
                if holder.get(key) is None or not _misfits(after, term.name, group, key, holder[key]):
                    continue
                shown = vocabulary_values.show(old, holder.pop(key), "ja")
                entry = kept.setdefault(str(index), {"raw": {}, "errors": {}})
                box = f"{group}-{place}.{key}" if group else key
                entry["errors"] = {**entry.get("errors", {}), box: [RETYPED, {"before": shown}, None]}
                entry["settled"] = False
                pages.append(index)
    return left, kept, list(dict.fromkeys(pages))


def _copied(value: Any) -> Any:
    return (
        [dict(one) if isinstance(one, dict) else one for one in value] if isinstance(value, list) else value
    )


def _misfits(after: CompiledProcedure, name: str, group: str | None, key: str, value: Any) -> bool:
    facts = {group: [{key: value}]} if group else {name: value}
    return bool(fact_faults(after.vocabulary, facts))
