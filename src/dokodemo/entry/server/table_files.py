"""Tables as files to keep (CSV・XLSXの書き出し): rows become a file that spreadsheets open without harm.

Owns the form of the file. Never knows what a column means, and never takes one in.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence

from django.http import HttpResponse, StreamingHttpResponse

from dokodemo.kernel.tables import as_csv, csv_parts


def csv_response(rows: Iterable[Sequence[str | int]], name: str, *, private: bool = False) -> HttpResponse:
    """Rows as a file called `name`: UTF-8 with the mark that spreadsheets need, CRLF, no cell that counts as a formula."""
    response = HttpResponse(as_csv(rows), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    if private:
        response.headers["Cache-Control"] = "private, no-store"
    return response


def csv_stream(
    rows: Iterable[Sequence[str | int]], name: str, *, private: bool = False
) -> StreamingHttpResponse:
    """The same of a table that may be too long for memory: it leaves while its rows are read."""
    response = StreamingHttpResponse(csv_parts(rows), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    if private:
        response.headers["Cache-Control"] = "private, no-store"
    return response


def xlsx_response(
    rows: Iterable[Sequence[str | int]], name: str, *, sheet: str, widths: Sequence[int]
) -> HttpResponse:
    """Rows as a workbook called `name` with one sheet, the first row its header; `widths` in characters by column.

    Text is written as text: what begins with = + - @ is no formula and no address is made a link.
    """
    # A fifth of a second and 18 MiB that few processes ever need.
    import xlsxwriter

    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        page = book.add_worksheet(sheet)
        head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
        body = book.add_format({"text_wrap": True, "valign": "top"})
        for column, width in enumerate(widths):
            page.set_column(column, column, width)
        for line, row in enumerate(rows):
            for column, cell in enumerate(row):
                form = body if line else head
                if isinstance(cell, str):
                    page.write_string(line, column, cell, form)
                else:
                    page.write_number(line, column, cell, form)
        page.freeze_panes(1, 0)
        page.repeat_rows(0)
        page.set_landscape()
        page.fit_to_pages(1, 0)
    response = HttpResponse(
        out.getvalue(), content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    )
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response
