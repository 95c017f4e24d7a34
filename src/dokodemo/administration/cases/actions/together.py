"""Several applications at once (まとめて申請): begun, thinned out and handed in as one, each then a case of its own."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from dokodemo.administration.cases import carrying, flow, merging, prefill, queries, together
from dokodemo.administration.cases import events as verbs
from dokodemo.administration.cases.actions.drafts import create_draft, empty_content, go_on_or_begin
from dokodemo.administration.cases.actions.submission import (
    Incomplete,
    Paper,
    close,
    drawn_again,
    drop_files,
    open_case,
    paper_of,
)
from dokodemo.administration.cases.logic import NotAllowed
from dokodemo.administration.cases.models import Bundle, Draft, DraftPart
from dokodemo.administration.procedures import queries as procedures
from dokodemo.administration.procedures.compiled import CompiledProcedure
from dokodemo.city.parties import port
from dokodemo.kernel import calendar_jp, events
from dokodemo.kernel.access import Actor, Forbidden, NotFound
from dokodemo.kernel.crypto import new_id


def start_together(
    *, actor: Actor, slugs: Sequence[str], capacity: port.Capacity, told: Mapping[str, Any] | None = None
) -> Draft:
    """Begin one form for several procedures, or go on with the open one for the same procedures and person.

    `told`: what the actor has already answered elsewhere, as facts of the vocabulary; a new form begins with it where the
    register says nothing. Each keeps the version in force now. Raises NotFound when one is not published, Forbidden when
    the actor may not file one of them in this capacity, NotAllowed for fewer than two or more than 12.
    """
    wanted = together.chosen(slugs)
    if {procedure.slug for procedure in wanted} != set(slugs):
        raise NotFound
    if not 2 <= len(wanted) <= together.MOST:
        raise NotAllowed("cases.together.how_many")
    if actor.account_id is None or together.refusals(actor, capacity, wanted):
        raise Forbidden
    slot = together.slot_of(actor.account, [procedure.slug for procedure in wanted], capacity)
    return go_on_or_begin(slot, lambda slot: _new_joint_draft(actor, wanted, capacity, slot, told or {}))


def _new_joint_draft(
    actor: Actor,
    wanted: Sequence[CompiledProcedure],
    capacity: port.Capacity,
    slot: UUID,
    told: Mapping[str, Any],
) -> Draft:
    form = merging.merge(wanted)
    released = prefill.as_json(
        port.released_together(
            actor=actor,
            capacity=capacity,
            wanted={procedure.slug: prefill.wanted_terms(procedure) for procedure in wanted},
        )
    )
    values = prefill.with_told(form, prefill.joint_values(form, released), told)
    draft = create_draft(
        actor, capacity, slot, content={**empty_content(), "released": released, "values": values}
    )
    DraftPart.objects.bulk_create(
        DraftPart(
            draft=draft,
            place=place,
            version_id=procedures.version_id_of(procedure),
            procedure=procedure.slug,
        )
        for place, procedure in enumerate(wanted)
    )
    events.record(
        verbs.TOGETHER_STARTED,
        actor=actor,
        object=("draft", draft.pk),
        refs={"capacity": capacity.kind},
        numbers={"procedures": len(wanted), "prefilled": len(released)},
    )
    return draft


@transaction.atomic
def take_out(*, actor: Actor, draft_id: UUID, slug: str) -> Draft:
    """Take one procedure out of a joint draft: what only it asked is not kept. A second call changes nothing.

    Raises NotFound, and NotAllowed for the last one: that is thrown away with the draft.
    """
    draft = queries.get_open_draft(actor, draft_id, lock=True)
    form = together.joint_form_of(draft)
    if slug not in {part.procedure.slug for part in form.parts}:
        return draft
    if len(form.parts) == 1:
        raise NotAllowed("cases.together.last_one")
    leave(draft, form, {slug}, calendar_jp.now())
    events.record(
        verbs.PROCEDURE_TAKEN_OUT, actor=actor, object=("draft", draft.pk), refs={"procedure": slug}
    )
    return queries.get_open_draft(actor, draft_id)


def leave(draft: Draft, form: merging.JointForm, slugs: Collection[str], now: datetime) -> None:
    """Go on without some procedures: what only they asked, and its files, is not kept. One stays at least."""
    draft.parts.filter(procedure__in=slugs).delete()
    fewer = merging.merge([part.procedure for part in form.parts if part.procedure.slug not in slugs])
    content, before = draft.content, draft.content["values"]
    values = merging.without(form, slugs, before)
    wanted = {term.name for part in fewer.parts for term in prefill.wanted_terms(part.procedure)}
    draft.content = {
        "values": values,
        "released": {
            place: entry for place, entry in content["released"].items() if prefill.term_of(place) in wanted
        },
        "unaccepted": carrying.moved_texts(content["unaccepted"], form, fewer),
    }
    draft.pages_done = carrying.pages_seen(form, draft.pages_done, fewer, {})
    drop_files(flow.file_ids(before) - flow.file_ids(values), now)
    # Its place is its own from now on: whoever chooses the same procedures again begins anew.
    draft.slot, draft.updated_at = new_id(), now
    draft.save(update_fields=["content", "pages_done", "slot", "updated_at"])


def submit_together(*, actor: Actor, draft_id: UUID) -> Bundle:
    """Hand a joint draft in: every case or none. A second call, a double click or a retry gives the same bundle.

    Raises Incomplete, NotFound.
    """
    return drawn_again(lambda: _submit_together(actor, draft_id))


def _submit_together(actor: Actor, draft_id: UUID) -> Bundle:
    draft = queries.get_draft(actor, draft_id, lock=True)
    if draft.closed_at is not None:
        return together.bundle_of_draft(draft)
    form = together.joint_form_of(draft)
    answers, released = draft.content["values"], draft.content["released"]
    today = calendar_jp.today()
    gap = flow.first_incomplete(form, answers, on=today)
    if gap is not None:
        raise Incomplete(gap)
    papers = _stored_once(
        [
            replace(
                paper_of(part.procedure, part.view(answers), released, on=today),
                terms=part.own_terms(file_terms(answers)),
            )
            for part in form.parts
        ]
    )
    once = flow.sources(flow.keep_asked(form, answers, on=today), prefill.by_place(released))
    now = calendar_jp.now()
    bundle = Bundle.objects.create(
        arrived_at=now,
        typed_apart=sum(flow.typed_count(paper.sources) for paper in papers),
        typed_once=flow.typed_count(once),
    )
    cases = [open_case(actor, draft, paper, now, bundle=bundle) for paper in papers]
    drop_files(flow.file_ids(answers).difference(*(paper.files for paper in papers)), now)
    close(draft, now, bundle=bundle)
    events.record(
        verbs.BUNDLE_SUBMITTED,
        actor=actor,
        object=("bundle", bundle.pk),
        refs={"capacity": draft.capacity},
        numbers={"cases": len(cases), "typed": bundle.typed_once, "typed_apart": bundle.typed_apart},
    )
    return bundle


def file_terms(answers: Mapping[str, Any]) -> list[str]:
    """The names under which files are among the answers."""
    return [name for name, value in answers.items() if flow.file_ids({name: value})]


def _stored_once(papers: Sequence[Paper]) -> list[Paper]:
    """Papers whose files each go with one case; another case that needs one names it anew."""
    taken: set[str] = set()
    found = []
    for paper in papers:
        names = {file: str(new_id()) for file in paper.files & taken}
        taken |= paper.files
        copies = {name: file for file, name in names.items()}
        found.append(replace(paper, answers=_renamed(paper.answers, names), copies=copies))
    return found


def _renamed(answers: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    """The answers with files under other identifiers."""

    def renamed(value: Any) -> Any:
        if not isinstance(value, list):
            return value
        return [
            {**one, "attachment": names.get(one["attachment"], one["attachment"])}
            if isinstance(one, dict) and "attachment" in one
            else one
            for one in value
        ]

    return {name: renamed(value) for name, value in answers.items()} if names else answers
