"""What is written of searches (探された言葉の記録と回答): counting, telling the city, answering, deleting in time.

Owns the only writes of this domain. Counting a search is no act of anybody and records no event (ADR 12).
"""

from __future__ import annotations

import logging
import time
from datetime import date, timedelta
from uuid import UUID

from django.conf import settings
from django.db import DatabaseError, transaction
from django.db.models import F

from dokodemo.administration.findings import events as verbs
from dokodemo.administration.findings import policies, queries
from dokodemo.administration.findings.definitions import findings_of
from dokodemo.administration.findings.logic import Tally, Waiting, fit_question, fit_words, same
from dokodemo.administration.findings.models import (
    ANSWERS,
    NOT_AMONG,
    NOTHING,
    DailyCount,
    Finding,
    Question,
    SearchDay,
)
from dokodemo.administration.procedures import queries as procedures
from dokodemo.kernel import calendar_jp, events
from dokodemo.kernel.access import ANONYMOUS, Actor, Forbidden, NotFound
from dokodemo.kernel.crypto import blind_index

KEEP_EVERY = 60.0  # seconds between two writes of one process
_PURPOSE = "findings.words"
_log = logging.getLogger(__name__)
_tally = Tally(KEEP_EVERY)


class NothingFit(Exception):
    """What was sent holds nothing that may be kept: a name, a number, or no words."""


class TooMany(Exception):
    """The city takes no more questions today."""


class BadAnswer(Exception):
    """An answer does not fit; the text is the key of a fixed text."""


def count_search(*, words: str, lang: str, found: bool) -> None:
    """Count one search. Writes now and then only; a database that refuses never spoils a search."""
    _tally.count(calendar_jp.today(), lang, found=found, words="" if found else fit_words(words))
    if _tally.due(time.monotonic()):
        keep()


def keep() -> None:
    """Write what this process has counted. What the database refuses waits for the next time."""
    taken = _tally.take()
    if not taken:
        return
    try:
        with transaction.atomic():
            _write(taken)
    except DatabaseError as fault:
        _tally.give_back(taken)
        _log.warning("Searches wait to be counted: %s", type(fault).__name__)


def _write(taken: Waiting) -> None:
    for (day, lang), searches in sorted(taken.searches.items()):
        _add_to_day(day, lang, searches=searches, found=taken.found.get((day, lang), 0))
    for (day, lang), dropped in sorted(taken.dropped.items()):
        _add_to_day(day, lang, dropped=dropped)
    known = _findings_of(taken)
    for (alike, day, lang), times in sorted(taken.times.items(), key=lambda item: (item[0][1], item[0])):
        pk = known.get(alike)
        if pk is None:
            _add_to_day(day, lang, dropped=times)
        else:
            _add_to_finding(pk, day, lang, NOTHING, times)


def _findings_of(taken: Waiting) -> dict[str, UUID]:
    """The findings of what waits, made where they are new, up to the day's limit."""
    digests = {_digest(alike): alike for alike in taken.said}
    known = _known(digests)
    new = sorted(key for key in taken.times if key[0] not in known)
    first = {alike: day for alike, day, _ in reversed(new)}
    today = calendar_jp.today()
    limit = findings_of(settings.DOKODEMO_PACK).most_new_words_a_day
    room = max(0, limit - Finding.objects.filter(first_day=today).count())
    made = [
        Finding(alike=_digest(alike), words=taken.said[alike], first_day=day, last_day=day)
        for alike, day in list(first.items())[:room]
    ]
    if not made:
        return known
    Finding.objects.bulk_create(made, ignore_conflicts=True)
    return _known(digests)


def _known(digests: dict[bytes, str]) -> dict[str, UUID]:
    rows = Finding.objects.filter(alike__in=list(digests)).values_list("alike", "pk")
    return {digests[bytes(alike)]: pk for alike, pk in rows}


def _digest(alike: str) -> bytes:
    return blind_index(alike, _PURPOSE)


def _add_to_day(day: date, lang: str, **numbers: int) -> None:
    SearchDay.objects.bulk_create([SearchDay(day=day, lang=lang)], ignore_conflicts=True)
    SearchDay.objects.filter(day=day, lang=lang).update(
        **{name: F(name) + number for name, number in numbers.items()}
    )


def _add_to_finding(pk: UUID, day: date, lang: str, outcome: str, times: int) -> None:
    one = Finding.objects.filter(pk=pk)
    # The first count of a new finding is its first day; a later day adds one.
    one.filter(days=0).update(days=1)
    one.filter(last_day__lt=day).update(days=F("days") + 1, last_day=day)
    one.update(times=F("times") + times)
    place = {"finding_id": pk, "day": day, "lang": lang, "outcome": outcome}
    DailyCount.objects.bulk_create([DailyCount(**place)], ignore_conflicts=True)
    DailyCount.objects.filter(**place).update(times=F("times") + times)


def tell(*, words: str, text: str, lang: str, found: bool) -> None:
    """Keep what somebody tells the city they did not find; `found`: the search had shown something else.

    Whoever tells it is kept nowhere, also when signed in. Raises NothingFit, TooMany.
    """
    fit, question = fit_words(words), fit_question(text)
    if not fit and not question:
        raise NothingFit
    keep()
    today = calendar_jp.today()
    with transaction.atomic():
        if (
            Question.objects.filter(day=today).count()
            >= findings_of(settings.DOKODEMO_PACK).most_questions_a_day
        ):
            raise TooMany
        finding, _ = Finding.objects.get_or_create(
            alike=_digest(same(fit)), defaults={"words": fit, "first_day": today, "last_day": today}
        )
        if found:
            _add_to_finding(finding.pk, today, lang, NOT_AMONG, 1)
            _add_to_day(today, lang, not_among=1)
        Finding.objects.filter(pk=finding.pk).update(told=F("told") + 1, last_day=today)
        Question.objects.create(finding=finding, day=today, lang=lang, text=question)
        events.record(
            verbs.TOLD,
            actor=ANONYMOUS,
            object=("findings_day", today.isoformat()),
            numbers={"with_text": int(bool(question))},
        )


@transaction.atomic
def answer(*, actor: Actor, finding_id: UUID, answer: str, procedure: str = "") -> None:
    """Say what became of it: `synonym` (found now under a procedure), `wished` (a new service) or `outside` (no task of a city).

    Raises NotFound, Forbidden, BadAnswer.
    """
    finding = _locked(actor, finding_id)
    if answer not in ANSWERS:
        raise BadAnswer("findings.fault.answer")
    slug = procedure.strip() if answer == "synonym" else ""
    if answer == "synonym":
        try:
            procedures.get_published(slug)
        except NotFound:
            raise BadAnswer("findings.fault.procedure") from None
    today = calendar_jp.today()
    if (finding.answer, finding.procedure, finding.answered_on) == (answer, slug, today):
        return
    finding.answer, finding.procedure = answer, slug
    finding.answered_on, finding.answered_by = today, actor.account
    finding.save(update_fields=["answer", "procedure", "answered_on", "answered_by"])
    events.record(
        verbs.ANSWERED,
        actor=actor,
        object=("finding", finding.pk),
        refs={"answer": answer, "procedure": slug},
    )


@transaction.atomic
def reopen(*, actor: Actor, finding_id: UUID) -> None:
    """Take an answer back; without one nothing happens. Raises NotFound, Forbidden."""
    finding = _locked(actor, finding_id)
    if not finding.answer:
        return
    finding.answer = finding.procedure = ""
    finding.answered_on = finding.answered_by = None
    finding.save(update_fields=["answer", "procedure", "answered_on", "answered_by"])
    events.record(verbs.REOPENED, actor=actor, object=("finding", finding.pk))


def _locked(actor: Actor, finding_id: UUID) -> Finding:
    finding = queries.visible(actor).select_for_update().filter(pk=finding_id).first()
    if finding is None:
        raise NotFound
    if not policies.may_answer(actor):
        raise Forbidden("Only digital officers and the section that keeps the plan answer findings.")
    return finding


@transaction.atomic
def sweep(*, actor: Actor) -> int:
    """Delete words and questions whose time is over, words that nobody may see sooner; how many rows of words."""
    rules, today = findings_of(settings.DOKODEMO_PACK), calendar_jp.today()
    old = today - timedelta(days=rules.kept_days)
    unshown = today - timedelta(days=rules.kept_unshown_days)
    Question.objects.filter(day__lt=old).delete()
    DailyCount.objects.filter(day__lt=old).delete()
    gone = [
        *Finding.objects.filter(last_day__lt=old).values_list("pk", flat=True),
        *Finding.objects.filter(last_day__lt=unshown).exclude(queries.shown()).values_list("pk", flat=True),
    ]
    for place in range(0, len(gone), 500):
        Finding.objects.filter(pk__in=gone[place : place + 500]).delete()
    if gone:
        events.record(
            verbs.SWEPT,
            actor=actor,
            object=("findings_day", today.isoformat()),
            numbers={"findings": len(set(gone))},
        )
    return len(set(gone))
