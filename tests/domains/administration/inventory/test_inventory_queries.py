"""Lists, filters, what counts and what is missing."""

from __future__ import annotations

import pytest
from inventory_city import clerk_of, give, headquarters, take_in
from surveys import row

from dokodemo.administration.inventory import queries
from dokodemo.administration.inventory.actions import confirm
from dokodemo.administration.inventory.definitions import OnlineState, Performed
from dokodemo.administration.inventory.logic import Answer, kinds_online
from dokodemo.administration.inventory.queries import PAGE, Filters
from dokodemo.administration.procedures import queries as procedures
from dokodemo.kernel.access import NotFound, Role
from tests.domains.city.city_builders import staff

NOT_YET = Answer(Performed.PERFORMED, OnlineState.NOT_YET)


def numbers(filters: Filters) -> list[str]:
    return [one.number for one in queries.listed(headquarters(), filters).standings]


def say(number: str, answer: Answer) -> None:
    give("health", number)
    confirm(actor=clerk_of("health"), number=number, answer=answer, revision=0)


@pytest.fixture
def rows() -> None:
    """Five rows: one of each state but gone, and the dog that a definition answers for (partial)."""
    care = {"手続が行われるイベント(個人)": "介護"}
    take_in(
        row("101", 総手続件数="10"),
        row("102", 総手続件数="5000", **care),
        row("103", 総手続件数=""),
        row("104", 総手続件数="0"),
        row("48899", 手続名="犬の登録の申請", 総手続件数="300000", 申請を提出する機関=""),
    )
    say("101", Answer(Performed.NOT_PERFORMED))
    say("102", NOT_YET)
    say("103", Answer(Performed.PERFORMED, OnlineState.FULL))


def test_the_most_frequent_come_first_and_unreported_ones_last(rows: None) -> None:
    assert numbers(Filters()) == ["48899", "102", "101", "103", "104"]


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        (Filters(state="unknown"), ["104"]),
        (Filters(state="full"), ["103"]),
        (Filters(state="partial"), ["48899"]),
        (Filters(state="not_yet"), ["102"]),
        (Filters(state="not_performed"), ["101"]),
        (Filters(state="excluded"), []),
        (Filters(section="health"), ["102", "101", "103"]),
        (Filters(section="environment"), ["48899"]),
        (Filters(section="-"), ["104"]),
        (Filters(event="elderly_care"), ["102"]),
        (Filters(event="moving_in", state="full"), ["103"]),
        (Filters(without_definition=True), ["102", "101", "103", "104"]),
        (Filters(office_blank=True), ["48899"]),
        (Filters(search="犬　登録"), ["48899"]),
        (Filters(search="ＤＰ"), []),
        (Filters(search="１０２"), ["102"]),
    ],
)
def test_every_filter_finds_its_rows(rows: None, filters: Filters, found: list[str]) -> None:
    assert numbers(filters) == found


def test_the_counts_of_a_choice_do_not_depend_on_the_state_that_is_shown(rows: None) -> None:
    counts = queries.listed(headquarters(), Filters(state="full")).counts
    assert {state: n for state, n in counts.items() if n} == {
        "unknown": 1,
        "full": 1,
        "partial": 1,
        "not_yet": 1,
        "not_performed": 1,
    }


def test_a_section_sees_its_own_rows_only_and_others_see_none(rows: None) -> None:
    mine = queries.listed(clerk_of("health"), Filters()).standings
    assert {one.number for one in mine} == {"101", "102", "103"}
    with pytest.raises(NotFound):
        queries.listed(staff(("health", Role.HEAD_OF_SECTION)), Filters())
    with pytest.raises(NotFound):
        queries.get(clerk_of("childcare"), "101")


def test_long_lists_come_in_pages() -> None:
    take_in(*(row(str(number)) for number in range(1000, 1000 + PAGE + 3)))
    first, second = (queries.listed(headquarters(), Filters(), page=page) for page in (1, 2))
    assert (len(first.standings), len(second.standings)) == (PAGE, 3)
    assert first.page.paginator.count == PAGE + 3


def test_an_estimate_is_scaled_from_the_nation_until_the_section_has_counted(rows: None) -> None:
    standing = queries.get(headquarters(), "102")[0]
    assert (standing.estimate, standing.volume) == (2, 2)
    confirm(
        actor=clerk_of("health"),
        number="102",
        answer=Answer(Performed.PERFORMED, OnlineState.NOT_YET, yearly=40),
        revision=1,
    )
    standing = queries.get(headquarters(), "102")[0]
    assert (standing.estimate, standing.volume) == (None, 40)


def test_without_a_survey_the_kinds_are_the_published_procedures() -> None:
    count, published = kinds_online(queries.kinds()), procedures.online_kinds()
    assert (count.numerator, count.denominator) == (published.numerator, published.denominator)
    assert queries.imported() is None


def test_with_a_survey_each_row_counts_and_so_does_each_procedure_without_a_row(rows: None) -> None:
    without = len(procedures.published()) - 1  # the dog stands for its row
    count = kinds_online(queries.kinds())
    assert len(queries.kinds()) == 5 + without
    assert count.beside["unknown"] == 1
    assert count.denominator == procedures.online_kinds().denominator - 1 + 3


def test_what_is_missing_is_listed_by_volume_or_by_section(rows: None) -> None:
    found = queries.missing()
    assert [one.key for one in found][:2] == ["48899", "102"]
    assert (found[0].slug, found[0].lacks, found[0].estimated) == (
        "dog-registration",
        ("payment", "collection"),
        True,
    )
    assert {one.online for one in found} <= {OnlineState.PARTIAL, OnlineState.NOT_YET, OnlineState.EXCLUDED}
    sections = [one.section for one in queries.missing(by="section")]
    assert sections == sorted(sections)


def test_the_next_row_to_confirm_is_the_most_frequent_unknown_one(rows: None) -> None:
    take_in(row("101"), row("102"), row("103"), row("104"), row("105", 総手続件数="77"), row("48899"))
    assert queries.next_unknown(headquarters(), Filters(), after="104") == "105"
    assert queries.next_unknown(clerk_of("health"), Filters(), after="101") is None
    say("105", Answer(Performed.UNKNOWN))
    assert queries.next_unknown(headquarters(), Filters(), after="103") == "104"


def test_a_row_is_read_for_drafting_with_the_section_it_was_given_to(rows: None) -> None:
    survey, section = queries.survey_row("102")
    assert (survey.number, section) == ("102", "health")
