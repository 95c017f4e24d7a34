"""Reads of the plan (計画の照会).

Owns the plan in force for this server. Never computes a number: that is indicators'.
"""

from functools import lru_cache

from django.conf import settings

from dokodemo.kernel.packs import open_pack
from dokodemo.promotion.plan.definitions import Measure, Plan, Strategy, load_plan


@lru_cache(maxsize=4)
def _plan_of(pack: str) -> Plan:
    return load_plan(open_pack(pack))


def plan() -> Plan:
    """The plan of the city this server runs for. Raises PackError."""
    return _plan_of(settings.DOKODEMO_PACK)


def by_strategy() -> list[tuple[Strategy, list[Measure]]]:
    """Strategies in the plan's order, each with its measures in theirs."""
    found = plan()
    return [
        (strategy, sorted((m for m in found.measures if m.strategy == strategy.code), key=lambda m: m.number))
        for strategy in found.strategies
    ]
