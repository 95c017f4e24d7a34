"""The picture of one measure (施策の図): what measures it, or how far what is done for it is.

Owns the drawing for the plan's page and for the pages of others. Never draws a value nobody measured.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from django.utils.safestring import SafeString

from dokodemo.entry.portal.doing import Doing
from dokodemo.entry.portal.plan_pictures import share_points
from dokodemo.entry.server.requests import Request
from dokodemo.kernel.ui import charts, texts
from dokodemo.promotion.headquarters.logic import STATES
from dokodemo.promotion.indicators.queries import Reading


def picture(
    request: Request, name: str, readings: Sequence[Reading], actions: Sequence[Doing]
) -> SafeString | str:
    """What measures it, as bars; what is done for it, by state, where nothing measures it yet; else no picture.

    `name` is unique on the page.
    """
    known = [one for one in readings if one.percent is not None]
    if known:
        frame = charts.frame(request, name, "portal.embed.chart", "portal.plan.live_desc", "%")
        return charts.bars(frame, share_points(known), most=100)
    if not actions:
        return ""
    states = Counter(one.state for one in actions)
    points = [
        charts.Point(texts.plain(f"headquarters.state.{state}", request.lang), states[state])
        for state in reversed(STATES)
    ]
    points.append(charts.Point(texts.plain("portal.plan.not_reported", request.lang), states[""]))
    frame = charts.frame(request, name, "portal.embed.actions", "portal.embed.actions_desc")
    return charts.bars(frame, points, most=len(actions))
