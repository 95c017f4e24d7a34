"""Pages leave compressed, styles under a name of their content, and what is full or busy is told from what is broken."""

import errno
import gzip
import sqlite3
from pathlib import Path

import pytest
from django.db import IntegrityError, InterfaceError, OperationalError
from django.http import HttpResponse
from django.test import Client, RequestFactory

from dokodemo.adapters.storage import StorageFull
from dokodemo.entry.server.busy import trouble_of
from dokodemo.entry.server.compression import CompressionMiddleware
from dokodemo.entry.server.static_files import HashedFiles


def answered(response: HttpResponse, accepts: str = "gzip") -> HttpResponse:
    request = RequestFactory().get("/", headers={"Accept-Encoding": accepts})
    found = CompressionMiddleware(lambda _: response)(request)
    assert isinstance(found, HttpResponse)
    return found


def test_a_page_is_compressed_for_readers_who_can_open_it() -> None:
    page = "市役所 " * 200
    small = answered(HttpResponse(page))
    assert small.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(small.content).decode() == page
    assert len(small.content) < len(page.encode()) / 4
    assert "Content-Encoding" not in answered(HttpResponse(page), accepts="identity").headers


def test_two_answers_of_one_page_differ_in_length_so_that_nothing_can_be_measured() -> None:
    lengths = {len(answered(HttpResponse("市役所 " * 200)).content) for _ in range(40)}
    assert len(lengths) > 1


def test_a_letter_is_not_compressed_again() -> None:
    letter = HttpResponse(b"%PDF-1.7" + b" " * 2000, content_type="application/pdf")
    assert "Content-Encoding" not in answered(letter).headers


def test_nothing_needs_to_be_collected_to_name_a_style(tmp_path: Path) -> None:
    storage = HashedFiles(location=tmp_path, base_url="/static/")
    assert storage.url("ui/city.css") == "/static/ui/city.css"


def test_a_collected_style_is_named_after_its_content_and_an_unknown_one_stays(tmp_path: Path) -> None:
    (tmp_path / "ui").mkdir()
    (tmp_path / "ui" / "city.css").write_text("p { margin: 0 }" * 40, encoding="utf-8")
    storage = HashedFiles(location=tmp_path, base_url="/static/")
    list(storage.post_process({"ui/city.css": (storage, "ui/city.css")}))
    named = HashedFiles(location=tmp_path, base_url="/static/").url("ui/city.css")
    assert named != "/static/ui/city.css"
    assert (tmp_path / "ui" / Path(named).name).is_file()
    assert (tmp_path / "ui" / f"{Path(named).name}.gz").is_file()
    again = HashedFiles(location=tmp_path, base_url="/static/")
    assert again.url("ui/absent.css") == "/static/ui/absent.css"


@pytest.mark.django_db
def test_the_home_page_comes_compressed(client: Client) -> None:
    answer = client.get("/livez", headers={"Accept-Encoding": "gzip"})
    assert answer.status_code == 200
    page = client.get("/accessibility", headers={"Accept-Encoding": "gzip"})
    assert page.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in page.headers["Vary"]


def of_sqlite(code: int) -> OperationalError:
    """The error Django makes of one of SQLite's."""
    cause = sqlite3.OperationalError("said by SQLite")
    cause.sqlite_errorcode = code
    fault = OperationalError("said by SQLite")
    fault.__cause__ = cause
    return fault


def of_postgresql(sqlstate: str) -> OperationalError:
    """The error Django makes of one of PostgreSQL's."""
    cause = Exception("said by PostgreSQL")
    cause.sqlstate = sqlstate  # type: ignore[attr-defined]
    fault = OperationalError("said by PostgreSQL")
    fault.__cause__ = cause
    return fault


def led_to_by(first: Exception) -> Exception:
    """A fault in the middle of handling another."""
    fault = LookupError("while handling it")
    fault.__context__ = first
    return fault


@pytest.mark.parametrize(
    ("fault", "trouble"),
    [
        (None, None),
        (LookupError("ours"), None),
        (IntegrityError("ours"), None),
        (of_sqlite(sqlite3.SQLITE_ERROR), None),
        (OSError(errno.ENOENT, "ours"), None),
        (OperationalError("its turn to write did not come"), "busy"),
        (of_sqlite(sqlite3.SQLITE_BUSY), "busy"),
        (of_sqlite(sqlite3.SQLITE_BUSY_SNAPSHOT), "busy"),
        (of_postgresql("55P03"), "busy"),
        (InterfaceError("connection already closed"), "busy"),
        (of_sqlite(sqlite3.SQLITE_FULL), "full"),
        (of_sqlite(sqlite3.SQLITE_IOERR_WRITE), "full"),
        (of_postgresql("53100"), "full"),
        (OSError(errno.ENOSPC, "x"), "full"),
        (OSError(errno.EDQUOT, "x"), "full"),
        (StorageFull("x"), "full"),
        (led_to_by(of_sqlite(sqlite3.SQLITE_FULL)), "full"),
    ],
)
def test_what_is_full_or_busy_is_told_from_what_is_broken(
    fault: Exception | None, trouble: str | None
) -> None:
    assert trouble_of(fault) == trouble
