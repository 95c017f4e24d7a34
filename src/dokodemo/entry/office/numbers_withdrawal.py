"""Withdrawing a value (値の取下げ): the value once more, what everybody sees afterwards, and the reason that is asked for.

Owns the page that asks before it is done. Never decides who may, and never changes what was entered.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from dokodemo.entry.office import pages
from dokodemo.entry.office.numbers import TAB
from dokodemo.entry.office.visitors import needs_staff
from dokodemo.entry.server.requests import Request
from dokodemo.kernel.access import Forbidden
from dokodemo.kernel.ui import texts
from dokodemo.promotion.indicators import actions, policies, queries, withdrawals
from dokodemo.promotion.indicators.actions import NotWithdrawn
from dokodemo.promotion.indicators.observing import LONGEST_REASON


@needs_staff
@require_http_methods(["GET", "HEAD", "POST"])
def indicators_withdraw(request: Request, code: str, value_id: UUID) -> HttpResponse:
    """Ask whether and why a value is withdrawn; what was typed stays when it cannot be."""
    row, instead = withdrawals.entry(request.actor, code, value_id)
    indicator = queries.definitions()[code]
    if indicator.state != "entered" or not policies.may_enter(request.actor, indicator):
        raise Forbidden
    reason, refused = "", None
    if request.method == "POST":
        # Longer than what is taken, so that it is said and not cut.
        reason = request.POST.get("reason", "")[: 2 * LONGEST_REASON]
        try:
            actions.withdraw(actor=request.actor, observation_id=value_id, reason=reason)
        except NotWithdrawn as not_withdrawn:
            refused = not_withdrawn
        else:
            pages.tell(request, "office.numbers.withdrawn")
            return HttpResponseRedirect(reverse("office:indicators_one", args=[code]))
    context: dict[str, Any] = {
        "indicator": indicator,
        "row": row,
        "instead": instead,
        "counts": queries.counts(row),
        "reason": reason,
        "most": LONGEST_REASON,
        "wrong": texts.t(refused.key, request.lang, furigana=request.furigana)
        if refused is not None and refused.box
        else "",
        "errors": pages.errors(
            request, [(refused.box or "main", refused.key)] if refused is not None else []
        ),
    }
    status = 200 if refused is None else 422 if refused.box else 409
    return pages.show(request, "office/numbers/withdraw.html", context, status=status, tab=TAB)
