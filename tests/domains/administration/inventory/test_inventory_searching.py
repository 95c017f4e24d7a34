"""Search over procedures and the survey: both are found, what the city does not do is not, and the index is kept."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import transaction
from pytest_django import DjangoDbBlocker

from dokodemo.administration.inventory import searching
from dokodemo.administration.inventory.definitions import Performed
from dokodemo.administration.inventory.models import InventoryRow, SurveyImport
from dokodemo.administration.procedures import actions
from dokodemo.administration.procedures.kept_index import as_json, from_json
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.packs import open_pack


def row(number: str, name: str) -> InventoryRow:
    return InventoryRow.objects.create(
        number=number, name=name, law="母子保健法", words=name, office_named=True, survey={}, digest=number
    )


@pytest.fixture(scope="module", autouse=True)
def _city(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The small city, in force once for this file, with a survey of two rows."""
    whole = transaction.atomic()
    whole._from_testcase = True  # type: ignore[attr-defined]
    with django_db_blocker.unblock(), whole:
        actions.publish(open_pack("mihon"), demo=True)
        row("51326", "低体重児の届出")
        row("48899", "犬の登録")
        SurveyImport.objects.create(
            at=calendar_jp.now(), by="test", edition="R6", as_of=calendar_jp.today(), digest="a" * 64,
            rows=2, elsewhere=0, created=2, changed=0, unchanged=0, gone=0,
        )  # fmt: skip
        searching.prepare()
        yield
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def _in_the_city(_city: None, db: None) -> None:
    """Each test starts from the city and leaves nothing behind."""


def test_a_row_is_found_by_what_people_say_with_how_it_stands() -> None:
    rows = [one for one in searching.find("小さく生まれた赤ちゃんの届け")[:3] if one.row is not None]
    assert [(one.hit.slug, one.hit.title.ja, one.row and one.row.number) for one in rows] == [
        ("", "低体重児の届出", "51326")
    ]


def test_a_row_that_a_procedure_names_is_found_as_that_procedure() -> None:
    hits = searching.search("犬の登録")
    assert hits[0].slug == "dog-registration"
    assert not [hit for hit in hits if not hit.slug and "48899" in hit.inventory]


def test_what_the_city_does_not_perform_is_not_found() -> None:
    InventoryRow.objects.filter(number="51326").update(performed=Performed.NOT_PERFORMED.value)
    assert "51326" not in [number for hit in searching.search("低体重児の届出") for number in hit.inventory]


def test_a_search_asks_for_the_newest_stamps_and_once_for_the_rows(
    django_assert_num_queries: pytest.FixtureRequest,
) -> None:
    searching.find("低体重児")
    with django_assert_num_queries(3):  # type: ignore[operator]
        assert [one.row for one in searching.find("低体重児") if one.row is not None]


def test_an_index_read_back_finds_the_same() -> None:
    index = searching.search_index()
    again = from_json(as_json(index), index.entries, index.language)
    for words in ("低体重児", "犬を飼い始めた", "じゅうみんひょう", "引っ越した"):
        assert again.find(words) == index.find(words)


def test_a_prepared_index_is_read_by_the_next_process_and_a_broken_one_made_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    searching.prepare()
    (file,) = Path(settings.DOKODEMO_HOME / "cache" / "search").glob("*.json")
    searching._index.cache_clear()
    with monkeypatch.context() as nobody_builds:
        nobody_builds.setattr(searching, "build_index", None)
        assert searching.search("低体重児の届出")[0].inventory == ("51326",)
    file.write_text("{", "utf-8")
    searching._index.cache_clear()
    assert searching.search("低体重児の届出")[0].inventory == ("51326",)
    assert file.read_text("utf-8").startswith('{"entries"')
