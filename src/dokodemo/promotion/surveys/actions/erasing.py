"""Erasing what is kept of people once its time is over (保存期間の経過による消去): answers, invitations, wrong codes.

Owns that single answers go. Never touches results: what was worked out and published stays exactly as it is.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from django.db import transaction

from dokodemo.kernel import calendar_jp, events
from dokodemo.kernel.access import Actor, Forbidden
from dokodemo.promotion.surveys import events as verbs
from dokodemo.promotion.surveys import queries
from dokodemo.promotion.surveys.actions.answering import WRONG_CODES_KEPT_HOURS
from dokodemo.promotion.surveys.actions.running import close
from dokodemo.promotion.surveys.models import OPEN, Answer, Invitation, Wave, WrongCodes


@dataclass(frozen=True)
class Erased:
    """How many rows went: of how many waves, of which some were closed for it; single answers, invitations."""

    waves: int
    closed: int
    answers: int
    invitations: int


@transaction.atomic
def erase(*, actor: Actor) -> Erased:
    """Erase the answers and invitations of every wave whose time is over; a second run of a day finds nothing.

    A wave nobody closed is closed first, so that what people said is counted before it goes. Raises Forbidden for anybody
    but the system. Wrong codes are a counter of two days and no act of anybody: they go without an event.
    """
    if actor.kind != "system":
        raise Forbidden("Only the nightly job erases.")
    today = calendar_jp.today()
    hour = int(time.time()) // 3600
    WrongCodes.objects.filter(hour__lt=hour - WRONG_CODES_KEPT_HOURS).delete()
    waves = closed = answers = invitations = 0
    for wave in Wave.objects.select_for_update().filter(erased_on=None, closes_on__lt=today):
        until = queries.kept_until(wave)
        if until is None or until >= today:
            continue
        # Closing deletes the invitations.
        invitations += Invitation.objects.filter(wave=wave).count()
        if wave.state == OPEN:
            close(wave)
            closed += 1
        Invitation.objects.filter(wave=wave).delete()
        gone, _ = Answer.objects.filter(wave=wave).delete()
        wave.erased_on = today
        wave.save(update_fields=["erased_on"])
        waves, answers = waves + 1, answers + gone
    if waves:
        events.record(
            verbs.ERASED,
            actor=actor,
            object=("survey_answers", today.isoformat()),
            numbers={"waves": waves, "closed": closed, "answers": answers, "invitations": invitations},
        )
    return Erased(waves, closed, answers, invitations)
