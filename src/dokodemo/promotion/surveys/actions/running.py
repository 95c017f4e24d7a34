"""Opening, closing and publishing a wave (調査の開始・終了・公表).

Owns what closing does: results are worked out once, answers are written anew in a random order, and invitations are
deleted. From then on nobody, with every key and the whole database, can tell who was asked or who answered.
"""

from __future__ import annotations

import hashlib
import json
import random
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from dokodemo.kernel import calendar_jp, events
from dokodemo.kernel.access import Actor
from dokodemo.promotion.indicators import queries as indicators
from dokodemo.promotion.indicators.actions import observe
from dokodemo.promotion.indicators.definitions import Observed
from dokodemo.promotion.surveys import events as verbs
from dokodemo.promotion.surveys import queries, results
from dokodemo.promotion.surveys.actions.planning import BadWave
from dokodemo.promotion.surveys.models import (
    BATCH,
    CLOSED,
    DRAFT,
    OPEN,
    PUBLISHED,
    Answer,
    Invitation,
    Stratum,
    Wave,
    by_chance,
)


@transaction.atomic
def open_wave(*, actor: Actor, wave_id: UUID) -> None:
    """Let answers come, once the letters are made; residents may answer from the first day to the last.

    Raises NotFound, Forbidden, BadWave.
    """
    wave = _locked(actor, wave_id)
    if wave.state != DRAFT or wave.listed_on is None:
        raise BadWave("surveys.fault.not_listed")
    if wave.closes_on < calendar_jp.today():
        raise BadWave("surveys.fault.over")
    wave.state = OPEN
    wave.save(update_fields=["state"])
    _record(verbs.OPENED, actor, wave, invited=wave.sample)


@transaction.atomic
def close_wave(*, actor: Actor, wave_id: UUID) -> None:
    """Take no more answers, for good, and work the results out. Raises NotFound, Forbidden, BadWave."""
    wave = _locked(actor, wave_id)
    if wave.state != OPEN:
        raise BadWave("surveys.fault.not_open")
    rows = {row.cell.key: row for row in queries.strata(wave)}
    answers = list(Answer.objects.filter(wave=wave))
    population, invited = queries.cells(list(rows.values()))
    said = [(rows[one.sealed["stratum"]].cell, one.sealed["answers"]) for one in answers]
    wave.results = results.build(queries.frozen_of(wave), population, invited, said)
    for one in answers:
        rows[one.sealed["stratum"]].returned += 1
    Stratum.objects.bulk_update(rows.values(), ["returned"], batch_size=BATCH // 4)
    _write_anew(wave, answers)
    Invitation.objects.filter(wave=wave).delete()
    wave.state, wave.closed_on = CLOSED, calendar_jp.today()
    wave.save(update_fields=["state", "closed_on", "results"])
    _record(verbs.CLOSED, actor, wave, answers=len(answers))


def _write_anew(wave: Wave, answers: list[Answer]) -> None:
    """PostgreSQL keeps rows in the order they came and marks each with its transaction, which marked an invitation too:
    rows written anew, shuffled, in one other transaction carry neither."""
    random.SystemRandom().shuffle(answers)
    fresh = [Answer(pk=by_chance(), wave=wave, sealed=one.sealed) for one in answers]
    Answer.objects.filter(wave=wave).delete()
    Answer.objects.bulk_create(fresh, batch_size=BATCH)


@transaction.atomic
def publish(*, actor: Actor, wave_id: UUID) -> None:
    """Show the results to everybody, as they were worked out at closing, and in the plan's indicators they serve.

    Raises NotFound, Forbidden, BadWave.
    """
    wave = _locked(actor, wave_id)
    if wave.state != CLOSED:
        raise BadWave("surveys.fault.not_closed")
    wave.state, wave.published_on = PUBLISHED, calendar_jp.today()
    wave.save(update_fields=["state", "published_on"])
    text = json.dumps(wave.results, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    events.record(
        verbs.PUBLISHED,
        actor=actor,
        object=(verbs.OBJECT, wave.pk),
        refs={"survey": wave.survey},
        numbers={"answers": int(wave.results["returned"])},
        digests={"results": hashlib.sha256(text.encode()).hexdigest()},
    )
    _tell_indicators(actor, wave)


def _tell_indicators(actor: Actor, wave: Wave) -> None:
    """The shares this wave shows become values of the plan's indicators, where the plan takes them as entered."""
    survey = queries.frozen_of(wave).survey
    known = indicators.definitions()
    for code in dict.fromkeys(question.indicator for question in survey.questions if question.indicator):
        value = queries.published_value(wave, code)
        if value is None or code not in known or known[code].state != "entered":
            continue
        interval = f"95%信頼区間 {value.low:.1f}〜{value.high:.1f}%"
        observe(
            actor=actor,
            observed=Observed.model_validate(
                {
                    "indicator": code,
                    "from": min(wave.opens_on, value.as_of),
                    "to": min(wave.closes_on, value.as_of),
                    "value": round(Decimal(str(value.percent)), 2),
                    "vintage": f"{survey.title.ja} 第{wave.number}回",
                    "published_on": value.as_of,
                    "source": survey.title.ja,
                    "evidence": f"{interval}、回答{value.n}人（重みづけ後の有効数{value.effective:.0f}）",
                }
            ),
        )


def _locked(actor: Actor, wave_id: UUID) -> Wave:
    queries.require_runner(actor)
    return queries.get(actor, wave_id, lock=True)


def _record(verb: str, actor: Actor, wave: Wave, **numbers: int) -> None:
    events.record(
        verb, actor=actor, object=(verbs.OBJECT, wave.pk), refs={"survey": wave.survey}, numbers=numbers
    )
