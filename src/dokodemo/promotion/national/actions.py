"""What is written of the national survey (国の調査への回答の記録): answers, the confirmed sheet, editions of the national file.

Owns the only writes of this domain. Nothing is ever changed: an answer is followed by the next, an edition stands beside
the one before it, a confirmed sheet is final.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import batched
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max

from dokodemo.kernel import calendar_jp, events
from dokodemo.kernel.access import Actor, Forbidden, NotFound
from dokodemo.promotion.national import events as verbs
from dokodemo.promotion.national import policies, queries
from dokodemo.promotion.national.logic import read_value
from dokodemo.promotion.national.models import Answer, ConfirmedSheet, Edition, Municipality
from dokodemo.promotion.national.national_file import Progress, read
from dokodemo.promotion.national.queries import Line, Sheet

LONGEST_EVIDENCE, LONGEST_REASON, LONGEST_VINTAGE, LONGEST_SOURCE = 1000, 500, 80, 300
BATCH = 400


class Refused(Exception):
    """What was written does not fit; `wrong` is box → key of a fixed text."""

    def __init__(self, wrong: Mapping[str, str]) -> None:
        self.wrong = dict(wrong)
        super().__init__(", ".join(self.wrong))


@dataclass(frozen=True)
class Imported:
    """An edition, and whether it is new: the very same files again change nothing."""

    edition: Edition
    new: bool


def _open_line(actor: Actor, year: int, code: str, revision: int) -> Line:
    """A line of a sheet that is still a draft. Raises NotFound, Forbidden, Refused."""
    sheet = queries.sheet(actor, year)
    line = sheet.line(code)
    if not policies.may_answer(actor):
        raise Forbidden("Answers are entered by who coordinates the plan.")
    if sheet.confirmed_at is not None:
        raise Refused({"sheet": "national.fault.confirmed"})
    if line.revision != revision:
        raise Refused({"sheet": "national.fault.stale"})
    return line


@transaction.atomic
def answer(
    *,
    actor: Actor,
    year: int,
    code: str,
    typed: Mapping[str, str],
    as_of: date | None,
    evidence: str,
    reason: str,
    revision: int,
) -> bool:
    """Enter the answer to an indicator, with the day it holds for and what proves it; whether that was new.

    `typed`: the boxes word, numerator, denominator. Against what is computed it needs a reason. Raises NotFound,
    Forbidden, and Refused with every box that is wrong.
    """
    line = _open_line(actor, year, code, revision)
    value, wrong = read_value(line.indicator.shape, typed)
    evidence, reason = evidence.strip(), " ".join(reason.split())
    if as_of is None:
        wrong["as_of"] = "national.fault.day"
    elif as_of > calendar_jp.today():
        wrong["as_of"] = "national.fault.future"
    if not 0 < len(evidence) <= LONGEST_EVIDENCE:
        wrong["evidence"] = "national.fault.evidence"
    against = value is not None and line.computed is not None and line.computed.value != value
    if len(reason) > LONGEST_REASON or (against and not reason):
        wrong["reason"] = "national.fault.reason"
    if wrong or value is None:
        raise Refused(wrong)
    reason = reason if against else ""
    now = line.entered
    if now is not None and (now.value, now.as_of, now.evidence, now.reason) == (
        value,
        as_of,
        evidence,
        reason,
    ):
        return False
    _write(
        actor,
        line,
        year,
        word=value.word,
        numerator=value.numerator,
        denominator=value.denominator,
        as_of=as_of,
        evidence=evidence,
        reason=reason,
    )
    return True


@transaction.atomic
def withdraw(*, actor: Actor, year: int, code: str, revision: int) -> bool:
    """Take an entered answer back: the computed one holds again, or 未回答. Raises NotFound, Forbidden, Refused."""
    line = _open_line(actor, year, code, revision)
    if line.entered is None:
        return False
    _write(actor, line, year, withdrawn=True)
    return True


def _write(actor: Actor, line: Line, year: int, **said: Any) -> None:
    number, code = line.revision + 1, line.indicator.code
    try:
        with transaction.atomic():
            row = Answer.objects.create(
                year=year, code=code, number=number, at=calendar_jp.now(), by=actor.account, **said
            )
    except IntegrityError:  # somebody else answered at the same moment
        raise Refused({"sheet": "national.fault.stale"}) from None
    events.record(
        verbs.ANSWERED,
        actor=actor,
        object=("national_answer", row.pk),
        refs={"indicator": code, "withdrawn": int(row.withdrawn)},
        numbers={"year": year, "number": number},
    )


@transaction.atomic
def confirm(*, actor: Actor, year: int, seen: str, accept_gaps: bool) -> Sheet:
    """Confirm a fiscal year's sheet as it was seen (`seen`: its digest); from then on it never changes.

    With unanswered indicators only when `accept_gaps`. Raises NotFound, Forbidden, Refused.
    """
    sheet = queries.sheet(actor, year)
    if not policies.may_confirm(actor):
        raise Forbidden("A sheet is confirmed by who coordinates the plan, or by the CIO.")
    if sheet.confirmed_at is not None:
        raise Refused({"sheet": "national.fault.confirmed"})
    if sheet.digest != seen:
        raise Refused({"sheet": "national.fault.moved"})
    if sheet.answered < len(sheet.lines) and not accept_gaps:
        raise Refused({"accept": "national.fault.gaps"})
    try:
        with transaction.atomic():
            row = ConfirmedSheet.objects.create(
                year=year,
                content=queries.content_of(sheet.national, sheet.lines),
                digest=sheet.digest,
                at=calendar_jp.now(),
                by=actor.account,
            )
    except IntegrityError:  # somebody else confirmed at the same moment
        raise Refused({"sheet": "national.fault.confirmed"}) from None
    events.record(
        verbs.CONFIRMED,
        actor=actor,
        object=("national_sheet", row.pk),
        numbers={"year": year, "answered": sheet.answered, "indicators": len(sheet.lines)},
        digests={"content": sheet.digest},
    )
    return queries.as_it_stands(year)


def import_file(
    *,
    actor: Actor,
    data: bytes,
    year: int,
    listed: bytes | None = None,
    vintage: str = "",
    published_on: date | None = None,
    source: str = "",
    progress: Progress | None = None,
) -> Imported:
    """Take in an edition of the national file for the list of a year (docs/guide/national.md).

    The very same files again change nothing; other content needs another `vintage` and stands beside what was there.
    `progress(stage, done, total)`: stage "check" or "write". Raises Forbidden, NotFound for a year without a list, Refused,
    and TableRefused with a report by line; then nothing has changed.
    """
    if not policies.may_import(actor):
        raise Forbidden("The national file is taken in by who coordinates the plan.")
    national = queries.national_list(year)
    if national is None or national.year != year:
        raise NotFound
    published = published_on or national.published_on
    vintage, source = " ".join(vintage.split()), " ".join(source.split())
    wrong: dict[str, str] = {}
    if len(vintage) > LONGEST_VINTAGE:
        wrong["vintage"] = "national.fault.vintage"
    if len(source) > LONGEST_SOURCE:
        wrong["source"] = "national.fault.source"
    if published > calendar_jp.today():
        wrong["published_on"] = "national.fault.future"
    if wrong:
        raise Refused(wrong)
    vintage = vintage or published.isoformat()
    digest = hashlib.sha256(data + b"\0" + (listed or b"")).hexdigest()
    same = Edition.objects.filter(year=year, digest=digest).first()
    if same is not None:
        return Imported(same, new=False)
    cities = read(data, national, listed=listed, progress=progress)
    if Edition.objects.filter(year=year, vintage=vintage).exists():
        raise Refused({"vintage": "national.fault.vintage_taken"})
    try:
        with transaction.atomic():
            number = Edition.objects.filter(year=year).aggregate(last=Max("number"))["last"] or 0
            edition = Edition.objects.create(
                year=year,
                number=number + 1,
                vintage=vintage,
                published_on=published,
                source=source or national.source.ja,
                digest=digest,
                municipalities=len(cities),
                imported_at=calendar_jp.now(),
                imported_by=actor.account_id,
            )
            for done, batch in enumerate(batched(cities, BATCH)):
                if progress is not None:
                    progress("write", done * BATCH, len(cities))
                Municipality.objects.bulk_create(
                    Municipality(
                        edition=edition,
                        code=city.code,
                        prefecture=city.prefecture,
                        name=city.name,
                        population=city.population,
                        values=dict(city.values),
                    )
                    for city in batch
                )
            events.record(
                verbs.IMPORTED,
                actor=actor,
                object=("national_edition", edition.pk),
                numbers={"year": year, "number": number + 1, "municipalities": len(cities)},
                digests={"file": digest},
            )
    except IntegrityError:  # another import of the same vintage at the same moment
        raise Refused({"vintage": "national.fault.vintage_taken"}) from None
    if progress is not None:
        progress("write", len(cities), len(cities))
    return Imported(edition, new=True)
