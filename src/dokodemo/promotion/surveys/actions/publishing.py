"""Publishing a wave (調査結果の公表): at first, as final after it was provisional, and again when it was wrong.

Owns what everybody may read. Never changes what was published: each publication is a row of its own, and a value of the
plan's indicator in a vintage of its own.
"""

from __future__ import annotations

import hashlib
import json
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction

from dokodemo.kernel import calendar_jp, events
from dokodemo.kernel.access import Actor
from dokodemo.promotion.indicators import queries as indicators
from dokodemo.promotion.indicators.actions import observe, withdraw_wave
from dokodemo.promotion.indicators.definitions import Observed
from dokodemo.promotion.surveys import events as verbs
from dokodemo.promotion.surveys import queries
from dokodemo.promotion.surveys.actions.planning import BadWave
from dokodemo.promotion.surveys.actions.running import locked, worked_out
from dokodemo.promotion.surveys.models import (
    CLOSED,
    FINAL,
    PROVISIONAL,
    PUBLISHED,
    STATUSES,
    Answer,
    Publication,
    Wave,
)

LONGEST_REASON = 500


@transaction.atomic
def publish(*, actor: Actor, wave_id: UUID, status: str = FINAL, reason: str = "") -> bool:
    """Show the results to everybody and in the plan's indicators they serve; whether anything new was published.

    Of a wave that is published already the results are worked out again from the answers that are kept: the very same
    again changes nothing, other numbers need a reason. `status`: provisional, or final. Raises NotFound, Forbidden, BadWave.
    """
    wave = locked(actor, wave_id)
    if wave.state not in (CLOSED, PUBLISHED):
        raise BadWave("surveys.fault.not_closed")
    if status not in STATUSES:
        raise BadWave("surveys.fault.status", "status")
    last = Publication.objects.filter(wave=wave).order_by("-number").first()
    reason = reason.strip() if last is not None else ""
    if last is not None:
        if last.status == FINAL and status == PROVISIONAL:
            raise BadWave("surveys.fault.final", "status")
        found = _again(wave)
        if (status, found) == (last.status, last.results):
            return False
        if len(reason) > LONGEST_REASON or (found != last.results and not reason):
            raise BadWave("surveys.fault.reason", "reason")
        wave.results = found
    wave.state, wave.published_on = PUBLISHED, calendar_jp.today()
    wave.save(update_fields=["state", "published_on", "results"])
    made = Publication.objects.create(
        wave=wave,
        number=last.number + 1 if last is not None else 1,
        status=status,
        results=wave.results,
        reason=reason,
        published_on=wave.published_on,
    )
    events.record(
        verbs.PUBLISHED,
        actor=actor,
        object=(verbs.OBJECT, wave.pk),
        refs={"survey": wave.survey, "status": status},
        numbers={"answers": int(wave.results["returned"]), "publication": made.number},
        digests={"results": hashlib.sha256(_text(wave.results).encode()).hexdigest()},
    )
    _tell_indicators(actor, wave, made)
    return True


def _again(wave: Wave) -> Any:
    """The results from the answers that are kept; once these are erased, what was worked out from them stands."""
    if wave.erased_on is not None:
        return wave.results
    found = worked_out(wave, list(Answer.objects.filter(wave=wave)))
    return json.loads(_text(found))


def _text(results: Any) -> str:
    return json.dumps(results, ensure_ascii=True, sort_keys=True, separators=(",", ":"))


def _tell_indicators(actor: Actor, wave: Wave, made: Publication) -> None:
    """The shares this wave shows become values of the plan's indicators, where the plan takes them as entered.

    A share it shows no more is withdrawn in every edition: what too few answered must stand nowhere.
    """
    survey = queries.frozen_of(wave).survey
    known = indicators.definitions()
    for code in dict.fromkeys(question.indicator for question in survey.questions if question.indicator):
        if wave.closed_on is None or code not in known or known[code].state != "entered":
            continue
        value = queries.published_value(wave, code)
        if value is None:
            withdraw_wave(actor=actor, code=code, survey=wave.survey, wave=wave.number, reason=made.reason)
            continue
        observed: dict[str, Any] = {
            "indicator": code,
            "from": min(wave.opens_on, wave.closed_on),
            "to": min(wave.closes_on, wave.closed_on),
            "value": _decimal(value.percent),
            "answers": value.n,
            "low": _decimal(value.low),
            "high": _decimal(value.high),
            "survey": wave.survey,
            "wave": wave.number,
            "status": made.status,
            "vintage": f"第{wave.number}回 {made.published_on:%Y-%m-%d}公表・第{made.number}版",
            "published_on": made.published_on,
            "source": survey.title.ja,
            "evidence": f"重みづけ後の割合。回答{value.n}人、有効数{value.effective:.0f}人、95%信頼区間"
            f"{value.low:.1f}〜{value.high:.1f}%" + (f"。訂正の理由：{made.reason}" if made.reason else ""),
        }
        observe(actor=actor, observed=Observed.model_validate(observed))


def _decimal(number: float) -> Decimal:
    return round(Decimal(str(number)), 2)
