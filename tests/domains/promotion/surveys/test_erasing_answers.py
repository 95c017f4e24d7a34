"""Single answers and invitations go when their time is over, results stay exactly as they were."""

from __future__ import annotations

import json
import time
from datetime import date, timedelta
from typing import Any

import pytest

from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import Forbidden, system
from dokodemo.kernel.events.models import Event
from dokodemo.promotion.indicators.models import Observation
from dokodemo.promotion.surveys import actions, queries
from dokodemo.promotion.surveys.actions import BadWave
from dokodemo.promotion.surveys.models import Answer, Invitation, Publication, Wave, WrongCodes
from dokodemo.promotion.surveys.tasks import erase
from tests.domains.entry import building as b
from tests.domains.promotion.surveys import survey_city as c

JOB = system("surveys")
HELD = date(2026, 11, 27)
# Fiscal year 2026 ends on 31 March 2027; three years after it is 31 March 2030.
LAST_DAY, FIRST_DAY_OVER = date(2030, 3, 31), date(2030, 4, 1)


@pytest.fixture(autouse=True)
def _held(settings: Any) -> None:
    settings.DOKODEMO_TODAY = HELD.isoformat()


def on(settings: Any, day: date) -> None:
    settings.DOKODEMO_TODAY = day.isoformat()


def published() -> Wave:
    c.people()
    return Wave.objects.get(pk=c.published(c.officer()))


def read(content: bytes) -> str:
    """The words of a page without the spaces that elements leave between them."""
    return b.words(content).replace(" ", "")


def pages() -> list[bytes]:
    client = b.browser()
    return [
        client.get(f"/plan/surveys/{c.SURVEY}/{name}").content for name in ("results.csv", "results.json")
    ]


def test_answers_are_kept_to_the_last_day_and_gone_on_the_next(settings: Any) -> None:
    wave = published()
    assert queries.kept_until(wave) == LAST_DAY
    on(settings, LAST_DAY)
    assert actions.erase(actor=JOB).waves == 0
    assert Answer.objects.count() == wave.results["returned"]
    on(settings, FIRST_DAY_OVER)
    found = actions.erase(actor=JOB)
    assert (found.waves, found.answers, found.invitations) == (1, wave.results["returned"], 0)
    assert not Answer.objects.exists()
    assert Wave.objects.get().erased_on == FIRST_DAY_OVER


def test_a_wave_closed_in_april_is_kept_a_year_longer_than_one_of_march(settings: Any) -> None:
    on(settings, date(2027, 3, 1))
    c.people()
    wave, rows = c.opened(c.officer())
    c.answered(rows)
    on(settings, date(2027, 4, 1))
    actions.close_wave(actor=c.officer(), wave_id=wave.pk)
    assert queries.kept_until(Wave.objects.get()) == date(2031, 3, 31)


def test_results_indicators_and_files_are_exactly_what_they_were(settings: Any) -> None:
    wave = published()
    on(settings, LAST_DAY)
    results, rows = wave.results, list(Observation.objects.values())
    table, data = pages()
    on(settings, FIRST_DAY_OVER)
    actions.erase(actor=JOB)
    assert Wave.objects.get().results == results
    assert Publication.objects.get().results == results
    assert list(Observation.objects.values()) == rows
    new_table, new_data = pages()
    assert new_table == table
    before, after = json.loads(data)["waves"][0], json.loads(new_data)["waves"][0]
    assert after.pop("single_answers") == {"kept_until": "2030-03-31", "erased": "2030-04-01"}
    assert before.pop("single_answers") == {"kept_until": "2030-03-31", "erased": None}
    assert before == after


def test_run_twice_is_run_once_and_each_run_that_erased_has_one_event_with_counts(settings: Any) -> None:
    wave = published()
    on(settings, FIRST_DAY_OVER)
    erase.call()
    erase.call()
    (event,) = Event.objects.filter(verb="surveys.erased")
    answers = wave.results["returned"]
    assert event.numbers == {"waves": 1, "closed": 0, "answers": answers, "invitations": 0}


def test_a_wave_nobody_closed_is_counted_before_its_people_and_answers_go(settings: Any) -> None:
    c.people()
    wave, rows = c.opened(c.officer())
    c.answered(rows[:30])
    on(settings, FIRST_DAY_OVER)
    found = actions.erase(actor=JOB)
    assert (found.closed, found.answers, found.invitations) == (1, 30, wave.sample)
    after = Wave.objects.get()
    assert (after.state, after.results["returned"]) == ("closed", 30)
    assert not Invitation.objects.exists()


def test_who_was_drawn_for_a_wave_that_never_opened_is_forgotten_too(settings: Any) -> None:
    c.people()
    wave, _ = c.listed(c.officer())
    on(settings, FIRST_DAY_OVER)
    assert actions.erase(actor=JOB).invitations == wave.sample > 0
    assert not Invitation.objects.exists()
    with pytest.raises(BadWave, match="over"):
        actions.open_wave(actor=c.officer(), wave_id=Wave.objects.get().pk)


def test_results_whose_answers_are_gone_can_still_become_final_as_they_are(settings: Any) -> None:
    c.people()
    wave = c.closed(c.officer())
    actions.publish(actor=c.officer(), wave_id=wave.pk, status="provisional")
    on(settings, FIRST_DAY_OVER)
    actions.erase(actor=JOB)
    assert actions.publish(actor=c.officer(), wave_id=wave.pk)
    final, first = queries.publications(wave)
    assert final.results == first.results


def test_the_period_a_wave_was_planned_with_holds_for_it(settings: Any) -> None:
    wave = published()
    definition = json.loads(json.dumps(wave.definition))
    definition["survey"]["kept"] = {"years": 1, "sample": True}
    Wave.objects.filter(pk=wave.pk).update(definition=definition)
    assert queries.kept_until(Wave.objects.get()) == date(2028, 3, 31)
    del definition["survey"]["kept"]
    Wave.objects.filter(pk=wave.pk).update(definition=definition)
    assert queries.kept_until(Wave.objects.get()) == LAST_DAY


def test_whoever_answers_is_told_until_when_the_answer_is_kept(settings: Any) -> None:
    c.people()
    _, rows = c.opened(c.officer(), 20)
    client = b.browser()
    form = client.post("/survey/", {"code": rows[0].code, "at": "code", "step": "begin"})
    assert "令和12年3月31日まで保存し" in read(form.content)
    for lang, word in (("easy", "後（あと）で消（け）します"), ("en", "erasedafterwards")):
        page = b.browser(lang=lang).post("/survey/", {"code": rows[0].code, "at": "code", "step": "begin"})
        assert word in read(page.content)


def test_the_page_of_results_says_when_answers_were_erased(settings: Any) -> None:
    published()
    on(settings, FIRST_DAY_OVER)
    actions.erase(actor=JOB)
    page = read(b.browser().get(f"/plan/surveys/{c.SURVEY}/").content)
    assert "一人ひとりの回答は令和12年4月1日に消しました" in page


def test_wrong_codes_are_forgotten_after_two_days_without_anybody_typing_one() -> None:
    hour = int(time.time()) // 3600
    WrongCodes.objects.create(key="old", hour=hour - 49)
    WrongCodes.objects.create(key="new", hour=hour - 1)
    actions.erase(actor=JOB)
    assert [one.key for one in WrongCodes.objects.all()] == ["new"]


def test_nobody_erases_by_hand() -> None:
    with pytest.raises(Forbidden):
        actions.erase(actor=c.officer())
    assert HELD + timedelta(days=1) > calendar_jp.today()
