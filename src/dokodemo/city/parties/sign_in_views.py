"""Sign-ins that wait for a clerk (結び付けの確認待ち), with who they might be, and those a clerk has refused.

Never decides: a clerk compares the card's 基本4情報 with the candidates and confirms or refuses by `actions`.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from dokodemo.city.parties import events as verbs
from dokodemo.city.parties import indexes
from dokodemo.city.parties.definitions import OPEN_LINKS, SEXES, LinkState, Status
from dokodemo.city.parties.logic import address_key, full_name_text, value_of, without_spaces
from dokodemo.city.parties.models import Resident, SignInLink
from dokodemo.city.parties.policies import may_see_protected, require_register_keeper
from dokodemo.kernel import events
from dokodemo.kernel.access import Actor, NotFound

CANDIDATES = 20
PER_PAGE = 20


@dataclass(frozen=True)
class WaitingSignIn:
    """A sign-in that waits: what the card says, and since when (UTC)."""

    id: UUID
    account_id: UUID
    asked_at: datetime
    full_name: str
    date_of_birth: str
    sex: str
    address: str


@dataclass(frozen=True)
class RefusedSignIn:
    """A sign-in that a clerk did not recognise: what the card said, why it was refused, and when (UTC)."""

    id: UUID
    full_name: str
    date_of_birth: str
    reason: str
    decided_at: datetime | None


@dataclass(frozen=True)
class Candidate:
    """A resident who might be the person: which of the four agree, and which sign-in already is them.

    A protected resident outside the authorised section is not listed at all.
    """

    resident_id: UUID
    number: str
    name: str
    date_of_birth: str
    agrees: frozenset[str]
    taken_by: UUID | None

    @property
    def taken(self) -> bool:
        """Whether another sign-in is this resident, so that it has to be undone first."""
        return self.taken_by is not None


def sign_ins_to_confirm(actor: Actor, *, offset: int = 0, limit: int = 50) -> list[WaitingSignIn]:
    """Sign-ins that wait for a clerk, oldest first. Raises NotFound for who does not keep the register."""
    require_register_keeper(actor)
    rows = SignInLink.objects.filter(state=LinkState.AWAITING_CLERK.value).order_by("asked_at")
    return [_waiting(link) for link in rows[offset : offset + limit]]


def sign_in_candidates(actor: Actor, link_id: UUID) -> tuple[WaitingSignIn, list[Candidate]]:
    """One waiting sign-in and the residents who share its name or day of birth, best first; the look is recorded."""
    require_register_keeper(actor)
    link = SignInLink.objects.filter(pk=link_id, state=LinkState.AWAITING_CLERK.value).first()
    if link is None:
        raise NotFound("sign-in")
    waiting = _waiting(link)
    wanted = Q(pk__in=[])
    if waiting.full_name:
        wanted |= Q(name_index=indexes.of_name(waiting.full_name))
    if waiting.date_of_birth:
        wanted |= Q(birth_index=indexes.of_birth(waiting.date_of_birth))
    found = Resident.objects.filter(wanted, status=Status.RESIDENT.value)
    visible = [r for r in found if not r.protected or may_see_protected(actor, r.protected_section)]
    linked = SignInLink.objects.filter(
        resident_id__in=[r.pk for r in visible], state=LinkState.LINKED.value
    ).values_list("resident_id", "pk")
    taken = dict(linked)
    candidates = [_candidate(waiting, resident, taken.get(resident.pk)) for resident in visible]
    with transaction.atomic():
        events.record(
            verbs.SIGN_IN_VIEWED, actor=actor, object=("sign_in", link_id), numbers={"found": len(candidates)}
        )
    return waiting, sorted(candidates, key=lambda c: (-len(c.agrees), c.number))[:CANDIDATES]


def refused_sign_ins(actor: Actor, page: int) -> tuple[Page[SignInLink], list[RefusedSignIn]]:
    """A page of refusals that can be taken back, newest first: nobody who has asked again or is somebody since.

    Raises NotFound for who does not keep the register.
    """
    require_register_keeper(actor)
    again = SignInLink.objects.filter(account_id=OuterRef("account_id"), state__in=OPEN_LINKS)
    rows = SignInLink.objects.filter(~Exists(again), state=LinkState.REFUSED.value)
    found = Paginator(rows.order_by("-decided_at", "pk"), PER_PAGE).get_page(page)
    return found, [_refused(link) for link in found]


def _refused(link: SignInLink) -> RefusedSignIn:
    said = _waiting(link)
    return RefusedSignIn(link.pk, said.full_name, said.date_of_birth, link.reason or "", link.decided_at)


def _waiting(link: SignInLink) -> WaitingSignIn:
    claims = link.claims
    return WaitingSignIn(
        id=link.pk,
        account_id=link.account_id,
        asked_at=link.asked_at,
        full_name=claims.get("full_name") or "",
        date_of_birth=claims.get("date_of_birth") or "",
        sex=SEXES.get(claims.get("sex") or "", claims.get("sex") or ""),
        address=claims.get("address") or "",
    )


def _candidate(waiting: WaitingSignIn, resident: Resident, taken_by: UUID | None) -> Candidate:
    record = resident.facts
    name = full_name_text(value_of(record, "full_name"))
    born = str(value_of(record, "date_of_birth") or "")
    address = str((value_of(record, "address") or {}).get("full", ""))
    agrees = {
        "full_name": without_spaces(name) == without_spaces(waiting.full_name),
        "date_of_birth": born == waiting.date_of_birth,
        "sex": value_of(record, "sex") == waiting.sex,
        "address": address_key(address) == address_key(waiting.address),
    }
    return Candidate(
        resident_id=resident.pk,
        number=resident.number,
        name=name,
        date_of_birth=born,
        agrees=frozenset(key for key, same in agrees.items() if same),
        taken_by=taken_by,
    )
