"""Taking a survey in: all or nothing, again without effect, what sections said stays, what vanished is marked."""

from __future__ import annotations

from pathlib import Path
from time import perf_counter

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError
from inventory_city import MACHINE, clerk_of, give, headquarters, take_in, take_in_file
from surveys import r6, r7, row

from dokodemo.administration.inventory import queries
from dokodemo.administration.inventory.actions import confirm, import_survey
from dokodemo.administration.inventory.coding import Coder
from dokodemo.administration.inventory.definitions import OnlineState, Performed, load_codes
from dokodemo.administration.inventory.logic import Answer
from dokodemo.administration.inventory.models import InventoryRow, SurveyImport
from dokodemo.kernel import events
from dokodemo.kernel.access import Forbidden, Role
from dokodemo.kernel.packs import open_pack
from dokodemo.kernel.tables import TableRefused
from tests.domains.city.city_builders import staff


def numbers_of(report: object) -> list[int]:
    return [getattr(report, name) for name in ("rows", "created", "changed", "unchanged", "gone")]


def test_a_survey_comes_in_and_is_one_event() -> None:
    report = take_in(row("101"), row("102", 申請を提出する機関=""), row("103", 申請を提出する機関="警察署"))
    assert numbers_of(report) == [2, 2, 0, 0, 0]
    assert (report.office_blank, report.elsewhere) == (1, 1)
    imported = queries.imported()
    assert imported is not None
    assert (imported.edition, imported.as_of.isoformat()) == ("R6", "2024-03-31")
    happened = events.of_object("inventory_import", str(imported.pk))
    assert [event.verb for event in happened] == ["inventory.imported"]


def test_the_same_survey_again_changes_no_row() -> None:
    take_in(row("101"), row("102"))
    before = list(InventoryRow.objects.order_by("number").values())
    assert numbers_of(take_in(row("102"), row("101"))) == [2, 0, 0, 2, 0]
    assert list(InventoryRow.objects.order_by("number").values()) == before


def test_the_next_edition_updates_rows_and_keeps_what_sections_said() -> None:
    take_in(row("101"), row("102"))
    give("health", "101")
    answer = Answer(Performed.PERFORMED, OnlineState.NOT_YET, yearly=12)
    confirm(actor=clerk_of("health"), number="101", answer=answer, revision=0)
    report = take_in_file(r7(row("101", 手続名="新しい名前"), row("103")))
    assert (report.edition, numbers_of(report)) == ("R7", [2, 1, 1, 0, 1])
    standing, survey = queries.get(clerk_of("health"), "101")
    assert (standing.name, survey.edition) == ("新しい名前", "R7")
    assert (standing.answer, standing.revision, standing.section) == (answer, 1, "health")


def test_a_row_that_vanished_is_marked_counts_no_more_and_may_come_back() -> None:
    take_in(row("101"), row("102"))
    take_in(row("101"))
    assert InventoryRow.objects.get(number="102").gone_at is not None
    assert "102" not in {kind.key for kind in queries.kinds()}
    assert queries.listed(headquarters(), queries.Filters(state="gone")).standings[0].number == "102"
    assert numbers_of(take_in(row("101"), row("102"))) == [2, 0, 1, 1, 0]
    assert InventoryRow.objects.get(number="102").gone_at is None


def test_a_broken_file_changes_nothing() -> None:
    take_in(row("101"))
    before = list(InventoryRow.objects.values())
    with pytest.raises(TableRefused):
        take_in(row("101", 手続名="別の名前"), row("102", 総手続件数="?"))
    assert list(InventoryRow.objects.values()) == before
    assert SurveyImport.objects.count() == 1


def test_only_the_machine_and_an_administrator_take_surveys_in() -> None:
    coder = Coder(load_codes(open_pack("arao")))
    for actor in (headquarters(), clerk_of("health")):
        with pytest.raises(Forbidden):
            import_survey(actor=actor, data=r6(row("101")), coder=coder)
    import_survey(actor=staff(("policy", Role.ADMINISTRATOR)), data=r6(row("101")), coder=coder)
    assert InventoryRow.objects.count() == 1


@pytest.mark.parametrize("table", ["surveyimport", "confirmation", "assignment"])
def test_the_database_itself_keeps_the_history(table: str) -> None:
    take_in(row("101"))
    give("health", "101")
    confirm(actor=clerk_of("health"), number="101", answer=Answer(Performed.NOT_PERFORMED), revision=0)
    for statement in (f"DELETE FROM inventory_{table}", f"UPDATE inventory_{table} SET id = id"):
        with (
            pytest.raises(DatabaseError, match="append-only"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)


def test_progress_is_told_for_both_stages() -> None:
    told: list[str] = []
    coder = Coder(load_codes(open_pack("arao")))
    import_survey(
        actor=MACHINE,
        data=r6(row("101")),
        coder=coder,
        progress=lambda stage, done, total: told.append(stage),
    )
    assert {"check", "write"} == set(told)


def test_the_real_survey_comes_in_within_seconds_and_again_without_effect(shared: Path) -> None:
    data = (shared / "data" / "procedures_localgov.csv").read_bytes()
    began = perf_counter()
    assert numbers_of(take_in_file(data)) == [2599, 2599, 0, 0, 0]
    assert perf_counter() - began < 60  # ten seconds on a quiet machine
    assert numbers_of(take_in_file(data)) == [2599, 0, 0, 2599, 0]
    found = queries.listed(headquarters(), queries.Filters(search="住民票 交付"))
    assert found.standings[0].number == "9108"
    assert found.standings[0].estimate == 49762
