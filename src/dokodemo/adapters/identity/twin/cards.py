"""The cards the twin can show (試験用の券面): made-up people, written by the city's demo.

Owns reading `cards.json`. Never holds a real person and never a My Number.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path

# Beside the twin's database, in the city's home.
CARDS = "twin/cards.json"


@dataclass(frozen=True)
class Card:
    """What a card says of its holder, and the story a demonstration tells of them."""

    id: str
    name: str
    kana: str
    birthdate: str
    gender: str
    address: str
    story: str = ""


def write_cards(path: Path, cards: Sequence[Card]) -> None:
    """Replace the file of cards in one step."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".new")
    draft.write_text(json.dumps([asdict(card) for card in cards], ensure_ascii=False), encoding="utf-8")
    draft.replace(path)


@lru_cache(maxsize=4)
def _read(path: Path, stamp: int) -> dict[str, Card]:
    del stamp
    return {entry["id"]: Card(**entry) for entry in json.loads(path.read_text(encoding="utf-8"))}


def read_cards(path: Path) -> dict[str, Card]:
    """All cards by identifier; none when the demo has not written any."""
    if not path.exists():
        return {}
    return _read(path, path.stat().st_mtime_ns)


def find_cards(cards: dict[str, Card], text: str, *, most: int = 30) -> list[Card]:
    """Cards whose name or kana holds the text; those with a story first."""
    found = [card for card in cards.values() if text in card.name or text in card.kana or text == card.id]
    return sorted(found, key=lambda card: (not card.story, card.id))[:most]
