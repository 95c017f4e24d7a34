"""Several applications at once (まとめて申請): choosing them, taking one out, what each office sees, and the common receipt.

Owns the pages that only joint applications have. Never decides what may go together (that is cases') and never writes a
form: pages, check and hand-in are those of a single application.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.views.decorators.http import require_http_methods, require_safe

from dokodemo.administration.cases import actions, flow, prefill, queries, together
from dokodemo.administration.cases.joint_parts import Part
from dokodemo.administration.cases.logic import Clock, NotAllowed
from dokodemo.administration.cases.merging import JointForm
from dokodemo.administration.cases.models import Case, Draft
from dokodemo.administration.procedures import queries as procedures
from dokodemo.administration.procedures.compiled import CompiledProcedure
from dokodemo.administration.procedures.definitions import ProcedureDefinition
from dokodemo.city.organisation import queries as organisation
from dokodemo.city.organisation.queries import SectionView
from dokodemo.city.parties import port
from dokodemo.entry.portal import guide_answers, persons
from dokodemo.entry.portal.visitors import needs_resident
from dokodemo.entry.portal.writing import Writing, check_url, closed_answer, tell, writing
from dokodemo.entry.server.requests import Request
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import Actor, NotFound
from dokodemo.kernel.ui import texts
from dokodemo.kernel.ui.language import say
from dokodemo.kernel.vocabulary import values


@require_http_methods(["GET", "POST"])
def choose(request: Request) -> HttpResponse:
    """Any page may send the procedures somebody ticked; which ones is no secret, so sign-in and back keep them."""
    if request.method == "POST" and "begin" not in request.POST:
        return HttpResponseRedirect(f"{reverse('portal:together')}?{_same(request.POST)}")
    return _choose(request)


@dataclass(frozen=True)
class Line:
    """One procedure on the list of what is applied for together; `why`: the sentence that says why it cannot be."""

    procedure: ProcedureDefinition
    ticked: bool
    why: SafeString | None = None


@needs_resident
def _choose(request: Request) -> HttpResponse:
    given = request.POST if request.method == "POST" else request.GET
    # On the page itself boxes may be unticked and ticked again: what was offered comes along.
    offered = together.chosen(given.getlist("offered") or given.getlist("slug"))
    ticked = [p for p in offered if p.slug in given.getlist("slug")]
    if not offered:
        tell(request, "portal.together.nothing")
        return HttpResponseRedirect(reverse("portal:procedures"))
    options = port.capacities(request.actor)
    if request.method == "POST":
        return _begin(request, options, offered, ticked)
    refused = together.refusals(request.actor, options[0].capacity, offered) if len(options) == 1 else {}
    return _list(request, options, offered, ticked, refused)


def _begin(
    request: Request,
    options: Sequence[port.PersonOption],
    offered: Sequence[CompiledProcedure],
    ticked: Sequence[CompiledProcedure],
) -> HttpResponse:
    posted = request.POST.get(persons.FIELD, "")
    chosen = persons.chosen(posted, options)
    if chosen is None:
        error = persons.wrong(posted)
        return _list(request, options, offered, ticked, {}, error=error, field=persons.ANCHOR)
    refused = together.refusals(request.actor, chosen.capacity, ticked)
    if refused:
        return _list(request, options, offered, ticked, refused, error="portal.together.some_refused")
    if len(ticked) == 1:
        return HttpResponseRedirect(reverse("portal:start", args=[ticked[0].slug]))
    if begun_elsewhere(request.actor, chosen.capacity, ticked):
        asked = QueryDict(mutable=True)
        asked.setlist("slug", [procedure.slug for procedure in ticked])
        asked[persons.FIELD] = posted
        return HttpResponseRedirect(f"{reverse('portal:together_open')}?{asked.urlencode()}")
    try:
        draft = _started(request, chosen.capacity, ticked)
    except NotAllowed as refusal:
        return _list(request, options, offered, ticked, {}, error=refusal.code)
    return _to_form(draft)


def _started(request: Request, capacity: port.Capacity, ticked: Sequence[CompiledProcedure]) -> Draft:
    """The joint draft. What the guide was told is about whoever told it, so it begins nobody else's form."""
    own = capacity.kind in ("self", "unconfirmed")
    return actions.start_together(
        actor=request.actor,
        slugs=[procedure.slug for procedure in ticked],
        capacity=capacity,
        told=guide_answers.told(request) if own else None,
    )


def _to_form(draft: Draft) -> HttpResponse:
    response = HttpResponseRedirect(writing(draft).go_on())
    guide_answers.forget(response, path=guide_answers.FORM_PATH)
    return response


@dataclass(frozen=True)
class Two:
    """Two answers to one question: the one that stands, and the earlier one."""

    label: SafeString
    stands: str
    dropped: str


def begun_elsewhere(
    actor: Actor, capacity: port.Capacity, ticked: Sequence[CompiledProcedure]
) -> list[Draft]:
    """What this person already wrote of these procedures on other forms than the joint one of just these."""
    slugs = [procedure.slug for procedure in ticked]
    same = queries.open_draft_in(together.slot_of(actor.account, slugs, capacity))
    return together.begun_elsewhere(actor, capacity, slugs, but=same.pk if same else None)


@needs_resident
@require_http_methods(["GET", "POST"])
def begun(request: Request) -> HttpResponse:
    """What was begun before comes along or stays where it is, as the writer says."""
    given = request.POST if request.method == "POST" else request.GET
    ticked = together.chosen(given.getlist("slug"))
    options = port.capacities(request.actor)
    posted = given.get(persons.FIELD, "")
    chosen = persons.chosen(posted, options)
    if chosen is None and posted and ticked and request.method == "POST":
        return _list(request, options, ticked, ticked, {}, error=persons.wrong(posted), field=persons.ANCHOR)
    back = f"{reverse('portal:together')}?{_same(given)}"
    if chosen is None or len(ticked) < 2 or together.refusals(request.actor, chosen.capacity, ticked):
        return HttpResponseRedirect(back)
    waiting = begun_elsewhere(request.actor, chosen.capacity, ticked)
    carry = given.get("carry") if request.method == "POST" else None
    if waiting and carry not in ("yes", "no"):
        slugs = {procedure.slug for procedure in ticked}
        return render(
            request,
            "portal/together_open.html",
            {
                "waiting": [(draft, together.form_of(draft).title) for draft in waiting],
                "conflicts": [
                    Two(
                        say(one.term.label, request.lang, furigana=request.furigana),
                        values.show(one.term, one.stands, request.lang),
                        values.show(one.term, one.dropped, request.lang),
                    )
                    for one in together.conflicts(request.actor, chosen.capacity, ticked, waiting)
                ],
                "ticked": [procedure.slug for procedure in ticked],
                "some_stay": any(set(together.parts_of(draft)) - slugs for draft in waiting),
                "for_whom": posted,
                "back": back,
            },
        )
    try:
        draft = _started(request, chosen.capacity, ticked)
    except NotAllowed:
        return HttpResponseRedirect(back)
    if waiting and carry == "yes":
        draft = actions.carry_over(
            actor=request.actor, draft_id=draft.pk, from_ids=[one.pk for one in waiting]
        )
        tell(request, "portal.together.carried")
    return _to_form(draft)


def _same(given: QueryDict) -> str:
    kept = QueryDict(mutable=True)
    for name in ("slug", "offered", persons.FIELD):
        kept.setlist(name, list(dict.fromkeys(given.getlist(name)))[: together.MOST + 1])
    return kept.urlencode()


def _list(
    request: Request,
    options: Sequence[port.PersonOption],
    offered: Sequence[CompiledProcedure],
    ticked: Sequence[CompiledProcedure],
    refused: dict[str, str],
    *,
    error: str = "",
    field: str = "",
) -> HttpResponse:
    wanted = {procedure.slug for procedure in ticked} - refused.keys()
    lines = [
        Line(
            procedure.definition,
            procedure.slug in wanted,
            texts.t(refused[procedure.slug], request.lang, furigana=request.furigana)
            if procedure.slug in refused
            else None,
        )
        for procedure in offered
    ]
    chosen = (request.POST if request.method == "POST" else request.GET).get(persons.FIELD, "")
    return render(
        request,
        "portal/together.html",
        {
            "lines": lines,
            "options": [
                (persons.value(option.capacity), option, persons.value(option.capacity) == chosen)
                for option in options
            ],
            "error": error,
            "errors": [
                {
                    "href": f"#{field or 'procedures'}",
                    "message": texts.t(error, request.lang, furigana=request.furigana),
                }
            ]
            if error
            else [],
            "wrong": field,
            "switch_form": "choose",
        },
        status=422 if error else 200,
    )


@needs_resident
@require_http_methods(["GET", "POST"])
def without(request: Request, draft_id: UUID) -> HttpResponse:
    """Take one procedure out of a joint draft, after a second word."""
    draft = queries.get_draft(request.actor, draft_id)
    if not together.is_joint(draft):
        raise NotFound
    closed = closed_answer(request, draft)
    if closed is not None:
        return closed
    form = together.joint_form_of(draft)
    slug = (request.POST if request.method == "POST" else request.GET).get("slug", "")
    titles = {part.procedure.slug: part.procedure.title for part in form.parts}
    if slug not in titles:
        return HttpResponseRedirect(check_url(draft_id))
    if request.method == "POST" and "apart" in request.POST:
        apart = actions.write_apart(actor=request.actor, draft_id=draft_id, slug=slug)
        tell(request, "portal.together.written_apart")
        return HttpResponseRedirect(writing(apart).go_on())
    if request.method == "POST":
        try:
            actions.take_out(actor=request.actor, draft_id=draft_id, slug=slug)
        except NotAllowed as refusal:
            tell(request, refusal.code)
            return HttpResponseRedirect(reverse("portal:discard", args=[draft_id]))
        tell(request, "portal.together.taken_out")
        return HttpResponseRedirect(check_url(draft_id))
    return render(
        request,
        "portal/without.html",
        {"draft": draft, "slug": slug, "title": titles[slug], "form": form, "back": check_url(draft_id)},
    )


@dataclass(frozen=True)
class Office:
    """What one office will see of a joint application (利用目的): its procedure, the answers it gets, what it looks up.

    `looked_up`: facts of the register that its conditions need and that nobody is asked for.
    """

    procedure: ProcedureDefinition
    section: SectionView | None
    labels: list[SafeString]
    looked_up: list[SafeString]


def offices(request: Request, now: Writing) -> list[Office]:
    """Who sees what, in the order of the procedures; empty for the draft of a single procedure."""
    if not isinstance(now.form, JointForm):
        return []
    return [_office(request, part, now) for part in now.form.parts]


def _office(request: Request, part: Part, now: Writing) -> Office:
    procedure = part.procedure
    kept = flow.keep_asked(procedure, part.view(now.answers), on=calendar_jp.today())
    there = {prefill.term_of(place) for place in flow.places(kept)}
    facts = prefill.tested_facts(procedure, kept, now.draft.content["released"])

    def labels(names: Iterable[str]) -> list[SafeString]:
        terms = (procedure.vocabulary.term(name) for name in names)
        return [say(term.label, request.lang, furigana=request.furigana) for term in terms]

    return Office(
        procedure.definition,
        organisation.section(procedure.definition.unit),
        labels(name for name in procedure.asked_names if name in there),
        labels(sorted(facts)),
    )


@dataclass(frozen=True)
class Received:
    """A case of a bundle as its receipt shows it."""

    case: Case
    procedure: ProcedureDefinition
    clock: Clock


def of_bundle(request: Request, bundle_id: UUID | None, *, but: UUID | None = None) -> list[Received]:
    """The cases of a bundle that this person may see, without one of them; empty when there is no bundle."""
    if bundle_id is None:
        return []
    cases: Iterable[Case] = together.get_bundle(request.actor, bundle_id).cases
    return [_received(case) for case in cases if case.pk != but]


def _received(case: Case) -> Received:
    procedure = procedures.compiled_version(case.version_id)
    return Received(case, procedure.definition, queries.clock_of(case, procedure))


@needs_resident
@require_safe
def bundle(request: Request, bundle_id: UUID) -> HttpResponse:
    """What was applied for together, and where each case stands."""
    return _bundle(request, bundle_id, just_received=False)


@needs_resident
@require_safe
def bundle_received(request: Request, bundle_id: UUID) -> HttpResponse:
    """One receipt with every number."""
    return _bundle(request, bundle_id, just_received=True)


def _bundle(request: Request, bundle_id: UUID, *, just_received: bool) -> HttpResponse:
    found = together.get_bundle(request.actor, bundle_id)
    return render(
        request,
        "portal/bundle.html",
        {
            "bundle": found.bundle,
            "received": [_received(case) for case in found.cases],
            "just_received": just_received,
            "fee_yen": sum(case.fee_yen for case in found.cases if case.fee_state == "due"),
        },
    )
