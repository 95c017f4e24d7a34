"""Blind indexes of the register (検索用の鍵付き索引): equality can be asked of encrypted records, and nothing else.

Owns which text goes into an index. Never stores the text.
"""

from collections.abc import Mapping

from dokodemo.city.parties.definitions import SEXES, Fact
from dokodemo.city.parties.logic import (
    canonical,
    full_name_text,
    identity_key,
    record_identity,
    value_of,
    without_spaces,
)
from dokodemo.kernel import text_jp
from dokodemo.kernel.crypto import blind_index, keyed_digest

_IDENTITY, _NAME, _BIRTH = "parties.identity", "parties.name", "parties.birth"


def of_record(record: Mapping[str, Fact]) -> dict[str, bytes | None]:
    """The three index columns of a record."""
    identity = record_identity(record)
    name, born = full_name_text(value_of(record, "full_name")), value_of(record, "date_of_birth")
    return {
        "identity_index": blind_index(identity, _IDENTITY) if identity else None,
        "name_index": of_name(name) if name else None,
        "birth_index": of_birth(born) if born else None,
    }


def of_name(name: str) -> bytes:
    """Index of a name as a clerk types it: variants of a character and widths are one, spaces do not count."""
    return blind_index(without_spaces(text_jp.normalise_search(name)), _NAME)


def of_birth(day: str) -> bytes:
    """Index of a day of birth, YYYY-MM-DD."""
    return blind_index(day, _BIRTH)


def of_claims(claims: Mapping[str, str | None]) -> bytes | None:
    """Index of a card's 基本4情報 (full_name, date_of_birth, sex as 1/2/9 or a word, address); None when one is missing."""
    name, born = claims.get("full_name"), claims.get("date_of_birth")
    sex, address = claims.get("sex"), claims.get("address")
    if not (name and born and sex and address):
        return None
    key = identity_key(name=name, date_of_birth=born, sex=SEXES.get(sex, sex), address=address)
    return blind_index(key, _IDENTITY)


def digest_of_claims(claims: Mapping[str, str | None]) -> str:
    """A keyed digest by which the same claims are known again."""
    return keyed_digest(canonical(dict(claims)), "parties.claims")


def digest_of_row(cells: Mapping[str, str], names: tuple[str, ...]) -> str:
    """A keyed digest of a row of a register file, whatever the order of its columns."""
    return keyed_digest("\x1f".join(cells.get(name, "") for name in names).encode(), "parties.row")
