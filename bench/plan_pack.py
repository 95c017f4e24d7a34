"""The pack of a city with a plan of the largest size (測定用の大きな計画), written into a folder of its own.

Owns how large each list is and what stands in it. Everything else comes from a built-in pack below it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dokodemo.kernel.packs import open_pack

NAME = "large-plan"
BASE = "arao"
EVERY = "external"


@dataclass(frozen=True)
class Size:
    """How large the plan is: plans, indicators of each, years, sections, and records behind the live numbers.

    `actions` are those of one year, `measures` and `targets` those of the plan in force; a case comes with ten events.
    """

    plans: int = 10
    indicators: int = 500
    years: int = 10
    sections: int = 100
    measures: int = 50
    targets: int = 20
    actions: int = 500
    cases: int = 1_000_000

    @property
    def values(self) -> int:
        """Observed values: one of each section for each indicator and year of each plan."""
        return self.plans * self.indicators * self.years * self.sections


QUICK = Size(plans=2, indicators=60, years=2, sections=30, measures=8, targets=4, actions=40, cases=500)


def text(ja: str, en: str) -> dict[str, str]:
    """A text in three languages."""
    return {"ja": ja, "easy": ja, "en": en}


def write(folder: Path, size: Size) -> list[str]:
    """Write the pack; the codes of its indicators that are entered. The other indicators are those of the base."""
    base = open_pack(BASE)
    root = folder / NAME
    (root / "plan").mkdir(parents=True)
    (root / "organisation").mkdir()
    manifest = {"name": NAME, "title": text("測定用", "For measuring"), "extends": [BASE], "demo": True}
    _put(root / "pack.yaml", manifest)
    sections = _data(base, "organisation/sections.yaml")["sections"]
    sections += [_section(n) for n in range(size.sections - len(sections))]
    _put(root / "organisation/sections.yaml", {"sections": sections})
    numbers = _data(base, "plan/indicators.yaml")
    owners = [one["code"] for one in sections]
    new = [
        _indicator(n, owners[n % len(owners)]) for n in range(size.indicators - len(numbers["indicators"]))
    ]
    strategy = _data(base, "plan/plan.yaml")["strategies"][0]["code"]
    targets = [_target(one["code"], strategy) for one in new[: size.targets]]
    _put(
        root / "plan/indicators.yaml",
        {"indicators": [*numbers["indicators"], *new], "targets": [*numbers["targets"], *targets]},
    )
    plan = _data(base, "plan/plan.yaml")
    codes = [one["code"] for one in new]
    measures = [_measure(n, strategy, codes[n :: size.measures]) for n in range(size.measures)]
    _put(root / "plan/plan.yaml", {"measures": [*plan["measures"], *measures]})
    # One place is left: the demonstration opens an action from an issue, and a plan takes no more than the largest number.
    actions = [
        _action(n, measures[n % len(measures)]["code"], owners[n % len(owners)], codes[n % len(codes)])
        for n in range(size.actions - 1)
    ]
    _put(root / "plan/actions.yaml", {"fiscal_year": 2025, "actions": actions})
    return codes


def _data(pack: Any, path: str) -> Any:
    document = pack.document(path)
    assert document is not None
    return document.data


def _put(path: Path, data: Mapping[str, Any]) -> None:
    # JSON is YAML too.
    path.write_text(json.dumps(data, ensure_ascii=False, indent=1, default=str), encoding="utf-8")


def _section(n: int) -> dict[str, Any]:
    return {
        "code": f"section-{n}",
        "name": text(f"第{n}課", f"Section {n}"),
        "department": text("見本部", "Sample Department"),
        "phone": "(0999)00-0000",
        "roles": [],
        "sample": True,
        "valid_from": "2016-04-01",
        "valid_to": None,
    }


def _indicator(n: int, owner: str) -> dict[str, Any]:
    return {
        "code": f"number_{n}",
        "kind": ("mid", "output", "activity")[n % 3],
        "title": text(f"第{n}の指標", f"Number {n}"),
        "says": text("測定のための数値です。", "A number to measure with."),
        "unit": "percent",
        "direction": "up",
        "counting_unit": None,
        "numerator": text("した人", "People who did"),
        "denominator": text("全部の人", "All people"),
        "source": EVERY,
        "state": "entered",
        "owner": owner,
        "every": "month",
        "lag_months": 0,
    }


def _target(code: str, strategy: str) -> dict[str, Any]:
    return {
        "strategy": strategy,
        "indicator": code,
        "baseline": {"value": 10, "fiscal_year": 2021},
        "target": {"value": 90, "fiscal_year": 2029},
        "rationale": text("測定のため", "To measure with"),
        "formula": None,
        "inputs": [],
        "remark": None,
    }


def _measure(n: int, strategy: str, indicators: list[str]) -> dict[str, Any]:
    return {
        "code": f"measure-{n}",
        "strategy": strategy,
        "number": 100 + n,
        "title": text(f"第{n}の施策", f"Measure {n}"),
        "promise": text(f"第{n}の約束", f"Promise {n}"),
        "state": ("works", "partly", "planned")[n % 3],
        "place": "promotion",
        "indicators": indicators,
    }


def _action(n: int, measure: str, section: str, indicator: str) -> dict[str, Any]:
    return {
        "code": f"action-{n}",
        "title": text(f"第{n}の取組", f"Action {n}"),
        "what": text("年度のうちにすること", "What is done in the year"),
        "measures": [measure],
        "section": section,
        "from": "2025-04-01",
        "to": "2026-03-31",
        "tasks": [{"title": text("決める", "Decide"), "due": "2025-06-30"}],
        "budget_yen": 100_000 + n,
        "person_hours": 40,
        "indicators": [indicator],
        "sample": True,
    }
