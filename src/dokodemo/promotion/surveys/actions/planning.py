"""Planning a wave and drawing its sample (調査の計画・標本抽出).

Owns the draw. Never sends anything. The register is read before the short transaction that writes: reading fifty
thousand people must not keep the rest of the city from writing.
"""

from __future__ import annotations

import random
import re
import secrets
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from dokodemo.administration.eligibility.queries import opted_out
from dokodemo.city.parties.frame import frame_people
from dokodemo.kernel import calendar_jp, events
from dokodemo.kernel.access import Actor, system
from dokodemo.promotion.surveys import events as verbs
from dokodemo.promotion.surveys import queries
from dokodemo.promotion.surveys.definitions import Frozen
from dokodemo.promotion.surveys.models import DRAFT, OPEN, Invitation, Stratum, Wave
from dokodemo.promotion.surveys.sampling import (
    ELSEWHERE,
    SEXES,
    Cell,
    allocate,
    band_of,
    chosen_by,
    size_for_margin,
)

LONGEST = timedelta(days=366)
BATCH = 1000
_SEED = re.compile(r"[A-Za-z0-9]{1,40}")
type Progress = Callable[[int, int], None]
type Frame = dict[Cell, dict[str, UUID]]


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


def read_frame(frozen: Frozen, day: date, progress: Progress | None = None) -> Frame:
    """Everybody who may be asked, by stratum: number of the register → resident.

    Left out: the too young, the dead and moved, households with a protected person, and who does not want to be looked for.
    """
    machine = system("surveys")
    unwilling = opted_out(machine)
    towns = {town: district.code for district in frozen.districts for town in district.towns}
    frame: Frame = {}
    for people in frame_people(machine, on=day, progress=progress):
        for person in people:
            band = band_of(person.age, frozen.survey.age_bands)
            if band is None or person.resident_id in unwilling:
                continue
            sex = person.sex if person.sex in SEXES else SEXES[-1]
            cell = Cell(band, sex, towns.get(person.town, ELSEWHERE))
            frame.setdefault(cell, {})[person.number] = person.resident_id
    return frame


def plan_wave(
    *,
    actor: Actor,
    survey: str,
    opens_on: date,
    closes_on: date,
    design: Design,
    seed: str = "",
    progress: Progress | None = None,
) -> UUID:
    """Plan a wave: the survey as it is now is frozen, and the sample per stratum is worked out and kept, not drawn.

    Raises NotFound, Forbidden, BadWave.
    """
    queries.require_runner(actor)
    frozen = queries.definition(survey)
    _check_days(opens_on, closes_on)
    _check_design(design)
    seed = seed.strip() or str(secrets.randbelow(10**10))
    if not _SEED.fullmatch(seed):
        raise BadWave("surveys.fault.seed", "seed")
    population = _counted(read_frame(frozen, calendar_jp.today(), progress))
    total = sum(population.values())
    if not total:
        raise BadWave("surveys.fault.nobody")
    size = _size(design, total)
    plan = allocate(population, size, frozen.survey.minimum_per_stratum)
    with transaction.atomic():
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
            plan={**asdict(design), "wanted": size},
            seed=seed,
            frame=total,
            sample=sum(plan.values()),
            opens_on=opens_on,
            closes_on=closes_on,
        )
        _keep_strata(wave, population, plan)
        events.record(
            verbs.PLANNED,
            actor=actor,
            object=(verbs.OBJECT, wave.pk),
            refs={"survey": survey},
            numbers={"frame": wave.frame, "sample": wave.sample},
            digests={"definition": wave.digest},
        )
    return wave.pk


def draw(*, actor: Actor, wave_id: UUID, progress: Progress | None = None) -> int:
    """Draw the sample from the register as it is now; how many people. Raises NotFound, Forbidden, BadWave."""
    queries.require_runner(actor)
    wave = queries.get(actor, wave_id)
    _require_undrawn(wave)
    frozen = queries.frozen_of(wave)
    frame = read_frame(frozen, calendar_jp.today(), progress)
    population = _counted(frame)
    if not population:
        raise BadWave("surveys.fault.nobody")
    plan = allocate(population, int(wave.plan["wanted"]), frozen.survey.minimum_per_stratum)
    with transaction.atomic():
        wave = queries.get(actor, wave_id, lock=True)
        _require_undrawn(wave)
        rows = _keep_strata(wave, population, plan)
        chosen = [
            (row, frame[cell][number])
            for cell, row in rows.items()
            for number in chosen_by(frame[cell], plan[cell], f"{wave.seed}\x1f{cell.key}")
        ]
        # Numbers on the list follow no order of the register, of strata or of places.
        numbers = list(range(1, len(chosen) + 1))
        random.SystemRandom().shuffle(numbers)
        Invitation.objects.bulk_create(
            [
                Invitation(wave=wave, stratum=row, resident_id=resident, number=number)
                for number, (row, resident) in sorted(
                    zip(numbers, chosen, strict=True), key=lambda one: one[0]
                )
            ],
            batch_size=BATCH,
        )
        wave.frame, wave.sample = sum(population.values()), len(chosen)
        wave.drawn_on = calendar_jp.today()
        wave.save(update_fields=["frame", "sample", "drawn_on"])
        events.record(
            verbs.DRAWN,
            actor=actor,
            object=(verbs.OBJECT, wave.pk),
            refs={"survey": wave.survey},
            numbers={"frame": wave.frame, "sample": wave.sample, "strata": len(rows)},
        )
    return len(chosen)


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


def _size(design: Design, total: int) -> int:
    if design.size is not None or design.margin is None:
        return min(design.size or 0, total)
    return size_for_margin(
        design.margin / 100,
        share=design.share,
        population=total,
        response=design.response,
        effect=design.effect,
    ).invitations


def _counted(frame: Frame) -> dict[Cell, int]:
    return {cell: len(people) for cell, people in sorted(frame.items())}


def _keep_strata(wave: Wave, population: dict[Cell, int], plan: dict[Cell, int]) -> dict[Cell, Stratum]:
    Stratum.objects.filter(wave=wave).delete()
    rows = Stratum.objects.bulk_create(
        Stratum(
            wave=wave,
            band=cell.band,
            sex=cell.sex,
            district=cell.district,
            population=number,
            invited=plan[cell],
        )
        for cell, number in population.items()
    )
    return {row.cell: row for row in rows}


def _require_undrawn(wave: Wave) -> None:
    if wave.state != DRAFT or wave.drawn_on is not None:
        raise BadWave("surveys.fault.drawn")
