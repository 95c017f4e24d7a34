"""What every page of the editor shows (編集画面の枠): title, state, the way to its other pages, and what is to be mended.

Owns the frame of a proposal's pages, the words of refusals and findings, and where a finding stands. Never saves.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse

from dokodemo.administration.authoring import policies, queries, wording
from dokodemo.administration.authoring.actions import ChangedMeanwhile, Refused
from dokodemo.administration.authoring.checks import Found, Place, Report, check
from dokodemo.administration.authoring.content import Content
from dokodemo.administration.authoring.models import Proposal
from dokodemo.administration.procedures import queries as procedures
from dokodemo.administration.procedures.agreement import Surroundings
from dokodemo.administration.procedures.reading import read_life_events
from dokodemo.city.organisation import queries as organisation
from dokodemo.entry.office import pages
from dokodemo.entry.office.authoring_boxes import LISTS, ORDER, PAGES
from dokodemo.entry.server.requests import Request
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.packs import Problem, Text
from dokodemo.kernel.ui import texts
from dokodemo.kernel.ui.language import say as say_text
from dokodemo.kernel.ui.language import say_plain

type Said = str | Problem


def actor_may_write(request: Request, proposal: Proposal) -> bool:
    """Whether this member of staff writes for the proposal's section."""
    return policies.may_write(request.actor, proposal.section)


def frame(
    request: Request, one: Proposal, content: Content, report: Report | None, here: str
) -> dict[str, Any]:
    """What every page of a proposal shows: title, state, the way to its other pages, and what is found about this one."""
    report = report or check(content, calendar_jp.today())
    title = content.data.get("title")
    counted = dict.fromkeys(ORDER, 0)
    for found in report.problems:
        counted[found.part] = counted.get(found.part, 0) + 1
    tabs = [
        {
            "label": texts.t(f"authoring.part.{part}", request.lang, furigana=request.furigana),
            "href": part_url(one, part),
            "current": part == here,
            "count": counted.get(part) or "",
            "unsettled": any(page.partition("/")[0] == part for page in one.typed),
        }
        for part in ORDER
        # A procedure that was never in force is given up, not ended.
        if part != "ending" or one.based_on_id or content.data.get("ended")
    ]
    extra = [
        {
            "label": texts.t(f"authoring.look.{name}", request.lang, furigana=request.furigana),
            "href": reverse(f"office:proposal_{name}", args=[one.pk]),
            "current": name == here,
        }
        for name in ("checks", "preview", "difference")
    ]
    overview = {
        "label": texts.t("authoring.look.overview", request.lang, furigana=request.furigana),
        "href": reverse("office:proposal", args=[one.pk]),
        "current": here == "overview",
    }
    return {
        "proposal": one,
        "title_text": title.get("ja", one.slug) if isinstance(title, dict) else one.slug,
        "tabs": [overview, *tabs, *extra],
        "state_key": f"authoring.state.{one.state}",
        "part_key": f"authoring.part.{here}",
        "can_edit": one.editable and actor_may_write(request, one),
        "report": report,
        "lead_key": f"authoring.lead.{here}" if f"authoring.lead.{here}" in texts.catalogue().entries else "",
        "findings": [finding(request, one, f, report.around) for f in report.found if f.part == here],
    }


def finding(request: Request, one: Proposal, found: Found, around: Surroundings | None) -> dict[str, Any]:
    """One finding as it is shown: its words, the page that mends it, and for whoever reads files the place."""
    if found.problem is None:
        params = dict(found.params)
        if "say" in params:
            params["say"] = say_text(params["say"], request.lang, furigana=request.furigana)
        words: str = texts.t(found.code, request.lang, furigana=request.furigana, **params)
    else:
        labels = labels_of(around, request)
        words = wording.words(found.problem, request.lang, labels, furigana=request.furigana)
    return {
        "words": words,
        "hint": found.level == "hint",
        "own": found.file.startswith("proposal/"),
        "file": found.file.removeprefix("proposal/"),
        "line": found.line,
        "place": found.place,
        "href": part_url(one, found.part, found.place),
        "part": f"authoring.part.{found.part}",
    }


def labels_of(around: Surroundings | None, request: Request) -> dict[str, str]:
    """What terms and repeating groups are called, by name."""
    if around is None:
        return {}
    groups, terms = around.vocabulary.groups, around.vocabulary.terms
    labels = {name: group.label for name, group in groups.items()}
    labels |= {name: term.label for name, term in terms.items()}
    return {name: say_plain(label, request.lang) for name, label in labels.items()}


def beside(
    findings: list[dict[str, Any]], rows: list[dict[str, Any]], within: Place = ()
) -> list[dict[str, Any]]:
    """Put each finding of a page beside the box it is about; those that are about none of them.

    `within` is where the page's boxes lie in the definition.
    """
    paths = [(*map(str, within), *row["name"].split(".")) for row in rows]
    loose = []
    for row in rows:
        row["findings"] = []
    for one in findings:
        place = tuple(map(str, one["place"]))
        # What is about several boxes stands at the first of them.
        meant = [i for i, path in enumerate(paths) if path[: len(place)] == place[: len(path)]]
        if len(place) > len(within) and meant:
            rows[meant[0]]["findings"].append(one)
        else:
            loose.append(one)
    return loose


def by_entry(findings: list[dict[str, Any]], key: str, count: int) -> tuple[list[list[dict[str, Any]]], Any]:
    """The findings of each entry of a list, and those about no entry of the proposal's own."""
    entries: list[list[dict[str, Any]]] = [[] for _ in range(count)]
    loose = []
    for one in findings:
        head, place = (*one["place"], None, None)[:2]
        if head == key and isinstance(place, int) and place < count:
            entries[place].append(one)
        else:
            loose.append(one)
    return entries, loose


def part_url(one: Proposal, part: str, place: Place = ()) -> str:
    """The address of one page of a proposal, of one entry where the place of a finding lies in a list."""
    if part in PAGES:
        return reverse("office:proposal_part", args=[one.pk, part])
    if part in LISTS:
        if len(place) > 1 and place[0] == LISTS[part][0] and isinstance(place[1], int):
            return reverse("office:proposal_entry", args=[one.pk, part, place[1]])
        return reverse("office:proposal_list", args=[one.pk, part])
    return reverse(f"office:proposal_{part}", args=[one.pk])


def with_errors(
    request: Request,
    rows: list[dict[str, Any]],
    errors: Mapping[str, Said],
    around: Surroundings | None = None,
) -> list[dict[str, Any]]:
    """The boxes with their refusals, and what may be chosen in words, in the language of the page."""
    names = _names(request, labels_of(around, request))
    known = texts.catalogue().entries
    for row in rows:
        name = row["name"]
        hint = row["label"].replace("authoring.field.", "authoring.hint.")
        row["hint"] = hint if hint in known else ""
        mine = [box for box in errors if box == name or box.startswith((f"{name}.", f"{name}-"))]
        row["wrong_box"] = mine[0] if mine else ""
        row["error"] = say(request, errors[mine[0]]) if mine else ""
        if row["kind"] in ("choice", "choices"):
            chosen = dict(row["options"]) if "options" in row else {str(row["value"]): True}
            row["options"] = [(one, chosen.get(one, False), names(name, one)) for one in row["box"].choices]
    return rows


def _names(request: Request, labels: Mapping[str, str]) -> Callable[[str, str], str]:
    """How what may be chosen is called: sections, life events and terms by their names, codes by the catalogue."""
    known = texts.catalogue().entries
    sections = {one.code: one.name for one in organisation.sections()}
    pack = queries.city_pack()
    events = {event.code: event.title for event in read_life_events(pack).values()}
    plan = pack.document("plan/plan.yaml")
    measures = {
        str(one.get("code")): one.get("title")
        for one in (plan.data.get("measures") or () if plan is not None else ())
        if isinstance(one, dict)
    }

    titles = {procedure.slug: procedure.definition.title for procedure in procedures.published()}

    def name(box: str, value: str) -> str:
        if box == "unit" and value in sections:
            return say_plain(sections[value], request.lang)
        if box in ("life_events", "event") and value in events:
            return say_plain(events[value], request.lang)
        if box in ("term", "each") and value in labels:
            return labels[value]
        if box == "ended.successor" and value in titles:
            return say_plain(titles[value], request.lang)
        title = measures.get(value) if box == "measures" else None
        if isinstance(title, dict):
            return f"{value} {say_plain(Text(**title), request.lang)}"
        key = f"authoring.choice.{value}"
        return texts.plain(key, request.lang) if key in known else value

    return name


def summary(request: Request, errors: Mapping[str, Said]) -> list[dict[str, Any]]:
    """The error summary at the top of the page."""
    return [{"href": f"#{name}", "message": say(request, code)} for name, code in errors.items()]


def say(request: Request, code: Said, **params: Any) -> str:
    """A text of the catalogue, or what a check says."""
    if isinstance(code, Problem):
        return wording.words(code, request.lang, furigana=request.furigana)
    return texts.t(code, request.lang, furigana=request.furigana, **params)


def seen(request: Request) -> int | None:
    """The revision a form was drawn at; None where it says none."""
    found = pages.revision(request)
    return found if found >= 0 else None


def stopped(request: Request, stop: Exception | None) -> dict[str, Any]:
    """What a page says when it could not be saved: who saved it meanwhile, or why nothing can be changed now."""
    if isinstance(stop, ChangedMeanwhile):
        return {"conflict": _conflict(request, stop)}
    return {"refusal": say(request, stop.code, **stop.params)} if isinstance(stop, Refused) else {}


def _conflict(request: Request, met: ChangedMeanwhile) -> dict[str, Any]:
    name = organisation.staff_name(met.by) if met.by else ""
    return {"name": name or texts.plain("authoring.conflict.somebody", request.lang), "at": met.at}


def show_now(rows: list[dict[str, Any]], now: list[dict[str, Any]], request: Request) -> None:
    """Beside each box that differs, what is saved now."""
    for row, other in zip(rows, now, strict=True):
        mine, theirs = _text_of(row), _text_of(other)
        if mine != theirs:
            row["now"] = theirs or texts.plain("authoring.conflict.empty", request.lang)


def _text_of(row: dict[str, Any]) -> str:
    if "texts" in row:
        return "\n".join(value for _, _, value in row["texts"] if value)
    if "items_list" in row:
        return "\n".join(value for item in row["items_list"] for _, _, value in item if value)
    if row["kind"] == "choices":
        return "、".join(str(option[2]) for option in row["options"] if option[1])
    if row["kind"] == "choice":
        named = {str(value): str(label) for value, _, label in row["options"]}
        return named.get(str(row["value"]), "")
    return str(row.get("value") or "").replace("\r\n", "\n").strip()


def told(request: Request, refusal: Refused, back: str) -> HttpResponse:
    """Back to a page with the reason why an act could not be done."""
    messages.error(request, say(request, refusal.code, **refusal.params))
    return HttpResponseRedirect(back)
