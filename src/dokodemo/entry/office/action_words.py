"""What a version of the action plan changes, in words (新旧対照のことば): names for codes, days as people write them.

Owns how a field and a value of an action are said. Never decides what differs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from dokodemo.administration.authoring import differences
from dokodemo.administration.authoring.differences import Place
from dokodemo.city.organisation import queries as organisation
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.packs import Text
from dokodemo.kernel.ui import texts
from dokodemo.kernel.ui.language import Lang, say_plain
from dokodemo.promotion.indicators import queries as indicators
from dokodemo.promotion.plan.action_plan import CHECKS, Action, as_json
from dokodemo.promotion.plan.definitions import Plan

_DAYS = frozenset({"from", "to", "due"})
_FIGURES = frozenset({"budget_yen", "person_hours"})


@dataclass(frozen=True)
class Names:
    """What the codes in a plan's actions are called, by the field they stand in, in one language."""

    lang: Lang
    known: Mapping[str, Mapping[str, str]]

    @classmethod
    def of(cls, plan: Plan, lang: Lang) -> Names:
        """The names around a plan."""

        def said(found: Mapping[str, Text]) -> dict[str, str]:
            return {code: say_plain(words, lang) for code, words in found.items()}

        return cls(
            lang,
            {
                "measures": said({one.code: one.title for one in plan.measures}),
                "guidelines": said({one.code: one.title for one in plan.guidelines}),
                "related": said({code: title for one in plan.related for code, title in one.places.items()}),
                "section": said({one.code: one.name for one in organisation.sections()}),
                "indicators": said(indicators.titles()),
            },
        )


def fields(before: Action, after: Action, names: Names) -> list[tuple[str, str, str]]:
    """Each field that differs: what it is called, and its value before and after, empty where there was or is none."""
    return [
        (place(one.place, names), value(one.place, one.before, names), value(one.place, one.after, names))
        for one in differences.differences(as_json(before), as_json(after))
    ]


def place(at: Place, names: Names) -> str:
    """Where something stands: 工程 › 2 › 期日."""
    said = []
    for step in at:
        key = f"plan.field.{step}"
        if isinstance(step, int):
            said.append(str(step + 1))
        elif key in texts.catalogue().entries:
            said.append(texts.plain(key, names.lang))
        else:
            said.append(names.known.get(str(at[0]), {}).get(step, step))
    return " › ".join(said)


def value(at: Place, found: Any, names: Names) -> str:
    """A value in words."""
    field, last = str(at[0]), at[-1]
    if isinstance(found, dict) and field == "tasks":
        title = found["title"].get(names.lang) or found["title"]["ja"]
        return f"{say_plain(title, names.lang)} {_day(found['due'], names)}"
    if isinstance(found, dict) and field == "guidelines":
        return "\n".join(
            f"{names.known[field].get(code, code)}: {value((field, code), one, names)}"
            for code, one in found.items()
        )
    if isinstance(found, list):
        return "\n".join(value((*at, n), one, names) for n, one in enumerate(found))
    if isinstance(found, int) and last in _FIGURES:
        return f"{found:,}"
    if isinstance(found, str) and last in _DAYS:
        return _day(found, names)
    if field == "guidelines" and found in CHECKS:
        return texts.plain(f"plan.check.{found}", names.lang)
    if isinstance(found, str):
        return names.known.get(field, {}).get(found, found)
    return differences.in_words(found)


def _day(text: str, names: Names) -> str:
    return calendar_jp.to_wareki(date.fromisoformat(text), names.lang)
