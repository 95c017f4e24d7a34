"""Reminders on one's first screen (期限のお知らせ): all of them, and saying that they were read.

Owns the screens. Never shows anybody else's: the reads fetch the actor's own.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from dokodemo.entry.office import pages
from dokodemo.entry.office.owners import TAB, account_of, where
from dokodemo.entry.office.visitors import needs_staff
from dokodemo.entry.server.requests import Request
from dokodemo.kernel.access import NotFound
from dokodemo.promotion.responsibility import actions, notices
from dokodemo.promotion.responsibility.notices import Told


@dataclass(frozen=True)
class NoticeRow:
    """A notice, and the page on which it is done while it is still to be."""

    told: Told
    href: str


def rows_of(found: list[Told]) -> list[NoticeRow]:
    """Notices with where they lead."""
    return [
        NoticeRow(one, where(one.matter, one.period) if one.matter is not None and one.open else "")
        for one in found
    ]


@needs_staff
@require_safe
def owners_notices(request: Request) -> HttpResponse:
    """All my reminders, the newest first."""
    page, found = notices.page(request.actor, pages.page_number(request))
    context = {"page": page, "rows": rows_of(found), "unread": any(not one.read for one in found)}
    return pages.show(request, "office/owners/notices.html", context, tab=TAB)


@needs_staff
@require_POST
def owners_notices_read(request: Request) -> HttpResponse:
    """Say that one was read, or all of them."""
    text = request.POST.get("notice", "")
    notice = account_of(text)
    if text and notice is None:
        raise NotFound
    actions.read_notices(actor=request.actor, notice_id=notice)
    pages.tell(request, "responsibility.done.read")
    home = request.POST.get("back") == "home"
    return HttpResponseRedirect(reverse("office:home" if home else "office:owners_notices"))
