"""Letters, examples and new terms of a proposal (通知書・具体例・用語): pages with a shape of their own.

Owns reading and drawing these three. Each is saved at once.
"""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_http_methods

from dokodemo.administration.authoring import actions, policies, queries
from dokodemo.administration.authoring.actions import Refused
from dokodemo.administration.authoring.checks import check
from dokodemo.administration.authoring.content import Content
from dokodemo.administration.procedures.compiled import CompiledProcedure
from dokodemo.administration.procedures.judging import Judgement, judge
from dokodemo.entry.office import authoring, pages
from dokodemo.entry.office.authoring_fields import Box, put, read, shown
from dokodemo.entry.office.authoring_looking import FRAMING
from dokodemo.entry.office.authoring_parts import around_of
from dokodemo.entry.office.visitors import needs_role
from dokodemo.entry.server.requests import Request
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.packs import PackError
from dokodemo.kernel.ui.forms import CompiledPage, Question, compile_page
from dokodemo.kernel.vocabulary import TermType

MOST_EXAMPLES = 60
TERM_BOXES = (
    Box("name", "line"),
    Box("label", "text3"),
    Box("type", "choice", tuple(str(one) for one in TermType)),
    Box("purpose", "line"),
    Box("confidentiality", "choice", ("1", "2", "3A", "3B", "3C")),
    Box("own", "line"),
    Box("choices", "lines"),
    Box("group_label", "text3", optional=True),
)


@csp_override(FRAMING)
@needs_role(*policies.EDITORS)
@require_http_methods(["GET", "HEAD", "POST"])
def proposal_letters(request: Request, proposal_id: UUID) -> HttpResponse:
    """The source of each outcome's letter, and how it looks."""
    one = queries.get(request.actor, proposal_id)
    content = queries.content_of(one)
    outcomes = content.data.get("outcome") or {}
    if request.method == "POST":
        outcome = request.POST.get("outcome", "")
        source = request.POST.get("source", "").replace("\r\n", "\n")
        if outcome in outcomes:
            try:
                files = content.with_letter(str(outcomes[outcome]), source)
                if source and source == content.letter(str(outcomes[outcome])):
                    files = dict(one.files)
                actions.change_files(actor=request.actor, proposal_id=one.pk, files=files)
            except Refused as refusal:
                return authoring.told(request, refusal, reverse("office:proposal", args=[one.pk]))
            except PackError as error:
                return authoring.told(
                    request, Refused(error.problems[0].message), authoring.part_url(one, "letters")
                )
        return HttpResponseRedirect(f"{authoring.part_url(one, 'letters')}?saved=1&letter={outcome}")
    chosen = request.GET.get("letter", next(iter(outcomes), ""))
    name = str(outcomes.get(chosen) or "")
    context = {
        **authoring.frame(request, one, content, None, "letters"),
        "outcomes": [(outcome, path, outcome == chosen) for outcome, path in outcomes.items() if path],
        "chosen": chosen,
        "source": content.letter(name) if name else "",
        "own": f"procedures/{one.slug}/{name}" in one.files,
        "saved": "saved" in request.GET,
    }
    return pages.show(request, "office/editor/letters.html", context)


@needs_role(*policies.EDITORS)
@require_http_methods(["GET", "HEAD", "POST"])
def proposal_examples(request: Request, proposal_id: UUID) -> HttpResponse:
    """The examples with how they come out, and a new one by the procedure's own form."""
    one = queries.get(request.actor, proposal_id)
    content = queries.content_of(one)
    report = check(content, calendar_jp.today())
    form = whole_form(report.procedure) if report.procedure else None
    errors: dict[str, str] = {}
    typed: dict[str, Any] = one.typed.get("examples", {})
    found: Judgement | None = None
    raw, lines = typed.get("raw", {}), []
    form_errors: dict[str, Any] = {}
    if request.method == "POST":
        drop = request.POST.get("drop", "")
        if drop.isdecimal() and int(drop) < len(content.examples):
            left = [example for i, example in enumerate(content.examples) if i != int(drop)]
            return _keep(request, one, content, left)
        if form is not None and report.procedure is not None:
            result = form.clean(request.POST)
            raw, form_errors = result.raw, result.errors
            lines = form.error_list(result.errors, request.lang, furigana=request.furigana)
            typed = {
                "title": request.POST.get("title", ""),
                "on": request.POST.get("on", ""),
                "eligible": request.POST.get("eligible", ""),
                "because": request.POST.getlist("because"),
                "raw": raw,
            }
            example, errors = _example(typed, known(result.values), report.procedure)
            if not result.stay and not result.errors and "on" not in errors:
                found = judge(report.procedure, example["facts"], date.fromisoformat(example["on"]))
            if "_save" in request.POST and not errors and not result.errors and not result.stay:
                return _keep(request, one, content, [*content.examples, example])
            if one.editable and authoring.actor_may_write(request, one):
                one = actions.keep_typed(
                    actor=request.actor, proposal_id=one.pk, page="examples", typed=typed
                )
    failing = [f for f in report.problems if f.part == "examples"]
    context = {
        **authoring.frame(request, one, content, report, "examples"),
        "examples": list(enumerate(content.examples)),
        "below": content.examples_below,
        "failing": failing,
        "rules": list(enumerate(report.procedure.conditions, start=1)) if report.procedure else [],
        "questions": form.render(request.lang, furigana=request.furigana, raw=raw, errors=form_errors)
        if form
        else "",
        "typed": typed or {"on": calendar_jp.today().isoformat()},
        "verdict": found,
        "verdicts": list(zip(report.procedure.conditions, found.rules, strict=True))
        if found and report.procedure
        else [],
        "errors": [*authoring.summary(request, errors), *lines],
        "saved": "saved" in request.GET,
    }
    status = 422 if (errors or form_errors) and request.method == "POST" else 200
    return pages.show(request, "office/editor/examples.html", context, status=status)


def _keep(request: Request, one: Any, content: Content, items: list[dict[str, Any]]) -> HttpResponse:
    try:
        files = content.with_examples(items[:MOST_EXAMPLES])
        actions.change_files(actor=request.actor, proposal_id=one.pk, files=files, page="examples")
    except Refused as refusal:
        return authoring.told(request, refusal, reverse("office:proposal", args=[one.pk]))
    return HttpResponseRedirect(f"{authoring.part_url(one, 'examples')}?saved=1")


def whole_form(procedure: CompiledProcedure) -> CompiledPage:
    """Every question that can be answered here, on one page and none of them required; papers are left out.

    What the rules test and only the register knows can be said too.
    """
    plain: dict[str, Question] = {}
    grouped: dict[str, Question] = {}
    asked = [(q.term, page.group) for page in procedure.pages for q in page.questions]
    names = {name for rule in (*procedure.rules, *procedure.amounts.values()) for name in rule.terms}
    for name in sorted(names):
        term = procedure.vocabulary.terms.get(name)
        if term is not None and term.derive is None:
            asked.append((term, procedure.vocabulary.group_of(name)))
    for term, group in asked:
        if str(term.type) == "file":
            continue
        repeats = group if group is not None and group.repeats else None
        (grouped if repeats else plain).setdefault(term.name, Question(term, False, repeats))
    ordered = sorted(grouped.values(), key=lambda q: q.group.name if q.group else "")
    return compile_page([*plain.values(), *ordered])


def known(values: dict[str, Any]) -> dict[str, Any]:
    """The facts somebody gave; what was left blank is not known."""
    facts: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, list):
            facts[name] = [{k: v for k, v in member.items() if v is not None} for member in value]
        elif value is not None:
            facts[name] = value
    return facts


def _example(
    typed: dict[str, Any], facts: dict[str, Any], procedure: CompiledProcedure
) -> tuple[dict[str, Any], dict[str, str]]:
    errors = {}
    title = " ".join(typed["title"].split())
    if not 3 <= len(title) <= 200:
        errors["title"] = "authoring.example.title"
    try:
        day = date.fromisoformat(typed["on"].strip()).isoformat()
    except ValueError:
        day, errors["on"] = "", "authoring.build.no_day"
    verdicts: dict[str, Any] = {"true": True, "false": False, "unknown": "unknown"}
    if typed["eligible"] not in verdicts:
        errors["eligible"] = "authoring.example.eligible"
    numbers = [int(n) for n in typed["because"] if n.isdecimal() and 0 < int(n) <= len(procedure.conditions)]
    example: dict[str, Any] = {"title": title, "on": day, "facts": facts}
    example["eligible"] = verdicts.get(typed["eligible"])
    example["because"] = numbers
    return example, errors


@needs_role(*policies.EDITORS)
@require_http_methods(["GET", "HEAD", "POST"])
def proposal_terms(request: Request, proposal_id: UUID) -> HttpResponse:
    """The terms this procedure adds to the vocabulary, and a new one for their owner."""
    one = queries.get(request.actor, proposal_id)
    content = queries.content_of(one)
    around = around_of(content)
    typed: dict[str, Any] = one.typed.get("terms", {})
    errors: dict[str, str] = {}
    groups, terms = content.additions["groups"], content.additions["terms"]
    if request.method == "POST":
        drop = request.POST.get("drop", "")
        found = read(TERM_BOXES, request.POST, None)
        if drop:
            terms = [term for term in terms if term.get("name") != drop]
            heads = {str(term.get("name")).partition(".")[0] for term in terms}
            groups = [group for group in groups if group.get("name") in heads]
        else:
            errors = found.errors
            known_groups = set(around.vocabulary.groups) if around else set()
            taken = set(around.vocabulary.terms) if around else set()
            if not errors:
                term, group, errors = _new_term(found.values, known_groups, taken)
                terms = [*terms, term]
                groups = [*groups, group] if group else groups
            typed = found.typed if errors else {}
        try:
            if errors:
                one = actions.keep_typed(actor=request.actor, proposal_id=one.pk, page="terms", typed=typed)
            else:
                files = content.with_terms(groups, terms)
                actions.change_files(actor=request.actor, proposal_id=one.pk, files=files, page="terms")
                return HttpResponseRedirect(f"{authoring.part_url(one, 'terms')}?saved=1")
        except Refused as refusal:
            return authoring.told(request, refusal, reverse("office:proposal", args=[one.pk]))
    default = {"type": "text", "confidentiality": "2", "purpose": "eligibility", "own": "GIFに項目がない"}
    context = {
        **authoring.frame(request, one, content, None, "terms"),
        "terms": queries.terms_of(one),
        "rows": authoring.with_errors(request, shown(TERM_BOXES, default, typed), errors),
        "errors": authoring.summary(request, errors),
        "owner": policies.owns_terms(request.actor),
        "saved": "saved" in request.GET,
    }
    return pages.show(request, "office/editor/terms.html", context, status=422 if errors else 200)


def _new_term(
    values: dict[str, Any], known_groups: set[str], taken: set[str]
) -> tuple[dict[str, Any], dict[str, Any] | None, dict[str, str]]:
    name = values["name"].strip()
    head, dot, field = name.partition(".")
    errors: dict[str, str] = {}
    if (
        not (dot and field and name.replace(".", "_").replace("_", "a").isalnum() and name == name.lower())
        or not name.isascii()
    ):
        errors["name"] = "authoring.term.name"
    elif name in taken:
        errors["name"] = "authoring.term.taken"
    group = None
    if head not in known_groups and not errors:
        if values.get("group_label") is None:
            errors["group_label"] = "authoring.term.group"
        group = {"name": head, "label": values.get("group_label")}
    term: dict[str, Any] = {"name": name, "gif": None, "own": values["own"], "type": values["type"]}
    term |= {
        "label": values["label"],
        "confidentiality": values["confidentiality"],
        "purpose": values["purpose"],
    }
    if values["type"] == "choice":
        choices = [_choice(line) for line in values["choices"]]
        if len(choices) < 2 or None in choices:
            errors["choices"] = "authoring.term.choices"
        term = put(term, "choices", choices)
    return term, group, errors


def _choice(line: str) -> dict[str, Any] | None:
    """`value | ja | easy | en` as one choice."""
    parts = [part.strip() for part in line.replace("｜", "|").split("|")]
    if len(parts) != 4 or not all(parts):
        return None
    return {"value": parts[0], "label": {"ja": parts[1], "easy": parts[2], "en": parts[3]}}
