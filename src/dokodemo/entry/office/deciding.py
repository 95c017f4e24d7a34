"""Writing a decision (起案): the form, and the letter's words before anybody has decided (案文の確認).

Owns the preview and the proposal's form. Never decides: proposing is an action of cases, and what is previewed is
neither kept nor part of any address.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from dokodemo.administration.cases import actions, letters, logic, queries
from dokodemo.administration.cases.actions.decision import BadFindings
from dokodemo.administration.cases.models import Case, Outcome, State
from dokodemo.administration.eligibility import queries as eligibility
from dokodemo.administration.procedures import queries as procedures
from dokodemo.administration.procedures.compiled import CompiledProcedure
from dokodemo.administration.procedures.found import read_findings
from dokodemo.entry.office import found as finding_boxes
from dokodemo.entry.office import pages, reviewing
from dokodemo.entry.office.acting import Wrong, act, typed
from dokodemo.entry.office.visitors import needs_staff
from dokodemo.entry.server.requests import Request
from dokodemo.kernel.ui.switching import shows_typed

# 行政手続法8条: a refusal, whole or in part, carries its reasons.
NEED_REASONS = (Outcome.REFUSED, Outcome.PARTIALLY_APPROVED)


def _places(texts: list[str]) -> list[int]:
    return [int(text) for text in texts if text.isascii() and text.isdecimal() and len(text) < 5]


@act("decision")
def propose(request: Request, case_id: UUID) -> None:
    """Propose a decision with its reasons and with what it finds."""
    try:
        actions.propose_decision(
            actor=request.actor,
            case_id=case_id,
            outcome=request.POST.get("outcome", ""),
            rules=_places(request.POST.getlist("rules")),
            reasons=request.POST.get("reasons", ""),
            conditions=request.POST.get("conditions", ""),
            findings=finding_boxes.entered(typed(request)),
        )
    except BadFindings as refusal:
        raise Wrong(finding_boxes.by_box(refusal.faults)) from None


@shows_typed
@needs_staff
@require_http_methods(["GET", "HEAD", "POST"])
def preview(request: Request, case_id: UUID) -> HttpResponse:
    """What the letter would say: with GET for an outcome alone, with POST for everything typed. Nothing is kept.

    While a proposal waits, its own letter is shown to whoever will approve it.
    """
    found = queries.get_case_for_review(request.actor, case_id)
    procedure = procedures.compiled_version(found.version_id)
    acts = logic.allowed_acts(found.kind, found.state)
    standing = queries.standing_decision(found) if found.state == State.PROPOSED else None
    if not acts & {"propose", "complete"} and (standing is None or request.method == "POST"):
        now = {"": "cases.refused.wrong_moment"}
        return reviewing.show(request, found, status=409, form="decision", wrong=now, typed=typed(request))
    assessment = eligibility.assess(procedure, found.answers)
    failed = [str(n) for n, rule in enumerate(assessment.rules) if rule.outcome is False]
    if standing is not None:
        written = _as_typed(standing)
    else:
        written = {"rules": failed, **(typed(request) if request.method == "POST" else {})}
        written["outcome"] = _outcome(request, found, refuse=bool(failed))
    outcome, rules = written["outcome"], written["rules"]
    reasons = written.get("reasons", "")
    read = read_findings(procedure.definition.findings, outcome, finding_boxes.entered(written))
    wrong = finding_boxes.by_box(read.faults) if request.method == "POST" else {}
    letter = letters.preview(
        found,
        procedure,
        outcome=outcome,
        rules=_in_range(rules, procedure),
        reasons=reasons,
        conditions=written.get("conditions", ""),
        findings=read.values,
    )
    context = {
        "case": found,
        "procedure": procedure.definition,
        "assessment": assessment,
        "outcomes": list(Outcome.values),
        "letter": letter,
        "letter_findings": list(letter["findings"].values()) if letter else [],
        "certificate": procedure.definition.certificate is not None and outcome != Outcome.REFUSED,
        "lacks_findings": any(code == "cases.finding.missing" for code in read.faults.values()),
        "finding_boxes": finding_boxes.boxes(procedure.definition, written, wrong),
        "lacks_reasons": outcome in NEED_REASONS and not rules and not reasons.strip(),
        "acts": acts,
        "typed": written,
        "wrong": wrong,
        "errors": pages.errors(request, wrong.items()),
        "typed_page": reverse("office:preview", args=[found.pk]),
    }
    return pages.show(request, "office/preview.html", context)


def _as_typed(standing: Any) -> dict[str, Any]:
    """A proposal as its form would hold it."""
    return {
        "outcome": standing.outcome,
        "rules": [str(place) for place in standing.rules],
        "reasons": standing.reasons,
        "conditions": standing.conditions,
        **finding_boxes.as_typed(standing.findings),
    }


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
