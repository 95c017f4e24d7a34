"""A page of the office (職員画面): the menu of what this member of staff may open, and who they are.

Owns what all pages share. Never decides who may open one: the views' guards and queries do.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from dokodemo.administration.authoring.policies import EDITORS
from dokodemo.administration.cases.policies import REVIEWERS
from dokodemo.administration.findings.policies import may_look as may_see_findings
from dokodemo.administration.inventory.policies import may_look
from dokodemo.city.organisation import queries as organisation
from dokodemo.city.parties.policies import keeps_register
from dokodemo.entry.office import promoting
from dokodemo.entry.office.switch import put_switch
from dokodemo.entry.server.requests import Request
from dokodemo.kernel.access import Actor, Role
from dokodemo.kernel.ui import texts

# Pages that belong under another entry of the menu, by a part of their address.
_UNDER = {
    "case_id": "inbox",
    "judged_id": "offers",
    "link_id": "waiting",
    "mandate_id": "waiting",
    "resident_id": "residents",
    "proposal_id": "editor",
    "finding_id": "findings",
}


def works(actor: Actor) -> bool:
    """Whether the actor examines cases of any section."""
    return any(actor.has(role) for role in REVIEWERS)


def show(
    request: Request, template: str, context: Mapping[str, Any], *, status: int = 200, tab: str = ""
) -> HttpResponse:
    """Draw a page with menu and name; one of promotion with its tabs, standing in `tab`."""
    actor = request.actor
    common: dict[str, Any] = {
        "menu_items": _menu(request),
        "account_label": organisation.staff_name(actor.account_id) if actor.account_id else "",
    }
    if tab:
        common["promotion"] = promoting.tabs(request, tab)
    response = render(request, template, {"switch_last": True, **common, **context}, status=status)
    put_switch(request, response, form=context.get("typed_form", ""), page=context.get("typed_page", ""))
    # What a clerk saw must not come back from the browser's store after signing out.
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _menu(request: Request) -> list[dict[str, Any]]:
    actor = request.actor
    names = ["home"]
    if works(actor):
        names += ["inbox", "offers", "tally"]
    if keeps_register(actor):
        names += ["waiting", "residents"]
    if any(actor.has(role) for role in EDITORS):
        names.append("editor")
    if may_look(actor):
        names.append("inventory")
    if may_see_findings(actor):
        names.append("findings")
    if actor.grants:
        names.append("staff")
    if actor.has(Role.ADMINISTRATOR):
        names.append("administration")
    if promoting.first(actor) is not None:
        names.insert(-1 if names[-1] == "administration" else len(names), "promotion")
    here = _here(request)
    items: list[dict[str, Any]] = [
        {
            "label": texts.t(f"office.menu.{name}", request.lang, furigana=request.furigana),
            "href": reverse(f"office:{promoting.first(actor) if name == 'promotion' else name}"),
            "current": name == here,
        }
        for name in names
    ]
    outside = [("plan", reverse("portal:plan"))] if settings.DOKODEMO_ROLE == "all" else []
    outside.append(("factors", reverse("mfa_index")))
    items += [
        {
            "label": texts.t(f"office.menu.{name}", request.lang, furigana=request.furigana),
            "href": href,
            "current": False,
        }
        for name, href in outside
    ]
    return items


def _here(request: Request) -> str:
    """The entry of the menu a page belongs to."""
    match = request.resolver_match
    if match is None:
        return ""
    name = match.url_name or ""
    for entry in ("inventory", "staff"):
        if name.startswith(entry):
            return entry
    if promoting.belongs(name):
        return "promotion"
    return next((_UNDER[part] for part in match.kwargs if part in _UNDER), name)


def tell(request: Request, key: str, **params: object) -> None:
    """Say something at the top of the next page."""
    messages.success(request, texts.t(key, request.lang, furigana=request.furigana, **params))


def errors(request: Request, wrong: Iterable[tuple[str, str]]) -> list[dict[str, Any]]:
    """Errors as the summary at the top of a page lists them, from (id of the box, text key)."""
    return [
        {"href": f"#{box}", "message": texts.t(code, request.lang, furigana=request.furigana)}
        for box, code in wrong
    ]


def revision(request: Request) -> int:
    """The revision a form was drawn at; -1, which nothing has, where it names none."""
    text = request.POST.get("revision", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else -1


def page_number(request: Request) -> int:
    """The page asked for, from 1."""
    text = request.GET.get("page", "1")
    return max(1, min(int(text[:9]), 10_000)) if text.isascii() and text.isdecimal() else 1
