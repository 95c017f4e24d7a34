"""Following the plan by mail: nobody without their yes, every change once whoever dies, and forgotten when they stop."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django_ox.models import OxTask

from dokodemo.adapters.mail import Relay
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.events.models import Event
from dokodemo.promotion.following import actions, changes, logic, tokens
from dokodemo.promotion.following.actions import NotOffered, TooManyAsked
from dokodemo.promotion.following.logic import Wishes
from dokodemo.promotion.following.models import Asked, Follower, Mail, Notice, Spread
from tests.domains.city.city_builders import the_pack
from tests.domains.promotion import following_city as c

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _city() -> None:
    the_pack()


def deliver() -> list[Any]:
    """What one run of the job sends."""
    mail.outbox.clear()
    actions.deliver(actor=c.JOB)
    return list(mail.outbox)


# Yes


def test_asking_alone_tells_nobody_anything_but_the_question() -> None:
    c.ask()
    c.adopt()
    assert OxTask.objects.filter(task_path__endswith="following.tasks.send").exists()
    (question,) = deliver()
    assert question.to == [c.ADDRESS]
    assert "受け取りますか" in question.subject
    assert "List-Unsubscribe" not in question.extra_headers
    assert not Notice.objects.exists()
    assert Follower.objects.filter(confirmed_at__isnull=False).count() == 0


def test_a_yes_begins_it_once_and_is_recorded_without_the_address() -> None:
    follower = c.follower(wishes=Wishes(("admin-3",), "en", "monthly"))
    letter = Mail.objects.get(kind="confirm")
    token = tokens.make(tokens.CONFIRM, letter.pk)
    actions.confirm(token=token)
    follower.refresh_from_db()
    assert (follower.measures, follower.lang, follower.often) == (["admin-3"], "en", "monthly")
    rows = Event.objects.filter(verb__startswith="following.").order_by("pk")
    verbs = list(rows.values_list("verb", flat=True))
    assert verbs == ["following.asked", "following.sent", "following.confirmed"]
    assert "uguisu" not in repr(list(Event.objects.values()))
    assert "uguisu" not in repr(list(OxTask.objects.values()))


def test_the_address_lies_sealed_and_is_found_whatever_its_capitals() -> None:
    c.follower()
    c.ask(c.ADDRESS.upper().replace("EXAMPLE", "Example"))
    assert Follower.objects.count() == 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT address, alike FROM following_follower")
        sealed, alike = cursor.fetchone()
    assert b"uguisu" not in bytes(sealed).lower()
    assert b"uguisu" not in bytes(alike).lower()
    assert Follower.objects.get().address == c.ADDRESS


def test_new_wishes_of_a_known_address_wait_for_its_yes() -> None:
    c.follower()
    c.ask(wishes=Wishes(("life-1",), "easy", "monthly"))
    assert Follower.objects.get().measures == []
    (question,) = deliver()
    actions.confirm(token=c.link("confirm", question.body))
    assert Follower.objects.get().measures == ["life-1"]
    assert Event.objects.filter(verb="following.changed").count() == 1


def test_a_link_runs_out_and_a_made_up_one_opens_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    c.ask()
    letter = Mail.objects.get()
    good = tokens.make(tokens.CONFIRM, letter.pk)
    stop = tokens.make(tokens.STOP, letter.follower_id)
    for bad in ("", "x", "あ", good[:-4], good + "A", stop, "A" * 400, f"{good[:30]}A{good[31:]}"[::-1]):
        with pytest.raises(tokens.BadToken):
            actions.confirm(token=bad)
    with pytest.raises(tokens.BadToken):
        actions.stop(token=good)
    c.move_clock(monkeypatch, logic.CONFIRM_WITHIN + timedelta(minutes=1))
    with pytest.raises(tokens.BadToken):
        actions.confirm(token=good)
    assert Follower.objects.filter(confirmed_at__isnull=False).count() == 0


def test_an_address_gets_three_questions_a_day_and_the_asker_sees_no_difference(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for _ in range(5):
        c.ask()
    assert len(deliver()) == 3
    c.move_clock(monkeypatch, timedelta(days=1, minutes=1))
    c.ask()
    assert len(deliver()) == 1


def test_a_visitor_asks_ten_times_an_hour_and_another_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(logic.ASKED_AN_HOUR):
        c.ask(f"somebody{number}@example.jp")
    with pytest.raises(TooManyAsked):
        c.ask("one-more@example.jp")
    c.ask("one-more@example.jp", client="192.0.2.2")
    assert "192.0.2" not in repr(list(Asked.objects.values()))
    monkeypatch.setattr(logic, "ASKED_AN_HOUR_BY_ALL", 5)
    with pytest.raises(TooManyAsked):
        c.ask("many@example.jp", client="192.0.2.3")


def test_who_never_says_yes_is_forgotten_after_a_week(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = c.follower("stays@example.jp")
    c.ask()
    c.move_clock(monkeypatch, logic.FORGET_AFTER - timedelta(minutes=1))
    assert actions.forget(actor=c.JOB) == 0
    c.move_clock(monkeypatch, timedelta(minutes=2))
    assert actions.forget(actor=c.JOB) == 1
    assert list(Follower.objects.all()) == [kept]
    assert Event.objects.get(verb="following.forgotten").numbers == {"followers": 1}


# News


def test_every_follower_hears_of_what_they_chose_once() -> None:
    c.adopt()
    c.follower("all@example.jp")
    c.follower("drill@example.jp", Wishes((c.MEASURE,), "en"))
    c.follower("life@example.jp", Wishes(("life-1",)))
    c.report()
    sent = deliver()
    assert sorted(one.to[0] for one in sent) == ["all@example.jp", "drill@example.jp"]
    (english,) = [one for one in sent if one.to == ["drill@example.jp"]]
    assert "Half done" in english.body or "half" in english.body.lower()
    assert "You get this mail because" in english.body
    assert f"/plan#measure-{c.MEASURE}" in english.body
    assert "琥珀" not in english.body + english.alternatives[0].content
    assert deliver() == []
    assert Spread.objects.count() == 2


def test_what_happened_before_the_yes_is_not_told() -> None:
    c.adopt()
    c.report()
    c.follower()
    assert deliver() == []


def test_a_letter_says_how_to_stop_for_people_and_for_mail_programs() -> None:
    c.follower()
    c.adopt()
    (letter,) = deliver()
    assert letter.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = letter.extra_headers["List-Unsubscribe"].strip("<>")
    html = letter.alternatives[0].content
    assert address in letter.body
    assert address in html
    assert c.ADDRESS not in letter.body + html + address
    # Nothing is loaded when it is opened.
    assert not re.search(r"<(img|link|script|iframe|object)|url\(|\bsrc=", html)
    actions.stop(token=c.link("stop", letter.body))
    assert not Follower.objects.exists()
    assert not Mail.objects.exists()
    actions.stop(token=c.link("stop", letter.body))
    assert Event.objects.filter(verb="following.stopped").count() == 1


def test_once_a_month_means_one_letter_when_the_month_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calendar_jp, "now", lambda: datetime(2026, 11, 10, 3, tzinfo=UTC))
    c.follower(wishes=Wishes(often="monthly"))
    c.adopt()
    c.report()
    assert deliver() == []
    monkeypatch.setattr(calendar_jp, "now", lambda: datetime(2026, 11, 30, 14, 50, tzinfo=UTC))
    assert deliver() == []
    monkeypatch.setattr(calendar_jp, "now", lambda: datetime(2026, 11, 30, 15, 10, tzinfo=UTC))
    (letter,) = deliver()
    assert letter.body.count("/plan#measure-") + letter.body.count("/plan\n") >= 2
    assert deliver() == []


def test_the_feed_and_the_letters_tell_the_same() -> None:
    c.follower()
    c.adopt()
    c.report()
    (letter,) = deliver()
    titles = [one.title("ja") for one in changes.latest()]
    assert len(titles) == 2
    assert all(title in letter.body for title in titles)


# When something goes wrong


class Dies(BaseException):
    """The process is gone."""


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_letter_whose_sender_died_goes_again_under_the_same_name(
    monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    c.follower()
    c.adopt()
    took = EmailBackend.send_messages

    def dies(self: EmailBackend, messages: Any) -> int:
        if moment == "after":
            took(self, messages)
        raise Dies

    monkeypatch.setattr(EmailBackend, "send_messages", dies)
    with pytest.raises(Dies):
        actions.deliver(actor=c.JOB)
    monkeypatch.setattr(EmailBackend, "send_messages", took)
    before = [one.extra_headers["Message-ID"] for one in mail.outbox]
    assert deliver() == []
    c.move_clock(monkeypatch, logic.LEASE + timedelta(seconds=1))
    (letter,) = deliver()
    assert before in ([], [letter.extra_headers["Message-ID"]])
    assert Mail.objects.get(kind="news").state == "sent"
    c.move_clock(monkeypatch, timedelta(days=1))
    assert deliver() == []


def test_a_run_that_dies_while_noting_loses_nobody_and_tells_nobody_twice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for number in range(3):
        c.follower(f"reader{number}@example.jp")
    c.adopt()
    made = Mail.objects.create
    calls: list[int] = []

    def dies(**fields: Any) -> Mail:
        calls.append(1)
        if len(calls) == 2:
            raise Dies
        return made(**fields)

    monkeypatch.setattr(Mail.objects, "create", dies)
    with pytest.raises(Dies):
        actions.deliver(actor=c.JOB)
    monkeypatch.setattr(Mail.objects, "create", made)
    assert sorted(one.to[0] for one in deliver()) == [f"reader{n}@example.jp" for n in range(3)]
    assert deliver() == []


def test_a_change_is_noted_once_also_when_it_is_looked_at_twice() -> None:
    c.follower()
    c.adopt()
    assert actions.spread(actor=c.JOB) == 1
    assert actions.spread(actor=c.JOB) == 0
    assert Notice.objects.count() == 1
    assert Event.objects.get(verb="following.spread").numbers == {"followers": 1}


def refuse(monkeypatch: pytest.MonkeyPatch, fault: Exception) -> None:
    def send(self: EmailBackend, messages: Any) -> int:
        raise fault

    monkeypatch.setattr(EmailBackend, "send_messages", send)


def test_a_mailbox_that_refuses_three_letters_is_written_to_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    from smtplib import SMTPRecipientsRefused

    c.adopt()
    c.follower()
    refuse(monkeypatch, SMTPRecipientsRefused({c.ADDRESS: (550, b"5.1.1 unknown")}))
    for count, action in enumerate(("security-drill", "night-advice", "once-only"), start=1):
        existing = {one.code for one in c._actions()}
        c.report(action if action in existing else sorted(existing)[count])
        deliver()
        left = Follower.objects.values_list("refusals", flat=True).first()
        assert left == (count if count < logic.MOST_REFUSALS else None)
    assert Event.objects.filter(verb="following.dropped").count() == 1
    assert not Mail.objects.exists()


def test_a_relay_that_is_away_costs_no_letter_an_attempt(monkeypatch: pytest.MonkeyPatch) -> None:
    took = EmailBackend.send_messages
    c.follower("a@example.jp")
    c.follower("b@example.jp")
    c.adopt()
    refuse(monkeypatch, ConnectionRefusedError())
    assert deliver() == []
    assert set(Mail.objects.filter(kind="news").values_list("state", "attempts")) == {("waiting", 0)}
    monkeypatch.setattr(EmailBackend, "send_messages", took)
    c.move_clock(monkeypatch, timedelta(minutes=6))
    assert len(deliver()) == 2


def test_a_letter_that_never_goes_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    from smtplib import SMTPDataError

    c.follower()
    c.adopt()
    refuse(monkeypatch, SMTPDataError(451, b"later"))
    for _ in range(logic.MOST_ATTEMPTS):
        deliver()
        c.move_clock(monkeypatch, timedelta(hours=9))
    letter = Mail.objects.get(kind="news")
    assert (letter.state, letter.attempts) == ("given_up", logic.MOST_ATTEMPTS)
    assert Follower.objects.get().refusals == 0


def test_a_city_without_mail_takes_no_address(settings: Any) -> None:
    settings.DOKODEMO_MAIL = Relay("none", "", {})
    with pytest.raises(NotOffered):
        c.ask()
    assert not Follower.objects.exists()


def test_what_was_sent_long_ago_is_deleted_and_not_told_again(monkeypatch: pytest.MonkeyPatch) -> None:
    c.follower()
    c.adopt()
    assert len(deliver()) == 1
    c.move_clock(monkeypatch, logic.KEEP_SENT + timedelta(days=1))
    actions.forget(actor=c.JOB)
    assert not Mail.objects.exists()
    assert not Notice.objects.exists()
    assert deliver() == []
    assert Follower.objects.filter(confirmed_at__isnull=False).count() == 1


def test_a_run_reads_as_often_for_many_followers_as_for_few() -> None:
    def reads() -> int:
        Spread.objects.all().delete()
        Notice.objects.all().delete()
        with CaptureQueriesContext(connection) as captured:
            actions.spread(actor=c.JOB)
        return len(captured)

    c.follower()
    c.adopt()
    # The first run reads the version that was adopted, which no run does again.
    reads()
    few = reads()
    for number in range(12):
        c.follower(f"reader{number}@example.jp", client=f"192.0.2.{number}")
    Follower.objects.update(confirmed_at=calendar_jp.now() - timedelta(days=1))
    assert reads() == few
    assert Notice.objects.count() == 13
