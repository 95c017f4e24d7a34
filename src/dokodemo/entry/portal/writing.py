"""A draft being written (書きかけ): its pages as they stand now, where the writer is, and where to go next.

Owns the way through the pages of one draft and their addresses. Never reads a form and never draws one.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.safestring import SafeString

from dokodemo.administration.cases import flow, queries, together
from dokodemo.administration.cases.models import Draft
from dokodemo.administration.procedures.compiled import Form
from dokodemo.entry.portal.summary import asked_rows
from dokodemo.entry.server.requests import Request
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import NotFound
from dokodemo.kernel.ui import texts
from dokodemo.kernel.ui.language import say

RETURN_TO_CHECK = "?return=check"


@dataclass(frozen=True)
class Writing:
    """A draft with everything its pages need."""

    draft: Draft
    form: Form
    answers: dict[str, Any]
    steps: list[flow.Step]

    def position(self, index: int) -> int | None:
        """The place of a page among those asked now; None when it asks nothing for these answers."""
        return next((place for place, step in enumerate(self.steps) if step.index == index), None)

    def following(self, index: int) -> flow.Step | None:
        """The next page that is asked after this one."""
        return next((step for step in self.steps if step.index > index), None)

    def typed_on(self, index: int) -> dict[str, Any]:
        """What was last typed on a page: `{"raw": as typed, "errors": what was refused, "settled": nothing was}`."""
        kept: dict[str, Any] = self.draft.content["unaccepted"].get(str(index), {})
        return kept

    def unsettled(self) -> flow.Step | None:
        """The first page that holds something typed but not taken, or lacks a required answer."""
        for step in self.steps:
            if not self.typed_on(step.index).get("settled", True) or flow.missing_in(step, self.answers):
                return step
        return None

    def asked(self) -> frozenset[str]:
        """The places the city asked to correct (補正); none in a first application."""
        return frozenset(self.draft.correction.terms) if self.draft.correction else frozenset()

    def asked_steps(self) -> list[flow.Step]:
        """The pages that hold something to correct."""
        return [step for step in self.steps if _holds(step, self.asked())]

    def asked_rows(self, request: Request) -> list[tuple[SafeString, str | None]]:
        """What the city asked to correct, each with the address of its question."""
        return asked_rows(
            request,
            self.form,
            self.answers,
            self.asked(),
            page_url=lambda index: page_url(self.draft.pk, index) + RETURN_TO_CHECK,
        )

    def visited(self, step: flow.Step) -> bool:
        """Whether the writer has been through a page; in a correction all pages were handed in before."""
        return step.index < self.draft.pages_done or self.draft.correction is not None

    def go_on(self) -> str:
        """Where the writer goes on: what the city asked for, then the first page not yet seen, then the check."""
        if self.draft.correction is not None:
            first = next(iter(self.asked_steps()), None)
            return (
                page_url(self.draft.pk, first.index) + RETURN_TO_CHECK if first else check_url(self.draft.pk)
            )
        for step in self.steps:
            if not self.visited(step):
                return page_url(self.draft.pk, step.index)
        return check_url(self.draft.pk)

    def after(self, index: int, *, to_check: bool) -> str:
        """The address that follows a page: the next one to correct, the check, or simply the next page."""
        if self.draft.correction is not None:
            later = next((step for step in self.asked_steps() if step.index > index), None)
            if later is not None and to_check:
                return page_url(self.draft.pk, later.index) + RETURN_TO_CHECK
        following = self.following(index)
        if to_check or following is None:
            return check_url(self.draft.pk)
        return page_url(self.draft.pk, following.index)

    def labels(self, request: Request, here: int | None) -> list[dict[str, Any]]:
        """The step list: every page, then the check; `here` is the index of this page, None on the check."""
        rows = []
        for step in self.steps:
            seen = self.visited(step)
            rows.append(
                {
                    "label": say(step.page.title, request.lang, furigana=request.furigana),
                    "state": "current" if step.index == here else "done" if seen else "todo",
                    "href": page_url(self.draft.pk, step.index) if seen and step.index != here else None,
                }
            )
        ready = here is not None and all(self.visited(step) for step in self.steps)
        rows.append(
            {
                "label": texts.t("portal.check.title", request.lang, furigana=request.furigana),
                "state": "todo" if here is not None else "current",
                "href": check_url(self.draft.pk) if ready else None,
            }
        )
        return rows


def _holds(step: flow.Step, places: frozenset[str]) -> bool:
    group = step.page.group
    if group is None or not group.repeats:
        return any(question.term.name in places for question in step.questions)
    fields = {question.term.field for question in step.questions}
    inside = (place.partition(".") for place in places if place.startswith(f"{group.name}-"))
    return group.name in places or any(field in fields for _, _, field in inside)


def writing(draft: Draft) -> Writing:
    """A draft as it stands now."""
    form = together.form_of(draft)
    answers = draft.content["values"]
    return Writing(draft, form, answers, flow.steps(form, answers, on=calendar_jp.today()))


@lru_cache(maxsize=2000)
def page_url(draft_id: UUID, index: int) -> str:
    """The address of one page of a draft."""
    return reverse("portal:page", args=[draft_id, index])


@lru_cache(maxsize=500)
def check_url(draft_id: UUID) -> str:
    """The address of the check."""
    return reverse("portal:check", args=[draft_id])


def closed_answer(request: Request, draft: Draft) -> HttpResponse | None:
    """Where somebody is sent who comes back to a draft that is closed (second tab, browser's back); None while it is open."""
    if draft.closed_at is None:
        return None
    try:
        if draft.bundle_id is not None:
            tell(request, "portal.page.handed_in")
            return HttpResponseRedirect(reverse("portal:bundle", args=[draft.bundle_id]))
        case = queries.case_of_draft(draft)
    except NotFound:
        tell(request, "portal.page.thrown_away")
        return HttpResponseRedirect(reverse("portal:my"))
    tell(request, "portal.page.handed_in" if draft.handed_in else "cases.refused.correction_over")
    return HttpResponseRedirect(reverse("portal:case", args=[case.pk]))


def tell(request: Request, key: str, **params: object) -> None:
    """Say something at the top of the next page."""
    messages.info(request, texts.t(key, request.lang, furigana=request.furigana, **params))
