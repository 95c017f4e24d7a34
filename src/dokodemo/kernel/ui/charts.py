"""Charts as SVG made by the server (図): bars, a road to a target, a line over time, a cycle, the spread of a group.

Owns the drawing. Never computes what is drawn. Every chart is followed by its figures as a table, is readable in black and
white, and keeps its text size on a narrow screen (positions are percentages, letters are not scaled).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from unicodedata import east_asian_width

from django.http import HttpRequest
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString

from dokodemo.kernel.ui import texts
from dokodemo.kernel.ui.language import Lang, Spoken, furigana_of, language_of, say, say_plain

LABEL_WIDTH = 17.0
LINE, BAR, GAP = 22, 24, 16
PLOT_TOP, PLOT_HEIGHT, PLOT_LEFT, PLOT_RIGHT = 30, 180, 6.0, 94.0
MONTHS_DRAWN = 36
type Words = Spoken | str


@dataclass(frozen=True)
class Point:
    """One figure of a chart: its label, its value (None: not known) and, where wanted, how the value is written."""

    label: Words
    value: float | None
    shown: str | None = None


def by_month(values: Sequence[tuple[date, float | None]]) -> list[Point]:
    """The last MONTHS_DRAWN values as points. Months are written short: many of them stand under a narrow picture."""
    return [Point(f"{day.year}/{day.month}", value) for day, value in values[-MONTHS_DRAWN:]]


@dataclass(frozen=True)
class Frame:
    """What every chart says about itself. `name` is unique on the page (letters, digits, hyphens); `desc` sums up
    in one sentence what the picture shows; `unit` stands behind each value, e.g. % or 件."""

    name: str
    title: Words
    desc: Words
    unit: str = ""
    lang: Lang = "ja"
    furigana: bool = False


def frame(
    request: HttpRequest, name: str, title: str, desc: str, unit: str = "", /, **params: object
) -> Frame:
    """The frame in the reader's language, from the keys of its two texts; `params` go into both."""
    lang = language_of(request)
    return Frame(
        name,
        texts.plain(title, lang, **params),
        texts.plain(desc, lang, **params),
        unit,
        lang,
        furigana_of(request),
    )


def number(value: float | None, unit: str = "") -> str:
    """A value with separators, at most one decimal, and its unit; a dash for what is not known."""
    if value is None:
        return "–"
    rounded = round(value, 1)
    return (f"{rounded:,.0f}" if rounded == int(rounded) else f"{rounded:,.1f}") + unit


def bars(frame: Frame, points: Sequence[Point], *, most: float | None = None) -> SafeString:
    """Horizontal bars from 0 to the largest value (or `most`); a point that is not known has a dash and no bar.

    What stands behind a line break in a label begins a line of its own.
    """
    top = max([most or 0, *(point.value or 0 for point in points)]) or 1
    parts: list[str] = []
    y = 0
    for point in points:
        for line in (one for part in say_plain(point.label, frame.lang).split("\n") for one in wrap(part)):
            y += LINE
            parts.append(f'<text x="0" y="{y - 5}">{escape(line)}</text>')
        width = max(0.0, (point.value or 0) / top * 74)
        parts.append(f'<rect class="c-back" x="0" y="{y}" width="74%" height="{BAR}" rx="3"/>')
        parts.append(f'<rect class="c-bar" x="0" y="{y}" width="{width:.2f}%" height="{BAR}" rx="3"/>')
        parts.append(
            f'<text class="c-strong" x="74%" dx="10" y="{y + 18}">{escape(_shown(point, frame))}</text>'
        )
        y += BAR + GAP
    return _figure(frame, points, "".join(parts), max(y - GAP, 1) + 2)


def road(frame: Frame, *, start: Point, now: Point, target: Point) -> SafeString:
    """How far the way from a starting value to a target has been gone. The mark stays on the road's ends when the
    value lies outside them; a value not known has words and no mark."""
    first, last = start.value or 0.0, target.value or 0.0
    share = 0.0 if now.value is None or last == first else (now.value - first) / (last - first)
    at = 2 + 96 * min(1.0, max(0.0, share))
    anchor = "start" if at < 30 else "end" if at > 70 else "middle"
    parts = ['<rect class="c-back" x="2%" y="44" width="96%" height="16" rx="8"/>']
    if now.value is not None:
        parts.append(f'<rect class="c-bar" x="2%" y="44" width="{max(at - 2, 0):.2f}%" height="16" rx="8"/>')
        parts.append(f'<circle class="c-dot" cx="{at:.2f}%" cy="52" r="11"/>')
    label = f"{say_plain(now.label, frame.lang)} {_shown(now, frame)}"
    strength = "c-quiet" if now.value is None else "c-strong"
    parts.append(
        f'<text class="{strength}" x="{at:.2f}%" y="28" text-anchor="{anchor}">{escape(label)}</text>'
    )
    parts.append('<line class="c-target" x1="98%" x2="98%" y1="36" y2="72"/>')
    for point, x, side in ((start, "0", "start"), (target, "100%", "end")):
        parts.append(
            f'<text class="c-quiet" x="{x}" y="90" text-anchor="{side}">{escape(say_plain(point.label, frame.lang))}</text>'
            f'<text x="{x}" y="110" text-anchor="{side}">{escape(_shown(point, frame))}</text>'
        )
    return _figure(frame, (start, now, target), "".join(parts), 118)


def line(frame: Frame, points: Sequence[Point], *, target: float | None = None) -> SafeString:
    """A line over time, from 0 to the largest value; the line breaks where a value is not known."""
    known = [point.value for point in points if point.value is not None]
    top = _ceiling(max([target or 0, *known], default=1))
    step = (PLOT_RIGHT - PLOT_LEFT) / max(len(points) - 1, 1)
    spots = [
        (PLOT_LEFT + step * n, None if p.value is None else _height(p.value, top))
        for n, p in enumerate(points)
    ]
    parts = [_grid(value, top, frame) for value in (0.0, top / 2, top)]
    if target is not None:
        y = _height(target, top)
        word = escape(f"{texts.plain('ui.chart.target', frame.lang)} {number(target, frame.unit)}")
        parts.append(
            f'<line class="c-target" x1="0" x2="100%" y1="{y:.1f}" y2="{y:.1f}"/>'
            f'<text class="c-quiet" x="100%" y="{y - 5:.1f}" text-anchor="end">{word}</text>'
        )
    for (x1, y1), (x2, y2) in pairwise(spots):
        if y1 is not None and y2 is not None:
            parts.append(f'<line class="c-line" x1="{x1:.2f}%" y1="{y1:.1f}" x2="{x2:.2f}%" y2="{y2:.1f}"/>')
    # More than four labels run into each other on a screen 320 px wide.
    every = max(1, -(-len(points) // 3))
    for n, point in enumerate(points):
        x, spot = spots[n]
        named = n == len(points) - 1 or (n % every == 0 and len(points) - 1 - n >= every)
        side = "start" if n == 0 else "end" if n == len(points) - 1 else "middle"
        shown = escape(_shown(point, frame))
        if spot is not None:
            parts.append(f'<circle class="c-dot" cx="{x:.2f}%" cy="{spot:.1f}" r="5"/>')
            if named:
                parts.append(
                    f'<text class="c-strong" x="{x:.2f}%" y="{spot - 12:.1f}" text-anchor="{side}">{shown}</text>'
                )
        if named:
            label = escape(say_plain(point.label, frame.lang))
            parts.append(
                f'<text class="c-quiet" x="{x:.2f}%" y="{PLOT_TOP + PLOT_HEIGHT + 20}" text-anchor="{side}">{label}</text>'
            )
    return _figure(frame, points, "".join(parts), PLOT_TOP + PLOT_HEIGHT + 28)


def turning(frame: Frame, points: Sequence[Point]) -> SafeString:
    """A cycle: stages one below the other with arrows between them, and a way back from the last to the first."""
    parts: list[str] = []
    middles: list[float] = []
    y = 2
    for n, point in enumerate(points):
        if n:
            parts.append(_arrow("43%", y + 4, "M0 0V20M-7 13L0 21L7 13"))
            y += 30
        lines = wrap(say_plain(point.label, frame.lang), 11.0)
        height = LINE * len(lines) + 20
        parts.append(f'<rect class="c-back" x="1" y="{y}" width="86%" height="{height}" rx="8"/>')
        for row, text in enumerate(lines):
            parts.append(f'<text x="14" y="{y + 25 + LINE * row}">{escape(text)}</text>')
        middle = y + height / 2
        shown = escape(_shown(point, frame))
        parts.append(
            f'<text class="c-strong" x="86%" dx="-12" y="{middle + 6:.0f}" text-anchor="end">{shown}</text>'
        )
        middles.append(middle)
        y += height
    if len(points) > 1:
        first, last = middles[0], middles[-1]
        for x1, x2, y1, y2 in ((86, 95, last, last), (95, 95, last, first), (87, 95, first, first)):
            parts.append(
                f'<line class="c-line" x1="{x1}%" x2="{x2}%" y1="{y1:.0f}" y2="{y2:.0f}" stroke-linecap="round"/>'
            )
        parts.append(_arrow("87%", first, "M9 -7L1 0L9 7"))
    return _figure(frame, points, "".join(parts), y + 2)


def _arrow(x: str, y: float, path: str) -> str:
    # A path has no percentages: an inner drawing carries it to its place.
    return f'<svg x="{x}" y="{y:.0f}" overflow="visible"><path class="c-line" d="{path}"/></svg>'


@dataclass(frozen=True)
class Interrupted:
    """What stands beside the observed points of an interrupted series: the line that fits them, the line that would have
    been from the point of number `change` on, and how the change, both lines and the points are called."""

    fitted: Sequence[float]
    counterfactual: Sequence[float]
    change: int
    changed: Words
    names: tuple[Words, Words, Words]


def interrupted(frame: Frame, points: Sequence[Point], beside: Interrupted) -> SafeString:
    """Dots for what was observed, a line through them, a dashed line for what would have been, the change as an upright.

    Without lines (too few points for an estimate) only dots and the change are drawn. Values may be below 0.
    """
    known = [point.value for point in points if point.value is not None]
    span = [*known, *beside.fitted, *beside.counterfactual[beside.change :], 0.0]
    bottom, top = -_ceiling(-min(span), 1e-6) if min(span) < 0 else 0.0, _ceiling(max(*span, 0.0), 1e-6)
    step = (PLOT_RIGHT - PLOT_LEFT) / max(len(points) - 1, 1)

    def x(number: float) -> float:
        return PLOT_LEFT + step * number

    def y(value: float) -> float:
        return PLOT_TOP + PLOT_HEIGHT * (1 - (value - bottom) / (top - bottom))

    parts = [
        f'<line class="{"c-grid" if value else "c-axis"}" x1="0" x2="100%" y1="{y(value):.1f}" y2="{y(value):.1f}"/>'
        f'<text class="c-quiet" x="0" y="{y(value) - 4:.1f}">{escape(_on_axis(value, frame))}</text>'
        for value in sorted({bottom, 0.0, top, *(() if bottom else (top / 2,))})
    ]
    # The change lies between the month before it and its own.
    at = x(beside.change - 0.5)
    side = "end" if at > 50 else "start"
    word = escape(say_plain(beside.changed, frame.lang))
    parts.append(
        f'<line class="c-change" x1="{at:.2f}%" x2="{at:.2f}%" y1="{PLOT_TOP - 12}" y2="{PLOT_TOP + PLOT_HEIGHT}"/>'
        f'<text class="c-strong" x="{at:.2f}%" y="{PLOT_TOP - 16}" text-anchor="{side}">{word}</text>'
    )
    for kind, values, since in (
        ("c-line", beside.fitted, 0),
        ("c-would", beside.counterfactual, beside.change),
    ):
        for n, (one, two) in enumerate(pairwise(values)):
            if n >= since:
                parts.append(
                    f'<line class="{kind}" x1="{x(n):.2f}%" y1="{y(one):.1f}" x2="{x(n + 1):.2f}%" y2="{y(two):.1f}"/>'
                )
    for n, point in enumerate(points):
        if point.value is not None:
            parts.append(f'<circle class="c-seen" cx="{x(n):.2f}%" cy="{y(point.value):.1f}" r="3.5"/>')
    low = PLOT_TOP + PLOT_HEIGHT
    for n, anchor in ((0, "start"), (len(points) - 1, "end")):
        label = escape(say_plain(points[n].label, frame.lang))
        parts.append(
            f'<text class="c-quiet" x="{x(n):.2f}%" y="{low + 20}" text-anchor="{anchor}">{label}</text>'
        )
    drawn, height = _legend(beside, frame, low + 46)
    return _figure(frame, points, "".join((*parts, drawn)), height)


def spread(
    frame: Frame, five: Sequence[Point], own: Point | None, *, most: float | None = None
) -> SafeString:
    """How a group lies, from 0 to `most` (or its largest value): least, first quartile, median, third quartile, most.

    A box holds the middle half, an upright its median, a line reaches to both ends; a ring is one's own value, with words.
    """
    values = [point.value or 0.0 for point in five]
    top = most or _ceiling(max([*values, own.value if own is not None and own.value else 0.0]))
    low, first, middle, third, high = (2 + 96 * min(1.0, max(0.0, value / top)) for value in values)
    parts = [
        f'<line class="c-axis" x1="{low:.2f}%" x2="{high:.2f}%" y1="44" y2="44"/>',
        *(f'<line class="c-axis" x1="{x:.2f}%" x2="{x:.2f}%" y1="34" y2="54"/>' for x in (low, high)),
        f'<rect class="c-back" x="{first:.2f}%" y="30" width="{max(third - first, 0.5):.2f}%" height="28"/>',
        f'<line class="c-line" x1="{middle:.2f}%" x2="{middle:.2f}%" y1="26" y2="62"/>',
        _beside_mark(five[2], middle, 80, frame, "c-quiet"),
        f'<text class="c-quiet" x="0" y="100">{escape(number(0, frame.unit))}</text>',
        f'<text class="c-quiet" x="100%" y="100" text-anchor="end">{escape(number(top, frame.unit))}</text>',
    ]
    if own is not None and own.value is not None:
        at = 2 + 96 * min(1.0, max(0.0, own.value / top))
        parts.append(f'<circle class="c-dot" cx="{at:.2f}%" cy="44" r="9"/>')
        parts.append(_beside_mark(own, at, 18, frame, "c-strong"))
    return _figure(frame, (*five, *(() if own is None else (own,))), "".join(parts), 106)


def _beside_mark(point: Point, at: float, y: int, frame: Frame, kind: str) -> str:
    """The words of a mark at `at` percent, kept inside the picture."""
    side = "start" if at < 30 else "end" if at > 70 else "middle"
    words = escape(f"{say_plain(point.label, frame.lang)} {_shown(point, frame)}")
    return f'<text class="{kind}" x="{at:.2f}%" y="{y}" text-anchor="{side}">{words}</text>'


def _on_axis(value: float, frame: Frame) -> str:
    return f"{value:g}{frame.unit}" if 0 < abs(value) < 1 else number(value, frame.unit)


def _legend(beside: Interrupted, frame: Frame, y: int) -> tuple[str, int]:
    """What dots and lines mean, a line each; the drawing and where it ends."""
    parts = []
    marks = [f'<circle class="c-seen" cx="14" cy="{y - 5}" r="3.5"/>']
    if beside.fitted:
        marks.append(f'<line class="c-line" x1="0" x2="28" y1="{y + LINE - 5}" y2="{y + LINE - 5}"/>')
        marks.append(
            f'<line class="c-would" x1="0" x2="28" y1="{y + 2 * LINE - 5}" y2="{y + 2 * LINE - 5}"/>'
        )
    for mark, name in zip(marks, beside.names, strict=False):
        parts.append(
            f'{mark}<text class="c-quiet" x="36" y="{y}">{escape(say_plain(name, frame.lang))}</text>'
        )
        y += LINE
    return "".join(parts), y - LINE + 8


def _grid(value: float, top: float, frame: Frame) -> str:
    y = _height(value, top)
    kind = "c-axis" if value == 0 else "c-grid"
    return (
        f'<line class="{kind}" x1="0" x2="100%" y1="{y:.1f}" y2="{y:.1f}"/>'
        f'<text class="c-quiet" x="0" y="{y - 4:.1f}">{escape(number(value, frame.unit))}</text>'
    )


def _height(value: float, top: float) -> float:
    return PLOT_TOP + PLOT_HEIGHT * (1 - max(0.0, value) / top)


def _ceiling(value: float, least: float = 1.0) -> float:
    """The next number above a value that is easy to halve and to read; never below `least`, a power of ten."""
    size = least
    while size * 10 < value:
        size *= 10
    return next(size * step for step in (1, 1.2, 1.6, 2, 3, 4, 5, 6, 8, 10) if size * step >= value)


def wrap(label: str, most: float = LABEL_WIDTH) -> list[str]:
    """A label cut into lines; by default they fit a screen 320 px wide. A full-width character counts 1, others 0.55.

    Words of a language that has spaces stay whole where they are not longer than a line.
    """
    lines, width = [""], 0.0
    for character in label:
        step = 1.0 if east_asian_width(character) in "WFA" else 0.55
        if width + step > most:
            head, space, tail = lines[-1].rpartition(" ")
            lines[-1:] = [head, tail] if space and len(tail) < 14 else [lines[-1], ""]
            width = sum(1.0 if east_asian_width(c) in "WFA" else 0.55 for c in lines[-1])
        lines[-1] += character
        width += step
    return lines


def _shown(point: Point, frame: Frame) -> str:
    return point.shown if point.shown is not None else number(point.value, frame.unit)


def _figure(frame: Frame, points: Sequence[Point], drawing: str, height: int) -> SafeString:
    lang, furigana = frame.lang, frame.furigana
    rows = format_html_join(
        "",
        '<tr><th scope="row">{}</th><td class="number">{}</td></tr>',
        ((say(point.label, lang, furigana=furigana), _shown(point, frame)) for point in points),
    )
    return format_html(
        '<figure class="chart"><figcaption>{title}</figcaption>'
        '<svg width="100%" height="{height}" role="img" aria-labelledby="{name}-title {name}-desc">'
        '<title id="{name}-title">{plain_title}</title><desc id="{name}-desc">{desc}</desc>{drawing}</svg>'
        '<details><summary>{see}</summary><table><thead><tr><th scope="col">{label}</th>'
        '<th scope="col" class="number">{value}</th></tr></thead><tbody>{rows}</tbody></table></details></figure>',
        title=say(frame.title, lang, furigana=furigana),
        plain_title=say_plain(frame.title, lang),
        desc=say_plain(frame.desc, lang),
        name=frame.name,
        height=height,
        drawing=SafeString(drawing),
        rows=rows,
        see=texts.t("ui.chart.table", lang, furigana=furigana),
        label=texts.t("ui.chart.label", lang, furigana=furigana),
        value=texts.t("ui.chart.value", lang, furigana=furigana),
    )
