"""The competence map (技能マップ): my own levels, counts for everybody, people for the head.

Owns the screens. Never shows a person's level to anybody else: the reads of skills decide.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.safestring import SafeString
from django.views.decorators.http import require_http_methods, require_safe

from dokodemo.city.organisation import queries as organisation
from dokodemo.entry.office import boxes
from dokodemo.entry.office.boxes import Box
from dokodemo.entry.office.training import show
from dokodemo.entry.office.visitors import needs_staff
from dokodemo.entry.server.requests import Request
from dokodemo.entry.server.table_files import csv_response
from dokodemo.kernel.access import NotFound
from dokodemo.kernel.ui import charts, texts
from dokodemo.kernel.ui.language import say_plain
from dokodemo.promotion.training import actions, policies, queries, skills
from dokodemo.promotion.training.actions import Refused
from dokodemo.promotion.training.logic import LEVELS
from dokodemo.promotion.training.skills import Counts, Level


def _level_words(request: Request) -> list[tuple[str, Any]]:
    words = [("", texts.plain("training.level.unsaid", request.lang))]
    return words + [(str(n), texts.plain(f"training.level.l{n}", request.lang)) for n in LEVELS]


def _level_names(request: Request) -> list[Any]:
    """The words of the levels as the counts stand: unsaid at the end."""
    unsaid, *named = (words for _, words in _level_words(request))
    return [*named, unsaid]


def _boxes(request: Request, levels: list[Level], field: str) -> list[Box]:
    """One list to choose from for each skill; its label is of the pack, so it is drawn by the page itself."""
    return [
        Box(
            one.skill.code,
            "",
            "select",
            options=tuple(_level_words(request)),
            longest=4,
            value="" if getattr(one, field) is None else str(getattr(one, field)),
        )
        for one in levels
    ]


def _typed(request: Request, levels: list[Level]) -> dict[str, int | None]:
    """The chosen levels; what is no level becomes one that the action refuses."""
    found: dict[str, int | None] = {}
    for one in levels:
        text = request.POST.get(one.skill.code, "")
        found[one.skill.code] = None if text == "" else int(text) if text in map(str, LEVELS) else -1
    return found


def _chart(request: Request, counts: list[Counts]) -> SafeString:
    if not counts:
        return SafeString("")
    here = charts.frame(request, "skills", "training.skills.drawn", "training.skills.drawn_desc", "")
    return charts.bars(here, [charts.Point(one.skill.title, one.alone) for one in counts])


def _counted(counts: list[Counts]) -> list[tuple[Counts, list[int]]]:
    return [(one, [*(one.levels[level] for level in LEVELS), one.levels[None]]) for one in counts]


@needs_staff
@require_http_methods(["GET", "HEAD", "POST"])
def own(request: Request) -> HttpResponse:
    """My own levels, and how many people of the city are on each."""
    mine = skills.mine(request.actor)
    wrong: dict[str, str] = {}
    if request.method == "POST":
        try:
            actions.set_own_levels(actor=request.actor, levels=_typed(request, mine))
        except Refused as refused:
            wrong = refused.wrong
        else:
            return HttpResponseRedirect(f"{reverse('office:training_skills')}?done=saved")
    counts = skills.city_counts(request.actor)
    filled = _refill(request, _boxes(request, mine, "by_self"), wrong)
    sections = [
        (one.code, one.name)
        for one in organisation.sections()
        if policies.counts_all(request.actor) or one.code in policies.counted_sections(request.actor)
    ]
    context = {
        "choices": list(zip(mine, filled, strict=True)),
        "errors": boxes.errors(request, filled),
        "chart": _chart(request, counts),
        "counts": _counted(counts),
        "level_names": _level_names(request),
        "sections": sections,
    }
    return show(request, "office/training_skills.html", context, status=422 if wrong else 200)


def _refill(request: Request, plain: list[Box], wrong: dict[str, str]) -> list[Box]:
    """After a refusal what was chosen stands in the boxes again."""
    return boxes.filled(plain, boxes.typed(request, plain), wrong) if wrong else plain


@needs_staff
@require_safe
def section(request: Request, section: str) -> HttpResponse:
    """A section: counts with a picture; its people for those who may see them."""
    counts = skills.section_counts(request.actor, section)
    levels = skills.section_levels(request.actor, section)
    names = organisation.staff_names(levels)
    heads = policies.heads(request.actor, section)
    context = {
        "section": organisation.section(section),
        "chart": _chart(request, counts),
        "counts": _counted(counts),
        "level_names": _level_names(request),
        "people": [
            (account, names.get(account, "–"), said, heads and account != request.actor.account_id)
            for account, said in levels.items()
        ],
        "skills": [one.skill for one in counts],
        "sees": policies.sees_people(request.actor, section),
        "few": bool(queries.catalogue().skills) and not counts,
    }
    return show(request, "office/training_skills_section.html", context)


@needs_staff
@require_safe
def section_table(request: Request, section: str) -> HttpResponse:
    """The levels of the people of a section as CSV, for those who may see people."""
    counts = skills.section_counts(request.actor, section)
    levels = skills.section_levels(request.actor, section)
    if not policies.sees_people(request.actor, section):
        raise NotFound
    names = organisation.staff_names(levels)
    titles = [say_plain(one.skill.title, request.lang) for one in counts]
    header = [texts.plain("training.column.name", request.lang), *titles]
    rows = [
        [names.get(account, ""), *("" if one.counts is None else str(one.counts) for one in said)]
        for account, said in levels.items()
    ]
    return csv_response([header, *rows], "skills.csv", private=True)


@needs_staff
@require_http_methods(["GET", "HEAD", "POST"])
def person(request: Request, section: str, account_id: UUID) -> HttpResponse:
    """The head says what somebody of the section can do."""
    levels = skills.person(request.actor, section, account_id)
    wrong: dict[str, str] = {}
    if request.method == "POST":
        try:
            actions.set_levels(
                actor=request.actor, section=section, account=account_id, levels=_typed(request, levels)
            )
        except Refused as refused:
            wrong = refused.wrong
        else:
            where = reverse("office:training_skills_section", args=[section])
            return HttpResponseRedirect(f"{where}?done=saved")
    filled = _refill(request, _boxes(request, levels, "by_head"), wrong)
    own_words = dict(_level_words(request))
    context = {
        "section": organisation.section(section),
        "code": section,
        "name": organisation.staff_name(account_id),
        "choices": [
            (one, box, own_words["" if one.by_self is None else str(one.by_self)])
            for one, box in zip(levels, filled, strict=True)
        ],
        "errors": boxes.errors(request, filled),
    }
    return show(request, "office/training_skills_person.html", context, status=422 if wrong else 200)
