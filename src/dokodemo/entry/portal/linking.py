"""One's own sign-in and the register (ログインと住民登録の結び付け): where it stands, and undoing it after a second word.

Owns the sentence that every page about oneself shows while nothing is linked. Never links: that is the register's.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from dokodemo.city.organisation import queries as organisation
from dokodemo.city.organisation.definitions import Function
from dokodemo.city.organisation.queries import SectionView
from dokodemo.city.parties import port
from dokodemo.entry.portal.visitors import needs_resident
from dokodemo.entry.portal.writing import tell
from dokodemo.entry.server.requests import Request


@dataclass(frozen=True)
class Unlinked:
    """Why nothing is linked: the text key, the clerk's words, and whom to ask when a clerk has refused."""

    key: str
    reason: str
    ask: SectionView | None


_KEYS = {"refused": "portal.my.link_refused", "unlinked": "portal.my.link_undone"}


def unlinked(request: Request) -> Unlinked | None:
    """What to say to somebody whose sign-in is no resident; None when it is one."""
    if request.actor.resident_id is not None:
        return None
    link = port.own_link(request.actor)
    refused = link.state == "refused"
    # A sign-in may be linked to somebody who has died since; to its holder that is the city's still to find out.
    return Unlinked(
        _KEYS.get(link.state, "portal.my.not_linked"), link.reason, _register() if refused else None
    )


def _register() -> SectionView | None:
    """The section that keeps the register, whom people ask."""
    codes = sorted(organisation.sections_with(Function.REGISTER))
    return organisation.section(codes[0]) if codes else None


@needs_resident
@require_http_methods(["GET", "HEAD", "POST"])
def unlink(request: Request) -> HttpResponse:
    """Undo the link between the sign-in and the register, after saying what that ends and who alone can link again."""
    if request.actor.resident_id is None:
        return HttpResponseRedirect(reverse("portal:my"))
    if request.method == "POST":
        port.unlink(actor=request.actor, account_id=request.actor.account)
        tell(request, "portal.unlink.done")
        return HttpResponseRedirect(reverse("portal:my"))
    return render(request, "portal/unlink.html")
