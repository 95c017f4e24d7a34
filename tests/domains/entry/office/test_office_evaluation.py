"""Evaluation in the office: asking, the result with its picture, downloads, logic models, effort saved."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from dokodemo.kernel.access import Role, system
from dokodemo.promotion.evaluation import actions
from dokodemo.promotion.evaluation.models import EffortRecord, Evaluation
from tests.domains.entry import building as b
from tests.domains.promotion.evaluation_forms import TASK, asked, falling, table

pytestmark = pytest.mark.usefixtures("estimated_here")
LIST, NEW = "/office/evaluation/", "/office/evaluation/new"
EFFORT, TELL = "/office/evaluation/effort", "/office/evaluation/effort/new"


def officer(lang: str = "ja") -> Client:
    return b.browser(b.staff_account(("policy", Role.DIGITAL_OFFICER)), lang=lang)


def sent(client: Client, boxes: dict[str, Any]) -> str:
    """The address of the evaluation that the form made."""
    answer = client.post(NEW, boxes)
    assert answer.status_code == 302, b.words(answer.content)[:600]
    return str(answer.headers["Location"]).partition("?")[0]


def estimated(client: Client, **changes: str) -> str:
    address = sent(client, asked(**changes))
    actions.estimate(actor=system("evaluation"), evaluation_id=Evaluation.objects.latest("at").pk)
    return address


def test_an_evaluation_is_asked_waited_for_read_and_made_final() -> None:
    client = officer()
    assert "検証はまだありません" in b.words(client.get(LIST).content)
    address = sent(client, asked(title="<b>窓口</b>の件数"))
    waiting = b.words(client.get(address).content)
    assert "計算を待っています" in waiting
    assert "信頼区間" not in waiting
    assert client.post(f"{address}final").status_code == 409
    actions.estimate(actor=system("evaluation"), evaluation_id=Evaluation.objects.get().pk)
    html = client.get(address).content.decode()
    words = b.words(html)
    assert "<b>窓口" not in html
    assert "変えなかった場合の見込みより低いと推定されます" in words
    assert "95%信頼区間は" in words
    assert "2023年4月" not in words
    assert "令和5年4月 手数料の改定" in words
    assert 'class="c-would"' in html
    assert 'class="c-change"' in html
    assert "<desc" in html
    assert "statsmodels" in words
    assert client.post(f"{address}final").headers["Location"] == f"{address}?done=final"
    assert "確定しました" in b.words(client.get(f"{address}?done=final").content)
    assert "この検証を確定する" not in b.words(client.get(address).content)
    assert "低い" in b.words(client.get(LIST).content)


def test_an_estimate_that_does_not_come_is_not_waited_for_without_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    client = officer()
    address = sent(client, asked())
    monkeypatch.setattr("dokodemo.entry.office.evaluation._LATE", timedelta(seconds=-1))
    assert "システム管理者に知らせてください" in b.words(client.get(address).content)


@pytest.mark.parametrize("lang", ["ja", "easy", "en"])
def test_a_series_in_which_nothing_happened_is_never_called_an_effect(lang: str) -> None:
    client = officer(lang)
    address = estimated(client, table=table(falling(40, 26, to=1.0)))
    words = b.words(client.get(address).content)
    said = {
        "ja": ("0と区別できません", "と推定されます"),
        "easy": ("わかりません", "考えられます"),
        "en": ("cannot be told apart from zero", "is estimated to be"),
    }[lang]
    assert said[0] in words
    assert said[1] not in words


def test_too_few_months_say_why_there_is_no_estimate() -> None:
    client = officer()
    address = sent(client, asked(months=10))
    html = client.get(address).content.decode()
    words = b.words(html)
    assert "推定できません" in words
    assert "変える前の月が12か月に足りません" in words
    assert "変えた月からの月が6か月に足りません" in words
    assert 'class="c-seen"' in html
    assert 'class="c-would"' not in html


def test_what_is_wrong_stands_beside_its_box_and_what_was_typed_stays() -> None:
    client = officer()
    boxes = asked(table="month,value\n2024-01,5件\n2024-01,4\n", happened="<script>", measure="")
    answer = client.post(NEW, boxes)
    html = answer.content.decode()
    words = b.words(html)
    assert answer.status_code == 422
    assert "2行目：「5件」は数字として読めません" in words
    assert 'href="#table"' in html
    assert 'id="measure-error"' in html
    assert "2024-01,5件" in html
    assert "<script>" not in html
    assert 'value="窓口の件数"' in html
    assert not Evaluation.objects.exists()


def test_a_file_is_read_in_place_of_the_box_and_its_lines_come_back() -> None:
    client = officer()

    def sent_file(data: bytes) -> Any:
        return client.post(NEW, {**asked(table=""), "file": SimpleUploadedFile("months.csv", data)})

    wrong = sent_file("month,value\n2024-01,x\n".encode("utf-8-sig"))
    assert wrong.status_code == 422
    assert "2024-01,x" in wrong.content.decode()
    assert "Shift_JIS" in b.words(sent_file("月,値\n".encode("cp932")).content)
    assert sent_file(b"x" * 200_001).status_code == 422
    assert sent_file(table(falling(40, 26)).encode()).status_code == 302


def test_many_wrong_lines_are_told_up_to_a_limit() -> None:
    lines = "\n".join(["month,value", *["x,y"] * 60])
    answer = officer().post(NEW, asked(table=lines))
    assert "ほかに100件あります" in b.words(answer.content)
    assert answer.content.decode().count('href="#table"') == 20


def test_the_downloads_hold_what_the_page_shows() -> None:
    client = officer()
    address = estimated(client)
    sheet = client.get(f"{address}months.csv")
    lines = sheet.content.decode("utf-8-sig").splitlines()
    assert lines[0] == "month,value,working_days,comparison,looked_at,fitted,counterfactual,after"
    assert len(lines) == 41
    assert "no-store" in sheet.headers["Cache-Control"]
    found = json.loads(client.get(f"{address}result.json").content)
    assert found["verdicts"]["end"] == "lower"
    assert found["title"] == "窓口の件数"


def test_an_evaluation_is_asked_again_as_a_new_one() -> None:
    client = officer()
    address = sent(client, asked(months=10))
    first = Evaluation.objects.get()
    html = client.get(f"{NEW}?from={first.pk}").content.decode()
    assert f"{NEW}?from={first.pk}" in client.get(address).content.decode()
    assert 'value="窓口の件数"' in html
    assert "2022-01," in html
    assert "2023-04 手数料の改定" in html
    for strange in ("x", str(b.NOWHERE)):
        assert client.get(f"{NEW}?from={strange}").status_code == 200


def test_a_difference_of_two_percentages_is_in_points() -> None:
    client = officer("en")
    address = estimated(
        client, unit="percent", table=table([n % 7 + (20 if n >= 26 else 5) for n in range(40)])
    )
    words = b.words(client.get(address).content)
    assert "percentage points , 95 % interval" in words
    assert "is estimated to be higher" in words


def test_logic_models_are_drawn_with_a_table_of_the_same() -> None:
    html = officer().get(reverse("office:evaluation_models")).content.decode()
    words = b.words(html)
    assert html.count('<svg class="logic-model"') == 3
    assert html.count("<desc") >= 3
    assert "見本です。市が決めたものではありません" in words
    assert "アウトプット" in words
    assert "オンライン化割合" in words


def test_effort_is_shown_in_two_totals_that_are_not_added() -> None:
    client = officer()
    assert client.post(TELL, TASK).headers["Location"] == f"{EFFORT}?done=kept"
    client.post(TELL, {**TASK, "task": "転出届の入力", "after_basis": "estimated"})
    words = b.words(client.get(EFFORT).content).replace(" ", "")
    assert "実測による削減時間364.8時間（1業務）" in words
    assert "推定を含む削減時間364.8時間（1業務）" in words
    assert "729" not in words
    record = EffortRecord.objects.get(task="転出届の入力")
    gone = client.post(reverse("office:evaluation_effort_withdraw", args=[record.pk]))
    assert gone.headers["Location"] == f"{EFFORT}?done=withdrawn"
    assert "取下げ済み" in b.words(client.get(EFFORT).content)


def test_a_wrong_task_comes_back_as_it_was_typed() -> None:
    answer = officer().post(TELL, {**TASK, "cases": "たくさん", "before_basis": ""})
    html = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="たくさん"' in html
    assert 'id="cases-error"' in html
    assert 'id="before_basis-error"' in html
    assert not EffortRecord.objects.exists()


def test_the_tabs_of_promotion_lead_here_for_those_who_see_it() -> None:
    assert f'href="{LIST}"' in officer().get("/office/indicators/").content.decode()
    assert f'href="{LIST}"' not in b.browser(b.caseworker()).get("/office/indicators/").content.decode()
    reader = b.browser(b.staff_account(("policy", Role.CIO)))
    assert NEW not in reader.get(LIST).content.decode()
    assert TELL not in reader.get(EFFORT).content.decode()
