"""Beginning and changing a proposal (起案・書き換え): each step is durable before the next page is shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction

from dokodemo.administration.authoring import events as verbs
from dokodemo.administration.authoring import policies, queries, starting
from dokodemo.administration.authoring.actions.recording import record_verb
from dokodemo.administration.authoring.actions.refusals import ChangedMeanwhile, Refused
from dokodemo.administration.authoring.content import MAX_TEXT, Content, may_hold, procedure_path
from dokodemo.administration.authoring.models import Origin, Proposal
from dokodemo.administration.procedures import queries as procedures
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import Actor, Forbidden, NotFound
from dokodemo.kernel.packs import PackError, Problem, open_pack

type Make = Callable[[Content], Mapping[str, str]]


def start_new(*, actor: Actor, first: starting.First) -> Proposal:
    """Begin a procedure from nothing. Raises Forbidden outside one's sections, Refused when its name is taken."""
    if not policies.may_write(actor, first.section):
        raise Forbidden
    slug = _free_slug(first.slug)
    files = {procedure_path(slug): starting.new_procedure(slug, first)}
    return _start(actor, slug, first.section, Origin.NOTHING, files)


def start_from_published(*, actor: Actor, slug: str) -> Proposal:
    """Begin a change of a procedure in force or ended, or go on with the open one. Raises NotFound."""
    try:
        current = procedures.get_published(slug)
    except NotFound:
        current = procedures.get_ended(slug)
    section = current.definition.unit
    if not policies.may_write(actor, section):
        raise NotFound
    going_on = queries.open_for(slug)
    if going_on is not None:
        return queries.get_to_write(actor, going_on.pk)
    files = queries.files_in_force(open_pack(settings.DOKODEMO_PACK), slug)
    based_on = procedures.version_id_of(current)
    return _start(actor, slug, section, Origin.PUBLISHED, files, based_on=based_on)


def start_from(definition: Mapping[str, Any], remarks: Sequence[str], *, actor: Actor) -> Proposal:
    """Begin a procedure from a definition that something else put together (棚卸), complete or not.

    `definition` has the keys of procedure.yaml; `unit` names the section, and `slug` or an English title the procedure.
    `remarks` are hints for the writer. Raises Forbidden, Refused, and PackError where there is no section.
    """
    section = starting.section_of(definition, queries.city_pack())
    if not policies.may_write(actor, section):
        raise Forbidden
    slug = _free_slug(starting.slug_for(definition))
    files = {procedure_path(slug): starting.procedure_from(slug, definition)}
    return _start(actor, slug, section, Origin.INVENTORY, files, remarks=remarks)


def start_from_files(*, actor: Actor, slug: str, files: Mapping[str, str]) -> Proposal:
    """Begin from the files of a pack folder. Raises PackError with file and line, Forbidden, Refused."""
    _checked_files(slug, files)
    content = Content(slug, dict(files), queries.city_pack(without=slug))
    section = starting.section_of(content.data, content.pack)
    if not policies.may_write(actor, section):
        raise Forbidden
    if queries.open_for(slug) is not None:
        raise Refused("authoring.refused.open", slug=slug)
    try:
        current = procedures.get_published(slug)
    except NotFound:
        return _start(actor, slug, section, Origin.FILES, files)
    if not policies.may_write(actor, current.definition.unit):
        raise Forbidden
    return _start(actor, slug, section, Origin.FILES, files, based_on=procedures.version_id_of(current))


def _start(
    actor: Actor,
    slug: str,
    section: str,
    origin: Origin,
    files: Mapping[str, str],
    *,
    based_on: UUID | None = None,
    remarks: Sequence[str] = (),
) -> Proposal:
    now = calendar_jp.now()
    try:
        with transaction.atomic():
            proposal = Proposal.objects.create(
                slug=slug,
                section=section,
                origin=origin,
                based_on_id=based_on,
                files=dict(files),
                remarks=list(remarks),
                writers=[str(actor.account_id)] if actor.account_id else [],
                author_id=actor.account_id,
                created_at=now,
                updated_at=now,
            )
            record_verb(verbs.STARTED, actor, proposal)
    except IntegrityError:
        # Two clicks at once: the other one began it.
        raise Refused("authoring.refused.open", slug=slug) from None
    return proposal


def _free_slug(wanted: str) -> str:
    taken = {p.slug for p in procedures.published()} | set(Proposal.objects.values_list("slug", flat=True))
    if wanted not in taken:
        return wanted
    return next(f"{wanted[:56]}-{n}" for n in range(2, 1000) if f"{wanted[:56]}-{n}" not in taken)


def change(
    *,
    actor: Actor,
    proposal_id: UUID,
    values: Mapping[str, Any],
    typed: Mapping[str, Any] | None = None,
    page: str = "",
    seen: int | None = None,
    order: Sequence[int] | None = None,
) -> Proposal:
    """Set top-level keys of the definition; keep what was `typed` on a page and could not be taken.

    `order` are the old places of a list's entries where these were moved or taken out: what was typed in one goes with
    it. `seen` is the revision that was looked at when the page was opened. Raises NotFound, Refused while it waits for
    approval or is closed, ChangedMeanwhile when the same page was saved since, PackError for files that cannot be read.
    """

    def set_values(content: Content) -> Mapping[str, str]:
        for key, value in values.items():
            content = Content(content.slug, content.with_value(key, value), content.pack)
        return content.files

    return _change(actor, proposal_id, set_values, typed, page, seen, order)


def change_files(
    *,
    actor: Actor,
    proposal_id: UUID,
    files: Mapping[str, str] | Make,
    typed: Mapping[str, Any] | None = None,
    page: str = "",
    seen: int | None = None,
) -> Proposal:
    """Put other files in place of the proposal's own: examples, letters, terms. Raises as `change`.

    `files` may make them from the content as it is once nobody else writes: what is only added never meets another's.
    """

    def replace(content: Content) -> Mapping[str, str]:
        made = files(content) if callable(files) else files
        _checked_files(content.slug, made)
        return made

    return _change(actor, proposal_id, replace, typed, page, seen)


def keep_typed(*, actor: Actor, proposal_id: UUID, page: str, typed: Mapping[str, Any]) -> Proposal:
    """Keep what was typed on a page and could not be taken, so that nothing is lost. Raises as `change`."""
    return _change(actor, proposal_id, lambda content: content.files, typed, page, None)


@transaction.atomic
def _change(
    actor: Actor,
    proposal_id: UUID,
    make: Make,
    typed: Mapping[str, Any] | None,
    page: str,
    seen: int | None,
    order: Sequence[int] | None = None,
) -> Proposal:
    proposal = queries.get_to_write(actor, proposal_id, lock=True)
    if not proposal.editable:
        raise Refused("authoring.refused.not_editable")
    _as_it_was_seen(proposal, page, seen)
    files = dict(make(queries.content_of(proposal)))
    kept = {name: value for name, value in _moved(proposal.typed, page, order).items() if name != page}
    if typed:
        kept[page] = dict(typed)
    if files == proposal.files and kept == proposal.typed:
        return proposal
    changed = files != proposal.files
    me = str(actor.account)
    proposal.updated_at = calendar_jp.now()
    if changed:
        proposal.revision += 1
        trace = {"revision": proposal.revision, "by": me, "at": proposal.updated_at.isoformat()}
        proposal.touched = {**proposal.touched, spot_of(page): trace}
    proposal.files, proposal.typed = files, kept
    if me not in proposal.writers:
        proposal.writers = [*proposal.writers, me]
    proposal.save(update_fields=["files", "typed", "updated_at", "writers", "revision", "touched"])
    if changed:
        record_verb(verbs.CHANGED, actor, proposal)
    return proposal


def _moved(typed: Mapping[str, Any], page: str, order: Sequence[int] | None) -> dict[str, Any]:
    if order is None:
        return dict(typed)
    inside = {name for name in typed if name.startswith(f"{page}/")}
    elsewhere = {name: value for name, value in typed.items() if name not in inside}
    places = {f"{page}/{old}": f"{page}/{new}" for new, old in enumerate(order)}
    return {**elsewhere, **{places[name]: typed[name] for name in inside if name in places}}


def spot_of(page: str) -> str:
    """What two people may not save at once: a page of boxes, a whole list, one letter."""
    return page if page.startswith("letters/") else page.partition("/")[0]


def _as_it_was_seen(proposal: Proposal, page: str, seen: int | None) -> None:
    trace = proposal.touched.get(spot_of(page))
    if seen is not None and trace is not None and trace["revision"] > seen:
        by = trace["by"]
        raise ChangedMeanwhile(None if by == "None" else UUID(by), datetime.fromisoformat(trace["at"]))


def _checked_files(slug: str, files: Mapping[str, str]) -> None:
    problems = [
        Problem(f"proposal/{path}", None, f"This file does not belong to {slug}", f"Keep procedures/{slug}/…")
        for path in files
        if not may_hold(slug, path)
    ]
    problems += [
        Problem(f"proposal/{path}", None, f"The file is longer than {MAX_TEXT} characters", "Shorten it")
        for path, text in files.items()
        if len(text) > MAX_TEXT
    ]
    if procedure_path(slug) not in files:
        problems.append(
            Problem("proposal", None, "There is no procedure.yaml", f"Add {procedure_path(slug)}")
        )
    if problems:
        raise PackError(problems)
