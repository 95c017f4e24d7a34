"""The appeal notice: to whom, within what time, against whom (教示)."""

from dataclasses import dataclass
from pathlib import Path
from typing import get_args

import pytest

from dokodemo.administration.certificates.definitions import load_appeals
from dokodemo.administration.certificates.logic import appeal_class, appeal_notice
from dokodemo.administration.procedures.definitions import Appeal
from dokodemo.administration.procedures.reading import read_procedures
from dokodemo.kernel.packs import Pack, PackError, open_pack


@dataclass(frozen=True)
class Procedure:
    kind: str = "application"
    affairs: str = "self_government"
    appeal: str | None = None


@pytest.fixture(scope="module")
def arao() -> Pack:
    return open_pack("arao")


def notice(pack: Pack, procedure: Procedure, lang: str = "ja") -> str:
    return "\n".join(appeal_notice(procedure, pack.city, load_appeals(pack), lang=lang))


def test_own_affairs_go_to_the_mayor_with_both_periods(arao: Pack) -> None:
    text = notice(arao, Procedure())
    assert "3か月以内に、荒尾市長に対して審査請求" in text
    assert "翌日から起算して1年" in text
    assert "6か月以内に、荒尾市を被告として（訴訟において荒尾市を代表する者は荒尾市長となります。）" in text


@pytest.mark.parametrize("affairs", ["statutory_entrusted_1", "statutory_entrusted_2"])
def test_entrusted_affairs_go_to_the_governor(affairs: str, arao: Pack) -> None:
    text = notice(arao, Procedure(affairs=affairs))
    assert "熊本県知事に対して審査請求" in text
    assert "荒尾市を被告として" in text


KUMAMOTO, UNION = "熊本県", "熊本県後期高齢者医療広域連合"
ARAO = ("荒尾市", "荒尾市長")
THREE_MONTHS = "知った日の翌日から起算して3か月以内に"
# Class → who hears the appeal, who is sued, who stands for them in court, the article by which a ruling comes first.
WHERE: dict[str, tuple[str, str, str, str | None]] = {
    "mayor": ("荒尾市長", *ARAO, None),
    "prefecture": ("熊本県知事", *ARAO, None),
    "prefecture_decides": ("熊本県知事", KUMAMOTO, "熊本県知事", None),
    "public_assistance": ("熊本県知事", *ARAO, "生活保護法第69条"),
    "disability_services": ("熊本県知事", *ARAO, "総合的に支援するための法律第105条"),
    "child_disability_services": ("熊本県知事", *ARAO, "児童福祉法第56条の5の5第2項"),
    "road_administrator": ("熊本県知事", *ARAO, None),
    "local_tax": ("荒尾市長", *ARAO, "地方税法第19条の12"),
    "care_insurance_board": ("熊本県介護保険審査会", *ARAO, "介護保険法第196条"),
    "health_insurance_board": ("熊本県国民健康保険審査会", *ARAO, "国民健康保険法第103条"),
    "late_elderly_board": (
        "熊本県後期高齢者医療審査会",
        UNION,
        f"{UNION}長",
        "高齢者の医療の確保に関する法律第130条",
    ),
    "social_insurance_examiner": (
        "地方厚生局の社会保険審査官",
        "国",
        "法務大臣",
        "国民年金法第101条の2",
    ),
    "legal_affairs_bureau": ("市役所の所在地を管轄する法務局又は地方法務局の長", *ARAO, None),
    "board_of_education": ("荒尾市教育委員会", "荒尾市", "荒尾市教育委員会", None),
    "agricultural_committee": ("熊本県知事", "荒尾市", "荒尾市農業委員会", None),
}
OF_THEIR_OWN = {"property_valuation_board", "family_court", "election_commission", "no_review"}


@pytest.mark.parametrize("name", sorted(WHERE))
def test_a_class_says_to_whom_within_what_time_against_whom(name: str, arao: Pack) -> None:
    authority, defendant, representative, ruling_law = WHERE[name]
    text = notice(arao, Procedure(appeal=name))
    assert f"{authority}に対して審査請求" in text
    assert THREE_MONTHS in text
    assert "知った日の翌日から起算して6か月以内に" in text
    assert "1年を経過したとき" in text
    assert (
        f"{defendant}を被告として（訴訟において{defendant}を代表する者は{representative}となります。）"
        in text
    )
    assert ("を経た後でなければ提起することができません" in text) == (ruling_law is not None)
    if ruling_law is not None:
        assert f"{ruling_law}" in text


def test_every_class_has_its_expectation_and_every_definition_may_name_it(arao: Pack) -> None:
    classes = set(load_appeals(arao).classes)
    assert classes == WHERE.keys() | OF_THEIR_OWN
    assert set(get_args(Appeal)) == classes


@pytest.mark.parametrize(
    "name",
    ["care_insurance_board", "health_insurance_board", "late_elderly_board", "disability_services"],
)
def test_a_board_listens_and_its_ruling_need_not_always_be_awaited(name: str, arao: Pack) -> None:
    text = notice(arao, Procedure(appeal=name))
    assert "文書又は口頭で" in text
    assert "裁決を経ないでも" in text


def test_public_assistance_is_ruled_upon_in_fifty_days(arao: Pack) -> None:
    text = notice(arao, Procedure(appeal="public_assistance"))
    assert "50日（行政不服審査会等に諮問する場合は70日）以内に裁決がないとき" in text


def test_the_pension_may_be_appealed_twice(arao: Pack) -> None:
    text = notice(arao, Procedure(kind="notification", appeal="social_insurance_examiner"))
    assert "日本年金機構が行う決定に不服" in text
    assert "2か月以内に、社会保険審査会に対して再審査請求" in text
    assert "荒尾" not in text


def test_the_family_register_goes_to_the_family_court_and_nowhere_else(arao: Pack) -> None:
    text = notice(arao, Procedure(affairs="statutory_entrusted_1", appeal="family_court"))
    assert "家庭裁判所に不服の申立て" in text
    assert "知事" not in text


def test_property_prices_go_to_the_valuation_committee(arao: Pack) -> None:
    text = notice(arao, Procedure(appeal="property_valuation_board"))
    assert "荒尾市固定資産評価審査委員会に審査の申出" in text
    assert "荒尾市を代表する者は荒尾市固定資産評価審査委員会となります" in text


def test_elections_go_to_court_only(arao: Pack) -> None:
    text = notice(arao, Procedure(appeal="election_commission"))
    assert "審査請求をすることはできません" in text
    assert "荒尾市を代表する者は荒尾市選挙管理委員会となります" in text


def test_what_is_no_disposition_names_no_court_and_no_period(arao: Pack) -> None:
    text = notice(arao, Procedure(appeal="no_review"))
    assert "対象となる処分ではありません" in text
    assert not any(word in text for word in ("か月以内", "被告", "知事"))


# Who hears appeals of each procedure of the pack: nobody changes one without meaning to.
CLASSES = {
    "disability-book-physical": "prefecture_decides",
    "special-child-allowance": "prefecture_decides",
    "farmland-conversion": "prefecture_decides",
    "farmland-transfer": "agricultural_committee",
    "public-assistance": "public_assistance",
    "disability-service": "disability_services",
    "child-disability-service": "child_disability_services",
    "late-elderly-high-cost": "late_elderly_board",
    "nhi-high-cost": "health_insurance_board",
    "care-need-certification": "care_insurance_board",
    "pension-exemption": "social_insurance_examiner",
    "family-register-copy": "legal_affairs_bureau",
    "family-register-supplement": "mayor",
    "marriage-notification": "family_court",
    "child-allowance-claim": "prefecture",
    "tax-deferral": "local_tax",
    "road-occupation": "road_administrator",
    "school-assistance": "board_of_education",
    "absentee-ballot": "election_commission",
    "small-business-subsidy": "no_review",
    "staff-recruitment": "no_review",
    "bulky-waste": "no_review",
    "facility-use": "mayor",
    "resident-record-copy": "mayor",
    "moving-in": None,
    "water-start": None,
}


def test_each_procedure_has_the_class_its_law_gives_it(arao: Pack) -> None:
    appeals = load_appeals(arao)
    found = {file.definition.slug: appeal_class(appeals, file.definition) for file in read_procedures(arao)}
    assert {slug: found[slug] for slug in CLASSES} == CLASSES
    assert {name for name in found.values() if name} == load_appeals(arao).classes.keys() - {
        "property_valuation_board"
    }


def test_a_notification_decides_nothing_so_nothing_is_told(arao: Pack) -> None:
    assert notice(arao, Procedure(kind="notification")) == ""
    assert notice(arao, Procedure(affairs="none")) == ""


def test_another_city_is_named_in_its_own_letters() -> None:
    mihon = open_pack("mihon")
    text = notice(mihon, Procedure())
    assert mihon.city.name.ja in text
    assert "荒尾" not in text


def test_every_class_can_be_said_in_every_language_without_a_gap(arao: Pack) -> None:
    appeals = load_appeals(arao)
    for name in appeals.classes:
        for lang in ("ja", "easy", "en"):
            paragraphs = appeal_notice(Procedure(appeal=name), arao.city, appeals, lang=lang)
            assert paragraphs
            assert not any("{" in paragraph or "}" in paragraph for paragraph in paragraphs)


def test_the_law_is_unconfirmed_and_its_periods_are_those_of_the_acts(arao: Pack) -> None:
    appeals = load_appeals(arao)
    assert appeals.unconfirmed
    assert (appeals.periods.review.months, appeals.periods.review.years) == (3, 1)
    assert (appeals.periods.lawsuit.months, appeals.periods.lawsuit.years) == (6, 1)


def test_an_unknown_class_is_an_error_and_never_silence(arao: Pack) -> None:
    with pytest.raises(KeyError):
        appeal_class(load_appeals(arao), Procedure(appeal="supreme_court"))


def broken(tmp_path: Path, old: str, new: str) -> Pack:
    source = next(layer for layer in open_pack("arao").layers if layer.name == "japan").folder
    folder = tmp_path / "land"
    folder.mkdir()
    (folder / "pack.yaml").write_text("name: land\ntitle: {ja: 国, easy: 国, en: Land}\n", "utf-8")
    text = (source / "appeals.yaml").read_text("utf-8")
    assert old in text
    (folder / "appeals.yaml").write_text(text.replace(old, new, 1), "utf-8")
    return open_pack("land", roots=[tmp_path])


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("paragraphs: [review, lawsuit]", "paragraphs: [review, appeal]", 'uses the text "appeal"'),
        ("self_government: mayor", "self_government: king", 'is "king"'),
        ("{authority}に対して審査請求", "{autority}に対して審査請求", "{autority}"),
        ("{review_months}か月以内に、", "{review_monthsか月以内に、", "brace"),
        ("months: 3", "months: three", "appeals.yaml:"),
        ("    ruling_law: 介護保険法第196条\n", "", "not by which article"),
    ],
)
def test_a_wrong_appeals_file_is_refused_with_file_line_and_remedy(
    old: str, new: str, message: str, tmp_path: Path
) -> None:
    with pytest.raises(PackError) as caught:
        load_appeals(broken(tmp_path, old, new))
    assert message in str(caught.value)
    assert "land/appeals.yaml" in str(caught.value)
    assert all(problem.remedy for problem in caught.value.problems)


def test_a_pack_without_the_file_says_so(tmp_path: Path) -> None:
    folder = tmp_path / "bare"
    folder.mkdir()
    (folder / "pack.yaml").write_text("name: bare\ntitle: {ja: 空, easy: 空, en: Bare}\n", "utf-8")
    with pytest.raises(PackError, match="missing"):
        load_appeals(open_pack("bare", roots=[tmp_path]))
