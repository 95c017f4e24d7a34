"""Whose case it is, once that is known (本人の結び付け): what was filed before a clerk had confirmed who the sign-in is.

Owns that one step. Never confirms a person: that is the register's desk, by the papers.
"""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from dokodemo.administration.cases import events as verbs
from dokodemo.administration.cases import hiding, logic, queries
from dokodemo.administration.cases.models import Case
from dokodemo.administration.eligibility import actions as eligibility
from dokodemo.administration.procedures import queries as procedures
from dokodemo.kernel import events
from dokodemo.kernel.access import Actor


@transaction.atomic
def attach_person(*, actor: Actor, case_id: UUID) -> Case:
    """Make the resident whom the sign-in has become applicant and subject of what it filed unconfirmed.

    From then on the case is the person's own, as if filed after the confirmation; its answers stay as they were typed.
    Raises NotFound, and NotAllowed with the reason's words when that may not be done (`logic.may_attach`), nobody is
    confirmed, or the procedure is none that people file for themselves.
    """
    case = queries.get_case_for_review(actor, case_id, lock=True)
    if not logic.may_attach(case.capacity, case.state):
        raise logic.NotAllowed("cases.refused.wrong_moment")
    person = hiding.filed_by(case)
    if person is None:
        raise logic.NotAllowed("cases.identity.nobody_confirmed")
    if "self" not in procedures.compiled_version(case.version_id).definition.who_may_file:
        raise logic.NotAllowed("cases.identity.not_for_oneself")
    case.capacity, case.applicant_id, case.subject_id = "self", person, person
    case.save(update_fields=["capacity", "applicant_id", "subject_id"])
    eligibility.apply_to_offer(actor=actor, resident_id=person, procedure=case.procedure)
    events.record(
        verbs.PERSON_ATTACHED,
        actor=actor,
        object=("case", case.pk),
        refs={"procedure": case.procedure, "section": case.section, "resident": str(person)},
    )
    return case
