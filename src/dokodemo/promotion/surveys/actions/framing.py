"""Reading the register for a wave (名簿の読取り・標本抽出): how many live in each stratum, and who is drawn.

Owns the draw. Never sends anything. The register is read before the short transaction that writes: reading fifty
thousand people must not keep the rest of the city from writing.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.db import transaction

from dokodemo.administration.eligibility.queries import opted_out
from dokodemo.city.parties.frame import frame_people
from dokodemo.kernel import calendar_jp, events
from dokodemo.kernel.access import Actor
from dokodemo.promotion.surveys import events as verbs
from dokodemo.promotion.surveys import queries
from dokodemo.promotion.surveys.actions.planning import require_undrawn
from dokodemo.promotion.surveys.definitions import Frozen
from dokodemo.promotion.surveys.models import BATCH, COUNT, FrameReading, Invitation, Stratum, Wave
from dokodemo.promotion.surveys.sampling import (
    ELSEWHERE,
    SEXES,
    Cell,
    allocate,
    band_of,
    chosen_by,
    size_for_margin,
)

type Progress = Callable[[int, int], None]
type Frame = dict[Cell, dict[str, UUID]]


def read_frame(*, actor: Actor, wave_id: UUID) -> None:
    """Count or draw, whichever was asked for; without a reading that waits, nothing happens.

    When nobody may be asked, the reading says so and the wave stays as it is. Raises NotFound for anybody but the system.
    """
    reading = FrameReading.objects.select_related("wave").filter(wave_id=wave_id, refused="").first()
    if reading is None:
        return
    wanted = FrameReading.objects.filter(wave_id=wave_id, purpose=reading.purpose, refused="")
    frozen = queries.frozen_of(reading.wave)

    def progress(done: int, total: int) -> None:
        wanted.update(done=done, total=total)

    frame = _frame(actor, frozen, progress)
    with transaction.atomic():
        # Asked twice at once, or thrown away meanwhile: whoever comes later finds nothing to do.
        waiting = wanted.select_for_update().first()
        if waiting is None:
            return
        wave = Wave.objects.select_for_update().get(pk=wave_id)
        if not frame:
            wanted.update(refused="surveys.fault.nobody")
            events.record(
                verbs.NOBODY, actor=actor, object=(verbs.OBJECT, wave.pk), refs={"survey": wave.survey}
            )
            return
        if waiting.purpose == COUNT:
            _count(actor, wave, frozen, frame)
        else:
            require_undrawn(wave)
            _draw(actor, wave, frozen, frame)
        waiting.delete()


def _frame(actor: Actor, frozen: Frozen, progress: Progress) -> Frame:
    """Everybody who may be asked, by stratum: number of the register → resident.

    Left out: the too young, the dead and moved, households with a protected person, and who does not want to be looked for.
    """
    unwilling = opted_out(actor)
    towns = {town: district.code for district in frozen.districts for town in district.towns}
    frame: Frame = {}
    for people in frame_people(actor, on=calendar_jp.today(), progress=progress):
        for person in people:
            band = band_of(person.age, frozen.survey.age_bands)
            if band is None or person.resident_id in unwilling:
                continue
            sex = person.sex if person.sex in SEXES else SEXES[-1]
            cell = Cell(band, sex, towns.get(person.town, ELSEWHERE))
            frame.setdefault(cell, {})[person.number] = person.resident_id
    return frame


def _count(actor: Actor, wave: Wave, frozen: Frozen, frame: Frame) -> None:
    population = _counted(frame)
    total = sum(population.values())
    wanted = _size(wave.plan, total)
    plan = allocate(population, wanted, frozen.survey.minimum_per_stratum)
    _keep_strata(wave, population, plan)
    wave.plan = {**wave.plan, "wanted": wanted}
    wave.frame, wave.sample = total, sum(plan.values())
    wave.save(update_fields=["plan", "frame", "sample"])
    _tell(verbs.COUNTED, actor, wave, len(plan))


def _draw(actor: Actor, wave: Wave, frozen: Frozen, frame: Frame) -> None:
    population = _counted(frame)
    plan = allocate(population, int(wave.plan["wanted"]), frozen.survey.minimum_per_stratum)
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
            for number, (row, resident) in sorted(zip(numbers, chosen, strict=True), key=lambda one: one[0])
        ],
        batch_size=BATCH,
    )
    wave.frame, wave.sample = sum(population.values()), len(chosen)
    wave.drawn_on = calendar_jp.today()
    wave.save(update_fields=["frame", "sample", "drawn_on"])
    _tell(verbs.DRAWN, actor, wave, len(rows))


def _tell(verb: str, actor: Actor, wave: Wave, strata: int) -> None:
    events.record(
        verb,
        actor=actor,
        object=(verbs.OBJECT, wave.pk),
        refs={"survey": wave.survey},
        numbers={"frame": wave.frame, "sample": wave.sample, "strata": strata},
    )


def _size(design: Mapping[str, Any], total: int) -> int:
    if design["margin"] is None:
        return min(int(design["size"]), total)
    return size_for_margin(
        design["margin"] / 100,
        share=design["share"],
        population=total,
        response=design["response"],
        effect=design["effect"],
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
