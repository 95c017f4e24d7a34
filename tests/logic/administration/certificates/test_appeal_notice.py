"""The appeal notice: to whom, within what time, against whom (教示)."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from dokodemo.administration.certificates.definitions import load_appeals
from dokodemo.administration.certificates.logic import appeal_class, appeal_notice
from dokodemo.kernel.packs import Pack, PackError, open_pack


@dataclass(frozen=True)
class Procedure:
    kind: str = "application"
    affairs: str = "self_government"
    appeal: str | None = None


@pytest.fixture(scope="module")
def arao() -> Pack:
    return open_pack("arao")


def notice(pack: Pack, procedure: Procedure, lang: str = "ja", organ: str | None = None) -> str:
    return "\n".join(appeal_notice(procedure, pack.city, load_appeals(pack), lang=lang, organ=organ))


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


@pytest.mark.parametrize(
    ("name", "authority"),
    [
        ("care_insurance_board", "熊本県介護保険審査会"),
        ("health_insurance_board", "熊本県国民健康保険審査会"),
        ("late_elderly_board", "熊本県後期高齢者医療審査会"),
    ],
)
def test_insurance_goes_to_its_board_and_to_court_only_afterwards(
    name: str, authority: str, arao: Pack
) -> None:
    text = notice(arao, Procedure(appeal=name))
    assert f"{authority}に対して審査請求" in text
    assert "文書又は口頭で" in text
    assert "裁決を経た後でなければ" in text
    assert "裁決を経ないでも" in text


def test_the_family_register_goes_to_the_family_court_and_nowhere_else(arao: Pack) -> None:
    text = notice(arao, Procedure(affairs="statutory_entrusted_1", appeal="family_court"))
    assert "家庭裁判所に不服の申立て" in text
    assert "知事" not in text


def test_property_prices_go_to_the_valuation_committee(arao: Pack) -> None:
    assert "荒尾市固定資産評価審査委員会に審査の申出" in notice(
        arao, Procedure(appeal="property_valuation_board")
    )


def test_another_organ_is_named_itself_and_stands_for_the_city_in_court(arao: Pack) -> None:
    text = notice(arao, Procedure(appeal="own_organ"), organ="荒尾市教育委員会")
    assert "荒尾市教育委員会に対して審査請求" in text
    assert "荒尾市を代表する者は荒尾市教育委員会となります" in text
    assert "荒尾市長" not in text


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


def test_every_class_of_the_contract_is_there_and_law_is_unconfirmed(arao: Pack) -> None:
    appeals = load_appeals(arao)
    assert set(appeals.classes) >= {
        "mayor",
        "prefecture",
        "care_insurance_board",
        "health_insurance_board",
        "late_elderly_board",
        "family_court",
        "own_organ",
    }
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
