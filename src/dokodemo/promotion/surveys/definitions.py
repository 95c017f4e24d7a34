"""The shape of a city's surveys (市民アンケートの定義): `plan/surveys.yaml` and `organisation/districts.yaml`.

Owns which keys the files may have and whether they name rightly. Never knows a city: questions and districts are data.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from functools import lru_cache
from typing import Annotated, Any, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from dokodemo.kernel.packs import (
    Document,
    Pack,
    PackError,
    PackModel,
    Problem,
    Text,
    fault,
    open_pack,
    validate,
)
from dokodemo.promotion.indicators.definitions import load_indicators
from dokodemo.promotion.plan.definitions import Kept, load_plan
from dokodemo.promotion.surveys.sampling import ELSEWHERE

SURVEYS_FILE = "plan/surveys.yaml"
DISTRICTS_FILE = "organisation/districts.yaml"
Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]*$", max_length=40)]
Denominator = Literal["all_valid", "without_unsure"]


class District(PackModel):
    """A district (地区) and the towns (町字) it is made of, as they stand in addresses."""

    code: Code
    name: Text
    towns: tuple[str, ...] = Field(min_length=1)
    sample: bool = True


class Districts(PackModel):
    """The whole of `organisation/districts.yaml`."""

    districts: tuple[District, ...]

    @model_validator(mode="after")
    def _a_town_has_one_district(self) -> Self:
        for what, names in (
            ("district", [district.code for district in self.districts]),
            ("town", [town for district in self.districts for town in district.towns]),
        ):
            twice = sorted({name for name in names if names.count(name) > 1})
            if twice:
                raise fault(f"The {what} {', '.join(twice)} appears twice", "Keep one of them")
        if not self.districts:
            raise fault("The city has no districts", "Write at least one, or delete the file")
        if any(district.code == ELSEWHERE for district in self.districts):
            raise fault(f"{ELSEWHERE} is the district of towns without one", "Choose another code")
        return self

    def of_town(self) -> dict[str, str]:
        """Town → code of its district."""
        return {town: district.code for district in self.districts for town in district.towns}


class Option(PackModel):
    """One answer to choose. `top` counts as agreement, `unsure` is わからない or 利用していない."""

    code: Code
    label: Text
    top: bool = False
    unsure: bool = False

    @model_validator(mode="after")
    def _not_both(self) -> Self:
        if self.top and self.unsure:
            raise fault(f"The option {self.code} is both top and unsure", "Choose one")
        return self


class Question(PackModel):
    """A question: one of `options`, or free text of at most `limit` characters. `indicator`: the plan's number it serves."""

    code: Code
    ask: Text
    hint: Text | None = None
    kind: Literal["choice", "text"] = "choice"
    options: tuple[Option, ...] = ()
    limit: int | None = Field(default=None, ge=20, le=2000)
    indicator: str | None = None

    @model_validator(mode="after")
    def _fits_its_kind(self) -> Self:
        if self.kind == "text":
            if self.options or self.limit is None or self.indicator:
                raise fault(
                    f"The question {self.code} is free text: it has a limit, no options and no indicator",
                    "Write `limit: 400` and leave the others out",
                )
            return self
        codes = [option.code for option in self.options]
        if len(codes) < 2 or len(set(codes)) < len(codes) or self.limit is not None:
            raise fault(
                f"The question {self.code} needs two options or more with codes of their own, and no limit",
                "Correct its options",
            )
        if self.indicator and not any(option.top for option in self.options):
            raise fault(
                f"The question {self.code} serves {self.indicator}, but no option counts as top",
                "Write `top: true` at the options that count",
            )
        return self


class Expected(PackModel):
    """What is assumed when a wave is planned: share of the invited who answer, and the design effect."""

    response_rate: float = Field(default=0.45, gt=0, le=1)
    design_effect: float = Field(default=1.3, ge=1, le=10)
    share: float = Field(default=0.5, gt=0, lt=1)


class Survey(PackModel):
    """A survey that comes back wave by wave (調査). `age_bands` are the lowest ages; the first is who is asked from."""

    code: Code
    title: Text
    purpose: Text
    sample: bool = True
    section: str
    measures: tuple[str, ...] = ()
    denominator: Denominator
    age_bands: tuple[Annotated[int, Field(ge=0, le=110)], ...] = Field(
        default=(18, 30, 45, 60, 75), min_length=1
    )
    minimum_per_stratum: int = Field(default=2, ge=2, le=50)
    expected: Expected = Expected()
    # Every survey of a pack says it (`check`); a wave planned before there were periods does not.
    kept: Kept | None = None
    questions: tuple[Question, ...] = Field(max_length=60)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if list(self.age_bands) != sorted(set(self.age_bands)):
            raise fault(f"The age bands of {self.code} do not rise", "Write each lowest age once, in order")
        codes = [question.code for question in self.questions]
        if not codes:
            raise fault(f"The survey {self.code} asks nothing", "Write at least one question")
        if len(set(codes)) < len(codes):
            raise fault(f"Two questions of {self.code} have one code", "Give each its own")
        served = [question.indicator for question in self.questions if question.indicator]
        if len(set(served)) < len(served):
            raise fault(f"Two questions of {self.code} serve one indicator", "Let one of them serve it")
        return self


class Surveys(PackModel):
    """The whole of `plan/surveys.yaml`."""

    surveys: tuple[Survey, ...] = ()

    @model_validator(mode="after")
    def _codes_once(self) -> Self:
        codes = [survey.code for survey in self.surveys]
        if len(set(codes)) < len(codes):
            raise fault("Two surveys have one code", "Give each its own")
        return self


class Frozen(PackModel):
    """A survey and the districts as they were when a wave was planned: what the wave is for ever."""

    survey: Survey
    districts: tuple[District, ...]

    def as_json(self) -> dict[str, Any]:
        """Plain values, to be kept."""
        return self.model_dump(mode="json")

    @property
    def digest(self) -> str:
        """SHA-256 of the canonical JSON."""
        text = json.dumps(self.as_json(), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


def load_surveys(pack: Pack) -> Surveys:
    """The surveys of a city; none where it has no file. Raises PackError."""
    document = pack.document(SURVEYS_FILE)
    return Surveys() if document is None else validate(Surveys, document)


def load_districts(pack: Pack) -> Districts | None:
    """The districts of a city; None where it has no file. Raises PackError."""
    document = pack.document(DISTRICTS_FILE)
    return None if document is None else validate(Districts, document)


@lru_cache(maxsize=4)
def surveys_of(pack: str) -> tuple[Frozen, ...]:
    """The surveys of a pack by its name, each with the districts, read once. Raises PackError."""
    opened = open_pack(pack)
    districts = load_districts(opened)
    known = districts.districts if districts is not None else ()
    return tuple(Frozen(survey=survey, districts=known) for survey in load_surveys(opened).surveys)


def check(pack: Pack) -> list[Problem]:
    """What is wrong with surveys and districts of a pack, also against plan, numbers and sections."""
    problems: list[Problem] = []
    for load in (load_surveys, load_districts):
        try:
            load(pack)
        except PackError as error:
            problems += error.problems
    document = pack.document(SURVEYS_FILE)
    if problems or document is None:
        return problems
    return list(_wrong_names(pack, document))


def _wrong_names(pack: Pack, document: Document) -> Iterator[Problem]:
    surveys = load_surveys(pack).surveys
    if surveys and load_districts(pack) is None:
        yield document.problem(
            ("surveys", 0), "The city has surveys and no districts", f"Write {DISTRICTS_FILE}"
        )
    measures = {measure.code for measure in load_plan(pack).measures}
    indicators = {one.code for one in load_indicators(pack).indicators if one.unit == "percent"}
    found = pack.document("organisation/sections.yaml")
    sections = {str(section.get("code")) for section in (found.data.get("sections", []) if found else [])}
    for place, survey in enumerate(surveys):
        if survey.kept is None:
            yield document.problem(
                ("surveys", place),
                f"{survey.code} does not say how long single answers are kept",
                "Write `kept: {years: 3, sample: true}`",
            )
        named: list[tuple[tuple[str | int, ...], str, str, set[str]]] = [
            (("section",), "section", survey.section, sections)
        ]
        named += [(("measures", n), "measure", code, measures) for n, code in enumerate(survey.measures)]
        named += [
            (("questions", n, "indicator"), "indicator in percent", question.indicator, indicators)
            for n, question in enumerate(survey.questions)
            if question.indicator
        ]
        for path, what, code, known in named:
            if code not in known:
                yield document.problem(
                    ("surveys", place, *path),
                    f"{survey.code} names the {what} {code}, which does not exist",
                    f"Choose one of {', '.join(sorted(known))}",
                )
