"""`plan/costs.yaml`: the rate of a day, what is wrong with file and line, and that the shipped rate says it is made up."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from dokodemo.kernel.packs import Pack, PackError, open_pack
from dokodemo.promotion.costs.definitions import check, load_costs

TEXT = "{ja: あ, easy: あ, en: A}"


def city(folder: Path, *rates: str) -> Pack:
    """A pack with these rates."""
    own = folder / "tiny"
    (own / "plan").mkdir(parents=True)
    (own / "pack.yaml").write_text(f"name: tiny\ntitle: {TEXT}\n", "utf-8")
    lines = "".join(f"  - {{{rate}, source: {TEXT}}}\n" for rate in rates)
    (own / "plan" / "costs.yaml").write_text(f"rates:\n{lines}", "utf-8")
    return open_pack("tiny", roots=[folder])


@pytest.mark.parametrize("name", ["arao", "mihon", "japan"])
def test_the_shipped_rates_have_nothing_wrong_and_are_samples(name: str) -> None:
    pack = open_pack(name)
    assert check(pack) == []
    assert all(rate.sample for rate in load_costs(pack).rates)


def test_the_rate_of_a_day_is_the_last_that_began(tmp_path: Path) -> None:
    file = load_costs(
        city(tmp_path, "from: 2024-04-01, yen_per_minute: 60", "from: 2022-04-01, yen_per_minute: 55.5")
    )
    assert file.on(date(2022, 3, 31)) is None
    for day, yen in ((date(2022, 4, 1), "55.5"), (date(2024, 3, 31), "55.5"), (date(2024, 4, 1), "60")):
        found = file.on(day)
        assert found is not None
        assert found.yen_per_minute == Decimal(yen)


def test_two_rates_of_one_day_are_told_with_their_line(tmp_path: Path) -> None:
    pack = city(tmp_path, *["from: 2024-04-01, yen_per_minute: 60"] * 2)
    (problem,) = check(pack)
    assert "Two rates begin on 2024-04-01" in str(problem)
    assert "costs.yaml:3" in str(problem)


@pytest.mark.parametrize("yen", ["0", "-1", "10001", "1.234", "free"])
def test_a_minute_costs_something_that_can_be(tmp_path: Path, yen: str) -> None:
    with pytest.raises(PackError, match=r"costs\.yaml"):
        load_costs(city(tmp_path, f"from: 2024-04-01, yen_per_minute: {yen}"))
