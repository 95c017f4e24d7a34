"""Search over everything a city may do (総合検索): published procedures, and rows of the inventory nobody has written yet.

Owns what is searched of a row and the index of both together. A row that a published procedure names is found as that
procedure. Never shows a row the city has said it does not perform.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from dokodemo.administration.inventory.definitions import Performed
from dokodemo.administration.inventory.everyday import load_everyday
from dokodemo.administration.inventory.models import InventoryRow, SurveyImport
from dokodemo.administration.inventory.standing import Standing, standing_of
from dokodemo.administration.procedures import queries as procedures
from dokodemo.administration.procedures.kept_index import kept
from dokodemo.administration.procedures.logic import Entry, Hit, SearchIndex, build_index
from dokodemo.administration.procedures.searching import concepts_of, entry_of, japanese
from dokodemo.kernel.packs import Text, open_pack
from dokodemo.kernel.prepared import Prepared

ROW_WEIGHT = 0.85  # a procedure somebody has written comes before a row that fits as well
_NEWEST = Prepared(lambda: SurveyImport.objects.only("digest").order_by("-at", "-id")[:1])


@dataclass(frozen=True)
class Found:
    """One thing found: the hit, and for a row of the inventory how it stands. A procedure's `row` is None."""

    hit: Hit
    row: Standing | None


def find(text: str, *, limit: int = 10) -> list[Found]:
    """Procedures and rows for everyday words, best first; empty when nothing fits."""
    hits = search_index().find(text, limit=limit * 2)
    numbers = [number for hit in hits if not hit.slug for number in hit.inventory]
    rows = {row.number: row for row in InventoryRow.objects.filter(number__in=numbers)} if numbers else {}
    found: list[Found] = []
    for hit in hits:
        row = None if hit.slug else rows.get(hit.inventory[0])
        if hit.slug:
            found.append(Found(hit, None))
        elif row is not None and row.performed != Performed.NOT_PERFORMED.value:
            found.append(Found(hit, standing_of(row, {})))
        if len(found) == limit:
            break
    return found


def search(text: str, *, limit: int = 10) -> list[Hit]:
    """What `find` finds, without the rows."""
    return [found.hit for found in find(text, limit=limit)]


def search_index() -> SearchIndex:
    """The index over what is in force and surveyed now, for many searches in a row.

    The first one after a change takes some seconds to make: whoever makes the change asks for it (`prepare`).
    """
    return _index(_stamp())


def prepare() -> None:
    """Make the index before somebody searches, and keep it for every process. One that is kept already is not read."""
    stamp = _stamp()
    if not _file(stamp).exists():
        _index(stamp)


def _stamp() -> str:
    """Changes with what is in force and with the survey; the name of the index of both."""
    newest = _NEWEST.first()
    survey = newest.digest if newest is not None else ""
    return hashlib.sha256(f"{procedures.index_stamp()}/{survey}".encode()).hexdigest()


def _file(stamp: str) -> Path:
    return settings.DOKODEMO_HOME / "cache" / "search" / f"{stamp}.json"


@lru_cache(maxsize=2)
def _index(stamp: str) -> SearchIndex:
    pack = open_pack(settings.DOKODEMO_PACK)
    events, synonyms = procedures.search_words()
    entries = _entries(load_everyday(pack), [entry_of(p.definition, events) for p in procedures.published()])
    language = japanese(synonyms.stop)
    return kept(
        _file(stamp),
        entries,
        language,
        build=lambda: build_index(entries, concepts_of(synonyms), language=language),
    )


def _entries(everyday: Mapping[str, tuple[str, ...]], written: Iterable[Entry]) -> list[Entry]:
    rows = {
        row.number: row
        for row in InventoryRow.objects.filter(gone_at=None).only("number", "name", "law", "events")
    }
    found = []
    for entry in written:
        named = [number for number in entry.inventory if rows.pop(number, None) is not None]
        said = [word for number in named for word in everyday.get(number, ())]
        found.append(_with(entry, said))
    found += [
        Entry(
            row.number,
            Text(ja=row.name, easy=row.name, en=row.name),
            (row.number,),
            {
                "title": [row.name],
                "say": everyday.get(row.number, ()),
                "law": [row.law],
                "life_event": [row.events],
            },
            weight=ROW_WEIGHT,
            row=True,
        )
        for row in rows.values()
    ]
    return found


def _with(entry: Entry, said: list[str]) -> Entry:
    fields = {**entry.fields, "say": [*entry.fields["say"], *said]}
    return Entry(entry.slug, entry.title, entry.inventory, fields, entry.weight)
