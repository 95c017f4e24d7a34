"""Counters of live numbers: whatever happens in whatever order, they are what a full count of the records gives."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import astuple, replace
from datetime import date, timedelta

import pytest
from click.testing import CliRunner
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoDbBlocker

from dokodemo.administration.cases import daily
from dokodemo.administration.cases import events as verbs
from dokodemo.administration.cases.daily import Tally
from dokodemo.administration.cases.models import Case
from dokodemo.entry.cli.indicators import command
from dokodemo.kernel import calendar_jp, events
from dokodemo.kernel.events.models import Event
from dokodemo.kernel.once import once
from dokodemo.promotion.indicators import counted, counting, queries
from dokodemo.promotion.indicators.formulas import COUNTERS
from dokodemo.promotion.indicators.models import Counter, Counting
from dokodemo.promotion.indicators.tasks import follow_log
from tests.domains.administration.cases import building, direct_counts
from tests.domains.entry import building as b
from tests.domains.promotion.counted_city import FIRST, JOB, City

# Histories by chance until one shows that a rule is missing.
MOST_HISTORIES = 40
MANY = settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module", autouse=True)
def _city(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with django_db_blocker.unblock(), building.city_in_force():
        yield


@pytest.fixture(autouse=True)
def _in_the_city(_city: None, db: None) -> None:
    """Each test starts from the city and leaves nothing behind."""


class Killed(Exception):
    """The machine stopped in the middle of a step."""


ACTS = ("begin", "take_out", "hand_in", "at_the_counter", "decide", "say", "look", "seal")
STEPS = ("pass_time", "follow", "settle", "killed", "recount")


def _steps(dice: random.Random, length: int, often: Sequence[str]) -> list[str]:
    """What happens: mostly a few things, since where everything happens one change hides that another was overlooked."""
    likely = [4 if act in often else 0.2 for act in ACTS]
    act = sum(likely)
    return dice.choices((*ACTS, *STEPS), [*likely, act / 2, act / 3, act / 2, act / 20, act / 30], k=length)


def _rows() -> list[tuple[object, ...]]:
    return list(
        Counter.objects.order_by("span", "first", "procedure").values_list(
            "span", "first", "procedure", *daily.COLUMNS
        )
    )


def _killed_at(monkeypatch: pytest.MonkeyPatch, dice: random.Random, *, whole: bool) -> None:
    """A step that ends in the middle of its work, and nobody catches it: the database takes back what was not committed."""
    real, left = counting._write, dice.randint(0, 3)

    def dies(*given: object) -> bool:
        nonlocal left
        if left == 0:
            raise Killed
        left -= 1
        return real(*given)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(counting, "_write", dies)
        try:
            counting.recount(actor=JOB) if whole else counting.follow(actor=JOB)
        except Killed:
            return


@contextmanager
def _history(
    monkeypatch: pytest.MonkeyPatch, seed: int, *, length: int, batch: int, often: Sequence[str] = ()
) -> Iterator[list[counting.Difference]]:
    """A history by chance: what differed from a full count whenever all of it was followed. Nothing of it is left."""
    with transaction.atomic(), monkeypatch.context() as patch:
        city = City(random.Random(seed))
        patch.setattr(counting, "BATCH", batch)
        patch.setattr(calendar_jp, "now", lambda: city.now)
        patch.setattr(calendar_jp, "today", lambda: calendar_jp.jst_day(city.now))
        found = []
        often = often or city.dice.sample(ACTS, city.dice.randint(2, 4))
        for step in (*_steps(city.dice, length, often), "settle"):
            if step == "follow":
                counting.follow(actor=JOB)
            elif step == "settle":
                events.seal(thorough=True, limit=10_000)
                found += counting.differences(actor=JOB)
            elif step == "recount":
                counting.recount(actor=JOB)
            elif step == "killed":
                _killed_at(monkeypatch, city.dice, whole=city.dice.random() < 0.3)
            else:
                getattr(city, step)()
        yield found
        transaction.set_rollback(True)


@MANY
@given(seed=st.integers(0, 2**32), length=st.integers(20, 90), batch=st.integers(1, 7))
def test_following_the_log_in_any_batches_with_any_interruption_ends_where_a_full_count_ends(
    monkeypatch: pytest.MonkeyPatch, seed: int, length: int, batch: int
) -> None:
    with _history(monkeypatch, seed, length=length, batch=batch) as differences:
        followed = _rows()
        assert differences == []
        today = calendar_jp.today()
        assert all(day < today for span, day, *_ in followed if span == "day")
        for since in (date(2026, 3, 28), date(2026, 3, 31), date(2026, 4, 1), today):
            for until in (date(2026, 3, 31), date(2026, 4, 30), today - timedelta(days=1), today):
                _equal(since, until)
        counting.recount(actor=JOB)
        assert _rows() == followed


# Each rule that leads from an event to the days to count anew: what has to happen often for its lack to show.
VERBS = {
    verbs.ANSWERS_CARRIED_OVER: ("begin", "take_out"),
    verbs.BUNDLE_SUBMITTED: ("begin", "hand_in"),
    verbs.DECIDED: ("at_the_counter", "decide"),
    verbs.DRAFT_STARTED: ("begin",),
    verbs.PROCEDURE_TAKEN_OUT: ("begin", "take_out"),
    verbs.SATISFACTION_GIVEN: ("at_the_counter", "say"),
    verbs.SUBMITTED: ("at_the_counter",),
    verbs.TOGETHER_STARTED: ("begin",),
}
MOMENTS = {
    (0, "arrived_at"): ("at_the_counter",),
    (0, "closed_at"): ("at_the_counter", "decide"),
    (0, "draft__created_at"): ("begin", "hand_in"),
    (1, "arrived_at"): ("begin", "hand_in"),
    (1, "draft__created_at"): ("begin", "hand_in"),
    (2, "created_at"): ("begin",),
    (3, "created_at"): ("begin", "take_out"),
}


def test_every_rule_from_events_to_days_is_among_those_left_out_below() -> None:
    assert VERBS.keys() == daily.CHANGING
    every = {(place, moment) for place, one in enumerate(daily.TOUCHED) for moment in one.moments}
    assert every == MOMENTS.keys()


@pytest.mark.parametrize("verb", VERBS)
def test_counters_that_overlook_a_verb_differ(monkeypatch: pytest.MonkeyPatch, verb: str) -> None:
    monkeypatch.setattr(daily, "CHANGING", daily.CHANGING - {verb})
    assert _differs(monkeypatch, VERBS[verb])


@pytest.mark.parametrize(("place", "moment"), MOMENTS)
def test_counters_that_overlook_a_day_differ(
    monkeypatch: pytest.MonkeyPatch, place: int, moment: str
) -> None:
    one = daily.TOUCHED[place]
    left = tuple(other for other in one.moments if other != moment)
    kept = (replace(one, moments=left),) if left else ()
    monkeypatch.setattr(daily, "TOUCHED", (*daily.TOUCHED[:place], *kept, *daily.TOUCHED[place + 1 :]))
    assert _differs(monkeypatch, MOMENTS[place, moment])


def _differs(monkeypatch: pytest.MonkeyPatch, often: Sequence[str]) -> bool:
    """Whether one of some histories ends in counters that are not what the records give."""
    for seed in range(MOST_HISTORIES):
        with _history(monkeypatch, seed, length=50, batch=5, often=often) as differences:
            if differences:
                return True
    return False


def _equal(since: date, until: date) -> None:
    """Every number of the span is what the records give."""
    span = {"since": since, "until": until}
    assert counted.by_procedure(**span) == direct_counts.by_procedure(**span)
    assert counted.online_cases(**span) == direct_counts.online_cases(**span)
    found, said, apart = counted.tally(**span), direct_counts.answers(**span), direct_counts.spared(**span)
    assert (found.typed, found.answers) == (said.typed, said.total)
    assert (max(0, found.apart - found.once), found.apart) == (apart.spared, apart.apart)
    assert (found.in_time, found.decided) == astuple(direct_counts.decided(**span))
    assert (found.online, found.online + found.other) == astuple(direct_counts.online_cases(**span))[:2]
    assert counted.services(**span) == direct_counts.services(**span)


def test_a_full_count_cut_short_leaves_the_numbers_as_they_were_counted_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    case = b.filed()
    Case.objects.update(arrived_at=FIRST)
    first, today = calendar_jp.jst_day(FIRST), calendar_jp.today()
    _killed_at(monkeypatch, random.Random(1), whole=True)
    state = Counting.objects.first()
    assert state is None or not state.complete
    assert counted.totals(first, today) is None
    assert counted.by_procedure(since=first, until=today) == {case.procedure: (1, 1)}


def test_a_query_of_the_pack_may_name_every_column_that_is_counted() -> None:
    assert daily.COLUMNS == COUNTERS


def test_what_happens_today_is_in_the_numbers_before_any_job_ran_again() -> None:
    follow_log.call()
    before = queries.readings(["K2"])["K2"].ratio
    b.filed()
    after = queries.readings(["K2"])["K2"].ratio
    assert before is not None
    assert after is not None
    assert (after.numerator, after.denominator) == (before.numerator + 1, before.denominator + 1)


def test_the_job_follows_the_log_and_records_nothing_of_it() -> None:
    follow_log.call()
    b.filed()
    events.seal()
    known = Event.objects.count()
    follow_log.call()
    follow_log.call()
    assert Counting.objects.get().sequence == events.last_sequence()
    assert Event.objects.count() == known


def test_numbers_read_together_are_read_once(django_assert_max_num_queries: object) -> None:
    counting.recount(actor=JOB)
    with once():
        first = counted.totals(date(2026, 4, 1), calendar_jp.today())
        with django_assert_max_num_queries(0):  # type: ignore[operator]
            assert counted.totals(date(2026, 4, 1), calendar_jp.today()) is first


@pytest.mark.parametrize("counters", [True, False])
def test_queries_of_the_pack_read_a_span_once_with_and_without_counters(
    counters: bool, django_assert_max_num_queries: object
) -> None:
    b.filed()
    if counters:
        counting.recount(actor=JOB)
    span = {"since": date(2026, 4, 1), "until": calendar_jp.today()}
    with once():
        whole = counted.tally(**span)
        with django_assert_max_num_queries(0):  # type: ignore[operator]
            assert counted.tally(**span) == whole
            assert counted.tally(**span, procedures=["no-such"]) == Tally()
    assert whole.online == 1


def test_the_command_counts_anew_checks_and_names_what_differs() -> None:
    b.filed()
    Case.objects.update(arrived_at=FIRST)
    said = CliRunner().invoke(command, ["recompute", "--json"])
    made = json.loads(said.stdout)
    assert made["months"] >= 1
    assert made["rows"] >= 1
    assert Event.objects.filter(verb="indicators.recounted").count() == 1
    fine = CliRunner().invoke(command, ["recompute", "--check", "--json"])
    assert (fine.exit_code, json.loads(fine.stdout)["differences"]) == (0, [])
    Counter.objects.filter(span="day", online=1).update(online=7)
    Counter.objects.create(span="day", first=date(2001, 1, 1), procedure="gone")
    wrong = CliRunner().invoke(command, ["recompute", "--check", "--json"])
    assert wrong.exit_code == 1
    found = json.loads(wrong.stdout)["differences"]
    assert {(one["first"], one["span"]) for one in found} == {
        ("2001-01-01", "day"),
        ("2026-03-01", "month"),
        ("2026-03-28", "day"),
    }
    words = CliRunner().invoke(command, ["recompute", "--check"])
    assert "online 7 kept, 1 counted" in words.stdout
    assert "3 differences" in words.stdout
    assert CliRunner().invoke(command, ["recompute"]).exit_code == 0
    assert CliRunner().invoke(command, ["recompute", "--check"]).exit_code == 0


@pytest.mark.parametrize("joint", [False, True])
def test_a_form_handed_in_days_later_counts_on_the_day_it_was_begun(
    monkeypatch: pytest.MonkeyPatch, joint: bool
) -> None:
    city = City(random.Random(3))
    monkeypatch.setattr(city.dice, "random", lambda: 0.0 if joint else 1.0)
    monkeypatch.setattr(calendar_jp, "now", lambda: city.now)
    monkeypatch.setattr(calendar_jp, "today", lambda: calendar_jp.jst_day(city.now))
    counting.recount(actor=JOB)
    city.begin()
    city.now += timedelta(days=5)
    events.seal()
    counting.follow(actor=JOB)
    city.hand_in()
    events.seal()
    counting.follow(actor=JOB)
    day = calendar_jp.jst_day(FIRST)
    rows = Counter.objects.filter(span="day", first=day).order_by("procedure")
    assert [(row.begun, row.handed_in) for row in rows] == [(1, 1)] * (2 if joint else 1)
    assert counting.differences(actor=JOB) == []


def test_the_last_microsecond_of_a_day_counts_for_that_day() -> None:
    case = b.filed()
    day = calendar_jp.today()
    Case.objects.update(arrived_at=calendar_jp.day_end(day) - timedelta(microseconds=1))
    assert daily.count_days(day, day)[day, case.procedure].online == 1
