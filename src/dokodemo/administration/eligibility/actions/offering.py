"""Offers (案内): sent by the section, opened, applied to, declined by the person, and expired.

Owns every change of an offer and of the wish not to be addressed. Each is one transaction with one event.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction

from dokodemo.administration.eligibility import events as verbs
from dokodemo.administration.eligibility import queries
from dokodemo.administration.eligibility.models import OPEN_OFFERS, Decision, Offer, OfferState, OptOut
from dokodemo.kernel import calendar_jp, events
from dokodemo.kernel.access import Actor, Forbidden, NotFound
from dokodemo.kernel.prepared import Prepared

OFFER_DAYS = 90
MOST_AT_ONCE = 500
# Asked whenever anybody hands anything in.
_OPEN_OF_PROCEDURE = Prepared(
    lambda resident, procedure: Offer.objects.select_for_update().filter(
        resident_id=resident, procedure=procedure, state__in=OPEN_OFFERS
    ),
    resident=UUID,
    procedure=str,
)


class NotOffered(Exception):
    """The offer is over: declined, expired or applied to; `code` is the text that says so."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Sending:
    """How many offers were sent, and how many of those chosen may not be addressed (any more)."""

    sent: int
    left_out: int


def send_offers(
    *, actor: Actor, judged_id: UUID, resident_ids: Collection[UUID], applied: Collection[UUID]
) -> Sending:
    """Tell the chosen residents of a benefit; whoever may not be addressed is left out without saying why.

    Left out: those the rules exclude, who opted out, have an offer or declined one, are protected from this section,
    or are among `applied` (they receive it or have asked). Raises NotFound for another section's or an older run's
    benefit, ValueError for more than MOST_AT_ONCE.
    """
    if len(resident_ids) > MOST_AT_ONCE:
        raise ValueError(f"at most {MOST_AT_ONCE} at once")
    try:
        return _send(actor, judged_id, resident_ids, applied)
    except IntegrityError:
        # Somebody else sent to one of them at the same moment: that one has an offer now.
        return _send(actor, judged_id, resident_ids, applied)


@transaction.atomic
def _send(
    actor: Actor, judged_id: UUID, resident_ids: Collection[UUID], applied: Collection[UUID]
) -> Sending:
    judged = queries.latest_judged(actor, judged_id)
    found = queries.may_be_offered(actor, judged, applied=applied).filter(resident_id__in=resident_ids)
    now = calendar_jp.now()
    sent = 0
    for decision in found.order_by("resident_id"):
        _offer(actor, decision, judged.procedure, judged.section, judged.version_id, now)
        sent += 1
    return Sending(sent, len(set(resident_ids)) - sent)


def _offer(
    actor: Actor, decision: Decision, procedure: str, section: str, version_id: UUID, now: datetime
) -> None:
    offer = Offer.objects.create(
        decision=decision,
        resident_id=decision.resident_id,
        version_id=version_id,
        procedure=procedure,
        section=section,
        sent_by_id=actor.account,
        sent_at=now,
        expires_on=calendar_jp.jst_day(now) + timedelta(days=OFFER_DAYS),
    )
    events.record(
        verbs.OFFER_SENT,
        actor=actor,
        object=("offer", offer.pk),
        refs={"procedure": procedure, "section": section, "verdict": decision.verdict},
    )


@transaction.atomic
def open_offer(*, actor: Actor, offer_id: UUID) -> Offer:
    """The person looks into an offer; a second time changes nothing. Raises NotFound, NotOffered."""
    offer = _open(actor, offer_id)
    if offer.state == OfferState.OFFERED:
        offer.state = OfferState.OPENED
        offer.opened_at = calendar_jp.now()
        offer.save(update_fields=["state", "opened_at"])
        _record(verbs.OFFER_OPENED, actor, offer)
    return offer


@transaction.atomic
def decline_offer(*, actor: Actor, offer_id: UUID) -> Offer:
    """The person does not want it; nobody offers the same version of the benefit again. Raises NotFound, NotOffered."""
    offer = _open(actor, offer_id)
    _close(actor, offer, OfferState.DECLINED, verbs.OFFER_DECLINED)
    return offer


def apply_to_offer(*, actor: Actor, resident_id: UUID | None, procedure: str) -> None:
    """An application was handed in: an open offer of the same benefit is answered by it. In the caller's transaction."""
    if resident_id is None:
        return
    for offer in _OPEN_OF_PROCEDURE.all(resident=resident_id, procedure=procedure):
        _close(actor, offer, OfferState.APPLIED, verbs.OFFER_APPLIED)


def expire_offers(*, actor: Actor, on: date | None = None) -> int:
    """Close offers whose last day has passed; how many. Raises Forbidden unless the system acts."""
    if actor.kind != "system":
        raise Forbidden
    day = on or calendar_jp.today()
    over = list(Offer.objects.filter(state__in=OPEN_OFFERS, expires_on__lt=day).values_list("pk", flat=True))
    for pk in over:
        with transaction.atomic():
            offer = Offer.objects.select_for_update().get(pk=pk)
            if offer.state in OPEN_OFFERS:
                _close(actor, offer, OfferState.EXPIRED, verbs.OFFER_EXPIRED)
    return len(over)


@transaction.atomic
def opt_out(*, actor: Actor) -> None:
    """The person does not want to be looked for; open offers stay until declined. Raises NotFound without a record."""
    resident_id = _oneself(actor)
    if OptOut.objects.filter(resident_id=resident_id, ended_at__isnull=True).exists():
        return
    try:
        with transaction.atomic():
            OptOut.objects.create(resident_id=resident_id, since=calendar_jp.now())
    except IntegrityError:
        return
    events.record(verbs.OPTED_OUT, actor=actor, object=("resident", resident_id))


@transaction.atomic
def opt_in(*, actor: Actor) -> None:
    """The person wants to be told again. Raises NotFound for a sign-in without a record."""
    resident_id = _oneself(actor)
    changed = OptOut.objects.filter(resident_id=resident_id, ended_at__isnull=True).update(
        ended_at=calendar_jp.now()
    )
    if changed:
        events.record(verbs.OPTED_IN, actor=actor, object=("resident", resident_id))


def _oneself(actor: Actor) -> UUID:
    if actor.kind != "resident" or actor.resident_id is None:
        raise NotFound("resident")
    return actor.resident_id


def _open(actor: Actor, offer_id: UUID) -> Offer:
    offer = queries.my_offer(actor, offer_id, lock=True)
    if offer.state in OPEN_OFFERS and offer.expires_on < calendar_jp.today():
        raise NotOffered("eligibility.offer.expired")
    if offer.state not in OPEN_OFFERS:
        raise NotOffered(f"eligibility.offer.{offer.state}")
    return offer


def _close(actor: Actor, offer: Offer, state: OfferState, verb: str) -> None:
    offer.state = state
    offer.closed_at = calendar_jp.now()
    offer.save(update_fields=["state", "closed_at"])
    _record(verb, actor, offer)


def _record(verb: str, actor: Actor, offer: Offer) -> None:
    events.record(
        verb,
        actor=actor,
        object=("offer", offer.pk),
        refs={"procedure": offer.procedure, "section": offer.section},
    )
