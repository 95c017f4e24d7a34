"""Reads of the answer sheet (回答票の照会): each national indicator with its answer, how that is known, and the year before.

Owns which list a year is answered by and what stands in force for each line. Never makes a 0 of what nobody answered.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from django.conf import settings

from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import Actor, NotFound
from dokodemo.promotion.national import policies
from dokodemo.promotion.national.definitions import NationalIndicator, NationalList, lists_of
from dokodemo.promotion.national.logic import Value
from dokodemo.promotion.national.models import Answer, ConfirmedSheet
from dokodemo.promotion.national.sources import Computed, compute

type How = Literal["computed", "entered", "overridden", "unanswered"]
STATES: tuple[How, ...] = ("computed", "entered", "overridden", "unanswered")
MOST_SHOWN = 100


@dataclass(frozen=True)
class Entered:
    """What somebody entered: the answer, its day, what proves it, and why it differs from what is computed."""

    value: Value
    as_of: date
    evidence: str
    reason: str
    at: datetime
    by: UUID


@dataclass(frozen=True)
class Line:
    """One indicator of a sheet. `how`: computed, entered, overridden (entered against the computed one) or unanswered."""

    indicator: NationalIndicator
    computed: Computed | None
    entered: Entered | None
    revision: int
    before: Value | None
    known_before: bool

    @property
    def how(self) -> How:
        """Where the answer in force comes from."""
        if self.entered is not None:
            against = self.computed is not None and self.computed.value != self.entered.value
            return "overridden" if against else "entered"
        return "computed" if self.computed is not None else "unanswered"

    @property
    def value(self) -> Value | None:
        """The answer in force; None is 未回答."""
        if self.entered is not None:
            return self.entered.value
        return self.computed.value if self.computed is not None else None

    @property
    def as_of(self) -> date | None:
        """The day the answer holds for."""
        if self.entered is not None:
            return self.entered.as_of
        return self.computed.as_of if self.computed is not None else None

    @property
    def change(self) -> str:
        """Against the last confirmed sheet: new, same, changed; empty where there is none."""
        if not self.known_before:
            return "new"
        return "same" if self.before == self.value else "changed"


@dataclass(frozen=True)
class Sheet:
    """A fiscal year's answer sheet. `before`: the year it is compared with, None for the first; `digest`: of all its lines."""

    year: int
    national: NationalList
    lines: tuple[Line, ...]
    before: int | None
    confirmed_at: datetime | None
    confirmed_by: UUID | None
    digest: str

    @property
    def answered(self) -> int:
        """How many indicators have an answer."""
        return sum(line.value is not None for line in self.lines)

    def counts(self) -> dict[str, int]:
        """How many lines are known in each way, in the order of STATES."""
        return {how: sum(line.how == how for line in self.lines) for how in STATES}

    def line(self, code: str) -> Line:
        """The line of an indicator. Raises NotFound."""
        found = next((line for line in self.lines if line.indicator.code == code), None)
        if found is None:
            raise NotFound
        return found


def national_list(year: int) -> NationalList | None:
    """The list a fiscal year is answered by: its own, else the newest before it, else the earliest; None without lists."""
    lists = lists_of(settings.DOKODEMO_PACK)
    fitting = [one for one in lists if one.year <= year] or list(lists[:1])
    return fitting[-1] if fitting else None


def years(actor: Actor) -> list[int]:
    """The fiscal years that have a sheet, the latest first: this one, the last, and any that was answered."""
    _refuse_outsiders(actor)
    now = calendar_jp.fiscal_year(calendar_jp.today())
    known = {now, now - 1}
    known.update(Answer.objects.order_by("year").values_list("year", flat=True).distinct())
    known.update(ConfirmedSheet.objects.values_list("year", flat=True))
    return sorted(known, reverse=True)


def sheet(actor: Actor, year: int) -> Sheet:
    """The sheet of a fiscal year: as confirmed, else as it stands now. Raises NotFound, also where no list is known."""
    if year not in years(actor):
        raise NotFound
    return as_it_stands(year)


def as_it_stands(year: int) -> Sheet:
    """The same without asking who looks: what was confirmed, else computed and entered now. Raises NotFound."""
    last = ConfirmedSheet.objects.filter(year__lt=year).order_by("-year").first()
    before = {} if last is None else {line.indicator.code: line.value for line in _lines_of(last.content)}
    before_year = None if last is None else last.year
    confirmed = ConfirmedSheet.objects.filter(year=year).first()
    if confirmed is not None:
        national = NationalList.model_validate(confirmed.content["list"])
        lines = tuple(_beside(line, before) for line in _lines_of(confirmed.content))
        return Sheet(year, national, lines, before_year, confirmed.at, confirmed.by, confirmed.digest)
    found = national_list(year)
    if found is None:
        raise NotFound
    lines = tuple(_live(found.indicators, year, before))
    return Sheet(year, found, lines, before_year, None, None, digest_of(content_of(found, lines)))


def _beside(line: Line, before: Mapping[str, Value | None]) -> Line:
    code = line.indicator.code
    return Line(line.indicator, line.computed, line.entered, line.revision, before.get(code), code in before)


def _live(
    indicators: Iterable[NationalIndicator], year: int, before: Mapping[str, Value | None]
) -> Iterable[Line]:
    today = calendar_jp.today()
    newest: dict[str, Answer] = {}
    for said in Answer.objects.filter(year=year).order_by("number"):
        newest[said.code] = said
    # The records tell how things are now: of a year that is over they would tell the wrong thing.
    counted_now = calendar_jp.fiscal_year(today) == year
    for one in indicators:
        row = newest.get(one.code)
        yield Line(
            one,
            compute(one.source, today) if counted_now else None,
            _entered(row) if row is not None and not row.withdrawn else None,
            row.number if row is not None else 0,
            before.get(one.code),
            one.code in before,
        )


def _entered(row: Answer) -> Entered:
    assert row.as_of is not None
    value = Value(row.word, row.numerator, row.denominator)
    return Entered(value, row.as_of, row.evidence, row.reason, row.at, row.by)


def history(actor: Actor, year: int, code: str) -> Sequence[Answer]:
    """Everything entered for one indicator of a year, the newest first. Raises NotFound."""
    _refuse_outsiders(actor)
    return list(Answer.objects.filter(year=year, code=code).order_by("-number")[:MOST_SHOWN])


def last_confirmed() -> Sheet | None:
    """The latest sheet that was confirmed: what the city itself says in public."""
    row = ConfirmedSheet.objects.order_by("-year").first()
    return None if row is None else as_it_stands(row.year)


# What is kept of a sheet


def content_of(national: NationalList, lines: Iterable[Line]) -> dict[str, Any]:
    """A sheet as it is kept: the list whole, and for each line the answer and where it came from."""
    return {
        "list": national.model_dump(mode="json"),
        "lines": [
            {
                "code": line.indicator.code,
                "computed": None
                if line.computed is None
                else {
                    **_value_json(line.computed.value),
                    "as_of": line.computed.as_of.isoformat(),
                    "source": line.computed.source,
                    "numbers": dict(line.computed.numbers),
                },
                "entered": None
                if line.entered is None
                else {
                    **_value_json(line.entered.value),
                    "as_of": line.entered.as_of.isoformat(),
                    "evidence": line.entered.evidence,
                    "reason": line.entered.reason,
                    "at": line.entered.at.isoformat(),
                    "by": str(line.entered.by),
                },
                "revision": line.revision,
            }
            for line in lines
        ],
    }


def digest_of(content: Mapping[str, Any]) -> str:
    """SHA-256 (hex) of what is kept, so that what was seen can be told from what changed meanwhile."""
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _value_json(value: Value) -> dict[str, Any]:
    return {"word": value.word, "numerator": value.numerator, "denominator": value.denominator}


def _value_of(kept: Mapping[str, Any]) -> Value:
    return Value(kept["word"], kept["numerator"], kept["denominator"])


def _lines_of(content: Mapping[str, Any]) -> Iterable[Line]:
    national = NationalList.model_validate(content["list"])
    for kept in content["lines"]:
        indicator = national.indicator(kept["code"])
        assert indicator is not None
        computed, entered = kept["computed"], kept["entered"]
        yield Line(
            indicator,
            None
            if computed is None
            else Computed(
                _value_of(computed),
                date.fromisoformat(computed["as_of"]),
                computed["source"],
                computed["numbers"],
            ),
            None
            if entered is None
            else Entered(
                _value_of(entered),
                date.fromisoformat(entered["as_of"]),
                entered["evidence"],
                entered["reason"],
                datetime.fromisoformat(entered["at"]),
                UUID(entered["by"]),
            ),
            kept["revision"],
            None,
            False,
        )


def _refuse_outsiders(actor: Actor) -> None:
    if not policies.may_read(actor):
        raise NotFound
