"""No row, event, session or log ties an answer to a person, nor tells one answer's time or order."""

from __future__ import annotations

import itertools
import logging
from typing import Any

import pytest
from django.apps import apps
from django.contrib.sessions.models import Session
from django.db import connection, models

from dokodemo.kernel.events.models import Event
from dokodemo.promotion.surveys import actions
from dokodemo.promotion.surveys.models import Answer, Invitation, Wave
from tests.domains.entry import building as b
from tests.domains.promotion.surveys import survey_city as c

WORDS = "ひみつの言葉はここにあります"


def everything() -> str:
    """Every cell of every table as text, with the bytes of sealed columns."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            for row in cursor.fetchall():
                found += [
                    bytes(cell).decode("latin-1") if isinstance(cell, bytes | memoryview) else str(cell)
                    for cell in row
                ]
    return "\n".join(found)


def test_an_answer_has_no_link_and_no_time() -> None:
    names = {field.name for field in Answer._meta.get_fields()}
    assert names == {"id", "wave", "sealed"}
    times = [
        field.name
        for model in apps.get_app_config("surveys").get_models()
        for field in model._meta.get_fields()
        if isinstance(field, models.DateTimeField)
    ]
    assert times == []
    links = [
        relation.related_model
        for relation in Answer._meta.get_fields()
        if relation.is_relation and relation.related_model is not None
    ]
    assert links == [Wave]


def test_identifiers_of_answers_follow_no_order_of_arrival() -> None:
    c.people()
    wave, rows = c.opened(c.officer(), 60)
    arrived = []
    for one in rows:
        before = set(Answer.objects.values_list("pk", flat=True))
        actions.answer(code=one.code, answers={"used": "never"}, client="192.0.2.1")
        arrived += list(set(Answer.objects.values_list("pk", flat=True)) - before)
    assert len(arrived) == wave.answers.count() == wave.sample > 60
    # Neighbours in time that also stand in the order of their keys: half of them by chance, all or none in an order.
    rising = sum(first < second for first, second in itertools.pairwise(arrived))
    assert 0.2 < rising / len(arrived) < 0.8


@pytest.mark.once
def test_sqlite_keeps_answers_in_the_order_of_their_keys_alone() -> None:
    c.people()
    _, rows = c.opened(c.officer(), 20)
    c.answered(rows)
    with connection.cursor() as cursor:
        cursor.execute("SELECT rowid, id FROM surveys_answer")
        assert all(rowid == pk for rowid, pk in cursor.fetchall())


@pytest.mark.parametrize("paper", [False, True])
def test_no_table_and_no_log_holds_code_or_words(caplog: pytest.LogCaptureFixture, paper: bool) -> None:
    c.people()
    actor = c.officer()
    wave, rows = c.opened(actor, 20)
    answers = {"convenience": "not-at-all", "words": WORDS}
    with caplog.at_level(logging.DEBUG):
        if paper:
            actions.enter_paper(actor=actor, wave_id=wave.pk, code=rows[0].code, answers=answers)
        else:
            actions.answer(code=rows[0].code, answers=answers, client="192.0.2.77")
    kept = everything()
    # What was said and which code said it: "not-at-all" stands in the definition, so only sealed cells could hide it.
    for secret in (rows[0].code, rows[0].code.replace("-", ""), WORDS, "192.0.2.77"):
        assert secret not in kept
        assert secret not in "\n".join(
            record.getMessage() for record in caplog.records if record.name != "django.db.backends"
        )
    sealed = Answer.objects.values_list("sealed", flat=True).get()
    assert b"not-at-all" not in bytes(sealed)
    assert b"stratum" not in bytes(sealed)


def test_an_event_of_an_answer_names_the_wave_and_nothing_else() -> None:
    c.people()
    actor = c.officer()
    wave, rows = c.opened(actor, 20)
    c.answered(rows[:3])
    events = Event.objects.filter(verb="surveys.answered")
    for event in events:
        assert (event.actor, event.object_type, event.object_id) == ("anonymous", "survey_wave", str(wave.pk))
        assert event.refs == {"survey": c.SURVEY, "channel": "web"}
        assert (event.numbers, event.digests) == ({}, {})
    people = {str(one) for one in Invitation.objects.values_list("resident_id", flat=True)}
    invitations = {str(one) for one in Invitation.objects.values_list("pk", flat=True)}
    about: list[Any] = list(Event.objects.filter(verb__startswith="surveys."))
    for event in about:
        text = f"{event.object_id} {event.refs} {event.numbers} {event.digests}"
        assert not any(one in text for one in people | invitations)


def test_whoever_is_signed_in_answers_as_nobody_and_leaves_no_session_of_it() -> None:
    c.people()
    _, rows = c.opened(c.officer(), 20)
    client = b.browser(b.resident_account())
    sessions = Session.objects.count()
    form = {"code": rows[0].code, "at": "check", "step": "send", "q-words": WORDS}
    assert client.post("/survey/", form).headers["Location"] == "/survey/thanks"
    assert Event.objects.get(verb="surveys.answered").actor == "anonymous"
    assert Session.objects.count() == sessions
    assert rows[0].code not in str(dict(client.session))
    assert "code" not in "".join(client.cookies)


def test_closing_writes_answers_anew_and_forgets_who_was_asked() -> None:
    c.people()
    actor = c.officer()
    wave, rows = c.opened(actor, 40)
    c.answered(rows)
    before = {one.pk: one.sealed for one in Answer.objects.all()}
    asked = {str(one).replace("-", "") for one in Invitation.objects.values_list("resident_id", flat=True)}
    actions.close_wave(actor=actor, wave_id=wave.pk)
    after = {one.pk: one.sealed for one in Answer.objects.all()}
    assert before.keys().isdisjoint(after)
    assert sorted(map(str, before.values())) == sorted(map(str, after.values()))
    assert Invitation.objects.count() == 0
    with connection.cursor() as cursor:
        for table in ("surveys_answer", "surveys_stratum", "surveys_wave"):
            cursor.execute(f"SELECT * FROM {table}")
            text = str(cursor.fetchall()).replace("-", "")
            assert not any(one in text for one in asked)


def test_a_stratum_is_asked_of_two_or_more_so_that_none_stands_alone() -> None:
    c.people()
    wave, _ = c.opened(c.officer(), 30)
    for row in wave.strata.all():
        assert row.invited >= min(2, row.population)
