"""Addresses of surveys in the office: digital officers run them, the CIO and heads look."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dokodemo.promotion.surveys.models import Wave
from tests.domains.entry import building as b
from tests.domains.entry.office.addressing import Address, clerk, headquarters, the_cio
from tests.domains.promotion.surveys import survey_city


def a_survey(world: Any) -> list[Any]:
    """The code of a survey, with people who can be asked."""
    survey_city.people(24)
    return [survey_city.SURVEY]


def a_wave(step: Callable[..., Any]) -> Callable[[Any], list[Any]]:
    """A wave brought as far as a step of `survey_city`."""

    def made(world: Any) -> list[Any]:
        survey_city.people(24)
        found = step(survey_city.officer(), 10)
        wave = found[0] if isinstance(found, tuple) else found
        return [getattr(wave, "pk", wave)]

    return made


def a_drawn_wave(world: Any) -> list[Any]:
    parts = a_wave(survey_city.planned)(world)
    survey_city.drawn(survey_city.officer(), Wave.objects.get(pk=parts[0]))
    return parts


def words_of_a_wave(world: Any) -> list[Any]:
    return [*a_wave(survey_city.closed)(world), "words"]


SURVEYS: dict[str, Address] = {
    "surveys": Address(headquarters, wrong=clerk(), parts=lambda w: [], also={200: b.head}),
    "surveys_plan": Address(headquarters, wrong=clerk(), parts=a_survey, also={403: b.head}),
    "surveys_wave": Address(
        headquarters, wrong=clerk(), parts=a_wave(survey_city.planned), also={200: b.head}
    ),
    "surveys_draw": Address(
        headquarters, 302, wrong=clerk(), parts=a_wave(survey_city.planned), post={}, also={403: the_cio}
    ),
    "surveys_list": Address(headquarters, wrong=clerk(), parts=a_drawn_wave, post={}, also={403: the_cio}),
    "surveys_open": Address(
        headquarters, 302, wrong=clerk(), parts=a_wave(survey_city.listed), post={}, also={403: the_cio}
    ),
    "surveys_code": Address(
        headquarters,
        wrong=clerk(),
        parts=a_wave(survey_city.opened),
        post={"number": "1"},
        also={403: the_cio},
    ),
    "surveys_paper": Address(
        headquarters, wrong=clerk(), parts=a_wave(survey_city.opened), also={403: b.head}
    ),
    "surveys_close": Address(
        headquarters,
        302,
        wrong=clerk(),
        parts=a_wave(survey_city.opened),
        post={"sure": "yes"},
        also={403: the_cio},
    ),
    "surveys_publish": Address(
        headquarters, 302, wrong=clerk(), parts=a_wave(survey_city.closed), post={}, also={403: the_cio}
    ),
    "surveys_discard": Address(
        headquarters, 302, wrong=clerk(), parts=a_wave(survey_city.planned), post={}, also={403: b.head}
    ),
    "surveys_results": Address(
        headquarters, wrong=clerk(), parts=a_wave(survey_city.closed), also={200: b.head}
    ),
    "surveys_words": Address(
        headquarters, wrong=clerk(), parts=words_of_a_wave, also={403: b.head, 200: the_cio}
    ),
    "surveys_csv": Address(
        headquarters, wrong=clerk(), parts=a_wave(survey_city.published), also={200: b.head}
    ),
    "surveys_json": Address(
        headquarters, wrong=clerk(), parts=a_wave(survey_city.published), also={200: the_cio}
    ),
}
