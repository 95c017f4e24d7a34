"""Opening and closing a wave (調査の開始・終了).

Owns what closing does: results are worked out, answers are written anew in a random order, and invitations are
deleted. From then on nobody, with every key and the whole database, can tell who was asked or who answered.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import transaction

from dokodemo.kernel import calendar_jp, events
from dokodemo.kernel.access import Actor
from dokodemo.promotion.surveys import events as verbs
from dokodemo.promotion.surveys import queries, results, tasks
from dokodemo.promotion.surveys.actions.planning import BadWave
from dokodemo.promotion.surveys.models import (
    BATCH,
    CLOSED,
    DRAFT,
    OPEN,
    Answer,
    Invitation,
    Stratum,
    Wave,
    by_chance,
)


@transaction.atomic
def open_wave(*, actor: Actor, wave_id: UUID) -> None:
    """Let answers come, once the letters are made; residents may answer from the first day to the last, and on the first
    invitations by mail leave. Raises NotFound, Forbidden, BadWave.
    """
    wave = locked(actor, wave_id)
    if wave.state != DRAFT or wave.listed_on is None:
        raise BadWave("surveys.fault.not_listed")
    if wave.closes_on < calendar_jp.today():
        raise BadWave("surveys.fault.over")
    wave.state = OPEN
    wave.save(update_fields=["state"])
    _record(verbs.OPENED, actor, wave, invited=wave.sample)
    if wave.opens_on <= calendar_jp.today() and queries.by_mail(wave) is not None:
        tasks.send_invitations.enqueue()


@transaction.atomic
def close_wave(*, actor: Actor, wave_id: UUID) -> None:
    """Take no more answers, for good, and work the results out. Raises NotFound, Forbidden, BadWave."""
    wave = locked(actor, wave_id)
    if wave.state != OPEN:
        raise BadWave("surveys.fault.not_open")
    answers = close(wave)
    _record(verbs.CLOSED, actor, wave, answers=answers)


def close(wave: Wave) -> int:
    """Close an open wave that is locked; how many answers it has. Whoever calls says so in the log."""
    rows = {row.cell.key: row for row in queries.strata(wave)}
    answers = list(Answer.objects.filter(wave=wave))
    wave.results = worked_out(wave, answers)
    for one in answers:
        rows[one.sealed["stratum"]].returned += 1
    Stratum.objects.bulk_update(rows.values(), ["returned"], batch_size=BATCH // 4)
    _write_anew(wave, answers)
    Invitation.objects.filter(wave=wave).delete()
    wave.state, wave.closed_on = CLOSED, calendar_jp.today()
    wave.save(update_fields=["state", "closed_on", "results"])
    return len(answers)


def worked_out(wave: Wave, answers: Sequence[Answer]) -> dict[str, Any]:
    """What a wave comes to by the answers that are kept of it, always in one order: sums of weights depend on it."""
    rows = {row.cell.key: row for row in queries.strata(wave)}
    population, invited = queries.cells(list(rows.values()))
    said = [(rows[one.sealed["stratum"]].cell, one.sealed["answers"]) for one in answers]
    said.sort(key=lambda one: (one[0].key, sorted(one[1].items())))
    return results.build(queries.frozen_of(wave), population, invited, said)


def _write_anew(wave: Wave, answers: list[Answer]) -> None:
    """PostgreSQL keeps rows in the order they came and marks each with its transaction, which marked an invitation too:
    rows written anew, shuffled, in one other transaction carry neither."""
    random.SystemRandom().shuffle(answers)
    fresh = [Answer(pk=by_chance(), wave=wave, sealed=one.sealed) for one in answers]
    Answer.objects.filter(wave=wave).delete()
    Answer.objects.bulk_create(fresh, batch_size=BATCH)


def locked(actor: Actor, wave_id: UUID) -> Wave:
    """A wave for whoever runs surveys, held against others. Raises NotFound, Forbidden."""
    queries.require_runner(actor)
    return queries.get(actor, wave_id, lock=True)


def _record(verb: str, actor: Actor, wave: Wave, **numbers: int) -> None:
    events.record(
        verb, actor=actor, object=(verbs.OBJECT, wave.pk), refs={"survey": wave.survey}, numbers=numbers
    )
