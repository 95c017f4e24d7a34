"""Taking surveys in and acting on them, for tests of the inventory and of what is read from it."""

from __future__ import annotations

from collections.abc import Mapping

from dokodemo.administration.inventory.actions import ImportReport, assign, import_survey
from dokodemo.administration.inventory.coding import Coder
from dokodemo.administration.inventory.definitions import load_codes
from dokodemo.kernel.access import Actor, Role, system
from dokodemo.kernel.packs import open_pack
from tests.domains.administration.inventory.surveys import r6
from tests.domains.city.city_builders import staff

MACHINE = system("inventory-import")


def take_in(*rows: Mapping[str, str]) -> ImportReport:
    """A survey of edition R6 with these rows."""
    return take_in_file(r6(*rows))


def take_in_file(data: bytes) -> ImportReport:
    """A survey file as the command takes it in."""
    return import_survey(actor=MACHINE, data=data, coder=Coder(load_codes(open_pack("arao"))))


def headquarters() -> Actor:
    """Somebody of the section that keeps the plan."""
    return staff(("policy", Role.DIGITAL_OFFICER))


def clerk_of(section: str) -> Actor:
    """A caseworker of a section."""
    return staff((section, Role.CASEWORKER))


def give(section: str, *numbers: str) -> None:
    """Rows assigned to a section by headquarters."""
    assign(actor=headquarters(), numbers=numbers, section=section)
