"""Entering what a procedure cost (費用の登録): the only write of this domain."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction

from dokodemo.kernel import calendar_jp, events
from dokodemo.kernel.access import Actor, Forbidden
from dokodemo.kernel.refusals import Refused
from dokodemo.promotion.costs import events as verbs
from dokodemo.promotion.costs import logic, policies, queries
from dokodemo.promotion.costs.models import CostEntry

_NUMBERS = {
    "staff_minutes": logic.MOST_MINUTES,
    "system_yen": logic.MOST_YEN,
    "postage_yen": logic.MOST_YEN,
}


@transaction.atomic
def enter(*, actor: Actor, procedure: str, fiscal_year: int, said: Mapping[str, str]) -> CostEntry:
    """Enter what a procedure cost in a year that is over; the very same again changes nothing.

    `said`: staff_minutes, system_yen, postage_yen as typed, and evidence. Raises NotFound, Forbidden, and Refused with a text
    key for each box.
    """
    found = queries.get_procedure(actor, procedure)
    if not policies.may_enter(actor, found.definition.unit):
        raise Forbidden(
            "The cost of a procedure is entered by the head of its section, or who coordinates the plan."
        )
    numbers = {name: logic.whole(said.get(name, ""), most) for name, most in _NUMBERS.items()}
    faults = {name: f"costs.fault.{name}" for name, number in numbers.items() if number is None}
    evidence = said.get("evidence", "").strip()
    if not evidence:
        faults["evidence"] = "costs.fault.evidence"
    elif len(evidence) > logic.LONGEST_EVIDENCE:
        faults["evidence"] = "costs.fault.long"
    rate = queries.rate(fiscal_year)
    if not queries.is_over(fiscal_year):
        faults["staff_minutes"] = "costs.fault.not_over"
    elif rate is None:
        faults["staff_minutes"] = "costs.fault.no_rate"
    if faults or rate is None:
        raise Refused(faults)
    data = {**numbers, "yen_per_minute": rate.yen_per_minute, "sample": rate.sample, "evidence": evidence}
    last = CostEntry.objects.filter(procedure=procedure, fiscal_year=fiscal_year)
    last_one = last.order_by("-entered_at", "-pk").first()
    if last_one is not None and all(getattr(last_one, name) == value for name, value in data.items()):
        return last_one
    made = CostEntry.objects.create(
        procedure=procedure,
        fiscal_year=fiscal_year,
        entered_at=calendar_jp.now(),
        entered_by=actor.account,
        **data,
    )
    events.record(
        verbs.ENTERED,
        actor=actor,
        object=("cost", made.pk),
        refs={"procedure": procedure},
        numbers={"fiscal_year": fiscal_year, "yen": made.costs.total},
    )
    return made
