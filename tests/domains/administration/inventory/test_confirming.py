"""Confirming and assigning rows: whose word counts, what is kept, and nothing done by half."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from inventory_city import clerk_of, give, headquarters, take_in
from surveys import row

from dokodemo.administration.inventory import queries, sheet
from dokodemo.administration.inventory.actions import (
    BadAnswer,
    FileReport,
    Stale,
    assign,
    confirm,
    confirm_file,
    confirm_many,
)
from dokodemo.administration.inventory.definitions import OnlineState, Performed
from dokodemo.administration.inventory.logic import Answer
from dokodemo.administration.inventory.models import Assignment, Confirmation, InventoryRow
from dokodemo.kernel.access import ANONYMOUS, Actor, Forbidden, NotFound, Role
from dokodemo.kernel.events.models import Event
from dokodemo.kernel.tables import TableRefused
from tests.domains.city.city_builders import signed_in, staff

NOT_PERFORMED = Answer(Performed.NOT_PERFORMED)
NOT_YET = Answer(Performed.PERFORMED, OnlineState.NOT_YET)


@pytest.fixture(autouse=True)
def _survey() -> None:
    """Rows 101 and 102 of the health section, 103 of nobody, and the dog that a published procedure names."""
    take_in(row("101"), row("102"), row("103"), row("48899", 手続名="犬の登録の申請"))
    give("health", "101", "102")


def events_of(verb: str) -> list[Event]:
    return list(Event.objects.filter(verb=verb))


def test_a_section_confirms_its_row_in_one_event_and_the_history_keeps_both_words() -> None:
    clerk = clerk_of("health")
    confirm(actor=clerk, number="101", answer=NOT_PERFORMED, revision=0)
    confirm(actor=clerk, number="101", answer=NOT_YET, revision=1)
    said = [one.what for one in queries.history(clerk, "101") if one.what is not None]
    assert [(one.revision, one.performed, one.online) for one in said] == [
        (2, "performed", "not_yet"),
        (1, "not_performed", ""),
    ]
    assert {one.by for one in said} == {clerk.account_id}
    assert [event.object_id for event in events_of("inventory.confirmed")] == ["101", "101"]


def test_saying_the_same_again_makes_no_history() -> None:
    clerk = clerk_of("health")
    confirm(actor=clerk, number="101", answer=NOT_YET, revision=0)
    confirm(actor=clerk, number="101", answer=NOT_YET, revision=1)
    assert Confirmation.objects.count() == 1


@pytest.mark.parametrize(
    ("who", "refusal"),
    [
        (lambda: clerk_of("childcare"), NotFound),
        (lambda: staff(("health", Role.HEAD_OF_SECTION)), NotFound),
        (headquarters, Forbidden),
        (lambda: staff(("policy", Role.CIO)), Forbidden),
        (lambda: ANONYMOUS, NotFound),
        (lambda: signed_in(None), NotFound),
    ],
)
def test_nobody_else_confirms_a_row(who: Callable[[], Actor], refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        confirm(actor=who(), number="101", answer=NOT_PERFORMED, revision=0)
    assert not Confirmation.objects.exists()


def test_the_digital_officer_of_the_section_confirms_too() -> None:
    officer = staff(("health", Role.DIGITAL_OFFICER))
    confirm(actor=officer, number="101", answer=NOT_PERFORMED, revision=0)
    assert Confirmation.objects.get().by == officer.account_id


def test_a_word_over_somebody_elses_newer_word_is_refused() -> None:
    confirm(actor=clerk_of("health"), number="101", answer=NOT_PERFORMED, revision=0)
    with pytest.raises(Stale):
        confirm(actor=clerk_of("health"), number="101", answer=NOT_YET, revision=0)
    assert InventoryRow.objects.get(number="101").performed == "not_performed"


def test_an_answer_that_does_not_fit_together_changes_nothing() -> None:
    with pytest.raises(BadAnswer) as refused:
        confirm(actor=clerk_of("health"), number="101", answer=Answer(Performed.PERFORMED), revision=0)
    assert refused.value.faults == [("online", "inventory.fault.online_missing")]
    assert not Confirmation.objects.exists()


def test_a_published_procedure_answers_for_its_row_and_nobody_confirms_twice() -> None:
    clerk = clerk_of("environment")
    standing, _ = queries.get(clerk, "48899")
    assert (standing.said_by, standing.definitions) == ("definition", ("dog-registration",))
    assert (standing.performed, standing.online) == (Performed.PERFORMED, OnlineState.PARTIAL)
    assert standing.section == "environment"
    with pytest.raises(BadAnswer):
        confirm(actor=clerk, number="48899", answer=NOT_YET, revision=0)
    confirm(actor=clerk, number="48899", answer=Answer(via_mynaportal=False, yearly=300), revision=0)
    standing, _ = queries.get(clerk, "48899")
    assert (standing.online, standing.answer.yearly) == (OnlineState.PARTIAL, 300)


def test_many_rows_are_confirmed_in_one_act_and_linked_ones_are_left() -> None:
    give("health", "48899")
    done = confirm_many(actor=clerk_of("health"), numbers=["101", "102", "48899"], answer=NOT_PERFORMED)
    assert done == (2, 1)
    (event,) = events_of("inventory.confirmed")
    assert (event.object_type, event.numbers) == ("inventory_act", {"rows": 2})
    assert {one.act for one in Confirmation.objects.all()} == {Confirmation.objects.all()[0].act}


def test_one_row_of_another_section_among_many_refuses_all() -> None:
    with pytest.raises(NotFound):
        confirm_many(actor=clerk_of("health"), numbers=["101", "103"], answer=NOT_PERFORMED)
    assert not Confirmation.objects.exists()


def test_headquarters_alone_gives_rows_to_sections() -> None:
    assert assign(actor=headquarters(), numbers=["102", "103"], section="childcare") == 2
    assert assign(actor=headquarters(), numbers=["102", "103"], section="childcare") == 0
    assert {row.section for row in InventoryRow.objects.filter(number__in=["102", "103"])} == {"childcare"}
    with pytest.raises(NotFound):
        queries.get(clerk_of("health"), "102")
    with pytest.raises(Forbidden):
        assign(actor=clerk_of("health"), numbers=["101"], section="childcare")
    with pytest.raises(BadAnswer):
        assign(actor=headquarters(), numbers=["101"], section="nowhere")


def test_who_confirmed_stays_when_a_row_changes_hands() -> None:
    confirm(actor=clerk_of("health"), number="101", answer=NOT_YET, revision=0)
    give("childcare", "101")
    said = queries.history(clerk_of("childcare"), "101")
    assert [(one.section, one.what is not None) for one in said] == [
        ("childcare", False),
        ("health", True),
        ("health", False),
    ]


# The table


def downloaded(actor: Actor, **changes: dict[str, str]) -> bytes:
    """The table as downloaded, with some cells of some rows changed."""
    text = sheet.write(queries.everything(actor, queries.Filters())).decode("utf-8-sig")
    lines = [line.split(",") for line in text.splitlines()]
    for cells in lines[1:]:
        for column, value in changes.get(f"n{cells[0]}", {}).items():
            cells[lines[0].index(column)] = value
    return ("\ufeff" + "\r\n".join(",".join(cells) for cells in lines) + "\r\n").encode()


def test_a_downloaded_table_taken_in_again_changes_nothing() -> None:
    clerk = clerk_of("health")
    confirm(
        actor=clerk,
        number="101",
        answer=Answer(
            Performed.PERFORMED, OnlineState.PARTIAL, lacks=("payment", "counter"), missing="=窓口で払う"
        ),
        revision=0,
    )
    assert confirm_file(actor=clerk, data=downloaded(clerk)) == FileReport(0, 0, 2)
    assert Confirmation.objects.count() == 1


def test_a_formula_in_a_text_never_reaches_a_spreadsheet() -> None:
    clerk = clerk_of("health")
    answer = Answer(Performed.PERFORMED, OnlineState.EXCLUDED, reason="=HYPERLINK(1)")
    confirm(actor=clerk, number="101", answer=answer, revision=0)
    assert b",'=HYPERLINK(1)," in downloaded(clerk)


def test_a_filled_table_is_one_act() -> None:
    clerk = clerk_of("health")
    data = downloaded(
        clerk,
        n101={"実施の有無": "実施", "オンライン化": "全部", "年間件数": "120", "うちオンライン": "20"},
        n102={"実施の有無": "未実施"},
    )
    assert confirm_file(actor=clerk, data=data) == FileReport(2, 0, 0)
    assert queries.get(clerk, "101")[0].answer == Answer(
        Performed.PERFORMED, OnlineState.FULL, yearly=120, yearly_online=20
    )
    (event,) = events_of("inventory.confirmed")
    assert (event.refs["channel"], event.numbers) == ("file", {"rows": 2})


def test_a_table_with_wrong_lines_changes_nothing_and_names_each() -> None:
    clerk = clerk_of("health")
    data = downloaded(clerk, n101={"実施の有無": "実施", "オンライン化": "全部"}, n102={"実施の有無": "実施"})
    data += downloaded(headquarters(), n103={"実施の有無": "未実施"}).splitlines(keepends=True)[3]
    with pytest.raises(TableRefused) as refused:
        confirm_file(actor=clerk, data=data)
    told = {(problem.column, problem.message) for problem in refused.value.problems}
    assert ("オンライン化", "inventory.fault.online_missing") in told
    assert ("手続ID", "inventory.sheet.not_yours") in told
    assert not Confirmation.objects.exists()


def test_an_old_table_never_overwrites_a_newer_word() -> None:
    clerk = clerk_of("health")
    old = downloaded(clerk, n101={"実施の有無": "未実施"})
    confirm(actor=clerk, number="101", answer=NOT_YET, revision=0)
    with pytest.raises(TableRefused) as refused:
        confirm_file(actor=clerk, data=old)
    assert refused.value.problems[0].message == "inventory.fault.stale"


def test_headquarters_assigns_by_table_and_a_section_does_not() -> None:
    chief = headquarters()
    assert confirm_file(actor=chief, data=downloaded(chief, n103={"担当課": "childcare"})).assigned == 1
    assert InventoryRow.objects.get(number="103").section == "childcare"
    clerk = clerk_of("health")
    with pytest.raises(TableRefused) as refused:
        confirm_file(actor=clerk, data=downloaded(clerk, n101={"担当課": "childcare"}))
    assert refused.value.problems[0].message == "inventory.sheet.section_fixed"
    assert Assignment.objects.filter(row__number="101").count() == 1
