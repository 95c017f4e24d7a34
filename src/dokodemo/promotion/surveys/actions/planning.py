"""Planning a wave and asking for its sample (調査の計画・標本抽出の指示).

Owns what a person decides. Never reads the register: fifty thousand people take seconds, so a job does (`framing`).
"""

from __future__ import annotations

import re
import secrets
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from dokodemo.kernel import calendar_jp, events
from dokodemo.kernel.access import Actor
from dokodemo.promotion.surveys import events as verbs
from dokodemo.promotion.surveys import queries, tasks
from dokodemo.promotion.surveys.models import COUNT, DRAFT, DRAW, OPEN, FrameReading, Wave

LONGEST = timedelta(days=366)
_SEED = re.compile(r"[A-Za-z0-9]{1,40}")


class BadWave(Exception):
    """A wave does not fit; `box` is the part of the form it is about ("" for none), the text the key of a fixed text."""

    def __init__(self, key: str, box: str = "") -> None:
        super().__init__(key)
        self.box = box


@dataclass(frozen=True)
class Design:
    """How many to ask: `size` people, or as many as hold a share within ±`margin` percentage points with 95 % confidence.

    `share` and `response` are fractions of 1, `effect` is the expected design effect. They matter only with a margin.
    """

    size: int | None = None
    margin: float | None = None
    share: float = 0.5
    response: float = 0.45
    effect: float = 1.3


@transaction.atomic
def plan_wave(
    *, actor: Actor, survey: str, opens_on: date, closes_on: date, design: Design, seed: str = ""
) -> UUID:
    """Plan a wave: the survey as it is now is frozen; a job then works out the sample per stratum, which draws nobody.

    Raises NotFound, Forbidden, BadWave.
    """
    queries.require_runner(actor)
    frozen = queries.definition(survey)
    _check_days(opens_on, closes_on)
    _check_design(design)
    seed = seed.strip() or str(secrets.randbelow(10**10))
    if not _SEED.fullmatch(seed):
        raise BadWave("surveys.fault.seed", "seed")
    others = Wave.objects.select_for_update().filter(survey=survey)
    if others.filter(state__in=[DRAFT, OPEN]).exists():
        raise BadWave("surveys.fault.running")
    first = others.exclude(state=DRAFT).order_by("number").first()
    if first is not None and queries.frozen_of(first).survey.denominator != frozen.survey.denominator:
        raise BadWave("surveys.fault.denominator")
    wave = Wave.objects.create(
        survey=survey,
        number=(others.aggregate(last=Max("number"))["last"] or 0) + 1,
        definition=frozen.as_json(),
        digest=frozen.digest,
        plan={**asdict(design), "wanted": None},
        seed=seed,
        opens_on=opens_on,
        closes_on=closes_on,
    )
    events.record(
        verbs.PLANNED,
        actor=actor,
        object=(verbs.OBJECT, wave.pk),
        refs={"survey": survey},
        digests={"definition": wave.digest},
    )
    _have_read(wave, COUNT)
    return wave.pk


@transaction.atomic
def draw(*, actor: Actor, wave_id: UUID) -> None:
    """Have the sample drawn by a job, from the register as it is then; asked again, nothing more happens.

    Raises NotFound, Forbidden, BadWave.
    """
    queries.require_runner(actor)
    wave = queries.get(actor, wave_id, lock=True)
    require_undrawn(wave)
    reading = FrameReading.objects.filter(wave=wave).first()
    if reading is not None and not reading.refused:
        if reading.purpose == COUNT:
            raise BadWave("surveys.fault.counting")
        return
    if wave.plan["wanted"] is None:
        raise BadWave("surveys.fault.nobody")
    events.record(verbs.DRAW_ASKED, actor=actor, object=(verbs.OBJECT, wave.pk), refs={"survey": wave.survey})
    _have_read(wave, DRAW)


def _have_read(wave: Wave, purpose: str) -> None:
    FrameReading.objects.update_or_create(
        wave=wave, defaults={"purpose": purpose, "done": 0, "total": 0, "refused": ""}
    )
    tasks.read_frame.enqueue(str(wave.pk))


@transaction.atomic
def discard(*, actor: Actor, wave_id: UUID) -> None:
    """Throw a wave away that was never opened, with its invitations. Raises NotFound, Forbidden, BadWave."""
    queries.require_runner(actor)
    wave = queries.get(actor, wave_id, lock=True)
    if wave.state != DRAFT:
        raise BadWave("surveys.fault.not_draft")
    events.record(
        verbs.DISCARDED,
        actor=actor,
        object=(verbs.OBJECT, wave.pk),
        refs={"survey": wave.survey},
        numbers={"sample": wave.sample, "drawn": int(wave.drawn_on is not None)},
    )
    wave.delete()


def _check_days(opens_on: date, closes_on: date) -> None:
    if closes_on < opens_on or closes_on - opens_on > LONGEST:
        raise BadWave("surveys.fault.days", "closes")
    if closes_on < calendar_jp.today():
        raise BadWave("surveys.fault.over", "closes")


def _check_design(design: Design) -> None:
    if design.size is not None:
        if design.size < 1:
            raise BadWave("surveys.fault.size", "size")
        return
    if design.margin is None or not 0.5 <= design.margin <= 20:
        raise BadWave("surveys.fault.margin", "margin")
    if not 0 < design.share < 1:
        raise BadWave("surveys.fault.share", "share")
    if not 0 < design.response <= 1:
        raise BadWave("surveys.fault.response", "response")
    if not 1 <= design.effect <= 10:
        raise BadWave("surveys.fault.effect", "effect")


def require_undrawn(wave: Wave) -> None:
    """Raises BadWave once a sample was drawn."""
    if wave.state != DRAFT or wave.drawn_on is not None:
        raise BadWave("surveys.fault.drawn")
