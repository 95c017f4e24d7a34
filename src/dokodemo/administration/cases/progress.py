"""How far a case has come (審査の経過): what happened, and when, as far as it concerns the person.

Owns the reading of it. Never writes, and never shows what a clerk noted for the section.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from dokodemo.administration.cases import events as verbs
from dokodemo.administration.cases.models import Case, Extension
from dokodemo.kernel import events


@dataclass(frozen=True)
class Milestone:
    """One thing that happened to a case, by the name a person reads it under. `day` is the day it is about, if any."""

    name: str
    at: datetime
    day: date | None = None


_MILESTONES = {
    verbs.SUBMITTED: "submitted",
    verbs.PERSON_ATTACHED: "person_attached",
    verbs.REVIEW_BEGUN: "review_begun",
    verbs.CORRECTION_REQUESTED: "correction_requested",
    verbs.CORRECTION_CANCELLED: "correction_cancelled",
    verbs.CORRECTED: "corrected",
    verbs.EXTENDED: "extended",
    verbs.EXTENSION_TOLD: "extension_told",
    verbs.FEE_RECEIVED: "fee_received",
    verbs.DECIDED: "decided",
    verbs.COMPLETED: "completed",
    verbs.LETTER_ISSUED: "letter_issued",
    verbs.WITHDRAWN: "withdrawn",
}


def milestones(case: Case) -> list[Milestone]:
    """What happened to a case, oldest first, as far as it concerns the person (経過). An extension tells its new day."""
    days = {"extended": Extension.objects.filter(case=case).values_list("until", flat=True).first()}
    return [
        Milestone(_MILESTONES[event.verb], event.at, days.get(_MILESTONES[event.verb]))
        for event in events.of_object("case", case.pk)
        if event.verb in _MILESTONES
    ]
