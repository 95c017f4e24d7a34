"""Tables as CSV that are too long for memory: made part by part, and the same file as when made at once."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

import pytest

from dokodemo.kernel import tables
from dokodemo.kernel.tables import as_csv, csv_parts


def rows(number: int) -> Iterator[list[str | int]]:
    for n in range(number):
        yield [n, f"=SUM({n})", '改行\nと, 「引用"」']


@pytest.mark.parametrize("number", [0, 1, 499, 500, 501, 1500])
def test_the_parts_of_a_table_are_the_table(number: int) -> None:
    whole = b"".join(csv_parts(rows(number)))
    assert whole == as_csv(rows(number))
    assert whole.startswith(b"\xef\xbb\xbf")
    assert whole.count(b"\xef\xbb\xbf") == 1
    read = list(csv.reader(io.StringIO(whole.decode("utf-8-sig"), newline="")))
    assert read == [[str(n), f"'=SUM({n})", '改行\nと, 「引用"」'] for n in range(number)]


def test_a_part_leaves_before_the_rows_of_the_next_are_read() -> None:
    taken = 0

    def endless() -> Iterator[list[str | int]]:
        nonlocal taken
        while True:
            taken += 1
            yield [taken]

    parts = csv_parts(endless())
    next(parts)
    assert taken == tables.ROWS_OF_A_PART
    next(parts)
    assert taken == 2 * tables.ROWS_OF_A_PART
