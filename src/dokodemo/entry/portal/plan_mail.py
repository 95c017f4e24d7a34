"""Following the plan by mail (計画のお知らせメール): asking, confirming, stopping.

Owns the pages. Never shows whether an address is known, never puts one into an address of a page, a cookie or the session, and
changes nothing by a GET: programs that look at mail open every link in it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from dokodemo.adapters import mail
from dokodemo.entry.server.requests import Request, visitor_address
from dokodemo.kernel.ui import texts
from dokodemo.kernel.ui.language import LANGS, LANGUAGE_COOKIE, as_lang, html_lang
from dokodemo.promotion.following import actions, logic, queries, tokens
from dokodemo.promotion.following.actions import NotOffered, TooManyAsked
from dokodemo.promotion.following.logic import BadAddress
from dokodemo.promotion.plan import queries as plans

_LANGUAGE = ("_language", "_furigana")
_GONE = 410


@dataclass
class Typed:
    """The form as it was sent; `wrong` has the key of a text by box."""

    address: str = ""
    whole: bool = True
    measures: list[str] = field(default_factory=list)
    lang: str = "ja"
    often: str = logic.EACH
    wrong: dict[str, str] = field(default_factory=dict)


@require_http_methods(["GET", "HEAD", "POST"])
def follow(request: Request) -> HttpResponse:
    """What to follow, in which language, how often, and where to. `?measure=CODE` has one measure chosen already."""
    if request.method != "POST":
        _speak(request)
        chosen = [one.code for one in queries.measures_of((request.GET.get("measure", ""),))]
        return _form(request, Typed(whole=not chosen, measures=chosen, lang=request.lang))
    typed = _typed(request)
    if any(name in request.POST for name in _LANGUAGE):
        return _form(request, typed)
    wishes = None
    known = {one.code for one in plans.plan().measures}
    try:
        wishes = logic.read_wishes(
            whole=typed.whole, measures=typed.measures, lang=typed.lang, often=typed.often, known=known
        )
    except ValueError as fault:
        box = "often" if str(fault) == "following.fault.choice" else "measures"
        typed.wrong[box] = str(fault)
    try:
        logic.read_address(typed.address)
    except BadAddress as fault:
        typed.wrong["address"] = str(fault)
    if wishes is None or typed.wrong:
        return _form(request, typed, status=422)
    try:
        actions.ask(address=typed.address, wishes=wishes, client=visitor_address(request))
    except TooManyAsked:
        typed.wrong["address"] = "portal.follow.too_many"
        return _form(request, typed, status=429)
    except NotOffered:
        return _form(request, typed, status=503)
    return HttpResponseRedirect(reverse("portal:plan_follow_sent"))


def _typed(request: Request) -> Typed:
    post = request.POST
    return Typed(
        post.get("address", "")[: logic.LONGEST_ADDRESS * 2],
        post.get("what", "whole") != "some",
        post.getlist("measure")[:200],
        post.get("lang", request.lang),
        post.get("often", logic.EACH),
    )


def _form(request: Request, typed: Typed, *, status: int = 200) -> HttpResponse:
    wrong = {box: _said(request, key) for box, key in typed.wrong.items()}
    context = {
        "plan": plans.plan(),
        "offered": mail.is_offered(),
        "strategies": plans.by_strategy(),
        "typed": typed,
        "wrong": wrong,
        "errors": [
            {"href": f"#{box}", "message": wrong[box]}
            for box in ("address", "measures", "often")
            if box in wrong
        ],
        "langs": LANGS,
        "often_values": logic.OFTEN,
        "longest": logic.LONGEST_ADDRESS,
        "switch_form": "follow" if mail.is_offered() else "",
    }
    return _private(render(request, "portal/plan_follow.html", context, status=status))


def _said(request: Request, key: str) -> str:
    return texts.t(key, request.lang, furigana=request.furigana)


@require_safe
def sent(request: Request) -> HttpResponse:
    """Look into your mailbox: the same words whoever asked for whatever address."""
    context = {
        "days": logic.FORGET_AFTER.days,
        "within": logic.CONFIRM_WITHIN.days,
        "mail": mail.is_offered(),
    }
    return render(request, "portal/plan_follow_sent.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: Request, token: str) -> HttpResponse:
    """What a letter asked: GET shows it, POST says yes."""
    _speak(request)
    try:
        if request.method == "POST":
            actions.confirm(token=token)
        letter = queries.letter_to_confirm(token)
    except tokens.BadToken:
        return _private(render(request, "portal/plan_follow_gone.html", status=_GONE))
    wishes = queries.wishes_of(letter)
    context = {
        "wishes": wishes,
        "measures": queries.measures_of(wishes.measures),
        "done": queries.is_confirmed(letter),
    }
    return _private(render(request, "portal/plan_follow_confirm.html", context))


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: Request, token: str) -> HttpResponse:
    """Follow no more: GET asks, POST does it, from this page or from a mail program with one press (RFC 8058).

    A mail program has no cookie, so no CSRF token is asked for: who has the link in the letter may stop its letters.
    """
    _speak(request)
    try:
        if request.method == "POST":
            actions.stop(token=token)
        done = not queries.still_follows(token)
    except tokens.BadToken:
        return _private(render(request, "portal/plan_follow_gone.html", status=_GONE))
    # Answered here and not by a redirect, which RFC 8058 §3.2 forbids.
    return _private(render(request, "portal/plan_follow_stop.html", {"done": done}))


def _speak(request: Request) -> None:
    """A link in a letter names the letter's language, for a reader who never chose one here."""
    lang = as_lang(request.GET.get("lang"))
    if lang is None or as_lang(request.COOKIES.get(LANGUAGE_COOKIE)) is not None:
        return
    request.lang, request.furigana = lang, lang == "easy"
    translation.activate(html_lang(lang))


def _private(response: HttpResponse) -> HttpResponse:
    response.headers["Cache-Control"] = "private, no-store"
    return response
