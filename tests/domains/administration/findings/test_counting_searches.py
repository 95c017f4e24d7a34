"""Counting searches without a person: what is kept, when it is shown, who answers, and when it is gone."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from django.db import DatabaseError

from dokodemo.administration.findings import actions, queries
from dokodemo.administration.findings.definitions import FindingsFile
from dokodemo.administration.findings.logic import Tally
from dokodemo.administration.findings.models import DailyCount, Finding, Question, SearchDay
from dokodemo.administration.findings.queries import Filters
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import Actor, Forbidden, Grant, NotFound, Role, system
from dokodemo.kernel.events.models import Event

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 26)
OFFICER = Actor(kind="staff", account_id=uuid.uuid4(), grants=frozenset({Grant("x", Role.DIGITAL_OFFICER)}))
CIO = Actor(kind="staff", account_id=uuid.uuid4(), grants=frozenset({Grant("x", Role.CIO)}))
CLERK = Actor(kind="staff", account_id=uuid.uuid4(), grants=frozenset({Grant("x", Role.CASEWORKER)}))
RESIDENT = Actor(kind="resident", account_id=uuid.uuid4())


class Calendar:
    """Today, to be turned over by a test."""

    today = TODAY


@pytest.fixture(autouse=True)
def calendar(monkeypatch: pytest.MonkeyPatch) -> Iterator[Calendar]:
    """A calendar of its own, a tally of its own, and small limits."""
    pages = Calendar()
    monkeypatch.setattr(calendar_jp, "today", lambda: pages.today)
    monkeypatch.setattr(actions, "_tally", Tally(3600.0))
    rules = FindingsFile(most_new_words_a_day=5, most_questions_a_day=3)
    for module in (actions, queries):
        monkeypatch.setattr(module, "findings_of", lambda pack: rules)
    return pages


def search(words: str, times: int = 1, *, found: bool = False, lang: str = "ja") -> None:
    for _ in range(times):
        actions.count_search(words=words, lang=lang, found=found)
    actions.keep()


def shown(**chosen: object) -> list[tuple[str, int]]:
    filters = Filters(**chosen)  # type: ignore[arg-type]
    return [(row.words, row.times) for row in queries.listed(OFFICER, filters).rows]


def test_words_are_shown_only_after_enough_searches_on_enough_days(calendar: Calendar) -> None:
    search("ドローン", 10)
    assert shown() == []
    assert queries.open_count(OFFICER) == 0
    with pytest.raises(NotFound):
        queries.get(OFFICER, Finding.objects.get().pk)
    calendar.today += timedelta(days=1)
    search("ﾄﾞﾛｰﾝ")
    assert shown() == [("ドローン", 11)]
    row = queries.listed(OFFICER, Filters()).rows[0]
    assert (row.first_day, row.last_day, row.days) == (TODAY, calendar.today, 2)


def test_nothing_tells_who_searched_or_at_what_time(calendar: Calendar) -> None:
    search("ドローン", 3)
    columns = {f.name for model in (Finding, DailyCount, SearchDay, Question) for f in model._meta.fields}
    assert not {name for name in columns if "account" in name or "session" in name or name.endswith("_at")}
    assert Finding.objects.get().pk.version == 4
    assert not Event.objects.exists()
    sealed = Finding.objects.values_list("words", flat=True).get()
    assert "ドローン".encode() not in bytes(sealed)


def test_a_search_that_found_something_leaves_a_number_and_no_words() -> None:
    search("犬の登録", 4, found=True)
    search("ドローン")
    assert not Finding.objects.exclude(words__isnull=True).filter(times__gt=1).exists()
    assert Finding.objects.count() == 1
    assert queries.searches(since=TODAY, until=TODAY) == queries.Searches(5, 4, 0)


def test_names_and_numbers_are_counted_and_not_kept() -> None:
    search("佐藤花子", 2)
    search("090-1234-5678")
    assert not Finding.objects.exists()
    assert queries.searches(since=TODAY, until=TODAY).nothing == 3


def test_a_days_new_words_are_limited_and_known_ones_still_counted(calendar: Calendar) -> None:
    search("ドローン")
    for place in range(8):
        search(f"あふれる{chr(0x4E00 + place)}")
    search("ドローン")
    assert Finding.objects.count() == 5
    assert Finding.objects.get(times=2)
    found = queries.searches(since=TODAY, until=TODAY)
    assert (found.all, found.dropped) == (10, 4)
    calendar.today += timedelta(days=1)
    search("あしたの言葉")
    assert Finding.objects.count() == 6


def test_a_search_writes_at_most_once_in_a_while(django_assert_num_queries: object) -> None:
    actions.count_search(words="ドローン", lang="ja", found=False)
    assert SearchDay.objects.get().searches == 1
    with django_assert_num_queries(0):  # type: ignore[operator]
        for _ in range(50):
            actions.count_search(words="ドローン", lang="ja", found=False)
            actions.count_search(words="犬", lang="en", found=True)
    actions.keep()
    assert queries.searches(since=TODAY, until=TODAY) == queries.Searches(101, 50, 0)
    assert Finding.objects.get().times == 51


def test_a_database_that_refuses_spoils_no_search_and_loses_no_count(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(taken: object) -> None:
        raise DatabaseError("the disk is full")

    with monkeypatch.context() as broken:
        broken.setattr(actions, "_write", refuse)
        actions.count_search(words="ドローン", lang="ja", found=False)
    assert "DatabaseError" in caplog.text
    assert "ドローン" not in caplog.text
    actions.keep()
    assert queries.searches(since=TODAY, until=TODAY).all == 1
    assert Finding.objects.get().times == 1


def test_what_somebody_sends_is_shown_at_once_and_counts_against_what_was_found() -> None:
    search("防災", 2, found=True)
    actions.tell(words="防災", text="ハザードマップの紙がほしい\n電話 09012345678", lang="easy", found=True)
    assert shown() == [("防災", 1)]
    detail = queries.get(OFFICER, Finding.objects.get().pk)
    assert [(one.text, one.lang) for one in detail.questions] == [
        ("ハザードマップの紙がほしい\n電話", "easy")
    ]
    assert queries.searches(since=TODAY, until=TODAY) == queries.Searches(2, 1, 0)
    event = Event.objects.get()
    assert (event.verb, event.actor, event.object_id) == ("findings.told", "anonymous", "2026-11-26")


def test_telling_after_a_search_that_found_nothing_counts_once() -> None:
    actions.count_search(words="ドローン", lang="ja", found=False)
    actions.tell(words="ドローン", text="", lang="ja", found=False)
    one = Finding.objects.get()
    assert (one.times, one.told, one.days) == (1, 1, 1)
    assert queries.get(OFFICER, one.pk).questions == []


def test_a_question_without_words_is_kept_under_no_words() -> None:
    actions.tell(words="", text="市役所の前にポストを置いてほしい", lang="ja", found=False)
    actions.tell(words="佐藤花子", text="地域の集まりに出たい", lang="ja", found=False)
    assert shown() == [("", 0)]
    assert len(queries.get(OFFICER, Finding.objects.get().pk).questions) == 2


def test_a_name_alone_is_refused_and_a_flood_of_questions_is_stopped() -> None:
    with pytest.raises(actions.NothingFit):
        actions.tell(words="佐藤花子", text="090-1234-5678", lang="ja", found=False)
    for place in range(3):
        actions.tell(words=f"言葉{chr(0x4E00 + place)}", text="", lang="ja", found=False)
    with pytest.raises(actions.TooMany):
        actions.tell(words="もうひとつ", text="", lang="ja", found=False)
    assert Question.objects.count() == 3


def test_an_answer_is_one_event_and_searching_on_shows_it_again(calendar: Calendar) -> None:
    actions.tell(words="ドローン", text="", lang="ja", found=False)
    pk = Finding.objects.get().pk
    for _ in range(2):
        actions.answer(actor=OFFICER, finding_id=pk, answer="wished")
    assert [e.refs for e in Event.objects.filter(verb="findings.answered")] == [
        {"answer": "wished", "procedure": ""}
    ]
    assert shown(state="open") == []
    assert shown(state="again") == []
    calendar.today += timedelta(days=3)
    search("ドローン")
    assert shown(state="again") == shown(state="wished") == [("ドローン", 1)]
    actions.reopen(actor=OFFICER, finding_id=pk)
    actions.reopen(actor=OFFICER, finding_id=pk)
    assert Event.objects.filter(verb="findings.reopened").count() == 1
    assert queries.open_count(OFFICER) == 1


@pytest.mark.parametrize(
    ("answer", "slug"), [("", ""), ("magic", ""), ("synonym", ""), ("synonym", "nothing")]
)
def test_an_answer_that_is_none_is_refused(answer: str, slug: str) -> None:
    actions.tell(words="ドローン", text="", lang="ja", found=False)
    with pytest.raises(actions.BadAnswer):
        actions.answer(actor=OFFICER, finding_id=Finding.objects.get().pk, answer=answer, procedure=slug)
    assert Finding.objects.get().answer == ""


def test_who_may_look_and_who_may_answer() -> None:
    actions.tell(words="ドローン", text="", lang="ja", found=False)
    pk = Finding.objects.get().pk
    assert queries.open_count(CIO) == 1
    with pytest.raises(Forbidden):
        actions.answer(actor=CIO, finding_id=pk, answer="wished")
    for actor in (CLERK, RESIDENT):
        with pytest.raises(NotFound):
            queries.listed(actor, Filters())
        with pytest.raises(NotFound):
            queries.get(actor, pk)
        with pytest.raises(NotFound):
            actions.answer(actor=actor, finding_id=pk, answer="wished")
        assert queries.open_count(actor) == 0


def test_the_period_bounds_what_is_counted(calendar: Calendar) -> None:
    search("ドローン", 5)
    calendar.today += timedelta(days=60)
    search("ドローン")
    assert shown(days=30) == [("ドローン", 1)]
    assert shown(days=90) == [("ドローン", 6)]
    calendar.today += timedelta(days=40)
    assert shown(days=30) == []
    months = queries.get(OFFICER, Finding.objects.get().pk).months
    assert [times for _, times in months] == [5, 0, 1, 0, 0]


def test_words_go_in_time_and_unshown_ones_sooner(calendar: Calendar) -> None:
    search("一度だけの言葉")
    search("ドローン", 3)
    calendar.today += timedelta(days=1)
    search("ドローン")
    calendar.today += timedelta(days=90)
    assert actions.sweep(actor=system("findings")) == 1
    assert [one.words for one in Finding.objects.all()] == ["ドローン"]
    assert actions.sweep(actor=system("findings")) == 0
    calendar.today += timedelta(days=311)
    assert actions.sweep(actor=system("findings")) == 1
    assert not DailyCount.objects.exists()
    assert SearchDay.objects.count() == 2
    assert [e.numbers for e in Event.objects.filter(verb="findings.swept")] == [{"findings": 1}] * 2


def test_a_table_holds_nothing_a_spreadsheet_would_run() -> None:
    actions.tell(words="=HYPERLINK(A)", text="", lang="en", found=False)
    rows = queries.everything(OFFICER, Filters())
    table = queries.as_table(rows, ["words"], {"open": "open"})
    assert table[1][0] == "'=HYPERLINK(A)"
