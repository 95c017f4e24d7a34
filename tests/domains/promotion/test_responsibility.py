"""Who answers for what: named by dates, gone with the post, and handed over in one action."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from dokodemo.city.organisation.actions import appoint
from dokodemo.kernel.access import Account, Actor, Forbidden, NotFound, Role
from dokodemo.kernel.events.models import Event
from dokodemo.kernel.refusals import ChangedMeanwhile, Refused
from dokodemo.promotion.headquarters import actions as headquarters
from dokodemo.promotion.headquarters.models import FollowUp
from dokodemo.promotion.responsibility import actions, due, queries
from dokodemo.promotion.responsibility.actions.handing_over import KEEP, NOBODY, Choice
from dokodemo.promotion.responsibility.models import Responsible, Thing
from dokodemo.promotion.responsibility.queries import Standing
from tests.domains.city.city_builders import MACHINE
from tests.domains.entry import building as b
from tests.domains.promotion.plan_people import (
    ACTION,
    INDICATOR,
    SECOND,
    SECTION,
    SINCE,
    TODAY,
    adopted_plan,
    clerk,
    leaves,
)
from tests.domains.promotion.test_action_plan import OFFICER

pytestmark = pytest.mark.django_db
NEXT_YEAR = date(2027, 4, 1)


@pytest.fixture(autouse=True)
def _city(settings: Any) -> None:
    settings.DOKODEMO_TODAY = TODAY.isoformat()
    adopted_plan()


def head(section: str = SECTION) -> Actor:
    return b.acting(b.head(section))


def named(
    account: Account,
    kind: str = "indicator",
    code: str = INDICATOR,
    *,
    actor: Actor | None = None,
    since: date = SINCE,
    until: date | None = None,
) -> Responsible:
    return actions.assign(
        actor=actor or OFFICER, kind=kind, code=code, account_id=account.pk, since=since, until=until
    )


def standing(day: date = TODAY, kind: str = "indicator", code: str = INDICATOR) -> Standing:
    return next(one for one in queries.standings(day) if one.matter.key == (kind, code))


def follow_up() -> FollowUp:
    meeting = headquarters.call_meeting(actor=OFFICER, on=TODAY, place="", agenda="報告")
    decision = headquarters.decide(actor=OFFICER, meeting_id=meeting.pk, words="続ける")
    return headquarters.follow_up(
        actor=OFFICER,
        meeting_id=meeting.pk,
        decision_id=decision.pk,
        words="日程を出す",
        section=SECTION,
        due=TODAY,
    )


def test_indicators_actions_and_follow_ups_are_nobodys_until_somebody_of_the_section_is_named() -> None:
    one, person = follow_up(), clerk()
    things = [("indicator", INDICATOR), ("action", ACTION), ("follow_up", str(one.pk))]
    for kind, code in things:
        assert standing(kind=kind, code=code).ownerless
        named(person, kind, code)
        assert standing(kind=kind, code=code).account == person.pk
    assert Event.objects.filter(verb="responsibility.assigned").count() == 3
    assert Event.objects.filter(object_type="follow_up", object_id=str(one.pk)).count() == 2


def test_before_the_first_day_and_after_the_last_nobody_answers() -> None:
    named(clerk(), since=TODAY, until=TODAY + timedelta(days=2))
    days = [TODAY + timedelta(days=n) for n in (-1, 0, 2, 3)]
    assert [standing(day).ownerless for day in days] == [True, False, False, True]


def test_whose_post_ended_leaves_the_thing_with_nobody_although_no_row_of_it_changed() -> None:
    person = clerk()
    row = named(person)
    leaves(person, TODAY - timedelta(days=1))
    found = standing()
    assert (found.account, found.left) == (None, person.pk)
    assert standing(TODAY - timedelta(days=1)).account == person.pk
    assert Responsible.objects.get() == row
    assert Responsible.objects.get().until is None


def test_who_moves_to_another_section_does_not_take_the_thing_along() -> None:
    person = clerk()
    named(person)
    leaves(person, TODAY - timedelta(days=1))
    appoint(actor=MACHINE, account_id=person.pk, section_code="health", role=Role.CASEWORKER, starts_on=TODAY)
    assert standing().ownerless


def test_the_next_person_ends_the_one_before_on_the_day_before() -> None:
    first, second = clerk(), clerk()
    named(first)
    named(second, since=TODAY)
    assert standing(TODAY - timedelta(days=1)).account == first.pk
    assert standing().account == second.pk
    assert [row.until for row in Responsible.objects.order_by("since")] == [TODAY - timedelta(days=1), None]


@pytest.mark.parametrize(
    ("changes", "box", "fault"),
    [
        ({"account_id": None}, "person", "person"),
        ({"since": None}, "since", "day"),
        ({"since": date(1, 1, 1)}, "since", "day"),
        ({"until": SINCE - timedelta(days=1)}, "until", "until"),
        ({"since": date(2026, 3, 31)}, "person", "not_appointed"),
        ({"account_id": UUID(int=1)}, "person", "not_appointed"),
    ],
)
def test_what_cannot_be_is_refused_by_box_and_nothing_is_written(
    changes: dict[str, Any], box: str, fault: str
) -> None:
    said: dict[str, Any] = {"account_id": clerk().pk, "since": SINCE, "until": None} | changes
    with pytest.raises(Refused) as refused:
        actions.assign(actor=OFFICER, kind="indicator", code=INDICATOR, **said)
    assert refused.value.faults == {box: f"responsibility.fault.{fault}"}
    assert not Responsible.objects.exists()
    assert not Event.objects.filter(verb__startswith="responsibility.").exists()


def test_somebody_of_another_section_cannot_be_named() -> None:
    with pytest.raises(Refused, match="not_appointed"):
        named(clerk("health"))


def test_a_day_that_is_taken_and_the_same_person_again_are_refused() -> None:
    person = clerk()
    named(person, since=TODAY)
    with pytest.raises(Refused, match="taken_later"):
        named(clerk(), since=TODAY - timedelta(days=9))
    with pytest.raises(Refused, match="taken_later"):
        named(clerk(), since=TODAY)
    with pytest.raises(Refused, match="same"):
        named(person, since=TODAY + timedelta(days=1))
    named(clerk(), since=TODAY - timedelta(days=9), until=TODAY - timedelta(days=1))
    assert standing().account == person.pk


def test_the_database_itself_keeps_two_open_persons_apart() -> None:
    row = named(clerk())
    with pytest.raises(IntegrityError), transaction.atomic():
        Responsible.objects.create(
            thing=row.thing,
            section=SECTION,
            account=clerk().pk,
            since=TODAY,
            assigned_at=row.assigned_at,
        )


def test_heads_and_digital_staff_name_their_own_section_and_nobody_else_does() -> None:
    person, sits = clerk(), clerk()
    for actor in (b.acting(sits), head("health"), b.acting(clerk("health"))):
        with pytest.raises(Forbidden):
            named(person, actor=actor)
    actions.seat(actor=OFFICER, kind="digital_staff", scope=SECTION, account_id=sits.pk, starts_on=SINCE)
    named(person, actor=b.acting(sits))
    named(person, "action", ACTION, actor=head())
    with pytest.raises(NotFound):
        named(person, actor=Actor(kind="resident"))
    with pytest.raises(NotFound):
        named(person, code="no-such-number")


def test_a_person_is_released_with_a_day_and_nobody_follows() -> None:
    named(clerk())
    actions.release(actor=OFFICER, kind="indicator", code=INDICATOR, last_day=TODAY)
    assert not standing().ownerless
    assert standing(TODAY + timedelta(days=1)).ownerless
    with pytest.raises(Refused, match="nobody_then"):
        actions.release(actor=OFFICER, kind="indicator", code=INDICATOR, last_day=TODAY)


# 人事異動


def three_things(person: Account) -> dict[str, UUID]:
    """The rows of a person with three things, by code."""
    rows = [
        named(person),
        named(person, "action", SECOND),
        named(person, "action", ACTION),
    ]
    return {row.thing.code: row.pk for row in rows}


def test_everything_is_handed_over_at_once_with_an_event_for_each_thing_and_one_for_all() -> None:
    leaving, follows = clerk(), clerk()
    rows = three_things(leaving)
    done = actions.hand_over(
        actor=head(), account_id=leaving.pk, day=NEXT_YEAR, choices=dict.fromkeys(rows.values(), follows.pk)
    )
    assert (len(done.passed), done.ownerless) == (3, [])
    for kind, code in (("indicator", INDICATOR), ("action", SECOND), ("action", ACTION)):
        assert standing(NEXT_YEAR - timedelta(days=1), kind, code).account == leaving.pk
        assert standing(NEXT_YEAR, kind, code).account == follows.pk
    assert Event.objects.filter(verb="responsibility.passed_on").count() == 3
    event = Event.objects.get(verb="responsibility.handed_over")
    assert (event.object_id, event.numbers) == (str(leaving.pk), {"things": 3, "ownerless": 0})
    with pytest.raises(ChangedMeanwhile):
        actions.hand_over(actor=head(), account_id=leaving.pk, day=NEXT_YEAR, choices={})


def test_thing_by_thing_some_stay_some_go_and_some_have_nobody() -> None:
    leaving, follows = clerk(), clerk()
    rows = three_things(leaving)
    leaves(leaving, NEXT_YEAR - timedelta(days=1))
    choices: dict[UUID, Choice] = {rows[INDICATOR]: follows.pk, rows[SECOND]: NOBODY, rows[ACTION]: KEEP}
    seen = actions.look_ahead(actor=head(), account_id=leaving.pk, day=NEXT_YEAR, choices=choices)
    assert {step.carried.matter.code for step in seen.ownerless} == {SECOND, ACTION}
    assert Responsible.objects.filter(until=None).count() == 3
    assert actions.hand_over(actor=head(), account_id=leaving.pk, day=NEXT_YEAR, choices=choices) == seen
    assert standing(NEXT_YEAR).account == follows.pk
    assert standing(NEXT_YEAR, "action", SECOND).ownerless
    # Whoever stays without a post in the section is found by the dates alone.
    kept = standing(NEXT_YEAR, "action", ACTION)
    assert (kept.account, kept.left) == (None, leaving.pk)


def test_who_has_left_already_is_succeeded_from_any_day_after_they_began() -> None:
    leaving, follows = clerk(), clerk()
    rows = three_things(leaving)
    leaves(leaving, date(2026, 9, 30))
    actions.hand_over(
        actor=head(),
        account_id=leaving.pk,
        day=date(2026, 10, 1),
        choices=dict.fromkeys(rows.values(), follows.pk),
    )
    assert standing().account == follows.pk


def test_a_successor_without_a_post_in_the_section_on_that_day_is_refused_at_the_thing() -> None:
    leaving, gone, elsewhere = clerk(), clerk(), clerk("health")
    rows = three_things(leaving)
    leaves(gone, NEXT_YEAR - timedelta(days=1))
    choices = {rows[INDICATOR]: gone.pk, rows[SECOND]: elsewhere.pk, rows[ACTION]: leaving.pk}
    with pytest.raises(Refused) as refused:
        actions.hand_over(actor=head(), account_id=leaving.pk, day=NEXT_YEAR, choices=choices)
    assert refused.value.faults == {
        f"to-{rows[INDICATOR]}": "responsibility.fault.not_appointed",
        f"to-{rows[SECOND]}": "responsibility.fault.not_appointed",
        f"to-{rows[ACTION]}": "responsibility.fault.same",
    }
    assert Responsible.objects.filter(until=None).count() == 3
    assert not Event.objects.filter(verb="responsibility.passed_on").exists()


def test_a_handover_on_the_first_day_or_on_no_day_or_without_a_choice_is_refused() -> None:
    leaving, follows = clerk(), clerk()
    row = named(leaving).pk
    for day, choice, box in (
        (SINCE, follows.pk, "day"),
        (None, follows.pk, "day"),
        (TODAY, "", f"to-{row}"),
    ):
        with pytest.raises(Refused) as refused:
            actions.hand_over(actor=head(), account_id=leaving.pk, day=day, choices={row: choice})
        assert set(refused.value.faults) == {box}


def test_a_handover_stops_before_somebody_who_is_named_for_later() -> None:
    leaving, follows, later = clerk(), clerk(), clerk()
    row = named(leaving, until=date(2027, 5, 31)).pk
    named(later, since=date(2027, 6, 1))
    actions.hand_over(actor=head(), account_id=leaving.pk, day=NEXT_YEAR, choices={row: follows.pk})
    days = (NEXT_YEAR - timedelta(days=1), NEXT_YEAR, date(2027, 5, 31), date(2027, 6, 1))
    assert [standing(day).account for day in days] == [leaving.pk, follows.pk, follows.pk, later.pk]


def test_a_fault_in_the_middle_of_a_handover_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    leaving, follows = clerk(), clerk()
    rows = three_things(leaving)
    made = 0

    def breaks(*args: Any, **kwargs: Any) -> Any:
        nonlocal made
        made += 1
        if made == 2:
            raise RuntimeError("the power went")
        return Responsible.objects.create(
            thing=args[0], section=SECTION, account=args[2], since=args[3], assigned_at="2026-11-27T00:00Z"
        )

    monkeypatch.setattr("dokodemo.promotion.responsibility.actions.handing_over.started", breaks)
    with pytest.raises(RuntimeError), transaction.atomic():
        actions.hand_over(
            actor=head(),
            account_id=leaving.pk,
            day=NEXT_YEAR,
            choices=dict.fromkeys(rows.values(), follows.pk),
        )
    assert set(Responsible.objects.values_list("account", "until")) == {(leaving.pk, None)}
    assert not Event.objects.filter(verb="responsibility.passed_on").exists()


def test_a_handover_is_for_the_section_the_actor_names_people_in() -> None:
    leaving = clerk()
    named(leaving)
    with pytest.raises(NotFound):
        queries.to_hand_over(head("health"), leaving.pk)
    with pytest.raises(Forbidden):
        queries.to_hand_over(b.acting(leaving), leaving.pk)
    assert [one.matter.code for one in queries.to_hand_over(head(), leaving.pk)] == [INDICATOR]
    assert set(queries.people(head())) == {leaving.pk}


# What the CIO sees first


def test_what_nobody_answers_for_is_counted_by_section_and_shrinks_as_people_are_named() -> None:
    before = dict(due.attention(OFFICER).ownerless)[SECTION]
    named(clerk())
    after = dict(due.attention(OFFICER).ownerless)[SECTION]
    assert (before, after) == ({"indicator": 1, "action": 2}, {"action": 2})


def test_an_overdue_follow_up_stands_with_its_days_and_goes_up_after_the_days_of_the_pack(
    settings: Any,
) -> None:
    one = follow_up()
    key = ("follow_up", str(one.pk))

    def late(days: int) -> list[tuple[int, bool]]:
        settings.DOKODEMO_TODAY = (TODAY + timedelta(days=days)).isoformat()
        found = due.attention(OFFICER).late
        return [(row.days, row.escalated) for row in found if row.due.matter.key == key]

    assert [late(days) for days in (0, 1, 13, 14)] == [[], [(1, False)], [(13, False)], [(14, True)]]
    headquarters.finish_follow_up(actor=OFFICER, follow_up_id=one.pk, words="出した")
    assert late(14) == []


def test_the_cios_list_costs_the_same_however_many_things_have_people() -> None:
    def cost() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries_made:
            due.attention(OFFICER)
        return len(queries_made)

    due.attention(OFFICER)
    before = cost()
    person = clerk("policy")
    for code in ("K1", "K2", "K3", "K4", "K5"):
        named(person, code=code)
    assert cost() == before
    assert Thing.objects.count() == 5
