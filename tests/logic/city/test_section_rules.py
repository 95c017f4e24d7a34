"""Periods and reorganisations, without a database (組織の規則)."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from dokodemo.city.organisation.logic import SectionRow, periods_overlap, section_changes

DAYS = st.dates(date(2020, 1, 1), date(2020, 2, 10))
PERIODS = st.tuples(DAYS, st.none() | DAYS).filter(lambda p: p[1] is None or p[1] >= p[0])
ROWS = st.lists(
    st.builds(
        lambda code, start, word: SectionRow(code, start, None, {"name": word}),
        st.sampled_from("abc"),
        DAYS,
        st.sampled_from(["x", "y"]),
    ),
    max_size=4,
    unique_by=lambda row: row.code,
)


@given(PERIODS, PERIODS)
def test_periods_overlap_when_they_share_a_day(
    one: tuple[date, date | None], two: tuple[date, date | None]
) -> None:
    def days(period: tuple[date, date | None]) -> set[date]:
        end = period[1] or date(2021, 1, 1)
        return {period[0] + timedelta(days=n) for n in range((end - period[0]).days + 1)}

    assert periods_overlap(one, two) == bool(days(one) & days(two))
    assert periods_overlap(one, two) == periods_overlap(two, one)


@given(st.lists(ROWS, min_size=1, max_size=4), DAYS)
def test_whatever_is_loaded_in_turn_each_code_is_open_once_and_loading_again_changes_nothing(
    files: list[list[SectionRow]], today: date
) -> None:
    table: dict[tuple[str, date], SectionRow] = {}
    for file in files:
        changes = section_changes(stored=table.values(), wanted=file, today=today)
        for row, last in changes.closed:
            table[row.code, row.valid_from] = SectionRow(row.code, row.valid_from, last, row.content)
        for row in (*changes.changed, *changes.opened):
            table[row.code, row.valid_from] = row
        still_open = [row.code for row in table.values() if row.valid_to is None]
        assert sorted(still_open) == sorted(row.code for row in file)
        assert all(row.valid_to is None or row.valid_to >= row.valid_from for row in table.values())
        assert not section_changes(stored=table.values(), wanted=file, today=today)
