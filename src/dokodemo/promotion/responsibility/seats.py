"""Who holds which seat of the promotion on a day (推進体制の照会).

Reads only. A seat counts while the post it rests on is held: worked out from both periods, kept nowhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.conf import settings
from django.db.models import Q

from dokodemo.city.organisation import queries as organisation
from dokodemo.city.organisation.queries import HolderView
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import Actor, Grant, NotFound, Role
from dokodemo.promotion.plan import policies as plan_policies
from dokodemo.promotion.plan import queries as plans
from dokodemo.promotion.responsibility.definitions import PromotionFile, promotion_of
from dokodemo.promotion.responsibility.logic import SEATS, covers
from dokodemo.promotion.responsibility.models import Seating

MOST_SEATINGS = 5000


def promotion() -> PromotionFile:
    """The promotion of the city this server runs for. Raises PackError."""
    return promotion_of(settings.DOKODEMO_PACK)


@dataclass(frozen=True)
class Held:
    """A seat held by somebody; `counts` is False while the post it rests on is not held."""

    id: UUID
    kind: str
    scope: str
    account: UUID
    starts_on: date
    ends_on: date | None
    counts: bool


def rests_on(kind: str, scope: str, grants: Iterable[Grant]) -> bool:
    """Whether somebody with these posts can hold a seat: the CIO as CIO, digital staff in the section, others anywhere."""
    if kind == "cio":
        return any(grant.role == Role.CIO for grant in grants)
    if kind == "digital_staff":
        return any(grant.section == scope for grant in grants)
    return any(True for _ in grants)


def held_on(actor: Actor, day: date) -> list[Held]:
    """Every seat that is held on a day, in the order of SEATS. Raises NotFound for who has no post."""
    if not plan_policies.may_read(actor):
        raise NotFound
    return _held(day)


def history(actor: Actor) -> list[Held]:
    """Every seating there was, is and will be, the newest first, at most MOST_SEATINGS. Raises NotFound.

    `counts` is about today.
    """
    if not plan_policies.may_read(actor):
        raise NotFound
    today = calendar_jp.today()
    posts = _posts(organisation.roster(today))
    rows = Seating.objects.filter(seat__plan=plans.plan().code).select_related("seat")
    return [_view(row, today, posts) for row in rows.order_by("-starts_on", "-made_at", "pk")[:MOST_SEATINGS]]


def digital_staff(sections: Iterable[str], day: date) -> dict[str, list[UUID]]:
    """The digital staff (デジタル担当職員) of sections on a day, by section, longest-serving first."""
    wanted: dict[str, list[UUID]] = {section: [] for section in sections}
    for one in _held(day, kinds=("digital_staff",)):
        if one.counts and one.scope in wanted:
            wanted[one.scope].append(one.account)
    return wanted


def how_many(kind: str, day: date) -> int:
    """How many people hold a kind of seat on a day, together with the post it rests on: a number for the national survey."""
    return len({one.account for one in _held(day, kinds=(kind,)) if one.counts})


def _held(day: date, kinds: Sequence[str] = SEATS) -> list[Held]:
    rows = Seating.objects.filter(seat__plan=plans.plan().code, seat__kind__in=kinds, starts_on__lte=day)
    rows = rows.filter(Q(ends_on=None) | Q(ends_on__gte=day)).select_related("seat")
    posts = _posts(organisation.roster(day))
    found = [_view(row, day, posts) for row in rows.order_by("starts_on", "made_at", "pk")]
    return sorted(found, key=lambda one: (SEATS.index(one.kind), one.scope))


def _posts(roster: Mapping[str, list[HolderView]]) -> dict[UUID, list[Grant]]:
    found: dict[UUID, list[Grant]] = {}
    for posts in roster.values():
        for post in posts:
            found.setdefault(post.account_id, []).append(Grant(post.section, post.role))
    return found


def _view(row: Seating, day: date, posts: Mapping[UUID, list[Grant]]) -> Held:
    counts = covers((row.starts_on, row.ends_on), day) and rests_on(
        row.seat.kind, row.seat.scope, posts.get(row.account, [])
    )
    return Held(row.pk, row.seat.kind, row.seat.scope, row.account, row.starts_on, row.ends_on, counts)
