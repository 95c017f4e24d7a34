"""The list of what is due, as a page, a mail and a calendar show it (案内の結果).

Owns the words of the list. Never decides what is on it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.urls import reverse

from dokodemo.administration.eligibility.logic import label_of
from dokodemo.administration.guidance.calendar_file import Entry, calendar_file
from dokodemo.administration.guidance.logic import Guide, Item, Listing
from dokodemo.administration.guidance.wording import as_asked
from dokodemo.administration.procedures.definitions import ProcedureDefinition
from dokodemo.administration.procedures.everyday import LifeEvent
from dokodemo.entry.server.requests import Request
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.packs import Text
from dokodemo.kernel.ui import texts
from dokodemo.kernel.ui.form_values import FieldError, Typed
from dokodemo.kernel.ui.forms import CompiledPage, Question, compile_page
from dokodemo.kernel.ui.language import say_plain

MOST_MAIL = 1800  # characters of a mailto link: longer ones are cut by mail programs


def days_page(asked: Guide, listing: Listing) -> CompiledPage:
    """The days from which the deadlines of what is due count, as questions that may be left blank."""
    return compile_page([Question(as_asked(term), required=False) for term in asked.days(listing)])


def context(
    request: Request,
    event: LifeEvent,
    asked: Guide,
    listing: Listing,
    *,
    raw: Typed,
    errors: Mapping[str, FieldError],
) -> dict[str, Any]:
    """What the page of the list is drawn from; `raw` and `errors` are of the days told beside it."""
    days = days_page(asked, listing)
    return {
        "days": days.render(request.lang, raw=raw, errors=errors, furigana=request.furigana),
        "error_list": days.error_list(errors, request.lang, furigana=request.furigana),
        "on": asked.on,
        "due": [_row(item) for item in listing.due],
        "together": online(item.procedure.definition for item in listing.due),
        "depends_on": [
            _row(item) | {"labels": [label_of(item.procedure, name) for name in item.terms]}
            for item in listing.depends_on
        ],
        "not_due": [_row(item) for item in listing.not_due],
        "more": listing.page is not None,
        "at_most": listing.at_most,
        "unconfirmed": any(not item.procedure.definition.is_confirmed for item in listing.items()),
        "dated": any(item.deadline and item.deadline.until for item in listing.due),
        "mailto": _mailto(request, event, listing.due),
    }


def online(due: Iterable[ProcedureDefinition]) -> list[str]:
    """What of a list can be applied for here, and so together."""
    return [definition.slug for definition in due if definition.online.state != "none"]


def _row(item: Item) -> dict[str, Any]:
    first = item.deadline
    return {
        "procedure": item.procedure.definition,
        "reasons": item.told(),
        "deadline": first,
        "since": _labels(item, first.missing) if first is not None else [],
        "after": [one.definition for one in item.after],
        "aside": [topic.label for topic in item.aside],
    }


def _labels(item: Item, names: Sequence[str]) -> list[Text]:
    return [label_of(item.procedure, name) for name in names]


def _address(slug: str) -> str:
    return f"{settings.DOKODEMO_BASE_URL}{reverse('portal:procedure', args=[slug])}"


def _mailto(request: Request, event: LifeEvent, due: Sequence[Item]) -> str:
    """A link that opens the person's own mail program with the list; nothing is sent by the city."""
    subject = texts.plain("guidance.mail_subject", request.lang, event=_plain(event.title, request))
    head = f"mailto:?subject={quote(subject)}&body="
    body = ""
    for item in due:
        line = f"・{_plain(item.procedure.definition.title, request)}"
        if item.deadline is not None and item.deadline.until is not None:
            day = calendar_jp.to_wareki(item.deadline.until, request.lang)
            line += f"（{texts.plain('guidance.mail_until', request.lang, day=day)}）"
        line += f"\r\n{_address(item.slug)}\r\n"
        if len(head) + len(body) + len(quote(line)) > MOST_MAIL:
            body += quote("…\r\n")
            break
        body += quote(line)
    return head + body


def _plain(text: Text, request: Request) -> str:
    return say_plain(text, request.lang)


def calendar(request: Request, event: LifeEvent, listing: Listing) -> str:
    """The text of the calendar file: every deadline of what is due whose day is known and not over."""
    entries = [
        Entry(
            key=f"{event.code} {item.slug} {one.until}",
            day=one.until,
            summary=f"{texts.plain('guidance.until', request.lang)}：{_plain(item.procedure.definition.title, request)}",
            description=f"{one.law} {one.article}",
            url=_address(item.slug),
        )
        for item in listing.due
        for one in item.deadlines
        if one.until is not None and not one.passed
    ]
    return calendar_file(
        entries,
        name=_plain(event.title, request),
        host=urlsplit(settings.DOKODEMO_BASE_URL).hostname or "localhost",
        at=calendar_jp.now(),
        remind=texts.plain("guidance.remind", request.lang),
    )
