"""Beginning, renewing and ending a protection (支援措置の開始・延長・終了): what is typed, what follows, then the act.

Owns the forms and their confirmation. Only officers of the section in charge come here; who that is, and what an act
does, is said in `city.parties`. No address of these pages and no recorded purpose says more than "keeping the register".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.safestring import SafeString
from django.views.decorators.http import require_http_methods

from dokodemo.administration.cases.models import Case, Outcome
from dokodemo.city.organisation import queries as organisation
from dokodemo.city.parties import actions, logic
from dokodemo.city.parties.actions import ProtectionRefused
from dokodemo.city.parties.definitions import EndingGround
from dokodemo.city.parties.protections import PURPOSE, Protection, protection_to_change
from dokodemo.entry.office import boxes, pages
from dokodemo.entry.office.boxes import Box
from dokodemo.entry.office.visitors import needs_staff
from dokodemo.entry.server.requests import Request
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.calendar_jp import ImpossibleDate, parse_date
from dokodemo.kernel.ui import texts
from dokodemo.kernel.ui.language import say, say_plain

# The nation's procedure by which people ask for it (住民基本台帳事務処理要領 第5の10).
PROCEDURE = "address-protection"

type Typed = Mapping[str, str]
type Values = dict[str, Any]


@dataclass(frozen=True)
class Act:
    """One act: whether it fits how things stand, its boxes, what they mean, and the action behind it."""

    name: str
    fits: Callable[[Protection], bool]
    boxes: Callable[[Request, Protection], list[Box]]
    read: Callable[[Typed, Protection], tuple[Values, dict[str, str]]]
    run: Callable[..., None]
    # What follows, as names of texts under office.protection.
    follows: Callable[[Protection], list[str]]


@dataclass(frozen=True)
class Form:
    """An act's form as the resident's page shows it, not filled by anybody yet."""

    name: str
    boxes: list[Box]


def forms_of(request: Request, found: Protection) -> list[Form]:
    """The forms that fit how things stand with a person."""
    return [
        Form(act.name, boxes.filled(act.boxes(request, found), _suggested(found), {}))
        for act in (BEGIN, RENEW, END)
        if act.fits(found)
    ]


def asked_for(case: Case) -> bool:
    """Whether a case is one by which the city has said yes to a protection."""
    return case.procedure == PROCEDURE and case.outcome == Outcome.APPROVED


def _suggested(found: Protection) -> dict[str, str]:
    return {"starts_on": calendar_jp.today().isoformat(), "review_on": found.suggested.isoformat()}


def _day(typed: Typed, name: str, wrong: dict[str, str]) -> date:
    try:
        return parse_date(typed[name].strip())
    except ImpossibleDate:
        wrong[name] = "office.protection.bad_day"
        return date.min


def _review_box() -> Box:
    return Box(
        "review_on", "office.protection.review_on", "date", hint="office.protection.review_hint", longest=20
    )


def _begin_boxes(request: Request, found: Protection) -> list[Box]:
    wanted = [
        Box(
            "starts_on",
            "office.protection.starts_on",
            "date",
            hint="office.protection.starts_hint",
            longest=20,
        ),
        _review_box(),
    ]
    if len(found.sections) > 1:
        options = tuple((code, _section_plain(request, code)) for code in found.sections)
        wanted.insert(0, Box("section", "office.protection.section", "select", options=options, longest=60))
    return wanted


def _section_plain(request: Request, code: str) -> str:
    section = organisation.section(code)
    return say_plain(section.name, request.lang) if section else code


def _read_begin(typed: Typed, found: Protection) -> tuple[Values, dict[str, str]]:
    wrong: dict[str, str] = {}
    section = typed["section"] if len(found.sections) > 1 else found.sections[0]
    if section not in found.sections:
        wrong["section"] = "office.protection.choose_section"
    starts_on, review_on = _day(typed, "starts_on", wrong), _day(typed, "review_on", wrong)
    if not wrong:
        fault = logic.protection_fault(starts_on=starts_on, review_on=review_on, today=calendar_jp.today())
        wrong.update([fault] if fault else [])
    return {"section": section, "starts_on": starts_on, "review_on": review_on}, wrong


def _read_renew(typed: Typed, found: Protection) -> tuple[Values, dict[str, str]]:
    wrong: dict[str, str] = {}
    review_on, today = _day(typed, "review_on", wrong), calendar_jp.today()
    if not wrong:
        fault = logic.protection_fault(
            starts_on=found.since or today, review_on=review_on, today=today, until=found.review_on
        )
        wrong.update([fault] if fault else [])
    return {"review_on": review_on}, wrong


def _end_boxes(request: Request, found: Protection) -> list[Box]:
    options = tuple(
        (ground.value, texts.t(f"office.protection.ground_{ground}", request.lang, furigana=request.furigana))
        for ground in EndingGround
    )
    return [Box("ground", "office.protection.ground", "choice", options=options, longest=20)]


def _read_end(typed: Typed, found: Protection) -> tuple[Values, dict[str, str]]:
    try:
        ground = EndingGround(typed["ground"])
    except ValueError:
        return {}, {"ground": "office.protection.choose_ground"}
    fault = logic.ending_fault(ground, until=found.review_on, today=calendar_jp.today())
    return {"ground": ground}, {"ground": fault} if fault else {}


def _after_beginning(found: Protection) -> list[str]:
    linked = ["begin_linked"] if found.linked else []
    return ["begin_hidden", "begin_household", "begin_letters", "begin_family", *linked, "begin_stays"]


def _after_ending(found: Protection) -> list[str]:
    if found.others_protected:
        return ["end_others", "end_kept"]
    return ["end_shown", "end_letters", "end_family", "end_kept"]


BEGIN = Act(
    "begin",
    lambda found: found.may_begin,
    _begin_boxes,
    _read_begin,
    actions.protect_resident,
    _after_beginning,
)
RENEW = Act(
    "renew",
    lambda found: found.protected,
    lambda request, found: [_review_box()],
    _read_renew,
    actions.renew_protection,
    lambda found: ["renew_same", "begin_stays"],
)
END = Act("end", lambda found: found.protected, _end_boxes, _read_end, actions.end_protection, _after_ending)


@needs_staff
@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: Request, resident_id: UUID) -> HttpResponse:
    """Put a person under protection from today on."""
    return _page(request, resident_id, BEGIN)


@needs_staff
@require_http_methods(["GET", "HEAD", "POST"])
def renew(request: Request, resident_id: UUID) -> HttpResponse:
    """Give a protection a later day to review."""
    return _page(request, resident_id, RENEW)


@needs_staff
@require_http_methods(["GET", "HEAD", "POST"])
def end(request: Request, resident_id: UUID) -> HttpResponse:
    """End a protection for one of the grounds there are."""
    return _page(request, resident_id, END)


def _page(request: Request, resident_id: UUID, act: Act) -> HttpResponse:
    found = protection_to_change(request.actor, resident_id)
    if not act.fits(found):
        return _back(request, resident_id, "meanwhile")
    wanted = act.boxes(request, found)
    if request.method != "POST":
        return _form(request, found, act, wanted, _suggested(found), {})
    typed = boxes.typed(request, wanted)
    if request.POST.get("act") == "change":
        return _form(request, found, act, wanted, typed, {})
    values, wrong = act.read(typed, found)
    if wrong:
        return _form(request, found, act, wanted, typed, wrong)
    if request.POST.get("act") != "do":
        return _look(request, found, act, typed, values)
    try:
        act.run(actor=request.actor, resident_id=resident_id, **values)
    except ProtectionRefused as refused:
        if refused.field:
            return _form(request, found, act, wanted, typed, {refused.field: refused.code})
        return _back(request, resident_id, "meanwhile")
    return _back(request, resident_id, f"done_{act.name}")


def _back(request: Request, resident_id: UUID, word: str) -> HttpResponse:
    pages.tell(request, f"office.protection.{word}")
    where = reverse("office:resident", args=[resident_id])
    return HttpResponseRedirect(f"{where}?purpose={PURPOSE}")


def _form(
    request: Request, found: Protection, act: Act, wanted: list[Box], typed: Typed, wrong: Mapping[str, str]
) -> HttpResponse:
    filled = boxes.filled(wanted, typed, wrong)
    context = {
        "act": act.name,
        "found": found,
        "boxes": filled,
        "errors": boxes.errors(request, filled),
        "purpose": PURPOSE,
    }
    return pages.show(request, "office/protection_form.html", context, status=422 if wrong else 200)


def _look(request: Request, found: Protection, act: Act, typed: Typed, values: Values) -> HttpResponse:
    """What was chosen and what follows from it, before anything happens."""
    code = str(values.get("section") or found.section)
    section = organisation.section(code)
    name: SafeString | str = say(section.name, request.lang, furigana=request.furigana) if section else code
    follows = [
        texts.t(
            f"office.protection.{word}",
            request.lang,
            furigana=request.furigana,
            section=name,
            count=found.others,
        )
        for word in act.follows(found)
        if word != "begin_household" or found.others
    ]
    context = {
        "act": act.name,
        "found": found,
        "section": name,
        "values": values,
        "ground": f"office.protection.ground_{values['ground']}" if "ground" in values else "",
        "follows": follows,
        "typed": typed.items(),
        "purpose": PURPOSE,
    }
    return pages.show(request, "office/protection_look.html", context)
