"""The screens of promotion under one entry of the menu (推進): groups in the order of the plan's cycle, and the pages of each.

Owns the list and who sees which page. Never decides who may open a page: its own guard and queries do.
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


@dataclass(frozen=True)
class Group:
    """Parts that a member of staff would look for under one word: its text is `office.promotion.group_NAME`."""

    name: str
    tabs: tuple[Tab, ...]


GROUPS: tuple[Group, ...] = (
    Group(
        "plan",
        (
            Tab("actions", plan.may_read),
            Tab("owners", responsibility.may_read),
            Tab("closing", closing.may_read),
        ),
    ),
    Group("doing", (Tab("reports", headquarters.may_read), Tab("meetings", headquarters.may_read))),
    Group(
        "numbers",
        (
            Tab("indicators", indicators.may_read),
            Tab("evaluation", evaluation.may_look),
            Tab("surveys", surveys.may_look),
            Tab("national", national.may_read),
        ),
    ),
    Group(
        "better",
        (
            Tab("improvement", improvement.may_read),
            Tab("reform", reform.may_look),
            Tab("training", training.takes_part),
        ),
    ),
)
TABS: tuple[Tab, ...] = tuple(tab for group in GROUPS for tab in group.tabs)


def first(actor: Actor) -> str | None:
    """The page the menu leads this actor to; None for whoever sees nothing of promotion."""
    return next((tab.name for tab in TABS if tab.may_open(actor)), None)


def belongs(name: str) -> bool:
    """Whether a page (its URL name) is one of promotion: it is called after its tab, as `surveys` and `surveys_wave`."""
    return any(name == tab.name or name.startswith(f"{tab.name}_") for tab in TABS)


def tabs(request: Request, here: str) -> dict[str, list[dict[str, Any]]]:
    """What `office/parts/promotion_tabs.html` draws for this actor on a page of the tab `here`.

    `groups`: each leads to the first of its pages that the actor may open. `pages`: those of the group in use.
    """
    found: dict[str, list[dict[str, Any]]] = {"groups": [], "pages": []}
    for group in GROUPS:
        open_to = [tab for tab in group.tabs if tab.may_open(request.actor)]
        in_use = any(tab.name == here for tab in group.tabs)
        if open_to:
            found["groups"].append(_link(request, f"group_{group.name}", open_to[0], in_use))
        if in_use:
            found["pages"] = [_link(request, tab.name, tab, tab.name == here) for tab in open_to]
    return found


def _link(request: Request, text: str, tab: Tab, current: bool) -> dict[str, Any]:
    href = reverse(f"office:{tab.name}")
    return {
        "label": texts.t(f"office.promotion.{text}", request.lang, furigana=request.furigana),
        "href": href,
        # A link to another address than the page's own marks the part the reader is in, not the page.
        "current": ("page" if request.path == href else "true") if current else "",
    }
