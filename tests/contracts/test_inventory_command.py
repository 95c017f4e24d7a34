"""The verb `inventory` as a person or a program calls it: progress and problems on stderr, reports on stdout."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from dokodemo.administration.inventory.models import InventoryRow
from dokodemo.administration.procedures.checking import check_procedures
from dokodemo.entry.cli import inventory, main
from dokodemo.kernel.packs import open_pack
from tests.domains.administration.inventory.surveys import r6, r7, row

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _set_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inventory, "city_ready", lambda: None)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main.main, ["inventory", *arguments])


def file_of(folder: Path, data: bytes) -> str:
    path = folder / "survey.csv"
    path.write_bytes(data)
    return str(path)


def test_a_survey_is_taken_in_and_reported_as_json(tmp_path: Path) -> None:
    file = file_of(
        tmp_path, r6(row("101"), row("102", 申請を提出する機関=""), row("103", 申請を提出する機関="警察署"))
    )
    result = run("import", file, "--json")
    assert (result.exit_code, json.loads(result.stdout)) == (
        0,
        {
            "edition": "R6",
            "as_of": "2024-03-31",
            "rows": 2,
            "office_blank": 1,
            "elsewhere": 1,
            "created": 2,
            "changed": 0,
            "unchanged": 0,
            "gone": 0,
        },
    )
    assert "checking lines" in result.stderr
    again = run("import", file_of(tmp_path, r7(row("101"))))
    assert "Edition R7" in again.stdout
    assert "1 no longer in the survey" in again.stdout


@pytest.mark.parametrize("as_json", [True, False])
def test_a_wrong_survey_ends_with_1_and_a_report_by_line(tmp_path: Path, as_json: bool) -> None:
    file = file_of(tmp_path, r6(row("101"), row("102", オンライン化の実施状況="9 なぞ")))
    result = run("import", file, *(["--json"] if as_json else []))
    assert result.exit_code == 1
    if as_json:
        report = json.loads(result.stdout)
        assert (report["total"], report["problems"][0]["line"]) == (1, 3)
        assert set(report["problems"][0]) == {"line", "column", "message", "remedy"}
    else:
        assert "survey.csv: line 3, オンライン化の実施状況" in result.stderr
        assert "Nothing was changed" in result.stderr
    assert not InventoryRow.objects.exists()


def test_the_status_prints_five_numbers_each_with_its_parts(tmp_path: Path) -> None:
    run("import", file_of(tmp_path, r6(row("101"))))
    status = json.loads(run("status", "--json").stdout)
    assert list(status) == ["survey", "K1", "K2", "K3", "K4", "K5"]
    assert status["survey"]["edition"] == "R6"
    for code in ("K1", "K2", "K3", "K4", "K5"):
        assert {"numerator", "denominator", "percent", "unit", "as_of", "counts", "beside"} <= set(
            status[code]
        )
    assert status["K1"]["beside"]["unknown"] == 1
    assert status["K4"]["denominator"] == 26
    people = run("status").stdout
    assert all(code in people for code in ("K1", "K2", "K3", "K4", "K5"))


def test_the_status_of_a_city_without_a_survey_says_so() -> None:
    assert json.loads(run("status", "--json").stdout)["survey"] is None
    assert "No survey was taken in" in run("status").stdout


def test_a_draft_that_nobody_has_is_an_error_with_a_remedy() -> None:
    result = run("draft", "999")
    assert result.exit_code == 1
    assert "dokodemo inventory import" in result.stderr


DRAFTS = {
    "application": row(
        "101", 手続名="見本の認定の申請", 申請時に添付させる書類="住民票; 定款; その他の添付書類"
    ),
    "notification": row(
        "101", 手続名="見本の届出", 手続主体="6 民間事業者等", 申請書等に記載させる情報="法人番号; 資本金"
    ),
    "charged": row(
        "101",
        手続名="見本の請求",
        手数料等の納付有無="2 手数料等有り",
        申請時に添付させる書類="印鑑登録証明書（個人）",
    ),
    "foreign": row(
        "101", 手続名="見本の許可", 事務区分="4 地方の事務でない", 手続主体="7 国民等、民間事業者等"
    ),
    "bare": row("101", 手続名="なにか", 根拠条項号="", 事務区分="", 申請を提出する機関="", 総手続件数=""),
}


@pytest.mark.parametrize("name", DRAFTS)
def test_a_printed_draft_passes_the_check_of_a_pack_but_for_its_section(tmp_path: Path, name: str) -> None:
    """Put into a pack on top of the city as it is printed, a draft has no problem but what its remarks say."""
    run("import", file_of(tmp_path, r6(DRAFTS[name])))
    printed = run("draft", "101")
    assert printed.exit_code == 0
    folder = tmp_path / "drafted" / "procedures" / "inventory-101"
    folder.mkdir(parents=True)
    (folder / "procedure.yaml").write_text(printed.stdout, "utf-8")
    (folder / "examples.yaml").write_text("[]\n", "utf-8")
    (tmp_path / "drafted" / "pack.yaml").write_text(
        "name: drafted\ntitle: {ja: 市, easy: 市《し》, en: City}\nextends: [mihon]\n", "utf-8"
    )
    from dokodemo.kernel.packs import DEFAULT_ROOT

    found = check_procedures(open_pack("drafted", roots=[tmp_path, DEFAULT_ROOT]))
    told = [problem for problem in found.problems if "inventory-101" in problem.file]
    assert [problem.message for problem in told] == [
        'There is no section "undecided" in organisation/sections.yaml'
    ]
