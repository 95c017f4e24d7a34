"""Whether an issue's number moved (改善の効果): its indicator before, and after the action was done.

Owns which two values may be compared. Never takes one that was not measured for 0, and never compares two vintages or what was
withdrawn.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from dokodemo.promotion.improvement import logic
from dokodemo.promotion.improvement.logic import Value
from dokodemo.promotion.improvement.models import Issue
from dokodemo.promotion.indicators import queries as indicators
from dokodemo.promotion.indicators import withdrawals
from dokodemo.promotion.indicators.definitions import Indicator
from dokodemo.promotion.indicators.queries import Reading


@dataclass(frozen=True)
class Effect:
    """The indicator an issue should move with both values; a value that is None was not measured (未計測)."""

    indicator: Indicator
    before: Value | None
    after: Value | None

    @property
    def moved(self) -> bool | None:
        """Whether it moved the right way; None while that cannot be told."""
        return logic.right_way(self.indicator.direction, self.before, self.after)


def value_now(code: str) -> Value | None:
    """An indicator as it stands, as an issue keeps it; None when nobody measured it, or the plan has no such indicator."""
    reading = indicators.readings([code]).get(code)
    return _value(reading) if reading is not None else None


def _value(reading: Reading) -> Value | None:
    if reading.value is None:
        return None
    number = Decimal(str(round(reading.value, 4)))
    counted = reading.ratio or reading.amount
    if counted is not None:
        return Value(number, counted.as_of)
    assert reading.observed is not None  # where else a value would come from
    # Waves of one survey are asked and counted alike, so they compare although each is published by itself.
    series = reading.observed.source if reading.observed.survey is not None else reading.observed.vintage
    return Value(number, reading.observed.to, series)


def effects(issues: Iterable[Issue]) -> dict[str, Effect]:
    """The effect of each issue that names an indicator, by its key as text. The value after is that of an issue done."""
    named = [one for one in issues if one.indicator]
    readings = indicators.readings({one.indicator for one in named}) if named else {}
    gone = withdrawals.without_value(readings)
    found = {}
    for one in named:
        reading = readings.get(one.indicator)
        if reading is None:
            continue
        before = (
            Value(one.before, one.before_on, one.before_vintage)
            if one.before is not None
            and one.before_on is not None
            and (one.indicator, one.before_on) not in gone
            else None
        )
        after = _value(reading) if one.state == "done" else None
        found[str(one.pk)] = Effect(reading.indicator, *_comparable(one.indicator, before, after))
    return found


def _comparable(code: str, before: Value | None, after: Value | None) -> tuple[Value | None, Value | None]:
    """Both values within one vintage: the value before as the newer vintage has it, or none after."""
    if before is None or after is None or before.vintage == after.vintage:
        return before, after
    again = [one for one in indicators.observed(code) if one.vintage == after.vintage and one.to == before.on]
    return (Value(again[-1].value, before.on, after.vintage), after) if again else (before, None)
