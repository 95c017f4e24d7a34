"""Examples of a proposal (具体例): how they come out, and a new one by the procedure's own form.

Owns reading one example from a form, trying it, and drawing both. Each is saved at once.
"""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from dokodemo.administration.authoring import actions, policies, queries
from dokodemo.administration.authoring.actions import ChangedMeanwhile, Refused
from dokodemo.administration.authoring.content import Content
from dokodemo.administration.procedures.compiled import CompiledProcedure
from dokodemo.administration.procedures.judging import Judgement, in_form_order, judge
from dokodemo.entry.office import authoring_frame as frames
from dokodemo.entry.office import pages
from dokodemo.entry.office.authoring_fields import read_day
from dokodemo.entry.office.visitors import needs_role
from dokodemo.entry.server.requests import Request
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.packs import PackError
from dokodemo.kernel.ui.forms import CompiledPage, Question, compile_page
from dokodemo.kernel.ui.language import say_plain

MOST_EXAMPLES = 60
MOST_WORDS = 20
VERDICTS: dict[str, Any] = {"true": True, "false": False, "unknown": "unknown"}


@needs_role(*policies.EDITORS)
@require_http_methods(["GET", "HEAD", "POST"])
def proposal_examples(request: Request, proposal_id: UUID) -> HttpResponse:
    """The examples with how they come out, and a new one by the procedure's own form."""
    one = queries.get(request.actor, proposal_id)
    content = queries.content_of(one)
    if request.method == "POST" and request.POST.get("drop", "").isdecimal():
        return _drop(request, one, int(request.POST["drop"]))
    frame = frames.frame(request, one, content, None, "examples")
    procedure = frame["report"].procedure
    form = whole_form(procedure) if procedure else None
    errors: dict[str, frames.Said] = {}
    typed: dict[str, Any] = one.typed.get("examples", {})
    tried: Judgement | None = None
    facts: dict[str, Any] = {}
    stop: Exception | None = None
    asked = request.GET.get("open", "")
    opened = content.examples[int(asked) :][:1] if asked.isdecimal() and len(asked) < 4 else []
    if request.method != "POST" and opened and can_be_opened(opened[0]):
        typed, facts = typed_of(opened[0], int(asked))
    raw, lines, form_errors = typed.get("raw", {}), [], {}
    if request.method == "POST" and form is not None and procedure is not None:
        result = form.clean(request.POST)
        raw, form_errors = result.raw, result.errors
        lines = form.error_list(result.errors, request.lang, furigana=request.furigana)
        typed = {**_typed(request.POST, procedure), "raw": raw}
        example, errors = read_example(typed, known(result.values), procedure)
        sound = not result.stay and not result.errors
        if sound and "on" not in errors:
            tried = judge(procedure, example["facts"], date.fromisoformat(example["on"]))
        if tried is not None and "_take" in request.POST:
            typed = {**typed, **came_out(procedure, tried)}
            example, errors = read_example(typed, known(result.values), procedure)
        if "_save" in request.POST and not errors and sound:
            try:
                return _save(request, one, example, typed["place"], form)
            except (ChangedMeanwhile, Refused) as met:
                stop, one = met, queries.get(request.actor, one.pk)
                content = queries.content_of(one)
                frame = frames.frame(request, one, content, None, "examples")
        if "_save" not in request.POST:
            errors = {box: code for box, code in errors.items() if box == "on"}
        if frame["can_edit"] and stop is None:
            one = actions.keep_typed(actor=request.actor, proposal_id=one.pk, page="examples", typed=typed)
    own = [f for f in frame["findings"] if f["own"]]
    found, loose = frames.by_entry(own, "examples", len(content.examples))
    context = {
        **frame,
        **frames.stopped(request, stop),
        "here": request.path,
        "loose": [*loose, *(f for f in frame["findings"] if not f["own"])],
        "examples": [
            (i, example, found[i], form is not None and can_be_opened(example))
            for i, example in enumerate(content.examples)
        ],
        "below": content.examples_below,
        "failing": [f for f in frame["findings"] if not f["hint"]],
        "rules": list(enumerate(procedure.conditions, start=1)) if procedure else [],
        "questions": form.render(
            request.lang, values=facts, furigana=request.furigana, raw=raw, errors=form_errors
        )
        if form
        else "",
        "typed": typed or {"on": calendar_jp.today().isoformat()},
        **(_expected(request, procedure, typed) if procedure else {}),
        "verdict": tried,
        "verdicts": list(zip(procedure.conditions, tried.rules, strict=True)) if tried and procedure else [],
        "still_asked": _labels(request, procedure, tried.missing) if tried and procedure else [],
        "amounts_found": [
            (procedure.amount_labels[name].label, yen, procedure.amount_labels[name].unit)
            for name, yen in (tried.amounts.items() if tried and procedure else ())
        ],
        "errors": [*frames.summary(request, errors), *lines],
        "wrong": {box.replace(".", "_"): frames.say(request, code) for box, code in errors.items()},
        "saved": "saved" in request.GET,
    }
    wrong = (errors or form_errors) and request.method == "POST"
    status = 409 if stop is not None else 422 if wrong else 200
    return pages.show(request, "office/editor/examples.html", context, status=status)


def _typed(post: Any, procedure: CompiledProcedure) -> dict[str, Any]:
    """What was typed beside the questions of the form."""
    return {
        "place": post.get("place", ""),
        "title": post.get("title", ""),
        "on": post.get("on", ""),
        "eligible": post.get("eligible", ""),
        "because": post.getlist("because"),
        "decision": post.get("decision", ""),
        "letter_contains": post.get("letter_contains", ""),
        "asks_stated": "asks_stated" in post,
        "asks": post.getlist("asks"),
        "amounts": {name: post.get(f"amount.{name}", "") for name in procedure.amounts},
    }


def typed_of(example: dict[str, Any], place: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """An example that is opened again: what stands in the boxes beside the form, and the facts in the form."""
    amounts = example.get("amounts")
    facts = example.get("facts")
    typed = {
        "place": str(place),
        "title": str(example.get("title", "")),
        "on": str(example.get("on", "")),
        "eligible": str(example.get("eligible", "")).lower(),
        "because": [str(reason) for reason in example.get("because") or ()],
        "decision": str(example.get("decision") or ""),
        "letter_contains": "\n".join(map(str, example.get("letter_contains") or ())),
        "asks_stated": "asks" in example,
        "asks": list(example.get("asks") or ()),
        "amounts": {
            name: str(value) for name, value in (amounts if isinstance(amounts, dict) else {}).items()
        },
    }
    return typed, facts if isinstance(facts, dict) else {}


def can_be_opened(example: dict[str, Any]) -> bool:
    """Whether the form can say all that an example says: not that others of a group may be missing from it."""
    facts = example.get("facts")
    return isinstance(facts, dict) and not any(
        isinstance(fact, dict) and "members" in fact for fact in facts.values()
    )


def came_out(procedure: CompiledProcedure, tried: Judgement) -> dict[str, Any]:
    """What came out, as what was expected: for a case whose outcome somebody has looked at and found right."""
    reasons = [
        str(i)
        for i, rule in enumerate(tried.rules, start=1)
        if tried.eligible is not True and rule.verdict == tried.eligible
    ]
    return {
        "eligible": str(tried.eligible).lower(),
        "because": reasons,
        "asks_stated": tried.eligible == "unknown",
        "asks": list(tried.missing),
        "amounts": {name: "" if yen is None else str(yen) for name, yen in tried.amounts.items()},
    }


def _expected(request: Request, procedure: CompiledProcedure, typed: dict[str, Any]) -> dict[str, Any]:
    """The boxes of what is expected: the terms that may still be asked, the amounts and the letters, by label."""
    names = {name for rule in procedure.rules for name in rule.askable}
    asked = set(typed.get("asks") or ())
    labels = dict(
        zip(ordered := in_form_order(procedure, names), _labels(request, procedure, ordered), strict=True)
    )
    amounts = typed.get("amounts") or {}
    return {
        "may_ask": [(name, label, name in asked) for name, label in labels.items()],
        "may_pay": [
            (
                name,
                procedure.amount_labels[name].label,
                procedure.amount_labels[name].unit,
                amounts.get(name, ""),
            )
            for name in procedure.amounts
        ],
        "letters": list(procedure.definition.outcome.letters()),
    }


def _labels(request: Request, procedure: CompiledProcedure, names: Any) -> list[str]:
    terms, groups = procedure.vocabulary.terms, procedure.vocabulary.groups
    return [
        say_plain(terms[name].label if name in terms else groups[name].label, request.lang)
        if name in terms or name in groups
        else name
        for name in names
    ]


def _save(
    request: Request, one: Any, example: dict[str, Any], place: str, form: CompiledPage
) -> HttpResponse:
    """Keep one example more, or one in the place of another. Raises ChangedMeanwhile, Refused.

    What is only added goes beside what others added meanwhile. Facts that the form does not ask stay as they are.
    """
    asked = {question.term.name for question in form.questions} | set(form.groups)

    def made(now: Content) -> Any:
        every = list(now.examples)
        if place.isdecimal() and int(place) < len(every):
            before = every[int(place)]
            left = {name: fact for name, fact in (before.get("facts") or {}).items() if name not in asked}
            every[int(place)] = {**before, **example, "facts": {**left, **example["facts"]}}
            for name in ("asks", "amounts", "decision", "letter_contains"):
                if name not in example:
                    every[int(place)].pop(name, None)
        else:
            every.append(example)
        return now.with_examples(every[:MOST_EXAMPLES])

    seen = frames.seen(request) if place else None
    actions.change_files(actor=request.actor, proposal_id=one.pk, files=made, page="examples", seen=seen)
    return HttpResponseRedirect(f"{frames.part_url(one, 'examples')}?saved=1")


def _drop(request: Request, one: Any, place: int) -> HttpResponse:
    def without(now: Content) -> Any:
        return now.with_examples([kept for i, kept in enumerate(now.examples) if i != place])

    where = frames.part_url(one, "examples")
    try:
        actions.change_files(
            actor=request.actor, proposal_id=one.pk, files=without, page="examples", seen=frames.seen(request)
        )
    except ChangedMeanwhile:
        return frames.told(request, Refused("authoring.refused.look_again"), where)
    except PackError as error:
        return frames.told(
            request, Refused("authoring.problem.other", message=error.problems[0].message), where
        )
    except Refused as refusal:
        return frames.told(request, refusal, reverse("office:proposal", args=[one.pk]))
    return HttpResponseRedirect(f"{where}?saved=1")


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


def read_example(
    typed: dict[str, Any], facts: dict[str, Any], procedure: CompiledProcedure
) -> tuple[dict[str, Any], dict[str, frames.Said]]:
    """The example as examples.yaml says it, and by box what cannot be taken."""
    errors: dict[str, frames.Said] = {}
    title = " ".join(typed["title"].split())
    if not 3 <= len(title) <= 200:
        errors["title"] = "authoring.example.title"
    try:
        day = read_day(typed["on"])
    except ValueError:
        day, errors["on"] = "", "authoring.build.no_day"
    if typed["eligible"] not in VERDICTS:
        errors["eligible"] = "authoring.example.eligible"
    numbers = [int(n) for n in typed["because"] if n.isdecimal() and 0 < int(n) <= len(procedure.conditions)]
    example: dict[str, Any] = {"title": title, "on": day, "facts": facts}
    example["eligible"] = VERDICTS.get(typed["eligible"])
    example["because"] = numbers
    if typed["asks_stated"]:
        example["asks"] = list(typed["asks"])
    amounts = {}
    for name, text in typed["amounts"].items():
        digits = text.translate(str.maketrans("０１２３４５６７８９", "0123456789")).replace(",", "").strip()
        if digits and not (digits.isascii() and digits.isdigit() and len(digits) < 13):
            errors[f"amount.{name}"] = "authoring.box.number"
        elif digits:
            amounts[name] = int(digits)
    example |= {"amounts": amounts} if amounts else {}
    if typed["decision"] in procedure.definition.outcome.letters():
        example["decision"] = typed["decision"]
    words = [" ".join(line.split()) for line in typed["letter_contains"].splitlines()]
    said = list(dict.fromkeys(word for word in words if word))[:MOST_WORDS]
    if said and "decision" not in example:
        errors["decision"] = "authoring.example.which_letter"
    return (example | {"letter_contains": said} if said else example), errors
