"""Writing and changing procedures in the office (手続の編集): the only writes of this domain.

One verb, one transaction, one event. Each step is durable before the next page is shown.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction

from dokodemo.administration.authoring import events as verbs
from dokodemo.administration.authoring import policies, queries, starting
from dokodemo.administration.authoring.checks import check
from dokodemo.administration.authoring.content import MAX_TEXT, Content, may_hold, procedure_path
from dokodemo.administration.authoring.models import Origin, Proposal, State, TermDecision
from dokodemo.administration.inventory.tasks import prepare_search
from dokodemo.administration.procedures import actions as procedure_actions
from dokodemo.administration.procedures import queries as procedures
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import Actor, Forbidden, NotFound, system
from dokodemo.kernel.events import record
from dokodemo.kernel.packs import PackError, Problem, open_pack

PUBLISHER = system("authoring")


class Refused(Exception):
    """An act that cannot be done now; `code` is a key of the text catalogue."""

    def __init__(self, code: str, **params: Any) -> None:
        self.code, self.params = code, params
        super().__init__(code)


def start_new(*, actor: Actor, first: starting.First) -> Proposal:
    """Begin a procedure from nothing. Raises Forbidden outside one's sections, Refused when its name is taken."""
    if not policies.may_write(actor, first.section):
        raise Forbidden
    slug = _free_slug(first.slug)
    files = {procedure_path(slug): starting.new_procedure(slug, first)}
    return _start(actor, slug, first.section, Origin.NOTHING, files)


def start_from_published(*, actor: Actor, slug: str) -> Proposal:
    """Begin a change of a procedure in force, or go on with the open one. Raises NotFound."""
    current = procedures.get_published(slug)
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
            _record(verbs.STARTED, actor, proposal)
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
) -> Proposal:
    """Set top-level keys of the definition; keep what was `typed` on a page and could not be taken.

    Raises NotFound, Refused while it waits for approval or is closed, PackError for files that cannot be read.
    """

    def set_values(content: Content) -> Mapping[str, str]:
        for key, value in values.items():
            content = Content(content.slug, content.with_value(key, value), content.pack)
        return content.files

    return _change(actor, proposal_id, set_values, typed, page)


def change_files(
    *,
    actor: Actor,
    proposal_id: UUID,
    files: Mapping[str, str],
    typed: Mapping[str, Any] | None = None,
    page: str = "",
) -> Proposal:
    """Put other files in place of the proposal's own: examples, letters, terms, an import. Raises as `change`."""

    def replace(content: Content) -> Mapping[str, str]:
        _checked_files(content.slug, files)
        return files

    return _change(actor, proposal_id, replace, typed, page)


def keep_typed(*, actor: Actor, proposal_id: UUID, page: str, typed: Mapping[str, Any]) -> Proposal:
    """Keep what was typed on a page and could not be taken, so that nothing is lost. Raises as `change`."""
    return _change(actor, proposal_id, lambda content: content.files, typed, page)


@transaction.atomic
def _change(
    actor: Actor,
    proposal_id: UUID,
    make: Callable[[Content], Mapping[str, str]],
    typed: Mapping[str, Any] | None,
    page: str,
) -> Proposal:
    proposal = queries.get_to_write(actor, proposal_id, lock=True)
    if not proposal.editable:
        raise Refused("authoring.refused.not_editable")
    files = dict(make(queries.content_of(proposal)))
    kept = {name: value for name, value in proposal.typed.items() if name != page}
    if typed:
        kept[page] = dict(typed)
    if files == proposal.files and kept == proposal.typed:
        return proposal
    changed = files != proposal.files
    proposal.files, proposal.typed = files, kept
    proposal.updated_at = calendar_jp.now()
    me = str(actor.account)
    if me not in proposal.writers:
        proposal.writers = [*proposal.writers, me]
    proposal.save(update_fields=["files", "typed", "updated_at", "writers"])
    if changed:
        _record(verbs.CHANGED, actor, proposal)
    return proposal


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


@transaction.atomic
def submit(*, actor: Actor, proposal_id: UUID) -> Proposal:
    """Hand a proposal to the head of section. Raises NotFound, Refused while a problem stands or a term is undecided."""
    proposal = queries.get_to_write(actor, proposal_id, lock=True)
    if proposal.state != State.DRAFT:
        raise Refused("authoring.refused.not_editable")
    if proposal.typed:
        raise Refused("authoring.refused.unsettled")
    _must_be_sound(proposal)
    proposal.state, proposal.returned_because = State.SUBMITTED, ""
    proposal.submitted_at = proposal.updated_at = calendar_jp.now()
    proposal.save(update_fields=["state", "returned_because", "submitted_at", "updated_at"])
    _record(verbs.SUBMITTED, actor, proposal)
    return proposal


@transaction.atomic
def send_back(*, actor: Actor, proposal_id: UUID, because: str) -> Proposal:
    """Back to its writers, with a reason; also one that waits for its day. Raises NotFound, Forbidden, Refused."""
    proposal = queries.get_to_write(actor, proposal_id, lock=True)
    if not policies.heads(actor, proposal.section):
        raise Forbidden
    if proposal.state not in (State.SUBMITTED, State.APPROVED):
        raise Refused("authoring.refused.not_submitted")
    if not because.strip():
        raise Refused("authoring.refused.no_reason")
    _back_to_draft(proposal, because.strip()[:2000])
    _record(verbs.RETURNED, actor, proposal)
    return proposal


def _back_to_draft(proposal: Proposal, because: str) -> None:
    proposal.state, proposal.returned_because = State.DRAFT, because
    proposal.approved_by = proposal.approved_at = proposal.publish_on = None
    proposal.updated_at = calendar_jp.now()
    proposal.save()


@transaction.atomic
def approve(
    *, actor: Actor, proposal_id: UUID, publish_on: date, confirmed_by: str | None = None
) -> Proposal:
    """Approve a proposal to be in force from a day on; `confirmed_by` writes who confirmed law, fee and texts.

    Raises NotFound, Forbidden for anybody but the head of the section and for whoever wrote on it, Refused for a day
    that has passed or while a problem stands. From today on it is published by `publish_due`.
    """
    proposal = queries.get_to_write(actor, proposal_id, lock=True)
    if not policies.heads(actor, proposal.section) or str(actor.account) in proposal.writers:
        raise Forbidden
    if proposal.state != State.SUBMITTED:
        raise Refused("authoring.refused.not_submitted")
    if publish_on < calendar_jp.today():
        raise Refused("authoring.refused.past_day")
    if confirmed_by:
        stamp = {"by": confirmed_by, "on": calendar_jp.today().isoformat()}
        proposal.files = queries.content_of(proposal).with_value("confirmed", stamp)
    _must_be_sound(proposal)
    proposal.state, proposal.publish_on = State.APPROVED, publish_on
    proposal.approved_by_id = actor.account
    proposal.approved_at = proposal.updated_at = calendar_jp.now()
    proposal.save()
    _record(verbs.APPROVED, actor, proposal, day=publish_on)
    return proposal


def _must_be_sound(proposal: Proposal) -> None:
    """Raises Refused while a problem stands, an example fails or a new term is undecided."""
    report = check(queries.content_of(proposal), calendar_jp.today())
    if report.problems:
        raise Refused("authoring.refused.problems", count=len(report.problems))
    if any(term.agreed is not True for term in queries.terms_of(proposal)):
        raise Refused("authoring.refused.terms")


def publish_due(*, actor: Actor = PUBLISHER) -> list[str]:
    """Put every approved proposal in force whose day has come; the slugs. One that no longer fits goes back to its writers."""
    due = Proposal.objects.filter(state=State.APPROVED, publish_on__lte=calendar_jp.today())
    done = []
    for proposal_id in list(due.order_by("publish_on", "approved_at").values_list("pk", flat=True)):
        slug = _publish(proposal_id, actor)
        done += [slug] if slug else []
    return done


@transaction.atomic
def _publish(proposal_id: UUID, actor: Actor) -> str | None:
    proposal = Proposal.objects.select_for_update().get(pk=proposal_id)
    if proposal.state != State.APPROVED:
        return None
    try:
        _must_be_sound(proposal)
        with transaction.atomic():
            version = procedure_actions.publish_from_office(
                open_pack(settings.DOKODEMO_PACK), slug=proposal.slug, files=proposal.files, actor=actor
            )
    except PackError as error:
        _back_to_draft(proposal, "\n".join(str(problem) for problem in error.problems[:10]))
        _record(verbs.REFUSED, actor, proposal)
        return None
    except Refused:
        _back_to_draft(proposal, "公開日の検査で問題が見つかりました。「検査」のページを確かめてください。")
        _record(verbs.REFUSED, actor, proposal)
        return None
    proposal.state, proposal.published = State.PUBLISHED, version
    proposal.published_at = proposal.updated_at = calendar_jp.now()
    proposal.save()
    _record(verbs.PUBLISHED, actor, proposal, version=version.number)
    # Nobody who searches should wait for the index that publishing makes necessary.
    prepare_search.enqueue()
    return proposal.slug


@transaction.atomic
def discard(*, actor: Actor, proposal_id: UUID) -> None:
    """Give a proposal up. Raises NotFound, Refused once it is approved or published."""
    proposal = queries.get_to_write(actor, proposal_id, lock=True)
    if proposal.state not in (State.DRAFT, State.SUBMITTED):
        raise Refused("authoring.refused.not_editable")
    proposal.state, proposal.updated_at = State.DISCARDED, calendar_jp.now()
    proposal.save(update_fields=["state", "updated_at"])
    _record(verbs.DISCARDED, actor, proposal)


@transaction.atomic
def decide_term(
    *, actor: Actor, proposal_id: UUID, name: str, agreed: bool, remark: str = ""
) -> TermDecision:
    """The owner of the vocabulary agrees to a new term as it is worded now, or not. Raises NotFound, Forbidden."""
    proposal = queries.get(actor, proposal_id, lock=True)
    if not policies.owns_terms(actor):
        raise Forbidden
    term = next((one for one in queries.terms_of(proposal) if one.name == name), None)
    if term is None:
        raise NotFound
    decision, _ = TermDecision.objects.update_or_create(
        proposal=proposal,
        term=name,
        defaults={
            "digest": queries.digest_of_term(term.definition),
            "agreed": agreed,
            "remark": remark.strip()[:1000],
            "decided_by_id": actor.account,
            "decided_at": calendar_jp.now(),
        },
    )
    record(
        verbs.TERM_DECIDED,
        actor=actor,
        object=("proposal", proposal.pk),
        refs={"procedure": proposal.slug, "term": name},
        numbers={"agreed": int(agreed)},
    )
    return decision


def _record(
    verb: str, actor: Actor, proposal: Proposal, *, day: date | None = None, version: int | None = None
) -> None:
    numbers = {"publish_on": int(day.strftime("%Y%m%d"))} if day else {}
    numbers |= {"version": version} if version else {}
    record(
        verb,
        actor=actor,
        object=("proposal", proposal.pk),
        refs={"procedure": proposal.slug},
        numbers=numbers,
        digests={"files": queries.digest_of_files(proposal.files)},
    )
