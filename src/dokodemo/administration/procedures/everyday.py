"""The shape of what search and guide read beside the procedures (ライフイベントと言い換え): life_events.yaml, synonyms.yaml.

Owns which keys these files may have. Never reads a file.
"""

from pydantic import Field

from dokodemo.administration.procedures.definitions import Name
from dokodemo.kernel.packs import PackModel, Text


class LifeEvent(PackModel):
    """A turn of life and the words people use for it (ライフイベント)."""

    code: Name
    title: Text
    say: tuple[str, ...] = ()
    say_en: tuple[str, ...] = ()


class LifeEventsFile(PackModel):
    """life_events.yaml: the life events procedures may name."""

    life_events: tuple[LifeEvent, ...]


class ConceptWords(PackModel):
    """Words that mean the same to someone who searches (言い換え)."""

    name: str = Field(min_length=1)
    words: tuple[str, ...] = Field(min_length=1)


class SynonymsFile(PackModel):
    """synonyms.yaml: words that say nothing about a subject, and words that mean the same."""

    stop: tuple[str, ...] = ()
    concepts: tuple[ConceptWords, ...] = ()
