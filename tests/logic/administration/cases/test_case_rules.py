"""The rules of examination: what may follow what, the statutory clock, receipt numbers."""

import itertools
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dokodemo.administration.cases import logic
from dokodemo.kernel import calendar_jp

KINDS = ("application", "request", "notification")
OPEN = frozenset({"submitted", "in_review", "correction_requested", "proposed"})
ENDS = frozenset({"decided", "formally_complete", "withdrawn"})
STATES = sorted(OPEN | ENDS)
ACTS = sorted({*logic.APPLICATION_ACTS, *logic.NOTIFICATION_ACTS, "approve", ""})
moments = st.datetimes(datetime(2024, 1, 1), datetime(2028, 12, 31)).map(lambda at: at.replace(tzinfo=UTC))
periods = st.builds(logic.Period, st.integers(1, 120), st.sampled_from(["calendar", "business"]))


def jst(year: int, month: int, day: int, hour: int = 12) -> datetime:
    return datetime(year, month, day, hour, tzinfo=calendar_jp.JST)


# What may follow what


@given(st.sampled_from(KINDS), st.lists(st.sampled_from(ACTS), max_size=30))
def test_no_chain_of_acts_leaves_the_table(kind: str, acts: list[str]) -> None:
    state = "submitted"
    for act in acts:
        allowed = logic.allowed_acts(kind, state)
        try:
            state = logic.next_state(kind, state, act)
        except logic.NotAllowed:
            assert act not in allowed
        else:
            assert act in allowed
        assert state in STATES


@given(st.lists(st.sampled_from(ACTS), max_size=30))
def test_a_notification_is_never_proposed_or_decided(acts: list[str]) -> None:
    state = "submitted"
    for act in acts:
        try:
            state = logic.next_state("notification", state, act)
        except logic.NotAllowed:
            continue
        assert state not in {"proposed", "decided"}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("state", sorted(ENDS))
def test_what_is_over_stays_over(kind: str, state: str) -> None:
    assert logic.allowed_acts(kind, state) == frozenset()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("state", sorted(OPEN))
def test_the_person_can_withdraw_until_it_is_decided(kind: str, state: str) -> None:
    reachable = kind != "notification" or state != "proposed"
    assert ("withdraw" in logic.allowed_acts(kind, state)) == reachable


def test_only_a_proposal_is_returned_and_only_a_correction_is_answered() -> None:
    for state in STATES:
        assert ("return_proposal" in logic.allowed_acts("application", state)) == (state == "proposed")
        assert ("answer_correction" in logic.allowed_acts("application", state)) == (
            state == "correction_requested"
        )


# The clock


def test_the_day_of_arrival_is_not_counted() -> None:
    period = logic.Period(30)
    assert logic.due_on(jst(2026, 11, 23, 0), period, [], now=jst(2026, 11, 23)) == date(2026, 12, 23)
    assert logic.due_on(jst(2026, 11, 23, 23), period, [], now=jst(2026, 11, 23)) == date(2026, 12, 23)


def test_the_day_is_the_day_in_japan() -> None:
    # 15:00 UTC is midnight in Japan: one minute earlier is still the day before.
    before = datetime(2026, 11, 22, 14, 59, tzinfo=UTC)
    after = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)
    period = logic.Period(1)
    assert logic.due_on(before, period, [], now=after) == date(2026, 11, 23)
    assert logic.due_on(after, period, [], now=after) == date(2026, 11, 24)


def test_business_days_leave_out_weekends_holidays_and_the_turn_of_the_year() -> None:
    # Friday 25 December 2026: Monday 28th is the last day before the city hall closes until Monday 4 January.
    arrived = jst(2026, 12, 25)
    assert logic.due_on(arrived, logic.Period(1, "business"), [], now=arrived) == date(2026, 12, 28)
    assert logic.due_on(arrived, logic.Period(2, "business"), [], now=arrived) == date(2027, 1, 4)
    assert logic.due_on(arrived, logic.Period(2), [], now=arrived) == date(2026, 12, 27)


def test_business_days_agree_with_and_without_a_pause_that_waited_nothing() -> None:
    arrived = jst(2026, 12, 25)
    same_day = [logic.Pause(jst(2026, 12, 26, 9), jst(2026, 12, 26, 17))]
    for days in range(1, 40):
        period = logic.Period(days, "business")
        one_day_on = [logic.Pause(jst(2026, 12, 26, 9), jst(2026, 12, 27, 9))]  # Saturday to Sunday
        plain = logic.due_on(arrived, period, [], now=jst(2027, 6, 1))
        assert logic.due_on(arrived, period, same_day, now=jst(2027, 6, 1)) == plain
        assert logic.due_on(arrived, period, one_day_on, now=jst(2027, 6, 1)) == plain


def test_days_waited_for_a_correction_are_added() -> None:
    pauses = [logic.Pause(jst(2026, 11, 25), jst(2026, 11, 30))]
    now = jst(2026, 12, 1)
    assert len(logic.waited(pauses, now=now)) == 5
    assert logic.due_on(jst(2026, 11, 23), logic.Period(30), pauses, now=now) == date(2026, 12, 28)
    clock = logic.clock(jst(2026, 11, 23), logic.Period(30), pauses, now=now, closed_at=None)
    assert (clock.elapsed, clock.elapsed_without_waiting, clock.left, clock.waiting) == (8, 3, 27, False)


def test_overlapping_pauses_count_once() -> None:
    one = logic.Pause(jst(2026, 11, 25), jst(2026, 11, 30))
    other = logic.Pause(jst(2026, 11, 27), jst(2026, 12, 2))
    now = jst(2026, 12, 10)
    assert len(logic.waited([one, other], now=now)) == 7
    assert logic.waited([one, one], now=now) == logic.waited([one], now=now)


def test_an_overdue_case_is_not_saved_by_a_late_correction() -> None:
    late = [logic.Pause(jst(2026, 12, 30), jst(2027, 1, 20))]
    assert logic.due_on(jst(2026, 11, 23), logic.Period(30), late, now=jst(2027, 2, 1)) == date(2026, 12, 23)


def test_the_clock_of_a_closed_case_stands() -> None:
    arrived, closed = jst(2026, 11, 23), jst(2026, 12, 3)
    first = logic.clock(arrived, logic.Period(30), [], now=jst(2026, 12, 4), closed_at=closed)
    later = logic.clock(arrived, logic.Period(30), [], now=jst(2028, 1, 1), closed_at=closed)
    assert first == later
    assert (first.elapsed, first.left, first.level) == (10, 20, "calm")


def test_the_level_tells_how_near_the_last_day_is() -> None:
    arrived, period = jst(2026, 11, 1), logic.Period(10)
    levels = {
        day: logic.clock(arrived, period, [], now=jst(2026, 11, day), closed_at=None).level
        for day in (5, 6, 11, 12)
    }
    assert levels == {5: "calm", 6: "soon", 11: "soon", 12: "late"}
    assert logic.clock(arrived, None, [], now=jst(2026, 11, 5), closed_at=None).level == "none"


def test_the_clock_waits_while_a_correction_is_open() -> None:
    open_pause = [logic.Pause(jst(2026, 11, 25), None)]
    dues = [
        logic.due_on(jst(2026, 11, 23), logic.Period(30), open_pause, now=jst(2026, 12, day))
        for day in range(1, 10)
    ]
    assert all(later - earlier == timedelta(days=1) for earlier, later in itertools.pairwise(dues))
    assert logic.clock(jst(2026, 11, 23), None, open_pause, now=jst(2026, 12, 1), closed_at=None).waiting


@given(moments, periods, st.lists(st.tuples(st.integers(0, 90), st.integers(0, 40)), max_size=4))
def test_waiting_never_brings_a_last_day_nearer(
    arrived: datetime, period: logic.Period, spans: list[tuple[int, int]]
) -> None:
    now = arrived + timedelta(days=400)
    pauses = [
        logic.Pause(arrived + timedelta(days=after), arrived + timedelta(days=after + length))
        for after, length in spans
    ]
    dues = [logic.due_on(arrived, period, pauses[:n], now=now) for n in range(len(pauses) + 1)]
    assert dues == sorted(dues)
    assert dues[0] <= dues[-1] <= dues[0] + timedelta(days=4 * len(logic.waited(pauses, now=now)) + 12)


@pytest.mark.parametrize("state", ["proposed", "decided", "formally_complete", "withdrawn"])
def test_a_case_is_given_to_nobody_once_a_decision_is_proposed_or_it_is_over(state: str) -> None:
    assert not logic.may_attach("unconfirmed", state)


@pytest.mark.parametrize("capacity", ["self", "mandate", "legal_guardian", "care_manager"])
def test_a_case_whose_person_is_known_is_given_to_nobody_else(capacity: str) -> None:
    assert not logic.may_attach(capacity, "in_review")
    assert logic.may_attach("unconfirmed", "in_review")


@given(moments, moments, periods)
def test_a_later_arrival_is_never_due_earlier(one: datetime, other: datetime, period: logic.Period) -> None:
    first, second = sorted((one, other))
    assert logic.due_on(first, period, [], now=second) <= logic.due_on(second, period, [], now=second)


@given(moments, periods)
def test_a_period_ends_after_exactly_as_many_days_as_it_has(arrived: datetime, period: logic.Period) -> None:
    start, end = calendar_jp.jst_day(arrived), logic.due_on(arrived, period, [], now=arrived)
    days = [start + timedelta(days=n) for n in range(1, (end - start).days + 1)]
    counted = days if period.counting == "calendar" else list(filter(calendar_jp.is_business_day, days))
    assert len(counted) == period.days
    assert counted[-1] == end


# Receipt numbers


@given(st.dates(date(2022, 4, 1), date(2060, 12, 31)))
def test_a_receipt_number_has_its_day_six_digits_and_a_check_digit(day: date) -> None:
    number = logic.receipt_number(day)
    assert len(number) == 15
    assert number.startswith(f"{day:%y%m%d}-")
    assert logic.is_receipt_number(number)
    assert logic.is_receipt_number(number.replace("-", ""))


@given(st.dates(date(2022, 4, 1), date(2060, 12, 31)), st.integers(0, 12), st.integers(1, 9))
def test_one_wrong_digit_is_always_noticed(day: date, place: int, by: int) -> None:
    digits = logic.receipt_number(day).replace("-", "")
    wrong = str((int(digits[place]) + by) % 10)
    assert not logic.is_receipt_number(digits[:place] + wrong + digits[place + 1 :])


@pytest.mark.parametrize(
    "text", ["", "-", "261123", "261123-48291７-4", "26112348291x4", "2611234829174" * 2]
)
def test_what_is_not_thirteen_digits_is_no_receipt_number(text: str) -> None:
    assert not logic.is_receipt_number(text)


def test_receipt_numbers_of_a_day_do_not_follow_each_other() -> None:
    drawn = {logic.receipt_number(date(2026, 11, 23)) for _ in range(200)}
    assert len(drawn) > 195
    ordered = sorted(int(number[7:13]) for number in drawn)
    assert any(b - a > 1000 for a, b in itertools.pairwise(ordered))
