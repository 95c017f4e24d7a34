"""The screens of promotion under one entry of the menu (推進): their tabs, in the order of the plan's cycle.

Owns the list and who sees which tab. Never decides who may open a page: its own guard and queries do.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from dokodemo.entry.server.requests import Request
from dokodemo.kernel.access import Actor
from dokodemo.kernel.ui import texts
from dokodemo.promotion.closing import policies as closing
from dokodemo.promotion.evaluation import policies as evaluation
from dokodemo.promotion.headquarters import policies as headquarters
from dokodemo.promotion.improvement import policies as improvement
from dokodemo.promotion.indicators import policies as indicators
from dokodemo.promotion.national import policies as national
from dokodemo.promotion.plan import policies as plan
from dokodemo.promotion.reform import policies as reform
from dokodemo.promotion.responsibility import policies as responsibility
from dokodemo.promotion.surveys import policies as surveys
from dokodemo.promotion.training import policies as training


@dataclass(frozen=True)
class Tab:
    """One part of promotion: the name of its first page (`office:NAME`) and of its text (`office.promotion.NAME`)."""

    name: str
    may_open: Callable[[Actor], bool]


TABS: tuple[Tab, ...] = (
    Tab("actions", plan.may_read),
    Tab("indicators", indicators.may_read),
    Tab("reports", headquarters.may_read),
    Tab("meetings", headquarters.may_read),
    Tab("improvement", improvement.may_read),
    Tab("closing", closing.may_read),
    Tab("owners", responsibility.may_read),
    Tab("evaluation", evaluation.may_look),
    Tab("surveys", surveys.may_look),
    Tab("national", national.may_read),
    Tab("reform", reform.may_look),
    Tab("training", training.takes_part),
)


def first(actor: Actor) -> str | None:
    """The page the menu leads this actor to; None for whoever sees nothing of promotion."""
    return next((tab.name for tab in TABS if tab.may_open(actor)), None)


def belongs(name: str) -> bool:
    """Whether a page (its URL name) is one of promotion: it is called after its tab, as `surveys` and `surveys_wave`."""
    return any(name == tab.name or name.startswith(f"{tab.name}_") for tab in TABS)


def tabs(request: Request, here: str) -> list[dict[str, Any]]:
    """The tabs this actor sees, for `ui/parts/tabs.html`; `here` is the tab the page belongs to."""
    return [
        {
            "label": texts.t(f"office.promotion.{tab.name}", request.lang, furigana=request.furigana),
            "href": reverse(f"office:{tab.name}"),
            "current": tab.name == here,
        }
        for tab in TABS
        if tab.may_open(request.actor)
    ]
