"""Addresses of work reform and training in the office: a section's own, and what those who keep them see."""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal
from typing import Any

from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import Account
from dokodemo.promotion.reform.actions import ReformFacts, add_task, record_reform
from dokodemo.promotion.reform.logic import TaskFacts
from dokodemo.promotion.training.actions import SessionFacts, add_session, take_quiz
from tests.domains.entry import building as b
from tests.domains.entry.office.addressing import (
    Address,
    a_head_elsewhere,
    administrator,
    clerk,
    headquarters,
    the_cio,
)

CHILDCARE_TASK = TaskFacts(
    code="CHI-99",
    section=b.CHILDCARE,
    title="名簿の照合",
    minutes=Decimal(12),
    cases=400,
    rules_alone="wholly",
    medium_in="paper",
    medium_out="paper",
    basis="law",
    core=False,
    measured=False,
)


def a_task(world: Any) -> list[Any]:
    """A task of the section that the case belongs to."""
    add_task(actor=b.acting(b.head()), facts=CHILDCARE_TASK)
    return ["CHI-99"]


def a_reform(world: Any) -> list[Any]:
    """A reform of that task."""
    code = a_task(world)[0]
    facts = ReformFacts(
        day=date(2026, 4, 1),
        what="電子申請にした",
        before=Decimal(12),
        after=Decimal(3),
        cases=400,
        build=Decimal(0),
        upkeep=Decimal(0),
        measured=True,
        freed={},
    )
    return [code, record_reform(actor=b.acting(b.head()), code=code, facts=facts)]


def a_session(world: Any) -> list[Any]:
    """A session of today, announced by those who keep the training."""
    facts = SessionFacts(
        course="digital-officer-course",
        day=calendar_jp.today(),
        starts=time(13, 30),
        ends=time(15),
        online=False,
        place="市役所",
        seats=30,
    )
    return [add_session(actor=b.acting(headquarters()), facts=facts)]


class OfOne:
    """A member of staff who is the same each time the address is opened, with an attempt at a quiz of their own."""

    def __init__(self) -> None:
        self.account: Account | None = None

    def somebody(self) -> Account:
        assert self.account is not None
        return self.account

    def attempt(self, world: Any) -> list[Any]:
        self.account = b.caseworker()
        answers = {1: 2, 2: 1, 3: 3, 4: 2, 5: 1}
        return [take_quiz(actor=b.acting(self.account), code="security-yearly", answers=answers)]


OWN = OfOne()


def a_colleague(world: Any) -> list[Any]:
    """Somebody of the section that the case belongs to."""
    return [b.CHILDCARE, b.caseworker().pk]


def nobody_of_staff() -> Account:
    return b.staff_account()


WORK: dict[str, Address] = {
    "reform": Address(b.head, wrong=clerk(), also={200: the_cio}),
    "reform_table": Address(b.head, wrong=clerk(), also={200: administrator}),
    "reform_new": Address(b.head, wrong=clerk(), also={403: the_cio}),
    "reform_upload": Address(b.head, wrong=clerk(), also={403: administrator}),
    "reform_task": Address(b.head, wrong=a_head_elsewhere, parts=a_task, also={200: the_cio, 404: clerk()}),
    "reform_change": Address(b.head, wrong=a_head_elsewhere, parts=a_task, also={403: the_cio}),
    "reform_record": Address(b.head, wrong=a_head_elsewhere, parts=a_task, also={403: headquarters}),
    "reform_withdraw": Address(
        b.head, 302, wrong=a_head_elsewhere, parts=a_reform, post={}, also={403: headquarters}
    ),
    "reform_results": Address(b.head, wrong=clerk(), also={200: the_cio}),
    "reform_results_table": Address(b.head, wrong=clerk(), also={200: administrator}),
    "reform_systems": Address(headquarters, wrong=clerk(), also={200: b.head}),
    "reform_systems_table": Address(headquarters, wrong=clerk(), also={200: the_cio}),
    "reform_system": Address(
        headquarters, wrong=clerk(), parts=lambda world: ["family-register"], also={200: b.head}
    ),
    "training": Address(clerk(), wrong=nobody_of_staff),
    "training_course": Address(clerk(), wrong=nobody_of_staff, parts=lambda w: ["security-yearly"]),
    "training_quiz": Address(clerk(), wrong=nobody_of_staff, parts=lambda w: ["security-yearly"]),
    "training_attempt": Address(OWN.somebody, wrong=b.head, parts=OWN.attempt, also={404: administrator}),
    "training_sessions": Address(clerk(), wrong=nobody_of_staff),
    "training_session_new": Address(headquarters, wrong=clerk(), refusal=403, also={403: the_cio}),
    "training_session": Address(clerk(), wrong=nobody_of_staff, parts=a_session),
    "training_session_table": Address(headquarters, wrong=clerk(), refusal=403, parts=a_session),
    "training_book": Address(clerk(), 302, wrong=nobody_of_staff, parts=a_session, post={}),
    "training_leave": Address(clerk(), 302, wrong=nobody_of_staff, parts=a_session, post={}),
    "training_cancel": Address(
        headquarters, 302, wrong=clerk(), refusal=403, parts=a_session, post={}, also={403: the_cio}
    ),
    "training_attendance": Address(
        headquarters, 302, wrong=clerk(), refusal=403, parts=a_session, post={}, also={403: administrator}
    ),
    "training_sections": Address(b.head, wrong=clerk(), also={200: the_cio}),
    "training_overdue": Address(b.head, wrong=clerk(), also={404: the_cio}),
    "training_overdue_table": Address(b.head, wrong=clerk(), also={404: administrator}),
    "training_sections_table": Address(b.head, wrong=clerk(), also={200: administrator}),
    "training_section": Address(
        b.head, wrong=a_head_elsewhere, parts=lambda w: [b.CHILDCARE], also={200: headquarters, 404: the_cio}
    ),
    "training_section_table": Address(
        b.head, wrong=a_head_elsewhere, parts=lambda w: [b.CHILDCARE], also={404: administrator}
    ),
    "training_drills": Address(headquarters, wrong=clerk(), also={200: b.head}),
    "training_drills_form": Address(headquarters, wrong=b.head, refusal=403, also={403: the_cio}),
    "training_skills": Address(clerk(), wrong=nobody_of_staff),
    "training_skills_section": Address(
        b.head, wrong=clerk(), parts=lambda w: [b.CHILDCARE], also={200: the_cio, 404: a_head_elsewhere}
    ),
    "training_skills_section_table": Address(
        b.head, wrong=a_head_elsewhere, parts=lambda w: [b.CHILDCARE], also={404: the_cio}
    ),
    "training_skills_person": Address(
        b.head, wrong=a_head_elsewhere, parts=a_colleague, also={404: headquarters}
    ),
}
