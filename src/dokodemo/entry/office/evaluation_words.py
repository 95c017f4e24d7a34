"""How evaluations are said (検証の言い方): numbers with their unit, months, faults beside their box.

Owns the wording that the screens of evaluation share. Never computes what is said.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from dokodemo.entry.office import promoting
from dokodemo.entry.server.requests import Request
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.ui import texts
from dokodemo.kernel.ui.language import say
from dokodemo.promotion.evaluation import policies
from dokodemo.promotion.evaluation.reading import Fault
from dokodemo.promotion.plan import queries as plans

SHOWN_FAULTS = 20
_PARTS = (
    ("list.tab", "evaluation"),
    ("models.title", "evaluation_models"),
    ("effort.title", "evaluation_effort"),
)


def t(request: Request, key: str, **params: object) -> SafeString:
    """A text of evaluation in the reader's language."""
    return texts.t(f"evaluation.{key}", request.lang, furigana=request.furigana, **params)


def frame(request: Request, part: str) -> dict[str, Any]:
    """What all pages of evaluation need: the tabs of promotion, the parts of this one, and whether one may write."""
    return {
        "promotion": promoting.tabs(request, "evaluation"),
        "parts": [
            {"label": t(request, key), "href": reverse(f"office:{name}"), "current": name == part}
            for key, name in _PARTS
        ],
        "may_write": policies.may_write(request.actor),
    }


def month(request: Request, first: date) -> str:
    """A month as people read it."""
    return calendar_jp.month_label(first.year, first.month, request.lang)


def number(value: float, *, sign: bool = False) -> str:
    """At most two decimals, fewer for large values, two digits for tiny ones: what is not 0 is never written as 0."""
    size = abs(value)
    if 0 < size < 0.01:
        text = f"{size:.2g}" if size >= 1e-4 else f"{size:.1e}"
    else:
        decimals = 2 if size < 100 else 1 if size < 10_000 else 0
        text = f"{size:,.{decimals}f}"
        text = text.rstrip("0").rstrip(".") if "." in text else text
    return ("−" if value < 0 else "+" if sign and value > 0 else "") + text


def quantity(request: Request, value: float, unit: SafeString, *, sign: bool = False) -> SafeString:
    """A number and its unit."""
    return format_html('<span class="nowrap">{}{}</span>', number(value, sign=sign), unit)


def measure_names(request: Request) -> dict[str, SafeString]:
    """The plan's measures by code, as people read them."""
    return {
        one.code: say(one.title, request.lang, furigana=request.furigana) for one in plans.plan().measures
    }


def wrongs(
    request: Request, faults: Iterable[Fault]
) -> tuple[dict[str, list[SafeString]], list[dict[str, Any]]]:
    """Faults as lines beside their boxes, and as the summary at the top; of one box no more than SHOWN_FAULTS."""
    beside: dict[str, list[SafeString]] = {}
    summary: list[dict[str, Any]] = []
    left: dict[str, int] = {}
    for fault in faults:
        lines = beside.setdefault(fault.box, [])
        if len(lines) >= SHOWN_FAULTS:
            left[fault.box] = left.get(fault.box, 0) + 1
            continue
        words = texts.t(fault.key, request.lang, furigana=request.furigana, **fault.params)
        lines.append(words)
        summary.append({"href": f"#{fault.box}", "message": words})
    for box, count in left.items():
        beside[box].append(t(request, "new.more", count=count))
    return beside, summary


def typed(request: Request, boxes: Iterable[str], longest: Mapping[str, int]) -> dict[str, str]:
    """What was typed into the boxes, cut where it is absurdly long."""
    return {box: request.POST.get(box, "")[: longest.get(box, 500)] for box in boxes}
