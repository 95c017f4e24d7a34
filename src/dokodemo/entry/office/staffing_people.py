"""One member of staff, for the administrator (職員の登録・初回パスワード): adding somebody, their posts, a first password.

Owns the screens. A password is made here, shown on one page and kept nowhere but as its hash.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.views.decorators.http import require_http_methods, require_safe

from dokodemo.city.organisation import actions
from dokodemo.city.organisation import queries as organisation
from dokodemo.city.organisation.logic import LONGEST_NAME, new_password
from dokodemo.city.organisation.queries import MemberView
from dokodemo.entry.office import boxes, pages
from dokodemo.entry.office.boxes import Box
from dokodemo.entry.office.staffing import second_factors, title_of
from dokodemo.entry.office.visitors import needs_role
from dokodemo.entry.server.requests import Request
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import NotFound, Role
from dokodemo.kernel.refusals import Refused


def member(account_id: UUID) -> MemberView:
    """The member of staff. Raises NotFound."""
    found = organisation.member(account_id)
    if found is None:
        raise NotFound
    return found


@needs_role(Role.ADMINISTRATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def staff_new(request: Request) -> HttpResponse:
    """Add somebody; what they sign in with the first time is shown once."""
    wanted = [
        Box("name", "office.staff.name", hint="office.staff.name_hint", longest=LONGEST_NAME),
        Box("username", "office.staff.username", hint="office.staff.username_hint", longest=LONGEST_NAME),
    ]
    typed: Mapping[str, str] = {}
    wrong: dict[str, str] = {}
    if request.method == "POST":
        typed, password = boxes.typed(request, wanted), new_password()
        try:
            made = actions.create_staff(
                actor=request.actor,
                username=typed["username"].strip(),
                name=typed["name"],
                password=password,
            )
        except Refused as refused:
            wrong = refused.faults
        else:
            return _shown(request, member(made), password, new=True)
    filled = boxes.filled(wanted, typed, wrong)
    context = {"boxes": filled, "errors": boxes.errors(request, filled)}
    return pages.show(request, "office/staff/new.html", context, status=422 if wrong else 200)


@needs_role(Role.ADMINISTRATOR)
@require_safe
def staff_person(request: Request, account_id: UUID) -> HttpResponse:
    """Everything one person is, was and will be, and what can be changed."""
    found, today = member(account_id), calendar_jp.today()
    names = {one.code: one.name for one in organisation.sections()}
    posts: list[dict[str, Any]] = [
        {
            "post": post,
            "section": names.get(post.section) or _closed(post.section),
            "title": title_of(request, post),
            "over": post.ends_on is not None and post.ends_on < today,
            "coming": post.starts_on > today,
        }
        for post in found.posts
    ]
    context = {"person": found, "posts": posts, "factor": bool(second_factors({account_id}))}
    return pages.show(request, "office/staff/person.html", context)


def _closed(code: str) -> Any:
    section = organisation.section(code)
    return section.name if section is not None else code


@needs_role(Role.ADMINISTRATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def staff_password(request: Request, account_id: UUID) -> HttpResponse:
    """Give somebody another first password, after a page that says what it does."""
    found = member(account_id)
    if request.method != "POST":
        return pages.show(request, "office/staff/password.html", {"person": found})
    password = new_password()
    actions.renew_password(actor=request.actor, account_id=account_id, password=password)
    return _shown(request, found, password, new=False)


def _shown(request: Request, found: MemberView, password: str, *, new: bool) -> HttpResponse:
    # Shown in the answer itself: to lead on to another page, the password would have to be kept somewhere.
    context = {"person": found, "password": password, "new": new}
    return pages.show(request, "office/staff/password_shown.html", context)
