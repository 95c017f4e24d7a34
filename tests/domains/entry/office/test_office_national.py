"""The answer sheet in the office: progress, entering with nothing lost, files that open without harm, confirming, comparing."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import Role
from dokodemo.promotion.national.actions import answer, import_file
from dokodemo.promotion.national.models import Answer, ConfirmedSheet, Edition
from tests.domains.entry import building as b
from tests.domains.promotion.national_files import across, arao, by_line, cities, listed

YEAR = calendar_jp.fiscal_year(calendar_jp.today())
THIS = f"/office/national/{YEAR}/"
SHEET, LINE = "/office/national/", f"{THIS}lines/ai/"
CONFIRM, UPLOAD, COMPARE = (
    f"{THIS}confirm",
    "/office/national/upload",
    "/office/national/compare",
)
TYPED = {"word": "yes", "as_of": "令和8年4月1日", "evidence": "AIの利用要綱", "reason": "", "revision": "0"}


def officer(lang: str = "ja") -> Client:
    return b.browser(b.staff_account(("policy", Role.DIGITAL_OFFICER)), lang=lang)


def say(code: str = "ai", *, evidence: str = "要綱", year: int = YEAR, **typed: str) -> None:
    answer(
        actor=b.acting(b.staff_account(("policy", Role.DIGITAL_OFFICER))),
        year=year,
        code=code,
        typed=typed or {"word": "yes"},
        as_of=date(year, 4, 1),
        evidence=evidence,
        reason="",
        revision=0,
    )


@pytest.mark.parametrize(
    ("lang", "progress", "gap"),
    [
        ("ja", "15の指標のうち2に回答しました", "未回答"),
        ("easy", "15の 中の 2に 答えました", "まだ 答えて いない"),
        ("en", "2 of 15 indicators answered", "Unanswered"),
    ],
)
def test_the_sheet_draws_its_progress_and_reads_unanswered_where_nothing_is_known(
    lang: str, progress: str, gap: str
) -> None:
    say(evidence="<b>要綱</b>")
    html = officer(lang).get(SHEET).content.decode()
    words = b.words(re.sub("<rt>.*?</rt>|<rp>.*?</rp>|</?ruby>", "", html))
    assert "<svg" in html
    assert "<b>要綱" not in html
    assert progress in words
    assert gap in words


def test_the_sheet_is_narrowed_by_how_an_answer_is_known() -> None:
    say()
    client = officer()
    entered = client.get(f"{SHEET}?show=entered").content.decode()
    assert "/lines/ai/" in entered
    assert "/lines/rpa/" not in entered
    assert "/lines/rpa/" in client.get(f"{SHEET}?show=unanswered").content.decode()
    assert "/lines/structure/" in client.get(f"{SHEET}?show=computed").content.decode()
    assert "/lines/rpa/" in client.get(f"{SHEET}?show=nonsense").content.decode()


def test_an_answer_is_entered_and_a_wrong_box_keeps_everything_typed() -> None:
    client = officer()
    wrong = client.post(LINE, {**TYPED, "as_of": "きのう", "word": ""})
    html, words = wrong.content.decode(), b.words(wrong.content)
    assert wrong.status_code == 422
    assert "回答を一つ選んでください" in words
    assert 'id="as_of-error"' in html
    assert 'value="きのう"' in html
    assert "AIの利用要綱</textarea>" in html
    assert not Answer.objects.exists()
    done = client.post(LINE, TYPED, follow=True)
    assert "回答を保存しました" in b.words(done.content)
    assert Answer.objects.get().as_of == date(2026, 4, 1)


def test_an_older_page_keeps_what_was_typed_and_can_be_sent_again() -> None:
    client = officer()
    say()
    refused = client.post(LINE, {**TYPED, "word": "no", "evidence": "調べ直した"})
    assert refused.status_code == 422
    assert "ほかの人が回答を変えました" in b.words(refused.content)
    assert "調べ直した</textarea>" in refused.content.decode()
    assert 'name="revision" value="1"' in refused.content.decode()
    assert client.post(LINE, {**TYPED, "word": "no", "revision": "1"}).status_code == 302
    assert client.post(LINE, {**TYPED, "revision": "9" * 4000}).status_code == 422


def test_a_computed_answer_is_overridden_with_a_reason_and_taken_back() -> None:
    client, address = officer(), f"{THIS}lines/structure/"
    refused = client.post(address, {**TYPED, "word": "no"})
    assert "計算した回答と違う理由" in b.words(refused.content)
    client.post(address, {**TYPED, "word": "no", "reason": "会議体は準備中"})
    words = b.words(client.get(SHEET).content)
    assert "計算と違う値を入力" in words
    assert "会議体は準備中" in words
    client.post(f"{address}withdraw", {"revision": "1"})
    assert "会議体は準備中" not in b.words(client.get(SHEET).content)


def test_a_number_is_asked_as_two_numbers_and_shown_with_both() -> None:
    client, address = officer(), f"{THIS}lines/card/"
    client.post(address, {**TYPED, "numerator": "３６，０００", "denominator": "50000"})
    assert "72% (36,000 / 50,000)" in b.words(client.get(SHEET).content)


# Files


def test_the_csv_has_a_line_for_each_indicator_and_no_formula() -> None:
    say(evidence='=HYPERLINK("http://x","y")')
    response = officer().get(f"{THIS}answers.csv")
    rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))
    assert len(rows) == 16
    ai = next(row for row in rows if row[0] == "ai")
    assert (ai[4], ai[9]) == ("実施", '\'=HYPERLINK("http://x","y")')
    gap = next(row for row in rows if row[0] == "often_used_online")
    assert (gap[4], gap[5], gap[6]) == ("未回答", "", "")
    assert response.headers["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("evil", ["=1+1", "+1", "-1", "@SUM(A1)", "http://evil.example/", "\t=1"])
def test_the_workbook_holds_text_as_text_and_numbers_as_numbers(evil: str) -> None:
    say(evidence=f"{evil} ")
    say("card", numerator="36000", denominator="50000")
    response = officer().get(f"{THIS}answers.xlsx")
    with zipfile.ZipFile(io.BytesIO(response.content)) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
        words = book.read("xl/sharedStrings.xml").decode()
    assert "<f>" not in sheet
    assert "hyperlink" not in sheet
    assert "<v>36000</v>" in sheet
    assert evil.strip() in words
    assert "未回答" in words
    assert response.headers["Content-Disposition"].endswith(f'"national-{YEAR}.xlsx"')


# Confirming


def seen(client: Client) -> str:
    found = re.search(r'name="seen" value="([0-9a-f]{64})"', client.get(CONFIRM).content.decode())
    assert found is not None
    return found[1]


def test_gaps_need_a_tick_and_a_confirmed_sheet_shows_who_and_when() -> None:
    client = officer()
    refused = client.post(CONFIRM, {"seen": seen(client)})
    assert refused.status_code == 422
    assert 'id="accept-error"' in refused.content.decode()
    done = client.post(CONFIRM, {"seen": seen(client), "accept": "yes"}, follow=True)
    words = b.words(done.content)
    assert "回答を確定しました" in words
    assert "確定" in words
    assert "/confirm" not in done.content.decode()
    assert ConfirmedSheet.objects.count() == 1
    late = client.post(LINE, TYPED)
    assert (late.status_code, "確定していて" in b.words(late.content)) == (422, True)
    assert "確定（" in client.get(f"{THIS}answers.csv").content.decode("utf-8-sig")


def test_a_sheet_that_moved_while_it_was_read_is_shown_again() -> None:
    client = officer()
    old = seen(client)
    say()
    refused = client.post(CONFIRM, {"seen": old, "accept": "yes"})
    assert refused.status_code == 422
    assert "見ている間に回答が変わりました" in b.words(refused.content)
    assert not ConfirmedSheet.objects.exists()


def test_the_next_sheet_says_what_changed_since_the_last() -> None:
    from dokodemo.promotion.national import queries
    from dokodemo.promotion.national.actions import confirm

    say(year=YEAR - 1)
    confirm(
        actor=b.acting(b.staff_account(("policy", Role.CIO))),
        year=YEAR - 1,
        seen=queries.as_it_stands(YEAR - 1).digest,
        accept_gaps=True,
    )
    client = officer()
    words = b.words(client.get(SHEET).content)
    assert calendar_jp.fiscal_year_label(YEAR - 1) in words
    assert "前回から変更" in words
    changed = client.get(f"{SHEET}?show=changed").content.decode()
    assert "/lines/ai/" in changed
    assert "/lines/rpa/" not in changed


# The national file


def send(client: Client, data: bytes, more: bytes | None = None, **boxes: str) -> Any:
    files = {"table": SimpleUploadedFile("n.csv", data)}
    if more is not None:
        files["listed"] = SimpleUploadedFile("l.csv", more)
    return client.post(UPLOAD, {"year": "2024", **boxes, **files})


def test_a_file_is_sent_and_read_and_a_broken_one_is_told_by_line() -> None:
    client, rows = officer(), [arao(), *cities(6)]
    broken = send(client, by_line(rows, change={(2, "CIOの任命"): "はい"}), vintage="訂正前")
    words = b.words(broken.content)
    assert broken.status_code == 422
    assert "「実施」「未実施」か" in words
    assert 'value="訂正前"' in broken.content.decode()
    assert not Edition.objects.exists()
    done = send(client, across(rows), listed(rows))
    assert done.headers["Location"] == COMPARE
    assert Edition.objects.get().municipalities == 7


def test_other_content_of_the_same_name_is_refused_beside_its_box() -> None:
    client, rows = officer(), [arao(), *cities(6)]
    send(client, by_line(rows))
    again = send(client, by_line(rows[:-1]))
    assert again.status_code == 422
    assert 'id="vintage-error"' in again.content.decode()
    assert send(client, by_line(rows[:-1]), published_on="あした").status_code == 422
    assert send(client, by_line(rows[:-1]), year="1999").status_code == 422
    assert client.post(UPLOAD, {"year": "2024"}).status_code == 422
    assert Edition.objects.count() == 1


def test_staff_see_the_comparison_before_anything_was_taken_in_and_after() -> None:
    clerk = b.browser(b.caseworker("health"))
    assert "まだ取り込まれていません" in b.words(clerk.get(COMPARE).content)
    assert clerk.get(f"{COMPARE}.csv").status_code == 404
    import_file(
        actor=b.acting(b.staff_account(("policy", Role.DIGITAL_OFFICER))),
        data=by_line([arao(), *cities(6)]),
        year=2024,
    )
    html = clerk.get(COMPARE).content.decode()
    assert "spread-card" in html
    assert "/office/national/compare.csv" in html
