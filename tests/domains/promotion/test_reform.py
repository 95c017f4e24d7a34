"""Tasks of sections, reforms and the move of standardised systems: who writes what, whole or not at all, with its history."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError

from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import Actor, Forbidden, NotFound, Role, system
from dokodemo.kernel.events.models import Event
from dokodemo.kernel.packs import open_pack
from dokodemo.kernel.tables import TableRefused
from dokodemo.promotion.indicators import queries as indicators
from dokodemo.promotion.indicators.actions import keep_month
from dokodemo.promotion.indicators.models import MonthlyAmount, MonthlyReading
from dokodemo.promotion.reform import actions, queries, sheet
from dokodemo.promotion.reform.actions import ReformFacts, Refused
from dokodemo.promotion.reform.logic import TaskFacts
from dokodemo.promotion.reform.models import Reform, Task
from dokodemo.promotion.reform.queries import Filters
from tests.domains.entry import building as b

pytestmark = pytest.mark.usefixtures("in_the_city")

TASK = TaskFacts(
    code="CHI-05",
    section="childcare",
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


def staff(section: str, role: Role) -> Actor:
    return b.acting(b.staff_account((section, role)))


def head() -> Actor:
    return staff("childcare", Role.HEAD_OF_SECTION)


def keeper() -> Actor:
    return staff("policy", Role.DIGITAL_OFFICER)


def reform(**changes: Any) -> ReformFacts:
    """Twelve minutes became three, 400 times a year, with 20 hours to build and 5 of upkeep: 35 hours."""
    freed = changes.pop("freed", {"core": Decimal(20), "other": Decimal(5), "overtime": Decimal(0)})
    usual = ReformFacts(
        day=date(2026, 4, 1),
        what="電子申請にした",
        before=Decimal(12),
        after=Decimal(3),
        cases=400,
        build=Decimal(20),
        upkeep=Decimal(5),
        measured=True,
        freed=freed,
    )
    return replace(usual, **changes)


def test_a_citys_sample_tasks_are_taken_in_once_and_never_over_what_a_section_said() -> None:
    pack = open_pack("arao")
    first = actions.load_pack_tasks(actor=system("up"), pack=pack)
    assert first == Task.objects.filter(sample=True).count() > 20
    assert actions.load_pack_tasks(actor=system("up"), pack=pack) == 0
    row = queries.get(head(), "CHI-02").row
    actions.change_task(actor=head(), facts=replace(row.facts, cases=7), revision=row.revision)
    assert actions.load_pack_tasks(actor=system("up"), pack=pack) == 0
    told = queries.get(head(), "CHI-02")
    assert (told.row.facts.cases, told.row.sample) == (7, False)
    assert [change.facts["cases"] for change in told.changes] == [7, 3300]
    assert Event.objects.filter(verb="reform.tasks_loaded").count() == 1


def test_a_section_writes_its_own_tasks_and_no_others() -> None:
    actions.add_task(actor=head(), facts=TASK)
    with pytest.raises(Forbidden):
        actions.add_task(actor=staff("health", Role.HEAD_OF_SECTION), facts=replace(TASK, code="X"))
    with pytest.raises(NotFound):
        queries.get(staff("health", Role.HEAD_OF_SECTION), "CHI-05")
    for onlooker in (staff("tax", Role.CIO), staff("tax", Role.ADMINISTRATOR)):
        assert queries.get(onlooker, "CHI-05").row.facts == TASK
        with pytest.raises(Forbidden):
            actions.change_task(actor=onlooker, facts=TASK, revision=1)
    with pytest.raises(NotFound):
        queries.listed(staff("childcare", Role.CASEWORKER), Filters())


def test_a_task_cannot_be_given_to_a_section_one_does_not_write_for() -> None:
    actions.add_task(actor=head(), facts=TASK)
    with pytest.raises(Forbidden):
        actions.change_task(actor=head(), facts=replace(TASK, section="health"), revision=1)
    with pytest.raises(Refused) as refused:
        actions.change_task(actor=head(), facts=replace(TASK, section="moon"), revision=1)
    assert refused.value.wrong == {"section": "reform.fault.section"}


def test_a_change_on_an_old_page_is_refused_and_the_same_again_is_no_change() -> None:
    actions.add_task(actor=head(), facts=TASK)
    assert not actions.change_task(actor=head(), facts=TASK, revision=1)
    assert actions.change_task(actor=head(), facts=replace(TASK, cases=5), revision=1)
    with pytest.raises(Refused) as refused:
        actions.change_task(actor=head(), facts=replace(TASK, cases=6), revision=1)
    assert refused.value.wrong == {"code": "reform.fault.stale"}
    assert Event.objects.filter(verb="reform.task_changed").count() == 1


def test_a_table_is_taken_in_wholly_with_one_event() -> None:
    actions.add_task(actor=head(), facts=TASK)
    lines = [replace(TASK, cases=9), replace(TASK, code="CHI-06"), replace(TASK, code="CHI-07")]
    found = actions.import_tasks(actor=head(), data=sheet.write(lines))
    assert (found.added, found.changed, found.unchanged) == (2, 1, 0)
    again = actions.import_tasks(actor=head(), data=sheet.write(lines))
    assert (again.added, again.changed, again.unchanged) == (0, 0, 3)
    assert Event.objects.filter(verb="reform.tasks_imported").count() == 1


def test_one_wrong_line_leaves_everything_as_it_was() -> None:
    actions.add_task(actor=head(), facts=TASK)
    actions.add_task(
        actor=staff("health", Role.HEAD_OF_SECTION), facts=replace(TASK, code="H", section="health")
    )
    lines = [
        replace(TASK, code="NEW"),
        replace(TASK, code="Y", section="moon"),
        replace(TASK, code="Z", section="health"),
        replace(TASK, code="H"),
    ]
    with pytest.raises(TableRefused) as refused:
        actions.import_tasks(actor=head(), data=sheet.write(lines))
    assert [(p.line, p.message) for p in refused.value.problems] == [
        (3, "reform.fault.section"),
        (4, "reform.fault.not_yours"),
        (5, "reform.fault.code_taken"),
    ]
    assert set(Task.objects.filter(sample=False).values_list("code", flat=True)) == {"CHI-05", "H"}


def test_onlookers_take_no_table_in() -> None:
    with pytest.raises(Forbidden):
        actions.import_tasks(actor=staff("policy", Role.CIO), data=sheet.write([TASK]))


def test_measured_and_estimated_hours_stand_side_by_side_and_are_never_added() -> None:
    actions.add_task(actor=head(), facts=TASK)
    actions.record_reform(actor=head(), code="CHI-05", facts=reform())
    actions.record_reform(
        actor=head(), code="CHI-05", facts=reform(measured=False, freed={"core": Decimal(30)})
    )
    found = queries.results(head(), "childcare")
    assert (found.measured.reforms, found.measured.net, found.measured.freed["core"]) == (1, 35, 20)
    assert (found.estimated.reforms, found.estimated.net, found.estimated.freed["core"]) == (1, 35, 30)
    assert queries.freed_for_core(measured=True) == 20
    assert queries.freed_for_core(measured=False) == 30
    assert queries.results(staff("health", Role.HEAD_OF_SECTION)).measured.reforms == 0


def test_hours_freed_are_numbers_of_the_plan_and_unmeasured_until_somebody_records_them() -> None:
    codes = ("freed_core_measured", "freed_core_estimated")
    assert [one.value for one in indicators.readings(codes).values()] == [None, None]
    actions.add_task(actor=head(), facts=TASK)
    actions.record_reform(actor=head(), code="CHI-05", facts=reform())
    found = indicators.readings(codes)
    assert [found[code].value for code in codes] == [20.0, None]
    assert found["freed_core_measured"].percent is None
    kept_now = keep_month(actor=head())
    assert kept_now == sum(one.counted is not None for one in indicators.readings().values())
    assert kept_now == MonthlyReading.objects.count() + MonthlyAmount.objects.count()
    assert keep_month(actor=head()) == 0
    assert not MonthlyReading.objects.filter(code__in=codes).exists()
    (kept,) = MonthlyAmount.objects.filter(code__in=codes)
    assert (kept.code, kept.value) == ("freed_core_measured", 20)


def test_minutes_saved_are_numbers_of_the_plan_measured_and_estimated_apart() -> None:
    codes = ("minutes_saved_measured", "minutes_saved_estimated")
    assert [one.value for one in indicators.readings(codes).values()] == [None, None]
    actions.add_task(actor=head(), facts=TASK)
    actions.add_task(actor=head(), facts=replace(TASK, code="CHI-06"))
    actions.record_reform(actor=head(), code="CHI-05", facts=reform())
    guessed = reform(measured=False, after=Decimal("10.5"), build=Decimal(0), upkeep=Decimal(1), freed={})
    actions.record_reform(actor=head(), code="CHI-06", facts=guessed)
    # 9 minutes x 400 cases less 25 hours; 1.5 minutes x 400 cases less 1 hour.
    assert [one.value for one in indicators.readings(codes).values()] == [2100.0, 540.0]
    record = Reform.objects.get(measured=False)
    actions.withdraw_reform(actor=head(), code="CHI-06", reform_id=record.pk)
    assert indicators.readings(codes)["minutes_saved_estimated"].value is None


def test_a_record_sent_twice_is_kept_once() -> None:
    actor = head()
    actions.add_task(actor=actor, facts=TASK)
    first = actions.record_reform(actor=actor, code="CHI-05", facts=reform())
    assert actions.record_reform(actor=actor, code="CHI-05", facts=reform()) == first
    assert Event.objects.filter(verb="reform.reform_recorded").count() == 1


def test_more_hours_cannot_go_somewhere_than_were_saved() -> None:
    actions.add_task(actor=head(), facts=TASK)
    for freed in ({"core": Decimal(36)}, {"core": Decimal(20), "overtime": Decimal("15.1")}):
        with pytest.raises(Refused) as refused:
            actions.record_reform(actor=head(), code="CHI-05", facts=reform(freed=freed))
        assert refused.value.wrong == {"freed_core": "reform.fault.freed"}
    with pytest.raises(Refused):
        actions.record_reform(
            actor=head(), code="CHI-05", facts=reform(day=calendar_jp.today() + timedelta(days=1))
        )
    assert not Reform.objects.exists()


def test_a_withdrawn_record_stays_in_the_history_and_counts_no_longer() -> None:
    actions.add_task(actor=head(), facts=TASK)
    made = actions.record_reform(actor=head(), code="CHI-05", facts=reform())
    with pytest.raises(NotFound):
        actions.withdraw_reform(actor=staff("health", Role.HEAD_OF_SECTION), code="CHI-05", reform_id=made)
    actions.withdraw_reform(actor=head(), code="CHI-05", reform_id=made)
    actions.withdraw_reform(actor=head(), code="CHI-05", reform_id=made)
    assert queries.results(head()).measured.reforms == 0
    assert queries.freed_for_core(measured=True) is None
    (kept,) = queries.get(head(), "CHI-05").records
    assert kept.withdrawn_at is not None
    assert Event.objects.filter(verb="reform.reform_recorded").count() == 2


def say(actor: Actor, state: str, revision: int, **more: Any) -> bool:
    said = {"reason": "", "planned_on": None, "moved_on": None, "blocked_by": "", **more}
    return actions.record_system(
        actor=actor, system="family-register", state=state, revision=revision, **said
    )


def test_how_far_a_system_is_keeps_its_history_and_counts_the_moved_ones() -> None:
    officer = keeper()
    assert queries.by_state(queries.systems(officer))["unsaid"] == 20
    assert say(officer, "extended", 0, reason="改修が遅れている", planned_on=date(2027, 1, 1))
    assert say(officer, "moved", 1, moved_on=date(2026, 10, 1), reason="消える")
    assert not say(officer, "moved", 2, moved_on=date(2026, 10, 1))
    counts = queries.by_state(queries.systems(officer))
    assert (counts["moved"], counts["unsaid"], sum(counts.values())) == (1, 19, 20)
    assert queries.systems_moved() is None
    history = queries.system_history(officer, "family-register")
    assert [(one.state, one.reason) for one in history] == [("moved", ""), ("extended", "改修が遅れている")]
    assert Event.objects.filter(verb="reform.system_recorded").count() == 2


def test_a_state_without_what_it_needs_or_from_an_old_page_is_refused() -> None:
    officer = keeper()
    for wrong, state, more in (
        ("reason", "extended", {}),
        ("moved_on", "moved", {}),
        ("moved_on", "moved", {"moved_on": calendar_jp.today() + timedelta(days=1)}),
        ("state", "magic", {}),
        ("state", "unsaid", {}),
    ):
        with pytest.raises(Refused) as refused:
            say(officer, state, 0, **more)
        assert set(refused.value.wrong) == {wrong}
    say(officer, "building", 0)
    with pytest.raises(Refused):
        say(officer, "testing", 0)


def test_only_the_section_that_keeps_the_plan_says_how_far_a_system_is() -> None:
    for onlooker in (head(), staff("policy", Role.CIO)):
        assert len(queries.systems(onlooker)) == 20
        with pytest.raises(Forbidden):
            say(onlooker, "building", 0)
    with pytest.raises(NotFound):
        queries.systems(staff("childcare", Role.CASEWORKER))
    with pytest.raises(NotFound):
        queries.system_history(head(), "nothing")


def test_the_database_refuses_to_change_what_was_said() -> None:
    actions.add_task(actor=head(), facts=TASK)
    say(keeper(), "building", 0)
    for table in ("reform_taskchange", "reform_systemstate"):
        with (
            pytest.raises(DatabaseError, match="append-only"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(f"DELETE FROM {table}")
