"""Publishing: one transaction, one event for each change, versions that never change."""

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction

from dokodemo.administration.eligibility.queries import assess
from dokodemo.administration.procedures import actions, events, office, queries
from dokodemo.administration.procedures.checking import Findings, check_procedures
from dokodemo.administration.procedures.models import CurrentVersion, ProcedureVersion
from dokodemo.kernel.access import NotFound
from dokodemo.kernel.events import of_object
from dokodemo.kernel.packs import Pack, PackError, open_pack
from tests.domains.administration.cases import building

pytestmark = pytest.mark.django_db

GRANT = "procedures/tree-grant/procedure.yaml"
TALL = {"applicant.resident_here": True, "tree": [{"height": 120}, {"height": 100}]}
DAY = date(2026, 11, 23)


@pytest.fixture
def edited(tmp_path: Path, project: Path) -> Callable[..., Pack]:
    """Opens a copy of the small pack after replacing text in its files: (file, old, new)."""
    folder = tmp_path / "packs" / "small"
    shutil.copytree(project / "tests" / "packs" / "small", folder)

    def edit(*edits: tuple[str, str, str]) -> Pack:
        for name, old, new in edits:
            text = (folder / name).read_text("utf-8")
            assert text.count(old) == 1
            (folder / name).write_text(text.replace(old, new), "utf-8")
        return open_pack("small", roots=[folder.parent])

    return edit


def verbs(slug: str) -> list[str]:
    return [event.verb for event in of_object("procedure", slug)]


def test_the_first_publication_makes_version_one_of_everything(edited: Callable[..., Pack]) -> None:
    done = actions.publish(edited(), demo=True)
    assert done.published == ["tree-grant", "tree-report"]
    procedure = queries.get_published("tree-grant")
    assert procedure.number == 1
    assert procedure.definition.title.ja == "植樹の補助"
    assert verbs("tree-grant") == [events.PUBLISHED]


def test_publishing_again_makes_no_version_and_no_event(edited: Callable[..., Pack]) -> None:
    actions.publish(edited(), demo=True)
    before = queries.get_published("tree-grant").version_id
    done = actions.publish(edited(), demo=True)
    assert (done.published, done.unchanged, done.retired) == ([], ["tree-grant", "tree-report"], [])
    assert queries.get_published("tree-grant").version_id == before
    assert verbs("tree-grant") == [events.PUBLISHED]


def test_files_that_did_not_change_are_not_proved_again(
    edited: Callable[..., Pack], monkeypatch: pytest.MonkeyPatch
) -> None:
    proved: list[str] = []

    def check(pack: Pack) -> Findings:
        proved.append(pack.name)
        return check_procedures(pack)

    monkeypatch.setattr(office, "check_procedures", check)
    actions.publish(edited(), demo=True)
    actions.publish(edited(), demo=True)
    assert len(proved) == 1
    # One more space anywhere, and the files are read again; so they are for a city that is no demonstration.
    actions.publish(edited((GRANT, "minutes: 5", "minutes:  5")), demo=True)
    assert len(proved) == 2
    with pytest.raises(PackError):
        actions.publish(edited(), demo=False)


def test_only_the_changed_procedure_gets_a_new_version(edited: Callable[..., Pack]) -> None:
    actions.publish(edited(), demo=True)
    done = actions.publish(edited((GRANT, "minutes: 5", "minutes: 6")), demo=True)
    assert done.published == ["tree-grant"]
    assert queries.get_published("tree-grant").number == 2
    assert queries.get_published("tree-report").number == 1


def test_a_new_term_elsewhere_makes_no_new_version(edited: Callable[..., Pack]) -> None:
    actions.publish(edited(), demo=True)
    term = """  - name: tree.age
    gif: null
    own: not a field of the core models
    type: integer
    label: {ja: 樹齢, easy: 木《き》の 年《とし》, en: Age}
    confidentiality: "1"
    purpose: eligibility
  - name: tall_trees
"""
    other = term.replace("tree.age", "applicant.age")
    done = actions.publish(edited(("vocabulary/terms.yaml", "  - name: tall_trees\n", other)), demo=True)
    assert done.published == []


def test_a_changed_letter_or_parameter_makes_a_new_version(edited: Callable[..., Pack]) -> None:
    actions.publish(edited(), demo=True)
    letter = ("letters/_letter.typ", "[小さな市]", "[小さな市役所]")
    assert actions.publish(edited(letter), demo=True).published == ["tree-grant", "tree-report"]
    amount = (
        "parameters/grants.yaml",
        '- {from: "2026-04-01", value: 1500}',
        '- {from: "2026-04-02", value: 1500}',
    )
    assert actions.publish(edited(amount), demo=True).published == ["tree-grant"]


def test_going_back_puts_the_old_version_in_force_again(edited: Callable[..., Pack]) -> None:
    actions.publish(edited(), demo=True)
    first = queries.get_published("tree-grant").version_id
    actions.publish(edited((GRANT, "minutes: 5", "minutes: 6")), demo=True)
    actions.publish(edited((GRANT, "minutes: 6", "minutes: 5")), demo=True)
    assert queries.get_published("tree-grant").version_id == first
    assert ProcedureVersion.objects.filter(procedure__slug="tree-grant").count() == 2
    assert verbs("tree-grant") == [events.PUBLISHED] * 3


def test_a_pinned_version_answers_as_it_did_when_rules_and_amounts_have_changed(
    edited: Callable[..., Pack],
) -> None:
    actions.publish(edited(), demo=True)
    pinned = queries.get_published("tree-grant").version_id
    assert pinned is not None
    actions.publish(
        edited(
            ("vocabulary/terms.yaml", "tree.height >= 100", "tree.height >= 110"),
            ("parameters/grants.yaml", "value: 1500", "value: 2000"),
            ("procedures/tree-grant/examples.yaml", "amounts: {grant: 3000}", "amounts: {grant: 2000}"),
        ),
        demo=True,
    )
    queries.compiled_version.cache_clear()
    old = assess(pinned, TALL, DAY)
    new = assess(queries.get_published("tree-grant"), TALL, DAY)
    assert [amount.value for amount in old.amounts] == [3000]
    assert [amount.value for amount in new.amounts] == [2000]
    assert old.version == 1
    assert new.version == 2
    assert "許可しません" in queries.compiled_version(pinned).letters["letters/refusal.typ"]


def test_a_procedure_that_the_pack_no_longer_has_is_retired_and_its_versions_stay(
    edited: Callable[..., Pack], tmp_path: Path
) -> None:
    actions.publish(edited(), demo=True)
    version = queries.get_published("tree-report").version_id
    assert version is not None
    shutil.rmtree(tmp_path / "packs" / "small" / "procedures" / "tree-report")
    done = actions.publish(edited(), demo=True)
    assert done.retired == ["tree-report"]
    assert [procedure.slug for procedure in queries.published()] == ["tree-grant"]
    with pytest.raises(NotFound):
        queries.get_published("tree-report")
    assert queries.compiled_version(version).slug == "tree-report"
    assert verbs("tree-report") == [events.PUBLISHED, events.RETIRED]


def test_a_retired_procedure_comes_back_with_its_version(edited: Callable[..., Pack]) -> None:
    actions.publish(edited(), demo=True)
    CurrentVersion.objects.filter(procedure__slug="tree-report").update(retired_at="2026-01-01T00:00:00Z")
    assert actions.publish(edited(), demo=True).published == ["tree-report"]
    assert queries.get_published("tree-report").number == 1


def test_an_example_that_fails_stops_the_whole_publication(edited: Callable[..., Pack]) -> None:
    wrong = ("procedures/tree-grant/examples.yaml", "amounts: {grant: 3000}", "amounts: {grant: 4500}")
    with pytest.raises(PackError) as caught:
        actions.publish(edited(wrong), demo=True)
    assert "3000 yen" in str(caught.value)
    assert queries.published() == ()


def test_unconfirmed_law_is_not_published_outside_the_demo(edited: Callable[..., Pack]) -> None:
    with pytest.raises(PackError) as caught:
        actions.publish(edited(), demo=False)
    assert [problem.file.rpartition("small/")[2] for problem in caught.value.problems] == [GRANT]
    confirmed = (GRANT, "confirmed: {by: null, on: null}", "confirmed: {by: 緑化担当, on: 2026-04-01}")
    assert actions.publish(edited(confirmed), demo=False).published == ["tree-grant", "tree-report"]


def test_a_failure_half_way_leaves_nothing_behind(
    edited: Callable[..., Pack], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("power cut")

    monkeypatch.setattr(actions, "_remember", fail)
    with pytest.raises(RuntimeError), transaction.atomic():
        actions.publish(edited(), demo=True)
    assert not ProcedureVersion.objects.exists()
    assert verbs("tree-grant") == []


def test_progress_is_told_for_every_procedure(edited: Callable[..., Pack]) -> None:
    told: list[tuple[int, int]] = []
    actions.publish(edited(), demo=True, progress=lambda done, total: told.append((done, total)))
    assert told == [(1, 2), (2, 2)]


@pytest.mark.parametrize("column", ["definition", "letters", "digest", "number"])
def test_the_database_refuses_to_change_a_version(edited: Callable[..., Pack], column: str) -> None:
    actions.publish(edited(), demo=True)
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"UPDATE procedures_procedureversion SET {column} = {column}")


def test_the_database_refuses_to_remove_a_version(edited: Callable[..., Pack]) -> None:
    actions.publish(edited(), demo=True)
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("DELETE FROM procedures_procedureversion")


@pytest.mark.parametrize("pack", ["arao", "mihon"])
def test_a_shipped_city_is_published_whole(pack: str) -> None:
    done = actions.publish(open_pack(pack), demo=True)
    assert len(done.published) >= 7
    for procedure in queries.published():
        assert procedure.pages
        assert len(procedure.rules) == len(procedure.definition.eligible)


def test_another_city_takes_over_with_its_own_procedures() -> None:
    building.publish("arao")
    arao = {procedure.slug: procedure.definition for procedure in queries.published()}
    done = actions.publish(open_pack("mihon"), demo=True)
    mihon = {procedure.slug: procedure.definition for procedure in queries.published()}
    assert "leaf-bags" in done.published
    assert mihon["dog-registration"].unit != arao["dog-registration"].unit
    assert mihon["dog-registration"].fee.amount != arao["dog-registration"].fee.amount
