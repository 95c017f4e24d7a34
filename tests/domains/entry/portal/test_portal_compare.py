"""Other municipalities beside this one, for everybody: the group the reader chose, no ranking, year and source always said."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from django.test import Client

from dokodemo.kernel.access import system
from dokodemo.promotion.national.actions import import_file
from tests.domains.entry import building as b
from tests.domains.promotion.national_files import ARAO, arao, by_line, cities

PAGE = "/plan/compare"


def take(*rows: Any, **more: str) -> None:
    import_file(actor=system("test"), data=by_line(list(rows)), year=2024, **more)  # type: ignore[arg-type]


def prefecture() -> None:
    take(arao(), *cities(8), *cities(3, first=44001, prefecture="見本県", population=40_000))


def test_before_the_first_import_the_page_says_so_and_the_plan_has_no_link() -> None:
    client = Client()
    assert "まだ取り込まれていません" in b.words(client.get(PAGE).content)
    assert client.get(f"{PAGE}.csv").status_code == 404
    assert client.get(f"{PAGE}.json").json() == {"edition": None}
    assert PAGE not in client.get("/plan").content.decode()


@pytest.mark.parametrize(
    ("lang", "said"), [("ja", "順位は付けません"), ("easy", "順番"), ("en", "Nobody is ranked")]
)
def test_the_page_says_year_source_vintage_and_that_nobody_is_ranked(lang: str, said: str) -> None:
    prefecture()
    html = b.browser(lang=lang).get(PAGE).content.decode()
    assert said in html
    assert "デジタル庁" in html
    assert "2024-07-12" in html
    assert "<svg" in html
    assert PAGE in Client().get("/plan").content.decode()


def test_the_group_is_chosen_by_a_form_without_scripts() -> None:
    prefecture()
    client = Client()
    assert "本市を除く8市区町村" in b.words(client.get(PAGE).content)
    assert "本市を除く11市区町村" in b.words(client.get(f"{PAGE}?area=nation").content)
    strange = client.get(f"{PAGE}?area=moon&band=%00&indicator=x&edition=9999999-1&page=-5")
    assert strange.status_code == 200
    assert "本市を除く8市区町村" in b.words(strange.content)


def test_a_group_of_fewer_than_five_has_no_picture_and_says_why() -> None:
    prefecture()
    html = Client().get(f"{PAGE}?area=nation&band=30k-50k").content.decode()
    assert "5より少ないため" in b.words(html)
    assert "spread-" not in html
    assert "少なすぎます" in b.words(html)


def test_the_cities_of_one_indicator_stand_in_the_order_of_their_codes() -> None:
    prefecture()
    html = Client().get(f"{PAGE}?indicator=card").content.decode()
    codes = [row[0] for row in cities(8)]
    assert [html.index(f">{code}<") for code in codes] == sorted(html.index(f">{code}<") for code in codes)
    assert "spread-card" in html
    assert "spread-care-26" not in html


def test_a_long_list_is_paged_and_each_page_keeps_the_choice() -> None:
    take(arao(), *cities(120))
    client = Client()
    first = client.get(f"{PAGE}?indicator=card").content.decode()
    second = client.get(f"{PAGE}?indicator=card&page=2").content.decode()
    assert first.count('<td data-label="団体コード">') == 50
    assert "indicator=card&amp;page=2" in first
    assert cities(120)[60][0] in second
    assert cities(120)[60][0] not in first


def test_an_earlier_vintage_can_still_be_read() -> None:
    prefecture()
    take(arao(), *cities(6), vintage="訂正版")
    client = Client()
    assert "本市を除く6市区町村" in b.words(client.get(PAGE).content)
    assert "本市を除く8市区町村" in b.words(client.get(f"{PAGE}?edition=2024-1").content)


def test_what_a_file_brought_is_never_markup() -> None:
    code = cities(1)[0][0]
    take(arao(), (code, "熊本県", "<script>町", 9_000))
    assert "<script>町" not in Client().get(f"{PAGE}?indicator=card").content.decode()


def test_the_csv_holds_group_and_own_city_in_the_order_of_codes() -> None:
    prefecture()
    response = Client().get(f"{PAGE}.csv?indicator=card")
    rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))
    assert rows[0][:7] == ["year", "vintage", "code", "prefecture", "name", "population", "own"]
    assert len(rows) == 10
    codes = [row[2] for row in rows[1:]]
    assert codes == sorted(codes)
    assert [row[2] for row in rows if row[6] == "1"] == [ARAO]
    assert rows[1][0] == "2024"


def test_the_json_says_how_the_group_lies_and_null_for_too_few() -> None:
    prefecture()
    found = Client().get(f"{PAGE}.json").json()
    card = next(one for one in found["indicators"] if one["code"] == "card")
    assert (card["ours"], card["known"], card["spread"]["low"]) == (50.0, 8, 51)
    assert found["edition"]["vintage"] == "2024-07-12"
    assert found["group"] == {
        "area": "prefecture",
        "prefecture": "熊本県",
        "band": None,
        "cities": 8,
        "fewest_for_a_spread": 5,
    }
    few = json.loads(Client().get(f"{PAGE}.json?area=nation&band=30k-50k").content)
    assert all(one["spread"] is None and one["shares"] is None for one in few["indicators"])
    assert "rank" not in json.dumps(found)
