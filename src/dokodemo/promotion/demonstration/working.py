"""The part of a demonstration's story about staff and their work (見本の業務改革と研修): reforms, systems, quizzes, a drill.

Owns how it is told through the actions of reform and training. What made-up staff do is drawn with one seed, so that every
demonstration tells the same.
"""

from __future__ import annotations

import random
from datetime import timedelta
from uuid import UUID

from dokodemo.city.organisation import queries as organisation
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import Actor, NotFound, Role
from dokodemo.kernel.tables import as_csv
from dokodemo.promotion.demonstration.definitions import (
    SampleDrill,
    SampleQuiz,
    SampleReform,
    SampleSystem,
    Story,
)
from dokodemo.promotion.reform import actions as reform
from dokodemo.promotion.reform import queries as tasks
from dokodemo.promotion.training import actions as training
from dokodemo.promotion.training import queries as courses
from dokodemo.promotion.training import sheet

_SEED = "dokodemo"


def tell(officer: Actor, story: Story) -> None:
    """Everything the story says about staff and their work."""
    for one in story.reforms:
        _reform(officer, one)
    for system in story.systems:
        _system(officer, system)
    chance = random.Random(_SEED)  # noqa: S311 - what made-up people answer is no secret
    staff = _staff()
    for quiz in story.quizzes:
        _quiz(staff, quiz, chance)
    if story.drill is not None:
        _drill(officer, staff, story.drill, chance)


def _staff() -> list[Actor]:
    """Everybody with a post, in an order that does not change."""
    accounts = organisation.staff_on()
    names = organisation.sign_in_names(accounts)
    return [_acting(account) for account in sorted(accounts, key=lambda one: names.get(one, ""))]


def _acting(account: UUID) -> Actor:
    grants = organisation.staff_grants(account_id=account, on=calendar_jp.today())
    return Actor(kind="staff", account_id=account, grants=grants)


def _reform(officer: Actor, told: SampleReform) -> None:
    """Recorded by the head of the task's section; a city without the task or the head has no such record."""
    try:
        section = tasks.get(officer, told.task).row.facts.section
    except NotFound:
        return
    for head in organisation.holders(section, role=Role.HEAD_OF_SECTION)[:1]:
        reform.record_reform(
            actor=_acting(head.account_id),
            code=told.task,
            facts=reform.ReformFacts(
                day=calendar_jp.today(),
                what=told.what,
                before=told.before,
                after=told.after,
                cases=told.cases,
                build=told.build,
                upkeep=told.upkeep,
                measured=told.measured,
                freed={str(name): hours for name, hours in told.freed.items()},
            ),
        )


def _system(officer: Actor, told: SampleSystem) -> None:
    today = calendar_jp.today()
    reform.record_system(
        actor=officer,
        system=told.system,
        state=told.state,
        reason=told.reason,
        planned_on=today + timedelta(days=told.planned) if told.planned is not None else None,
        moved_on=today - timedelta(days=told.moved) if told.moved is not None else None,
        blocked_by=told.blocked_by,
        revision=0,
    )


def _quiz(staff: list[Actor], told: SampleQuiz, chance: random.Random) -> None:
    asked = courses.course(told.course).quiz
    if asked is None:
        return
    for one in staff:
        if chance.random() >= told.take:
            continue
        answers = {
            number: question.right
            if chance.random() < told.right
            else chance.randrange(len(question.choices)) + 1
            for number, question in enumerate(asked.questions, start=1)
        }
        training.take_quiz(actor=one, code=told.course, answers=answers)


def _drill(officer: Actor, staff: list[Actor], told: SampleDrill, chance: random.Random) -> None:
    names = organisation.sign_in_names(one.account for one in staff)
    rows = [
        [
            name,
            sheet.YES if chance.random() < told.clicked else sheet.NO,
            sheet.YES if chance.random() < told.reported else sheet.NO,
        ]
        for name in sorted(names.values())
    ]
    if rows:
        data = as_csv([list(sheet.HEADER), *rows])
        training.import_drill(actor=officer, code=told.course, day=calendar_jp.today(), data=data)
