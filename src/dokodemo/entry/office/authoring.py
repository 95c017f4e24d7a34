"""The editor of procedures (手続の編集): what there is, how one begins, and where it stands.

Owns the list, the first page of a new procedure, the overview and the acts on a proposal. Never a rule of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dokodemo.administration.authoring import actions, exchange, policies, queries, starting
from dokodemo.administration.authoring.actions import Refused
from dokodemo.administration.authoring.checks import check
from dokodemo.administration.cases import actions as case_actions
from dokodemo.administration.cases import counts
from dokodemo.administration.procedures import queries as procedures
from dokodemo.administration.procedures.reading import read_life_events
from dokodemo.city.organisation import queries as organisation
from dokodemo.entry.office import authoring_frame as frames
from dokodemo.entry.office import pages
from dokodemo.entry.office.authoring_fields import Box, read, shown
from dokodemo.entry.office.visitors import needs_role
from dokodemo.entry.server.requests import Request
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import NotFound
from dokodemo.kernel.packs import PackError
from dokodemo.kernel.ui import texts

MOST_UPLOAD = 2 * 1024 * 1024
SPECIAL = ("letters", "examples", "terms")
FIRST = (
    Box("title", "text3"),
    Box("kind", "choice", ("application", "notification", "request")),
    Box("law.name", "line"),
    Box("law.article", "line"),
    Box("legal_basis_kind", "choice", ("law", "ordinance")),
    Box("unit", "choice"),
    Box("life_events", "choices"),
)


@needs_role(*policies.EDITORS)
@require_safe
def editor(request: Request) -> HttpResponse:
    """My open proposals, what I may change, and the new terms that wait for their owner."""
    actor = request.actor
    open_ones = queries.proposals(actor)
    owner = policies.owns_terms(actor)
    context = {
        "open": [(one, queries.title_of(one), frames.actor_may_write(request, one)) for one in open_ones],
        "to_approve": [(one, queries.title_of(one)) for one in queries.to_approve(actor)],
        "mine": [p for p in queries.in_force(actor) if p.slug not in {one.slug for one in open_ones}],
        "ended": queries.ended(actor),
        "published": [(one, queries.title_of(one)) for one in queries.published_before(actor)],
        "terms": queries.terms_to_decide() if owner else [],
        "owner": owner,
        "writes": bool(policies.writing_sections(actor)),
        "section_names": {one.code: one.name for one in organisation.sections()},
    }
    return pages.show(request, "office/editor/list.html", context)


@needs_role(*policies.WRITERS)
@require_http_methods(["GET", "HEAD", "POST"])
def editor_new(request: Request) -> HttpResponse:
    """The first page of a new procedure: names, kind, law, section, life events."""
    sections = tuple(sorted(policies.writing_sections(request.actor)))
    events = tuple(read_life_events(queries.city_pack()))
    offered = {"unit": sections, "life_events": events}
    boxes = [Box(b.name, b.kind, offered.get(b.name, b.choices), b.optional) for b in FIRST]
    errors: dict[str, frames.Said] = {}
    typed: dict[str, Any] = {}
    if request.method == "POST":
        found = read(boxes, request.POST, None)
        errors, typed, values = found.errors, found.typed, found.values
        if not errors:
            first = starting.First(
                title=values["title"],
                kind=values["kind"],
                law={"name": values["law.name"], "article": values["law.article"]},
                legal_basis_kind=values["legal_basis_kind"],
                section=values["unit"],
                life_events=tuple(values["life_events"]),
            )
            proposal = actions.start_new(actor=request.actor, first=first)
            return HttpResponseRedirect(frames.part_url(proposal, "texts"))
    default = {
        "kind": "application",
        "legal_basis_kind": "ordinance",
        "unit": sections[0] if sections else "",
    }
    rows = shown(boxes, default, typed)
    context = {"rows": frames.with_errors(request, rows, errors), "errors": frames.summary(request, errors)}
    return pages.show(request, "office/editor/new.html", context, status=422 if errors else 200)


@needs_role(*policies.WRITERS)
@require_POST
def editor_start(request: Request, slug: str) -> HttpResponse:
    """Begin a change of a procedure in force, or go on with it."""
    try:
        proposal = actions.start_from_published(actor=request.actor, slug=slug)
    except Refused as refusal:
        return frames.told(request, refusal, reverse("office:editor"))
    to_end = request.POST.get("to") == "ending"
    where = reverse("office:proposal", args=[proposal.pk])
    return HttpResponseRedirect(frames.part_url(proposal, "ending") if to_end else where)


@needs_role(*policies.WRITERS)
@require_POST
def editor_import(request: Request) -> HttpResponse:
    """Begin from a zip archive of pack files, or from one procedure.yaml."""
    upload = request.FILES.get("archive")
    back = reverse("office:editor")
    if upload is None or (upload.size or 0) > MOST_UPLOAD:
        return frames.told(request, Refused("authoring.import.none"), back)
    try:
        slug, files = exchange.unpacked(upload.read())
        proposal = actions.start_from_files(actor=request.actor, slug=slug, files=files)
    except PackError as error:
        for problem in error.problems[:20]:
            where = f"{problem.file}:{problem.line}" if problem.line else problem.file
            messages.error(request, f"{where} {frames.say(request, problem)}")
        return HttpResponseRedirect(back)
    except Refused as refusal:
        return frames.told(request, refusal, back)
    return HttpResponseRedirect(reverse("office:proposal", args=[proposal.pk]))


@needs_role(*policies.EDITORS)
@require_safe
def proposal(request: Request, proposal_id: UUID) -> HttpResponse:
    """Where a proposal stands: its pages with what is left to mend, whom it touches, and what may be done now."""
    one = queries.get(request.actor, proposal_id)
    content = queries.content_of(one)
    report = check(content, calendar_jp.today())
    heads = policies.heads(request.actor, one.section)
    context = {
        **frames.frame(request, one, content, report, "overview"),
        "report": report,
        "standing": counts.standing_on(one.slug),
        "in_force": _number_in_force(one.slug),
        "writes": frames.actor_may_write(request, one),
        "may_approve": heads and str(request.actor.account_id) not in one.writers,
        "heads": heads,
        "remarks": [_remark(request, remark) for remark in one.remarks],
        "sent_back": _sent_back(request, one.returned_because),
        "today": calendar_jp.today(),
        "undecided": [term for term in queries.terms_of(one) if term.agreed is not True],
        "writers": organisation.staff_names(map(UUID, one.writers)).values(),
    }
    return pages.show(request, "office/editor/proposal.html", context)


def _remark(request: Request, remark: str) -> str:
    """A hint for the writer: a key of the catalogue, or words of whoever began the proposal."""
    known = remark in texts.catalogue().entries
    return texts.t(remark, request.lang, furigana=request.furigana) if known else remark


def _sent_back(request: Request, because: str) -> str:
    """Why it came back: words of the head of section, or a key of the catalogue where a check sent it back."""
    return frames.say(request, because) if because.startswith("authoring.") else because


def _number_in_force(slug: str) -> int | None:
    try:
        return procedures.get_published(slug).number
    except NotFound:
        return None


def _act(
    request: Request, proposal_id: UUID, act: Callable[[], object], done: str, *, to: str = ""
) -> HttpResponse:
    back = reverse("office:proposal", args=[proposal_id])
    try:
        act()
    except Refused as refusal:
        return frames.told(request, refusal, back)
    except PackError as error:
        messages.error(request, frames.say(request, error.problems[0]))
        return HttpResponseRedirect(back)
    messages.success(request, frames.say(request, done))
    return HttpResponseRedirect(to or back)


@needs_role(*policies.WRITERS)
@require_POST
def proposal_submit(request: Request, proposal_id: UUID) -> HttpResponse:
    """Hand it to the head of section."""
    return _act(
        request,
        proposal_id,
        lambda: actions.submit(actor=request.actor, proposal_id=proposal_id),
        "authoring.done.submitted",
    )


@needs_role(*policies.WRITERS)
@require_POST
def proposal_return(request: Request, proposal_id: UUID) -> HttpResponse:
    """Send it back to its writers."""
    because = request.POST.get("because", "")
    return _act(
        request,
        proposal_id,
        lambda: actions.send_back(actor=request.actor, proposal_id=proposal_id, because=because),
        "authoring.done.returned",
    )


@needs_role(*policies.WRITERS)
@require_POST
def proposal_approve(request: Request, proposal_id: UUID) -> HttpResponse:
    """Approve it for a day; what is due today is put in force at once."""
    typed = request.POST.get("publish_on", "").strip()
    try:
        day = calendar_jp.parse_date(typed) if typed else calendar_jp.today()
    except calendar_jp.ImpossibleDate:
        back = reverse("office:proposal", args=[proposal_id])
        return frames.told(request, Refused("authoring.build.no_day"), back)
    one = queries.get_to_write(request.actor, proposal_id)
    section = organisation.section(one.section)
    by = f"{section.name.ja}長" if section is not None and "confirmed" in request.POST else None

    def approve() -> None:
        actions.approve(actor=request.actor, proposal_id=proposal_id, publish_on=day, confirmed_by=by)
        if day <= calendar_jp.today():
            actions.publish_due()

    return _act(request, proposal_id, approve, "authoring.done.approved")


@needs_role(*policies.WRITERS)
@require_POST
def proposal_discard(request: Request, proposal_id: UUID) -> HttpResponse:
    """Give it up."""
    return _act(
        request,
        proposal_id,
        lambda: actions.discard(actor=request.actor, proposal_id=proposal_id),
        "authoring.done.discarded",
        to=reverse("office:editor"),
    )


@needs_role(*policies.TERM_OWNERS)
@require_POST
def proposal_term(request: Request, proposal_id: UUID) -> HttpResponse:
    """The owner of the vocabulary decides about a new term."""
    name, agreed = request.POST.get("term", ""), request.POST.get("agreed") == "yes"
    remark = request.POST.get("remark", "")
    return _act(
        request,
        proposal_id,
        lambda: actions.decide_term(
            actor=request.actor, proposal_id=proposal_id, name=name, agreed=agreed, remark=remark
        ),
        "authoring.done.term",
    )


@needs_role(*policies.WRITERS)
@require_POST
def proposal_rebase(request: Request, proposal_id: UUID) -> HttpResponse:
    """Move what residents are writing onto the version in force."""
    one = queries.get_to_write(request.actor, proposal_id)
    return _act(
        request,
        proposal_id,
        lambda: case_actions.rebase_drafts(actor=request.actor, slug=one.slug),
        "authoring.done.rebased",
    )
