"""A person whose every detail is found nowhere else, and the search for them in whatever is kept, said or logged."""

from __future__ import annotations

import base64
import json
import logging
import pickle
import re
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from urllib.parse import quote

from django.apps import apps
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection

from dokodemo.kernel.faults import Line

FAMILY, GIVEN, FAMILY_KANA, GIVEN_KANA = "雪獅子", "匁左衛門", "ユキジシ", "モンメザエモン"
STREET, BLOCK = "幻燈坂", "93丁目77-5"
BORN = "1987-06-05"
PHONE, OTHER_PHONE = "080-7391-6428", "090-2846-1937"
BANK_NUMBER = "9182736"
FILE_NAME = "梟通帳"
CAMERA = "Owl-Camera 7719 of 32.98N 130.44E"
WORDS = {
    "message": "深夜に鳴く梟のこと",
    "answer": "琥珀色の返事",
    "note": "瑠璃色の覚え書",
    "correction": "茜色の補正願い",
    "reasons": "群青色の理由",
    "conditions": "萌黄色の条件",
    "returned": "鈍色の差戻し",
    "breed": "朱鷺色の犬種",
}
MARKERS = {
    "family name": (FAMILY,),
    "given name": (GIVEN,),
    "family kana": (FAMILY_KANA,),
    "given kana": (GIVEN_KANA,),
    "street": (STREET,),
    "block": (BLOCK, "93丁目"),
    "date of birth": (BORN, "19870605", "1987/06/05", "1987年6月5日", "昭和62年6月5日", "S62.6.5"),
    "phone": (PHONE, "08073916428"),
    "other phone": (OTHER_PHONE, "09028461937"),
    "bank number": (BANK_NUMBER,),
    "file name": (FILE_NAME,),
    "what the camera wrote": (CAMERA,),
    **{f"words of {name}": (text,) for name, text in WORDS.items()},
}
_PART_OF_SOMETHING_LONGER = rb"[0-9A-Za-z]"


def spellings(text: str) -> set[bytes]:
    """Every way in which a text may lie in bytes without being sealed."""
    plain = text.encode()
    escaped = json.dumps(text)[1:-1].encode()
    found = {plain, plain.hex().encode(), plain.hex().upper().encode(), escaped, escaped.upper()}
    found |= {text.encode(code) for code in ("utf-16-le", "utf-16-be", "cp932", "euc-jp")}
    found |= {quote(text).encode(), quote(text).lower().encode(), repr(plain)[2:-1].encode()}
    found |= {escape(text).encode(), text.encode("ascii", "xmlcharrefreplace")}
    found |= {"".join(f"&#x{ord(letter):x};" for letter in text).encode()}
    for encoded in (plain, text.encode("utf-16-le")):
        for standard in _in_base64(encoded):
            found |= {standard, standard.translate(bytes.maketrans(b"+/", b"-_"))}
    return found


def _in_base64(plain: bytes) -> Iterator[bytes]:
    """The letters that base64 is sure to hold, wherever in its text the bytes begin."""
    for before in range(3):
        coded = base64.b64encode(b"\0" * before + plain).rstrip(b"=")
        uncertain = (before + len(plain)) % 3 != 0
        yield coded[(0, 2, 3)[before] : len(coded) - uncertain]


NEEDLES = {needle: name for name, texts in MARKERS.items() for text in texts for needle in spellings(text)}


def marked(data: bytes | str) -> set[str]:
    """The details that can be read in some bytes, by name."""
    raw = data.encode(errors="surrogatepass") if isinstance(data, str) else data
    found = set()
    for needle, name in NEEDLES.items():
        if needle not in raw:
            continue
        alone = rb"(?<!%b)%b(?!%b)" % (
            _PART_OF_SOMETHING_LONGER,
            re.escape(needle),
            _PART_OF_SOMETHING_LONGER,
        )
        # Short runs of digits also stand in digests by chance, then with more digits around them.
        if not needle.isdigit() or re.search(alone, raw):
            found.add(name)
    return found


@dataclass
class Search:
    """Where details were found, and how much was looked through."""

    found: dict[str, set[str]] = field(default_factory=dict)
    bytes: int = 0

    def look(self, place: str, data: bytes | str | None) -> None:
        """Look through some bytes of a place."""
        if data is None:
            return
        self.bytes += len(data)
        names = marked(data)
        if names:
            self.found.setdefault(place, set()).update(names)


def database() -> Search:
    """Every value of every column of every table, as the engine keeps it; on SQLite the pages of the file as well."""
    search = Search()
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        assert _tables_of_models() <= set(tables)
        for table in tables:
            for column in connection.introspection.get_table_description(cursor, table):
                search_column(search, table, column.name)
    if connection.vendor == "sqlite":
        search.look("pages of the file", connection.connection.serialize())
    for session in Session.objects.all():
        search.look("content of a session", json.dumps(session.get_decoded(), ensure_ascii=False))
    return search


def _tables_of_models() -> set[str]:
    """The tables of every model of every app; other tests define models of their own, which have none here."""
    models = apps.get_models(include_auto_created=True)
    ours = [model for model in models if model.__module__.startswith(("dokodemo.", "django", "allauth."))]
    assert len(ours) > 30
    return {model._meta.db_table for model in ours}


def search_column(search: Search, table: str, column: str) -> None:
    """Look through one column. Binary values of PostgreSQL come as hexadecimal text."""
    quoted = connection.ops.quote_name
    sqlite = connection.vendor == "sqlite"
    value = quoted(column) if sqlite else f"{quoted(column)}::text"
    # On SQLite past Django's converters, which would open nothing but might refuse.
    cursor = connection.connection.cursor() if sqlite else connection.cursor()
    cursor.execute(f"SELECT {value} FROM {quoted(table)}")
    for (cell,) in cursor.fetchall():
        data = cell if isinstance(cell, bytes | str) or cell is None else str(cell)
        search.look(f"{table}.{column}", data)
    cursor.close()


def files() -> Search:
    """Every file of the home, its path included; what the cache keeps is unpacked."""
    search, home = Search(), Path(settings.DOKODEMO_HOME)
    for path in sorted(path for path in home.rglob("*") if path.is_file()):
        search.look(f"path {path.name}", str(path.relative_to(home)))
        data = path.read_bytes()
        search.look(str(path.relative_to(home)), data)
        if path.suffix == ".djcache":
            with path.open("rb") as file:
                pickle.load(file)
                search.look(f"value in {path.name}", zlib.decompress(file.read()))
    return search


def texts(place: str, lines: Iterable[str]) -> Search:
    """Some texts."""
    search = Search()
    for line in lines:
        search.look(place, line)
    return search


class Kept(logging.Handler):
    """Everything that is logged, as the city writes it."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.setFormatter(Line("%(asctime)s %(levelname)s %(name)s %(message)s"))
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one record."""
        self.lines.append(self.format(record))


@contextmanager
def everything_logged() -> Iterator[Kept]:
    """Every record of every logger, down to DEBUG, also of loggers that pass nothing on."""
    kept, root = Kept(), logging.getLogger()
    level = root.level
    alone = [
        logger
        for logger in root.manager.loggerDict.values()
        if isinstance(logger, logging.Logger) and not logger.propagate
    ]
    root.setLevel(logging.DEBUG)
    for logger in (root, *alone):
        logger.addHandler(kept)
    try:
        yield kept
    finally:
        for logger in (root, *alone):
            logger.removeHandler(kept)
        root.setLevel(level)
