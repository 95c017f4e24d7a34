"""Work reform in the office: the list with its picture, one task, what was typed wrongly, the table, the systems."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from dokodemo.kernel.access import Role
from dokodemo.promotion.reform import sheet
from dokodemo.promotion.reform.actions import add_task
from dokodemo.promotion.reform.logic import TaskFacts
from dokodemo.promotion.reform.models import Reform, SystemState, Task
from tests.domains.entry import building as b

LIST, NEW, UPLOAD = "/office/reform/", "/office/reform/new", "/office/reform/upload"
TYPED = {
    "code": "CHI-05",
    "section": "childcare",
    "title": "名簿の照合",
    "minutes": "12",
    "cases": "400",
    "rules_alone": "wholly",
    "medium_in": "paper",
    "medium_out": "paper",
    "basis": "law",
    "core": "no",
    "measured": "estimated",
    "systems": "児童手当\n表計算",
}
REFORM = {
    "day": "2026-04-01",
    "what": "電子申請にした",
    "before": "12",
    "after": "3",
    "cases": "400",
    "measured": "measured",
    "build": "20",
    "upkeep": "5",
    "freed_core": "30",
    "freed_other": "0",
    "freed_overtime": "5",
}


def head(lang: str = "ja") -> Client:
    return b.browser(b.head(), lang=lang)


def officer() -> Client:
    return b.browser(b.staff_account(("policy", Role.DIGITAL_OFFICER)))


def a_task(**changes: Any) -> str:
    """A task of the childcare section; the address of its page."""
    usual = {
        "code": "CHI-05",
        "section": "childcare",
        "title": "<b>照合</b>",
        "minutes": Decimal(12),
        "cases": 400,
        "rules_alone": "wholly",
        "medium_in": "paper",
        "medium_out": "paper",
        "basis": "law",
        "core": False,
        "measured": False,
        **changes,
    }
    add_task(actor=b.acting(b.head()), facts=TaskFacts(**usual))
    return f"/office/reform/tasks/{usual['code']}/"


@pytest.mark.parametrize(
    ("lang", "said"), [("ja", "電子化する"), ("easy", "データに する"), ("en", "Make it digital")]
)
def test_the_list_ranks_by_hours_says_why_and_draws_the_candidates(lang: str, said: str) -> None:
    a_task()
    a_task(code="CHI-06", title="相談", core=True, minutes=Decimal(60))
    html = head(lang).get(LIST).content.decode()
    words = b.words(html)
    assert "<svg" in html
    assert "<b>照合" not in html
    assert said in words
    assert words.index("CHI-06") < words.index("CHI-05")
    assert "80.0" in words


def test_the_list_is_narrowed_to_a_proposal_and_a_section() -> None:
    a_task()
    a_task(code="CHI-06", title="相談", core=True)
    client = head()
    assert "CHI-06" not in client.get(f"{LIST}?measure=digitise").content.decode()
    assert "CHI-05" not in client.get(f"{LIST}?measure=core").content.decode()
    assert "業務がありません" in b.words(client.get(f"{LIST}?section=health").content)
    assert "CHI-05" in client.get(f"{LIST}?measure=magic&page=99").content.decode()


def test_a_task_is_added_by_form_and_a_wrong_box_keeps_everything_typed() -> None:
    client = head()
    wrong = client.post(NEW, {**TYPED, "minutes": "たくさん", "title": ""})
    assert wrong.status_code == 422
    html, words = wrong.content.decode(), b.words(wrong.content)
    assert 'href="#minutes"' in html
    assert 'id="minutes-error"' in html
    assert "業務名を100字以内で書いてください" in words
    assert 'value="たくさん"' in html
    assert "児童手当\n表計算</textarea>" in html
    assert not Task.objects.filter(code="CHI-05").exists()
    done = client.post(NEW, TYPED)
    assert done.headers["Location"] == "/office/reform/tasks/CHI-05/?done=added"
    assert Task.objects.get(code="CHI-05").systems == ["児童手当", "表計算"]
    taken = client.post(NEW, TYPED)
    assert "このコードはほかの業務が使っています" in b.words(taken.content)


def test_a_change_on_an_old_page_keeps_what_was_typed_and_can_be_sent_again() -> None:
    address = a_task()
    client = head()
    client.post(f"{address}change", {**TYPED, "cases": "7", "revision": "1"})
    refused = client.post(f"{address}change", {**TYPED, "cases": "8", "revision": "1"})
    assert refused.status_code == 422
    assert "ほかの人が変更しました" in b.words(refused.content)
    endless = client.post(f"{address}change", {**TYPED, "cases": "8", "revision": "9" * 5000})
    assert endless.status_code == refused.status_code
    assert 'name="revision" value="2"' in refused.content.decode()
    client.post(f"{address}change", {**TYPED, "cases": "8", "revision": "2"})
    assert Task.objects.get(code="CHI-05").cases == 8
    assert "400" in b.words(client.get(address).content)


def test_the_code_of_a_task_is_that_of_its_address() -> None:
    address = a_task()
    head().post(f"{address}change", {**TYPED, "code": "OTHER", "revision": "1"})
    assert Task.objects.filter(code="OTHER").count() == 0


def test_a_task_is_not_written_for_another_section() -> None:
    assert head().post(NEW, {**TYPED, "section": "health"}).status_code == 403


def test_a_reform_is_recorded_with_its_sum_and_drawn_with_where_the_hours_went() -> None:
    address = a_task()
    client = head()
    wrong = client.post(f"{address}record", {**REFORM, "freed_core": "31", "what": "書いたこと"})
    assert wrong.status_code == 422
    assert "書いたこと" in wrong.content.decode()
    assert 'id="freed_core-error"' in wrong.content.decode()
    done = client.post(f"{address}record", REFORM)
    assert done.headers["Location"] == f"{address}?done=recorded"
    assert "（12分−3分）×400件÷60−準備20時間−維持5時間＝35時間" in b.words(client.get(address).content)
    results = client.get("/office/reform/results").content
    assert b"<svg" in results
    assert "1件の改革で35.0時間が生まれ、うち30.0時間を" in b.words(results)
    table = client.get("/office/reform/results.csv").content.decode("utf-8-sig")
    assert "35.0,実測,30.0,0.0,5.0" in table
    client.post(f"{address}records/{Reform.objects.get().pk}/withdraw")
    assert "取り下げ" in b.words(client.get(address).content)
    assert "35.0" not in b.words(client.get("/office/reform/results").content)


def send(client: Client, text: str) -> Any:
    return client.post(UPLOAD, {"table": SimpleUploadedFile("a.csv", text.encode(), "text/csv")})


def test_the_downloaded_table_is_taken_in_again_and_a_wrong_line_is_told() -> None:
    a_task(title="照合")
    client = head()
    table = client.get(f"{LIST}table.csv").content.decode("utf-8-sig")
    done = send(client, table.replace(",400,", ",500,"))
    assert done.headers["Location"] == f"{LIST}?done=imported&added=0&changed=1&unchanged=0"
    assert "変更1件" in b.words(client.get(done.headers["Location"]).content)
    refused = send(client, table.replace(",400,", ",?,"))
    assert refused.status_code == 422
    assert "2 年間件数 年間件数を0以上の整数で書いてください。" in b.words(refused.content)
    assert Task.objects.get(code="CHI-05").cases == 500
    assert "表を選んでください" in b.words(client.post(UPLOAD).content)
    assert "Shift_JIS" in b.words(
        client.post(UPLOAD, {"table": SimpleUploadedFile("a.csv", table.encode("cp932"))}).content
    )


def test_what_each_column_may_hold_is_said_beside_the_form() -> None:
    words = b.words(head().get(UPLOAD).content)
    assert all(column in words for column in sheet.COLUMNS.values())


def test_how_far_a_system_is_shows_in_picture_table_and_history() -> None:
    client = officer()
    address = "/office/reform/systems/family-register/"
    refused = client.post(address, {"state": "extended", "blocked_by": "回線の工事", "revision": "0"})
    assert refused.status_code == 422
    assert "延長の理由を書いてください" in b.words(refused.content)
    assert "回線の工事" in refused.content.decode()
    refused = client.post(address, {"state": "moved", "moved_on": "昨日", "revision": "0"})
    assert 'value="昨日"' in refused.content.decode()
    client.post(
        address, {"state": "extended", "reason": "改修の遅れ", "blocked_by": "回線の工事", "revision": "0"}
    )
    client.post(address, {"state": "moved", "moved_on": "2026-10-01", "revision": "1"})
    html = client.get("/office/reform/systems").content
    assert b"<svg" in html
    assert "20業務のうち1業務が移行済みです" in b.words(html)
    assert "改修の遅れ" in b.words(client.get(address).content)
    assert ",移行済み,,2026-10-01,,," in client.get("/office/reform/systems.csv").content.decode("utf-8-sig")


def test_onlookers_see_no_form_for_a_system_and_cannot_send_one() -> None:
    address = "/office/reform/systems/family-register/"
    client = head()
    assert b"<textarea" not in client.get(address).content
    assert b'name="state"' not in client.get(address).content
    assert client.post(address, {"state": "building", "revision": "0"}).status_code == 403
    assert not SystemState.objects.exists()


def test_the_tabs_of_promotion_lead_here_only_those_who_may_look() -> None:
    assert f'href="{LIST}"' in head().get("/office/training/").content.decode()
    assert f'href="{LIST}"' not in b.browser(b.caseworker()).get("/office/training/").content.decode()
