"""What is done with a wave (調査の操作): draw, list, open, second codes, paper, close, publish, discard.

Owns the posts. Never shows a code twice.
"""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from dokodemo.entry.office import pages
from dokodemo.entry.office.surveys import common, show_wave
from dokodemo.entry.office.visitors import needs_staff
from dokodemo.entry.server.requests import Request
from dokodemo.entry.server.table_files import csv_response
from dokodemo.kernel.access import Actor, NotFound
from dokodemo.kernel.ui import texts
from dokodemo.promotion.surveys import actions, queries
from dokodemo.promotion.surveys.actions import BadAnswers, BadWave, NotUsable
from dokodemo.promotion.surveys.models import FINAL, OPEN

COLUMNS = ("number", "name", "kana", "postal_code", "address", "code")


def _act(request: Request, wave_id: UUID, act: Callable[..., object], done: str = "") -> HttpResponse:
    try:
        act(actor=request.actor, wave_id=wave_id)
    except BadWave as refused:
        return show_wave(request, wave_id, wrong=refused)
    where = reverse("office:surveys_wave", args=[wave_id])
    return HttpResponseRedirect(f"{where}?done={done}" if done else where)


@needs_staff
@require_POST
def draw(request: Request, wave_id: UUID) -> HttpResponse:
    """Have the sample drawn; the page of the wave shows how far that is."""
    return _act(request, wave_id, actions.draw)


@needs_staff
@require_POST
def mailing_list(request: Request, wave_id: UUID) -> HttpResponse:
    """Names, addresses and codes as CSV, this once; of an open wave those whom the mail did not reach."""
    by_mail = request.POST.get("by_mail") == "yes"
    try:
        rows = actions.make_list(actor=request.actor, wave_id=wave_id, by_mail=by_mail)
    except BadWave as refused:
        return show_wave(request, wave_id, wrong=refused)
    header = [texts.plain(f"office.surveys.column_{name}", request.lang) for name in COLUMNS]
    cells = [[str(getattr(row, name)) for name in COLUMNS] for row in rows]
    return csv_response([header, *cells], "survey-letters.csv", private=True)


@needs_staff
@require_POST
def open_wave(request: Request, wave_id: UUID) -> HttpResponse:
    """Let answers come."""
    return _act(request, wave_id, actions.open_wave, "opened")


@needs_staff
@require_POST
def renew(request: Request, wave_id: UUID) -> HttpResponse:
    """A second code for who lost theirs; shown on this page alone."""
    queries.require_runner(request.actor)
    typed = request.POST.get("number", "").strip()[:20]
    try:
        if not (typed.isdecimal() and len(typed) <= 7):
            raise BadWave("surveys.fault.number", "number")
        code = actions.renew_code(actor=request.actor, wave_id=wave_id, number=int(typed))
    except BadWave as refused:
        return show_wave(request, wave_id, wrong=refused, typed=typed)
    return show_wave(request, wave_id, new_code=code)


@needs_staff
@require_POST
def close(request: Request, wave_id: UUID) -> HttpResponse:
    """Take no more answers; only when said twice, for it cannot be undone."""

    def sure(*, actor: Actor, wave_id: UUID) -> None:
        queries.require_runner(actor)
        if request.POST.get("sure") != "yes":
            raise BadWave("surveys.fault.sure", "sure")
        actions.close_wave(actor=actor, wave_id=wave_id)

    return _act(request, wave_id, sure, "closed")


@needs_staff
@require_POST
def publish(request: Request, wave_id: UUID) -> HttpResponse:
    """Show the results to everybody, as provisional or final; again where they were wrong."""
    typed = {
        "status": request.POST.get("status", FINAL)[:40],
        "reason": request.POST.get("reason", "").strip()[:2000],
    }
    try:
        new = actions.publish(actor=request.actor, wave_id=wave_id, **typed)
    except BadWave as refused:
        return show_wave(request, wave_id, wrong=refused, publishing=typed)
    where = reverse("office:surveys_wave", args=[wave_id])
    return HttpResponseRedirect(f"{where}?done={'published' if new else 'same'}")


@needs_staff
@require_POST
def discard(request: Request, wave_id: UUID) -> HttpResponse:
    """Throw a wave away that was never opened."""
    try:
        actions.discard(actor=request.actor, wave_id=wave_id)
    except BadWave as refused:
        return show_wave(request, wave_id, wrong=refused)
    return HttpResponseRedirect(f"{reverse('office:surveys')}?done=discarded")


@needs_staff
@require_http_methods(["GET", "HEAD", "POST"])
def paper(request: Request, wave_id: UUID) -> HttpResponse:
    """Enter what came on paper, by its code, one after another."""
    queries.require_runner(request.actor)
    wave = queries.get(request.actor, wave_id)
    if wave.state != OPEN:
        raise NotFound("paper")
    frozen = queries.frozen_of(wave)
    code, typed, wrong = "", {}, {}
    if request.method == "POST":
        code = request.POST.get("code", "")[:80]
        typed = {one.code: request.POST.get(f"q-{one.code}", "")[:4000] for one in frozen.survey.questions}
        try:
            actions.enter_paper(actor=request.actor, wave_id=wave_id, code=code, answers=typed)
        except NotUsable:
            wrong = {"code": "surveys.fault.code_paper"}
        except BadAnswers as refused:
            wrong = {f"q-{one}" if one else "code": key for one, key in refused.filled.faults}
        else:
            here = reverse("office:surveys_paper", args=[wave_id])
            return HttpResponseRedirect(f"{here}?done=1")
    context = {
        **common(request),
        "wave": wave,
        "survey": frozen.survey,
        "code": code,
        "asked": [
            (one, typed.get(one.code, ""), wrong.get(f"q-{one.code}", "")) for one in frozen.survey.questions
        ],
        "wrong": wrong,
        "done": "done" in request.GET and not wrong,
        "errors": pages.errors(request, wrong.items()),
    }
    return pages.show(request, "office/surveys_paper.html", context, status=422 if wrong else 200)
