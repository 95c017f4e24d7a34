"""A published wave as the plan's number: value, answers, interval, wave and status; each publication beside the one before."""

from __future__ import annotations

import csv
import io
import json
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError

from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import Role
from dokodemo.kernel.events.models import Event
from dokodemo.kernel.packs import open_pack
from dokodemo.promotion.closing import actions as closing
from dokodemo.promotion.closing import queries as endings
from dokodemo.promotion.headquarters import packet
from dokodemo.promotion.headquarters import queries as headquarters
from dokodemo.promotion.headquarters.actions import call_meeting
from dokodemo.promotion.improvement import effects
from dokodemo.promotion.indicators import awaiting
from dokodemo.promotion.indicators import queries as indicators
from dokodemo.promotion.indicators.actions import observe
from dokodemo.promotion.indicators.definitions import Observed
from dokodemo.promotion.indicators.models import Observation, Withdrawal
from dokodemo.promotion.indicators.targeting import targets
from dokodemo.promotion.plan import queries as plans
from dokodemo.promotion.plan.action_plan import load_actions
from dokodemo.promotion.surveys import actions, queries
from dokodemo.promotion.surveys.actions import BadWave, publishing
from dokodemo.promotion.surveys.models import Answer, Publication, Wave
from tests.domains.entry import building as b
from tests.domains.promotion.surveys import survey_city as c

CODE = "convenience"


def a_closed_wave(people: int = 240, size: int = 200) -> Wave:
    c.people(people)
    return c.closed(c.officer(), size)


def numbers(query: str = "") -> dict[str, Any]:
    found = json.loads(b.browser().get(f"/plan/numbers.json{query}").content)["indicators"]
    return next(one for one in found if one["code"] == CODE)


def cells() -> dict[str, str]:
    rows = list(csv.DictReader(io.StringIO(b.browser().get("/plan/numbers.csv").content.decode("utf-8-sig"))))
    return next(row for row in rows if row["code"] == CODE)


def one_answer_less(wave: Wave) -> None:
    """As when an answer turns out to be wrong after the results were published."""
    gone = Answer.objects.filter(wave=wave).first()
    assert gone is not None
    gone.delete()


def test_a_wave_that_is_not_published_leaves_the_number_unmeasured_with_the_reason() -> None:
    a_closed_wave()
    assert indicators.readings([CODE])[CODE].value is None
    assert numbers()["missing"]["ja"] == "公表された値がまだありません。"
    assert (cells()["value"], cells()["missing_ja"]) == ("", "公表された値がまだありません。")
    page = b.words(b.browser().get("/plan").content)
    assert "公表された値がまだありません。" in page
    office = b.browser(b.staff_account(("policy", Role.DIGITAL_OFFICER)))
    assert "公表された値がまだありません。" in b.words(office.get(f"/office/indicators/one/{CODE}/").content)


def test_a_published_wave_is_the_plans_number_for_people_and_for_machines() -> None:
    wave = a_closed_wave()
    actions.publish(actor=c.officer(), wave_id=wave.pk, status="provisional")
    value = queries.published_value(Wave.objects.get(pk=wave.pk))
    assert value is not None
    today = calendar_jp.today()
    told = numbers()
    assert told["value"] == pytest.approx(value.percent)
    assert told["missing"] is None
    kept = told["observed"]
    assert (kept["answers"], kept["survey"], kept["wave"], kept["status"]) == (
        value.n,
        CODE,
        1,
        "provisional",
    )
    assert (float(kept["low"]), float(kept["high"])) == (value.low, value.high)
    assert kept["low"] < kept["value"] < kept["high"]
    assert (kept["from"], kept["to"], kept["published_on"]) == (today.isoformat(),) * 3
    assert today.isoformat() in kept["vintage"]
    row = cells()
    assert (row["answers"], row["survey"], row["wave"], row["status"]) == (
        str(value.n),
        CODE,
        "1",
        "provisional",
    )
    assert float(row["low"]) == value.low
    said = f"回答{value.n}人、95%信頼区間{value.low:.1f}〜{value.high:.1f}%"
    page = b.browser().get("/plan").content
    assert said in b.words(page)
    assert "第1回の調査・速報" in b.words(page)
    assert f'href="/plan/surveys/{CODE}/?wave=1"' in page.decode()
    assert b.browser().get(f"/plan/surveys/{CODE}/?wave=1").status_code == 200
    office = b.browser(b.staff_account(("policy", Role.DIGITAL_OFFICER)))
    assert said in b.words(office.get(f"/office/indicators/one/{CODE}/").content)


def test_a_value_of_a_wave_without_a_public_page_leads_nowhere() -> None:
    b.staff_account(("policy", Role.DIGITAL_OFFICER))
    value = {
        "indicator": CODE,
        "from": "2025-11-01",
        "to": "2025-11-30",
        "value": "61.5",
        "answers": 412,
        "low": "56.7",
        "high": "66.1",
        "survey": CODE,
        "wave": 9,
        "vintage": "前のシステムから",
        "published_on": "2026-01-20",
        "source": "前の調査",
    }
    observe(actor=c.officer(), observed=Observed.model_validate(value))
    page = b.browser().get("/plan").content.decode()
    assert "回答412人、95%信頼区間56.7〜66.1%" in b.words(page)
    assert "?wave=9" not in page


def test_reports_and_papers_of_the_headquarters_tell_answers_and_interval() -> None:
    wave = a_closed_wave()
    actions.publish(actor=c.officer(), wave_id=wave.pk)
    value = queries.published_value(Wave.objects.get(pk=wave.pk))
    assert value is not None
    found = load_actions(open_pack("arao"))
    assert found is not None
    action = next(one for one in found.actions if CODE in one.indicators)
    (told,) = (one for one in headquarters.numbers_now(action) if one["code"] == CODE)
    assert (told["answers"], told["low"], told["high"]) == (value.n, value.low, value.high)
    called = call_meeting(actor=c.officer(), on=calendar_jp.today(), place="", agenda="結果を見る")
    (row,) = (one for one in packet.papers(c.officer(), called)["numbers"] if one["code"] == CODE)
    assert f"回答{value.n}人、95%信頼区間" in row["period"]


def test_provisional_results_become_final_in_a_vintage_of_their_own() -> None:
    wave = a_closed_wave()
    actor = c.officer()
    assert actions.publish(actor=actor, wave_id=wave.pk, status="provisional")
    assert actions.publish(actor=actor, wave_id=wave.pk, status="final")
    assert [one.status for one in queries.publications(wave)] == ["final", "provisional"]
    rows = Observation.objects.filter(code=CODE).order_by("entered_at")
    assert [row.status for row in rows] == ["provisional", "final"]
    assert rows[0].value == rows[1].value
    assert rows[0].vintage != rows[1].vintage
    reading = indicators.readings([CODE])[CODE]
    assert reading.observed is not None
    assert reading.observed.status == "final"
    with pytest.raises(BadWave, match="final"):
        actions.publish(actor=actor, wave_id=wave.pk, status="provisional")


def test_the_very_same_results_again_change_nothing() -> None:
    wave = a_closed_wave()
    actor = c.officer()
    assert actions.publish(actor=actor, wave_id=wave.pk)
    before = (Event.objects.count(), Observation.objects.count(), Publication.objects.count())
    assert not actions.publish(actor=actor, wave_id=wave.pk)
    assert (Event.objects.count(), Observation.objects.count(), Publication.objects.count()) == before


def test_a_correction_needs_a_reason_and_leaves_what_was_published(settings: Any) -> None:
    wave = a_closed_wave()
    actor = c.officer()
    actions.publish(actor=actor, wave_id=wave.pk)
    first = Publication.objects.get()
    later = calendar_jp.today() + timedelta(days=3)
    settings.DOKODEMO_TODAY = later.isoformat()
    one_answer_less(wave)
    for reason in ("", "長" * 501):
        with pytest.raises(BadWave, match="reason"):
            actions.publish(actor=actor, wave_id=wave.pk, reason=reason)
    assert actions.publish(actor=actor, wave_id=wave.pk, reason="一件の入力の誤りを除いた")
    newest, before = queries.publications(wave)
    assert (before.results, before.published_on) == (first.results, first.published_on)
    assert newest.results["returned"] == first.results["returned"] - 1
    values = indicators.observed(CODE)
    assert [one.answers for one in values] == [first.results["returned"], newest.results["returned"]]
    assert len({one.vintage for one in values}) == 2
    assert "一件の入力の誤りを除いた" in values[-1].evidence
    # On the day before, the plan says what was known then.
    past = indicators.readings([CODE], on=first.published_on)[CODE].observed
    assert past is not None
    assert past.answers == first.results["returned"]
    page = b.words(b.browser().get(f"/plan/surveys/{CODE}/").content)
    assert "これまでの公表（2回）" in page
    assert "一件の入力の誤りを除いた" in page
    data = json.loads(b.browser().get(f"/plan/surveys/{CODE}/results.json").content)["waves"][0]
    assert [one["number"] for one in data["publications"]] == [2, 1]
    assert data["publications"][1]["results"] == first.results


def test_the_database_refuses_to_change_what_was_published() -> None:
    wave = a_closed_wave(120, 60)
    actions.publish(actor=c.officer(), wave_id=wave.pk)
    for statement in (
        "UPDATE surveys_publication SET status = 'final'",
        "DELETE FROM surveys_publication",
    ):
        with (
            pytest.raises(DatabaseError, match="append-only"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)


def few_are_left(wave: Wave) -> None:
    """As when nearly all answers turn out to be wrong after the results were published."""
    kept = list(Answer.objects.filter(wave=wave).order_by("pk").values_list("pk", flat=True)[:8])
    Answer.objects.filter(wave=wave).exclude(pk__in=kept).delete()


def test_a_correction_that_hides_the_share_withdraws_it_in_every_edition(settings: Any) -> None:
    wave = a_closed_wave()
    actor = c.officer()
    actions.publish(actor=actor, wave_id=wave.pk, status="provisional")
    shown_on = calendar_jp.today()
    settings.DOKODEMO_TODAY = (shown_on + timedelta(days=2)).isoformat()
    actions.publish(actor=actor, wave_id=wave.pk, status="final")
    assert CODE not in indicators.due(calendar_jp.today())
    settings.DOKODEMO_TODAY = (shown_on + timedelta(days=5)).isoformat()
    few_are_left(wave)
    assert actions.publish(actor=actor, wave_id=wave.pk, reason="同じ人の回答が何度も入っていた")
    assert queries.published_value(Wave.objects.get(pk=wave.pk)) is None
    assert indicators.readings([CODE])[CODE].value is None
    assert indicators.observed(CODE) == []
    (event,) = Event.objects.filter(verb="indicators.withdrawn")
    assert event.numbers == {"values": 2}
    assert event.refs == {"indicator": CODE, "cause": "too_few", "survey": CODE, "wave": "1"}
    assert {(one.cause, one.reason) for one in Withdrawal.objects.all()} == {
        ("too_few", "同じ人の回答が何度も入っていた")
    }
    # What must not be read now is not read as of a day before either, nor among what was published before.
    published = b.browser().get(f"/plan/surveys/{CODE}/results.json").json()["waves"][0]["publications"]
    for one in published[1:]:
        (question,) = (found for found in one["results"]["questions"] if found["code"] == CODE)
        assert question.keys() == {"code", "kind", "withheld"}
    for day in (shown_on, shown_on + timedelta(days=4)):
        assert indicators.readings([CODE], on=day)[CODE].value is None
    told = numbers()
    assert (told["value"], told["withdrawn"]["cause"]) == (None, "too_few")
    assert cells()["withdrawn_reason"] == "同じ人の回答が何度も入っていた"
    page = b.words(b.browser().get("/plan").content)
    assert "訂正した結果、答えた人が少なく、割合を示せないためです。" in page
    assert "95%信頼区間" not in page
    (target,) = (one for one in targets(indicators.readings()) if one.target.indicator == CODE)
    assert (target.waves, target.pair, target.progress) == ((), None, None)


def test_a_hidden_share_is_published_again_once_enough_answers_count(settings: Any) -> None:
    wave = a_closed_wave()
    actor = c.officer()
    actions.publish(actor=actor, wave_id=wave.pk)
    answers = list(Answer.objects.filter(wave=wave))
    settings.DOKODEMO_TODAY = (calendar_jp.today() + timedelta(days=1)).isoformat()
    few_are_left(wave)
    actions.publish(actor=actor, wave_id=wave.pk, reason="重複を除いた")
    assert not actions.publish(actor=actor, wave_id=wave.pk, reason="重複を除いた")
    assert Withdrawal.objects.count() == 1
    settings.DOKODEMO_TODAY = (calendar_jp.today() + timedelta(days=1)).isoformat()
    kept = set(Answer.objects.filter(wave=wave).values_list("pk", flat=True))
    Answer.objects.bulk_create([one for one in answers if one.pk not in kept])
    actions.publish(actor=actor, wave_id=wave.pk, reason="除いた回答は正しかった")
    assert numbers()["value"] is not None
    assert numbers()["withdrawn"] is None


def test_when_the_value_cannot_be_withdrawn_nothing_is_published(monkeypatch: pytest.MonkeyPatch) -> None:
    wave = a_closed_wave()
    actor = c.officer()
    actions.publish(actor=actor, wave_id=wave.pk)
    few_are_left(wave)

    def dies(**given: Any) -> int:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(publishing, "withdraw_wave", dies)
    with pytest.raises(RuntimeError, match="full"):
        actions.publish(actor=actor, wave_id=wave.pk, reason="重複を除いた")
    assert Publication.objects.count() == 1
    assert queries.published_value(Wave.objects.get(pk=wave.pk)) is not None


def test_a_wave_that_too_few_answered_at_first_has_nothing_to_withdraw() -> None:
    wave = a_closed_wave()
    few_are_left(wave)
    Wave.objects.filter(pk=wave.pk).update(results=publishing._again(wave))
    assert actions.publish(actor=c.officer(), wave_id=wave.pk)
    assert not Observation.objects.filter(code=CODE).exists()
    assert not Event.objects.filter(verb="indicators.withdrawn").exists()


def test_waves_compare_with_each_other_and_are_drawn_one_after_the_other(settings: Any) -> None:
    wave = a_closed_wave()
    actions.publish(actor=c.officer(), wave_id=wave.pk, status="provisional")
    before = effects.value_now(CODE)
    actions.publish(actor=c.officer(), wave_id=wave.pk)
    settings.DOKODEMO_TODAY = (calendar_jp.today() + timedelta(days=366)).isoformat()
    second = c.closed(c.officer(), 200)
    actions.publish(actor=c.officer(), wave_id=second.pk)
    (target,) = (one for one in targets(indicators.readings()) if one.target.indicator == CODE)
    assert [(one.wave, one.status) for one in target.waves] == [(1, "final"), (2, "final")]
    assert "waves-convenience" in b.browser().get("/plan").content.decode()
    after = effects.value_now(CODE)
    assert before is not None
    assert after is not None
    assert before.vintage == after.vintage


def test_a_wave_held_within_a_year_is_the_value_of_that_year(settings: Any) -> None:
    settings.DOKODEMO_TODAY = "2026-11-27"
    c.people()
    c.published(c.officer())
    # The value of the year until March 2027 is awaited by the end of July 2027.
    assert CODE not in indicators.due(date(2027, 9, 1))
    assert CODE not in {one.indicator.code for one in awaiting.awaited(date(2027, 9, 1), ahead_days=7)}
    assert CODE in indicators.due(date(2028, 9, 1))


def test_the_final_evaluation_reads_the_wave_of_its_period() -> None:
    Observation.objects.create(
        code=CODE,
        period_from=date(2025, 11, 1),
        period_to=date(2025, 11, 30),
        value="61.5",
        answers=412,
        low="56.7",
        high="66.1",
        survey=CODE,
        wave=1,
        status="final",
        vintage="第1回 2026-01-20公表",
        published_on=date(2026, 1, 20),
        source="デジタル化についての市民アンケート",
        entered_at=calendar_jp.now(),
    )
    actor = c.officer()
    evaluation = closing.prepare(actor=actor)
    assert plans.plan_called("arao-dx") is not None
    (row,) = (one for one in endings.rows_of(evaluation) if (one.kind, one.code) == ("target", CODE))
    facts = row.facts
    assert (facts["value"], facts["answers"], facts["low"], facts["high"]) == (61.5, 412, 56.7, 66.1)
    assert (facts["result"], facts["status"]) == ("not_met", "final")
