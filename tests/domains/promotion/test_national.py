"""The national survey: what is answered by itself, what is entered, and a confirmed sheet."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from dokodemo.administration.cases.models import Case
from dokodemo.city.organisation.models import Appointment
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import Actor, Forbidden, NotFound, Role
from dokodemo.kernel.events.models import Event
from dokodemo.promotion.indicators.actions import observe
from dokodemo.promotion.indicators.definitions import Observed
from dokodemo.promotion.national import actions, queries
from dokodemo.promotion.national.actions import Refused
from dokodemo.promotion.national.logic import Value
from dokodemo.promotion.national.models import Answer, ConfirmedSheet
from dokodemo.promotion.national.sources import SOURCES
from dokodemo.promotion.responsibility.actions import seat
from dokodemo.promotion.responsibility.models import Seating
from dokodemo.promotion.training.actions import take_quiz
from tests.domains.entry import building as b

pytestmark = pytest.mark.usefixtures("in_the_city")

YEAR = calendar_jp.fiscal_year(calendar_jp.today())


def staff(section: str, role: Role) -> Actor:
    return b.acting(b.staff_account((section, role)))


def officer() -> Actor:
    return staff("policy", Role.DIGITAL_OFFICER)


def say(code: str = "ai", *, actor: Actor | None = None, **changes: Any) -> bool:
    """An answer to one indicator, changed where the test says."""
    usual = {
        "actor": actor or officer(),
        "year": YEAR,
        "code": code,
        "typed": {"word": "yes"},
        "as_of": date(YEAR, 4, 1),
        "evidence": "AIの利用要綱",
        "reason": "",
        "revision": 0,
        **changes,
    }
    return actions.answer(**usual)


def line(code: str = "ai") -> queries.Line:
    return queries.as_it_stands(YEAR).line(code)


def wrong(**changes: Any) -> dict[str, str]:
    with pytest.raises(Refused) as caught:
        say(**changes)
    return caught.value.wrong


# What is known


def test_what_no_record_tells_is_unanswered_and_never_no_or_zero() -> None:
    sheet = queries.as_it_stands(YEAR)
    assert {one.indicator.code for one in sheet.lines if one.value is not None} == {"structure"}
    assert line("cio").value is None
    assert line("often_used_online").value is None
    assert (sheet.answered, len(sheet.lines)) == (1, 15)


def test_an_appointed_cio_answers_by_itself_and_says_from_what() -> None:
    staff("policy", Role.CIO)
    found = line("cio")
    assert found.how == "computed"
    assert found.value == Value("yes")
    assert found.computed is not None
    assert (found.computed.source, found.computed.numbers) == ("organisation.cio", {"count": 1})
    assert found.as_of == calendar_jp.today()


def test_training_that_somebody_finished_answers_both_of_its_questions() -> None:
    clerk = b.acting(b.caseworker())
    take_quiz(actor=clerk, code="security-yearly", answers={1: 2, 2: 1, 3: 3, 4: 2, 5: 1})
    assert line("staff_development").value == Value("yes")
    assert line("training_for_all").value == Value("yes")


def test_the_seat_of_the_aide_answers_for_the_aide_while_a_post_is_held() -> None:
    assert line("cio_adviser").how == "unanswered"
    person = b.staff_account(("policy", Role.CASEWORKER))
    today = calendar_jp.today()
    seated = seat(actor=officer(), kind="cio_aide", scope="", account_id=person.pk, starts_on=today)
    found = line("cio_adviser")
    assert (found.how, found.value) == ("computed", Value("yes"))
    assert found.computed is not None
    assert (found.computed.source, found.computed.numbers) == ("responsibility.cio_aide", {"count": 1})
    Appointment.objects.filter(account=person).update(ends_on=today - timedelta(days=1))
    assert line("cio_adviser").how == "unanswered"
    Appointment.objects.filter(account=person).update(ends_on=None)
    Seating.objects.filter(pk=seated.pk).update(
        starts_on=today - timedelta(days=9), ends_on=today - timedelta(days=1)
    )
    assert line("cio_adviser").how == "unanswered"


def test_another_seat_is_no_aide() -> None:
    person = b.staff_account(("policy", Role.CIO))
    seat(actor=officer(), kind="cio", scope="", account_id=person.pk, starts_on=calendar_jp.today())
    assert line("cio_adviser").how == "unanswered"


def test_cards_are_answered_from_the_value_entered_for_the_plan_and_on_its_day() -> None:
    def entered(month: str, **numbers: Any) -> None:
        value = {
            "indicator": "card_holding",
            "from": f"2026-{month}-01",
            "to": f"2026-{month}-30",
            "vintage": f"2026-{month}",
            "published_on": "2026-11-10",
            "source": "総務省",
            **numbers,
        }
        observe(actor=officer(), observed=Observed.model_validate(value))

    entered("06", value="75.0")
    assert line("card").how == "unanswered"
    entered("09", value="76.0", numerator=38000, denominator=50000)
    found = line("card")
    assert (found.how, found.value) == ("computed", Value("", 38000, 50000))
    assert found.as_of == date(2026, 9, 30)


def test_every_source_can_be_asked_of_a_city_without_records() -> None:
    today = calendar_jp.today()
    answers = {name: source.ask(today) for name, source in SOURCES.items()}
    assert not Case.objects.exists()
    assert answers["cases.online_cases"] is None
    assert answers["reform.systems_moved"] is None


def test_a_year_that_is_over_is_not_answered_with_the_records_of_today() -> None:
    staff("policy", Role.CIO)
    assert queries.as_it_stands(YEAR - 1).line("cio").how == "unanswered"


# Entering


def test_an_answer_is_entered_with_its_evidence_in_one_event() -> None:
    actor = officer()
    before = Event.objects.count()
    assert say(actor=actor)
    assert Event.objects.count() == before + 1
    event = Event.objects.order_by("-pk")[0]
    assert (event.verb, event.refs["indicator"]) == ("national.answered", "ai")
    assert "要綱" not in str((event.refs, event.numbers, event.digests))
    assert (line().how, line().value, line().revision) == ("entered", Value("yes"), 1)


def test_the_same_answer_again_changes_nothing() -> None:
    say()
    assert not say(revision=1)
    assert Answer.objects.count() == 1


def test_every_wrong_box_is_named_and_nothing_is_kept() -> None:
    tomorrow = calendar_jp.today() + timedelta(days=1)
    assert wrong(typed={"word": "perhaps"}, as_of=None, evidence=" ") == {
        "word": "national.fault.word",
        "as_of": "national.fault.day",
        "evidence": "national.fault.evidence",
    }
    assert wrong(as_of=tomorrow) == {"as_of": "national.fault.future"}
    assert wrong(evidence="あ" * 1001) == {"evidence": "national.fault.evidence"}
    assert wrong(code="card", typed={"numerator": "9", "denominator": "5"}) == {
        "numerator": "national.fault.more"
    }
    assert not Answer.objects.exists()


def test_an_answer_against_the_computed_one_needs_a_reason_and_both_are_shown() -> None:
    assert wrong(code="structure", typed={"word": "no"}) == {"reason": "national.fault.reason"}
    say("structure", typed={"word": "no"}, reason="会議体は未設置")
    found = line("structure")
    assert (found.how, found.value) == ("overridden", Value("no"))
    assert found.computed is not None
    assert found.computed.value == Value("yes")
    actions.withdraw(actor=officer(), year=YEAR, code="structure", revision=1)
    assert (line("structure").how, line("structure").revision) == ("computed", 2)


def test_a_reason_is_kept_only_where_the_answer_differs() -> None:
    say(reason="念のため")
    entered = line().entered
    assert entered is not None
    assert entered.reason == ""


def test_who_read_an_older_answer_is_refused() -> None:
    say()
    assert wrong(typed={"word": "no"}) == {"sheet": "national.fault.stale"}
    assert say(typed={"word": "no"}, revision=1)


def test_only_those_who_coordinate_answer_and_others_may_read() -> None:
    clerk = staff("childcare", Role.CASEWORKER)
    assert len(queries.sheet(clerk, YEAR).lines) == 15
    with pytest.raises(Forbidden):
        say(actor=clerk)
    with pytest.raises(Forbidden):
        say(actor=staff("childcare", Role.HEAD_OF_SECTION))
    for nobody in (Actor(kind="anonymous"), b.acting(b.staff_account())):
        with pytest.raises(NotFound):
            queries.sheet(nobody, YEAR)
        with pytest.raises(NotFound):
            say(actor=nobody)


def test_a_year_and_a_code_that_are_not_there_are_not_found() -> None:
    with pytest.raises(NotFound):
        queries.sheet(officer(), 1990)
    with pytest.raises(NotFound):
        say("moon")


# Confirming


def confirmed(year: int = YEAR, actor: Actor | None = None) -> queries.Sheet:
    seen = queries.as_it_stands(year).digest
    return actions.confirm(actor=actor or officer(), year=year, seen=seen, accept_gaps=True)


def test_a_confirmed_sheet_says_who_and_when_and_never_changes() -> None:
    say()
    cio = staff("policy", Role.CIO)
    before = Event.objects.count()
    sheet = confirmed(actor=cio)
    assert Event.objects.count() == before + 1
    assert sheet.confirmed_at is not None
    # The records move on; what was confirmed does not.
    staff("policy", Role.DIGITAL_OFFICER)
    take_quiz(actor=b.acting(b.caseworker()), code="security-yearly", answers={1: 2, 2: 1, 3: 3, 4: 2, 5: 1})
    assert queries.as_it_stands(YEAR).line("staff_development").value is None
    assert wrong(typed={"word": "no"}, revision=1) == {"sheet": "national.fault.confirmed"}
    with pytest.raises(Refused, match="sheet"):
        confirmed()
    with pytest.raises(IntegrityError), transaction.atomic():
        ConfirmedSheet.objects.update(year=1999)


def test_a_sheet_that_changed_while_it_was_read_is_not_confirmed() -> None:
    seen = queries.as_it_stands(YEAR).digest
    say()
    with pytest.raises(Refused) as caught:
        actions.confirm(actor=officer(), year=YEAR, seen=seen, accept_gaps=True)
    assert caught.value.wrong == {"sheet": "national.fault.moved"}


def test_gaps_are_accepted_knowingly_or_not_at_all() -> None:
    seen = queries.as_it_stands(YEAR).digest
    with pytest.raises(Refused) as caught:
        actions.confirm(actor=officer(), year=YEAR, seen=seen, accept_gaps=False)
    assert caught.value.wrong == {"accept": "national.fault.gaps"}
    assert not ConfirmedSheet.objects.exists()


def test_a_head_of_section_confirms_nothing() -> None:
    with pytest.raises(Forbidden):
        confirmed(actor=staff("childcare", Role.HEAD_OF_SECTION))


def test_a_sheet_is_compared_with_the_last_confirmed_one() -> None:
    say(year=YEAR - 1)
    say("rpa", year=YEAR - 1, typed={"word": "no"})
    confirmed(YEAR - 1)
    say()
    say("rpa")
    sheet = queries.as_it_stands(YEAR)
    assert sheet.before == YEAR - 1
    assert (sheet.line("ai").change, sheet.line("rpa").change) == ("same", "changed")
    assert sheet.line("rpa").before == Value("no")
    # Unanswered then, computed now.
    assert (sheet.line("structure").before, sheet.line("structure").change) == (None, "changed")
