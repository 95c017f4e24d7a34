"""Moving what was written from one draft to another (書きかけの引き継ぎ), at its writer's word. Nothing typed is lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from dokodemo.administration.cases import carrying, flow, queries, together
from dokodemo.administration.cases import events as verbs
from dokodemo.administration.cases.actions.drafts import close_unfinished, start_draft
from dokodemo.administration.cases.actions.submission import named_again
from dokodemo.administration.cases.actions.together import file_terms, leave
from dokodemo.administration.cases.joint_parts import Part
from dokodemo.administration.cases.merging import JointForm
from dokodemo.administration.cases.models import Attachment, Draft
from dokodemo.kernel import calendar_jp, events
from dokodemo.kernel.access import Actor, NotFound


@transaction.atomic
def carry_over(*, actor: Actor, draft_id: UUID, from_ids: Sequence[UUID]) -> Draft:
    """Bring what other drafts hold for the same procedures into this one. A second call changes nothing.

    Answers, texts not yet accepted and files move; the procedure leaves the draft it was written on, and a draft without
    any is closed. Drafts that are closed by now, or write none of these procedures, or are for somebody else, are passed
    over. Raises NotFound for drafts of others.
    """
    locked = {pk: queries.get_draft(actor, pk, lock=True) for pk in sorted({draft_id, *from_ids})}
    target = locked.pop(draft_id)
    if target.closed_at is not None:
        raise NotFound
    others = [
        draft for draft in locked.values() if draft.closed_at is None and together.same_person(draft, target)
    ]
    here = together.parts_of(target).keys()
    common = {other.pk: here & together.parts_of(other).keys() for other in others}
    # The latest first: of texts not accepted for one box, the later one stands.
    brought = sorted((o for o in others if common[o.pk]), key=lambda other: other.updated_at, reverse=True)
    if brought:
        _bring(target, [(other, common[other.pk]) for other in brought])
        events.record(
            verbs.ANSWERS_CARRIED_OVER,
            actor=actor,
            object=("draft", target.pk),
            numbers={"drafts": len(brought)},
        )
    return target


def write_apart(*, actor: Actor, draft_id: UUID, slug: str) -> Draft:
    """Go on with one procedure of a joint draft on a form of its own, with everything written for it so far.

    Raises NotFound when the draft does not hold it (any more), Forbidden when it may not be begun.
    """
    joint = queries.get_open_draft(actor, draft_id)
    if slug not in {part.procedure.slug for part in together.joint_form_of(joint).parts}:
        raise NotFound
    apart = start_draft(actor=actor, slug=slug, capacity=together.capacity_of(joint))
    return carry_over(actor=actor, draft_id=apart.pk, from_ids=[draft_id])


def _bring(target: Draft, others: Sequence[tuple[Draft, Set[str]]]) -> None:
    """Move what other drafts hold for the procedures of this one: each draft with the procedures they have in common."""
    here, after = together.parts_of(target), together.form_of(target)
    found = carrying.carry(
        target.content["values"],
        together.released_values(target),
        [
            together.source(here[slug], together.parts_of(other)[slug], other)
            for other, common in others
            for slug in sorted(common)
        ],
        written_at=target.updated_at if together.was_written(target) else None,
    )
    texts = carrying.without_texts(target.content["unaccepted"], found.changed)
    now = calendar_jp.now()
    for other, common in others:
        there, before = together.parts_of(other), together.form_of(other)
        pairs = [(there[slug], here[slug]) for slug in sorted(common)]
        names = _names(pairs)
        lists = _same_lists(pairs, found.values, other.content["values"])
        brought = carrying.typed_texts(other.content["unaccepted"], before, after, names=names, lists=lists)
        texts = carrying.laid_over(texts, brought)
        if not together.is_joint(target):
            # On a form for several the writer goes through everything once more; alone it is what was seen already.
            seen = carrying.pages_seen(before, other.pages_done, after, names)
            target.pages_done = max(seen, target.pages_done)
        _move_files(found.files, target, other, common)
        _leave(other, common, now)
    target.content = {**target.content, "values": found.values, "unaccepted": texts}
    target.pages_done = 0 if together.is_joint(target) else target.pages_done
    target.updated_at = now
    target.save(update_fields=["content", "pages_done", "updated_at"])


def _same_lists(
    pairs: Sequence[tuple[Part, Part]], here: Mapping[str, Any], there: Mapping[str, Any]
) -> frozenset[str]:
    """The lists that hold the same members in the same order on both forms, so that places mean the same."""
    return frozenset(
        group
        for _, part in pairs
        for group in part.groups
        if not any(group in one.marks for pair in pairs for one in pair)
        if len(here.get(group) or ()) == len(there.get(group) or ())
    )


def _names(pairs: Sequence[tuple[Part, Part]]) -> dict[str, str]:
    """What both forms ask outside of lists: its name there → its name here."""
    return {
        there.joint_name(name): here.joint_name(name)
        for there, here in pairs
        for name in there.procedure.asked_names
        if name.partition(".")[0] not in there.groups and here.asks(here.joint_name(name))
    }


def _move_files(files: Mapping[str, str], target: Draft, other: Draft, leaving: Set[str]) -> None:
    """Files go with their answers; one that the other draft still needs is named again there, not stored again."""
    rows = Attachment.objects.select_for_update().filter(
        pk__in=files, draft=other, case__isnull=True, removed_at__isnull=True
    )
    needed = _still_needed(other, leaving)
    instead: dict[str, dict[str, Any] | None] = {}
    for row in rows:
        name = str(row.pk)
        instead[name] = None
        if name in needed:
            again = named_again(row, draft=other)
            again.save(force_insert=True)
            instead[name] = queries.file_value(again)
        row.draft, row.term = target, files[name]
        row.save(update_fields=["draft", "term"])
    answers = dict(other.content["values"])
    for term in file_terms(answers):
        held = [instead.get(one["attachment"], one) for one in answers[term]]
        answers[term] = [one for one in held if one is not None]
    other.content = {**other.content, "values": answers}


def _still_needed(draft: Draft, leaving: Set[str]) -> set[str]:
    """The files that the procedures staying on a draft ask for."""
    rest = [part for slug, part in together.parts_of(draft).items() if slug not in leaving]
    answers = draft.content["values"]
    return flow.file_ids(
        {name: answers[name] for name in file_terms(answers) if any(part.asks(name) for part in rest)}
    )


def _leave(draft: Draft, slugs: Set[str], now: datetime) -> None:
    form = together.form_of(draft)
    if isinstance(form, JointForm) and not {part.procedure.slug for part in form.parts} <= slugs:
        leave(draft, form, slugs, now)
    else:
        close_unfinished([draft], now)
