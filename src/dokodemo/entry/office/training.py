"""My training (研修): courses I must take, the quiz without JavaScript, and what was right afterwards.

Owns the screens of one's own. Never shows anybody else's attempts: the reads of training fetch the actor's only.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from dokodemo.entry.office import pages
from dokodemo.entry.office.visitors import needs_staff
from dokodemo.entry.server.requests import Request
from dokodemo.kernel.access import NotFound
from dokodemo.promotion.training import actions, policies, queries
from dokodemo.promotion.training.actions import Refused
from dokodemo.promotion.training.definitions import Quiz

DONE = ("saved", "added", "cancelled", "booked", "left", "marked", "imported")


def show(request: Request, template: str, context: Mapping[str, Any], *, status: int = 200) -> HttpResponse:
    """A page under the tab of training, with the news of the act that led to it."""
    done = request.GET.get("done", "") if status == 200 and "page" not in request.GET else ""
    actor = request.actor
    common = {
        "done": done if done in DONE else "",
        "keeps": policies.keeps_training(actor),
        "may_count": policies.may_count(actor),
        "sees_some": policies.sees_some(actor),
    }
    return pages.show(request, template, {**common, **context}, status=status, tab="training")


@needs_staff
@require_safe
def training(request: Request) -> HttpResponse:
    """What I must take, the most urgent first, and the next sessions."""
    catalogue = queries.catalogue()
    standings = queries.my_standings(request.actor)
    required = {one.code for one in standings}
    context = {
        "standings": [(one, catalogue.course(one.code)) for one in standings],
        "overdue": sum(one.state == "overdue" for one in standings),
        "free": [course for course in catalogue.courses if course.code not in required],
        "coming": queries.coming(request.actor),
        "kept": catalogue.kept,
    }
    return show(request, "office/training.html", context)


@needs_staff
@require_safe
def course(request: Request, code: str) -> HttpResponse:
    """One course: what it is, how I stand, its sessions, my attempts."""
    standings = queries.my_standings(request.actor)
    found = queries.course(code)
    context = {
        "course": found,
        "standing": next((one for one in standings if one.code == code), None),
        "coming": queries.coming(request.actor, code),
        "attempts": queries.my_attempts(request.actor, code),
    }
    return show(request, "office/training_course.html", context)


@needs_staff
@require_http_methods(["GET", "HEAD", "POST"])
def quiz(request: Request, code: str) -> HttpResponse:
    """The questions on one page; what is unanswered is asked again beside what was answered."""
    if not policies.takes_part(request.actor):
        raise NotFound
    found = queries.course(code)
    if found.quiz is None:
        raise NotFound
    answers: dict[int, int] = {}
    wrong: dict[str, str] = {}
    if request.method == "POST":
        answers = _answers(request, found.quiz)
        try:
            made = actions.take_quiz(actor=request.actor, code=code, answers=answers)
        except Refused as refused:
            wrong = refused.wrong
        else:
            return HttpResponseRedirect(reverse("office:training_attempt", args=[made]))
    context = {
        "course": found,
        "questions": [
            (number, question, answers.get(number, 0), wrong.get(f"q{number}", ""))
            for number, question in enumerate(found.quiz.questions, start=1)
        ],
        "errors": pages.errors(request, wrong.items()),
    }
    return show(request, "office/training_quiz.html", context, status=422 if wrong else 200)


def _answers(request: Request, asked: Quiz) -> dict[int, int]:
    """The chosen places by question, both from 1; what is no number is no answer."""
    found: dict[int, int] = {}
    for number in range(1, len(asked.questions) + 1):
        text = request.POST.get(f"q{number}", "")
        if text.isascii() and text.isdecimal() and len(text) < 3:
            found[number] = int(text)
    return found


@needs_staff
@require_safe
def attempt(request: Request, attempt_id: UUID) -> HttpResponse:
    """What an attempt of mine scored, and each right answer with its reason."""
    found = queries.attempt(request.actor, attempt_id)
    course = queries.course(found.course)
    asked = course.quiz
    same = asked is not None and asked.digest == found.digest
    context = {
        "attempt": found,
        "course": course,
        "explained": [
            (number, question, question.choices[chosen - 1], question.choices[question.right - 1])
            for number, (question, chosen) in enumerate(
                zip(asked.questions, found.answers, strict=True), start=1
            )
        ]
        if asked is not None and same
        else [],
    }
    return show(request, "office/training_attempt.html", context)
