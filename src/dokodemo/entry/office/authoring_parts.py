"""Pages on which a procedure is written (手続の編集ページ): texts, basis, service, and the lists.

Owns reading and drawing these pages; each is saved at once, and what cannot be taken comes back as it was typed.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from dokodemo.administration.authoring import actions, building, policies, queries
from dokodemo.administration.authoring.actions import ChangedMeanwhile, Refused
from dokodemo.administration.authoring.checks import surroundings
from dokodemo.administration.authoring.content import Content
from dokodemo.administration.authoring.models import Proposal
from dokodemo.administration.procedures.agreement import Surroundings
from dokodemo.entry.office import authoring_frame as frames
from dokodemo.entry.office import pages
from dokodemo.entry.office.authoring_asking import (
    ask_rows,
    asks_posted,
    condition_terms,
    found_terms,
    name_of,
)
from dokodemo.entry.office.authoring_boxes import LISTS, PAGES, boxes_of
from dokodemo.entry.office.authoring_fields import Box, put, read, shown
from dokodemo.entry.office.visitors import needs_role
from dokodemo.entry.server.requests import Request
from dokodemo.kernel.access import NotFound
from dokodemo.kernel.packs import PackError
from dokodemo.kernel.ui import texts

MOST_ENTRIES = 60
ROWS = 3


def around_of(content: Content) -> Surroundings | None:
    """Vocabulary and sections, None while the proposal's own terms cannot be read."""
    try:
        return surroundings(content)
    except PackError:
        return None


def sections_of(request: Request) -> tuple[str, ...]:
    """The sections this member of staff writes for."""
    return tuple(sorted(policies.writing_sections(request.actor)))


@needs_role(*policies.EDITORS)
@require_http_methods(["GET", "HEAD", "POST"])
def proposal_part(request: Request, proposal_id: UUID, part: str) -> HttpResponse:
    """One page of boxes."""
    if part not in PAGES:
        raise NotFound
    one = queries.get(request.actor, proposal_id)
    content = queries.content_of(one)
    around = around_of(content)
    boxes = _boxes(request, part, one, content, around)
    stop: Exception | None = None
    errors: dict[str, frames.Said] = {}
    typed = one.typed.get(part, {})
    if request.method == "POST":
        found = read(boxes, request.POST, around)
        errors, typed = found.errors, found.typed
        try:
            one = actions.change(
                actor=request.actor,
                proposal_id=one.pk,
                values=_changed(boxes, content, found.values),
                typed=typed if errors else None,
                page=part,
                seen=frames.seen(request),
            )
            if not errors:
                return _saved(request, frames.part_url(one, part))
        except (ChangedMeanwhile, Refused) as met:
            stop, one = met, queries.get(request.actor, one.pk)
    content = queries.content_of(one)
    rows = frames.with_errors(request, shown(boxes, content.data, typed), errors, around)
    if stop is not None:
        now = frames.with_errors(request, shown(boxes, content.data, {}), {}, around)
        frames.show_now(rows, now, request)
    frame = frames.frame(request, one, content, None, part)
    context = {
        **frame,
        **frames.stopped(request, stop),
        "loose": frames.beside(frame["findings"], rows),
        "part": part,
        "rows": rows,
        "errors": frames.summary(request, errors),
        "kept": bool(typed) and request.method != "POST",
        "saved": "saved" in request.GET,
        "here": request.path,
    }
    return pages.show(request, "office/editor/part.html", context, status=_status(stop, errors))


def _boxes(
    request: Request, part: str, one: Proposal, content: Content, around: Surroundings | None
) -> list[Box]:
    sections = (*sections_of(request), str(content.data.get("unit") or one.section))
    return boxes_of(PAGES[part], content, around, tuple(dict.fromkeys(sections)))


def _changed(boxes: list[Box], content: Content, read_values: dict[str, Any]) -> dict[str, Any]:
    """The top-level keys that what was read makes different."""
    data: dict[str, Any] = dict(content.data)
    for name, value in read_values.items():
        data = put(data, name, value if value is not False else None)
    keys = {box.name.partition(".")[0] for box in boxes if box.name in read_values}
    return {key: data.get(key) for key in keys if (data.get(key) or None) != (content.data.get(key) or None)}


def _status(stop: Exception | None, errors: Any) -> int:
    return 409 if stop is not None else 422 if errors else 200


def _saved(request: Request, where: str) -> HttpResponse:
    return HttpResponseRedirect(f"{where}?saved=1")


@needs_role(*policies.EDITORS)
@require_http_methods(["GET", "HEAD", "POST"])
def proposal_list(request: Request, proposal_id: UUID, part: str) -> HttpResponse:
    """The entries of a list, to open, move or take away."""
    if part not in LISTS:
        raise NotFound
    one = queries.get(request.actor, proposal_id)
    content = queries.content_of(one)
    key, _ = LISTS[part]
    entries = entries_of(content, key)
    if request.method == "POST":
        order = _order(len(entries), request.POST)
        if order is not None:
            try:
                actions.change(
                    actor=request.actor,
                    proposal_id=one.pk,
                    values={key: [entries[i] for i in order]},
                    page=part,
                    seen=frames.seen(request),
                    order=order,
                )
            except ChangedMeanwhile:
                return frames.told(
                    request, Refused("authoring.refused.look_again"), frames.part_url(one, part)
                )
            except Refused as refusal:
                return frames.told(request, refusal, reverse("office:proposal", args=[one.pk]))
        return HttpResponseRedirect(frames.part_url(one, part))
    frame = frames.frame(request, one, content, None, part)
    found, loose = frames.by_entry(frame["findings"], key, len(entries))
    context = {
        **frame,
        "loose": loose,
        "part": part,
        "entries": [{**_entry(entry), "findings": found[i]} for i, entry in enumerate(entries)],
        "saved": "saved" in request.GET,
    }
    return pages.show(request, "office/editor/entries.html", context)


def entries_of(content: Content, key: str) -> list[dict[str, Any]]:
    """The entries of a list of the definition, as far as they are maps."""
    value = content.data.get(key)
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []


def _entry(entry: dict[str, Any]) -> dict[str, Any]:
    """How an entry is called in its list: its sentence, and below it its rule or its questions."""
    text = entry.get("say") or entry.get("page") or entry.get("label")
    asks = [one.get("term") if isinstance(one, dict) else one for one in entry.get("ask") or ()]
    rule = entry.get("when") or entry.get("formula") or entry.get("since") or entry.get("skip_when")
    named = text.get("ja") if isinstance(text, dict) else entry.get("term") or entry.get("article")
    return {"title": named or "–", "rule": rule, "asks": asks, "article": entry.get("article", "")}


def _order(count: int, post: Any) -> list[int] | None:
    """The places of the entries after one was moved or taken out; None where nothing was asked."""
    verb, _, place = str(post.get("act", "")).partition(":")
    if not place.isdecimal() or len(place) > 4 or int(place) >= count:
        return None
    i, order = int(place), list(range(count))
    if verb == "drop":
        del order[i]
    elif verb == "up" and i > 0:
        order[i - 1], order[i] = i, i - 1
    elif verb == "down" and i + 1 < count:
        order[i + 1], order[i] = i, i + 1
    return order


@needs_role(*policies.EDITORS)
@require_http_methods(["GET", "HEAD", "POST"])
def proposal_entry(request: Request, proposal_id: UUID, part: str, index: int) -> HttpResponse:
    """One entry of a list; the place after the last is a new one."""
    if part not in LISTS:
        raise NotFound
    one = queries.get(request.actor, proposal_id)
    content = queries.content_of(one)
    around = around_of(content)
    key, listed = LISTS[part]
    entries = entries_of(content, key)
    if index > len(entries) or index >= MOST_ENTRIES:
        raise NotFound
    entry = entries[index] if index < len(entries) else {}
    page = f"{part}/{index}"
    boxes = boxes_of(listed, content, around, ())
    typed: dict[str, Any] = one.typed.get(page, {})
    errors: dict[str, frames.Said] = {}
    asks = list(entry.get("ask") or ())
    looked: list[Any] = []
    stop: Exception | None = None
    if request.method == "POST":
        post = request.POST.copy()
        errors = _built(post, boxes, around)
        found = read(boxes, post, around)
        errors = {**found.errors, **errors}
        changed = dict(entry)
        for name, value in found.values.items():
            changed = put(changed, name, _plain(name, value))
        if part == "form":
            asks = asks_posted(post)
            changed["ask"] = asks
            looked = found_terms(post.get("find", ""), around, changed.get("each"))
        staying = any(name in post for name in ("_find", "_add", "_build", "_act"))
        lacking = part == "form" and not asks
        typed = found.typed if errors else {}
        try:
            if errors or (lacking and index == len(entries)):
                typed = {**found.typed, "ask": asks}
                one = actions.keep_typed(actor=request.actor, proposal_id=one.pk, page=page, typed=typed)
            else:
                every = [*entries[:index], changed, *entries[index + 1 :]]
                one = actions.change(
                    actor=request.actor,
                    proposal_id=one.pk,
                    values={key: every},
                    page=page,
                    seen=frames.seen(request),
                )
                entry = changed
        except (ChangedMeanwhile, Refused) as met:
            stop, one, typed = met, queries.get(request.actor, one.pk), found.typed
            saved_now = entries_of(queries.content_of(one), key)
            entry = saved_now[index] if index < len(saved_now) else {}
        if stop is None and not errors and not staying and not lacking:
            return _saved(request, frames.part_url(one, part))
        if lacking and not staying:
            errors = {**errors, "find": "authoring.box.no_question"}
    elif "ask" in typed:
        asks = list(typed["ask"])
    rows = frames.with_errors(request, shown(boxes, _shown_entry(entry, part), typed), errors, around)
    if stop is not None:
        now = frames.with_errors(request, shown(boxes, _shown_entry(entry, part), {}), {}, around)
        frames.show_now(rows, now, request)
    for row in rows:
        if row["kind"] == "rule" and row["box"].expected == "boolean":
            built = building.decompose(str(row["value"] or ""))
            given = [*(built[0] if built else []), *[building.Row("", "", "")] * ROWS]
            row["builder"] = list(enumerate(given[: max(ROWS, len(built[0]) + 1 if built else ROWS)]))
            row["joiner"] = built[1] if built else "AND"
            row["simple"] = bool(built) or (not row["value"] and not row["box"].optional)
    frame = frames.frame(request, one, queries.content_of(one), None, part)
    mine = [f for f in frame["findings"] if f["place"][:2] == (key, index)]
    questions = ask_rows(asks, around) if part == "form" else None
    loose = frames.beside(mine, rows, (key, index))
    for i, question in enumerate(questions or ()):
        question["findings"] = [f for f in loose if f["place"][2:4] == ("ask", i)]
    context = {
        **frame,
        **frames.stopped(request, stop),
        "here": request.path,
        "asks_now": [name_of(ask) for ask in entry.get("ask") or ()] if stop is not None else None,
        "loose": [f for f in loose if part != "form" or f["place"][2:3] != ("ask",)],
        "part": part,
        "number": index + 1,
        "rows": rows,
        "errors": frames.summary(request, errors),
        "kept": bool(typed) and request.method != "POST",
        "ask_rows": questions,
        "looked": looked,
        "find": request.POST.get("find", ""),
        "terms": condition_terms(content, around),
        "operator_labels": [
            (code, texts.plain(f"authoring.operator.{code}", request.lang)) for code in building.ALL_OPERATORS
        ],
    }
    return pages.show(request, "office/editor/entry.html", context, status=_status(stop, errors))


def _built(post: Any, boxes: list[Any], around: Surroundings | None) -> dict[str, frames.Said]:
    """Put what was clicked together into the box of the rule, when its button was pressed."""
    name = post.get("_build")
    if around is None or name not in {box.name for box in boxes if box.kind == "rule"}:
        return {}
    rows = [
        building.Row(
            post.get(f"{name}.b{i}.term", ""),
            post.get(f"{name}.b{i}.operator", ""),
            post.get(f"{name}.b{i}.value", ""),
        )
        for i in range(20)
    ]
    try:
        rule = building.compose(rows, post.get(f"{name}.joiner", "AND"), around.vocabulary.terms)
    except building.CannotBuild as error:
        return {f"{name}": error.code}
    if rule:
        post[name] = rule
    return {}


def _plain(name: str, value: Any) -> Any:
    """What a box's value is in the file: `required` is a truth, an unticked box says nothing."""
    if name == "required":
        return None if value == "true" else False
    return None if value is False else value


def _shown_entry(entry: dict[str, Any], part: str) -> dict[str, Any]:
    if part != "evidence":
        return entry
    return {**entry, "required": "false" if entry.get("required") is False else "true"}
