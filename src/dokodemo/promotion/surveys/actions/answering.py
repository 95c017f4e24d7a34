"""Taking answers (回答の受付): by the code of a letter, from residents and from paper.

Owns that one code is one answer. Never keeps who answered: the invitation is marked as used, and the answer is written in
the same transaction without any link, time or order. The event says only that an answer to the wave came.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from uuid import UUID

from django.db import transaction
from django.db.models import F

from dokodemo.kernel import events
from dokodemo.kernel.access import ANONYMOUS, Actor
from dokodemo.kernel.crypto import keyed_digest
from dokodemo.promotion.surveys import events as verbs
from dokodemo.promotion.surveys import queries
from dokodemo.promotion.surveys.logic import Filled, read_answers
from dokodemo.promotion.surveys.models import OPEN, Answer, Invitation, Wave, WrongCodes, by_chance

WRONG_AN_HOUR = 30  # of one client; a code of 60 bits leaves a guesser no chance, this stops a nuisance
_HOUR = 3600
WRONG_CODES_KEPT_HOURS = 48


class NotUsable(Exception):
    """A code that is unknown, used or of a wave that takes no answers: the three are told apart by nobody."""


class TooManyWrongCodes(Exception):
    """Too many wrong codes this hour from one client."""


class BadAnswers(Exception):
    """Something was filled in that is no answer; `filled` has the faults by question and all that was typed."""

    def __init__(self, filled: Filled) -> None:
        super().__init__("answers do not fit")
        self.filled = filled


def check_code(*, code: str, client: str) -> Wave:
    """The wave a code may answer. `client` is the network address: only a keyed digest of it is kept, for two days.

    Counting wrong codes is no act of anybody and records no event. Raises NotUsable, TooManyWrongCodes.
    """
    hour = int(time.time()) // _HOUR
    key = keyed_digest(client.encode(), "surveys.wrong_codes")
    failures = WrongCodes.objects.filter(key=key, hour=hour).values_list("failures", flat=True).first()
    if (failures or 0) >= WRONG_AN_HOUR:
        raise TooManyWrongCodes
    found = queries.by_code(code)
    if found is None or not queries.takes_answers(found.wave):
        _count_wrong(key, hour)
        raise NotUsable
    return found.wave


def _count_wrong(key: str, hour: int) -> None:
    with transaction.atomic():
        counter, new = WrongCodes.objects.get_or_create(key=key, hour=hour)
        WrongCodes.objects.filter(pk=counter.pk).update(failures=F("failures") + 1)
        if new:
            WrongCodes.objects.filter(hour__lt=hour - WRONG_CODES_KEPT_HOURS).delete()


def answer(*, code: str, answers: Mapping[str, str], client: str) -> None:
    """Keep what somebody answered, whoever is signed in. Raises NotUsable, TooManyWrongCodes, BadAnswers."""
    wave = check_code(code=code, client=client)
    _keep(ANONYMOUS, wave.pk, code, answers, "web")


def enter_paper(*, actor: Actor, wave_id: UUID, code: str, answers: Mapping[str, str]) -> None:
    """Keep what came on paper, until the wave is closed. Raises NotFound, Forbidden, NotUsable, BadAnswers."""
    queries.require_runner(actor)
    queries.get(actor, wave_id)
    _keep(actor, wave_id, code, answers, "paper")


@transaction.atomic
def _keep(actor: Actor, wave_id: UUID, code: str, answers: Mapping[str, str], channel: str) -> None:
    # A wave being closed waits for answers under way, and they for it.
    wave = Wave.objects.select_for_update().filter(pk=wave_id, state=OPEN).first()
    found = queries.by_code(code)
    if wave is None or found is None or found.wave_id != wave.pk:
        raise NotUsable
    filled = read_answers(queries.frozen_of(wave), answers)
    if filled.faults:
        raise BadAnswers(filled)
    if not Invitation.objects.filter(pk=found.pk, used=False).update(used=True):
        raise NotUsable
    Answer.objects.create(
        pk=by_chance(),
        wave=wave,
        sealed={"stratum": found.stratum.cell.key, "answers": filled.answers},
    )
    events.record(
        verbs.ANSWERED,
        actor=actor,
        object=(verbs.OBJECT, wave.pk),
        refs={"survey": wave.survey, "channel": channel},
    )
