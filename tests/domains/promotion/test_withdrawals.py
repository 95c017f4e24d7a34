"""Observed values that are withdrawn: gone from everything that tells them, kept with the reason, and shown for days before."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import Actor, Forbidden, NotFound, Role, system
from dokodemo.kernel.events.models import Event
from dokodemo.promotion.following import changes
from dokodemo.promotion.headquarters import packet
from dokodemo.promotion.headquarters.actions import call_meeting
from dokodemo.promotion.indicators import actions, queries, withdrawals
from dokodemo.promotion.indicators.actions import NotWithdrawn
from dokodemo.promotion.indicators.awaiting import awaited
from dokodemo.promotion.indicators.models import Observation, Withdrawal
from dokodemo.promotion.indicators.targeting import TargetReading, targets
from dokodemo.promotion.plan import queries as plans
from tests.domains.city.city_builders import the_pack
from tests.domains.entry import building as b
from tests.domains.promotion import following_city as followed
from tests.domains.promotion.test_action_plan import OFFICER, staff
from tests.domains.promotion.test_observations import a_value, observe

pytestmark = pytest.mark.django_db
CODE = "card_holding"
ENTERED, GONE = date(2026, 11, 20), date(2026, 11, 27)
WHY = "八月末ではなく七月末の数でした"


@pytest.fixture(autouse=True)
def _city(settings: Any) -> None:
    settings.DOKODEMO_TODAY = ENTERED.isoformat()
    the_pack()


def later(settings: Any, day: date = GONE) -> None:
    settings.DOKODEMO_TODAY = day.isoformat()


def withdraw(row: Observation, actor: Actor = OFFICER, reason: str = WHY) -> Withdrawal:
    return actions.withdraw(actor=actor, observation_id=row.pk, reason=reason)


def value(on: date | None = None) -> float | None:
    return queries.readings([CODE], on=on)[CODE].value


def july() -> Observation:
    return observe(
        vintage="2026年7月末",
        value="80.9",
        published_on="2026-08-20",
        **{"from": "2026-07-01", "to": "2026-07-31"},
    )


def test_a_withdrawn_value_counts_no_more_and_one_event_says_so(settings: Any) -> None:
    row = observe()
    later(settings)
    made = withdraw(row)
    assert value() is None
    assert queries.observed(CODE) == []
    assert list(queries.all_kept([CODE])) == []
    assert (made.reason, made.withdrawn_on, made.withdrawn_by) == (WHY, GONE, OFFICER.account_id)
    (event,) = Event.objects.filter(verb="indicators.withdrawn")
    assert (event.object_type, event.object_id) == ("observation", str(row.pk))
    assert event.refs == {"indicator": CODE, "cause": "taken_back"}
    assert WHY not in json.dumps([event.refs, event.numbers, event.digests], ensure_ascii=False)
    (kept,) = queries.entries(OFFICER, CODE)
    assert (kept, kept.withdrawal) == (row, made)


def test_days_before_the_withdrawal_still_show_what_was_published_then(settings: Any) -> None:
    row = observe()
    later(settings)
    withdraw(row)
    later(settings, GONE + timedelta(days=5))
    published = (
        row.published_on if isinstance(row.published_on, date) else date.fromisoformat(row.published_on)
    )
    assert value(published - timedelta(days=1)) is None
    assert value(published) == 81.2
    assert value(GONE - timedelta(days=1)) == 81.2
    assert value(GONE) is None
    assert value() is None


def test_an_older_value_is_the_newest_again_and_so_it_is_for_days_after_the_withdrawal(settings: Any) -> None:
    july()
    row = observe()
    assert value() == 81.2
    later(settings)
    withdraw(row)
    later(settings, GONE + timedelta(days=5))
    assert [value(), value(GONE), value(GONE - timedelta(days=1))] == [80.9, 80.9, 81.2]


def test_what_a_withdrawn_correction_had_corrected_does_not_come_back(settings: Any) -> None:
    july()
    observe()
    correction = observe(value="81.4")
    later(settings)
    withdraw(correction)
    assert value() == 80.9
    assert [str(one.value) for one in queries.observed(CODE)] == ["80.9000"]
    assert value(GONE - timedelta(days=1)) == 81.4


def test_a_value_entered_later_for_the_same_period_counts_also_the_very_same_one(settings: Any) -> None:
    row = observe()
    later(settings)
    withdraw(row)
    again = observe()
    assert again.pk != row.pk
    assert value() == 81.2
    assert Observation.objects.count() == 2
    withdraw(again)
    assert value() is None
    observe(value="81.5", published_on="2026-11-25")
    assert value() == 81.5
    later(settings, GONE + timedelta(days=5))
    # Known on the 25th already, though it was entered when the others were withdrawn.
    assert [value(date(2026, 11, day)) for day in (24, 25, 27)] == [81.2, 81.5, 81.5]


def test_a_value_that_counts_no_more_a_reason_nobody_wrote_and_a_stranger_are_refused() -> None:
    first = observe()
    correction = observe(value="81.4")
    with pytest.raises(NotWithdrawn, match="gone"):
        withdraw(first)
    for reason, key in ((" \n", "empty"), ("長" * 501, "long")):
        with pytest.raises(NotWithdrawn, match=key) as refused:
            withdraw(correction, reason=reason)
        assert refused.value.box == "reason"
    for actor in (staff(Role.HEAD_OF_SECTION, "childcare"), staff(Role.CASEWORKER, "resident")):
        with pytest.raises(Forbidden):
            withdraw(correction, actor)
    with pytest.raises(NotFound):
        withdraw(correction, Actor(kind="resident"))
    with pytest.raises(NotFound):
        actions.withdraw(actor=OFFICER, observation_id=uuid4(), reason=WHY)
    assert not Withdrawal.objects.exists()
    withdraw(correction, staff(Role.HEAD_OF_SECTION, "resident"))
    with pytest.raises(NotWithdrawn, match="gone"):
        withdraw(correction)
    assert Event.objects.filter(verb="indicators.withdrawn").count() == 1


def test_the_database_keeps_a_withdrawal_as_it_is_only_one_of_a_value_and_each_with_a_reason() -> None:
    row = observe()
    withdraw(row)
    for statement in ("UPDATE indicators_withdrawal SET reason = 'x'", "DELETE FROM indicators_withdrawal"):
        with (
            pytest.raises(DatabaseError, match="append-only"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)
    same = {
        "code": CODE,
        "cause": "taken_back",
        "reason": WHY,
        "withdrawn_on": GONE,
        "void_from": GONE,
        "withdrawn_at": datetime(2026, 11, 27, tzinfo=UTC),
    }
    with pytest.raises(IntegrityError), transaction.atomic():
        Withdrawal.objects.create(observation=row, **same)
    with pytest.raises(IntegrityError, match="withdrawal_says_why"), transaction.atomic():
        Withdrawal.objects.create(observation=july(), **same | {"reason": ""})


def test_the_period_of_a_withdrawn_value_is_awaited_again_until_it_is_entered(settings: Any) -> None:
    september = {"from": "2026-09-01", "to": "2026-09-30"}
    row = observe(vintage="2026年9月末", published_on="2026-10-20", **september)

    def waits() -> bool:
        today = calendar_jp.today()
        listed = CODE in {one.indicator.code for one in awaited(today, ahead_days=0)}
        assert (CODE in queries.due(today)) == listed
        return listed

    assert not waits()
    withdraw(row)
    assert waits()
    observe(vintage="2026年9月末", published_on="2026-10-20", value="81.3", **september)
    assert not waits()


def test_a_target_compares_without_what_was_withdrawn_at_once_and_again_with_what_came_instead(
    settings: Any,
) -> None:
    def year(of: int, number: str) -> Observation:
        return observe(
            indicator="corporate_income",
            vintage="令和5年度推計",
            value=number,
            published_on="2026-03-31",
            **{"from": f"{of}-04-01", "to": f"{of + 1}-03-31"},
        )

    def target(on: date | None = None) -> TargetReading:
        found = targets(queries.readings(on=on), on=on)
        return next(one for one in found if one.target.indicator == "corporate_income")

    year(2018, "25200")
    year(2022, "25300")
    last = year(2023, "25400")
    assert target().progress == pytest.approx(200 / 407)
    later(settings)
    assert target().progress == pytest.approx(200 / 407)
    withdraw(last)
    assert target().progress == pytest.approx(100 / 407)
    year(2023, "25500")
    assert target().progress == pytest.approx(300 / 407)
    later(settings, GONE + timedelta(days=3))
    assert target(GONE - timedelta(days=1)).progress == pytest.approx(300 / 407)


def test_the_packs_value_that_was_withdrawn_or_corrected_is_not_brought_again() -> None:
    assert actions.load_of_pack(actor=system("up")) == 2
    internet, income = (Observation.objects.get(code=code) for code in ("internet_use", "corporate_income"))
    withdraw(internet)
    observe(
        indicator="corporate_income",
        vintage=income.vintage,
        value="25047",
        published_on=income.published_on.isoformat(),
        **{"from": income.period_from.isoformat(), "to": income.period_to.isoformat()},
    )
    assert actions.load_of_pack(actor=system("up")) == 0
    found = queries.readings(["internet_use", "corporate_income"])
    assert found["internet_use"].value is None
    assert found["corporate_income"].value == 25047


def test_a_table_sent_again_brings_a_withdrawn_value_back() -> None:
    head = "indicator,from,to,value,unit,vintage,published_on,source\n"
    line = f"{CODE},2026-08-01,2026-08-31,81.2,percent,2026年8月末,2026-09-20,総務省の公表\n"
    withdraw(observe())
    assert actions.take_table(actor=OFFICER, data=(head + line).encode()) == 1
    assert value() == 81.2


def numbers(query: str = "") -> tuple[dict[str, Any], dict[str, str]]:
    """The indicator in the plan's JSON and in its CSV."""
    resident = b.browser()
    found = json.loads(resident.get(f"/plan/numbers.json{query}").content)["indicators"]
    table = resident.get(f"/plan/numbers.csv{query}").content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(table)))
    return next(one for one in found if one["code"] == CODE), next(one for one in rows if one["code"] == CODE)


def test_the_plans_data_say_when_and_why_and_never_what_the_value_was(settings: Any) -> None:
    row = observe()
    told, cells = numbers()
    assert (told["value"], told["withdrawn"], cells["withdrawn_on"]) == (pytest.approx(81.2), None, "")
    later(settings)
    withdraw(row)
    told, cells = numbers()
    assert (told["value"], told["observed"], cells["value"]) == (None, None, "")
    assert told["withdrawn"] == {
        "from": "2026-08-01",
        "to": "2026-08-31",
        "vintage": "2026年8月末",
        "published_on": "2026-09-20",
        "on": "2026-11-27",
        "cause": "taken_back",
        "reason": WHY,
    }
    names = ("withdrawn_from", "withdrawn_to", "withdrawn_on", "withdrawn_cause", "withdrawn_reason")
    assert [cells[name] for name in names] == ["2026-08-01", "2026-08-31", "2026-11-27", "taken_back", WHY]
    assert told["missing"]["en"] == "The published value was withdrawn."
    assert cells["missing_ja"] == "公表した値を取り下げました。"
    told, cells = numbers("?on=2026-11-26")
    assert (told["value"], told["withdrawn"], cells["value"]) == (pytest.approx(81.2), None, "81.2")
    observe()
    told, cells = numbers()
    assert (told["value"], told["withdrawn"], cells["withdrawn_on"]) == (pytest.approx(81.2), None, "")


def read(address: str, lang: Any = "ja") -> str:
    """What anybody reads on a page, without spaces."""
    return "".join(b.words(b.browser(lang=lang).get(address).content).split())


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("ja", "令和8年8月1日から令和8年8月31日までの値は、令和8年11月27日に取り下げました。"),
        ("easy", f"わけ：{WHY}"),
        ("en", "Thevalueof1August2026to31August2026waswithdrawnon27November2026."),
    ],
)
def test_whoever_looks_where_the_value_stood_reads_when_and_why(settings: Any, lang: Any, said: str) -> None:
    def page(query: str = "") -> str:
        return read(f"/plan{query}", lang)

    row = observe()
    assert said not in page()
    later(settings)
    withdraw(row)
    assert said in page()
    assert WHY in page()
    # Where an older value is shown instead, the newer one is still missed.
    july()
    assert "80.9" in page()
    assert said in page()
    assert said not in page("?on=2026-11-26")
    observe()
    assert said not in page()


def test_the_wall_the_framed_measure_and_the_papers_of_a_meeting_say_so_too(settings: Any) -> None:
    code, said = "internet_use", "値は、令和8年11月27日に取り下げました。理由：出どころの表が訂正されました"
    actions.load_of_pack(actor=system("up"))
    wall = [f"/plan/wall/{part}?still=1" for part in range(1, 6)]
    framed = [f"/plan/embed/{one.code}" for one in plans.plan().measures if code in one.indicators]
    later(settings)
    assert not [address for address in (*wall, *framed) if said in read(address)]
    # One of them has a target, and so a page of the wall; the other measures something.
    for row in Observation.objects.filter(code__in=["corporate_income", code]):
        withdraw(row, reason="出どころの表が訂正されました")
    assert len([page for page in map(read, wall) if said in page and "未計測" in page]) == 1
    assert framed
    assert all(said in read(address) for address in framed)
    meeting = call_meeting(actor=OFFICER, on=GONE, place="", agenda="数字を見る")
    (line,) = (one for one in packet.papers(OFFICER, meeting)["numbers"] if one["code"] == code)
    assert line["value"] == "未計測"
    assert "令和8年11月27日に取下げ。理由：出どころの表が訂正されました" in line["period"]


def test_who_follows_the_plan_or_a_measure_of_the_number_hears_of_it(settings: Any) -> None:
    measure = next(one for one in plans.plan().measures if CODE in one.indicators)
    other = next(one for one in plans.plan().measures if CODE not in one.indicators)
    followed.adopt()
    before = len(changes.latest())
    withdraw(observe())
    news = changes.latest()
    assert len(news) == before + 1
    assert news[0].title("ja").endswith(f"令和8年8月31日までの値を取り下げました。 {WHY}")
    assert measure.code in news[0].measures
    assert news[0].id in {one.id for one in changes.latest(measure.code)}
    assert news[0].id not in {one.id for one in changes.latest(other.code)}
    feed = b.browser().get(f"/plan/feed.atom?measure={measure.code}&lang=en").content.decode()
    assert f"urn:uuid:{news[0].id}" in feed
    assert "was withdrawn." in feed
    assert "81.2" not in feed


def test_of_two_editions_the_one_that_stands_is_shown_and_an_old_one_is_not_missed(settings: Any) -> None:
    provisional = observe(vintage="速報", status="provisional", value="81.0", published_on="2026-09-10")
    final = observe(vintage="確定")
    withdraw(provisional)
    assert withdrawals.told(queries.readings([CODE]))[CODE].withdrawn is None
    assert value() == 81.2
    withdraw(final)
    missed = withdrawals.told(queries.readings([CODE]))[CODE].withdrawn
    assert missed is not None
    assert missed.vintage == "確定"


def test_a_value_of_a_survey_is_kept_as_it_is_read(settings: Any) -> None:
    """What was read once is kept in memory, and a withdrawal holds all the same."""
    row = observe()
    assert [value(), value()] == [81.2, 81.2]
    withdraw(row)
    assert value() is None
    assert queries.kept(a_value()) is None
