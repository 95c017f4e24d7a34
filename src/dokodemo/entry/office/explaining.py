"""Why somebody was judged as they were (判定の理由): the rules, the facts, what would turn it over, told again.

Owns the page and the words of a counterfactual. Never shows anybody whom the section may not see, and records each look.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from dokodemo.administration.cases.policies import REVIEWERS
from dokodemo.administration.eligibility import everybody, queries
from dokodemo.administration.eligibility.logic import label_of
from dokodemo.administration.eligibility.replaying import Counterfactual
from dokodemo.administration.procedures.compiled import CompiledProcedure
from dokodemo.city.parties import everybody as parties
from dokodemo.entry.office import pages
from dokodemo.entry.office.visitors import needs_role
from dokodemo.entry.server.requests import Request
from dokodemo.kernel.access import NotFound
from dokodemo.kernel.ui import texts
from dokodemo.kernel.ui.language import say
from dokodemo.kernel.vocabulary import Term, TermType, values


@needs_role(*REVIEWERS)
@require_safe
def why(request: Request, judged_id: UUID, resident_id: UUID) -> HttpResponse:
    """One decision worked out again from what was kept of it, beside what was kept."""
    found = queries.why(request.actor, judged_id, resident_id)
    judged, procedure, retold = found.judged, found.procedure, found.retold
    people = parties.rows_of(request.actor, [resident_id], purpose=judged.procedure, section=judged.section)
    if resident_id not in people:
        raise NotFound("resident")
    proactive = procedure.definition.proactive
    known = (*procedure.vocabulary.terms, *procedure.vocabulary.groups)
    context = {
        "judged": judged,
        "decision": found.decision,
        "person": people[resident_id],
        "procedure": procedure.definition,
        "version": procedure,
        "verdict": f"eligibility.verdict.{found.decision.verdict}",
        "assessment": retold.assessment,
        "missing": [label_of(procedure, name) for name in found.decision.because.split() if name in known],
        "flips": [_flip(request, procedure, one, found.decision.verdict) for one in retold.counterfactuals],
        "inputs": _inputs(request, procedure, retold.inputs),
        "grounds": {use.term: use for use in proactive.uses} if proactive else {},
        "checks": [(f"eligibility.why.check.{name}", same) for name, same in retold.checks.items()],
        "same": retold.same,
        "fingerprint": retold.fingerprint,
    }
    return pages.show(request, "office/why.html", context)


def _inputs(request: Request, procedure: CompiledProcedure, read: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Each fact that was read, or that it was not known; of repeating groups each member's."""
    proactive = procedure.definition.proactive
    rows: list[dict[str, Any]] = []
    for use in proactive.uses if proactive else ():
        term = procedure.vocabulary.term(use.term)
        group = term.group_name
        if group is None or not procedure.vocabulary.groups[group].repeats:
            rows.append(
                {"term": term, "use": use, "member": None, "text": _value(request, term, read.get(term.name))}
            )
            continue
        held = read.get(group)
        members = held["members"] if isinstance(held, Mapping) else held or ()
        rows += [
            {"term": term, "use": use, "member": place, "text": _value(request, term, member.get(term.field))}
            for place, member in enumerate(members, start=1)
        ] or [{"term": term, "use": use, "member": None, "text": ""}]
    return rows


def _value(request: Request, term: Term, value: Any) -> str:
    """A fact in words; "" while it is not known."""
    if value is None:
        return ""
    return values.show(term, value.isoformat() if isinstance(value, date) else value, request.lang)


def _flip(request: Request, procedure: CompiledProcedure, one: Counterfactual, verdict: str) -> SafeString:
    """A counterfactual as a sentence."""
    term = procedure.vocabulary.terms[one.term]

    def t(key: str, **more: Any) -> SafeString:
        return texts.t(f"eligibility.why.{key}", request.lang, furigana=request.furigana, **more)

    value: SafeString | str = _value(request, term, one.value)
    ordered = {TermType.DATE: "day", TermType.INTEGER: "number", TermType.YEN: "number"}.get(term.type)
    if ordered is not None:
        value = t(f"{ordered}_{'down' if one.lower else 'up'}", value=value)
    what = say(term.label, request.lang, furigana=request.furigana)
    if one.member is not None:
        what = t("member", number=one.member + 1, what=what)
    becomes = "open" if one.opens else "out" if verdict == everybody.ENTITLED else "in"
    return t(f"flip.{becomes}", what=what, value=value)
