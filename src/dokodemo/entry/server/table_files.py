"""Tables as files to keep (CSVの書き出し): rows become a CSV file that spreadsheets open without harm.

Owns the form of the file. Never knows what a column means, and never takes one in.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.http import HttpResponse

from dokodemo.kernel.tables import as_csv


def csv_response(rows: Iterable[Sequence[str | int]], name: str, *, private: bool = False) -> HttpResponse:
    """Rows as a file called `name`: UTF-8 with the mark that spreadsheets need, CRLF, no cell that counts as a formula."""
    response = HttpResponse(as_csv(rows), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    if private:
        response.headers["Cache-Control"] = "private, no-store"
    return response
