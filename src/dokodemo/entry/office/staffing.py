"""Who is appointed where (職員名簿・発令): every section with those who hold its posts today.

Owns the list of staff, open to all staff: whoever works for the city may know whom to ask. Who still lacks a second
factor, who has no post, and the ways to change it are the administrator's. Never shows an account's name for signing in.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.http import HttpResponse
from django.views.decorators.http import require_safe

from dokodemo.city.organisation import queries as organisation
from dokodemo.city.organisation.queries import HolderView, SectionView
from dokodemo.entry.office import pages
from dokodemo.entry.office.visitors import needs_staff
from dokodemo.entry.server.requests import Request
from dokodemo.kernel.access import Forbidden, Role
from dokodemo.kernel.ui import texts


@dataclass(frozen=True)
class Row:
    """One appointment in words. `factor` is None for those who may not see it."""

    account: UUID
    name: str
    title: str
    since: date
    until: date | None
    mine: bool
    factor: bool | None


def second_factors(people: set[UUID]) -> set[UUID]:
    """Who of these can sign in with a second factor."""
    kinds = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
    rows = Authenticator.objects.filter(user_id__in=people, type__in=kinds)
    return set(rows.values_list("user_id", flat=True))


@needs_staff
@require_safe
def staff(request: Request) -> HttpResponse:
    """Sections in the city's order, each with its posts. Open to whoever holds a post today."""
    if not request.actor.grants:
        raise Forbidden
    sections = organisation.sections()
    held = organisation.roster()
    people = {post.account_id for posts in held.values() for post in posts}
    names = organisation.staff_names(people)
    administers = request.actor.has(Role.ADMINISTRATOR)
    factors = second_factors(people) if administers else None
    rows: list[tuple[SectionView, list[Row]]] = [
        (
            section,
            [_row(request, post, names, factors) for post in held.get(section.code, [])],
        )
        for section in sections
    ]
    context = {
        "sections": rows,
        "people": len(people),
        "administers": administers,
        "without_post": [one for one in organisation.members() if not one.posts] if administers else [],
    }
    return pages.show(request, "office/staff.html", context)


def title_of(request: Request, post: HolderView) -> str:
    """What somebody is: a title of one's own is said with the role it carries, a usual one is not said twice."""
    role = texts.plain(f"office.role.{post.role}", request.lang)
    if not post.title or role.startswith(post.title):
        return role
    return texts.plain("office.staff.title_role", request.lang, title=post.title, role=role)


def _row(request: Request, post: HolderView, names: dict[UUID, str], factors: set[UUID] | None) -> Row:
    return Row(
        account=post.account_id,
        name=names.get(post.account_id, ""),
        title=title_of(request, post),
        since=post.starts_on,
        until=post.ends_on,
        mine=post.account_id == request.actor.account_id,
        factor=None if factors is None else post.account_id in factors,
    )
