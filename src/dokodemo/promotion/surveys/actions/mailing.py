"""Inviting by mail (メールでの依頼): the mail with its code to everybody of the sample who is asked this way.

Owns what a refusal and a failure lead to. Never keeps an address or a code. A mail whose sender died between the relay's yes and
our note of it is handed over again, with the same code and the same Message-ID.
"""

from __future__ import annotations

from collections import Counter
from itertools import batched

from django.db import transaction

from dokodemo.adapters.mail import Post, Refused, Unreachable, is_offered, post
from dokodemo.city.parties.frame import mailboxes
from dokodemo.kernel import calendar_jp, events
from dokodemo.kernel.access import Actor, Forbidden
from dokodemo.promotion.surveys import events as verbs
from dokodemo.promotion.surveys import queries
from dokodemo.promotion.surveys.codes import mailed_code, normalise
from dokodemo.promotion.surveys.letters import Writer
from dokodemo.promotion.surveys.models import BY_MAIL, MAILED, NOWHERE, OPEN, RETURNED, Invitation, Wave

MOST_AT_ONCE = 2000  # of one run and wave; the next one goes on an hour later
_SOME = 50


def send_invitations(*, actor: Actor, most: int = MOST_AT_ONCE) -> int:
    """Hand over what is to be mailed of every wave that may be answered today; how many the relay took.

    Raises Forbidden for anybody but the system.
    """
    if actor.kind != "system":
        raise Forbidden("Only the job sends mail.")
    if not is_offered():
        return 0
    today = calendar_jp.today()
    waves = Wave.objects.filter(state=OPEN, opens_on__lte=today, closes_on__gte=today)
    return sum(_send(actor, wave, most)[MAILED] for wave in waves)


def _send(actor: Actor, wave: Wave, most: int) -> Counter[str]:
    """How many were handed over, came back at once, or have nobody to go to any more."""
    waiting = Invitation.objects.filter(wave=wave, sent=BY_MAIL, used=False).order_by("number")
    survey = queries.frozen_of(wave).survey
    asked, counts = list(waiting[:most]), Counter[str]()
    if not asked:
        return counts
    writer = Writer(wave)
    with post() as way:
        for some in batched(asked, _SOME):
            boxes = mailboxes(
                actor,
                [one.resident_id for one in some],
                purpose=queries.purpose_of(wave.survey),
                section=survey.section,
            )
            try:
                for one in some:
                    counts[_hand_over(way, writer, one, boxes.get(one.resident_id))] += 1
            except Unreachable:
                # The relay itself is away.
                break
    del counts[BY_MAIL]
    if counts:
        with transaction.atomic():
            events.record(
                verbs.MAILED,
                actor=actor,
                object=(verbs.OBJECT, wave.pk),
                refs={"survey": wave.survey},
                numbers={"mails": counts[MAILED], "returned": counts[RETURNED], "nowhere": counts[NOWHERE]},
            )
    return counts


def _hand_over(way: Post, writer: Writer, one: Invitation, box: str | None) -> str:
    """How the invitation stands afterwards. Raises Unreachable when no other mail would go either."""
    mine = Invitation.objects.filter(pk=one.pk, sent=BY_MAIL)
    if box is None:
        mine.update(sent=NOWHERE)
        return NOWHERE
    code = mailed_code(one.pk)
    # Before it leaves: whoever opens it at once can answer.
    if not mine.update(code_index=queries.code_index(normalise(code))):
        return BY_MAIL
    try:
        way.send(writer.write(one.pk, one.number, box, code))
    except Refused:
        mine.update(sent=RETURNED, code_index=None)
        return RETURNED
    except Unreachable as fault:
        if fault.everybody:
            raise
        return BY_MAIL
    mine.update(sent=MAILED)
    return MAILED
