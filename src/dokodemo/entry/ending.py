"""The picture of a final evaluation (最終評価の図), the same for residents and staff.

Owns the drawing alone. Never counts: the domain does.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.safestring import SafeString

from dokodemo.entry.server.requests import Request
from dokodemo.kernel.ui import charts, texts


def chart(request: Request, tally: Mapping[str, int]) -> SafeString:
    """How many rows were judged met, in part, not met and 未計測, each with its number."""
    frame = charts.frame(request, "final", "closing.chart.title", "closing.chart.desc")
    points = [
        charts.Point(texts.plain(f"closing.result.{result}", request.lang), count, _rows(request, count))
        for result, count in tally.items()
    ]
    return charts.bars(frame, points, most=sum(tally.values()))


def _rows(request: Request, count: int) -> str:
    return texts.plain("closing.chart.count", request.lang, count=count)
