"""Training in the office: my courses, the quiz without JavaScript, sessions, sections, drills, the competence map."""

from __future__ import annotations

import re
from datetime import date, time, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from dokodemo.kernel.access import Account, Role
from dokodemo.promotion.training import actions
from dokodemo.promotion.training.actions import SessionFacts
from dokodemo.promotion.training.models import Attempt, Booking, DrillResult, Session, SkillLevel
from tests.domains.entry import building as b

MINE, QUIZ = "/office/training/", "/office/training/courses/security-yearly/quiz"
SESSIONS, SECTIONS = "/office/training/sessions", "/office/training/sections"
DRILLS, SKILLS = "/office/training/drills", "/office/training/skills"
RIGHT = {"q1": "2", "q2": "1", "q3": "3", "q4": "2", "q5": "1"}
TODAY = date(2026, 11, 27)


@pytest.fixture(autouse=True)
def _on_one_day(settings: Any) -> None:
    """What is due depends on the day."""
    settings.DOKODEMO_TODAY = TODAY.isoformat()


def officer_account() -> Account:
    return b.staff_account(("policy", Role.DIGITAL_OFFICER), name="事務局 見本")


def officer() -> Client:
    return b.browser(officer_account())


def session(**changes: Any) -> str:
    """The address of a session of today."""
    facts = {
        "course": "digital-officer-course",
        "day": TODAY,
        "starts": time(13, 30),
        "ends": time(15),
        "online": True,
        "place": "<b>会議</b>",
        "seats": 2,
        **changes,
    }
    made = actions.add_session(actor=b.acting(officer_account()), facts=SessionFacts(**facts))
    return f"{SESSIONS}/{made}/"


@pytest.mark.parametrize(("lang", "said"), [("ja", "期限切れ"), ("easy", "遅れて いる"), ("en", "Overdue")])
def test_my_courses_stand_with_their_state_and_the_home_reminds_of_them(lang: str, said: str) -> None:
    client = b.browser(b.caseworker(), lang=lang)
    html = client.get(MINE).content.decode()
    assert "security-yearly" in html
    assert said in b.words(re.sub(r"<rt>.*?</rt>|<rp>.*?</rp>|</?ruby>|</?rb>", "", html))
    assert f'href="{MINE}"' in client.get("/office/").content.decode()


def test_the_home_says_how_many_courses_are_overdue_until_they_are_taken() -> None:
    client = b.browser(b.caseworker())
    # The security course and the one about personal information, whose time is over.
    assert "2 期限切れの研修" in b.words(client.get("/office/").content)
    client.post(QUIZ, RIGHT)
    assert "1 期限切れの研修" in b.words(client.get("/office/").content)


def test_the_quiz_asks_again_only_what_is_open_and_keeps_what_was_answered() -> None:
    client = b.browser(b.caseworker())
    assert "<script" not in client.get(QUIZ).content.decode().split("<main")[1].split("</main")[0]
    refused = client.post(QUIZ, {"q1": "2", "q3": "1", "q4": "x", "q5": "99"})
    html = refused.content.decode()
    assert refused.status_code == 422
    assert [f'href="#q{number}"' in html for number in range(1, 6)] == [False, True, False, True, True]
    assert 'id="q1-2" value="2" checked' in html
    assert 'id="q3-1" value="1" checked' in html
    assert not Attempt.objects.exists()


def test_the_right_answers_are_told_only_afterwards_with_their_reasons() -> None:
    client = b.browser(b.caseworker())
    before = b.words(client.get(QUIZ).content)
    assert "開くことも転送することも被害を広げます" not in before
    done = client.post(QUIZ, {**RIGHT, "q1": "3", "q2": "2"})
    words = b.words(client.get(done.headers["Location"]).content)
    assert "5問中3問が正解です" in words
    assert "もう一度受けてください" in words
    assert "開くことも転送することも被害を広げます" in words
    assert "あなたの答え： 同僚に転送して聞く" in words
    assert "正解： 開かずに課のデジタル担当へ知らせる" in words
    passed = client.post(QUIZ, RIGHT)
    assert "合格です" in b.words(client.get(passed.headers["Location"]).content)


def test_an_attempt_at_other_questions_is_no_longer_explained() -> None:
    client = b.browser(b.caseworker())
    address = client.post(QUIZ, RIGHT).headers["Location"]
    Attempt.objects.update(digest="0" * 64)
    words = b.words(client.get(address).content)
    assert "問題が変わった" in words
    assert "5問中5問" in words


def test_a_session_is_announced_and_a_wrong_box_keeps_everything_typed() -> None:
    client = officer()
    typed = {
        "course": "digital-officer-course",
        "day": (TODAY + timedelta(days=7)).isoformat(),
        "starts": "13:30",
        "ends": "12:00",
        "held": "online",
        "place": "会議の番号は掲示板",
        "seats": "20",
    }
    refused = client.post(f"{SESSIONS}/new", {**typed, "seats": "たくさん"})
    assert refused.status_code == 422
    assert 'value="たくさん"' in refused.content.decode()
    refused = client.post(f"{SESSIONS}/new", typed)
    assert "終わりの時刻を始まりより後にしてください" in b.words(refused.content)
    assert 'value="会議の番号は掲示板"' in refused.content.decode()
    done = client.post(f"{SESSIONS}/new", {**typed, "ends": "15：00"})
    assert done.headers["Location"] == f"{SESSIONS}/{Session.objects.get().pk}/?done=added"
    assert "13:30 – 15:00" in b.words(client.get(MINE).content)


def test_a_seat_is_taken_given_back_and_refused_when_there_is_none() -> None:
    address = session(seats=1)
    first, second = b.browser(b.caseworker()), b.browser(b.caseworker())
    html = first.get(address).content.decode()
    assert "<b>会議" not in html
    first.post(f"{address}book")
    refused = second.post(f"{address}book")
    assert refused.status_code == 422
    assert "満席になりました" in b.words(refused.content)
    assert "申込み済み" in b.words(first.get(SESSIONS).content)
    first.post(f"{address}leave")
    second.post(f"{address}book")
    assert Booking.objects.count() == 1


def test_attendance_is_marked_by_name_and_names_are_shown_to_those_who_keep_it_only() -> None:
    address, account = session(), b.caseworker()
    b.browser(account).post(f"{address}book")
    client = officer()
    assert "担当 childcare" in b.words(client.get(address).content)
    refused = client.post(f"{address}attendance", {"present": [str(account.pk)], "others": "だれか"})
    assert refused.status_code == 422
    assert ">だれか</textarea>" in refused.content.decode()
    assert f'value="{account.pk}" checked' in refused.content.decode()
    client.post(f"{address}attendance", {"present": [str(account.pk), "x"], "others": ""})
    assert Booking.objects.get().state == "attended"
    assert "担当 childcare,出席" in client.get(f"{address}attendance.csv").content.decode("utf-8-sig")
    colleague = b.words(b.browser(b.head("childcare")).get(address).content)
    assert "担当 childcare" not in colleague


def test_sections_are_drawn_and_people_stand_under_their_own_section_only() -> None:
    for _ in range(3):
        b.browser(b.caseworker()).post(QUIZ, RIGHT)
    client = b.browser(b.head())
    html = client.get(SECTIONS).content.decode()
    assert "<svg" in html
    assert "100.0%" in b.words(html)
    assert "担当 childcare" not in b.words(html)
    people = b.words(client.get(f"{SECTIONS}/childcare/").content)
    assert "担当 childcare" in people
    assert "問正解（合格、" in people
    table = client.get(f"{SECTIONS}/childcare/people.csv").content.decode("utf-8-sig")
    assert f"担当 childcare,情報セキュリティ研修（毎年）,修了,{TODAY.isoformat()}," in table
    assert f",{TODAY.isoformat()},5,5,合格" in table
    assert "子育て支援課,4," in client.get(f"{SECTIONS}.csv").content.decode("utf-8-sig")


def test_the_overdue_list_names_person_section_course_and_day(settings: Any) -> None:
    b.browser(b.caseworker())
    client = b.browser(b.head())
    settings.DOKODEMO_TODAY = "2027-12-01"
    words = b.words(client.get("/office/training/overdue").content)
    assert "担当 childcare 子育て支援課 情報セキュリティ研修（毎年）" in words
    table = client.get("/office/training/overdue.csv").content.decode("utf-8-sig")
    assert "子育て支援課,担当 childcare,情報セキュリティ研修（毎年）," in table
    assert "期限切れの一覧" not in b.words(b.browser(b.caseworker()).get("/office/training/").content)


def send(client: Client, text: str, **more: str) -> Any:
    data = {"course": "phishing-drill", "day": TODAY.isoformat(), **more}
    return client.post(DRILLS, {**data, "table": SimpleUploadedFile("a.csv", text.encode(), "text/csv")})


def test_a_drill_comes_in_by_the_downloaded_table_and_shows_counts_only() -> None:
    account, client = b.caseworker(), officer()
    form = client.get(f"{DRILLS}.csv").content.decode("utf-8-sig")
    assert f"{account.username},," in form
    line = f"ログイン名,リンクを開いた,報告した\n{account.username},はい,いいえ\n"
    refused = send(client, line.replace("いいえ", "?"))
    assert refused.status_code == 422
    assert "2 報告した 「はい」か「いいえ」を書いてください。" in b.words(refused.content)
    assert send(client, line, day="きのう").status_code == 422
    done = send(client, line)
    assert done.headers["Location"] == f"{DRILLS}?done=imported"
    assert DrillResult.objects.get().clicked
    words = b.words(client.get(DRILLS).content)
    assert "担当 childcare" not in words
    assert b"<svg" in client.get(DRILLS).content
    head = b.browser(b.head())
    assert b'type="file"' not in head.get(DRILLS).content
    assert send(head, line).status_code == 403


def test_levels_are_said_by_oneself_and_by_the_head_and_counted_for_others() -> None:
    account = b.caseworker()
    mine = b.browser(account)
    assert mine.post(SKILLS, {"plain-words": "7"}).status_code == 422
    mine.post(SKILLS, {"plain-words": "3", "work-review": "1"})
    assert '<option value="3" selected>' in mine.get(SKILLS).content.decode()
    head = b.browser(b.head())
    address = f"{SKILLS}/childcare/people/{account.pk}/"
    assert "本人：3 一人でできる" in b.words(head.get(address).content)
    head.post(address, {"plain-words": "4"})
    assert SkillLevel.objects.get(skill="plain-words").by_head == 4
    page = head.get(f"{SKILLS}/childcare/").content
    assert b"<svg" in page
    assert "担当 childcare" in b.words(page)
    assert "担当 childcare" in head.get(f"{SKILLS}/childcare/people.csv").content.decode("utf-8-sig")
    chief = b.browser(b.staff_account(("policy", Role.CIO)))
    assert "職員が少ないため" in b.words(chief.get(f"{SKILLS}/childcare/").content)
    b.caseworker()
    seen = b.words(chief.get(f"{SKILLS}/childcare/").content)
    assert "段階ごとの人数" in seen
    assert "担当 childcare" not in seen
