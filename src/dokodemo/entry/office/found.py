"""The boxes for what a decision finds (認定内容の欄) in the form of the decision.

Owns the names of the boxes and their order on the page. Never reads or judges a value: that is done by the definition.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dokodemo.administration.procedures.definitions import ProcedureDefinition

PREFIX = "finding-"


def entered(held: Mapping[str, Any]) -> dict[str, str]:
    """What a form held of findings: text by the name of the finding."""
    return {name.removeprefix(PREFIX): str(text) for name, text in held.items() if name.startswith(PREFIX)}


def by_box(faults: Mapping[str, str]) -> dict[str, str]:
    """Text keys by box, of text keys by finding."""
    return {f"{PREFIX}{name}": code for name, code in faults.items()}


def boxes(
    definition: ProcedureDefinition, held: Mapping[str, Any], wrong: Mapping[str, str]
) -> list[dict[str, Any]]:
    """One box for each finding, with what was typed and what is wrong with it."""
    typed = entered(held)
    return [
        {
            "id": f"{PREFIX}{one.name}",
            "finding": one,
            "typed": typed.get(one.name, ""),
            "wrong": wrong.get(f"{PREFIX}{one.name}", ""),
        }
        for one in definition.findings
    ]


def as_typed(values: Mapping[str, Any] | None) -> dict[str, str]:
    """Values that were kept, as their form would hold them."""
    return {f"{PREFIX}{name}": str(value) for name, value in (values or {}).items()}


def kept(definition: ProcedureDefinition, held: Mapping[str, Any]) -> list[str]:
    """What was typed as findings, for a page that has no form for it any more."""
    typed = entered(held)
    said = []
    for one in definition.findings:
        text = typed.get(one.name, "").strip()
        chosen = next((choice.label.ja for choice in one.choices if choice.value == text), text)
        if chosen:
            said.append(f"{one.label.ja}：{chosen}")
    return said
