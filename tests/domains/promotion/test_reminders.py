"""Reminders: before the day, on it and after it, each once, whatever the clock and the machine do."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from dokodemo.kernel import events
from dokodemo.kernel.access import Account, Actor, NotFound, Role, system
from dokodemo.kernel.events.models import Event
from dokodemo.promotion.headquarters import actions as headquarters
from dokodemo.promotion.headquarters.models import FollowUp
from dokodemo.promotion.responsibility import actions, due, notices
from dokodemo.promotion.responsibility.models import Notice, Reminder
from tests.domains.entry import building as b
from tests.domains.promotion.plan_people import SECTION, SINCE, TODAY, adopted_plan, clerk, leaves
from tests.domains.promotion.test_action_plan import OFFICER

pytestmark = pytest.mark.django_db
JOB = system("reminders")
DUE = TODAY + timedelta(days=20)


@pytest.fixture(autouse=True)
def _city(settings: Any) -> None:
    settings.DOKODEMO_TODAY = TODAY.isoformat()
    adopted_plan()


@pytest.fixture(autouse=True)
def _only_follow_ups(monkeypatch: pytest.MonkeyPatch) -> None:
    """Values and reports are overdue on any day; these tests are about one follow-up."""
    real = due.due_things
    monkeypatch.setattr(
        due, "due_things", lambda day: [one for one in real(day) if one.matter.kind == "follow_up"]
    )


def follow_up(section: str = SECTION) -> FollowUp:
    meeting = headquarters.call_meeting(actor=OFFICER, on=TODAY, place="", agenda="報告")
    decision = headquarters.decide(actor=OFFICER, meeting_id=meeting.pk, words="続ける")
    return headquarters.follow_up(
        actor=OFFICER,
        meeting_id=meeting.pk,
        decision_id=decision.pk,
        words="日程を出す",
        section=section,
        due=DUE,
    )


def owned() -> tuple[FollowUp, Account]:
    one, person = follow_up(), clerk()
    actions.assign(actor=OFFICER, kind="follow_up", code=str(one.pk), account_id=person.pk, since=SINCE)
    return one, person


def run(days: int) -> int:
    """The job, so many days after the day that is due."""
    return actions.remind(actor=JOB, on=DUE + timedelta(days=days))


def told(account: Account) -> list[str]:
    rows = Notice.objects.filter(account=account.pk).order_by("reminder__made_at", "reminder__pk")
    return [row.reminder.stage for row in rows.select_related("reminder")]


def test_the_responsible_person_is_told_seven_days_before_and_on_the_day_and_the_head_after_fourteen() -> (
    None
):
    _, person = owned()
    head = b.head(SECTION)
    assert [run(days) for days in (-8, -7, -6, -1, 0, 1, 13, 14, 15, 400)] == [0, 1, 0, 0, 1, 0, 0, 1, 0, 0]
    assert told(person) == ["before", "on_day"]
    assert told(head) == ["after"]
    assert Event.objects.filter(verb="responsibility.reminded").count() == Reminder.objects.count() == 3


def test_a_day_on_which_nothing_ran_is_made_up_for_without_a_pile() -> None:
    _, person = owned()
    b.head(SECTION)
    assert run(-3) == 1
    assert run(5) == 1
    assert told(person) == ["before", "on_day"]
    one, _ = owned()
    assert run(60) == 2
    assert [r.stage for r in Reminder.objects.filter(thing__code=str(one.pk))] == ["after"]


def test_a_clock_that_goes_back_sends_nothing_again_and_nothing_earlier() -> None:
    _, person = owned()
    assert run(0) == 1
    assert [run(days) for days in (-7, -1, 0)] == [0, 0, 0]
    assert told(person) == ["on_day"]


def test_without_a_responsible_person_the_digital_staff_is_told_and_without_them_the_head() -> None:
    follow_up("health")
    head, sits = b.head("health"), clerk("health")
    assert run(-7) == 1
    assert told(head) == ["before"]
    actions.seat(actor=OFFICER, kind="digital_staff", scope="health", account_id=sits.pk, starts_on=SINCE)
    assert run(0) == 1
    assert (told(head), told(sits)) == (["before"], ["on_day"])


def test_who_left_is_told_nothing_and_the_section_is() -> None:
    _, person = owned()
    head = b.head(SECTION)
    leaves(person, DUE - timedelta(days=8))
    assert run(-7) == 1
    assert (told(person), told(head)) == ([], ["before"])


def test_a_section_with_nobody_is_told_as_soon_as_there_is_somebody_and_the_cio_when_it_goes_up() -> None:
    follow_up("health")
    assert run(-7) == 0
    assert not Reminder.objects.exists()
    head = clerk("health")
    assert run(-6) == 0
    actions.seat(actor=OFFICER, kind="digital_staff", scope="health", account_id=head.pk, starts_on=SINCE)
    assert run(-5) == 1
    cio = b.staff_account(("policy", Role.CIO))
    assert run(14) == 1
    assert told(cio) == ["after"]


def test_what_is_done_is_no_longer_reminded_of_and_leaves_the_first_screen(settings: Any) -> None:
    one, person = owned()
    run(-7)
    settings.DOKODEMO_TODAY = (DUE - timedelta(days=7)).isoformat()
    actor = b.acting(person)
    assert notices.unread(actor, 5)[1] == 1
    headquarters.finish_follow_up(actor=OFFICER, follow_up_id=one.pk, words="出した")
    assert notices.unread(actor, 5) == ([], 0)
    assert [run(days) for days in (0, 14)] == [0, 0]
    # It stays readable as what it was.
    assert [(row.open, row.read) for row in notices.page(actor, 1)[1]] == [(False, False)]


def test_a_notice_is_read_once_by_whom_it_is_for() -> None:
    _, person = owned()
    run(-7)
    notice = Notice.objects.get()
    stranger, actor = b.acting(clerk()), b.acting(person)
    with pytest.raises(NotFound):
        actions.read_notices(actor=stranger, notice_id=notice.pk)
    assert actions.read_notices(actor=stranger) == 0
    assert [actions.read_notices(actor=actor, notice_id=notice.pk) for _ in range(2)] == [1, 0]
    assert Event.objects.filter(verb="responsibility.notice_read").count() == 1


def test_a_job_that_is_killed_in_the_middle_leaves_nothing_half_and_the_next_run_sends_the_rest(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (_, first), (_, second) = owned(), owned()
    real, count = events.record, 0

    def killed(*args: Any, **kwargs: Any) -> Any:
        nonlocal count
        count += 1
        if count == 2:
            # No handler sees this end, as none sees a kill.
            raise SystemExit
        return real(*args, **kwargs)

    monkeypatch.setattr(events, "record", killed)
    with pytest.raises(SystemExit):
        run(-7)
    assert Reminder.objects.count() == Notice.objects.count() == 1
    monkeypatch.undo()
    real_due = due.due_things
    monkeypatch.setattr(
        due, "due_things", lambda day: [one for one in real_due(day) if one.matter.kind == "follow_up"]
    )
    assert run(-7) == 1
    assert told(first) == told(second) == ["before"]


def test_an_actor_without_a_post_has_no_notices() -> None:
    with pytest.raises(NotFound):
        notices.page(Actor(kind="staff", account_id=clerk().pk), 1)
