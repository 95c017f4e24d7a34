"""Trying a change of a benefit before it is published (改正の試算): other amounts or rules, and what they would do.

Owns the form and the drawing. Keeps nothing, and never shows how few people a small cell holds.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.utils.safestring import SafeString
from django.views.decorators.http import require_http_methods

from dokodemo.administration.cases.policies import REVIEWERS
from dokodemo.administration.eligibility import changes, queries
from dokodemo.administration.eligibility.everybody import all_bands
from dokodemo.administration.procedures import queries as procedures
from dokodemo.administration.procedures.compiled import CompiledProcedure
from dokodemo.entry.office import pages
from dokodemo.entry.office.visitors import needs_role
from dokodemo.entry.server.requests import Request
from dokodemo.kernel.ui import charts, texts
from dokodemo.kernel.vocabulary import Term

LARGEST = 10**12


@needs_role(*REVIEWERS)
@require_http_methods(["GET", "HEAD", "POST"])
def what_if(request: Request, judged_id: UUID) -> HttpResponse:
    """The wording in force in boxes; a POST compares what is written in them with it, over the facts of the run."""
    judged = queries.latest_judged(request.actor, judged_id)
    procedure = procedures.compiled_version(judged.version_id)
    typed = {name: str(value).strip()[:2000] for name, value in request.POST.items()}
    wrong: dict[str, str] = {}
    details: dict[str, str] = {}
    result: changes.Comparison | None = None
    if request.method == "POST":
        change = _change(procedure, typed, wrong)
        if not wrong:
            try:
                other = changes.reworded(procedure, change, judged.run.day)
                people = queries.people_of(judged)
                result = changes.compare(procedure, other, change, people, judged.run.day)
            except changes.ReadsMore as more:
                wrong[f"rule-{more.place}"] = "eligibility.try.reads_more"
                details[f"rule-{more.place}"] = more.term
            except changes.BadRule as bad:
                wrong[f"rule-{bad.place}"] = "eligibility.try.bad_rule"
                details[f"rule-{bad.place}"] = bad.message
    context = {
        "judged": judged,
        "procedure": procedure.definition,
        "parameters": [
            (p.name, typed.get(f"param-{p.name}", str(p.on(judged.run.day))), wrong.get(f"param-{p.name}"))
            for p in changes.parameters_used(procedure)
        ],
        "rules": [
            (
                place,
                rule.say,
                typed.get(f"rule-{place}", rule.when),
                wrong.get(f"rule-{place}"),
                details.get(f"rule-{place}"),
            )
            for place, rule in enumerate(procedure.definition.eligible)
        ],
        "assumptions": [_assumption(term, typed) for term in changes.assumable(procedure)],
        "only_known": request.method != "POST" or "only_known" in typed,
        "wrong": wrong,
        "errors": pages.errors(request, wrong.items()),
        "result": _shown(request, result) if result is not None else None,
    }
    return pages.show(request, "office/what_if.html", context, status=422 if wrong else 200)


def _change(procedure: CompiledProcedure, typed: Mapping[str, str], wrong: dict[str, str]) -> changes.Change:
    parameters: dict[str, int] = {}
    for parameter in changes.parameters_used(procedure):
        text = typed.get(f"param-{parameter.name}", "").replace(",", "")
        if not (text.isascii() and text.isdecimal() and len(text) < 20 and int(text) <= LARGEST):
            wrong[f"param-{parameter.name}"] = "eligibility.try.bad_number"
        else:
            parameters[parameter.name] = int(text)
    rules = {}
    for place in range(len(procedure.definition.eligible)):
        text = typed.get(f"rule-{place}", "")
        if text:
            rules[place] = text
        else:
            wrong[f"rule-{place}"] = "eligibility.try.empty_rule"
    assume = {
        term.name: value
        for term in changes.assumable(procedure)
        if (value := _value(term, typed.get(f"assume-{term.name}", ""), wrong)) is not None
    }
    return changes.Change(parameters, rules, assume, "only_known" in typed)


def _value(term: Term, text: str, wrong: dict[str, str]) -> Any:
    """What is assumed of a term, None while nothing is."""
    if not text:
        return None
    if term.type == "boolean" and text in {"true", "false"}:
        return text == "true"
    if term.type == "choice" and text in {choice.value for choice in term.choices}:
        return text
    if (
        term.type in {"integer", "yen"}
        and text.isascii()
        and text.isdecimal()
        and len(text) < 20
        and int(text) <= LARGEST
    ):
        return int(text)
    wrong[f"assume-{term.name}"] = "eligibility.try.bad_assumption"
    return None


def _assumption(term: Term, typed: Mapping[str, str]) -> dict[str, Any]:
    """One box: a choice of values, or a number; days and texts cannot be assumed for everybody."""
    options: list[tuple[str, Any]] = [(choice.value, choice.label) for choice in term.choices]
    kind = "choice" if options else str(term.type)
    return {"term": term, "kind": kind, "options": options, "value": typed.get(f"assume-{term.name}", "")}


def _shown(request: Request, result: changes.Comparison) -> dict[str, Any]:
    bands = [(band, result.bands[band]) for band in all_bands() if band in result.bands]
    towns = sorted(result.towns.items(), key=lambda item: (-item[1].people, item[0]))
    unknown = texts.plain("eligibility.list.age_unknown", request.lang)
    nowhere = texts.plain("eligibility.list.town_hidden", request.lang)
    names = ("entitled", "unknown", "not", "failed")
    before, after = (
        changes.hidden_small([side[one] for one in names]) for side in (result.before, result.after)
    )
    return {
        "whole": _rows(request, [("", result.whole)])[0],
        "unknown": result.whole.yen_unknown if result.whole.yen_unknown >= changes.FEWEST else None,
        "verdicts": [
            (
                f"eligibility.verdict.{one}",
                _few(request, result.before[one], hidden=before[place] is None),
                _few(request, result.after[one], hidden=after[place] is None),
            )
            for place, one in enumerate(names)
        ],
        "parts": [
            _part(request, "bands", [(band.replace("-", "–") or unknown, effect) for band, effect in bands]),
            _part(request, "towns", [(town or nowhere, effect) for town, effect in towns]),
        ],
    }


def _part(request: Request, name: str, found: list[tuple[str, changes.Effect]]) -> dict[str, Any]:
    rows = _rows(request, found)
    key = "eligibility.try.by_" + name
    drawn: list[SafeString] = []
    for side in ("gain", "lose"):
        points = [charts.Point(row["label"], row[side], row[f"{side}_shown"]) for row in rows]
        if any(row[f"{side}_any"] for row in rows):
            frame = charts.frame(
                request, f"{name}-{side}", f"eligibility.try.{side}_{name}", "eligibility.try.chart"
            )
            drawn.append(charts.bars(frame, points))
    return {"key": key, "rows": rows, "charts": drawn}


def _rows(request: Request, found: list[tuple[str, changes.Effect]]) -> list[dict[str, Any]]:
    """Rows for the table and the drawing; a small number is neither written nor drawn."""
    columns = {
        side: changes.hidden_small([getattr(effect, side) for _, effect in found])
        for side in ("gain", "lose", "other_amount")
    }
    rows = []
    for place, (label, effect) in enumerate(found):
        row: dict[str, Any] = {"label": label}
        for side, numbers in columns.items():
            row[side] = numbers[place]
            row[f"{side}_any"] = getattr(effect, side) > 0
            row[f"{side}_shown"] = _few(request, getattr(effect, side), hidden=numbers[place] is None)
        small = any(numbers[place] is None for numbers in columns.values())
        few = small or 0 < effect.touched < changes.FEWEST
        row["yen"] = None if few else effect.yen
        rows.append(row)
    return rows


def _few(request: Request, number: int, *, hidden: bool = False) -> str:
    if hidden or 0 < number < changes.FEWEST:
        return texts.plain("eligibility.try.few", request.lang)
    return f"{number:,}"
