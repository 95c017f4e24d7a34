"""What is written of work reform (業務改革の記録): tasks, by form and by table; reforms; states of standardised systems.

Owns the only writes of this domain. Never deletes: a task keeps its history, a wrong record is withdrawn.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Max

from dokodemo.city.organisation import queries as organisation
from dokodemo.kernel import calendar_jp, events
from dokodemo.kernel.access import Actor, Forbidden, NotFound
from dokodemo.kernel.packs import Pack
from dokodemo.kernel.tables import LineProblem, Problems, TableRefused
from dokodemo.promotion.reform import events as verbs
from dokodemo.promotion.reform import logic, policies, queries, sheet
from dokodemo.promotion.reform.definitions import load_tasks, systems_of
from dokodemo.promotion.reform.logic import FREED, STATES, TaskFacts
from dokodemo.promotion.reform.models import Reform, SystemState, Task, TaskChange


class Refused(Exception):
    """What was written does not fit; `wrong` is field → key of a fixed text."""

    def __init__(self, **wrong: str) -> None:
        self.wrong = wrong
        super().__init__(", ".join(wrong))


@dataclass(frozen=True)
class Imported:
    """How many tasks of a table were new, changed, and already as they were."""

    added: int
    changed: int
    unchanged: int


@dataclass(frozen=True)
class ReformFacts:
    """What is recorded of a reform: minutes for one case, cases a year, hours of work; `freed` hours a year by FREED."""

    day: date
    what: str
    before: Decimal
    after: Decimal
    cases: int
    build: Decimal
    upkeep: Decimal
    measured: bool
    freed: Mapping[str, Decimal]


@transaction.atomic
def load_pack_tasks(*, actor: Actor, pack: Pack) -> int:
    """Take in the tasks a pack begins with that the city does not have yet, as samples; how many. Never changes one."""
    known = set(Task.objects.values_list("code", flat=True))
    new = [task for task in load_tasks(pack).tasks if task.code not in known]
    if not new:
        return 0
    for task in new:
        facts = task.facts(task.code, task.section, task.title, measured=False)
        _tell(Task.objects.create(**_columns(facts), sample=True), facts, None)
    events.record(verbs.TASKS_LOADED, actor=actor, object=("pack", pack.name), numbers={"tasks": len(new)})
    return len(new)


@transaction.atomic
def add_task(*, actor: Actor, facts: TaskFacts) -> None:
    """Add a task to the inventory. Raises Forbidden, Refused."""
    _refuse_foreign(actor, facts.section)
    if Task.objects.filter(code=facts.code).exists():
        raise Refused(code="reform.fault.code_taken")
    try:
        with transaction.atomic():
            _add(actor, facts)
    except IntegrityError:  # somebody else added it at the same moment
        raise Refused(code="reform.fault.code_taken") from None
    events.record(verbs.TASK_ADDED, actor=actor, object=("task", facts.code), refs={"section": facts.section})


@transaction.atomic
def change_task(*, actor: Actor, facts: TaskFacts, revision: int) -> bool:
    """Say anew what a task is; whether anything changed. `revision` is that of the page it was read on.

    A sample that is said again as it is counts as confirmed. Raises NotFound, Forbidden, Refused.
    """
    task = queries.visible(actor).select_for_update().filter(code=facts.code).first()
    if task is None:
        raise NotFound
    _refuse_foreign(actor, task.section)
    _refuse_foreign(actor, facts.section)
    if task.revision != revision:
        raise Refused(code="reform.fault.stale")
    if not _change(actor, task, facts):
        return False
    events.record(
        verbs.TASK_CHANGED,
        actor=actor,
        object=("task", facts.code),
        refs={"section": facts.section},
        numbers={"revision": task.revision},
    )
    return True


@transaction.atomic
def import_tasks(*, actor: Actor, data: bytes) -> Imported:
    """Take in a table of tasks, wholly or not at all. Raises Forbidden, TableRefused with every wrong line."""
    own = policies.own_sections(actor)
    if not own:
        raise Forbidden("Only heads of section and digital officers write tasks.")
    lines = sheet.read(data)
    stored = {
        task.code: task
        for start in range(0, len(lines), 500)
        for task in Task.objects.select_for_update().filter(
            code__in=[facts.code for _, facts in lines[start : start + 500]]
        )
    }
    known = {section.code for section in organisation.sections()}
    problems = Problems()
    for line, facts in lines:
        if facts.section not in known:
            problems.add(line, sheet.COLUMNS["section"], "reform.fault.section", "")
        elif facts.section not in own:
            problems.add(line, sheet.COLUMNS["section"], "reform.fault.not_yours", "")
        elif facts.code in stored and stored[facts.code].section not in own:
            problems.add(line, sheet.COLUMNS["code"], "reform.fault.code_taken", "")
    problems.refuse()
    try:
        with transaction.atomic():
            added, changed = _take_in(actor, [facts for _, facts in lines], stored)
    except IntegrityError:  # another table brought the same tasks at the same moment
        raise TableRefused([LineProblem(1, sheet.COLUMNS["code"], "reform.fault.stale", "")]) from None
    if added or changed:
        events.record(
            verbs.TASKS_IMPORTED,
            actor=actor,
            object=("tasks_day", calendar_jp.today().isoformat()),
            numbers={"added": added, "changed": changed},
        )
    return Imported(added, changed, len(lines) - added - changed)


def _take_in(actor: Actor, every: list[TaskFacts], stored: Mapping[str, Task]) -> tuple[int, int]:
    """How many tasks were added and how many changed."""
    added = changed = 0
    for facts in every:
        if facts.code not in stored:
            _add(actor, facts)
            added += 1
        else:
            changed += _change(actor, stored[facts.code], facts)
    return added, changed


@transaction.atomic
def record_reform(*, actor: Actor, code: str, facts: ReformFacts) -> UUID:
    """Record a reform of a task and what it came to; sent twice it is kept once. Raises NotFound, Forbidden, Refused."""
    task = queries.visible(actor).select_for_update().filter(code=code).first()
    if task is None:
        raise NotFound
    _refuse_foreign(actor, task.section)
    if facts.day > calendar_jp.today():
        raise Refused(day="reform.fault.future")
    won = logic.saved(
        before=facts.before, after=facts.after, cases=facts.cases, build=facts.build, upkeep=facts.upkeep
    )
    if sum(facts.freed.values(), Decimal(0)) > max(Decimal(0), won.net):
        raise Refused(freed_core="reform.fault.freed")
    said: dict[str, Any] = {
        "task": task,
        "day": facts.day,
        "what": facts.what,
        "before": facts.before,
        "after": facts.after,
        "cases": facts.cases,
        "build": facts.build,
        "upkeep": facts.upkeep,
        "measured": facts.measured,
        "by": actor.account,
        **{Reform.FREED_FIELDS[name]: facts.freed.get(name, Decimal(0)) for name in FREED},
    }
    same = Reform.objects.filter(withdrawn_at=None, **said).first()
    if same is not None:
        return same.pk
    made = Reform.objects.create(section=task.section, at=calendar_jp.now(), **said)
    events.record(
        verbs.REFORM_RECORDED, actor=actor, object=("reform", made.pk), refs={"task": code, "withdrawn": 0}
    )
    return made.pk


@transaction.atomic
def withdraw_reform(*, actor: Actor, code: str, reform_id: UUID) -> None:
    """Set a wrong record aside: it stays in the history and counts no longer. Raises NotFound, Forbidden."""
    found = Reform.objects.select_for_update().filter(pk=reform_id, task__code=code)
    reform = found.filter(task__in=queries.visible(actor)).first()
    if reform is None:
        raise NotFound
    _refuse_foreign(actor, reform.section)
    if reform.withdrawn_at is not None:
        return
    reform.withdrawn_at = calendar_jp.now()
    reform.save(update_fields=["withdrawn_at"])
    events.record(
        verbs.REFORM_RECORDED, actor=actor, object=("reform", reform_id), refs={"task": code, "withdrawn": 1}
    )


@transaction.atomic
def record_system(
    *,
    actor: Actor,
    system: str,
    state: str,
    reason: str,
    planned_on: date | None,
    moved_on: date | None,
    blocked_by: str,
    revision: int,
) -> bool:
    """Say how far the move of a standardised system is; whether that was new. Raises NotFound, Forbidden, Refused."""
    if not policies.may_look(actor) or system not in {one.code for one in systems_of(settings.DOKODEMO_PACK)}:
        raise NotFound
    if not policies.keeps_systems(actor):
        raise Forbidden("Only the section that keeps the plan says how far a system is.")
    last = SystemState.objects.filter(system=system).aggregate(number=Max("number"))["number"] or 0
    if last != revision:
        raise Refused(state="reform.fault.stale")
    _refuse_system(state, reason, moved_on)
    said: dict[str, Any] = {
        "state": state,
        "reason": reason if state == "extended" else "",
        "planned_on": planned_on,
        "moved_on": moved_on if state == "moved" else None,
        "blocked_by": blocked_by,
    }
    if SystemState.objects.filter(system=system, number=last, **said).exists():
        return False
    try:
        with transaction.atomic():
            SystemState.objects.create(
                system=system, number=last + 1, at=calendar_jp.now(), by=actor.account, **said
            )
    except IntegrityError:  # somebody else said it at the same moment
        raise Refused(state="reform.fault.stale") from None
    events.record(
        verbs.SYSTEM_RECORDED,
        actor=actor,
        object=("system", system),
        refs={"state": state},
        numbers={"number": last + 1},
    )
    return True


def _refuse_system(state: str, reason: str, moved_on: date | None) -> None:
    wrong: dict[str, str] = {}
    if state not in STATES:
        wrong["state"] = "reform.fault.state"
    if state == "extended" and not reason:
        wrong["reason"] = "reform.fault.reason"
    if state == "moved" and moved_on is None:
        wrong["moved_on"] = "reform.fault.moved_on"
    if moved_on is not None and moved_on > calendar_jp.today():
        wrong["moved_on"] = "reform.fault.future"
    if wrong:
        raise Refused(**wrong)


def _refuse_foreign(actor: Actor, section: str) -> None:
    if organisation.section(section) is None:
        raise Refused(section="reform.fault.section")
    if not policies.may_write(actor, section):
        raise Forbidden("Only the section itself writes its tasks.")


def _columns(facts: TaskFacts) -> dict[str, Any]:
    return {**asdict(facts), "systems": list(facts.systems), "hours": facts.hours}


def _add(actor: Actor, facts: TaskFacts) -> None:
    _tell(Task.objects.create(**_columns(facts)), facts, actor.account)


def _change(actor: Actor, task: Task, facts: TaskFacts) -> bool:
    if not task.sample and queries.facts_of(task) == facts:
        return False
    for name, value in _columns(facts).items():
        setattr(task, name, value)
    task.sample = False
    task.revision += 1
    task.save()
    _tell(task, facts, actor.account)
    return True


def _tell(task: Task, facts: TaskFacts, by: UUID | None) -> None:
    said = {**asdict(facts), "minutes": str(facts.minutes)}
    TaskChange.objects.create(task=task, at=calendar_jp.now(), by=by, said=said)
