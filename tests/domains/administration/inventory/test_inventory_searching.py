"""Search over procedures and the survey: both are found, what the city does not do is not, and the index is kept."""

from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from dokodemo.administration.inventory import searching
from dokodemo.administration.inventory.definitions import Performed
from dokodemo.administration.inventory.models import InventoryRow, SurveyImport
from dokodemo.administration.procedures import actions
from dokodemo.administration.procedures.kept_index import as_json, from_json
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.packs import open_pack

pytestmark = pytest.mark.django_db


def row(number: str, name: str) -> InventoryRow:
    return InventoryRow.objects.create(
        number=number, name=name, law="母子保健法", words=name, office_named=True, survey={}, digest=number
    )


@pytest.fixture
def surveyed() -> None:
    actions.publish(open_pack("mihon"), demo=True)
    row("51326", "低体重児の届出")
    row("48899", "犬の登録")
    SurveyImport.objects.create(
        at=calendar_jp.now(), by="test", edition="R6", as_of=calendar_jp.today(), digest="a" * 64,
        rows=2, elsewhere=0, created=2, changed=0, unchanged=0, gone=0,
    )  # fmt: skip


def test_a_row_is_found_by_what_people_say(surveyed: None) -> None:
    rows = [hit for hit in searching.search("小さく生まれた赤ちゃんの届け")[:3] if not hit.slug]
    assert [(hit.inventory, hit.title.ja) for hit in rows] == [(("51326",), "低体重児の届出")]


def test_a_row_that_a_procedure_names_is_found_as_that_procedure(surveyed: None) -> None:
    hits = searching.search("犬の登録")
    assert hits[0].slug == "dog-registration"
    assert not [hit for hit in hits if not hit.slug and "48899" in hit.inventory]


def test_what_the_city_does_not_perform_is_not_found(surveyed: None) -> None:
    InventoryRow.objects.filter(number="51326").update(performed=Performed.NOT_PERFORMED.value)
    assert "51326" not in [number for hit in searching.search("低体重児の届出") for number in hit.inventory]


def test_without_a_survey_procedures_alone_are_searched() -> None:
    actions.publish(open_pack("mihon"), demo=True)
    assert searching.search("犬の登録")[0].slug == "dog-registration"
    assert searching.search("低体重児の届出") == [] or searching.search("低体重児の届出")[0].slug


def test_an_index_read_back_finds_the_same(surveyed: None) -> None:
    index = searching.search_index()
    again = from_json(as_json(index), index.entries, index.language)
    for words in ("低体重児", "犬を飼い始めた", "じゅうみんひょう", "引っ越した"):
        assert again.find(words) == index.find(words)


def test_a_broken_file_of_the_index_is_made_anew(surveyed: None) -> None:
    searching.search_index()
    (file,) = Path(settings.DOKODEMO_HOME / "cache" / "search").glob("*.json")
    file.write_text("{", "utf-8")
    searching._index.cache_clear()
    assert searching.search("低体重児の届出")[0].inventory == ("51326",)
    assert file.read_text("utf-8").startswith('{"entries"')


def test_the_page_shows_a_row_with_whom_to_ask(surveyed: None, client: Client) -> None:
    page = client.get("/search", {"q": "小さく生まれた赤ちゃんの届け"}).content.decode()
    assert "低体重児の届出" in page
    assert "まだオンラインではできない手続きです" in page
