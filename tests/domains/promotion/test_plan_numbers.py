"""The plan's numbers, exactly: what is counted above and below the line, to the last second of a day in Japan."""

from __future__ import annotations

import csv
import io
import json
import shutil
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

import pytest
from django.test import Client

from dokodemo.administration.cases import actions
from dokodemo.administration.cases.models import Case, Channel, Outcome, State
from dokodemo.administration.procedures import actions as procedure_actions
from dokodemo.administration.procedures import queries as procedures
from dokodemo.administration.procedures.models import ProcedureVersion
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import Role, system
from dokodemo.kernel.packs import Pack, open_pack
from dokodemo.promotion.indicators import queries as indicators
from dokodemo.promotion.indicators.actions import load_of_pack
from dokodemo.promotion.indicators.definitions import Indicator, load_indicators
from dokodemo.promotion.indicators.logic import Amount
from dokodemo.promotion.indicators.sources import SOURCES
from dokodemo.promotion.plan import queries as plans
from tests.domains.administration.cases import building, direct_counts
from tests.domains.city.city_builders import the_pack
from tests.domains.entry import building as b

pytestmark = pytest.mark.django_db
GRANT, REPORT = "procedures/tree-grant/procedure.yaml", "procedures/tree-report/procedure.yaml"
ONLINE = "online: {state: full}"
_WHY = "{ja: みほん, easy: みほん, en: a sample}"
PARTIAL, NONE = (
    f"online: {{state: partial, lacks: [counter], missing: {_WHY}}}",
    f"online: {{state: none, reason: {_WHY}}}",
)
# The last moment of 31 March in Japan, and the first of 1 April.
LAST = datetime(2027, 3, 31, 14, 59, 59, 999_999, tzinfo=UTC)
FIRST = datetime(2027, 3, 31, 15, 0, tzinfo=UTC)


@pytest.fixture
def small(tmp_path: Path, project: Path) -> Callable[..., None]:
    """Puts the small pack in force, its two procedures changed: (file, old, new); a removed file is (file, "", "")."""
    folder = tmp_path / "packs" / "small"

    def publish(*edits: tuple[str, str, str]) -> None:
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(project / "tests" / "packs" / "small", folder)
        for name, old, new in edits:
            file = folder / name
            if not old:
                shutil.rmtree(file.parent)
                continue
            text = file.read_text("utf-8")
            assert text.count(old) == 1, old
            file.write_text(text.replace(old, new), "utf-8")
        procedure_actions.publish(open_pack("small", roots=[folder.parent]), demo=True)

    return publish


@pytest.fixture
def version(small: Callable[..., None]) -> ProcedureVersion:
    """A published version that cases may point at."""
    small()
    return ProcedureVersion.objects.get(procedure__slug="tree-grant")


@pytest.fixture
def filed(version: ProcedureVersion) -> Callable[..., Case]:
    """Writes down a case as it arrived: when, how, and whatever else matters."""

    def make(at: datetime, channel: str = Channel.ONLINE, **more: Any) -> Case:
        usual = {
            "number": f"n{Case.objects.count()}",
            "version": version,
            "procedure": "tree-grant",
            "kind": "application",
            "section": "green",
            "capacity": "self",
            "answers": {},
        }
        return Case.objects.create(arrived_at=at, channel=channel, **{**usual, **more})

    return make


@pytest.fixture
def on(settings: Any) -> Callable[[date], None]:
    """Sets the day it is."""

    def set_day(day: date) -> None:
        settings.DOKODEMO_TODAY = day

    return set_day


def live() -> dict[str, tuple[int, int] | None]:
    """Every number as numerator and denominator."""
    return {
        code: (found.ratio.numerator, found.ratio.denominator) if found.ratio else None
        for code, found in indicators.readings().items()
    }


# K1: kinds of procedure


def test_a_city_that_performs_nothing_has_no_share_of_it() -> None:
    assert live()["K1"] == (0, 0)
    assert indicators.readings()["K1"].percent is None


@pytest.mark.parametrize(
    ("edits", "expected"),
    [
        ((), (2, 2)),
        (((GRANT, ONLINE, PARTIAL),), (1, 2)),
        (((REPORT, ONLINE, NONE),), (1, 2)),
        (((REPORT, ONLINE, NONE), (GRANT, ONLINE, PARTIAL)), (0, 2)),
        # A fee at the counter asks for a visit after all; one that is paid nowhere does not.
        (((GRANT, "fee: {amount: 0}", "fee: {amount: 500, method: counter}"),), (1, 2)),
        # What the city does not perform belongs to neither side.
        (((GRANT, ONLINE, f"{ONLINE}\nperformed: false"),), (1, 1)),
        (((REPORT, ONLINE, NONE), (GRANT, ONLINE, f"{ONLINE}\nperformed: false")), (0, 1)),
    ],
)
def test_only_what_needs_no_visit_counts_among_what_is_performed(
    small: Callable[..., None], edits: tuple[tuple[str, str, str], ...], expected: tuple[int, int]
) -> None:
    small(*edits)
    assert live()["K1"] == expected


def test_a_retired_procedure_counts_nowhere_and_comes_back_when_it_does(small: Callable[..., None]) -> None:
    small()
    small((REPORT, "", ""))
    assert live()["K1"] == (1, 1)
    small((GRANT, ONLINE, PARTIAL))
    assert live()["K1"] == (1, 2)
    kinds = procedures.online_kinds()
    assert (kinds.full, kinds.partial) == (("tree-report",), ("tree-grant",))


# K2: cases


def test_without_a_case_there_is_no_share() -> None:
    assert live()["K2"] == (0, 0)
    assert indicators.readings()["K2"].percent is None


def test_counter_post_and_paper_are_below_the_line_only(
    filed: Callable[..., Case], on: Callable[[date], None]
) -> None:
    on(date(2026, 6, 10))
    noon = datetime(2026, 6, 9, 3, tzinfo=UTC)
    for channel, number in ((Channel.ONLINE, 3), (Channel.COUNTER, 2), (Channel.POST, 1)):
        for _ in range(number):
            filed(noon, channel)
    assert live()["K2"] == (3, 6)
    actions.tally_paper(actor=building.clerk("green"), slug="tree-grant", month=date(2026, 6, 1), cases=14)
    assert live()["K2"] == (3, 20)
    assert indicators.readings()["K2"].percent == 15.0
    # A later figure replaces the earlier one.
    actions.tally_paper(actor=building.clerk("green"), slug="tree-grant", month=date(2026, 6, 30), cases=4)
    assert live()["K2"] == (3, 10)


def test_a_case_taken_back_or_refused_has_arrived_all_the_same(
    filed: Callable[..., Case], on: Callable[[date], None]
) -> None:
    on(date(2026, 6, 10))
    at = datetime(2026, 6, 9, 3, tzinfo=UTC)
    filed(at, state=State.WITHDRAWN, closed_at=at)
    filed(at, state=State.DECIDED, outcome=Outcome.REFUSED, closed_at=at)
    filed(at, Channel.COUNTER, state=State.WITHDRAWN, closed_at=at)
    assert live()["K2"] == (2, 3)
    # Nobody decided what was taken back.
    assert live()["on_time"] == (1, 1)


def test_a_year_begins_at_midnight_in_japan(filed: Callable[..., Case], on: Callable[[date], None]) -> None:
    filed(LAST)
    filed(FIRST, Channel.COUNTER)
    on(date(2027, 3, 31))
    assert live()["K2"] == (1, 1)
    on(date(2027, 4, 1))
    assert live()["K2"] == (0, 1)
    on(date(2028, 3, 31))
    assert live()["K2"] == (0, 1)
    on(date(2028, 4, 1))
    assert live()["K2"] == (0, 0)


@pytest.mark.parametrize(
    ("since", "until", "expected"),
    [
        (date(2027, 3, 1), date(2027, 3, 31), (1, 1)),
        (date(2027, 4, 1), date(2027, 4, 30), (0, 1)),
        (date(2027, 3, 31), date(2027, 4, 1), (1, 2)),
        (date(2027, 3, 1), date(2027, 3, 30), (0, 0)),
        (date(2027, 4, 2), date(2027, 4, 30), (0, 0)),
    ],
)
def test_a_month_ends_at_midnight_in_japan(
    filed: Callable[..., Case], since: date, until: date, expected: tuple[int, int]
) -> None:
    filed(LAST)
    filed(FIRST, Channel.COUNTER)
    found = direct_counts.online_cases(since=since, until=until)
    assert (found.online, found.total) == expected


def test_paper_of_march_and_of_april_belong_to_two_years(
    filed: Callable[..., Case], on: Callable[[date], None]
) -> None:
    on(date(2027, 4, 1))
    for month, cases in ((date(2027, 3, 1), 7), (date(2027, 4, 1), 2)):
        actions.tally_paper(actor=building.clerk("green"), slug="tree-grant", month=month, cases=cases)
    assert live()["K2"] == (0, 2)
    on(date(2027, 3, 31))
    assert live()["K2"] == (0, 7)


# Answers nobody had to type, and decisions in time


def test_answers_count_for_online_cases_of_the_year_only(
    filed: Callable[..., Case], on: Callable[[date], None]
) -> None:
    on(date(2027, 4, 1))
    assert indicators.readings()["answers_prefilled"].percent is None
    filed(LAST, answers_total=100, answers_typed=1)
    filed(FIRST, answers_total=13, answers_typed=6)
    filed(FIRST, answers_total=7, answers_typed=7)
    filed(FIRST, Channel.COUNTER, answers_total=50, answers_typed=0)
    assert live()["answers_prefilled"] == (7, 20)


def test_a_decision_is_in_time_until_the_last_second_of_its_day_in_japan(
    filed: Callable[..., Case], on: Callable[[date], None]
) -> None:
    on(date(2027, 4, 2))
    due = date(2027, 4, 1)
    decided = {"state": State.DECIDED, "outcome": Outcome.APPROVED}
    end = FIRST + timedelta(days=1)
    filed(LAST, due_on=due, closed_at=end - timedelta(microseconds=1), **decided)
    filed(LAST, due_on=due, closed_at=end, **decided)
    filed(LAST, due_on=None, closed_at=end, **decided)
    # Decided in the year before, and never decided at all.
    filed(LAST, due_on=due, closed_at=LAST, **decided)
    filed(LAST, due_on=due, closed_at=end, state=State.WITHDRAWN)
    assert live()["on_time"] == (2, 3)


def test_a_number_without_a_source_is_unmeasured_and_not_nothing() -> None:
    assert live()["convenience"] is None
    assert live()["corporate_income"] is None


@pytest.fixture
def arao() -> Pack:
    return open_pack("arao")


# The public page


# What the plan is to be steered by and nothing records yet: under which measure, and a word of the record that is missing.
NO_RECORD_YET = {
    "first_contact": ("life-3", "相談や問い合わせを受けた記録"),
    "waiting_time": ("admin-1", "番号札を取った時刻"),
    "cashless_share": ("industry-2", "現金かどうかの記録"),
    "card_applications": ("admin-2", "本人確認をしたかが残っていません"),
    "course_places": ("life-1", "講座の開催と申込みの記録"),
    "reports_solved": ("life-2", "通報を受ける窓口と記録"),
}


def test_what_no_record_exists_for_is_unmeasured_with_the_reason_wherever_it_is_read(client: Client) -> None:
    the_pack()
    page = b.words(client.get("/plan").content)
    numbers = {one["code"]: one for one in json.loads(client.get("/plan/numbers.json").content)["indicators"]}
    table = {row["code"]: row for row in _rows(client.get("/plan/numbers.csv").content)}
    measures = {measure.code: measure.indicators for measure in plans.plan().measures}
    office = b.browser(b.staff_account(("policy", Role.DIGITAL_OFFICER)))
    listed = b.words(office.get("/office/indicators/").content)
    for code, (measure, reason) in NO_RECORD_YET.items():
        assert code in measures[measure]
        assert (numbers[code]["value"], numbers[code]["percent"]) == (None, None)
        for lang in ("ja", "easy", "en"):
            assert numbers[code]["missing"][lang]
        assert reason in numbers[code]["missing"]["ja"]
        assert (table[code]["value"], table[code]["as_of"]) == ("", "")
        assert reason in table[code]["missing_ja"]
        assert table[code]["missing_en"]
        assert reason in page
        assert reason in listed
        assert reason in b.words(office.get(f"/office/indicators/one/{code}/").content)


def test_what_is_measured_says_that_nothing_is_missing(client: Client) -> None:
    load_of_pack(actor=system("up"))
    numbers = {one["code"]: one for one in json.loads(client.get("/plan/numbers.json").content)["indicators"]}
    assert numbers["internet_use"]["value"] == 57.0
    assert numbers["internet_use"]["missing"] is None
    assert numbers["forms_completed"]["missing"]["en"] == "There is no record to count yet."
    assert numbers["card_holding"]["missing"]["en"] == "No value has been published yet."


def test_a_planned_number_without_its_reason_is_a_mistake_of_the_pack(arao: Pack) -> None:
    one = next(one for one in load_indicators(arao).indicators if one.state == "planned")
    with pytest.raises(ValueError, match="which record is missing"):
        Indicator.model_validate(one.model_dump() | {"missing": None})


def _rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


@pytest.mark.parametrize("lang", ["ja", "easy", "en"])
def test_the_page_of_a_city_without_any_record_says_unmeasured_and_never_nought_percent(lang: str) -> None:
    page = b.browser(lang=lang).get("/plan")
    words = b.words(page.content)
    assert page.status_code == 200
    unmeasured = {"ja": "未計測", "easy": "まだ わかりません", "en": "not measured"}[lang]
    assert words.count(unmeasured) >= 4
    assert " 0.0%" not in words
    assert " 0%" not in words


def test_machines_are_given_nothing_rather_than_nought(client: Client) -> None:
    numbers = {one["code"]: one for one in json.loads(client.get("/plan/numbers.json").content)["indicators"]}
    for code in ("K1", "K2", "answers_prefilled", "on_time"):
        assert (numbers[code]["numerator"], numbers[code]["denominator"]) == (0, 0)
        assert numbers[code]["percent"] is None
    assert numbers["convenience"]["numerator"] is None


def test_what_the_records_say_is_on_the_page_to_the_case(
    filed: Callable[..., Case], on: Callable[[date], None], client: Client
) -> None:
    on(date(2027, 4, 1))
    for channel in (Channel.ONLINE, Channel.ONLINE, Channel.COUNTER):
        filed(FIRST, channel)
    words = b.words(client.get("/plan").content)
    assert "66.7%" in words
    assert "（3のうち2）" in words


# Queries of the pack


def test_a_query_about_a_measure_counts_only_the_procedures_that_serve_it(
    filed: Callable[..., Case], on: Callable[[date], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    on(date(2027, 4, 1))
    for channel in (Channel.ONLINE, Channel.COUNTER):
        filed(FIRST, channel)
    assert live()["safe_online"] == (0, 0)
    serving = procedures.published()
    assert "tree-grant" in {one.slug for one in serving}
    monkeypatch.setattr(procedures, "by_measure", lambda code: serving if code == "life-3" else ())
    assert live()["safe_online"] == (1, 2)
    assert live()["K2"] == (1, 2)


@pytest.mark.parametrize(
    ("hours", "minutes", "share"),
    [
        (None, None, None),
        (Decimal("1.5"), Decimal(360), 25.0),
        (Decimal(1), None, None),
        (None, Decimal(60), None),
    ],
)
def test_a_number_worked_out_from_others_is_unmeasured_while_one_of_them_is(
    hours: Decimal | None, minutes: Decimal | None, share: float | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    today = calendar_jp.today()
    for source, value in (("reform.freed_measured", hours), ("reform.minutes_measured", minutes)):
        amount = Amount(value, today) if value is not None else None
        monkeypatch.setitem(cast(Any, SOURCES), source, lambda _, found=amount: found)
    reading = indicators.readings(["freed_core_share"])["freed_core_share"]
    assert reading.percent == share
    assert (reading.missing_key != "") == (share is None)
