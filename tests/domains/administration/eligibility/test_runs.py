"""A run over the register: what it says of each person is what the rules say of one, and it is kept once."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from pytest_django import DjangoDbBlocker

from dokodemo.administration.eligibility import everybody, queries
from dokodemo.administration.eligibility.actions import RunUnderWay, run_daily, run_register, thin_runs
from dokodemo.administration.eligibility.models import Cell, Decision, Inputs, Judged, Offer, Run
from dokodemo.administration.procedures import queries as procedures
from dokodemo.administration.procedures.judging import judge
from dokodemo.city.parties.everybody import register_lines
from dokodemo.city.parties.models import Resident
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import Forbidden, NotFound, system
from dokodemo.kernel.events.models import Event
from tests.domains.administration.cases.building import city_in_force, clerk
from tests.domains.city.city_builders import bring_in, family, protect, row

DAY = date(2026, 11, 23)
ACTOR = system("eligibility")
CLAIM = "child-allowance-claim"


@pytest.fixture(scope="module", autouse=True)
def _city(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with django_db_blocker.unblock(), city_in_force():
        yield


@pytest.fixture(autouse=True)
def _open(_city: None, db: None) -> None:
    """Every test starts from the city without anybody in it."""


def people() -> list[Resident]:
    return [
        *family(1, 1),
        *bring_in(
            row(10, 2, dateOfBirth="1940-02-29"),
            row(11, 3, dateOfBirth="2007-12-01"),
            row(12, 4, dateOfBirth="1961-11-24"),
        ),
    ]


def decision(resident: Resident, slug: str = CLAIM) -> Decision:
    return Decision.objects.select_related("inputs", "judged").get(resident=resident, judged__procedure=slug)


def test_a_run_says_of_everybody_what_the_rules_say_of_one_person() -> None:
    people()
    run_register(actor=ACTOR, on=DAY)
    names: dict[Any, str] = {True: "entitled", False: "not", "unknown": "unknown"}
    checked = 0
    for one in Decision.objects.select_related("inputs", "judged"):
        procedure = procedures.compiled_version(one.judged.version_id)
        facts = everybody.only_uses(procedure, one.inputs.facts)
        judgement = judge(procedure, facts, DAY)
        assert one.verdict == names[judgement.eligible]
        assert one.because == " ".join(sorted(judgement.missing))
        checked += 1
    assert checked == 6 * len(procedures_looked_for())


def procedures_looked_for() -> list[Any]:
    return [p for p in procedures.published() if p.definition.proactive is not None]


def test_parents_are_known_to_have_a_child_and_everybody_else_may_have_one_elsewhere() -> None:
    father, mother, child = family()
    (alone,) = bring_in(row(10, 2, dateOfBirth="1960-01-01"))
    run_register(actor=ACTOR, on=DAY)
    assert decision(father).because == decision(mother).because
    assert "child.cared_for" in decision(father).because.split()
    assert decision(alone).verdict == "unknown"
    assert "child.cared_for" not in decision(alone).because.split()
    assert "child" in decision(alone).because.split()
    assert decision(child).verdict == "unknown"


def test_ages_known_to_the_register_decide() -> None:
    old, young, _ = bring_in(
        row(10, 2, dateOfBirth="1940-02-29"),
        row(11, 3, dateOfBirth="2007-12-01"),
        row(12, 4, dateOfBirth="1961-11-24"),
    )
    run_register(actor=ACTOR, on=DAY)
    assert decision(young, "care-need-certification").verdict == "not"
    assert decision(young, "special-disability-allowance").verdict == "not"
    assert decision(old, "disabled-child-allowance").verdict == "not"
    assert decision(old, "care-need-certification").because == (
        "representative.mandate representative.relation representative.without_mandate"
    )


def test_the_same_day_a_second_time_writes_nothing() -> None:
    people()
    first = run_register(actor=ACTOR, on=DAY)
    kept = [m.objects.count() for m in (Run, Judged, Decision, Inputs, Cell, Event)]
    second = run_register(actor=ACTOR, on=DAY)
    assert (first.new, second.new) == (True, False)
    assert first.benefits == second.benefits
    assert [m.objects.count() for m in (Run, Judged, Decision, Inputs, Cell, Event)] == kept


def test_a_change_in_the_register_makes_a_further_run_and_the_earlier_one_stays() -> None:
    people()
    run_register(actor=ACTOR, on=DAY)
    inputs = Inputs.objects.count()
    bring_in(row(20, 9, dateOfBirth="1980-01-01"))
    assert run_register(actor=ACTOR, on=DAY).new
    assert run_register(actor=ACTOR, on=DAY + timedelta(days=1)).new
    assert [run.residents for run in queries.runs()] == [7, 7, 6]
    assert Inputs.objects.count() == inputs + 1


def test_a_run_is_one_event_with_numbers_only() -> None:
    people()
    before = Event.objects.count()
    run_register(actor=ACTOR, on=DAY)
    event = Event.objects.latest("id")
    assert Event.objects.count() == before + 1
    assert event.verb == "eligibility.run_finished"
    assert event.numbers["residents"] == 6
    assert event.numbers["benefits"] * 6 == sum(
        event.numbers[name] for name in ("entitled", "not_entitled", "unknown", "failed")
    )


def test_nothing_readable_about_a_person_lies_beside_a_decision() -> None:
    father, *_ = family()
    run_register(actor=ACTOR, on=DAY)
    raw = Inputs.objects.filter(resident=father).values_list("facts", flat=True)[0]
    assert b"2020-07-03" not in bytes(raw)
    assert decision(father).inputs.facts["child"] == {
        "members": [{"date_of_birth": "2020-07-03"}],
        "complete": False,
    }


def test_only_facts_that_are_listed_are_read() -> None:
    father, *_ = family()
    run_register(actor=ACTOR, on=DAY)
    listed = {term.name for term in everybody.terms_of(procedures_looked_for())}
    facts = decision(father).inputs.facts
    assert {name for name in facts if name != "child"} <= listed
    assert set(facts["child"]["members"][0]) == {"date_of_birth"}


def test_the_dead_and_those_who_moved_away_are_not_judged() -> None:
    here, *_ = bring_in(
        row(1, 1),
        row(2, 2, status="dead", dateOfDeath="2026-01-01"),
        row(3, 3, status="moved_out", cityAndCounty="熊本市"),
    )
    assert run_register(actor=ACTOR, on=DAY).residents == 1
    assert set(Decision.objects.values_list("resident", flat=True)) == {here.pk}


def test_of_a_sheltered_household_everybody_is_judged_by_themselves_alone() -> None:
    father, mother, child = family()
    protect(mother)
    run_register(actor=ACTOR, on=DAY)
    for person in (father, mother, child):
        assert "child" not in decision(person).inputs.facts
    assert set(Cell.objects.values_list("town", flat=True)) == {""}


def test_only_the_system_reads_the_whole_register() -> None:
    with pytest.raises(Forbidden):
        run_register(actor=clerk(), on=DAY)
    with pytest.raises(NotFound):
        next(register_lines(clerk(), [], on=DAY))


def test_a_run_that_was_stopped_is_not_seen_and_the_next_one_clears_it() -> None:
    people()
    now = calendar_jp.now()
    stopped = Run.objects.create(day=DAY, digest="x" * 64, residents=1, started_at=now - timedelta(hours=2))
    assert queries.latest_run() is None
    assert run_register(actor=ACTOR, on=DAY).new
    assert not Run.objects.filter(pk=stopped.pk).exists()
    Run.objects.create(day=DAY, digest="y" * 64, residents=1, started_at=now)
    with pytest.raises(RunUnderWay):
        run_register(actor=ACTOR, on=DAY + timedelta(days=1))


def test_without_a_confirmed_ground_nobody_is_judged_outside_the_demo(settings: Any) -> None:
    people()
    settings.DOKODEMO_DEMO = False
    report = run_register(actor=ACTOR, on=DAY)
    assert report.benefits == {}


def test_progress_names_its_stages() -> None:
    people()
    told: list[tuple[str, int, int]] = []
    run_register(actor=ACTOR, on=DAY, progress=lambda *step: told.append(step))
    assert list(dict.fromkeys(stage for stage, *_ in told)) == ["read", "judge", "write"]
    assert told[-1] == ("write", 6, 6)


def test_the_nightly_run_judges_once_a_day_and_makes_up_for_one_that_was_stopped() -> None:
    people()
    stopped = Run.objects.create(
        day=calendar_jp.today(), digest="0" * 64, residents=0, started_at=calendar_jp.now()
    )
    assert run_daily(actor=ACTOR) is None, "somebody may still be writing"
    Run.objects.update(started_at=calendar_jp.now() - timedelta(hours=2))
    report = run_daily(actor=ACTOR)
    assert report is not None
    assert report.new
    assert not Run.objects.filter(pk=stopped.pk).exists()
    bring_in(row(20, 5))
    assert run_daily(actor=ACTOR) is None, "the day has its run, whatever came afterwards"
    assert Run.objects.get().residents == 6


def test_where_no_benefit_looks_for_people_there_is_no_nightly_run(settings: Any) -> None:
    settings.DOKODEMO_DEMO = False
    people()
    assert run_daily(actor=ACTOR) is None
    assert not Run.objects.exists()


def test_old_runs_keep_what_offers_stand_on_their_counts_and_the_first_of_each_month_whole() -> None:
    father, *_ = people()
    days = [date(2026, 8, 3), date(2026, 8, 4), date(2026, 9, 30), date(2026, 10, 20), date(2026, 10, 21)]
    for day in days:
        run_register(actor=ACTOR, on=day)
    offered = Decision.objects.get(resident=father, judged__procedure=CLAIM, judged__run__day=days[1])
    Offer.objects.create(
        decision=offered,
        resident=father,
        version_id=offered.judged.version_id,
        procedure=CLAIM,
        section=offered.judged.section,
        sent_by_id=clerk().account,
        sent_at=calendar_jp.now(),
        expires_on=DAY,
    )

    def left() -> list[int]:
        return [Decision.objects.filter(judged__run__day=day).count() for day in days]

    each = left()[0]
    assert left() == [each] * 5
    cells = Cell.objects.count()
    assert thin_runs(actor=ACTOR, on=date(2026, 10, 22)) == each - 1
    assert left() == [each, 1, each, each, each], (
        "the first of each month, and the last two weeks, stay whole"
    )
    assert thin_runs(actor=ACTOR, on=DAY) == 0, "the newest run stays, however old"
    assert Cell.objects.count() == cells
    kept = Decision.objects.get(judged__run__day=days[1])
    assert kept == offered
    assert Inputs.objects.filter(pk=kept.inputs_id).exists()
    assert queries.replay(clerk(), kept.pk)
    event = Event.objects.get(verb="eligibility.run_thinned")
    assert event.numbers == {"decisions": each - 1}


def test_facts_on_which_nothing_stands_any_more_are_forgotten() -> None:
    people()
    run_register(actor=ACTOR, on=date(2026, 8, 3))
    (guest,) = bring_in(row(50, 50))
    run_register(actor=ACTOR, on=date(2026, 8, 4))
    Resident.objects.filter(pk=guest.pk).update(status="moved_out")
    run_register(actor=ACTOR, on=DAY)
    assert Inputs.objects.filter(resident=guest).exists()
    assert thin_runs(actor=ACTOR, on=DAY) > 0
    assert not Inputs.objects.filter(resident=guest).exists()
    used = set(Decision.objects.values_list("inputs_id", flat=True))
    assert set(Inputs.objects.values_list("pk", flat=True)) == used


def test_only_the_system_thins() -> None:
    with pytest.raises(Forbidden):
        thin_runs(actor=clerk())
