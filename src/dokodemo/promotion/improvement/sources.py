"""Where issues come from (課題の出どころ): one reading for each kind of finding, all of the same shape.

Owns the list. Never reads a table: each reading asks the domain that keeps the records, which decides what this actor may see.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

from dokodemo.administration.cases import friction
from dokodemo.administration.findings import queries as findings
from dokodemo.administration.procedures import queries as procedures
from dokodemo.administration.procedures.compiled import CompiledProcedure
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import Actor
from dokodemo.kernel.once import asked_once
from dokodemo.kernel.packs import Text
from dokodemo.promotion.headquarters import queries as headquarters
from dokodemo.promotion.plan import queries as plans
from dokodemo.promotion.surveys import repeated

MOST = 200  # of each source
LOOKS_BACK = 365  # days


@dataclass(frozen=True)
class Signal:
    """Something found wanting. `key` names it for good; `words`: what was typed or written, where the reader may see it.

    `title` and `page`: the procedure or question, and the page of its form. `place`: the parts of the address where to look.
    """

    key: str
    source: str
    count: int
    first: date
    last: date
    words: str = ""
    title: Text | None = None
    page: Text | None = None
    measures: tuple[str, ...] = ()
    section: str = ""
    place: tuple[str, ...] = ()


type Reading = Callable[[Actor | None, date], list[Signal]]


def since(today: date) -> date:
    """The first day that is looked back to."""
    return today - timedelta(days=LOOKS_BACK)


def not_found(actor: Actor | None, today: date, *, told: bool) -> list[Signal]:
    """Words that were searched and not found; with `told` those that somebody sent to the city as a question."""
    rows = findings.unanswered(actor, since=since(today), most=MOST)
    return [
        Signal(
            f"finding:{one.pk}",
            "questions" if told else "searches",
            one.times + one.told,
            one.first_day,
            one.last_day,
            words=one.words,
            place=(str(one.pk),),
        )
        for one in rows
        if bool(one.told) == told
    ]


def left_pages(actor: Actor | None, today: date) -> list[Signal]:
    """Pages of forms at which people stopped writing."""
    return [_stuck("pages", f"page:{one.slug}:{one.page}", one) for one in _abandoned(today)]


def hard_ones(actor: Actor | None, today: date) -> list[Signal]:
    """Procedures people complained about: those they said were hard."""
    return [_stuck("complaints", f"hard:{one.slug}", one) for one in _found_hard(today)]


# The forms and opinions of a year are the same for whoever looks: the cycle counts them and lists what waits.


@asked_once
def _abandoned(today: date) -> list[friction.Stuck]:
    return friction.abandoned(since=since(today), today=today, most=MOST)


@asked_once
def _found_hard(today: date) -> list[friction.Stuck]:
    return friction.found_hard(since=since(today), until=today, most=MOST)


def _stuck(source: str, key: str, one: friction.Stuck) -> Signal:
    known = _published().get(one.slug)
    pages = known.pages if known is not None else ()
    return Signal(
        key,
        source,
        one.people,
        one.first,
        one.last,
        words="" if known is not None else one.slug,
        title=known.title if known is not None else None,
        page=pages[one.page].title if 0 <= one.page < len(pages) else None,
        measures=known.definition.measures if known is not None else (),
        section=known.definition.unit if known is not None else "",
        place=(one.slug,),
    )


def _published() -> dict[str, CompiledProcedure]:
    return {one.slug: one for one in procedures.published()}


def lessons(actor: Actor | None, today: date) -> list[Signal]:
    """What sections learned, as their reports say."""
    reports = headquarters.lessons(actor, since=since(today), most=MOST)
    version = plans.in_force()
    actions = {one.code: one for one in plans.actions_of(version)} if version is not None else {}
    found = []
    for one in reports:
        action = actions.get(one.action)
        day = calendar_jp.jst_day(one.filed_at) if one.filed_at is not None else today
        found.append(
            Signal(
                f"report:{one.pk}",
                "reports",
                1,
                day,
                day,
                words=one.learned if actor is not None else "",
                title=action.title if action is not None else None,
                measures=action.measures if action is not None else (),
                section=one.section,
                place=(f"{one.fiscal_year}-{one.quarter}", one.action),
            )
        )
    return found


def survey_words(actor: Actor | None, today: date) -> list[Signal]:
    """Words that came back in answers people wrote by themselves."""
    return [
        Signal(
            f"survey:{one.key}",
            "surveys",
            one.people,
            one.closed_on,
            one.closed_on,
            words=one.word,
            title=one.title,
            measures=one.measures,
            place=(str(one.wave), one.question),
        )
        for one in repeated.repeated(actor, since=since(today), most=MOST)
    ]


READINGS: Mapping[str, Reading] = {
    "searches": partial(not_found, told=False),
    "questions": partial(not_found, told=True),
    "pages": left_pages,
    "complaints": hard_ones,
    "reports": lessons,
    "surveys": survey_words,
}
