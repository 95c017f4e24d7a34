"""Writing a decision (起案): the form, and the letter's words before anybody has decided (案文の確認).

Owns the preview and the proposal's form. Never decides: proposing is an action of cases, and what is previewed is
neither kept nor part of any address.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.views.decorators.http import require_http_methods

from dokodemo.administration.cases import actions, letters, logic, queries
from dokodemo.administration.cases.models import Case, Outcome
from dokodemo.administration.eligibility import queries as eligibility
from dokodemo.administration.procedures import queries as procedures
from dokodemo.administration.procedures.compiled import CompiledProcedure
from dokodemo.entry.office import pages, reviewing
from dokodemo.entry.office.acting import act, typed
from dokodemo.entry.office.visitors import needs_staff
from dokodemo.entry.server.requests import Request


def _places(texts: list[str]) -> list[int]:
    return [int(text) for text in texts if text.isascii() and text.isdecimal()]


@act("decision")
def propose(request: Request, case_id: UUID) -> None:
    """Propose a decision with its reasons."""
    actions.propose_decision(
        actor=request.actor,
        case_id=case_id,
        outcome=request.POST.get("outcome", ""),
        rules=_places(request.POST.getlist("rules")),
        reasons=request.POST.get("reasons", ""),
        conditions=request.POST.get("conditions", ""),
    )


@needs_staff
@require_http_methods(["GET", "HEAD", "POST"])
def preview(request: Request, case_id: UUID) -> HttpResponse:
    """What the letter would say: with GET for an outcome alone, with POST for everything typed. Nothing is kept."""
    found = queries.get_case_for_review(request.actor, case_id)
    procedure = procedures.compiled_version(found.version_id)
    acts = logic.allowed_acts(found.kind, found.state)
    if not acts & {"propose", "complete"}:
        now = {"": "cases.refused.wrong_moment"}
        return reviewing.show(request, found, status=409, form="decision", wrong=now, typed=typed(request))
    assessment = eligibility.assess(procedure, found.answers)
    failed = [str(n) for n, rule in enumerate(assessment.rules) if rule.outcome is False]
    written: Mapping[str, Any] = typed(request) if request.method == "POST" else {}
    outcome = _outcome(request, found, refuse=bool(failed))
    rules = written["rules"] if written else failed
    words = letters.preview(
        found,
        procedure,
        outcome=outcome,
        rules=_in_range(rules, procedure),
        reasons=written.get("reasons", ""),
        conditions=written.get("conditions", ""),
    )
    context = {
        "case": found,
        "procedure": procedure.definition,
        "assessment": assessment,
        "outcome": outcome,
        "outcomes": list(Outcome.values) if "propose" in acts else [],
        "words": words,
        "certificate": procedure.definition.certificate is not None and outcome != Outcome.REFUSED,
        "lacks_reasons": outcome in (Outcome.REFUSED, Outcome.PARTIALLY_APPROVED)
        and not rules
        and not written.get("reasons", "").strip(),
        "acts": acts,
        "typed": {**written, "outcome": outcome, "rules": rules},
        "wrong": {},
    }
    return pages.show(request, "office/preview.html", context)


def _in_range(rules: list[str], procedure: CompiledProcedure) -> list[int]:
    return [place for place in _places(rules) if place < len(procedure.conditions)]


def _outcome(request: Request, found: Case, *, refuse: bool) -> str:
    """The outcome asked for; else what the rules suggest. A notification has one only."""
    if found.kind == "notification":
        return letters.COMPLETED
    asked: str = request.POST.get("outcome") or request.GET.get("outcome", "")
    if asked in Outcome.values:
        return asked
    return Outcome.REFUSED if refuse else Outcome.APPROVED
