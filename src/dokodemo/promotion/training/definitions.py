"""The shape of `plan/training.yaml` (研修の一覧): courses with their quizzes, and the skills of the map.

Owns which keys the file may have. Never knows who took what.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import date
from functools import cached_property, lru_cache
from typing import Literal, Self

from pydantic import Field, model_validator

from dokodemo.kernel.access import Role
from dokodemo.kernel.packs import Pack, PackModel, Problem, Text, fault, open_pack, validate
from dokodemo.promotion.plan.definitions import Code, Kept, twice
from dokodemo.promotion.training.logic import By, Requirement

TRAINING_FILE = "plan/training.yaml"
Kind = Literal["security", "personal_data", "digital_skill", "plain_japanese", "management"]


class Question(PackModel):
    """A question with its choices; `right` is the place of the right one, from 1; `because` is told afterwards."""

    ask: Text
    choices: tuple[Text, ...] = Field(min_length=2, max_length=6)
    right: int = Field(ge=1)
    because: Text

    @model_validator(mode="after")
    def _right_is_a_choice(self) -> Self:
        if self.right > len(self.choices):
            raise fault(
                f"`right` is {self.right}, but there are {len(self.choices)} choices",
                "Write the place of the right choice, from 1",
            )
        return self


class Quiz(PackModel):
    """The questions of a course; `pass_mark` in percent."""

    pass_mark: int = Field(ge=1, le=100)
    questions: tuple[Question, ...] = Field(min_length=1, max_length=50)

    @property
    def digest(self) -> str:
        """SHA-256 of what is asked: answers are explained only against the questions they were given to."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()


class Course(PackModel):
    """A course: who must take it, how often, and what completes it.

    `after_click` names the course that whoever falls for this drill takes again.
    """

    code: Code
    title: Text
    about: Text
    kind: Kind
    completed_by: By
    for_roles: tuple[Role, ...] = Field(min_length=1)
    since: date
    grace_days: int = Field(ge=0, le=730)
    every_months: int | None = Field(default=None, ge=1, le=120)
    sample: bool = True
    quiz: Quiz | None = None
    after_click: Code | None = None

    @model_validator(mode="after")
    def _can_be_completed(self) -> Self:
        if (self.completed_by in ("quiz", "both")) != (self.quiz is not None):
            raise fault(
                f"{self.code} is completed by {self.completed_by}, which does not fit its quiz",
                "Write a quiz for `quiz` and `both`, and none for the others",
            )
        if self.after_click is not None and self.completed_by != "drill":
            raise fault(f"{self.code} is no drill, so nobody falls for it", "Remove `after_click`")
        return self

    @cached_property
    def requirement(self) -> Requirement:
        """The same as the rules take it."""
        return Requirement(
            code=self.code,
            roles=frozenset(role.value for role in self.for_roles),
            completed_by=self.completed_by,
            since=self.since,
            grace_days=self.grace_days,
            every_months=self.every_months,
        )


class Skill(PackModel):
    """Something staff can do, better or worse (技能)."""

    code: Code
    title: Text


class TrainingFile(PackModel):
    """The whole of `plan/training.yaml`."""

    courses: tuple[Course, ...] = ()
    skills: tuple[Skill, ...] = ()
    kept: Kept | None = None

    def course(self, code: str) -> Course | None:
        """The course with a code."""
        return next((course for course in self.courses if course.code == code), None)


def load_training(pack: Pack) -> TrainingFile:
    """The courses and skills of a city; none when it has no file. Raises PackError."""
    document = pack.document(TRAINING_FILE)
    return TrainingFile() if document is None else validate(TrainingFile, document)


@lru_cache(maxsize=4)
def training_of(pack: str) -> TrainingFile:
    """The same by the pack's name, read once. Raises PackError."""
    return load_training(open_pack(pack))


def check(pack: Pack) -> list[Problem]:
    """What is wrong between the parts: codes twice, drills that lead nowhere."""
    return list(_problems(pack))


def _problems(pack: Pack) -> Iterator[Problem]:
    document, file = pack.document(TRAINING_FILE), load_training(pack)
    if document is None:
        return
    if file.courses and file.kept is None:
        yield document.problem(
            ("courses",),
            "The file does not say how long quizzes and attendance of each person are kept",
            "Write `kept: {years: 3, sample: true}`",
        )
    yield from twice(document, "courses", [course.code for course in file.courses])
    yield from twice(document, "skills", [skill.code for skill in file.skills])
    leads_to = [course.code for course in file.courses if course.completed_by != "drill"]
    for place, course in enumerate(file.courses):
        if course.after_click is not None and course.after_click not in leads_to:
            yield document.problem(
                ("courses", place, "after_click"),
                f"The drill {course.code} leads to the course {course.after_click}, which nobody can take",
                f"Choose one of {', '.join(sorted(leads_to))}",
            )
