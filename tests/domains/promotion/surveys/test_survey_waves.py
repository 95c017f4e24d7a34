"""A wave from plan to publication: who is drawn, what is refused, and what each step records."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings

from dokodemo.administration.eligibility.actions import opt_out
from dokodemo.city.parties.frame import addressees, frame_people
from dokodemo.city.parties.models import Resident
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import Forbidden, NotFound, Role, system
from dokodemo.kernel.events.models import Event
from dokodemo.promotion.indicators import queries as indicators
from dokodemo.promotion.surveys import actions, queries
from dokodemo.promotion.surveys.actions import BadWave, Design, NotUsable
from dokodemo.promotion.surveys.definitions import surveys_of
from dokodemo.promotion.surveys.models import Answer, Invitation, Stratum, Wave
from tests.domains.city.city_builders import protect
from tests.domains.entry import building as b
from tests.domains.promotion.surveys import survey_city as c


def verbs() -> list[str]:
    return list(
        Event.objects.filter(verb__startswith="surveys.").order_by("id").values_list("verb", flat=True)
    )


def test_a_wave_goes_from_plan_to_publication_with_one_event_each() -> None:
    c.people()
    actor = c.officer()
    wave = Wave.objects.get(pk=c.published(actor, size=30))
    assert verbs() == [
        "surveys.planned",
        "surveys.counted",
        "surveys.draw_asked",
        "surveys.drawn",
        "surveys.listed",
        "surveys.opened",
        *["surveys.answered"] * wave.sample,
        "surveys.closed",
        "surveys.published",
    ]
    assert (wave.results["returned"], wave.state) == (wave.sample, "published")
    assert wave.frame == wave.results["people"] == 110


def test_the_same_register_and_seed_give_the_same_people() -> None:
    c.people()
    actor = c.officer()

    def drawn(seed: str) -> set[Any]:
        wave = c.planned(actor, 40, seed)
        c.drawn(actor, wave)
        found = set(Invitation.objects.filter(wave=wave).values_list("resident_id", flat=True))
        actions.discard(actor=actor, wave_id=wave.pk)
        return found

    assert drawn("2026") == drawn("2026")
    assert drawn("2026") != drawn("2027")
    assert not Invitation.objects.exists()


def test_strata_get_what_was_planned_and_a_town_of_no_district_is_elsewhere() -> None:
    c.people()
    actor = c.officer()
    wave = c.planned(actor, 60)
    before = {row.cell: row.invited for row in queries.strata(wave)}
    c.drawn(actor, wave)
    after = {row.cell: row.invited for row in queries.strata(wave)}
    assert before == after
    assert {cell.district for cell in after} == {"chuo", "kiyosato", "manda", "midorigaoka", "elsewhere"}
    for row in queries.strata(wave):
        assert min(2, row.population) <= row.invited <= row.population
        assert Invitation.objects.filter(stratum=row).count() == row.invited
    assert sum(after.values()) == wave.sample


def test_the_young_dead_moved_protected_and_unwilling_are_left_out() -> None:
    everybody = c.people(48)
    dead, moved, hidden, unwilling = everybody[:4]
    Resident.objects.filter(pk=dead.pk).update(status="dead")
    Resident.objects.filter(pk=moved.pk).update(status="moved_out")
    protect(hidden)
    opt_out(actor=b.acting(b.resident_account(unwilling)))
    actor = c.officer()
    wave = c.planned(actor, 1000)
    c.drawn(actor, wave)
    asked = set(Invitation.objects.filter(wave=wave).values_list("resident_id", flat=True))
    children = {person.pk for place, person in enumerate(everybody) if place % 12 == 11}
    assert asked == {person.pk for person in everybody[4:]} - children


def test_nobody_of_a_household_with_a_protected_person_is_in_the_frame() -> None:
    family = b.household()
    protect(family[2])
    frame = [one for batch in frame_people(system("t"), on=calendar_jp.today()) for one in batch]
    assert {one.resident_id for one in frame}.isdisjoint({person.pk for person in family})
    with pytest.raises(NotFound):
        next(frame_people(c.officer(), on=calendar_jp.today()))


def test_whoever_is_protected_after_the_draw_is_not_on_the_list() -> None:
    c.people()
    actor = c.officer()
    wave = c.planned(actor, 40)
    c.drawn(actor, wave)
    one = Invitation.objects.filter(wave=wave).order_by("number")[0]
    protect(Resident.objects.get(pk=one.resident_id))
    rows = actions.make_list(actor=actor, wave_id=wave.pk)
    assert len(rows) == wave.sample - 1
    assert one.number not in {row.number for row in rows}
    assert queries.progress(wave).nowhere == 1
    assert all(row.name and row.address and row.code for row in rows)


def test_each_address_on_the_list_is_a_look_the_person_can_see() -> None:
    c.people()
    actor = c.officer()
    wave, rows = c.listed(actor, 20)
    looks = Event.objects.filter(verb="parties.resident_viewed", refs__purpose=f"survey-{c.SURVEY}")
    assert looks.count() == len(rows) == wave.sample


def test_addresses_are_for_those_who_write_for_the_section() -> None:
    person = c.people(1)[0]
    for actor in (b.acting(b.staff_account(("health", Role.DIGITAL_OFFICER))), b.acting(b.caseworker())):
        with pytest.raises(NotFound):
            addressees(actor, [person.pk], purpose="survey", section="policy")


def test_a_list_made_again_makes_the_first_codes_void() -> None:
    c.people()
    actor = c.officer()
    wave, first = c.listed(actor, 20)
    second = actions.make_list(actor=actor, wave_id=wave.pk)
    actions.open_wave(actor=actor, wave_id=wave.pk)
    with pytest.raises(NotUsable):
        actions.check_code(code=first[0].code, client="192.0.2.1")
    assert actions.check_code(code=second[0].code, client="192.0.2.1").pk == wave.pk
    with pytest.raises(BadWave, match="list"):
        actions.make_list(actor=actor, wave_id=wave.pk)


def test_a_second_code_makes_the_first_void_and_none_is_given_once_answered() -> None:
    c.people()
    actor = c.officer()
    wave, rows = c.opened(actor, 20)
    code = actions.renew_code(actor=actor, wave_id=wave.pk, number=rows[0].number)
    with pytest.raises(NotUsable):
        actions.check_code(code=rows[0].code, client="192.0.2.1")
    actions.answer(code=code, answers={"used": "never"}, client="192.0.2.1")
    with pytest.raises(BadWave, match="answered"):
        actions.renew_code(actor=actor, wave_id=wave.pk, number=rows[0].number)
    with pytest.raises(BadWave, match="number"):
        actions.renew_code(actor=actor, wave_id=wave.pk, number=99_999)


def test_a_code_is_one_answer() -> None:
    c.people()
    actor = c.officer()
    wave, rows = c.opened(actor, 20)
    actions.answer(code=rows[0].code.lower(), answers={"used": "never"}, client="192.0.2.1")
    for again in (
        lambda: actions.answer(code=rows[0].code, answers={"used": "never"}, client="192.0.2.1"),
        lambda: actions.enter_paper(
            actor=actor, wave_id=wave.pk, code=rows[0].code, answers={"used": "never"}
        ),
    ):
        with pytest.raises(NotUsable):
            again()
    assert Answer.objects.count() == Invitation.objects.filter(used=True).count() == 1


def test_paper_comes_until_the_wave_is_closed_and_the_web_until_the_last_day() -> None:
    c.people()
    actor = c.officer()
    wave, rows = c.opened(actor, 20)
    yesterday = calendar_jp.today() - timedelta(days=1)
    Wave.objects.filter(pk=wave.pk).update(opens_on=yesterday, closes_on=yesterday)
    with pytest.raises(NotUsable):
        actions.answer(code=rows[0].code, answers={"used": "never"}, client="192.0.2.1")
    actions.enter_paper(actor=actor, wave_id=wave.pk, code=rows[0].code, answers={"used": "never"})
    actions.close_wave(actor=actor, wave_id=wave.pk)
    with pytest.raises(NotUsable):
        actions.enter_paper(actor=actor, wave_id=wave.pk, code=rows[1].code, answers={"used": "never"})


def test_wrong_codes_are_counted_by_client_and_stop_after_thirty() -> None:
    c.people()
    _, rows = c.opened(c.officer(), 20)
    for _ in range(30):
        with pytest.raises(NotUsable):
            actions.check_code(code="ABCD-EFGH-2345", client="192.0.2.9")
    with pytest.raises(actions.TooManyWrongCodes):
        actions.check_code(code=rows[0].code, client="192.0.2.9")
    assert actions.check_code(code=rows[0].code, client="192.0.2.10")


def test_the_denominator_stays_as_it_was_before_the_first_wave(monkeypatch: pytest.MonkeyPatch) -> None:
    c.people()
    actor = c.officer()
    c.published(actor, 20)
    frozen = surveys_of(settings.DOKODEMO_PACK)[0]
    other = frozen.survey.model_copy(update={"denominator": "without_unsure"})
    monkeypatch.setattr(queries, "definition", lambda code: frozen.model_copy(update={"survey": other}))
    with pytest.raises(BadWave, match="denominator"):
        c.planned(actor, 20)


def test_one_wave_of_a_survey_runs_at_a_time() -> None:
    c.people()
    actor = c.officer()
    c.planned(actor, 20)
    with pytest.raises(BadWave, match="running"):
        c.planned(actor, 20)


def test_a_wave_keeps_the_survey_it_was_planned_with() -> None:
    c.people()
    wave = c.planned(c.officer(), 20)
    frozen = queries.frozen_of(wave)
    assert frozen == surveys_of(settings.DOKODEMO_PACK)[0]
    assert frozen.digest == wave.digest


STEPS: list[Callable[[Any, Any], Any]] = [
    lambda actor, pk: actions.draw(actor=actor, wave_id=pk),
    lambda actor, pk: actions.make_list(actor=actor, wave_id=pk),
    lambda actor, pk: actions.open_wave(actor=actor, wave_id=pk),
    lambda actor, pk: actions.renew_code(actor=actor, wave_id=pk, number=1),
    lambda actor, pk: actions.enter_paper(actor=actor, wave_id=pk, code="x", answers={}),
    lambda actor, pk: actions.close_wave(actor=actor, wave_id=pk),
    lambda actor, pk: actions.publish(actor=actor, wave_id=pk),
    lambda actor, pk: actions.discard(actor=actor, wave_id=pk),
]


@pytest.mark.parametrize("step", STEPS)
def test_steps_are_for_digital_officers_and_others_are_not_told_of_waves(
    step: Callable[[Any, Any], Any],
) -> None:
    c.people(24)
    wave = c.planned(c.officer(), 10)
    for account in (b.staff_account(("policy", Role.CIO)), b.head()):
        with pytest.raises(Forbidden):
            step(b.acting(account), wave.pk)
    for account in (b.caseworker(), b.resident_account()):
        with pytest.raises(NotFound):
            step(b.acting(account), wave.pk)


@pytest.mark.parametrize("place", [1, 2, 3, 5, 6])
def test_a_step_out_of_turn_is_refused(place: int) -> None:
    c.people(24)
    actor = c.officer()
    wave = c.planned(actor, 10)
    with pytest.raises(BadWave):
        STEPS[place](actor, wave.pk)
    assert verbs() == ["surveys.planned", "surveys.counted"]


def test_results_are_told_once_closed_and_the_value_once_published() -> None:
    c.people()
    actor = c.officer()
    wave, rows = c.opened(actor, 110)
    c.answered(rows)
    with pytest.raises(NotFound):
        queries.results(actor, wave.pk)
    actions.close_wave(actor=actor, wave_id=wave.pk)
    wave, results = queries.results(b.acting(b.head()), wave.pk)
    assert queries.published_value(wave) is None
    with pytest.raises(NotFound):
        queries.published(c.SURVEY)
    actions.publish(actor=actor, wave_id=wave.pk)
    value = queries.published_value(Wave.objects.get(pk=wave.pk))
    share = results["questions"][0]["shares"]["all_valid"]
    assert value is not None
    assert (value.percent, value.n, value.rule) == (share["percent"], 110, "all_valid")
    assert value.denominator == 110
    assert value.low < value.percent < value.high
    assert round(100 * value.numerator / value.denominator, 1) == pytest.approx(value.percent, abs=0.5)
    assert value.as_of == calendar_jp.today()
    assert queries.published_value(Wave.objects.get(pk=wave.pk), "K1") is None
    assert [one.survey.code for one in queries.published_surveys()] == [c.SURVEY]


def test_everybody_asked_and_answering_gives_the_plain_share_back() -> None:
    # A census that everybody answers: every weight is 1 and the share is a count.
    c.people()
    actor = c.officer()
    wave, rows = c.opened(actor, 1000)
    assert len(rows) == 110
    for place, one in enumerate(rows):
        said = "strongly" if place < 55 else "hardly" if place < 90 else "unsure"
        actions.answer(code=one.code, answers={"convenience": said}, client="192.0.2.1")
    actions.close_wave(actor=actor, wave_id=wave.pk)
    _, results = queries.results(actor, wave.pk)
    shares = results["questions"][0]["shares"]
    assert (shares["all_valid"]["percent"], shares["all_valid"]["numerator"]) == (50.0, 55)
    assert shares["without_unsure"]["percent"] == round(100 * 55 / 90, 1)
    assert shares["all_valid"]["deff"] == 1.0


def test_a_wave_that_nobody_answers_can_be_closed() -> None:
    c.people(24)
    actor = c.officer()
    wave, _ = c.opened(actor, 10)
    actions.close_wave(actor=actor, wave_id=wave.pk)
    _, results = queries.results(actor, wave.pk)
    assert results["returned"] == 0
    assert results["weights"]["deff"] is None


def test_counts_of_strata_stay_after_closing_and_people_do_not() -> None:
    c.people()
    actor = c.officer()
    wave = c.closed(actor, 40)
    assert not Invitation.objects.exists()
    assert sum(Stratum.objects.filter(wave=wave).values_list("returned", flat=True)) == wave.sample
    assert queries.progress(wave).total.returned == wave.sample


def test_a_design_outside_its_bounds_is_refused() -> None:
    c.people(24)
    actor, today = c.officer(), calendar_jp.today()
    for design, word in (
        (Design(size=0), "size"),
        (Design(margin=0.1), "margin"),
        (Design(margin=4, share=1.0), "share"),
        (Design(margin=4, response=0), "response"),
        (Design(margin=4, effect=0.5), "effect"),
    ):
        with pytest.raises(BadWave, match=word):
            actions.plan_wave(actor=actor, survey=c.SURVEY, opens_on=today, closes_on=today, design=design)
    with pytest.raises(BadWave, match="days"):
        actions.plan_wave(
            actor=actor,
            survey=c.SURVEY,
            opens_on=today + timedelta(days=2),
            closes_on=today + timedelta(days=1),
            design=Design(size=5),
        )


def test_a_published_share_is_a_value_of_the_plans_indicator() -> None:
    c.people(240)
    wave = Wave.objects.get(pk=c.published(c.officer(), 200))
    value = queries.published_value(wave)
    assert value is not None
    (kept,) = indicators.observed("convenience")
    assert float(kept.value) == pytest.approx(value.percent, abs=0.006)
    assert kept.published_on == value.as_of
    assert str(value.n) in kept.evidence
    assert indicators.readings()["convenience"].value == float(kept.value)
