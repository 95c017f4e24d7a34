"""The shape of `organisation/sections.yaml` (組織の定義).

Owns which keys a city may write about its sections (課・室) and what they mean. Never reads the database.
A section of which nobody has confirmed that the real city has it is `sample: true` and is shown as 見本.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from dokodemo.kernel.access import Role
from dokodemo.kernel.packs import PackModel, Text, fault

SECTIONS_FILE = "organisation/sections.yaml"
FIRST_DAY = date(2000, 1, 1)


class Function(StrEnum):
    """What the city needs some section for (所掌), so that code never names a section of one city."""

    DX_HEADQUARTERS = "dx_headquarters"
    REGISTER = "register"
    ADDRESS_PROTECTION = "address_protection"
    PERSONAL_INFORMATION = "personal_information"
    DISASTER = "disaster"


class SectionDefinition(PackModel):
    """One section (課): its code is for ever, its name belongs to the period from `valid_from` to `valid_to`.

    Both days are inclusive. `roles` are the functions it performs beyond its procedures. `answers_for` are the units
    that procedures of a pack below name and this section takes over.
    """

    code: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$", max_length=60)]
    name: Text
    department: Text | None = None
    phone: Annotated[str, Field(max_length=40)] = ""
    sample: bool = True
    valid_from: date = FIRST_DAY
    valid_to: date | None = None
    duties: tuple[Text, ...] = ()
    roles: tuple[Function, ...] = ()
    answers_for: tuple[Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$", max_length=60)], ...] = ()

    @model_validator(mode="after")
    def period_is_forwards(self) -> Self:
        """A section cannot be closed before it was opened."""
        if self.valid_to is not None and self.valid_to < self.valid_from:
            raise fault("`valid_to` lies before `valid_from`", "Write the later day as `valid_to`")
        return self


class SectionsFile(PackModel):
    """All sections of a city; a code appears once."""

    sections: tuple[SectionDefinition, ...]

    @model_validator(mode="after")
    def codes_are_unique(self) -> Self:
        """Two sections with one code could not be told apart in appointments and cases; a city has at least one."""
        if not self.sections:
            raise fault("The city has no sections", "Write at least one section")
        codes = [section.code for section in self.sections]
        twice = sorted({code for code in codes if codes.count(code) > 1})
        if twice:
            raise fault(
                f"The section code {', '.join(twice)} appears twice", "Give each section its own code"
            )
        units = [unit for section in self.sections for unit in section.answers_for]
        doubled = sorted({unit for unit in units if units.count(unit) > 1})
        if doubled:
            raise fault(
                f"Two sections answer for {', '.join(doubled)}", "Leave each unit with one section only"
            )
        return self

    def functions_of(self, definition: SectionDefinition) -> list[str]:
        """The functions of a section; a function that no section claims falls to the first of the file."""
        claimed = {function for section in self.sections for function in section.roles}
        spare = [f for f in Function if f not in claimed] if definition is self.sections[0] else []
        return sorted({*definition.roles, *spare})


# The usual title (職名) of those who hold a role, when an appointment names no other.
USUAL_TITLES: dict[Role, str] = {
    Role.CASEWORKER: "担当",
    Role.HEAD_OF_SECTION: "課長",
    Role.CIO: "最高情報統括責任者（CIO）",
    Role.DIGITAL_OFFICER: "デジタル推進担当",
    Role.PROTECTION_OFFICER: "支援措置担当",
    Role.ADMINISTRATOR: "システム管理者",
}
