"""How a row stands (行の状態): what a published definition says of it, else what its section said.

Owns the way from a stored row to what is shown and counted. Never writes and never asks who may look.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from uuid import UUID

from django.conf import settings

from dokodemo.administration.inventory.definitions import (
    Estimate,
    OnlineState,
    Performed,
    Priority,
    load_estimate,
    load_priority,
)
from dokodemo.administration.inventory.logic import Answer, Published, together
from dokodemo.administration.inventory.models import InventoryRow
from dokodemo.administration.procedures import queries as procedures
from dokodemo.administration.procedures.definitions import ProcedureDefinition
from dokodemo.kernel.packs import PackError, Text, open_pack

_STATES = {"full": OnlineState.FULL, "partial": OnlineState.PARTIAL, "none": OnlineState.NOT_YET}


@lru_cache(maxsize=4)
def priority_of(pack: str) -> Priority:
    """The lists of priority of a pack. Raises PackError."""
    return load_priority(open_pack(pack))


@lru_cache(maxsize=4)
def estimate_of(pack: str) -> Estimate | None:
    """What estimates are scaled by; None for a pack that does not say."""
    try:
        return load_estimate(open_pack(pack))
    except PackError:
        return None


def as_published(definition: ProcedureDefinition) -> Published:
    """What a definition in force says of the rows it names."""
    return Published(
        slug=definition.slug,
        unit=definition.unit,
        performed=definition.performed,
        online=_STATES[definition.online_state],
        inventory=definition.inventory,
    )


def published() -> list[Published]:
    """Every procedure in force, by slug."""
    return [as_published(procedure.definition) for procedure in procedures.published()]


def linked() -> dict[str, list[Published]]:
    """手続ID → the procedures in force that name it (定義とのひもづけ)."""
    found: dict[str, list[Published]] = {}
    for one in published():
        for number in one.inventory:
            found.setdefault(number, []).append(one)
    return found


@dataclass(frozen=True)
class Standing:
    """A row as it stands. `said_by`: definition, section, or empty while nobody has said anything.

    `estimate` is a yearly volume scaled from the nation's, only where the section has not counted (`yearly`).
    """

    number: str
    name: str
    law: str
    article: str
    section: str
    performed: Performed
    online: OnlineState | None
    said_by: str
    definitions: tuple[str, ...]
    answer: Answer
    missing: tuple[Text | str, ...]
    estimate: int | None
    revision: int
    confirmed_at: datetime | None
    confirmed_by: UUID | None
    gone_at: datetime | None
    office_named: bool

    @property
    def linked(self) -> bool:
        """Whether a published definition answers for the row."""
        return bool(self.definitions)

    @property
    def state(self) -> str:
        """One word for lists: the online state of what is performed, not_performed, unknown, or gone."""
        if self.gone_at is not None:
            return "gone"
        return self.online.value if self.online is not None else self.performed.value

    @property
    def volume(self) -> int | None:
        """Cases a year: counted by the section, else estimated."""
        return self.answer.yearly if self.answer.yearly is not None else self.estimate


def answer_of(row: InventoryRow) -> Answer:
    """What the section said last."""
    return Answer(
        performed=Performed(row.performed) if row.performed else None,
        online=OnlineState(row.online) if row.online else None,
        lacks=tuple(row.lacks),
        missing=row.missing,
        reason=row.reason,
        via_mynaportal=row.via_mynaportal,
        yearly=row.yearly,
        yearly_online=row.yearly_online,
    )


def section_of(row: InventoryRow, definitions: Mapping[str, list[Published]]) -> str:
    """The section in charge: the one assigned, else that of the definition; empty when nobody is."""
    named = definitions.get(row.number)
    return row.section or (named[0].unit if named else "")


def standing_of(row: InventoryRow, definitions: Mapping[str, list[Published]]) -> Standing:
    """How a row stands now."""
    answer, named = answer_of(row), definitions.get(row.number, [])
    missing: tuple[Text | str, ...] = (answer.missing,) if answer.missing else ()
    if named:
        performed, online = together(named)
        said_by = "definition"
        missing = tuple(_missing(one.slug) for one in named if one.online is OnlineState.PARTIAL)
    else:
        performed, online = answer.performed or Performed.UNKNOWN, answer.online
        said_by = "section" if row.revision else ""
    estimate = estimate_of(settings.DOKODEMO_PACK)
    return Standing(
        number=row.number,
        name=row.name,
        law=row.law,
        article=str(row.survey.get("article", "")),
        section=section_of(row, definitions),
        performed=performed,
        online=online,
        said_by=said_by,
        definitions=tuple(one.slug for one in named),
        answer=answer,
        missing=missing,
        estimate=estimate.of(row.national_volume) if estimate and answer.yearly is None else None,
        revision=row.revision,
        confirmed_at=row.confirmed_at,
        confirmed_by=row.confirmed_by,
        gone_at=row.gone_at,
        office_named=row.office_named,
    )


def _missing(slug: str) -> Text | str:
    return missing_of(procedures.get_published(slug).definition)


def missing_of(definition: ProcedureDefinition) -> Text | str:
    """What still asks for a visit, in the definition's words; empty where it has none."""
    return definition.online.missing or definition.online.reason or ""
