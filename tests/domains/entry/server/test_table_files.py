"""A table as a file: spreadsheets open it as UTF-8 and run nothing in it."""

from __future__ import annotations

from dokodemo.entry.server.table_files import csv_response


def test_no_cell_is_a_formula_and_numbers_stay_numbers() -> None:
    answer = csv_response([("名前", "数"), ("=1+1", 3), ("@x", -4)], "table.csv")
    assert answer.content.decode() == "\ufeff名前,数\r\n'=1+1,3\r\n'@x,-4\r\n"


def test_it_is_a_file_with_a_name_which_browsers_keep_only_when_everyone_may_read_it() -> None:
    public, private = csv_response([], "a.csv"), csv_response([], "a.csv", private=True)
    assert public.headers["Content-Disposition"] == 'attachment; filename="a.csv"'
    assert not public.has_header("Cache-Control")
    assert private.headers["Cache-Control"] == "private, no-store"
