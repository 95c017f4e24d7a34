"""From procedures to the search index (検索索引の作成): which texts are searched, and how words are cut.

Owns the meeting of `logic` (scoring) with definitions, life events, synonyms and the Japanese analyser. Works without
a database, so a pack can be searched before it is loaded.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence

from dokodemo.administration.procedures.definitions import ProcedureDefinition
from dokodemo.administration.procedures.everyday import LifeEvent, SynonymsFile
from dokodemo.administration.procedures.logic import Concept, Entry, Language, SearchIndex, build_index
from dokodemo.administration.procedures.reading import read_life_events, read_procedures, read_synonyms
from dokodemo.kernel import text_jp
from dokodemo.kernel.packs import Pack, Text
from dokodemo.kernel.text_jp.ruby import pieces

_LATIN = re.compile(r"[a-z0-9]+(?:'[a-z]+)?")
USUAL_PRIORITY = 5
PRIORITY_STEP = 0.04  # what one step of 表示優先度 adds to a score
_ENDINGS = ("ies", "sses", "es", "s", "ing", "ed")


def index_of(
    definitions: Sequence[ProcedureDefinition], life_events: Mapping[str, LifeEvent], synonyms: SynonymsFile
) -> SearchIndex:
    """The index over these procedures."""
    entries = [entry_of(definition, life_events) for definition in definitions]
    return build_index(entries, concepts_of(synonyms), language=japanese(synonyms.stop))


def index_of_pack(pack: Pack) -> SearchIndex:
    """The index over a pack's own files. Raises PackError."""
    definitions = [file.definition for file in read_procedures(pack)]
    return index_of(definitions, read_life_events(pack), read_synonyms(pack))


def concepts_of(synonyms: SynonymsFile) -> list[Concept]:
    """The words that a pack calls equal, as the index takes them."""
    return [Concept(concept.name, frozenset(concept.words)) for concept in synonyms.concepts]


def entry_of(definition: ProcedureDefinition, life_events: Mapping[str, LifeEvent]) -> Entry:
    """What is searched of one procedure."""
    events = [life_events[code] for code in definition.life_events if code in life_events]
    return Entry(
        slug=definition.slug,
        title=definition.title,
        inventory=definition.inventory,
        fields={
            "title": list(_said(definition.title)),
            "say": [*definition.say, *definition.say_en],
            "life_event": [word for e in events for word in (*_said(e.title), *e.say, *e.say_en)],
            "law": [definition.law.name],
            "summary": list(_said(definition.summary)),
            "needs": [text for need in definition.needs for text in _said(need)],
        },
        weight=1 + PRIORITY_STEP * (definition.priority - USUAL_PRIORITY),
    )


def japanese(stop: Iterable[str]) -> Language:
    """Japanese by Sudachi, with Latin words cut by spaces and freed of their commonest endings."""
    words = frozenset(form for word in stop for form in (text_jp.normalise_search(word), *split_words(word)))
    return Language(fold=text_jp.normalise_search, analyse=split_words, read=reading, stop=words)


def split_words(text: str) -> list[str]:
    """Dictionary forms of the words of a text, folded: Japanese by Sudachi, Latin by `stem`."""
    plain = unicodedata.normalize("NFKC", text).lower()
    found: list[str] = []
    end = 0
    for match in _LATIN.finditer(plain):
        found += text_jp.tokens(plain[end : match.start()])
        found.append(stem(match.group()))
        end = match.end()
    return found + text_jp.tokens(plain[end:])


def stem(word: str) -> str:
    """An English word without its commonest endings: dogs → dog, flooded → flood."""
    if word.isdecimal():
        return word
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)] + ("y" if ending == "ies" else "ss" if ending == "sses" else "")
    return word


def reading(text: str) -> str:
    """How a text is read, in kana where the dictionary knows; the rest stays as it is."""
    return "".join(part.reading or part.text for part in pieces(text_jp.add_furigana(text)))


def _said(text: Text) -> Iterator[str]:
    yield text_jp.strip_ruby(text.ja)
    yield text_jp.strip_ruby(text.easy)
    yield text.en
