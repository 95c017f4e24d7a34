"""A demonstration begins with promotion in use: every page has something to see, all of it marked, and only once."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from dokodemo.city.organisation.actions import load_sections
from dokodemo.city.organisation.definitions import Function
from dokodemo.city.organisation.queries import sections_with
from dokodemo.city.parties.demo_register import create_demo_register
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import Forbidden, Role
from dokodemo.kernel.events.models import Event
from dokodemo.kernel.packs import open_pack
from dokodemo.promotion.demonstration import actions
from dokodemo.promotion.headquarters import queries as headquarters
from dokodemo.promotion.headquarters.actions import call_meeting
from dokodemo.promotion.headquarters.logic import to_report
from dokodemo.promotion.headquarters.models import FollowUp, Meeting, Report
from dokodemo.promotion.improvement import cycle
from dokodemo.promotion.improvement import queries as improvement
from dokodemo.promotion.improvement.effects import effects
from dokodemo.promotion.improvement.models import Issue
from dokodemo.promotion.indicators import queries as indicators
from dokodemo.promotion.plan import queries as plans
from dokodemo.promotion.plan.actions import load_sample as load_actions
from dokodemo.promotion.plan.models import PlanDraft
from dokodemo.promotion.reform import queries as reform
from dokodemo.promotion.reform.actions import load_pack_tasks
from dokodemo.promotion.surveys.models import PUBLISHED, Answer, Invitation, Wave
from dokodemo.promotion.training import queries as training
from dokodemo.promotion.training.models import Attempt
from tests.domains.city.city_builders import MACHINE, the_pack
from tests.domains.entry import building as b
from tests.domains.promotion.test_action_plan import OFFICER

pytestmark = pytest.mark.django_db


def begin(settings: Any, *, residents: int = 250, pack: str = "arao") -> bool:
    """A city at its first start, as far as promotion needs it, with its story."""
    settings.DOKODEMO_DEMO = True
    settings.DOKODEMO_PACK = pack
    load_sections(open_pack(pack), actor=MACHINE)
    section = min(sections_with(Function.DX_HEADQUARTERS))
    for role in (Role.DIGITAL_OFFICER, Role.CIO):
        b.staff_account((section, role))
    if residents:
        create_demo_register(actor=MACHINE, pack=open_pack(pack), residents=residents)
    load_actions(actor=MACHINE)
    return actions.load_sample(actor=MACHINE)


def test_every_page_has_something_to_see(settings: Any) -> None:
    assert begin(settings)
    quarter = to_report(calendar_jp.today())
    assert len(headquarters.states(quarter)) == 5
    assert Report.objects.exclude(second_grade="").count() == 2
    held, called = Meeting.objects.exclude(held_at=None), Meeting.objects.filter(held_at=None)
    assert (held.count(), called.count()) == (1, 1)
    assert (
        FollowUp.objects.exclude(done_at=None).count() == FollowUp.objects.filter(done_at=None).count() == 1
    )
    reading = indicators.readings(["convenience"])["convenience"]
    assert reading.value is not None
    assert 40 < reading.value < 75


def test_the_cycle_turned_once_from_a_lesson_to_a_number_that_moved(settings: Any) -> None:
    begin(settings)
    assert {stage: n for stage, n in cycle.cycle().counts.items() if stage != "seen"} == {
        "taken_up": 2,
        "decided": 1,
        "done": 1,
        "moved": 1,
    }
    done, open_one = sorted(Issue.objects.all(), key=lambda one: one.state)
    assert (done.state, open_one.state) == ("done", "looked_at")
    assert [one.source for one in done.evidence.all()] == ["reports"]
    assert [one.source for one in open_one.evidence.all()] == ["surveys"]
    effect = effects([done])[str(done.pk)]
    assert effect.before is not None
    assert effect.after is not None
    assert effect.after.on > effect.before.on
    # Words that nobody judged yet wait on the list, and no draft is left half-way.
    assert improvement.proposals(OFFICER, source="surveys")
    assert not PlanDraft.objects.exists()


def test_work_and_training_are_in_use_where_there_are_tasks_and_staff(settings: Any) -> None:
    settings.DOKODEMO_PACK = "arao"
    load_sections(open_pack("arao"), actor=MACHINE)
    load_pack_tasks(actor=MACHINE, pack=open_pack("arao"))
    for section in ("tax", "childcare", "insurance"):
        b.staff_account((section, Role.HEAD_OF_SECTION))
        b.staff_account((section, Role.CASEWORKER))
    assert begin(settings, residents=0)
    chief = b.acting(b.staff_account(("policy", Role.CIO)))
    found = reform.results(chief)
    assert (found.measured.reforms, found.estimated.reforms) == (2, 1)
    assert found.measured.freed["core"] == 350
    assert all("見本" in one.what for one in found.page)
    counts = reform.by_state(reform.systems(chief))
    assert (counts["moved"], counts["unsaid"]) == (2, 14)
    assert all("見本" in one.blocked_by for one in reform.systems(chief) if one.at)
    assert Attempt.objects.filter(course="security-yearly").count() >= 3
    (drill,) = training.drills(chief)
    assert drill.people >= 8


def test_all_of_it_says_that_it_is_made_up(settings: Any) -> None:
    begin(settings)
    assert all("見本" in one.done for one in Report.objects.all())
    assert all("見本" in one.agenda for one in Meeting.objects.all())
    for issue in Issue.objects.all():
        assert "見本" in issue.title
        assert "見本" in issue.shown["ja"]
        assert "見本" in issue.shown["easy"]
        assert "Sample" in issue.shown["en"]
    version = plans.in_force()
    assert version is not None
    assert all(one.sample for one in plans.actions_of(version))


def test_nobody_is_known_by_the_survey(settings: Any) -> None:
    begin(settings)
    wave = Wave.objects.get()
    assert wave.state == PUBLISHED
    assert not Invitation.objects.exists()
    assert Answer.objects.count() == wave.results["returned"] >= 60


def test_a_second_start_changes_nothing(settings: Any) -> None:
    begin(settings)
    before = Event.objects.count()
    assert not actions.load_sample(actor=MACHINE)
    assert Event.objects.count() == before


def test_a_real_city_is_never_told_a_story(settings: Any) -> None:
    the_pack()
    settings.DOKODEMO_DEMO = False
    with pytest.raises(Forbidden):
        actions.load_sample(actor=MACHINE)
    assert not Report.objects.exists()


def test_a_city_where_somebody_met_is_left_alone(settings: Any) -> None:
    settings.DOKODEMO_DEMO = True
    the_pack()
    b.staff_account(("policy", Role.DIGITAL_OFFICER))
    b.staff_account(("policy", Role.CIO))
    call_meeting(actor=OFFICER, on=calendar_jp.today(), place="", agenda="本当の会議")
    assert not actions.load_sample(actor=MACHINE)
    assert not Report.objects.exists()


def test_a_city_without_residents_asks_nobody_and_tells_the_rest(settings: Any) -> None:
    assert begin(settings, residents=0)
    assert Wave.objects.get().state == "draft"
    assert Report.objects.exists()
    assert Issue.objects.count() == 2


@pytest.mark.parametrize("day", [date(2027, 4, 1), date(2027, 3, 31), date(2027, 1, 1), date(2029, 4, 2)])
@pytest.mark.parametrize("pack", ["arao", "mihon"])
def test_it_is_told_on_any_day_of_the_year_and_after_the_plan(settings: Any, pack: str, day: date) -> None:
    settings.DOKODEMO_TODAY = day
    assert begin(settings, residents=0, pack=pack)
    assert Meeting.objects.exists()
