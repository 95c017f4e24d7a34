"""The shape of `demo/promotion.yaml` (見本の推進の記録): the story of promotion that a demonstration begins with.

Owns which keys the file may have and whether they name what there is. Days are counted from the first start, so that the
story is never old. Never knows a city.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from dokodemo.city.organisation.actions import read_sections
from dokodemo.kernel.packs import Document, Pack, PackModel, Problem, Text, fault, validate
from dokodemo.promotion.evaluation.savings import Basis
from dokodemo.promotion.indicators.definitions import load_indicators
from dokodemo.promotion.plan.action_plan import load_actions
from dokodemo.promotion.plan.definitions import Code, load_plans
from dokodemo.promotion.reform.definitions import Code as TaskCode
from dokodemo.promotion.reform.definitions import load_systems, load_tasks
from dokodemo.promotion.reform.logic import saved
from dokodemo.promotion.surveys.definitions import load_surveys
from dokodemo.promotion.training.definitions import load_training

STORY_FILE = "demo/promotion.yaml"
type Where = tuple[str | int, ...]
type State = Literal["not_started", "studied", "started", "half", "finished"]
type Grade = Literal["ahead", "on_track", "behind", "stopped"]
type Direction = Literal["expand", "continue", "improve", "shrink", "merge", "end"]


class Second(PackModel):
    """The second assessment of a report (二次評価)."""

    grade: Grade
    direction: Direction
    words: str = ""


class SampleReport(PackModel):
    """What a section filed on an action for the quarter that is reported on at the first start."""

    action: Code
    state: State
    grade: Grade
    direction: Direction
    done: str = Field(min_length=1)
    learned: str = ""
    evidence: str = ""
    second: Second | None = None


class SampleFollowUp(PackModel):
    """Who does what until when after a decision; `done` says how, where it is done."""

    words: str
    section: Code
    days: int = Field(ge=0, le=365)
    done: str = ""


class SampleDecision(PackModel):
    """What the meeting decided, and what follows from it."""

    words: str
    action: Code | None = None
    follow_ups: tuple[SampleFollowUp, ...] = ()


class SampleMeeting(PackModel):
    """A meeting on a day so many `days` after the first start. One with `minutes` was held: on that very day."""

    days: int = Field(ge=0, le=365)
    place: str
    agenda: str
    minutes: str = ""
    decisions: tuple[SampleDecision, ...] = ()


class SampleSurvey(PackModel):
    """A wave that was closed: how many were asked, which share of them answered, and what, drawn by these weights.

    `leanings`: question → option → weight. `words`: what some wrote, by question; `paper`: the share that came on paper.
    """

    survey: Code
    ask: int = Field(ge=20, le=500)
    answer: float = Field(gt=0, le=1)
    paper: float = Field(default=0, ge=0, le=1)
    leanings: dict[Code, dict[Code, Annotated[int, Field(ge=1)]]]
    words: dict[Code, tuple[str, ...]] = {}


class SampleValues(PackModel):
    """Values of an entered indicator for two months that are over, in one edition: before the action, and after it."""

    before: Decimal
    after: Decimal
    vintage: str
    source: str


class SampleIssue(PackModel):
    """An issue (課題). `finding`: the action whose report it came from, or "survey" for the words written most often.

    With `done` the cycle turned once: it became an action, was adopted, reported as finished, and its number moved.
    """

    finding: Code
    title: str
    words: str
    measure: Code
    section: Code
    indicator: Code | None = None
    shown: Text
    what: Text | None = None
    done: str = ""
    values: SampleValues | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if bool(self.done) != (self.what is not None) or (self.values is not None and self.indicator is None):
            raise fault(
                f"The issue {self.title} is told by half",
                "An issue that was done says what its action does, and values belong to an indicator",
            )
        return self


class SampleEvaluation(PackModel):
    """A monthly number before and after a change: `values` end with the month before the first start, `change` is the place
    of the first changed month among them, from 0."""

    title: str
    measure: Code
    unit: Literal["cases", "people", "percent", "days", "hours", "minutes", "yen", "points"]
    values: tuple[Decimal, ...] = Field(min_length=6, max_length=120)
    change: int = Field(ge=1)

    @model_validator(mode="after")
    def _changed_within(self) -> Self:
        if self.change >= len(self.values):
            raise fault(f"{self.title} has no month after its change", "Count the months from 0")
        return self


class SampleEffort(PackModel):
    """A task that became lighter over the last `months` months; minutes a case, hours of the change itself."""

    task: str
    measure: Code
    months: int = Field(ge=1, le=60)
    cases: int = Field(ge=1)
    before: Decimal
    after: Decimal
    build: Decimal = Decimal(0)
    upkeep: Decimal = Decimal(0)
    before_basis: Basis
    after_basis: Basis


class SampleSession(PackModel):
    """A session of a course to be held so many days after the first start, from an hour to an hour."""

    course: Code
    days: int = Field(ge=1, le=365)
    starts: int = Field(ge=0, le=22)
    ends: int = Field(ge=1, le=23)
    place: str
    seats: int = Field(ge=1, le=500)

    @model_validator(mode="after")
    def _forwards(self) -> Self:
        if self.ends <= self.starts:
            raise fault(
                f"A session of {self.course} ends before it begins", "Put the later hour under `ends`"
            )
        return self


class SampleReform(PackModel):
    """What a section changed in a task: minutes a case, cases a year, hours; `freed`: hours a year by where they went."""

    task: TaskCode
    what: str
    before: Decimal
    after: Decimal
    cases: int = Field(ge=1)
    build: Decimal = Decimal(0)
    upkeep: Decimal = Decimal(0)
    measured: bool
    freed: dict[Literal["core", "other", "overtime"], Annotated[Decimal, Field(ge=0)]] = {}

    @model_validator(mode="after")
    def _no_more_than_saved(self) -> Self:
        won = saved(
            before=self.before, after=self.after, cases=self.cases, build=self.build, upkeep=self.upkeep
        )
        if sum(self.freed.values(), Decimal(0)) > won.net:
            raise fault(f"{self.task} frees more hours than it saves", f"It saves {won.net} hours")
        return self


class SampleSystem(PackModel):
    """How far a standardised system is: `planned` days ahead, `moved` days ago."""

    system: TaskCode
    state: Literal["not_started", "requirements", "building", "testing", "moved", "extended"]
    reason: str = ""
    planned: int | None = Field(default=None, ge=0, le=2000)
    moved: int | None = Field(default=None, ge=0, le=2000)
    blocked_by: str = ""

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.state == "moved") != (self.moved is not None) or (self.state == "extended") != bool(
            self.reason
        ):
            raise fault(
                f"The system {self.system} is told by half",
                "A moved one says how many days ago, one on extension why",
            )
        return self


class SampleQuiz(PackModel):
    """Which share of staff took a quiz, and which share of their answers was right."""

    course: Code
    take: float = Field(ge=0, le=1)
    right: float = Field(ge=0, le=1)


class SampleDrill(PackModel):
    """A drill of all staff on the day of the first start: which share opened the link, which reported it."""

    course: Code
    clicked: float = Field(ge=0, le=1)
    reported: float = Field(ge=0, le=1)


class Story(PackModel):
    """The whole of `demo/promotion.yaml`."""

    reports: tuple[SampleReport, ...] = ()
    meetings: tuple[SampleMeeting, ...] = ()
    survey: SampleSurvey | None = None
    issues: tuple[SampleIssue, ...] = ()
    evaluation: SampleEvaluation | None = None
    efforts: tuple[SampleEffort, ...] = ()
    sessions: tuple[SampleSession, ...] = ()
    reforms: tuple[SampleReform, ...] = ()
    systems: tuple[SampleSystem, ...] = ()
    quizzes: tuple[SampleQuiz, ...] = ()
    drill: SampleDrill | None = None


def load_story(pack: Pack) -> Story | None:
    """The story of a pack; None where it has none. Raises PackError."""
    document = pack.document(STORY_FILE)
    return None if document is None else validate(Story, document)


def check(pack: Pack) -> list[Problem]:
    """What the story names and the pack does not have. Raises PackError."""
    document, story = pack.document(STORY_FILE), load_story(pack)
    return [] if document is None or story is None else list(_problems(pack, document, story))


def _problems(pack: Pack, document: Document, story: Story) -> Iterator[Problem]:
    found = load_actions(pack)
    known: dict[str, Collection[str]] = {
        "action": {one.code for one in found.actions} if found is not None else (),
        "measure": {one.code for plan in load_plans(pack) for one in plan.measures},
        "section": {one.code for one in read_sections(pack).sections},
        "indicator": {one.code for one in load_indicators(pack).indicators},
        "course": {one.code for one in load_training(pack).courses},
        "quiz": {one.code for one in load_training(pack).courses if one.quiz is not None},
        "drill": {one.code for one in load_training(pack).courses if one.completed_by == "drill"},
        "task": {one.code for one in load_tasks(pack).tasks},
        "system": {one.code for one in load_systems(pack).systems},
    }
    for where, kind, name in _names(story):
        if name not in known[kind]:
            yield document.problem(
                where,
                f'The city has no {kind} "{name}"',
                f"Choose one of: {', '.join(sorted(known[kind]))}",
            )
    yield from _survey_problems(pack, document, story)


def _names(story: Story) -> Iterator[tuple[Where, str, str]]:
    """Every name of the story with where it stands and what it names."""
    for n, report in enumerate(story.reports):
        yield ("reports", n, "action"), "action", report.action
    for n, meeting in enumerate(story.meetings):
        for m, decision in enumerate(meeting.decisions):
            if decision.action is not None:
                yield ("meetings", n, "decisions", m, "action"), "action", decision.action
            for at, follow_up in enumerate(decision.follow_ups):
                where = ("meetings", n, "decisions", m, "follow_ups", at, "section")
                yield where, "section", follow_up.section
    for n, issue in enumerate(story.issues):
        yield ("issues", n, "measure"), "measure", issue.measure
        yield ("issues", n, "section"), "section", issue.section
        if issue.finding != "survey":
            yield ("issues", n, "finding"), "action", issue.finding
        if issue.indicator is not None:
            yield ("issues", n, "indicator"), "indicator", issue.indicator
    if story.evaluation is not None:
        yield ("evaluation", "measure"), "measure", story.evaluation.measure
    for n, effort in enumerate(story.efforts):
        yield ("efforts", n, "measure"), "measure", effort.measure
    for n, session in enumerate(story.sessions):
        yield ("sessions", n, "course"), "course", session.course
    for n, reform in enumerate(story.reforms):
        yield ("reforms", n, "task"), "task", reform.task
    for n, system in enumerate(story.systems):
        yield ("systems", n, "system"), "system", system.system
    for n, quiz in enumerate(story.quizzes):
        yield ("quizzes", n, "course"), "quiz", quiz.course
    if story.drill is not None:
        yield ("drill", "course"), "drill", story.drill.course


def _survey_problems(pack: Pack, document: Document, story: Story) -> Iterator[Problem]:
    wave = story.survey
    if wave is None:
        return
    survey = next((one for one in load_surveys(pack).surveys if one.code == wave.survey), None)
    if survey is None:
        yield document.problem(
            ("survey", "survey"), f'The city has no survey "{wave.survey}"', "Name one of plan/surveys.yaml"
        )
        return
    options = {one.code: {option.code for option in one.options} for one in survey.questions}
    texts = {one.code for one in survey.questions if one.kind == "text"}
    for question, weights in wave.leanings.items():
        for option in weights:
            if option not in options.get(question, ()):
                yield document.problem(
                    ("survey", "leanings", question),
                    f"The survey has no option {option} of a question {question}",
                    "Name a question of the survey and one of its options",
                )
    for question in wave.words:
        if question not in texts:
            yield document.problem(
                ("survey", "words", question),
                f"The survey has no question {question} that is answered in words",
                "Name one of its questions of the kind text",
            )
