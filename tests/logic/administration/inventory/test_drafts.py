"""Drafts: every row of the survey becomes a definition that validates, and every guess is a remark."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dokodemo.administration.inventory.coding import Coder
from dokodemo.administration.inventory.definitions import load_codes
from dokodemo.administration.inventory.drafting import draft_of, kind_of
from dokodemo.administration.inventory.periods import days_of
from dokodemo.administration.inventory.survey import SurveyRow, read_survey
from dokodemo.administration.procedures.definitions import ProcedureDefinition
from dokodemo.kernel.packs import open_pack
from dokodemo.kernel.ui import texts
from tests.domains.administration.inventory.surveys import r6, row

CODES = load_codes(open_pack("japan"))


def survey_row(**cells: str) -> SurveyRow:
    return read_survey(r6(row("101", **cells)), Coder(CODES)).rows[0]


def drafted(**cells: str) -> tuple[dict[str, Any], set[str]]:
    draft = draft_of(survey_row(**cells))
    ProcedureDefinition.model_validate(draft.definition)
    return draft.definition, {remark.rpartition(".")[2] for remark in draft.remarks}


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("児童手当の認定の請求", "request"),
        ("転出届（第24条の特例を除く。）", "notification"),
        ("戸籍の届出（姻族関係終了）", "notification"),
        ("葬祭扶助申請書の保護の実施機関への提出", "application"),
        ("年次報告書の都道府県知事への提出", "notification"),
        ("証拠書類の提出", "notification"),
        ("指定の申請の変更の届出", "notification"),
        ("罹災証明書の交付", "application"),
        ("代理人の資格の証明", None),
    ],
)
def test_the_last_telling_word_of_a_name_gives_the_kind(name: str, kind: str | None) -> None:
    assert kind_of(name) == kind


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("30日", 30),
        ("１月", 30),
        ("2週", 14),
        ("３週間", 21),
        ("１か月", 30),
        ("1ヶ月程度", 30),
        ("１～５月", 150),
        ("1週～60日", 60),
        ("7日又は35日", 35),
        ("１時間", 1),
        ("0日", 1),
        ("即日", 1),
        ("30", 30),
        ("10営業日", 14),
        ("2年", 730),
        ("9年", 730),
        ("0", None),
        ("", None),
        ("-", None),
        ("不明", None),
        ("自治体により異なる", None),
        ("届出のため対象外", None),
        ("数日", None),
        ("月", None),
    ],
)
def test_periods_are_read_as_the_survey_writes_them(text: str, days: int | None) -> None:
    assert days_of(text) == days


@given(st.text(alphabet="0123456789０１日月週間年ヶか～又は程度以内営業 ", max_size=20))
def test_a_period_is_none_or_between_a_day_and_two_years(text: str) -> None:
    days = days_of(text)
    assert days is None or 1 <= days <= 730


@pytest.mark.parametrize(
    ("cell", "identity", "remark"),
    [
        ("6 本人確認不要", "none", False),
        ("4 本人確認書類の提示・提出; 6 本人確認不要", "none", False),
        ("3 署名", "authenticated", False),
        ("1 押印＋印鑑証明", "signed", False),
        ("1 押印＋印鑑証明; 2 押印", "authenticated", False),
        ("", "authenticated", True),
    ],
)
def test_identity_is_the_lowest_that_the_survey_allows(cell: str, identity: str, remark: bool) -> None:
    definition, remarks = drafted(申請等における本人確認手法=cell)
    assert definition["identity"] == identity
    assert ("identity" in remarks) == remark


def test_a_fee_is_never_invented() -> None:
    definition, remarks = drafted(
        手数料等の納付有無="2 手数料等有り", 手数料等の納付方法="1-1 行政機関の窓口"
    )
    assert definition["fee"] == {"amount": 0, "sample": True, "method": "counter"}
    assert definition["online"]["lacks"] == ["payment"]
    assert "fee_amount" in remarks
    online, _ = drafted(手数料等の納付有無="2 手数料等有り", 手数料等の納付方法="2-3 クレジットカード払い")
    assert (online["fee"]["method"], online["online"]) == ("online", {"state": "full"})


def test_what_the_city_keeps_itself_is_not_asked_of_its_residents() -> None:
    definition, _ = drafted(申請時に添付させる書類="住民票; その他の添付書類")
    assert definition["evidence"] == [
        {"term": "evidence.resident_record", "skip_when": "applicant.resident_here"},
        {"term": "evidence.other_papers", "required": False},
    ]


def test_a_business_is_asked_for_what_the_survey_names() -> None:
    cells = {"手続主体": "6 民間事業者等", "申請書等に記載させる情報": "法人番号; 商号又は名称; 資本金"}
    definition, _ = drafted(**cells)
    assert definition["audience"] == ["business"]
    assert definition["form"][1]["ask"] == [
        "business.trade_name",
        "business.corporate_number",
        "business.capital",
    ]


def test_texts_are_marked_as_drafts_in_three_languages_and_plain_japanese_has_readings() -> None:
    definition, remarks = drafted(手続名="転入の届出")
    title = definition["title"]
    assert title["ja"] == "（下書き）転入の届出"
    assert "転入《てんにゅう》" in title["easy"]
    assert title["en"].startswith("[Draft] ")
    assert {"slug", "texts", "law", "section", "questions"} <= remarks
    assert definition["confirmed"] == {"by": None, "on": None}


def test_a_draft_takes_the_section_it_is_given() -> None:
    draft = draft_of(survey_row(), section="childcare")
    assert draft.definition["unit"] == "childcare"
    assert "inventory.remark.section" not in draft.remarks


def test_every_remark_has_its_words_in_three_languages() -> None:
    known = {key for key in texts.catalogue().entries if key.startswith("inventory.remark.")}
    cells = {
        "手続名": "なにか",
        "根拠条項号": "",
        "事務区分": "",
        "申請を提出する機関": "",
        "申請時に添付させる書類": "",
    }
    rich = {
        "申請書等に記載させる情報": "マイナンバー",
        "手数料等の納付有無": "",
        "処理期間(非オンライン)": "不明",
    }
    other = {
        "手続名": "見本の申請",
        "事務区分": "4 地方の事務でない",
        "処理期間(非オンライン)": "1～2月",
        "申請時に添付させる書類": "その他の添付書類",
    }
    said = set(draft_of(survey_row(**cells, **rich)).remarks) | set(draft_of(survey_row(**other)).remarks)
    said |= set(draft_of(survey_row(手数料等の納付有無="2 手数料等有り")).remarks)
    said |= set(draft_of(survey_row(**{"手続が行われるイベント(個人)": "医療・健康"})).remarks)
    assert said == known


def some(name: str) -> st.SearchStrategy[tuple[str, ...]]:
    """Any choice from a code list."""
    return st.lists(st.sampled_from(sorted(CODES.list_of(name))), max_size=4, unique=True).map(tuple)


WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=40)
ROWS = st.builds(
    SurveyRow,
    number=st.from_regex(r"[A-Z]{0,4}[0-9]{3,10}", fullmatch=True),
    edition=st.sampled_from(["R6", "R7"]),
    name=WORDS,
    law=WORDS,
    article=WORDS,
    filer=st.sampled_from(["citizens", "businesses", "citizens_or_businesses"]),
    receiver=st.just("local"),
    affairs=st.none() | st.sampled_from(sorted(CODES.affairs)),
    fee=st.none() | st.sampled_from(sorted(CODES.fee)),
    identity=some("identity"),
    fee_methods=some("fee_method"),
    information=some("information"),
    evidence=some("evidence"),
    life_events=st.just(()) | st.just(("birth", "childcare")),
    period_online=WORDS,
    period_offline=WORDS,
    office_named=st.booleans(),
)


def test_a_mark_of_readings_in_a_law_is_no_reading() -> None:
    draft = draft_of(survey_row(law="見本《法", article="第｜1条"))
    definition = ProcedureDefinition.model_validate(draft.definition)
    assert definition.summary.ja.endswith("見本法第1条第1項に基づく手続です。")


@given(ROWS)
def test_any_row_gives_a_valid_draft_and_the_same_one_twice(one: SurveyRow) -> None:
    draft = draft_of(one)
    definition = ProcedureDefinition.model_validate(draft.definition)
    assert draft == draft_of(one)
    assert not definition.is_confirmed
    assert definition.fee.amount == 0
    assert len(set(draft.remarks)) == len(draft.remarks)


def test_every_municipal_row_of_the_real_survey_gives_the_same_valid_draft_twice(shared: Path) -> None:
    rows = read_survey((shared / "data" / "procedures_localgov.csv").read_bytes(), Coder(CODES)).rows
    slugs = set()
    for one in rows:
        draft = draft_of(one)
        slugs.add(ProcedureDefinition.model_validate(draft.definition).slug)
        assert draft == draft_of(one)
    assert len(slugs) == len(rows) == 2599
