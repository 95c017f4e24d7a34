"""Counters of live numbers: whatever happens in whatever order, they are what a full count of the records gives."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import count

import pytest
from click.testing import CliRunner
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoDbBlocker

from dokodemo.administration.cases import counts, daily, service
from dokodemo.administration.cases import events as verbs
from dokodemo.administration.cases.models import Bundle, Case, Draft, DraftPart
from dokodemo.administration.procedures.models import ProcedureVersion
from dokodemo.entry.cli.indicators import command
from dokodemo.kernel import calendar_jp, events
from dokodemo.kernel.access import Account, system
from dokodemo.kernel.crypto import new_id
from dokodemo.kernel.events.models import Event, Seal
from dokodemo.promotion.indicators import counted, counting, queries
from dokodemo.promotion.indicators.models import Counter, Counting
from dokodemo.promotion.indicators.tasks import follow_log
from tests.domains.administration.cases import building
from tests.domains.entry import building as b

JOB = system("indicators")
FIRST = datetime(2026, 3, 28, 14, 0, tzinfo=UTC)  # 23 o'clock in Japan, some days before a fiscal year ends
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


@dataclass
class City:
    """Records made by chance, each with its event; events are sealed in any order, as PostgreSQL commits them."""

    dice: random.Random
    now: datetime = FIRST
    owners: list[Account] = field(init=False)
    versions: list[ProcedureVersion] = field(init=False)
    numbers: Iterator[int] = field(default_factory=count)

    def __post_init__(self) -> None:
        self.owners = [
            Account.objects.create(username=f"writer-{new_id()}", kind=Account.Kind.RESIDENT)
            for _ in range(4)
        ]
        every = ProcedureVersion.objects.order_by("procedure__slug", "number").select_related("procedure")
        self.versions = list(every.only("procedure__slug")[:3])

    def told(self, verb: str, kind: str, pk: object) -> None:
        """The event of what was done."""
        events.record(verb, actor=JOB, object=(kind, str(pk)))

    def pass_time(self) -> None:
        """Seconds, hours or days go by: midnight in Japan is at 15 o'clock UTC."""
        self.now += timedelta(seconds=self.dice.choice((1, 3600, 3600 * 20, 86400, 86400 * 9)))

    def begin(self) -> None:
        """A form is begun, of its own or for several procedures."""
        joint, version = self.dice.random() < 0.4, self.dice.choice(self.versions)
        draft = Draft.objects.create(
            owner=self.dice.choice(self.owners),
            version=None if joint else version,
            procedure="" if joint else version.procedure.slug,
            slot=new_id(),
            capacity="self",
            content={},
            created_at=self.now,
            updated_at=self.now,
        )
        for place, one in enumerate(self.versions[:2] if joint else ()):
            DraftPart.objects.create(draft=draft, place=place, version=one, procedure=one.procedure.slug)
        self.told(verbs.TOGETHER_STARTED if joint else verbs.DRAFT_STARTED, "draft", draft.pk)

    def take_out(self) -> None:
        """A procedure leaves a joint form, by itself or because its answers are carried over to another form."""
        drafts = list(Draft.objects.filter(closed_at=None, version=None).order_by("pk"))
        for draft in self.some(drafts):
            parts = draft.parts.order_by("-place")
            if parts.count() == 2:
                parts[0].delete()
                others = Draft.objects.filter(owner=draft.owner).exclude(pk=draft.pk).order_by("pk")
                target = self.dice.choice([draft, *others])
                self.told(
                    verbs.PROCEDURE_TAKEN_OUT if target == draft else verbs.ANSWERS_CARRIED_OVER,
                    "draft",
                    target.pk,
                )

    def hand_in(self) -> None:
        """A form is handed in and becomes cases."""
        for draft in self.some(list(Draft.objects.filter(closed_at=None).order_by("pk"))):
            slugs = {part.procedure for part in draft.parts.all()} or {draft.procedure}
            versions = [one for one in self.versions if one.procedure.slug in slugs]
            bundle = None
            if draft.version_id is None:
                bundle = Bundle.objects.create(
                    arrived_at=self.now, typed_apart=9, typed_once=self.dice.randint(1, 9)
                )
                self.told(verbs.BUNDLE_SUBMITTED, "bundle", bundle.pk)
            cases = [self.case(one, bundle=bundle) for one in versions]
            draft.case, draft.bundle = (None, bundle) if bundle else (cases[0], None)
            draft.handed_in, draft.closed_at = True, self.now
            draft.save()

    def at_the_counter(self) -> None:
        """Somebody comes with a paper."""
        self.case(self.dice.choice(self.versions), channel="counter")

    def case(self, version: ProcedureVersion, **more: object) -> Case:
        """A case arrives."""
        fields: dict[str, object] = {
            "number": f"T{next(self.numbers)}",
            "version": version,
            "procedure": version.procedure.slug,
            "kind": "application",
            "section": "childcare",
            "capacity": "self",
            "answers": {},
            "answers_total": self.dice.randint(0, 9),
            "arrived_at": self.now,
            "due_on": self.dice.choice((None, calendar_jp.jst_day(self.now))),
        }
        made = Case.objects.create(**fields | more)
        self.told(verbs.SUBMITTED, "case", made.pk)
        return made

    def decide(self) -> None:
        """A case is decided, in time or not."""
        for case in self.some(list(Case.objects.filter(closed_at=None).order_by("arrived_at", "number"))):
            case.state, case.outcome, case.closed_at = "decided", "approved", self.now
            case.save()
            self.told(verbs.DECIDED, "case", case.pk)

    def say(self) -> None:
        """Somebody says how it was, perhaps long after."""
        for case in self.some(list(Case.objects.filter(satisfaction=None).order_by("arrived_at", "number"))):
            case.satisfaction = self.dice.randint(1, 5)
            case.save()
            self.told(verbs.SATISFACTION_GIVEN, "case", case.pk)

    def look(self) -> None:
        """Somebody looks at something: an event that changes no number."""
        self.told(verbs.VIEWED, "case", new_id())

    def seal(self) -> None:
        """Some of the waiting events are sealed, not in their order."""
        waiting = list(Event.objects.filter(seal=None).values_list("pk", flat=True))
        self.dice.shuffle(waiting)
        last = events.last_sequence()
        chosen = waiting[: self.dice.randint(0, len(waiting))]
        Seal.objects.bulk_create(
            Seal(sequence=last + n, event_id=pk, hash="0" * 64) for n, pk in enumerate(chosen, 1)
        )

    def some[T](self, rows: list[T]) -> list[T]:
        """One of the rows by chance, or none where there are none."""
        return [self.dice.choice(rows)] if rows else []


ACTS = (
    "begin",
    "begin",
    "take_out",
    "hand_in",
    "hand_in",
    "at_the_counter",
    "decide",
    "say",
    "look",
    "seal",
    "pass_time",
)
STEPS = (*ACTS, *ACTS, *("pass_time",) * 9, *("follow",) * 7, "killed", "recount")


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


@MANY
@given(seed=st.integers(0, 2**32), length=st.integers(20, 90), batch=st.integers(1, 7))
def test_following_the_log_in_any_batches_with_any_interruption_ends_where_a_full_count_ends(
    monkeypatch: pytest.MonkeyPatch, seed: int, length: int, batch: int
) -> None:
    with transaction.atomic(), monkeypatch.context() as patch:
        city = City(random.Random(seed))
        patch.setattr(counting, "BATCH", batch)
        patch.setattr(calendar_jp, "now", lambda: city.now)
        patch.setattr(calendar_jp, "today", lambda: calendar_jp.jst_day(city.now))
        for step in city.dice.choices(STEPS, k=length):
            if step == "follow":
                counting.follow(actor=JOB)
            elif step == "recount":
                counting.recount(actor=JOB)
            elif step == "killed":
                _killed_at(monkeypatch, city.dice, whole=city.dice.random() < 0.3)
            else:
                getattr(city, step)()
        events.seal(thorough=True, limit=10_000)
        counting.follow(actor=JOB)
        followed = _rows()
        assert counting.differences(actor=JOB) == []
        today = calendar_jp.today()
        for since in (date(2026, 3, 28), date(2026, 3, 31), date(2026, 4, 1), today):
            for until in (date(2026, 3, 31), date(2026, 4, 30), today - timedelta(days=1), today):
                _equal(since, until)
        counting.recount(actor=JOB)
        assert _rows() == followed
        transaction.set_rollback(True)


def _equal(since: date, until: date) -> None:
    """Every number of the span is what the records give."""
    span = {"since": since, "until": until}
    assert counted.by_procedure(**span) == counts.by_procedure(**span)
    assert counted.online_cases(**span) == counts.online_cases(**span)
    assert counted.answers(**span) == counts.answers(**span)
    assert counted.spared(**span) == counts.spared(**span)
    assert counted.decided(**span) == counts.decided(**span)
    assert counted.services(**span) == service.services(**span)


def test_a_full_count_cut_short_leaves_the_numbers_as_they_were_counted_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    case = b.filed()
    today = calendar_jp.today()
    _killed_at(monkeypatch, random.Random(1), whole=True)
    state = Counting.objects.first()
    assert state is None or not state.complete
    assert counted.totals(today, today) is None
    assert counted.by_procedure(since=today, until=today) == {case.procedure: (1, 1)}


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
    with counted.once():
        first = counted.totals(date(2026, 4, 1), calendar_jp.today())
        with django_assert_max_num_queries(0):  # type: ignore[operator]
            assert counted.totals(date(2026, 4, 1), calendar_jp.today()) is first


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
