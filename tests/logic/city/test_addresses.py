"""Addresses in parts and in one piece (住所)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dokodemo.city.parties.addresses import address_of, parted_address


@pytest.mark.parametrize(
    ("written", "parts"),
    [
        ("福岡県大牟田市橘", ("福岡県", "大牟田市", "橘", "")),
        ("熊本県荒尾市緑ケ丘3丁目4-12", ("熊本県", "荒尾市", "緑ケ丘", "3丁目4-12")),
        ("熊本県玉名郡長洲町長洲", ("熊本県", "玉名郡長洲町", "長洲", "")),
        ("熊本県熊本市中央区水前寺１丁目", ("熊本県", "熊本市中央区", "水前寺", "１丁目")),
        ("東京都江戸川区船堀4-1-1", ("東京都", "江戸川区", "船堀", "4-1-1")),
        ("三重県四日市市諏訪町1", ("三重県", "四日市市", "諏訪町", "1")),
        ("京都府京都市左京区吉田", ("京都府", "京都市左京区", "吉田", "")),
        ("鹿児島県鹿児島市山下町11", ("鹿児島県", "鹿児島市", "山下町", "11")),
        ("千葉県市川市八幡1", ("千葉県", "市川市", "八幡", "1")),
    ],
)
def test_an_address_in_one_piece_is_parted(written: str, parts: tuple[str, ...]) -> None:
    found = parted_address(written)
    assert found is not None
    assert tuple(found[key] for key in ("prefecture", "city", "town", "block")) == parts
    assert found["full"] == written


@given(st.text(min_size=1, max_size=60))
def test_what_cannot_be_parted_is_kept_whole(text: str) -> None:
    found = parted_address(text)
    assert found is not None
    assert found["full"] == text
    together = "".join(found[key] for key in ("prefecture", "city", "town", "block"))
    assert together in {"", text}


def test_no_address_is_none() -> None:
    assert parted_address("") is None


@pytest.mark.parametrize(("written", "kept"), [("8640041", "864-0041"), ("864-0041", "864-0041"), ("", "")])
def test_parts_are_joined_with_the_building_behind_a_space(written: str, kept: str) -> None:
    cells = {
        "postalCode": written,
        "prefecture": "熊本県",
        "cityAndCounty": "荒尾市",
        "streetAddress": "荒尾",
        "cityBlock": "1番地",
        "buildingNameEtc": "コーポ見本 101号",
    }
    found = address_of(cells)
    assert found["full"] == "熊本県荒尾市荒尾1番地 コーポ見本 101号"
    assert found["postal_code"] == kept
