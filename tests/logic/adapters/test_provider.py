"""Which provider residents sign in with (利用者証明の提供者), and how its claims are read."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from dokodemo.adapters.identity.claims import read_claims
from dokodemo.adapters.identity.provider import provider
from dokodemo.adapters.identity.twin.cards import Card, find_cards, read_cards, write_cards

NAMES = ("ISSUER", "CLIENT_ID", "SECRET", "NAME")


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.delenv(f"DOKODEMO_OIDC_{name}", raising=False)


def test_without_settings_it_is_the_twin_with_a_secret_of_its_own(tmp_path: Path) -> None:
    found = provider(tmp_path, twin_port=8123)
    assert found.twin
    assert found.issuer == "http://localhost:8123"
    assert found.secret == provider(tmp_path, twin_port=8123).secret
    assert len(found.secret) > 60


def test_settings_replace_the_twin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in zip(
        NAMES, ("https://id.example/realm/", "arao", "s3cret", "デジタル認証アプリ"), strict=True
    ):
        monkeypatch.setenv(f"DOKODEMO_OIDC_{name}", value)
    found = provider(tmp_path, twin_port=8123)

    assert not found.twin
    assert found.origin == "https://id.example"
    app = found.as_setting()["openid_connect"]["APPS"][0]
    assert (app["client_id"], app["secret"], app["name"]) == ("arao", "s3cret", "デジタル認証アプリ")
    assert app["settings"]["server_url"] == "https://id.example/realm"
    assert not (tmp_path / "keys").exists()


@pytest.mark.parametrize("given", [{"CLIENT_ID": "arao"}, {"SECRET": "s"}, {}])
def test_half_of_the_settings_are_refused_with_the_names_of_the_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: dict[str, str]
) -> None:
    monkeypatch.setenv("DOKODEMO_OIDC_ISSUER", "https://id.example")
    for name, value in given.items():
        monkeypatch.setenv(f"DOKODEMO_OIDC_{name}", value)
    with pytest.raises(ValueError, match="DOKODEMO_OIDC_SECRET"):
        provider(tmp_path, twin_port=1)


def test_standard_claims_are_read() -> None:
    claims = read_claims(
        {
            "sub": "42",
            "name": "髙木 美咲",
            "birthdate": "1990-05-17",
            "gender": "female",
            "address": {"formatted": "熊本県荒尾市"},
        }
    )
    assert claims.complete
    assert claims.date_of_birth == date(1990, 5, 17)
    assert claims.sex == "2"


@pytest.mark.parametrize(
    "lacking",
    [
        {"birthdate": "1990"},
        {"birthdate": "0000-05-17"},
        {"gender": "other"},
        {"address": {}},
        {"address": ["x"]},
        {"name": ""},
        {"name": {"family": "x"}},
    ],
)
def test_what_cannot_be_read_is_never_guessed(lacking: dict[str, object]) -> None:
    whole = {
        "sub": "1",
        "name": "n",
        "birthdate": "1990-05-17",
        "gender": "male",
        "address": {"formatted": "a"},
    }
    assert not read_claims(whole | lacking).complete


def test_cards_are_found_by_name_and_kana_with_stories_first(tmp_path: Path) -> None:
    cards = [
        Card("b", "山田 花子", "ヤマダ ハナコ", "1990-01-01", "female", "x"),
        Card("c", "山田 太郎", "ヤマダ タロウ", "1990-01-01", "male", "x", story="子が生まれた"),
    ]
    write_cards(tmp_path / "twin" / "cards.json", cards)
    known = read_cards(tmp_path / "twin" / "cards.json")
    assert [card.id for card in find_cards(known, "ヤマダ")] == ["c", "b"]
    assert [card.id for card in find_cards(known, "花子")] == ["b"]
    assert find_cards(known, "鈴木") == []
    assert read_cards(tmp_path / "none.json") == {}
