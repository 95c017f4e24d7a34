"""Reading what is in force: by slug, by life event, by search, and the plan's K1."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dokodemo.administration.inventory import searching
from dokodemo.administration.procedures import actions, queries
from dokodemo.kernel.access import NotFound
from dokodemo.kernel.crypto import new_id
from dokodemo.kernel.packs import open_pack
from tests.domains.administration.cases import building

pytestmark = pytest.mark.django_db


@pytest.fixture
def arao() -> None:
    building.publish()


def test_an_empty_city_has_nothing() -> None:
    assert queries.published() == ()
    assert searching.search("犬") == []
    assert queries.life_events() == ()
    kinds = queries.online_kinds()
    assert (kinds.numerator, kinds.denominator) == (0, 0)


def test_unknown_slugs_and_versions_are_not_found(arao: None) -> None:
    with pytest.raises(NotFound):
        queries.get_published("leaf-bags")
    with pytest.raises(NotFound):
        queries.compiled_version(new_id())


def test_a_life_event_leads_to_its_procedures(arao: None) -> None:
    assert "child-allowance-claim" in [p.slug for p in queries.by_life_event("birth")]
    assert queries.by_life_event("nothing-such") == ()
    assert "birth" in [event.code for event in queries.life_events()]


def test_a_measure_of_the_plan_knows_what_serves_it(arao: None) -> None:
    assert len(queries.by_measure("admin-1")) >= 7


def test_k1_counts_a_fee_at_the_counter_as_partly_online(arao: None) -> None:
    kinds = queries.online_kinds()
    assert kinds.denominator == len(queries.published())
    assert (
        kinds.numerator == len(kinds.full) == kinds.denominator - len(kinds.partial) - len(kinds.not_online)
    )
    for slug in kinds.full:
        fee = queries.get_published(slug).definition.fee
        assert not fee.amount or fee.method != "counter"
    assert {"dog-registration", "resident-record-copy"} <= set(kinds.partial)


def test_search_over_the_database_answers_as_over_the_pack(arao: None) -> None:
    from dokodemo.administration.procedures.searching import index_of_pack

    index = index_of_pack(open_pack("arao"))
    for words in ("子どもが生まれた", "犬を飼い始めた", "住民票がほしい", "ラーメン"):
        assert searching.search(words) == index.find(words)


def test_a_search_costs_two_small_queries_once_the_index_is_built(arao: None) -> None:
    searching.search("犬")
    with CaptureQueriesContext(
        connection,
    ) as captured:
        searching.search("介護")
    assert len(captured) == 2


def test_a_new_publication_is_seen_by_the_next_search(arao: None) -> None:
    assert "leaf-bags" not in [hit.slug for hit in searching.search("落ち葉の袋がほしい")]
    actions.publish(open_pack("mihon"), demo=True)
    assert searching.search("落ち葉の袋がほしい")[0].slug == "leaf-bags"


def test_a_published_procedure_is_read_without_compiling_again(arao: None) -> None:
    assert queries.get_published("dog-registration") is queries.get_published("dog-registration")


def test_evidence_is_the_last_page_and_asks_for_files(arao: None) -> None:
    procedure = queries.get_published("child-allowance-claim")
    last = procedure.pages[-1]
    assert last.group is None
    assert {str(question.term.type) for question in last.questions} == {"file"}
    assert last.title.ja == "添付書類"


def test_every_version_of_a_procedure_is_listed_oldest_first(arao: None) -> None:
    actions.publish(open_pack("mihon"), demo=True)
    assert [p.number for p in queries.versions_of("dog-registration")] == [1, 2]
