"""The editor of procedures (手続の編集): what there is, how one begins, and where it stands.

Owns the list, the first page of a new procedure, the overview and the acts on a proposal. Never a rule of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dokodemo.administration.authoring import actions, exchange, policies, queries, starting
from dokodemo.administration.authoring.actions import Refused
from dokodemo.administration.authoring.checks import Report, check
from dokodemo.administration.authoring.content import Content
from dokodemo.administration.authoring.models import Proposal
from dokodemo.administration.cases import actions as case_actions
from dokodemo.administration.cases import counts
from dokodemo.administration.procedures import queries as procedures
from dokodemo.administration.procedures.reading import read_life_events
from dokodemo.city.organisation import queries as organisation
from dokodemo.entry.office import pages
from dokodemo.entry.office.authoring_boxes import LISTS, ORDER, PAGES
from dokodemo.entry.office.authoring_fields import Box, read, shown
from dokodemo.entry.office.visitors import needs_role
from dokodemo.entry.server.requests import Request
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import NotFound
from dokodemo.kernel.packs import PackError, Text
from dokodemo.kernel.ui import texts
from dokodemo.kernel.ui.language import say_plain

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
        "open": [(one, queries.title_of(one), actor_may_write(request, one)) for one in open_ones],
        "to_approve": [(one, queries.title_of(one)) for one in queries.to_approve(actor)],
        "mine": [p for p in queries.in_force(actor) if p.slug not in {one.slug for one in open_ones}],
        "published": queries.published_before(actor),
        "terms": queries.terms_to_decide() if owner else [],
        "owner": owner,
        "writes": bool(policies.writing_sections(actor)),
        "section_names": {one.code: one.name for one in organisation.sections()},
    }
    return pages.show(request, "office/editor/list.html", context)


def actor_may_write(request: Request, proposal: Proposal) -> bool:
    """Whether this member of staff writes for the proposal's section."""
    return policies.may_write(request.actor, proposal.section)


@needs_role(*policies.WRITERS)
@require_http_methods(["GET", "HEAD", "POST"])
def editor_new(request: Request) -> HttpResponse:
    """The first page of a new procedure: names, kind, law, section, life events."""
    sections = tuple(sorted(policies.writing_sections(request.actor)))
    events = tuple(read_life_events(queries.city_pack()))
    offered = {"unit": sections, "life_events": events}
    boxes = [Box(b.name, b.kind, offered.get(b.name, b.choices), b.optional) for b in FIRST]
    errors: dict[str, str] = {}
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
            return HttpResponseRedirect(part_url(proposal, "texts"))
    default = {
        "kind": "application",
        "legal_basis_kind": "ordinance",
        "unit": sections[0] if sections else "",
    }
    rows = shown(boxes, default, typed)
    context = {"rows": with_errors(request, rows, errors), "errors": summary(request, errors)}
    return pages.show(request, "office/editor/new.html", context, status=422 if errors else 200)


@needs_role(*policies.WRITERS)
@require_POST
def editor_start(request: Request, slug: str) -> HttpResponse:
    """Begin a change of a procedure in force, or go on with it."""
    try:
        proposal = actions.start_from_published(actor=request.actor, slug=slug)
    except Refused as refusal:
        return told(request, refusal, reverse("office:editor"))
    return HttpResponseRedirect(reverse("office:proposal", args=[proposal.pk]))


@needs_role(*policies.WRITERS)
@require_POST
def editor_import(request: Request) -> HttpResponse:
    """Begin from a zip archive of pack files, or from one procedure.yaml."""
    upload = request.FILES.get("archive")
    back = reverse("office:editor")
    if upload is None or (upload.size or 0) > MOST_UPLOAD:
        return told(request, Refused("authoring.import.none"), back)
    try:
        slug, files = exchange.unpacked(upload.read())
        proposal = actions.start_from_files(actor=request.actor, slug=slug, files=files)
    except PackError as error:
        for problem in error.problems[:20]:
            messages.error(request, str(problem))
        return HttpResponseRedirect(back)
    except Refused as refusal:
        return told(request, refusal, back)
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
        **frame(request, one, content, report, "overview"),
        "report": report,
        "standing": counts.standing_on(one.slug),
        "in_force": _number_in_force(one.slug),
        "writes": actor_may_write(request, one),
        "may_approve": heads and str(request.actor.account_id) not in one.writers,
        "heads": heads,
        "today": calendar_jp.today(),
        "undecided": [term for term in queries.terms_of(one) if term.agreed is not True],
        "writers": organisation.staff_names(map(UUID, one.writers)).values(),
    }
    return pages.show(request, "office/editor/proposal.html", context)


def _number_in_force(slug: str) -> int | None:
    try:
        return procedures.get_published(slug).number
    except NotFound:
        return None


def frame(
    request: Request, one: Proposal, content: Content, report: Report | None, here: str
) -> dict[str, Any]:
    """What every page of a proposal shows: its title, its state, and the way to its other pages."""
    title = content.data.get("title")
    counted = dict.fromkeys(ORDER, 0)
    for found in report.problems if report else ():
        counted[found.part] = counted.get(found.part, 0) + 1
    tabs = [
        {
            "label": texts.t(f"authoring.part.{part}", request.lang, furigana=request.furigana),
            "href": part_url(one, part),
            "current": part == here,
            "count": counted.get(part) or "",
            "unsettled": any(page.partition("/")[0] == part for page in one.typed),
        }
        for part in ORDER
    ]
    extra = [
        {
            "label": texts.t(f"authoring.look.{name}", request.lang, furigana=request.furigana),
            "href": reverse(f"office:proposal_{name}", args=[one.pk]),
            "current": name == here,
        }
        for name in ("checks", "preview", "difference")
    ]
    overview = {
        "label": texts.t("authoring.look.overview", request.lang, furigana=request.furigana),
        "href": reverse("office:proposal", args=[one.pk]),
        "current": here == "overview",
    }
    return {
        "proposal": one,
        "title_text": title.get("ja", one.slug) if isinstance(title, dict) else one.slug,
        "tabs": [overview, *tabs, *extra],
        "state_key": f"authoring.state.{one.state}",
        "part_key": f"authoring.part.{here}",
        "can_edit": one.editable and actor_may_write(request, one),
    }


def part_url(one: Proposal, part: str) -> str:
    """The address of one page of a proposal."""
    if part in PAGES:
        return reverse("office:proposal_part", args=[one.pk, part])
    if part in LISTS:
        return reverse("office:proposal_list", args=[one.pk, part])
    return reverse(f"office:proposal_{part}", args=[one.pk])


def with_errors(request: Request, rows: list[dict[str, Any]], errors: dict[str, str]) -> list[dict[str, Any]]:
    """The boxes with their refusals, and what may be chosen in words, in the language of the page."""
    names = _names(request)
    for row in rows:
        name = row["name"]
        mine = [box for box in errors if box == name or box.startswith((f"{name}.", f"{name}-"))]
        row["wrong_box"] = mine[0] if mine else ""
        row["error"] = say(request, errors[mine[0]]) if mine else ""
        row["error_lang"] = (
            "en" if mine and not errors[mine[0]].startswith("authoring.") else request.lang[:2]
        )
        if row["kind"] in ("choice", "choices"):
            chosen = dict(row["options"]) if "options" in row else {str(row["value"]): True}
            row["options"] = [(one, chosen.get(one, False), names(name, one)) for one in row["box"].choices]
    return rows


def _names(request: Request) -> Callable[[str, str], str]:
    """How what may be chosen is called: sections, life events and terms by their names, codes by the catalogue."""
    known = texts.catalogue().entries
    sections = {one.code: one.name for one in organisation.sections()}
    pack = queries.city_pack()
    events = {event.code: event.title for event in read_life_events(pack).values()}
    plan = pack.document("plan/plan.yaml")
    measures = {
        str(one.get("code")): one.get("title")
        for one in (plan.data.get("measures") or () if plan is not None else ())
        if isinstance(one, dict)
    }

    def name(box: str, value: str) -> str:
        if box == "unit" and value in sections:
            return say_plain(sections[value], request.lang)
        if box in ("life_events", "event") and value in events:
            return say_plain(events[value], request.lang)
        title = measures.get(value) if box == "measures" else None
        if isinstance(title, dict):
            return f"{value} {say_plain(Text(**title), request.lang)}"
        key = f"authoring.choice.{value}"
        return texts.plain(key, request.lang) if key in known else value

    return name


def summary(request: Request, errors: dict[str, str]) -> list[dict[str, Any]]:
    """The error summary at the top of the page."""
    return [{"href": f"#{name}", "message": say(request, code)} for name, code in errors.items()]


def say(request: Request, code: str, **params: Any) -> str:
    """A text of the catalogue; a message of the rule language as it is."""
    if not code.startswith("authoring."):
        return code
    return texts.t(code, request.lang, furigana=request.furigana, **params)


def told(request: Request, refusal: Refused, back: str) -> HttpResponse:
    """Back to a page with the reason why an act could not be done."""
    messages.error(request, say(request, refusal.code, **refusal.params))
    return HttpResponseRedirect(back)


def _act(
    request: Request, proposal_id: UUID, act: Callable[[], object], done: str, *, to: str = ""
) -> HttpResponse:
    back = reverse("office:proposal", args=[proposal_id])
    try:
        act()
    except Refused as refusal:
        return told(request, refusal, back)
    except PackError as error:
        messages.error(request, str(error.problems[0]))
        return HttpResponseRedirect(back)
    messages.success(request, say(request, done))
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
        day = date.fromisoformat(typed) if typed else calendar_jp.today()
    except ValueError:
        back = reverse("office:proposal", args=[proposal_id])
        return told(request, Refused("authoring.build.no_day"), back)
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
