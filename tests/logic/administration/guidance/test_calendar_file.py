"""The calendar file is iCalendar: folded between characters at 75 octets, escaped, whole days, names that stay."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dokodemo.administration.guidance.calendar_file import MOST_OCTETS, Entry, calendar_file, folded

AT = datetime(2026, 11, 23, 0, 30, tzinfo=UTC)
ENTRY = Entry(
    key="birth child-allowance-claim 2026-11-25",
    day=date(2026, 12, 31),
    summary="期限：児童手当の認定請求（子どもが生まれた日の翌日から15日以内に、忘れずに）",
    description="児童手当法 第7条第1項; 第8条, 改行\nのあと\\",
    url="https://example.jp/procedures/child-allowance-claim/",
)


def written(*entries: Entry) -> str:
    return calendar_file(entries, name="子どもが生まれたとき", host="example.jp", at=AT, remind="あと7日です")


def unfolded(text: str) -> list[str]:
    return text.replace("\r\n ", "").split("\r\n")


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=300))
def test_a_folded_line_is_short_whole_and_reads_the_same(text: str) -> None:
    lines = folded(f"SUMMARY:{text}").split("\r\n")
    assert all(len(line.encode()) <= MOST_OCTETS for line in lines)
    assert all(line.startswith(" ") for line in lines[1:])
    assert lines[0] + "".join(line[1:] for line in lines[1:]) == f"SUMMARY:{text}"


def test_a_deadline_is_a_whole_day_with_a_reminder_a_week_before() -> None:
    lines = unfolded(written(ENTRY))
    for line in (
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "DTSTAMP:20261123T003000Z",
        "DTSTART;VALUE=DATE:20261231",
        "DTEND;VALUE=DATE:20270101",
        "TRIGGER:-P7D",
        f"SUMMARY:{ENTRY.summary}",
        "DESCRIPTION:児童手当法 第7条第1項\\; 第8条\\, 改行\\nのあと\\\\",
    ):
        assert line in lines
    assert lines.count("BEGIN:VEVENT") == lines.count("END:VEVENT") == 1
    assert lines[-2:] == ["END:VCALENDAR", ""]


def test_the_same_deadline_has_the_same_name_and_another_has_another() -> None:
    def names(*entries: Entry) -> list[str]:
        return [line for line in unfolded(written(*entries)) if line.startswith("UID:")]

    other = Entry("other", ENTRY.day, "a", "b", ENTRY.url)
    assert names(ENTRY) == names(ENTRY)
    assert len(set(names(ENTRY, other))) == 2


@pytest.mark.parametrize("break_", ["\n", "\r\n", "\r"])
def test_a_line_break_inside_a_text_never_breaks_the_file(break_: str) -> None:
    entry = Entry("key", ENTRY.day, f"a{break_}BEGIN:VEVENT", "b", ENTRY.url)
    assert unfolded(written(entry)).count("BEGIN:VEVENT") == 1
