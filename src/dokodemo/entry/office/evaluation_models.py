"""Logic models (ロジックモデル): each as a picture made by the server, with a table of its boxes and links beside.

Owns the page and the drawing. Never judges a model: `dokodemo pack check` does.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from dokodemo.entry.office import evaluation_words as words
from dokodemo.entry.office import pages
from dokodemo.entry.office.visitors import needs_staff
from dokodemo.entry.server.requests import Request
from dokodemo.kernel.ui import charts, texts
from dokodemo.kernel.ui.language import say, say_plain
from dokodemo.promotion.evaluation import queries
from dokodemo.promotion.evaluation.definitions import Box, LogicModel
from dokodemo.promotion.evaluation.logic_models import ORDER
from dokodemo.promotion.indicators import queries as indicators

# Seven columns fit a screen 1280 px wide.
BOX, BETWEEN, LINE, PAD, HEAD, APART = 148, 26, 20, 9, 30, 20  # px


@needs_staff
@require_safe
def models(request: Request) -> HttpResponse:
    """Every logic model of the city."""
    names, known = words.measure_names(request), indicators.definitions()
    titles = {
        code: say(indicator.title, request.lang, furigana=request.furigana)
        for code, indicator in known.items()
    }
    context = {
        **words.frame(request, "evaluation_models"),
        "models": [
            {
                "model": model,
                "measures": [names[code] for code in model.measures if code in names],
                "drawing": draw(request, model),
                "boxes": [_row(request, model, box, titles) for box in _in_order(model)],
            }
            for model in queries.logic_models(request.actor)
        ],
    }
    return pages.show(request, "office/evaluation_models.html", context)


def _in_order(model: LogicModel) -> list[Box]:
    return sorted(model.boxes, key=lambda box: ORDER.index(box.kind))


def _row(request: Request, model: LogicModel, box: Box, titles: dict[str, SafeString]) -> dict[str, Any]:
    by_code = {one.code: one for one in model.boxes}
    return {
        "kind": words.t(request, f"kind.{box.kind}"),
        "title": box.title,
        "indicators": [titles[code] for code in box.indicators if code in titles],
        "leads_to": [
            (
                say(by_code[link.to].title, request.lang, furigana=request.furigana),
                words.t(
                    request,
                    "models.because",
                    why=say(link.because, request.lang, furigana=request.furigana),
                )
                if link.because is not None
                else "",
            )
            for link in model.links
            if link.from_ == box.code
        ],
    }


def draw(request: Request, model: LogicModel) -> SafeString:
    """The model as columns of boxes, one for each kind it has, with arrows from left to right."""
    kinds = [kind for kind in ORDER if any(box.kind == kind for box in model.boxes)]
    placed: dict[str, tuple[int, int, int]] = {}
    parts, lowest = [], 0
    for column, kind in enumerate(kinds):
        x, y = 2 + column * (BOX + BETWEEN), HEAD
        name = texts.plain(f"evaluation.kind.{kind}", request.lang)
        parts.append(f'<text class="c-strong" x="{x}" y="18">{escape(name)}</text>')
        for box in (one for one in model.boxes if one.kind == kind):
            lines = wrapped(say_plain(box.title, request.lang))
            height = len(lines) * LINE + 2 * PAD
            placed[box.code] = (x, y, height)
            parts.append(_box(x, y, height, lines))
            y += height + APART
        lowest = max(lowest, y - APART)
    arrows = [_arrow(placed[link.from_], placed[link.to]) for link in model.links]
    width = 4 + len(kinds) * BOX + (len(kinds) - 1) * BETWEEN
    desc = texts.plain("evaluation.models.desc", request.lang, boxes=len(model.boxes), links=len(model.links))
    return format_html(
        '<svg class="logic-model" width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="img" '
        'aria-labelledby="{code}-title {code}-desc"><title id="{code}-title">{title}</title>'
        '<desc id="{code}-desc">{desc}</desc>{drawing}</svg>',
        width=width,
        height=lowest + 4,
        code=f"model-{model.code}",
        title=say_plain(model.title, request.lang),
        desc=desc,
        drawing=SafeString("".join((*arrows, *parts))),
    )


def _box(x: int, y: int, height: int, lines: Sequence[str]) -> str:
    words_of_it = "".join(
        f'<text x="{x + PAD}" y="{y + PAD + LINE * n + 15}">{escape(line)}</text>'
        for n, line in enumerate(lines)
    )
    return f'<rect class="l-box" x="{x}" y="{y}" width="{BOX}" height="{height}" rx="6"/>{words_of_it}'


def _arrow(source: tuple[int, int, int], target: tuple[int, int, int]) -> str:
    """From the middle of a box's right side to the middle of another's left, with a head of its own."""
    x1, y1 = source[0] + BOX, source[1] + source[2] // 2
    x2, y2 = target[0], target[1] + target[2] // 2
    bend = (x2 - x1) // 2
    return (
        f'<path class="l-link" d="M {x1} {y1} C {x1 + bend} {y1}, {x2 - bend} {y2}, {x2 - 8} {y2}"/>'
        f'<path class="l-head" d="M {x2 - 10} {y2 - 6} L {x2} {y2} L {x2 - 10} {y2 + 6} Z"/>'
    )


def wrapped(title: str) -> list[str]:
    """A title cut into lines that fit a box."""
    return charts.wrap(title, 8.8)
