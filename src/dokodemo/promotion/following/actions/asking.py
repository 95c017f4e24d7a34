"""Beginning and ending to follow (登録の申込み・確認・停止・忘却).

Owns that nobody is written to who did not say yes from their own mailbox, and that nobody learns from our answers whose
address we know. An address is kept sealed, found by a blind index, and deleted when following ends.
"""

from __future__ import annotations

import time
from uuid import UUID

from django.db import transaction
from django.db.models import F

from dokodemo.adapters import mail as post_office
from dokodemo.kernel import calendar_jp, events
from dokodemo.kernel.access import ANONYMOUS, Actor
from dokodemo.kernel.crypto import blind_index, keyed_digest
from dokodemo.promotion.following import events as verbs
from dokodemo.promotion.following import logic, queries, tokens
from dokodemo.promotion.following.logic import Wishes
from dokodemo.promotion.following.models import CONFIRM, Asked, Follower, Mail, Notice
from dokodemo.promotion.plan import queries as plans

_HOUR = 3600
_KEEP_HOURS = 48
_EVERYBODY = "all"


class NotOffered(Exception):
    """This city sends no mail."""


class TooManyAsked(Exception):
    """Too many asked this hour: this visitor, or all together."""


def ask(*, address: str, wishes: Wishes, client: str) -> None:
    """Send a letter to an address that asks whether it wants to follow; whether it is known changes nothing that shows.

    `client` is the network address: only a keyed digest of it is kept, for two days. An address that had its letters of the day
    gets no more. Raises NotOffered, logic.BadAddress, TooManyAsked.
    """
    if not post_office.is_offered():
        raise NotOffered
    plain = logic.read_address(address)
    _count(client)
    _keep(plain, wishes)


def _count(client: str) -> None:
    """Count one more and refuse what is too much. Counting is no act of anybody and records no event."""
    hour = int(time.time()) // _HOUR
    limits = (
        (keyed_digest(client.encode(), "following.asked"), logic.ASKED_AN_HOUR),
        (_EVERYBODY, logic.ASKED_AN_HOUR_BY_ALL),
    )
    with transaction.atomic():
        for key, _ in limits:
            _, new = Asked.objects.get_or_create(key=key, hour=hour)
            Asked.objects.filter(key=key, hour=hour).update(times=F("times") + 1)
            if new:
                Asked.objects.filter(hour__lt=hour - _KEEP_HOURS).delete()
    rows = dict(
        Asked.objects.filter(hour=hour, key__in=[key for key, _ in limits]).values_list("key", "times")
    )
    if any(rows.get(key, 0) > most for key, most in limits):
        raise TooManyAsked


@transaction.atomic
def _keep(address: str, wishes: Wishes) -> None:
    now = calendar_jp.now()
    follower, _ = Follower.objects.get_or_create(
        plan=plans.plan().code,
        alike=blind_index(logic.alike(address), "following.address"),
        defaults={"address": address, "asked_at": now},
    )
    # Two who ask for one address at once must not both find room for a letter.
    follower = Follower.objects.select_for_update().get(pk=follower.pk)
    day = now - logic.ASKED_ANEW
    if follower.mails.filter(kind=CONFIRM, made_at__gt=day).count() >= logic.CONFIRMATIONS_A_DAY:
        return
    if follower.confirmed_at is None:
        follower.address, follower.asked_at = address, now
        follower.save(update_fields=["address", "asked_at"])
    letter = Mail.objects.create(
        follower=follower, kind=CONFIRM, wishes=wishes.as_json(), made_at=now, due_at=now
    )
    events.record(
        verbs.ASKED,
        actor=ANONYMOUS,
        object=(verbs.OBJECT, follower.pk),
        refs={"mail": str(letter.pk), "lang": wishes.lang},
    )
    from dokodemo.promotion.following.tasks import send

    send.enqueue()


@transaction.atomic
def confirm(*, token: str) -> Wishes:
    """Follow from now on as the letter said; said again it changes nothing. Raises tokens.BadToken."""
    letter = queries.letter_to_confirm(token)
    follower = Follower.objects.select_for_update().filter(pk=letter.follower_id).first()
    if follower is None:
        raise tokens.BadToken
    wishes = queries.wishes_of(letter)
    before = (follower.measures, follower.lang, follower.often) if follower.confirmed_at else None
    if before == (list(wishes.measures), wishes.lang, wishes.often):
        return wishes
    follower.measures, follower.lang, follower.often = list(wishes.measures), wishes.lang, wishes.often
    follower.confirmed_at = follower.confirmed_at or calendar_jp.now()
    follower.refusals = 0
    follower.save(update_fields=["measures", "lang", "often", "confirmed_at", "refusals"])
    events.record(
        verbs.CONFIRMED if before is None else verbs.CHANGED,
        actor=ANONYMOUS,
        object=(verbs.OBJECT, follower.pk),
        refs={"lang": wishes.lang, "often": wishes.often},
        numbers={"measures": len(wishes.measures)},
    )
    return wishes


@transaction.atomic
def stop(*, token: str) -> None:
    """Follow no more, and be forgotten; who is not there any more has stopped already. Raises tokens.BadToken."""
    follower_id = tokens.read(tokens.STOP, token)
    if Follower.objects.filter(pk=follower_id).delete()[0]:
        events.record(verbs.STOPPED, actor=ANONYMOUS, object=(verbs.OBJECT, follower_id))


@transaction.atomic
def forget(*, actor: Actor) -> int:
    """Delete addresses that never said yes within a week, and letters and notices of long ago; how many addresses."""
    now = calendar_jp.now()
    old = Follower.objects.filter(confirmed_at=None, asked_at__lt=now - logic.FORGET_AFTER)
    gone: list[UUID] = list(old.values_list("pk", flat=True))
    for place in range(0, len(gone), 500):
        Follower.objects.filter(pk__in=gone[place : place + 500]).delete()
    long_ago = now - logic.KEEP_SENT
    Notice.objects.filter(mail__ended_at__lt=long_ago).delete()
    Mail.objects.filter(ended_at__lt=long_ago).delete()
    if gone:
        events.record(
            verbs.FORGOTTEN,
            actor=actor,
            object=("following_day", calendar_jp.today().isoformat()),
            numbers={"followers": len(gone)},
        )
    return len(gone)
