"""Who answers for what (責任者): everything of the plan with its person, one thing with its history, and what is overdue.

Owns the screens. Never works out who has left: the reads of responsibility do.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from dokodemo.city.organisation import queries as organisation
from dokodemo.entry.office import boxes, pages
from dokodemo.entry.office.boxes import Box
from dokodemo.entry.office.visitors import needs_staff
from dokodemo.entry.server.as_of import AsOf, as_of, refused
from dokodemo.entry.server.requests import Request
from dokodemo.entry.server.table_files import csv_response
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import Forbidden, NotFound
from dokodemo.kernel.calendar_jp import ImpossibleDate
from dokodemo.kernel.packs import Text
from dokodemo.kernel.refusals import Refused
from dokodemo.kernel.ui import texts
from dokodemo.kernel.ui.language import say_plain
from dokodemo.promotion.responsibility import actions, due, policies, queries
from dokodemo.promotion.responsibility.due import Late
from dokodemo.promotion.responsibility.models import Responsible
from dokodemo.promotion.responsibility.queries import Matter, Standing

TAB = "owners"
SHOWS = ("all", "ownerless", "mine")
PER_PAGE = 50


@dataclass(frozen=True)
class Row:
    """A thing in words: whose section, who answers, and who did until they left."""

    standing: Standing
    section: Text | str
    name: str
    left: str


@dataclass(frozen=True)
class LateRow:
    """Something overdue in words, and the page on which it is done."""

    late: Late
    section: Text | str
    name: str
    href: str


def section_names() -> dict[str, Text]:
    """What the sections of today are called, by code."""
    return {one.code: one.name for one in organisation.sections()}


def words_of(request: Request, matter: Matter) -> str:
    """What a thing is called, without markup."""
    return say_plain(matter.title, request.lang) if matter.title is not None else matter.words


def when(text: str) -> date | None:
    """The day somebody typed; None for nothing. Raises ImpossibleDate."""
    return calendar_jp.parse_date(text) if text.strip() else None


def known_day(text: str) -> date | None:
    """The day somebody typed; None for nothing and for what is no day."""
    try:
        return when(text)
    except ImpossibleDate:
        return None


def account_of(text: str) -> UUID | None:
    """The account a box names; None for none."""
    try:
        return UUID(text)
    except ValueError:
        return None


def staff_of(
    section: str, day: date | None = None, besides: Iterable[UUID] = ()
) -> tuple[tuple[str, str], ...]:
    """Who can be chosen in a section: those appointed on a day, and some more whom the form names already."""
    people = {post.account_id for post in organisation.holders(section, day)}
    return choices_of(people | set(besides))


def choices_of(people: Iterable[UUID]) -> tuple[tuple[str, str], ...]:
    """People as options, in the order of their names."""
    names = organisation.staff_names(people)
    return tuple(sorted(((str(account), name) for account, name in names.items()), key=lambda one: one[1]))


def _rows(found: Sequence[Standing]) -> list[Row]:
    sections = section_names()
    names = organisation.staff_names(
        {account for one in found for account in (one.account, one.left) if account is not None}
    )
    return [
        Row(
            one,
            sections.get(one.matter.section, one.matter.section),
            names.get(one.account, "–") if one.account is not None else "",
            names.get(one.left, "–") if one.left is not None else "",
        )
        for one in found
    ]


def _chosen(request: Request, day: AsOf) -> tuple[str, str, list[Standing], int]:
    """The section and the kind of list asked for, what is in it, and how many things of them nobody answers for."""
    if not policies.may_read(request.actor):
        raise NotFound
    section, show = request.GET.get("section", ""), request.GET.get("show", "")
    show = show if show in SHOWS else "all"
    known = queries.standings(day.on, queries.matters(day.on if day.past else None))
    found = [one for one in known if not section or one.matter.section == section]
    without = sum(one.ownerless for one in found)
    if show == "ownerless":
        found = [one for one in found if one.ownerless]
    elif show == "mine":
        found = [one for one in found if one.account == request.actor.account_id]
    return section, show, found, without


@needs_staff
@require_safe
def owners(request: Request) -> HttpResponse:
    """Every thing of the plan with who answers for it today or on a past day, a page at a time."""
    day = as_of(request)
    section, show, found, without = _chosen(request, day)
    page = Paginator(found, PER_PAGE).get_page(pages.page_number(request))
    sections = section_names()
    context = {
        "page": page,
        "day": day,
        "errors": pages.errors(request, [("on", day.wrong)] if day.wrong else []),
        "rows": _rows(list(page)),
        "sections": sections.items(),
        "section": section,
        "show": show,
        "shows": SHOWS,
        "total": len(found),
        "without": without,
        "names_people": bool(policies.may_assign_in(request.actor, list(sections))),
        "query": request.GET.urlencode(),
    }
    return pages.show(request, "office/owners/list.html", context, status=day.status, tab=TAB)


@needs_staff
@require_safe
def owners_table(request: Request) -> HttpResponse:
    """The same as CSV."""
    day = as_of(request)
    if day.wrong:
        return refused(request, day)
    _, _, found, _ = _chosen(request, day)
    columns = ("kind", "thing", "section", "person", "since", "until")
    header = [texts.plain(f"responsibility.column.{name}", request.lang) for name in columns]
    rows = [
        [
            texts.plain(f"responsibility.kind.{row.standing.matter.kind}", request.lang),
            words_of(request, row.standing.matter),
            say_plain(row.section, request.lang),
            row.name or texts.plain("responsibility.nobody", request.lang),
            str(row.standing.since or "") if row.name else "",
            str(row.standing.until or "") if row.name else "",
        ]
        for row in _rows(found)
    ]
    return csv_response([header, *rows], "responsible.csv", private=True)


def _boxes(matter: Matter, besides: UUID | None) -> list[Box]:
    people = staff_of(matter.section, besides=[besides] if besides is not None else ())
    return [
        Box(
            "person",
            "responsibility.column.person",
            "select",
            hint="responsibility.one.person_hint",
            options=(("", "–"), *people),
            longest=40,
        ),
        Box("since", "responsibility.column.since", hint="responsibility.day_hint", longest=40),
        Box("until", "responsibility.column.until", hint="responsibility.one.until_hint", longest=40),
    ]


_RELEASE = [Box("last_day", "responsibility.one.last_day", hint="responsibility.day_hint", longest=40)]


@needs_staff
@require_http_methods(["GET", "HEAD", "POST"])
def owners_one(request: Request, kind: str, code: str) -> HttpResponse:
    """One thing: who answers for it, everybody so far, and naming the next."""
    matter = queries.get_matter(request.actor, kind, code)
    may = policies.may_assign(request.actor, matter.section)
    typed: dict[str, str] = {"since": calendar_jp.today().isoformat()}
    wrong: dict[str, str] = {}
    if request.method == "POST":
        if not may:
            raise Forbidden
        releases = request.POST.get("act") == "release"
        wanted = _RELEASE if releases else _boxes(matter, None)
        typed = boxes.typed(request, wanted)
        wrong = _release(request, matter, typed) if releases else _assign(request, matter, typed)
        if not wrong:
            pages.tell(request, f"responsibility.done.{'released' if releases else 'assigned'}")
            return HttpResponseRedirect(reverse("office:owners_one", args=[kind, code]))
    standing = queries.standings(calendar_jp.today(), [matter])[0]
    history = queries.history(request.actor, matter)
    naming = boxes.filled(_boxes(matter, account_of(typed.get("person", ""))), typed, wrong) if may else []
    release = boxes.filled(_RELEASE, typed, wrong) if may else []
    context = {
        "row": _rows([standing])[0],
        "matter": matter,
        "words": words_of(request, matter),
        "history": _history(history),
        "boxes": naming,
        # The form that was refused is shown again even when there is nobody to release.
        "release": release if "last_day" in wrong or any(one.until is None for one in history) else [],
        "errors": boxes.errors(request, [*naming, *release]),
    }
    return pages.show(request, "office/owners/one.html", context, status=422 if wrong else 200, tab=TAB)


def _assign(request: Request, matter: Matter, typed: Mapping[str, str]) -> dict[str, str]:
    try:
        until = when(typed["until"])
    except ImpossibleDate:
        return {"until": "responsibility.fault.day"}
    try:
        actions.assign(
            actor=request.actor,
            kind=matter.kind,
            code=matter.code,
            account_id=account_of(typed["person"]),
            since=known_day(typed["since"]),
            until=until,
        )
    except Refused as refused:
        return refused.faults
    return {}


def _release(request: Request, matter: Matter, typed: Mapping[str, str]) -> dict[str, str]:
    day = known_day(typed["last_day"])
    try:
        actions.release(actor=request.actor, kind=matter.kind, code=matter.code, last_day=day)
    except Refused as refused:
        return {"last_day": refused.faults["until"]}
    return {}


def _history(rows: Sequence[Responsible]) -> list[dict[str, Any]]:
    names, sections = organisation.staff_names({row.account for row in rows}), section_names()
    return [
        {
            "name": names.get(row.account, "–"),
            "section": sections.get(row.section, row.section),
            "since": row.since,
            "until": row.until,
        }
        for row in rows
    ]


def late_rows(found: Sequence[Late], sections: Mapping[str, Text]) -> list[LateRow]:
    """What is overdue in words, with the names of sections by code."""
    names = organisation.staff_names({one.account for one in found if one.account is not None})
    return [
        LateRow(
            one,
            sections.get(one.due.matter.section, one.due.matter.section),
            names.get(one.account, "–") if one.account is not None else "",
            where(one.due.matter, one.due.period),
        )
        for one in found
    ]


def where(matter: Matter, period: str) -> str:
    """The page on which what is due is done."""
    if matter.kind == "indicator":
        return reverse("office:indicators_one", args=[matter.code])
    if matter.kind == "action":
        return reverse("office:reports_one", args=[period, matter.code])
    return reverse("office:meetings")


@needs_staff
@require_safe
def owners_late(request: Request) -> HttpResponse:
    """Everything overdue, the longest first, a page at a time."""
    found = due.attention(request.actor).late
    page = Paginator(found, PER_PAGE).get_page(pages.page_number(request))
    context = {"page": page, "rows": late_rows(list(page), section_names())}
    return pages.show(request, "office/owners/late.html", context, tab=TAB)


@needs_staff
@require_safe
def owners_late_table(request: Request) -> HttpResponse:
    """The same as CSV."""
    columns = ("kind", "thing", "section", "person", "due", "days")
    header = [texts.plain(f"responsibility.column.{name}", request.lang) for name in columns]
    rows: list[list[str | int]] = [
        [
            texts.plain(f"responsibility.due.{row.late.due.matter.kind}", request.lang),
            words_of(request, row.late.due.matter),
            say_plain(row.section, request.lang),
            row.name or texts.plain("responsibility.nobody", request.lang),
            str(row.late.due.due),
            row.late.days,
        ]
        for row in late_rows(due.attention(request.actor).late, section_names())
    ]
    return csv_response([header, *rows], "overdue.csv", private=True)
