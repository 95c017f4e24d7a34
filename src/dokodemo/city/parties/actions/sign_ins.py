"""A sign-in becomes a resident (サインインと住民の結び付け): by unique exact match, else by a clerk.

Owns when a link is made, refused, taken up again and undone. Never discloses: what a linked account may be told is the port's.
"""

from collections.abc import Iterable, Mapping
from uuid import UUID

from django.db import transaction

from dokodemo.city.parties import events as verbs
from dokodemo.city.parties import indexes
from dokodemo.city.parties.definitions import OPEN_LINKS, LinkOutcome, LinkState, Status
from dokodemo.city.parties.models import Resident, SignInLink
from dokodemo.city.parties.policies import keeps_register, may_see_protected, require_register_keeper
from dokodemo.kernel import calendar_jp, events
from dokodemo.kernel.access import Account, Actor, Forbidden, NotFound, system

type Claims = Mapping[str, str | None]


def link_sign_in(*, account_id: UUID, claims: Claims) -> LinkOutcome:
    """What a sign-in with a card's 基本4情報 leads to.

    `claims`: full_name, date_of_birth (YYYY-MM-DD), sex (1, 2, 9 or a word), address; None where the card is silent.
    Linked when exactly one living resident of the city matches all four, is not protected and has no other sign-in,
    and no clerk has refused or undone a link of this account before. Otherwise it waits for a clerk, once; the same
    claims that a clerk has refused stay refused. Raises NotFound for an unknown account.
    """
    with transaction.atomic():
        account = (
            Account.objects.select_for_update().filter(pk=account_id, kind=Account.Kind.RESIDENT).first()
        )
        if account is None:
            raise NotFound("account")
        links = list(SignInLink.objects.filter(account_id=account_id).order_by("asked_at"))
        open_link = next((link for link in links if link.state == LinkState.LINKED), None)
        if open_link is not None:
            return LinkOutcome.LINKED
        digest = indexes.digest_of_claims(claims)
        if any(link.state == LinkState.REFUSED and link.claims_digest == digest for link in links):
            return LinkOutcome.REFUSED
        waiting = next((link for link in links if link.state == LinkState.AWAITING_CLERK), None)
        judged = any(link.state in {LinkState.REFUSED, LinkState.UNLINKED} for link in links)
        resident = None if judged else _unique_match(claims)
        if resident is None and waiting is not None and waiting.claims_digest == digest:
            return LinkOutcome.AWAITING_CLERK
        now = calendar_jp.now()
        link = waiting or SignInLink(account=account, asked_at=now)
        link.claims, link.claims_digest = dict(claims), digest
        link.resident = resident
        link.state = LinkState.AWAITING_CLERK if resident is None else LinkState.LINKED
        link.decided_at = None if resident is None else now
        link.save()
        events.record(
            verbs.SIGN_IN_AWAITING if resident is None else verbs.SIGN_IN_LINKED,
            actor=system("sign-in"),
            object=("sign_in", link.pk),
            refs={"account": str(account_id), "resident": str(resident.pk) if resident else None},
        )
    return LinkOutcome.LINKED if resident else LinkOutcome.AWAITING_CLERK


def _unique_match(claims: Claims) -> Resident | None:
    index = indexes.of_claims(claims)
    if index is None:
        return None
    found = list(
        Resident.objects.select_for_update(of=("self",)).filter(
            identity_index=index, status=Status.RESIDENT.value
        )[:2]
    )
    if len(found) != 1 or found[0].protected or _is_taken(found[0].pk):
        return None
    return found[0]


def _is_taken(resident_id: UUID) -> bool:
    return SignInLink.objects.filter(resident_id=resident_id, state=LinkState.LINKED.value).exists()


def _waiting(link_id: UUID) -> SignInLink:
    link = SignInLink.objects.select_for_update(of=("self",)).filter(pk=link_id).first()
    if link is None or link.state != LinkState.AWAITING_CLERK:
        raise NotFound("sign-in")
    return link


def confirm_sign_in(*, actor: Actor, link_id: UUID, resident_id: UUID) -> None:
    """A clerk who has checked says: this account is this resident.

    Raises NotFound (nothing waits, no such resident, or a protected one outside the authorised section) and
    Forbidden (the resident already has a sign-in: unlink it first; or is not living).
    """
    require_register_keeper(actor)
    with transaction.atomic():
        link = _waiting(link_id)
        resident = Resident.objects.select_for_update(of=("self",)).filter(pk=resident_id).first()
        if resident is None or (
            resident.protected and not may_see_protected(actor, resident.protected_section)
        ):
            raise NotFound("resident")
        if resident.status == Status.DEAD:
            raise Forbidden("This person is not living.")
        if _is_taken(resident_id):
            raise Forbidden("This resident has another sign-in. Unlink that one first.")
        link.resident, link.state, link.decided_at = resident, LinkState.LINKED, calendar_jp.now()
        link.save(update_fields=["resident", "state", "decided_at"])
        events.record(
            verbs.SIGN_IN_LINKED,
            actor=actor,
            object=("sign_in", link_id),
            refs={"account": str(link.account_id), "resident": str(resident_id)},
        )


def refuse_sign_in(*, actor: Actor, link_id: UUID, reason: str) -> None:
    """A clerk does not recognise the person; the reason is kept encrypted. Raises NotFound, ValueError (no reason)."""
    require_register_keeper(actor)
    if not reason.strip():
        raise ValueError("A refusal needs a reason.")
    with transaction.atomic():
        link = _waiting(link_id)
        link.state, link.reason, link.decided_at = LinkState.REFUSED, reason.strip(), calendar_jp.now()
        link.save(update_fields=["state", "reason", "decided_at"])
        events.record(
            verbs.SIGN_IN_REFUSED,
            actor=actor,
            object=("sign_in", link_id),
            refs={"account": str(link.account_id)},
        )


def reopen_sign_in(*, actor: Actor, link_id: UUID) -> None:
    """Take a refusal back, as when the register was behind or a paper came later: the sign-in waits for a clerk again.

    Raises NotFound where nothing was refused, or the account has asked again or is somebody since.
    """
    require_register_keeper(actor)
    with transaction.atomic():
        link = SignInLink.objects.select_for_update(of=("self",)).filter(pk=link_id).first()
        if link is None or link.state != LinkState.REFUSED:
            raise NotFound("sign-in")
        # Whoever signs in holds the account, so that its links change one after the other.
        Account.objects.select_for_update().get(pk=link.account_id)
        if SignInLink.objects.filter(account_id=link.account_id, state__in=OPEN_LINKS).exists():
            raise NotFound("sign-in")
        link.state, link.reason, link.decided_at = LinkState.AWAITING_CLERK, None, None
        link.asked_at = calendar_jp.now()
        link.save(update_fields=["state", "reason", "asked_at", "decided_at"])
        events.record(
            verbs.SIGN_IN_REOPENED,
            actor=actor,
            object=("sign_in", link_id),
            refs={"account": str(link.account_id)},
        )


def suspend_sign_ins(*, actor: Actor, resident_ids: Iterable[UUID]) -> None:
    """Make linked sign-ins of residents who come under protection wait for a clerk (秘匿の開始に伴う再確認).

    Somebody else may hold the card: a link made before the protection proves nothing now.
    """
    with transaction.atomic():
        links = SignInLink.objects.select_for_update(of=("self",)).filter(
            resident_id__in=list(resident_ids), state=LinkState.LINKED.value
        )
        for link in links:
            link.state, link.resident, link.asked_at = LinkState.AWAITING_CLERK, None, calendar_jp.now()
            link.decided_at = None
            link.save(update_fields=["state", "resident", "asked_at", "decided_at"])
            events.record(
                verbs.SIGN_IN_AWAITING,
                actor=actor,
                object=("sign_in", link.pk),
                refs={"account": str(link.account_id), "resident": None},
            )


def unlink(*, actor: Actor, account_id: UUID, reason: str = "") -> None:
    """Undo a link: by the person, or by a clerk who found it wrong. After that only a clerk links the account again.

    A clerk says why; the reason is kept encrypted. Raises NotFound when nothing is linked or the actor may not (a
    protected person's link outside the authorised section), ValueError for a clerk's missing reason.
    """
    own = actor.account_id == account_id
    if not own and not keeps_register(actor):
        raise NotFound("sign-in")
    with transaction.atomic():
        link = (
            SignInLink.objects.select_for_update(of=("self",))
            .filter(account_id=account_id, state=LinkState.LINKED.value)
            .select_related("resident")
            .first()
        )
        if link is None or link.resident is None:
            raise NotFound("sign-in")
        if not own:
            if link.resident.protected and not may_see_protected(actor, link.resident.protected_section):
                raise NotFound("sign-in")
            if not reason.strip():
                raise ValueError("A clerk who undoes a link says why.")
        link.state, link.decided_at = LinkState.UNLINKED, calendar_jp.now()
        link.reason = reason.strip() or None
        link.save(update_fields=["state", "reason", "decided_at"])
        events.record(
            verbs.SIGN_IN_UNLINKED,
            actor=actor,
            object=("sign_in", link.pk),
            refs={"account": str(account_id), "resident": str(link.resident.pk)},
        )
