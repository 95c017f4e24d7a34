"""Inviting by mail: who gets one, what it says, that its code is one answer, and what a refusal leads to."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any, Self

import pytest
from django.core import mail as outbox
from django.urls import reverse

from dokodemo.adapters.mail import Letter, Refused, Relay, Unreachable
from dokodemo.city.parties.frame import mailboxes
from dokodemo.city.parties.models import Resident
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import Forbidden, NotFound, Role, system
from dokodemo.kernel.events.models import Event
from dokodemo.promotion.surveys import actions, letters, queries
from dokodemo.promotion.surveys.actions import BadWave, ListRow, NotUsable, mailing
from dokodemo.promotion.surveys.codes import mailed_code
from dokodemo.promotion.surveys.models import Invitation, Wave
from tests.domains.city.city_builders import protect
from tests.domains.entry import building as b
from tests.domains.promotion.surveys import survey_city as c

CODE = re.compile(r"\b[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}\b")
RELAY = Relay(
    "file", "city@city.example.jp", {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}
)


@pytest.fixture(autouse=True)
def _relay(settings: Any) -> None:
    settings.DOKODEMO_MAIL, settings.MAILERS = RELAY, RELAY.mailers


def listed(size: int = 40) -> tuple[Wave, list[ListRow]]:
    """A wave whose people with a mailbox are asked by mail, and the list of the others."""
    c.people(mailbox=2)
    actor = c.officer()
    wave = c.planned(actor, size)
    c.drawn(actor, wave)
    return wave, actions.make_list(actor=actor, wave_id=wave.pk, by_mail=True)


def opened(size: int = 40) -> Wave:
    """The same, open."""
    wave, _ = listed(size)
    actions.open_wave(actor=c.officer(), wave_id=wave.pk)
    return wave


def send() -> int:
    return actions.send_invitations(actor=system("surveys"))


def test_whoever_has_a_mailbox_is_on_no_list_and_gets_one_mail() -> None:
    wave, rows = listed()
    mails = Invitation.objects.filter(sent="by_mail").count()
    assert 0 < mails < wave.sample
    assert len(rows) == wave.sample - mails
    assert send() == 0
    actions.open_wave(actor=c.officer(), wave_id=wave.pk)
    assert send() == mails == len(outbox.outbox)
    assert send() == 0
    asked = queries.by_mail(wave)
    assert asked is not None
    assert (asked.sent, asked.waiting, asked.returned) == (mails, 0, 0)
    event = Event.objects.get(verb="surveys.mailed")
    assert event.numbers == {"mails": mails, "returned": 0, "nowhere": 0}
    assert event.refs == {"survey": c.SURVEY}


def test_the_mail_says_it_in_three_languages_and_its_code_is_one_answer() -> None:
    opened()
    send()
    letter: Any = outbox.outbox[0]
    for words in ("無作為に選んだ", "くじで", "drawn at random", "/survey/", "見本"):
        assert words in letter.body
    codes = set(CODE.findall(letter.body))
    assert len(codes) == 1
    code = codes.pop()
    address = letter.to[0]
    mailed = Invitation.objects.get(code_index=queries.code_index(code.replace("-", "")))
    assert address == Resident.objects.get(pk=mailed.resident_id).facts["email"]["value"]
    assert f"お問い合わせの番号： {mailed.number}" in letter.body
    assert f"survey/?{code}" not in letter.body
    actions.answer(code=code, answers={"used": "never"}, client="192.0.2.1")
    with pytest.raises(NotUsable):
        actions.answer(code=code, answers={"used": "never"}, client="192.0.2.1")


def test_no_code_is_kept_and_each_mailbox_is_a_look_the_person_can_see() -> None:
    wave = opened()
    before = Event.objects.filter(verb="parties.resident_viewed").count()
    mails = send()
    looks = Event.objects.filter(verb="parties.resident_viewed")
    assert looks.count() - before == mails
    for one in Invitation.objects.filter(wave=wave, sent="mailed"):
        assert mailed_code(one.pk).replace("-", "") not in str(bytes(one.code_index))
        assert looks.filter(object_id=str(one.resident_id), actor="system:surveys").exists()


@pytest.mark.parametrize(
    ("lang", "words"), [("ja", "への「デジタル化についての"), ("easy", "くじで"), ("en", "drawn at random")]
)
def test_whoever_was_drawn_reads_for_which_survey_the_address_was_looked_up(lang: str, words: str) -> None:
    wave = opened()
    send()
    one = Invitation.objects.filter(wave=wave, sent="mailed").order_by("number")[0]
    resident = Resident.objects.get(pk=one.resident_id)
    page = b.words(b.browser(b.resident_account(resident), lang=lang).get(reverse("portal:data")).content)
    assert words in page
    assert "survey-convenience" not in page


class Away:
    """A relay that fails in one way."""

    def __init__(self, fault: Exception) -> None:
        self.fault = fault

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def send(self, letter: Letter) -> None:
        raise self.fault


def test_a_mailbox_that_refuses_leads_to_a_letter(monkeypatch: pytest.MonkeyPatch) -> None:
    wave = opened()
    asked = Invitation.objects.filter(sent="by_mail").count()
    monkeypatch.setattr(mailing, "post", lambda: Away(Refused("no such box")))
    assert send() == 0
    found = queries.by_mail(wave)
    assert found is not None
    assert found.returned == asked
    rows = actions.make_list(actor=c.officer(), wave_id=wave.pk)
    assert len(rows) == asked
    actions.answer(code=rows[0].code, answers={"used": "never"}, client="192.0.2.1")
    assert queries.by_mail(wave) is None
    with pytest.raises(BadWave, match="list"):
        actions.make_list(actor=c.officer(), wave_id=wave.pk)


def test_a_relay_that_is_away_is_asked_again_and_the_code_stays_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    opened()
    with monkeypatch.context() as away:
        away.setattr(mailing, "post", lambda: Away(Unreachable("away", everybody=True)))
        assert send() == 0
    first = Invitation.objects.filter(sent="by_mail").order_by("number")[0]
    assert send() > 0
    assert any(mailed_code(first.pk) in str(one.body) for one in outbox.outbox)
    assert len({one.extra_headers["Message-ID"] for one in outbox.outbox}) == len(outbox.outbox)


def test_nothing_is_sent_before_the_first_day_or_after_the_last() -> None:
    wave = opened()
    today = calendar_jp.today()
    for first, last in ((1, 9), (-9, -1)):
        Wave.objects.filter(pk=wave.pk).update(
            opens_on=today + timedelta(days=first), closes_on=today + timedelta(days=last)
        )
        assert send() == 0
    assert outbox.outbox == []


def test_whoever_is_protected_after_the_list_gets_no_mail() -> None:
    wave = opened()
    one = Invitation.objects.filter(wave=wave, sent="by_mail").order_by("number")[0]
    protect(Resident.objects.get(pk=one.resident_id))
    send()
    one.refresh_from_db()
    assert (one.sent, one.code_index) == ("nowhere", None)


def test_mail_is_the_jobs_alone_and_not_chosen_where_the_city_sends_none(settings: Any) -> None:
    with pytest.raises(Forbidden):
        actions.send_invitations(actor=c.officer())
    with pytest.raises(NotFound):
        mailboxes(c.officer(), [], purpose="survey", section="policy")
    c.people()
    actor = c.officer()
    wave = c.planned(actor, 20)
    c.drawn(actor, wave)
    settings.DOKODEMO_MAIL = Relay("none", "", {})
    with pytest.raises(BadWave, match="by_mail"):
        actions.make_list(actor=actor, wave_id=wave.pk, by_mail=True)


def test_the_page_of_a_wave_offers_mail_and_tells_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    wave, _ = listed()
    client = b.browser(b.staff_account(("policy", Role.DIGITAL_OFFICER)))
    address = reverse("office:surveys_wave", args=[wave.pk])
    page = client.get(address).content.decode()
    assert 'name="by_mail"' in page
    actions.open_wave(actor=c.officer(), wave_id=wave.pk)
    monkeypatch.setattr(mailing, "post", lambda: Away(Refused("no such box")))
    send()
    words = b.words(client.get(address).content)
    assert "メールが届かなかった方の名簿を作る" in words
    assert (
        client.post(reverse("office:surveys_list", args=[wave.pk]))
        .headers["Content-Type"]
        .startswith("text/csv")
    )


def test_the_address_in_the_mail_is_the_portals() -> None:
    assert reverse("portal:survey") == letters.SURVEY_PATH
