"""The guide for life events (ライフイベントの案内): page by page to the list of what is due.

Owns the pages of the guide. Answers travel in the form and are kept nowhere: never in an address, never in a session.
Asks the register only through its port, once, when somebody who is signed in begins.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header, urlencode
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dokodemo.administration.guidance import actions, queries
from dokodemo.administration.guidance.choosing import Page
from dokodemo.administration.guidance.definitions import kept
from dokodemo.administration.guidance.logic import MOST_TOGETHER, TOGETHER, Guide
from dokodemo.administration.guidance.wording import as_asked
from dokodemo.administration.procedures.everyday import LifeEvent
from dokodemo.city.parties import port
from dokodemo.entry.portal import guide_answers, guide_result, guide_ticks
from dokodemo.entry.portal.guide_answers import Answers, Unreadable
from dokodemo.entry.portal.visitors import needs_resident
from dokodemo.entry.portal.writing import tell
from dokodemo.entry.server.requests import Request
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.packs import Text
from dokodemo.kernel.ui.form_values import Facts, FieldError
from dokodemo.kernel.ui.forms import CompiledPage, Question, compile_page

PURPOSE = "guide"
REGISTER = Text(ja="住民登録", easy="住民登録《じゅうみんとうろく》", en="the resident register")
_SAME_PAGE = frozenset({"_language", "_furigana", "_add", "_remove"})


class _Known:
    """A fact of the register as a form shows it."""

    source = REGISTER

    def __init__(self, value: Any) -> None:
        self.value = value


@require_safe
def guides(request: Request) -> HttpResponse:
    """The life events to choose from."""
    return render(request, "portal/guides.html", {"choices": queries.choices(), "most": MOST_TOGETHER})


@require_safe
def together(request: Request) -> HttpResponse:
    """Several life events were chosen: to the one guide for all of them."""
    codes = list(dict.fromkeys(request.GET.getlist("event")))
    if not 1 <= len(codes) <= MOST_TOGETHER:
        tell(request, "guidance.choose_some", count=MOST_TOGETHER)
        return HttpResponseRedirect(reverse("portal:guides"))
    queries.opened(TOGETHER.join(codes))
    return HttpResponseRedirect(reverse("portal:guide", args=[TOGETHER.join(codes)]))


@require_http_methods(["GET", "POST"])
def guide(request: Request, event: str) -> HttpResponse:
    """One page of questions, or the list when no question can change it any more."""
    found, asked = queries.opened(event)
    if request.method == "POST":
        return _private(_posted(request, found, asked))
    answers = guide_answers.carried(request, asked)
    back = answers is not None
    answers = answers or Answers()
    answers.known = _released(request, asked, answers)
    response = _private(_show(request, found, asked, answers))
    if back:
        guide_answers.forget(response)
    return response


def _private(response: HttpResponse) -> HttpResponse:
    # Going back inside the guide may show what was answered; nothing between browser and city may keep it.
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def _released(request: Request, asked: Guide, answers: Answers) -> dict[str, Any]:
    """What the register knows of whoever is signed in and was not asked already."""
    actor = request.actor
    if actor.kind != "resident" or actor.resident_id is None:
        return {}
    wanted = [
        term
        for term in asked.terms.values()
        if term.register is not None and not {term.name, term.group_name} & answers.asked
    ]
    released = port.released_facts(
        actor=actor, capacity=port.Capacity("self", actor.resident_id), terms=wanted, purpose=PURPOSE
    )
    return guide_answers.released_values(released)


def _read(request: Request, asked: Guide) -> Answers:
    return guide_answers.loaded(request.POST.get(guide_answers.FIELD, ""), asked)


def _unreadable(request: Request, event: str) -> HttpResponse:
    tell(request, "guidance.broken")
    return HttpResponseRedirect(reverse("portal:guide", args=[event]))


def _posted(request: Request, event: LifeEvent, asked: Guide) -> HttpResponse:
    try:
        answers = _read(request, asked)
    except Unreadable:
        return _unreadable(request, event.code)
    post = request.POST
    if "_back" in post:
        return _show(request, event, asked, answers, values=answers.step_back())
    if "_at_result" in post and ("_dates" in post or _SAME_PAGE & set(post)):
        return _dates(request, event, asked, answers)
    ends = "_result" in post
    page = None if ends else asked.page(answers.all_facts(), answers.asked)
    singly = guide_ticks.ONE_BY_ONE in post or "_singly" in post
    if "_sign_in" in post:
        return _to_sign_in(request, event, asked, answers)
    if page is None or "_go_on" in post:
        return _show(request, event, asked, answers, ends=ends)
    if post.get("_page", "") != " ".join(page.names):
        # Another page than the one that comes next: a procedure was published meanwhile, or the form is not ours.
        return _show(request, event, asked, answers)
    if "_skip" in post:
        answers.add(page, {})
    elif "_nobody" in post and page.group is not None:
        answers.add(page, {page.group.name: []})
    elif guide_ticks.ONE_BY_ONE in post:
        return _show(request, event, asked, answers, singly=True)
    elif guide_ticks.is_list(page) and not singly:
        return _ticked(request, event, asked, answers, page)
    else:
        prefills = _prefills(page, answers)
        result = _compiled(asked, page, answers, singly=singly).clean(post, prefills=prefills)
        if result.stay or result.errors:
            return _show(request, event, asked, answers, raw=result.raw, errors=result.errors, singly=singly)
        answers.add(page, _with_known(page, result.values, answers))
    return _show(request, event, asked, answers)


def _ticked(request: Request, event: LifeEvent, asked: Guide, answers: Answers, page: Page) -> HttpResponse:
    """A list was sent: answers, nothing that could be an answer, or another language for the same list."""
    values = guide_ticks.read(request, page)
    if _SAME_PAGE & set(request.POST):
        return _show(request, event, asked, answers, values=values)
    if values is None:
        return _show(request, event, asked, answers, wrong=True)
    answers.add(page, values)
    return _show(request, event, asked, answers)


def _dates(request: Request, event: LifeEvent, asked: Guide, answers: Answers) -> HttpResponse:
    """Days told beside the list, from which deadlines count."""
    result = guide_result.days_page(asked, answers.listing(asked)).clean(request.POST)
    if not result.stay and not result.errors:
        answers.tell(result.values)
        return _show(request, event, asked, answers, ends=True)
    return _show(request, event, asked, answers, raw=result.raw, errors=result.errors, ends=True)


def _with_known(page: Page, values: Mapping[str, Any], answers: Answers) -> dict[str, Any]:
    """The answers of a page; a member's optional blank stays unknown."""
    if page.group is None:
        return dict(values)
    members = values[page.group.name]
    return {
        page.group.name: [
            {name: value for name, value in member.items() if value is not None} for member in members
        ]
    }


def _to_sign_in(request: Request, event: LifeEvent, asked: Guide, answers: Answers) -> HttpResponse:
    back = reverse("portal:guide", args=[event.code])
    response = HttpResponseRedirect(f"{reverse('portal:sign_in')}?{urlencode({'next': back})}")
    if guide_answers.carry(response, asked, answers):
        return response
    tell(request, "guidance.too_long")
    return _show(request, event, asked, answers)


def _prefills(page: Page, answers: Answers) -> dict[str, Any]:
    """What the register said of the members of a group, so that a person recognises whom a question is about."""
    members = answers.known.get(page.group.name) if page.group is not None else None
    if page.group is None or not members:
        return {}
    return {page.group.name: [{name: _Known(value) for name, value in member.items()} for member in members]}


def _compiled(asked: Guide, page: Page, answers: Answers, *, singly: bool = False) -> CompiledPage:
    """The questions of a page; a list that is answered one by one may be left blank where somebody does not know."""
    group = page.group
    if group is None:
        return compile_page([Question(as_asked(term), required=not singly) for term in page.terms])
    told = {name for member in answers.known.get(group.name) or [] for name in member}
    shown = [
        asked.terms[f"{group.name}.{name}"].model_copy(update={"editable": False}) for name in sorted(told)
    ]
    terms = [*shown, *(as_asked(term) for term in page.terms if term.field not in told)]
    return compile_page([Question(term, group=group) for term in terms])


def _show(
    request: Request,
    event: LifeEvent,
    asked: Guide,
    answers: Answers,
    *,
    values: Facts | None = None,
    raw: Mapping[str, str] | None = None,
    errors: Mapping[str, FieldError] | None = None,
    ends: bool = False,
    singly: bool = False,
    wrong: bool = False,
) -> HttpResponse:
    context = {
        "event": event,
        "so_far": answers.dumped(),
        "answered": len(answers.pages),
        "known": bool(answers.known),
        "switch_form": "guide",
    }
    listing = answers.listing(asked)
    if listing.page is None or ends:
        return render(
            request,
            "portal/guide_result.html",
            context
            | guide_result.context(request, event, asked, listing, raw=raw or {}, errors=errors or {}),
            status=422 if errors else 200,
        )
    page = listing.page
    context |= {"page_names": " ".join(page.names), "at_most": listing.at_most}
    if guide_ticks.is_list(page) and not (singly and page.ticked):
        ticked = guide_ticks.ticked_in(values or {})
        return render(
            request,
            "portal/guide_ticks.html",
            context | guide_ticks.context(request, page, ticked, wrong=wrong),
            status=422 if wrong else 200,
        )
    compiled = _compiled(asked, page, answers, singly=singly)
    prefills = _prefills(page, answers)
    questions = compiled.render(
        request.lang,
        values=values or {},
        raw=raw or {},
        errors=errors or {},
        prefills=prefills,
        furigana=request.furigana,
    )
    return render(
        request,
        "portal/guide_page.html",
        context
        | {
            "title": _title(page),
            "questions": questions,
            "nobody": page.group is not None and not prefills,
            "singly": singly,
            "error_list": compiled.error_list(errors or {}, request.lang, furigana=request.furigana),
        },
        status=422 if errors else 200,
    )


def _title(page: Page) -> Text | None:
    """What stands above the questions: the group they are about, where there is one."""
    return page.group.label if page.group is not None else None


@require_POST
def apply(request: Request, event: str) -> HttpResponse:
    """From the list to one form for all of it; what was answered here comes along, unless it is too much."""
    _, asked = queries.opened(event)
    try:
        answers = _read(request, asked)
    except Unreadable:
        return _unreadable(request, event)
    due = (item.procedure.definition for item in answers.listing(asked).due)
    slugs = [("slug", slug) for slug in guide_result.online(due)]
    response = HttpResponseRedirect(f"{reverse('portal:together')}?{urlencode(slugs)}")
    guide_answers.carry(response, asked, answers, path=guide_answers.FORM_PATH)
    return _private(response)


@require_POST
def calendar(request: Request, event: str) -> HttpResponse:
    """The deadlines as a calendar file."""
    found, asked = queries.opened(event)
    try:
        answers = _read(request, asked)
    except Unreadable:
        return _unreadable(request, event)
    text = guide_result.calendar(request, found, answers.listing(asked))
    response = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = content_disposition_header(True, f"{event}.ics") or ""
    return _private(response)


@require_POST
def save(request: Request, event: str) -> HttpResponse:
    """Keep the list on one's page; whoever is not signed in does so first and comes back with the answers."""
    found, asked = queries.opened(event)
    try:
        answers = _read(request, asked)
    except Unreadable:
        return _unreadable(request, event)
    if request.actor.kind == "anonymous":
        return _private(_to_sign_in(request, found, asked, answers))
    return _save(request, event=found, asked=asked, answers=answers)


@needs_resident
def _save(request: Request, *, event: LifeEvent, asked: Guide, answers: Answers) -> HttpResponse:
    content = kept(event.code, event.title, calendar_jp.today(), answers.listing(asked))
    try:
        list_id = actions.save_list(actor=request.actor, content=content)
    except actions.TooManyLists:
        tell(request, "guidance.too_many", count=queries.MOST_LISTS)
        return _show(request, event, asked, answers, ends=True)
    tell(request, "guidance.saved")
    return HttpResponseRedirect(reverse("portal:guide_list", args=[list_id]))
