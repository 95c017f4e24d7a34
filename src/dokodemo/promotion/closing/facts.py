"""What the records say at the end of a plan (最終評価の記入前の内容): a row for each measure, target, indicator and action.

Owns the shape of `facts`, which is JSON and is kept as it was when the plan is closed. Never judges beyond the pure rules, and
never takes a value of a time outside the plan's period.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from dokodemo.promotion.closing import logic
from dokodemo.promotion.closing.logic import ACTION, INDICATOR, MEASURE, TARGET
from dokodemo.promotion.headquarters import queries as headquarters
from dokodemo.promotion.headquarters.logic import quarter_of, reporting
from dokodemo.promotion.headquarters.queries import Last
from dokodemo.promotion.indicators import queries as indicators
from dokodemo.promotion.indicators.definitions import Indicator, Observed, Target
from dokodemo.promotion.indicators.logic import Amount, Ratio, value_of
from dokodemo.promotion.indicators.months import kept_between
from dokodemo.promotion.indicators.observing import comparable, in_line, newest, sampled
from dokodemo.promotion.indicators.targeting import targets_of
from dokodemo.promotion.plan import queries as plans
from dokodemo.promotion.plan.action_plan import Action, as_json
from dokodemo.promotion.plan.definitions import Plan


@dataclass(frozen=True)
class Prefilled:
    """A row as the records fill it."""

    kind: str
    code: str
    facts: dict[str, Any]


def prefilled(plan: Plan) -> list[Prefilled]:
    """The rows of a plan's final evaluation as the records stand now."""
    version = plans.last_version(plan)
    actions = plans.actions_of(version) if version is not None else ()
    reports = headquarters.last_reports(plan.code, quarter_of(plan.period.to))
    values = _Values.of(plan)
    targets = {one.indicator: one for one in targets_of(plan)}
    return [
        *(_measure(plan, code, actions, reports) for code in _measures(plan)),
        *(Prefilled(TARGET, code, values.target(one)) for code, one in targets.items()),
        *(
            Prefilled(INDICATOR, code, values.indicator(code, titles))
            for code, titles in _roadmap(plan).items()
            if code not in targets and code in values.known
        ),
        *(Prefilled(ACTION, one.code, _action(one, reports.get(one.code))) for one in actions),
    ]


def open_reports(plan: Plan) -> list[Action]:
    """The actions whose report on the plan's last quarter was never filed."""
    version, last = plans.last_version(plan), quarter_of(plan.period.to)
    actions = reporting(plans.actions_of(version), last) if version is not None else []
    reports = headquarters.last_reports(plan.code, last)
    return [one for one in actions if one.code not in reports or reports[one.code].quarter != last]


def _measures(plan: Plan) -> list[str]:
    return [measure.code for _, measures in plans.by_strategy(plan) for measure in measures]


def _measure(plan: Plan, code: str, actions: Sequence[Action], reports: Mapping[str, Last]) -> Prefilled:
    serving = [one for one in actions if code in one.measures]
    states = [reports[one.code].state if one.code in reports else None for one in serving]
    title = next(one.title for one in plan.measures if one.code == code)
    facts = {
        "title": title.model_dump(),
        "actions": [
            {"title": one.title.model_dump(), "sample": one.sample, **_reported(reports.get(one.code))}
            for one in serving
        ],
        **asdict(logic.of_states(states)),
    }
    return Prefilled(MEASURE, code, facts)


def _reported(last: Last | None) -> dict[str, Any]:
    if last is None:
        return {"state": None, "direction": None, "quarter": None}
    quarter = [last.quarter.fiscal_year, last.quarter.number]
    return {"state": last.state, "direction": last.direction, "quarter": quarter}


def _action(action: Action, last: Last | None) -> dict[str, Any]:
    return {
        "title": action.title.model_dump(),
        "sample": action.sample,
        "section": action.section,
        **_reported(last),
        "action": as_json(action),
    }


def _roadmap(plan: Plan) -> dict[str, list[dict[str, str]]]:
    """The indicators of the roadmap, each with the lines it stands under."""
    found: dict[str, list[dict[str, str]]] = {}
    for item in plan.roadmap:
        for code in item.indicators:
            found.setdefault(code, []).append(item.title.model_dump())
    return found


@dataclass(frozen=True)
class _Values:
    """What every indicator was within the plan's period: counted values kept, or observed ones whose period lies in it."""

    plan: Plan
    known: Mapping[str, Indicator]
    counted: Mapping[str, Sequence[Ratio | Amount]]

    @classmethod
    def of(cls, plan: Plan) -> _Values:
        counted = kept_between(plan.period.from_, plan.period.to)
        return cls(plan, indicators.definitions(), counted)

    def _observed(self, code: str) -> list[Observed]:
        if self.known[code].state != "entered":
            return []
        return [one for one in indicators.observed(code) if one.to <= self.plan.period.to]

    def _last(self, code: str, observed: Sequence[Observed]) -> tuple[float | None, dict[str, Any]]:
        """The last value of a number in the period, and how it is written down."""
        indicator = self.known[code]
        facts: dict[str, Any] = {"title": indicator.title.model_dump(), "unit": indicator.unit, "value": None}
        if indicator.state == "works":
            kept = reversed(self.counted.get(code, ()))
            last = next((one for one in kept if value_of(one) is not None), None)
            if last is None:
                return None, facts
            days = {"from": None, "to": last.as_of.isoformat(), "vintage": None, "status": None}
            ratio = last if isinstance(last, Ratio) else None
            parts = {
                "numerator": ratio.numerator if ratio is not None else None,
                "denominator": ratio.denominator if ratio is not None else None,
            }
            return value_of(last), facts | {"value": value_of(last)} | days | parts
        one = newest([row for row in observed if row.from_ >= self.plan.period.from_])
        if one is None:
            return None, facts
        return float(one.value), facts | {
            "value": float(one.value),
            "from": one.from_.isoformat(),
            "to": one.to.isoformat(),
            "vintage": one.vintage,
            "status": one.status,
            "published_on": one.published_on.isoformat(),
            "numerator": one.numerator,
            "denominator": one.denominator,
            **_of_survey(one),
        }

    def target(self, target: Target) -> dict[str, Any]:
        """A target with the last value in the period."""
        code, observed = target.indicator, self._observed(target.indicator)
        value, facts = self._last(code, observed)
        start = target.baseline.value if target.baseline is not None else None
        if self.known[code].state == "entered" and target.baseline is not None:
            # A series is revised as a whole: without a vintage that has both, nearer or not is not known.
            pair = comparable(target.baseline.fiscal_year, observed)
            same = pair is not None and value is not None and float(pair[1].value) == value
            start = float(pair[0].value) if pair is not None and same else None
        return facts | {
            "target": target.target.value,
            "target_year": target.target.fiscal_year,
            "baseline": target.baseline.value if target.baseline is not None else None,
            "baseline_year": target.baseline.fiscal_year if target.baseline is not None else None,
            **asdict(logic.of_target(value, target.target.value, self.known[code].direction, start)),
        }

    def indicator(self, code: str, titles: Sequence[dict[str, str]]) -> dict[str, Any]:
        """An indicator of the roadmap, which has no target."""
        observed = self._observed(code)
        value, facts = self._last(code, observed)
        unit, direction = self.known[code].unit, self.known[code].direction
        values = list(self._in_order(code, observed))
        first = values[0] if len(values) > 1 and value is not None else None
        return facts | {
            "roadmap": list(titles),
            "first": first,
            **asdict(logic.of_values(values, direction, percent=unit == "percent")),
        }

    def _in_order(self, code: str, observed: Sequence[Observed]) -> Iterator[float]:
        """The values in the period by time; of what is observed only those that compare with the last one."""
        if self.known[code].state == "works":
            kept = (value_of(one) for one in self.counted.get(code, ()))
            yield from (value for value in kept if value is not None)
            return
        rows = [one for one in observed if one.from_ >= self.plan.period.from_]
        yield from (float(one.value) for one in in_line(rows))


def _of_survey(one: Observed) -> dict[str, Any]:
    """The answers and the interval of a value, and of which wave it is; nothing where it is of no survey."""
    said = sampled(one)
    return {**said, "survey": one.survey, "wave": one.wave} if said else {}
