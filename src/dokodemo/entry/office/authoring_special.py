"""Letters and new terms of a proposal (通知書・用語): pages with a shape of their own. Each is saved at once."""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from dokodemo.adapters.typeset import TypesetError
from dokodemo.administration.authoring import actions, policies, queries
from dokodemo.administration.authoring.actions import ChangedMeanwhile, Refused
from dokodemo.administration.authoring.checks import Report
from dokodemo.administration.authoring.content import Content
from dokodemo.administration.authoring.sample_letter import sample_pictures
from dokodemo.administration.procedures.agreement import Surroundings
from dokodemo.administration.procedures.compiled import compile_file
from dokodemo.entry.office import authoring_frame as frames
from dokodemo.entry.office import pages
from dokodemo.entry.office.authoring_fields import Box, put, read, shown
from dokodemo.entry.office.authoring_parts import around_of
from dokodemo.entry.office.visitors import needs_role
from dokodemo.entry.server.requests import Request
from dokodemo.kernel.packs import PackError
from dokodemo.kernel.vocabulary import TermType

TERM_BOXES = (
    Box("name", "line"),
    Box("label", "text3"),
    Box("type", "choice", tuple(str(one) for one in TermType)),
    Box("purpose", "choice"),
    Box("confidentiality", "choice", ("1", "2", "3A", "3B", "3C")),
    Box("own", "line"),
    Box("choices", "lines"),
    Box("group_label", "text3", optional=True),
)


@needs_role(*policies.EDITORS)
@require_http_methods(["GET", "HEAD", "POST"])
def proposal_letters(request: Request, proposal_id: UUID) -> HttpResponse:
    """The source of each outcome's letter, and how it looks."""
    one = queries.get(request.actor, proposal_id)
    content = queries.content_of(one)
    outcomes = {name: path for name, path in (content.data.get("outcome") or {}).items() if path}
    stop: Exception | None = None
    errors: dict[str, frames.Said] = {}
    asked = (request.POST if request.method == "POST" else request.GET).get("outcome", "")
    chosen = asked if asked in outcomes else next(iter(outcomes), "")
    name = str(outcomes.get(chosen) or "")
    page = f"letters/{chosen}"
    source = request.POST.get("source", "").replace("\r\n", "\n")
    if request.method == "POST" and chosen:
        try:
            same = source == content.letter(name)
            files = dict(one.files) if source and same else content.with_letter(name, source)
            actions.change_files(
                actor=request.actor, proposal_id=one.pk, files=files, page=page, seen=frames.seen(request)
            )
            return HttpResponseRedirect(f"{frames.part_url(one, 'letters')}?saved=1&outcome={chosen}")
        except (ChangedMeanwhile, Refused) as met:
            stop, one = met, queries.get(request.actor, one.pk)
        except PackError as error:
            errors["source"] = error.problems[0]
        content = queries.content_of(one)
    frame = frames.frame(request, one, content, None, "letters")
    now = content.letter(name) if name else ""
    failed = stop is not None or bool(errors)
    pictures, fault = _drawn(frame["report"], content, name, chosen)
    context = {
        **frame,
        **frames.stopped(request, stop),
        "here": f"{request.path}?outcome={chosen}",
        "loose": frame["findings"],
        "outcomes": [(outcome, path, outcome == chosen) for outcome, path in outcomes.items()],
        "chosen": chosen,
        "chosen_key": f"authoring.choice.{chosen}",
        "source": source if failed else now,
        "source_now": now if stop is not None and now != source else "",
        "own": f"procedures/{one.slug}/{name}" in one.files,
        "pictures": pictures,
        "fault": fault,
        "errors": frames.summary(request, errors),
        "error": frames.say(request, errors["source"]) if errors else "",
        "saved": "saved" in request.GET,
    }
    status = 409 if stop is not None else 422 if errors else 200
    return pages.show(request, "office/editor/letters.html", context, status=status)


def _drawn(report: Report, content: Content, name: str, outcome: str) -> tuple[list[str], str]:
    """The letter's pages as pictures inside the page, else why there are none (file, line and kind of fault)."""
    if report.file is None or report.around is None or not name:
        return [], ""
    procedure = compile_file(report.file, report.around.vocabulary, report.around.parameters)
    try:
        drawn = sample_pictures(content, procedure, name, outcome)
    except (TypesetError, KeyError) as fault:
        return [], str(fault)
    return [f"data:image/png;base64,{base64.b64encode(one).decode()}" for one in drawn], ""


@needs_role(*policies.EDITORS)
@require_http_methods(["GET", "HEAD", "POST"])
def proposal_terms(request: Request, proposal_id: UUID) -> HttpResponse:
    """The terms this procedure adds to the vocabulary, and a new one for their owner."""
    one = queries.get(request.actor, proposal_id)
    content = queries.content_of(one)
    around = around_of(content)
    boxes = [replace(box, choices=_purposes(around)) if box.name == "purpose" else box for box in TERM_BOXES]
    typed: dict[str, Any] = one.typed.get("terms", {})
    errors: dict[str, frames.Said] = {}
    if request.method == "POST":
        drop = request.POST.get("drop", "")
        found = read(boxes, request.POST, None)
        term: dict[str, Any] = {}
        group: dict[str, Any] | None = None
        if not drop:
            errors = found.errors
            known_groups = set(around.vocabulary.groups) if around else set()
            taken = set(around.vocabulary.terms) if around else set()
            if not errors:
                term, group, errors = _new_term(found.values, known_groups, taken)
            typed = found.typed if errors else {}
        try:
            if errors:
                one = actions.keep_typed(actor=request.actor, proposal_id=one.pk, page="terms", typed=typed)
            else:
                actions.change_files(
                    actor=request.actor,
                    proposal_id=one.pk,
                    files=lambda now: _with_terms(now, group, term, drop),
                    page="terms",
                )
                return HttpResponseRedirect(f"{frames.part_url(one, 'terms')}?saved=1")
        except Refused as refusal:
            return frames.told(request, refusal, reverse("office:proposal", args=[one.pk]))
    default = {"type": "text", "confidentiality": "2", "purpose": "eligibility", "own": "GIFに項目がない"}
    frame = frames.frame(request, one, queries.content_of(one), None, "terms")
    mine = queries.terms_of(one)
    found_at, loose = frames.by_entry(frame["findings"], "terms", len(mine))
    context = {
        **frame,
        "loose": loose,
        "terms": list(zip(mine, found_at, strict=True)),
        "rows": frames.with_errors(request, shown(boxes, default, typed), errors),
        "errors": frames.summary(request, errors),
        "owner": policies.owns_terms(request.actor),
        "saved": "saved" in request.GET,
    }
    return pages.show(request, "office/editor/terms.html", context, status=422 if errors else 200)


def _purposes(around: Surroundings | None) -> tuple[str, ...]:
    """The purposes that the vocabulary collects information for, the one of most terms first."""
    counted = Counter(term.purpose for term in around.vocabulary.terms.values()) if around else Counter()
    return tuple(name for name, _ in counted.most_common()) or ("eligibility",)


def _with_terms(
    now: Content, group: dict[str, Any] | None, term: dict[str, Any], drop: str
) -> Mapping[str, str]:
    """The files with one term more, or without the one that is dropped; a group goes with its last term."""
    groups, terms = now.additions["groups"], now.additions["terms"]
    if drop:
        terms = [one for one in terms if one.get("name") != drop]
        heads = {str(one.get("name")).partition(".")[0] for one in terms}
        groups = [one for one in groups if one.get("name") in heads]
        return now.with_terms(groups, terms)
    known = {one.get("name") for one in groups}
    added = [group] if group is not None and group["name"] not in known else []
    return now.with_terms([*groups, *added], [*terms, term])


def _new_term(
    values: dict[str, Any], known_groups: set[str], taken: set[str]
) -> tuple[dict[str, Any], dict[str, Any] | None, dict[str, frames.Said]]:
    name = values["name"].strip()
    head, dot, field = name.partition(".")
    errors: dict[str, frames.Said] = {}
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
