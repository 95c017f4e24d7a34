"""Reports and meetings as staff see them: written in a few minutes, assessed, prepared with one press, followed up."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from dokodemo.city.organisation import queries as organisation
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import Role, system
from dokodemo.kernel.events.models import Event
from dokodemo.promotion.headquarters import actions
from dokodemo.promotion.headquarters.logic import to_report
from dokodemo.promotion.headquarters.models import Decision, FollowUp, Meeting, Report
from dokodemo.promotion.plan import actions as plan_actions
from dokodemo.promotion.plan.models import PlanDraft
from dokodemo.promotion.responsibility.actions import assign
from tests.domains.entry import building as b
from tests.domains.entry.office.addressing import headquarters, the_cio
from tests.domains.entry.office.promotion_addresses import a_follow_up, a_meeting, a_report, a_version

pytestmark = pytest.mark.django_db
SAID = {
    "state": "started",
    "done": "研修を始めた",
    "learned": "時間が足りない",
    "evidence": "出席簿",
    "grade": "on_track",
    "direction": "continue",
    "revision": "0",
}


@pytest.fixture
def officer() -> Client:
    return b.browser(headquarters())


def place() -> str:
    return reverse("office:reports_one", args=a_report(None))


def test_a_report_is_kept_filed_and_then_read_only(officer: Client) -> None:
    page = place()
    assert officer.post(page, SAID | {"keep": "1"}).headers["Location"] == page
    assert 'value="1"' in officer.get(page).content.decode()
    assert officer.post(page, SAID | {"file": "1", "revision": "1"}).status_code == 302
    html = officer.get(page).content.decode()
    assert "時間が足りない" in html
    assert 'name="done"' not in html
    assert 'name="second_grade"' in html
    again = officer.post(page, SAID | {"file": "1", "revision": "2"})
    assert again.status_code == 422
    assert "もう出されています" in b.words(again.content)


@pytest.mark.parametrize(
    ("changes", "box", "status"),
    [
        ({"state": ""}, "state", 422),
        ({"done": ""}, "done", 422),
        ({"grade": "great"}, "grade", 422),
        ({"direction": ""}, "direction", 422),
        ({"revision": "7"}, "state", 409),
        ({"revision": "x"}, "state", 409),
    ],
)
def test_what_is_missing_is_said_beside_its_box_and_nothing_typed_is_lost(
    officer: Client, changes: dict[str, str], box: str, status: int
) -> None:
    answer = officer.post(place(), SAID | {"file": "1"} | changes)
    html = answer.content.decode()
    assert answer.status_code == status
    assert f'href="#{box}"' in html
    assert "時間が足りない" in html
    assert not Report.objects.exists()


def test_a_second_assessment_is_asked_box_by_box(officer: Client) -> None:
    page = place()
    officer.post(page, SAID | {"file": "1"})
    cio = b.browser(the_cio())
    refused = cio.post(
        page, {"assess": "1", "second_grade": "", "second_direction": "end", "words": "なぜか"}
    )
    assert refused.status_code == 422
    assert 'href="#second_grade"' in refused.content.decode()
    assert "なぜか" in refused.content.decode()
    good = {"assess": "1", "second_grade": "behind", "second_direction": "improve", "words": "人を増やす"}
    assert cio.post(page, good).status_code == 302
    assert "人を増やす" in b.words(b.browser(b.head()).get(page).content)


def test_a_clerk_of_another_section_reads_and_does_not_write() -> None:
    page, clerk = place(), b.browser(b.caseworker("health"))
    assert 'name="done"' not in clerk.get(page).content.decode()
    assert clerk.post(page, SAID | {"keep": "1"}).status_code == 403
    assert clerk.post(page, {"assess": "1"}).status_code == 403


def test_the_quarter_is_drawn_and_an_address_that_is_none_shows_the_one_reported_now(officer: Client) -> None:
    a_version(None)
    html = officer.get(reverse("office:reports"), {"quarter": "nonsense"}).content.decode()
    assert "<svg" in html
    assert "報告なし" in b.words(html)
    assert officer.get("/office/reports/nonsense/security-drill/").status_code == 302
    assert officer.get("/office/reports/2026-2/no-such/").status_code == 404


def test_a_meeting_is_called_decides_and_leads_to_the_next_version(officer: Client) -> None:
    a_version(None)
    refused = officer.post(reverse("office:meetings_new"), {"on": "いつか", "place": "庁議室", "agenda": ""})
    assert refused.status_code == 422
    assert all(f'href="#{box}"' in refused.content.decode() for box in ("on", "agenda"))
    today = calendar_jp.to_wareki(calendar_jp.today(), "ja")
    called = officer.post(reverse("office:meetings_new"), {"on": today, "place": "", "agenda": "報告"})
    meeting = Meeting.objects.get()
    assert called.headers["Location"] == reverse("office:meetings_one", args=[meeting.pk])
    act = reverse("office:meetings_act", args=[meeting.pk])
    assert officer.post(act, {"act": "decide", "decision": ""}).status_code == 422
    data = {"act": "decide", "decision": "予算を増やす", "action": "security-drill", "changes_plan": "1"}
    assert officer.post(act, data).status_code == 302
    draft = reverse("office:actions_draft", args=[PlanDraft.objects.get().pk])
    page = reverse("office:meetings_one", args=[meeting.pk])
    assert f'href="{draft}"' in officer.get(page).content.decode()
    wrong: dict[str, Any] = {
        "act": "follow_up",
        "decision_id": str(Decision.objects.get().pk),
        "words": "案を出す",
        "section": "",
        "due": "あした",
    }
    answer = officer.post(act, wrong)
    assert answer.status_code == 422
    assert all(f'href="#{box}"' in answer.content.decode() for box in ("section", "due"))
    assert "案を出す" in answer.content.decode()
    assert officer.post(act, wrong | {"section": "policy", "due": today}).status_code == 302
    assert officer.post(act, {"act": "minutes", "minutes": "決まった"}).status_code == 302
    assert officer.post(act, {"act": "burn"}).status_code == 404
    assert officer.post(act, wrong | {"decision_id": "x"}).status_code == 404
    plan_actions.discard(actor=b.acting(headquarters()), draft_id=PlanDraft.objects.get().pk)
    html = officer.get(page).content.decode()
    assert draft not in html
    assert all(
        one in b.words(html) for one in ("予算を増やす", "案を出す", "決まった", "開催済み", "計画の版を見る")
    )


def test_the_papers_come_with_one_press_and_are_on_record(officer: Client) -> None:
    a_version(None)
    (meeting,) = a_meeting(None)
    pdf = officer.get(reverse("office:meetings_packet", args=[meeting]))
    assert (pdf["Content-Type"], pdf.content[:5]) == ("application/pdf", b"%PDF-")
    papers = officer.get(reverse("office:meetings_papers", args=[meeting]))
    assert io.BytesIO(papers.content).read(2) == b"PK"
    assert Event.objects.filter(verb="headquarters.packet_made").count() == 2


def test_a_follow_up_is_finished_with_how() -> None:
    (one,) = a_follow_up(None)
    place = reverse("office:meetings_follow_up", args=[one])
    officer = b.browser(b.staff_account(("policy", Role.CASEWORKER)))
    refused = officer.post(place, {"words": ""})
    assert refused.status_code == 422
    assert 'href="#words"' in refused.content.decode()
    assert officer.post(place, {"words": "出した"}).status_code == 302
    assert FollowUp.objects.get().done_words == "出した"
    assert officer.get(place).status_code == 404


def test_what_is_overdue_is_the_first_thing_the_cio_sees() -> None:
    a_report(None)
    words = b.words(b.browser(the_cio()).get(reverse("office:home")).content)
    assert "いま見るところ" in words
    assert "期限を過ぎたもの" in words
    assert "責任者のいないもの" in words


def test_the_cio_has_the_papers_of_the_meeting_at_hand_with_one_press_on_the_first_screen() -> None:
    cio = b.browser(the_cio())
    none = cio.get(reverse("office:home")).content.decode()
    assert reverse("office:meetings_new") in none
    assert "packet.pdf" not in none
    actor, today = b.acting(headquarters()), calendar_jp.today()
    later, soon = (
        actions.call_meeting(actor=actor, on=today + timedelta(days=days), place="", agenda="報告")
        for days in (60, 30)
    )
    held = actions.call_meeting(actor=actor, on=today, place="", agenda="報告")
    actions.hold(actor=actor, meeting_id=held.pk, minutes="話した")
    page = cio.get(reverse("office:home")).content.decode()
    assert reverse("office:meetings_packet", args=[soon.pk]) in page
    assert reverse("office:meetings_packet", args=[later.pk]) not in page
    Meeting.objects.exclude(pk=held.pk).delete()
    page = cio.get(reverse("office:home")).content.decode()
    assert reverse("office:meetings_packet", args=[held.pk]) in page
    assert reverse("office:meetings_new") in page
    clerk = b.browser(b.staff_account(("childcare", Role.CASEWORKER)))
    assert "packet.pdf" not in clerk.get(reverse("office:home")).content.decode()


def test_who_answers_for_a_follow_up_stands_beside_it_and_who_is_missing_is_said() -> None:
    (one,) = a_follow_up(None)
    officer = b.browser(headquarters())
    meeting = Meeting.objects.get()
    pages = (reverse("office:meetings"), reverse("office:meetings_one", args=[meeting.pk]))
    for page in pages:
        assert "責任者なし" in b.words(officer.get(page).content)
    who = b.staff_account(("policy", Role.CASEWORKER))
    assign(
        actor=system("test"), kind="follow_up", code=str(one), account_id=who.pk, since=calendar_jp.today()
    )
    name = organisation.staff_names([who.pk])[who.pk]
    for page in pages:
        words = b.words(officer.get(page).content)
        assert name in words
        assert "責任者なし" not in words


def test_a_quarter_is_shown_as_it_stood_on_a_past_day(settings: Any) -> None:
    page = place()
    quarter = a_report_quarter()
    officer, address = b.browser(headquarters()), f"{reverse('office:reports')}?quarter={quarter}"
    officer.post(page, SAID | {"keep": "1"})
    officer.post(page, SAID | {"file": "1", "revision": "1"})
    filed_on = calendar_jp.today()
    settings.DOKODEMO_TODAY = filed_on + timedelta(days=10)
    report = Report.objects.get()
    actions.assess(
        actor=b.acting(the_cio()), report_id=report.pk, grade="behind", direction="improve", words="急ぐ"
    )
    row = "全職員のセキュリティ研修と訓練"
    states = {
        day: b.words(officer.get(f"{address}&on={(filed_on + timedelta(days=day)).isoformat()}").content)
        for day in (-1, 0, 10)
    }
    assert row in states[-1]
    assert "着手した 計画どおり 継続" not in states[-1]
    assert "着手した 計画どおり 継続 –" in states[0]
    assert "着手した 計画どおり 継続 遅れている · 改善" in states[10]
    wrong = officer.get(f"{address}&on=2027-12-01")
    assert wrong.status_code == 422
    assert "まだ来ていない日です" in b.words(wrong.content)


def a_report_quarter() -> str:
    quarter = to_report(calendar_jp.today())
    return f"{quarter.fiscal_year}-{quarter.number}"


@pytest.mark.parametrize("quarter", ["0000-1", "9999-4", "1999-2", "2026-5", "x"])
def test_a_quarter_that_cannot_be_shows_the_one_reported_now(quarter: str, officer: Client) -> None:
    page = officer.get(f"{reverse('office:reports')}?quarter={quarter}")
    assert page.status_code == 200
    assert officer.get(f"/office/reports/{quarter}/security-drill/").status_code in (302, 404)


def test_meetings_and_what_was_open_are_shown_as_of_a_past_day(settings: Any) -> None:
    (one,) = a_follow_up(None)
    officer, today = b.browser(headquarters()), calendar_jp.today()
    settings.DOKODEMO_TODAY = today + timedelta(days=5)
    actor = b.acting(headquarters())
    actions.finish_follow_up(actor=actor, follow_up_id=one, words="出した")
    actions.hold(actor=actor, meeting_id=Meeting.objects.get().pk, minutes="話した")
    now = b.words(officer.get(reverse("office:meetings")).content)
    assert "開催済み" in now
    assert "日程を出す" not in now
    then = b.words(officer.get(reverse("office:meetings"), {"on": today.isoformat()}).content)
    assert "開催済み" not in then
    assert "日程を出す" in then
    before = officer.get(reverse("office:meetings"), {"on": (today - timedelta(days=1)).isoformat()})
    assert "会議はまだありません" in b.words(before.content)
    assert officer.get(reverse("office:meetings"), {"on": "あした"}).status_code == 422
