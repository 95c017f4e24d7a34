"""The shape of `plan/promotion.yaml` (推進体制の定義): when to remind, the working groups, and who sits where in a demonstration.

Owns which keys the file may have and whether they name what there is. Never knows who holds a seat in a real city.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from typing import Literal, Self

from pydantic import Field, model_validator

from dokodemo.city.organisation.actions import read_sections
from dokodemo.kernel.access import Role
from dokodemo.kernel.packs import Document, Pack, PackModel, Problem, Text, fault, open_pack, validate
from dokodemo.promotion.plan.definitions import Code, load_plan, twice
from dokodemo.promotion.responsibility.logic import OF_A_GROUP, OF_A_SECTION

PROMOTION_FILE = "plan/promotion.yaml"


class Reminders(PackModel):
    """When to remind: `before_days` before the day that is due, on it, and `after_days` after it (to the head and the CIO)."""

    before_days: int = Field(default=7, ge=0, le=60)
    after_days: int = Field(default=14, ge=1, le=60)
    sample: bool = True


class Group(PackModel):
    """A working group (作業部会, WG): what it is for, the measures it serves and the days between which it exists."""

    code: Code
    name: Text
    task: Text
    measures: tuple[Code, ...] = Field(min_length=1)
    since: date
    until: date | None = None
    sample: bool = True

    @model_validator(mode="after")
    def _forwards(self) -> Self:
        if self.until is not None and self.until < self.since:
            raise fault(f"The group {self.code} ends before it begins", "Write the later day as `until`")
        return self


class Holder(PackModel):
    """Somebody of a demonstration, by the post they hold."""

    section: Code
    role: Role


class SampleSeat(PackModel):
    """Who holds a seat in a demonstration (見本); `scope` is the section or the working group of the seat."""

    seat: Literal["cio", "cio_aide", "digital_staff", "group_lead", "group_member"]
    scope: Code | None = None
    held_by: Holder

    @model_validator(mode="after")
    def _scope_fits(self) -> Self:
        if (self.seat in OF_A_SECTION | OF_A_GROUP) != (self.scope is not None):
            raise fault(
                f"The seat {self.seat} does not fit its scope",
                "Write the section or the group as `scope`, and none for cio and cio_aide",
            )
        return self


class PromotionFile(PackModel):
    """The whole of `plan/promotion.yaml`. `sample_owners`: who answers for everything of their section in a demonstration."""

    reminders: Reminders = Reminders()
    groups: tuple[Group, ...] = ()
    sample_seats: tuple[SampleSeat, ...] = ()
    sample_owners: tuple[Holder, ...] = ()

    def group(self, code: str) -> Group | None:
        """The working group with a code."""
        return next((group for group in self.groups if group.code == code), None)


def load_promotion(pack: Pack) -> PromotionFile:
    """The promotion of a city; the usual days and no group when it has no file. Raises PackError."""
    document = pack.document(PROMOTION_FILE)
    return PromotionFile() if document is None else validate(PromotionFile, document)


@lru_cache(maxsize=4)
def promotion_of(pack: str) -> PromotionFile:
    """The same by the pack's name, read once. Raises PackError."""
    return load_promotion(open_pack(pack))


def check(pack: Pack) -> list[Problem]:
    """What is wrong between the parts: codes twice, measures, sections and groups that are not there."""
    document, file = pack.document(PROMOTION_FILE), load_promotion(pack)
    return [] if document is None else list(_problems(pack, document, file))


def _problems(pack: Pack, document: Document, file: PromotionFile) -> Iterator[Problem]:
    groups = [group.code for group in file.groups]
    yield from twice(document, "groups", groups)
    measures = {measure.code for measure in load_plan(pack).measures}
    for place, group in enumerate(file.groups):
        for at, code in enumerate(group.measures):
            if code not in measures:
                yield document.problem(
                    ("groups", place, "measures", at),
                    f'The plan has no measure "{code}"',
                    f"Choose one of: {', '.join(sorted(measures))}",
                )
    if not file.sample_seats and not file.sample_owners:
        return
    sections = {section.code for section in read_sections(pack).sections}
    for place, seat in enumerate(file.sample_seats):
        known = set(groups) if seat.seat in OF_A_GROUP else sections
        if seat.scope is not None and seat.scope not in known:
            yield document.problem(
                ("sample_seats", place, "scope"),
                f'There is no "{seat.scope}" to sit in',
                f"Choose one of: {', '.join(sorted(known))}",
            )
        yield from _holder(document, ("sample_seats", place, "held_by", "section"), seat.held_by, sections)
    for place, holder in enumerate(file.sample_owners):
        yield from _holder(document, ("sample_owners", place, "section"), holder, sections)


def _holder(
    document: Document, where: tuple[str | int, ...], holder: Holder, sections: set[str]
) -> Iterator[Problem]:
    if holder.section not in sections:
        yield document.problem(
            where,
            f'The city has no section "{holder.section}"',
            f"Choose one of: {', '.join(sorted(sections))}",
        )
