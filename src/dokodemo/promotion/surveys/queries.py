"""Reads of surveys (市民アンケートの照会): waves, response rates while open, results once closed, what is published.

Owns what is shown to whom. Never returns an answer with a stratum, and nothing of answers while a wave is open: two looks
before and after one answer would tell what it said.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.paginator import Page, Paginator
from django.db.models import Count, Q

from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import Actor, Forbidden, NotFound
from dokodemo.kernel.crypto import blind_index
from dokodemo.kernel.packs import Text
from dokodemo.kernel.prepared import PreparedValues
from dokodemo.promotion.surveys import policies
from dokodemo.promotion.surveys.codes import normalise
from dokodemo.promotion.surveys.definitions import Denominator, Frozen, surveys_of
from dokodemo.promotion.surveys.models import (
    BY_MAIL,
    CLOSED,
    DRAFT,
    MAILED,
    NOWHERE,
    OPEN,
    PUBLISHED,
    RETURNED,
    Answer,
    FrameReading,
    Invitation,
    Publication,
    Stratum,
    Wave,
)
from dokodemo.promotion.surveys.sampling import Cell

PAGE = 50
MOST_WAVES = 50


@dataclass(frozen=True)
class Listed:
    """A survey with its waves, newest first."""

    frozen: Frozen
    waves: list[Wave]


@dataclass(frozen=True)
class Rate:
    """Invited and returned of a category of one margin."""

    code: str
    invited: int
    returned: int

    @property
    def percent(self) -> float | None:
        """The response rate (0 to 100); None when nobody was invited."""
        return 100 * self.returned / self.invited if self.invited else None


@dataclass(frozen=True)
class Progress:
    """How many have answered so far, in all and by margin; `nowhere`: invitations that reached nobody."""

    total: Rate
    bands: list[Rate]
    sexes: list[Rate]
    districts: list[Rate]
    nowhere: int


@dataclass(frozen=True)
class ByMail:
    """Invitations by mail: still to leave, left, and refused by the mailbox with no answer since."""

    waiting: int
    sent: int
    returned: int


@dataclass(frozen=True)
class PublishedValue:
    """The number of an indicator from a published wave: percent and 95 % interval (0 to 100), weighted counts as whole
    people, answers behind it, effective number, Kish's design effect, and the day it was published."""

    percent: float
    numerator: int
    denominator: int
    low: float
    high: float
    n: int
    effective: float
    deff: float
    rule: Denominator
    as_of: date


def frozen_of(wave: Wave) -> Frozen:
    """The survey as it was when the wave was planned."""
    return Frozen.model_validate(wave.definition)


def require_reader(actor: Actor) -> None:
    """Raises NotFound for who may not know that there are waves."""
    if not policies.may_look(actor):
        raise NotFound("surveys")


def require_runner(actor: Actor) -> None:
    """Raises NotFound for who may not look, Forbidden for who may only look."""
    require_reader(actor)
    if not policies.may_run(actor):
        raise Forbidden("Only digital officers run surveys.")


def definition(code: str) -> Frozen:
    """The survey as the city's pack has it now. Raises NotFound."""
    for frozen in surveys_of(settings.DOKODEMO_PACK):
        if frozen.survey.code == code:
            return frozen
    raise NotFound("survey")


def purpose_of(code: str) -> str:
    """The purpose under which the people drawn for a survey are looked up (a slug)."""
    return f"survey-{code}"


def by_purpose() -> dict[str, Text]:
    """The title of each survey of the pack by the purpose under which its people are looked up, for whoever was."""
    return {purpose_of(one.survey.code): one.survey.title for one in surveys_of(settings.DOKODEMO_PACK)}


def listed(actor: Actor) -> list[Listed]:
    """Every survey of the pack with its waves. Raises NotFound."""
    require_reader(actor)
    return [Listed(frozen, _waves(frozen.survey.code)) for frozen in surveys_of(settings.DOKODEMO_PACK)]


def _waves(code: str, *states: str) -> list[Wave]:
    rows = Wave.objects.filter(survey=code)
    if states:
        rows = rows.filter(state__in=states)
    return list(rows.order_by("-number")[:MOST_WAVES])


def get(actor: Actor, wave_id: UUID, *, lock: bool = False) -> Wave:
    """One wave. Raises NotFound."""
    require_reader(actor)
    rows = Wave.objects.select_for_update() if lock else Wave.objects.all()
    wave = rows.filter(pk=wave_id).first()
    if wave is None:
        raise NotFound("wave")
    return wave


def reading_of(wave: Wave) -> FrameReading | None:
    """The reading of the register that a wave waits for, or that found nobody."""
    return FrameReading.objects.filter(wave=wave).first()


def strata(wave: Wave) -> list[Stratum]:
    """The strata of a wave in their order."""
    return list(Stratum.objects.filter(wave=wave).order_by("band", "sex", "district"))


def progress(wave: Wave) -> Progress:
    """How many of the invited have answered: counted live while open, as kept once closed."""
    rows = strata(wave)
    returned = {row.pk: row.returned for row in rows}
    nowhere = 0
    if wave.state in (DRAFT, OPEN):
        used = Invitation.objects.filter(wave=wave).values("stratum")
        counted = used.annotate(came=Count("pk", filter=Q(used=True))).values_list("stratum", "came")
        returned |= dict(counted)
        nowhere = Invitation.objects.filter(wave=wave, sent=NOWHERE).count()
    pairs = [(row.cell, row.invited, returned[row.pk]) for row in rows]
    total = Rate("", sum(one for _, one, _ in pairs), sum(one for _, _, one in pairs))
    return Progress(
        total,
        _rates([(str(cell.band), *numbers) for cell, *numbers in pairs]),
        _rates([(cell.sex, *numbers) for cell, *numbers in pairs]),
        _rates([(cell.district, *numbers) for cell, *numbers in pairs]),
        nowhere,
    )


def _rates(rows: Sequence[tuple[Any, ...]]) -> list[Rate]:
    asked: Counter[str] = Counter()
    came: Counter[str] = Counter()
    for code, invited, returned in rows:
        asked[code] += invited
        came[code] += returned
    return [Rate(code, number, came[code]) for code, number in asked.items()]


def by_mail(wave: Wave) -> ByMail | None:
    """How far invitations by mail are; None where nobody is asked by mail, or nobody knows any more who was."""
    rows = Invitation.objects.filter(wave=wave, sent__in=[BY_MAIL, MAILED, RETURNED])
    counts = Counter(rows.values_list("sent", flat=True))
    return ByMail(counts[BY_MAIL], counts[MAILED], counts[RETURNED]) if counts else None


def cells(rows: Sequence[Stratum]) -> tuple[dict[Cell, int], dict[Cell, int]]:
    """Population and invited by stratum."""
    return {row.cell: row.population for row in rows}, {row.cell: row.invited for row in rows}


def results(actor: Actor, wave_id: UUID) -> tuple[Wave, dict[str, Any]]:
    """A closed wave and what may be shown of it. Raises NotFound, also while it is open."""
    wave = get(actor, wave_id)
    if wave.state not in (CLOSED, PUBLISHED):
        raise NotFound("results")
    return wave, dict(wave.results)


def words(actor: Actor, wave_id: UUID, question: str, page: int) -> Page[str]:
    """What people wrote to a question of free text, in an order that says nothing. Raises NotFound, Forbidden."""
    wave, _ = results(actor, wave_id)
    if not policies.may_read_words(actor):
        raise Forbidden
    if not any(one.code == question and one.kind == "text" for one in frozen_of(wave).survey.questions):
        raise NotFound("question")
    rows = Answer.objects.filter(wave=wave).order_by("pk")
    written = [row.sealed["answers"][question] for row in rows if question in row.sealed["answers"]]
    paginator: Paginator[str] = Paginator(sorted(written), PAGE)
    return paginator.get_page(page)


def earlier(wave: Wave) -> list[Wave]:
    """Waves of the same survey that are closed, oldest first, up to this one."""
    rows = Wave.objects.filter(survey=wave.survey, state__in=[CLOSED, PUBLISHED], number__lte=wave.number)
    return list(rows.order_by("-number")[:MOST_WAVES])[::-1]


def by_code(text: str) -> Invitation | None:
    """The invitation whose code somebody typed, if it may still be used in an open wave. Whoever asks counts guesses."""
    code = normalise(text)
    if not code:
        return None
    found = Invitation.objects.select_related("wave", "stratum").filter(
        code_index=code_index(code), used=False, wave__state=OPEN
    )
    return found.first()


def takes_answers(wave: Wave) -> bool:
    """Whether residents may answer today. Paper that comes later is entered until the wave is closed."""
    return wave.state == OPEN and wave.opens_on <= calendar_jp.today() <= wave.closes_on


def code_index(code: str) -> bytes:
    """By which an invitation is found without its code being kept."""
    return blind_index(code, "surveys.code")


def kept_until(wave: Wave) -> date | None:
    """The last day on which single answers of a wave are kept, by what the survey said when it was planned, else says now.

    Counted from the day it was closed, or is to be; None where no survey of the pack says it.
    """
    survey = frozen_of(wave).survey
    kept = survey.kept
    if kept is None:
        now = (one.survey for one in surveys_of(settings.DOKODEMO_PACK) if one.survey.code == survey.code)
        kept = next((one.kept for one in now), None)
    return kept.until(wave.closed_on or wave.closes_on) if kept is not None else None


# What everybody may read.


def publications(wave: Wave) -> list[Publication]:
    """Everything that was published of a wave, the newest first."""
    return list(Publication.objects.filter(wave=wave).order_by("-number"))


def published(code: str) -> list[Wave]:
    """The published waves of a survey, newest first. Raises NotFound when there is none."""
    waves = _waves(code, PUBLISHED)
    if not waves:
        raise NotFound("survey")
    return waves


def is_published(code: str, number: int) -> bool:
    """Whether everybody may read the results of a wave."""
    return Wave.objects.filter(survey=code, number=number, state=PUBLISHED).exists()


def published_surveys() -> list[Frozen]:
    """Surveys with a published wave, as the newest of these defines them, in order of their codes."""
    newest = {row["survey"]: (row["pk"], row["digest"]) for row in _PUBLISHED.all()}
    return [_frozen(*wave) for wave in newest.values()]


_PUBLISHED = PreparedValues(
    lambda: Wave.objects.filter(state=PUBLISHED).order_by("survey", "number").values("survey", "pk", "digest")
)


@lru_cache(maxsize=100)
def _frozen(key: UUID, digest: str) -> Frozen:
    """The survey of a wave as its digest says: a definition is long, and the same on every page."""
    return frozen_of(Wave.objects.only("definition", "digest").get(pk=key, digest=digest))


def published_value(wave: Wave, indicator: str = "convenience") -> PublishedValue | None:
    """The value of an indicator from a published wave; None when it is not published, or too few answered to show it.

    By the denominator that was fixed before the first wave; the other one is on the survey's own page.
    """
    if wave.state != PUBLISHED or wave.published_on is None:
        return None
    survey = frozen_of(wave).survey
    serving = {question.code for question in survey.questions if question.indicator == indicator}
    for found in wave.results["questions"]:
        share = found["shares"][survey.denominator] if found["code"] in serving else None
        if share is not None:
            kept = {key: share[key] for key in ("percent", "numerator", "denominator", "low", "high", "n")}
            return PublishedValue(
                **kept,
                effective=share["effective"],
                deff=share["deff"],
                rule=survey.denominator,
                as_of=wave.published_on,
            )
    return None
