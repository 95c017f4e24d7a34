"""A small city whose procedures are in force, for writing on them."""

from pathlib import Path
from typing import Any

import pytest

from dokodemo.administration.procedures import actions
from dokodemo.city.organisation.actions import load_sections
from dokodemo.city.organisation.models import Section
from dokodemo.kernel.packs import open_pack

PACKS = Path(__file__).resolve().parents[3] / "packs"


@pytest.fixture(autouse=True)
def _small_city(db: None, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOKODEMO_PACK_ROOTS", str(PACKS))
    settings.DOKODEMO_PACK = "small"
    settings.DOKODEMO_DEMO = True
    pack = open_pack("small")
    load_sections(pack)
    green = Section.objects.get(code="green")
    for code in ("health", "policy"):
        Section.objects.create(code=code, name=green.name, valid_from=green.valid_from, place=green.place + 1)
    actions.publish(pack, demo=True)
