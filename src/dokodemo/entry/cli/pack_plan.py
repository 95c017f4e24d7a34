"""The plan in an exported pack (計画の書き出し): the actions in force and every observed value, as the files they load from.

Owns where they go. Never decides what counts: that is the plan's and the indicators' own.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from dokodemo.entry.drafts import plain_yaml
from dokodemo.kernel.packs import PackError
from dokodemo.promotion.indicators import queries as indicators
from dokodemo.promotion.indicators.definitions import OBSERVATIONS_FILE, Observed
from dokodemo.promotion.plan import queries as plans
from dokodemo.promotion.plan.action_plan import ACTIONS_FILE


def write_plan(folder: Path) -> list[str]:
    """Write the files of the plan into an exported pack where there is anything to write; which were written.

    A city without a plan has none.
    """
    try:
        plans.plans()
    except PackError:
        return []
    parts = {ACTIONS_FILE: _actions(), OBSERVATIONS_FILE: _observations()}
    return [path for path, text in parts.items() if _write(folder / path, text)]


def _write(file: Path, text: Iterator[str]) -> bool:
    """A file with the explanation at the head of the one that was there; none for nothing to say."""
    first = next(text, None)
    if first is None:
        return False
    head = _head(file.read_text("utf-8")) if file.exists() else ""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w", encoding="utf-8") as out:
        out.write(head + first)
        out.writelines(text)
    return True


def _head(text: str) -> str:
    lines = []
    for line in text.splitlines(keepends=True):
        if not line.startswith("#"):
            break
        lines.append(line)
    return "".join(lines)


def _actions() -> Iterator[str]:
    """The version in force of the city's first plan, whose the file is; the last one of it where another is in force."""
    first = plans.plans()[0]
    version = plans.in_force()
    if version is None or version.plan != first.code:
        version = plans.last_version(first)
    if version is not None:
        yield plain_yaml({"fiscal_year": version.fiscal_year, **plans.content_of(version.pk)})


def _observations() -> Iterator[str]:
    """The values that count, one indicator in memory at a time."""
    begun = False
    for code in indicators.definitions():
        rows = [_row(one) for one in indicators.observed(code)]
        if rows:
            text = plain_yaml({"observations": rows})
            yield text if not begun else text.partition("\n")[2]
            begun = True


def _row(one: Observed) -> dict[str, Any]:
    said = one.model_dump(mode="json", by_alias=True, exclude_none=True)
    figures = {name: _figure(getattr(one, name)) for name in ("value", "low", "high") if name in said}
    if not one.evidence:
        said.pop("evidence")
    return said | figures


def _figure(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)
