"""Handing letters over (送信): one after the other, each claimed first and ended when the relay has taken it.

Owns what a refusal and a failure lead to. A letter whose sender died between the relay's yes and our note of it is handed over
again after ten minutes under the same Message-ID: no way of sending can promise more, and a letter is never lost.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q

from dokodemo.adapters.mail import Post, Refused, Unreachable, is_offered, post
from dokodemo.kernel import calendar_jp, events
from dokodemo.kernel.access import Actor
from dokodemo.promotion.following import events as verbs
from dokodemo.promotion.following import letters, logic
from dokodemo.promotion.following.models import (
    GIVEN_UP,
    REFUSED,
    SENDING,
    SENT,
    WAITING,
    Follower,
    Mail,
)

MOST_AT_ONCE = 400  # of one run; the next one goes on five minutes later


def send(*, actor: Actor, most: int = MOST_AT_ONCE) -> int:
    """Hand over the letters that are due, those that ask before those that tell; how many the relay took."""
    if not is_offered() or _next() is None:
        return 0
    taken = refused = 0
    writer = letters.Writer()
    with post() as way:
        for _ in range(most):
            letter = _claimed()
            if letter is None:
                break
            try:
                outcome = _hand_over(actor, way, writer, letter)
            except Unreachable as fault:
                _later(letter, everybody=fault.everybody)
                if fault.everybody:
                    break
                continue
            taken += outcome == SENT
            refused += outcome == REFUSED
    if taken or refused:
        with transaction.atomic():
            events.record(
                verbs.SENT,
                actor=actor,
                object=("following_day", calendar_jp.today().isoformat()),
                numbers={"taken": taken, "refused": refused},
            )
    return taken


def _due(now: datetime) -> Q:
    return Q(state=WAITING, due_at__lte=now) | Q(state=SENDING, claimed_at__lt=now - logic.LEASE)


def _next() -> UUID | None:
    rows = Mail.objects.filter(_due(calendar_jp.now())).order_by("kind", "due_at")
    return rows.values_list("pk", flat=True).first()


def _claimed() -> Mail | None:
    """The next letter, marked as ours and committed so before anything leaves; None when nothing is due."""
    while (pk := _next()) is not None:
        now = calendar_jp.now()
        mine = Mail.objects.filter(_due(now), pk=pk).update(
            state=SENDING, claimed_at=now, attempts=F("attempts") + 1
        )
        letter = Mail.objects.select_related("follower").filter(pk=pk).first() if mine else None
        if letter is not None:
            return letter
    return None


def _hand_over(actor: Actor, way: Post, writer: letters.Writer, letter: Mail) -> str:
    """Sent or refused. Raises Unreachable."""
    written = writer.write(letter)
    if written is None:
        # What it was to tell is no longer part of the plan.
        _ended(letter, GIVEN_UP)
        return GIVEN_UP
    try:
        way.send(written)
    except Refused:
        _refused(actor, letter)
        return REFUSED
    _ended(letter, SENT)
    Follower.objects.filter(pk=letter.follower_id, refusals__gt=0).update(refusals=0)
    return SENT


def _ended(letter: Mail, state: str) -> None:
    Mail.objects.filter(pk=letter.pk).update(state=state, ended_at=calendar_jp.now())


@transaction.atomic
def _refused(actor: Actor, letter: Mail) -> None:
    """Count it, and stop writing to a mailbox that refuses letter after letter."""
    _ended(letter, REFUSED)
    rows = Follower.objects.filter(pk=letter.follower_id)
    rows.update(refusals=F("refusals") + 1)
    if rows.filter(refusals__gte=logic.MOST_REFUSALS).delete()[0]:
        events.record(
            verbs.DROPPED,
            actor=actor,
            object=(verbs.OBJECT, letter.follower_id),
            numbers={"refusals": logic.MOST_REFUSALS},
        )


def _later(letter: Mail, *, everybody: bool) -> None:
    """Try again after a while; when the relay itself was away, that was no attempt of this letter."""
    attempts = letter.attempts - everybody
    if attempts >= logic.MOST_ATTEMPTS:
        _ended(letter, GIVEN_UP)
        return
    Mail.objects.filter(pk=letter.pk).update(
        state=WAITING, attempts=attempts, due_at=calendar_jp.now() + logic.wait(max(attempts, 1))
    )
