"""What the records say of an action's quarter (報告の下書き): what a report begins with, so that nobody looks it up.

Reads only. Never says that something was done which no record tells: people add what they know and judge.
"""

from __future__ import annotations

from datetime import date, timedelta

from dokodemo.kernel import calendar_jp
from dokodemo.promotion.headquarters.logic import Quarter
from dokodemo.promotion.headquarters.models import FollowUp
from dokodemo.promotion.headquarters.words import day_words, value_words
from dokodemo.promotion.indicators import queries as indicators
from dokodemo.promotion.indicators.queries import Reading
from dokodemo.promotion.plan import queries as plans
from dokodemo.promotion.plan.action_plan import Action

MOST = 20


def prefilled(action: Action, quarter: Quarter) -> dict[str, str]:
    """The boxes of a new report that records can fill, in Japanese: what was done, and the numbers as evidence.

    `done`: follow-ups of decisions about the action that were finished in the quarter, and how. `evidence`: each of its
    numbers before the quarter and at its end, or today while it lasts. No key for a box no record tells anything of.
    """
    found = {"done": "\n".join(_finished(action, quarter)), "evidence": "\n".join(_numbers(action, quarter))}
    return {box: words for box, words in found.items() if words}


def _finished(action: Action, quarter: Quarter) -> list[str]:
    start, end = calendar_jp.day_start(quarter.first), calendar_jp.day_end(quarter.last)
    rows = FollowUp.objects.filter(
        decision__action=action.code,
        decision__meeting__plan=plans.plan(quarter.last).code,
        done_at__gte=start,
        done_at__lt=end,
    )
    return [f"{one.words}：{one.done_words}" for one in rows.order_by("done_at", "pk")[:MOST]]


def _numbers(action: Action, quarter: Quarter) -> list[str]:
    before, last = quarter.first - timedelta(days=1), min(quarter.last, calendar_jp.today())
    then = indicators.readings(action.indicators, on=before)
    now = indicators.readings(action.indicators, on=last)
    return [
        f"{one.indicator.title.ja}：{_moved(then[code], one, before, last)}"
        for code, one in now.items()
        if one.value is not None
    ]


def _moved(then: Reading, now: Reading, before: date, last: date) -> str:
    """「2.0%（令和8年6月30日）から3.0%（令和8年9月30日）」, or the value alone where nobody knew one before."""
    said = f"{value_words(now)}（{day_words(_day_of(now, last))}）"
    if then.value is None:
        return said
    return f"{value_words(then)}（{day_words(_day_of(then, before))}）から{said}"


def _day_of(reading: Reading, asked: date) -> date:
    """The day a value is of."""
    if reading.counted is not None:
        return reading.counted.as_of
    return reading.observed.to if reading.observed is not None else asked
