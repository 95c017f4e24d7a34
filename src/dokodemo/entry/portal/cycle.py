"""The cycle of the plan for residents (図3 DX の好循環): what was found, what became of it, what moved.

Owns the public page. Shows counts, and of issues only the titles a digital officer wrote for residents.
"""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from dokodemo.entry.server.requests import Request
from dokodemo.kernel.packs import Text
from dokodemo.kernel.ui import charts, texts
from dokodemo.promotion.improvement import cycle as cycles
from dokodemo.promotion.improvement import queries
from dokodemo.promotion.plan import queries as plans

PAGE_SIZE = 50


@require_safe
def cycle(request: Request) -> HttpResponse:
    """The cycle of this fiscal year with its counts, and the issues residents may read of."""
    found = cycles.cycle()
    frame = charts.frame(
        request, "cycle", "improvement.cycle.chart", "improvement.cycle.chart_desc", **found.counts
    )
    points = [
        charts.Point(texts.plain(f"improvement.stage.{stage}", request.lang), count)
        for stage, count in found.counts.items()
    ]
    number = request.GET.get("page", "1")
    page = Paginator(queries.shown_issues(), PAGE_SIZE).get_page(number if len(number) < 6 else 1)
    context = {
        "plan": plans.plan(),
        "year": found.fiscal_year,
        "chart": charts.turning(frame, points),
        "stages": list(found.counts.items()),
        "page": page,
        "issues": [(Text(**one.shown), one.state) for one in page],
    }
    return render(request, "portal/cycle.html", context)
