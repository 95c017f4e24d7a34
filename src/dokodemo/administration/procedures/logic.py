"""Finding a procedure in one's own words (手続検索): an index in memory, the same answers on every database.

Owns scoring. Knows nothing of Django, of files or of the database: texts come in, hits go out. Three ways
lead to a hit: words (BM25F over weighted fields), concepts (words that a pack's synonyms.yaml calls equal),
and pairs of letters in writing or in reading, which forgive a slip of the finger and answer to kana.
Never looks at who is asking and keeps no query.
"""

import math
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from dokodemo.kernel.packs import Text

MAX_QUERY = 200  # characters; what comes after is not read

# How much a match weighs by where it was found.
FIELD_WEIGHTS: Mapping[str, float] = {
    "title": 3.0,
    "say": 3.0,
    "life_event": 1.5,
    "law": 1.5,
    "summary": 1.0,
    "needs": 0.4,
}
FUZZY_FIELDS = frozenset({"title", "say"})
SATURATION = 1.2
CONCEPT_WEIGHT = 0.8
FUZZY_WEIGHT = 5.0
LENGTH_SHARE = 0.25  # what a phrase loses at most for saying more than the query
EXACT, EXACT_WEIGHT = 0.98, 5.0  # a phrase said letter for letter, in writing or in sound
FUZZY_LEAST = 0.7  # share of the query's letter pairs that must be found
LEAST_SCORE = 0.45  # times the rarity of a word that only one procedure has
LEAST_SHARE = 0.12  # of the best hit's score; what is weaker only distracts
FEWEST_PAIRS = 3
MARGIN = 1e-9  # sums of the same weights in another order
BISECTING = 8  # looking a phrase up in a sorted list costs about as much as passing so many by
CONCEPT = "#"
WRITTEN, READ = "w", "r"
_RUBY_MARKS = str.maketrans("《》｜", "   ")  # in a query they would be taken for readings


@dataclass(frozen=True, slots=True)
class Entry:
    """What the index is told about one procedure. `fields` maps a name of FIELD_WEIGHTS to its texts.

    `weight` puts an entry before or behind others that fit as well. The slug of a `row` of the national inventory is
    its 手続ID.
    """

    slug: str
    title: Text
    inventory: tuple[str, ...]
    fields: Mapping[str, Sequence[str]]
    weight: float = 1.0
    row: bool = False


@dataclass(frozen=True, slots=True)
class Hit:
    """One procedure found: score (higher is better, no unit) and the words that found it. A row's slug is empty."""

    slug: str
    title: Text
    inventory: tuple[str, ...]
    score: float
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Concept:
    """Words that mean the same to someone looking for a procedure; `name` is shown as the reason of a hit."""

    name: str
    words: frozenset[str]
    long: tuple[str, ...] = field(init=False, compare=False)

    def __post_init__(self) -> None:
        # A short word must stand alone, a longer one may be a part of the text.
        parts = (word for word in self.words if len(word) > 2 and not word.isascii())
        object.__setattr__(self, "long", tuple(sorted(parts)))


@dataclass(frozen=True, slots=True)
class Utterance:
    """A text as search hears it: folded writing, words that carry a subject, letter pairs by kind."""

    text: str
    words: tuple[str, ...]
    pairs: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class Language:
    """How a text becomes words and sounds.

    `fold` makes width, case and kana equal; `analyse` gives the words of a text in folded dictionary form; `read`
    gives its reading in kana; `stop` are the words that carry no subject.
    """

    fold: Callable[[str], str]
    analyse: Callable[[str], Sequence[str]]
    read: Callable[[str], str]
    stop: frozenset[str]

    def hear(self, raw: str) -> Utterance:
        """The text as search hears it."""
        words = tuple(w for w in self.analyse(raw) if w not in self.stop and _carries_a_subject(w))
        text = self.fold(raw)
        subject = "".join(words)
        sound = self.fold(self.read(raw))
        return Utterance(
            text, words, ((WRITTEN, pairs_of(text)), (WRITTEN, pairs_of(subject)), (READ, pairs_of(sound)))
        )


def _carries_a_subject(word: str) -> bool:
    """Numbers and marks carry none, nor does one syllable of kana: it is the rest of an ending (高さ → 高い, さ)."""
    return any(map(str.isalpha, word)) and not (len(word) == 1 and "ぁ" <= word <= "ん")


def pairs_of(text: str) -> tuple[str, ...]:
    """Neighbouring letters of a text without its spaces and marks: 住民票 → 住民, 民票."""
    return tuple(a + b for a, b in pairwise(filter(str.isalnum, text)))


def concepts_in(heard: Utterance, concepts: Sequence[Concept]) -> list[str]:
    """Names of the concepts a text speaks of, in their order."""
    words, text = frozenset(heard.words), heard.text
    return [
        concept.name
        for concept in concepts
        if not words.isdisjoint(concept.words) or any(map(text.__contains__, concept.long))
    ]


@dataclass
class SearchIndex:
    """An inverted index over the published procedures. Build with `build_index`; threads may share it."""

    entries: tuple[Entry, ...]
    concepts: tuple[Concept, ...]
    language: Language
    postings: dict[str, dict[int, float]] = field(default_factory=dict)
    pairs: dict[str, list[int]] = field(default_factory=dict)  # to places in `phrases`, ascending
    phrases: list[tuple[int, int]] = field(
        default_factory=list
    )  # the entry of each phrase, and its length in pairs

    def find(self, query: str, *, limit: int = 10) -> list[Hit]:
        """The best hits, best first; an empty list when nothing fits. Ties are in the order of the slug."""
        heard = self.language.hear(query[:MAX_QUERY].translate(_RUBY_MARKS))
        scores: dict[int, float] = defaultdict(float)
        reasons: dict[int, dict[str, None]] = defaultdict(dict)
        keys = [(word, word, 1.0) for word in heard.words]
        keys += [(CONCEPT + name, name, CONCEPT_WEIGHT) for name in concepts_in(heard, self.concepts)]
        for key, reason, share in dict.fromkeys(keys):
            for doc, weight in self.postings.get(key, {}).items():
                scores[doc] += share * weight
                reasons[doc][reason] = None
        for doc, likeness in self._likeness(heard).items():
            scores[doc] += FUZZY_WEIGHT * likeness * likeness + (EXACT_WEIGHT if likeness >= EXACT else 0.0)
            reasons[doc].setdefault(f"≈{likeness:.0%}")
        for doc in scores:
            scores[doc] *= self.entries[doc].weight
        best = sorted(scores.items(), key=lambda item: (-item[1], self.entries[item[0]].slug))
        least = max(LEAST_SCORE * rarity(1, len(self.entries)), LEAST_SHARE * best[0][1]) if best else 0.0
        return [self._hit(doc, score, reasons[doc]) for doc, score in best[:limit] if score >= least]

    def _hit(self, doc: int, score: float, why: Iterable[str]) -> Hit:
        entry = self.entries[doc]
        return Hit("" if entry.row else entry.slug, entry.title, entry.inventory, round(score, 3), tuple(why))

    def _likeness(self, heard: Utterance) -> dict[int, float]:
        """Share (0-1) of the query's letter pairs found in one title or everyday phrase, written or read.

        In one phrase: many phrases together hold the pairs of almost anything.
        """
        best: dict[int, float] = {}
        for kind, pairs in heard.pairs:
            if len(pairs) < FEWEST_PAIRS:
                continue
            mass = {pair: rarity(len(self.pairs.get(kind + pair, ())), len(self.phrases)) for pair in pairs}
            total = sum(mass.values())
            for phrase, weight in self._holders(kind, mass, FUZZY_LEAST * total).items():
                doc, length = self.phrases[phrase]
                # Of two phrases that hold the query, the one that says less besides is meant.
                whole = 1 - LENGTH_SHARE * max(0.0, 1 - len(pairs) / max(1, length))
                best[doc] = max(best.get(doc, 0.0), whole * weight / total)
        return best

    def _holders(self, kind: str, mass: Mapping[str, float], least: float) -> dict[int, float]:
        """Phrases that hold at least so much of the mass of these pairs, and how much.

        Rare pairs first: a phrase that holds none of them cannot hold enough any more, and the long lists of common
        pairs are only asked about the few phrases that may.
        """
        found: dict[int, float] = {}
        rest = sum(mass.values())
        for pair, weight in sorted(mass.items(), key=lambda item: (-item[1], item[0])):
            holders = self.pairs.get(kind + pair, [])
            if rest >= least - MARGIN:
                for phrase in holders:
                    found[phrase] = found.get(phrase, 0.0) + weight
            elif len(found) * BISECTING > len(holders):
                for phrase in holders:
                    if phrase in found:
                        found[phrase] += weight
            else:
                for phrase in found:
                    place = bisect_left(holders, phrase)
                    if place < len(holders) and holders[place] == phrase:
                        found[phrase] += weight
            rest -= weight
        return {phrase: weight for phrase, weight in found.items() if weight >= least - MARGIN}


def build_index(entries: Sequence[Entry], concepts: Sequence[Concept], *, language: Language) -> SearchIndex:
    """Index the entries; words of `concepts` are folded and analysed like every other text."""
    folded = tuple(Concept(concept.name, _forms(concept.words, language)) for concept in concepts)
    ordered = tuple(sorted(entries, key=lambda entry: entry.slug))
    index = SearchIndex(ordered, folded, language)
    counts = [_count(index, doc, entry) for doc, entry in enumerate(ordered)]
    holders: dict[str, int] = defaultdict(int)
    for counted in counts:
        for key in counted:
            holders[key] += 1
    for doc, counted in enumerate(counts):
        for key, count in counted.items():
            gain = count * (SATURATION + 1) / (count + SATURATION)
            index.postings.setdefault(key, {})[doc] = gain * rarity(holders[key], len(ordered))
    return index


def rarity(holders: int, entries: int) -> float:
    """Inverse document frequency of something that `holders` of `entries` have; always above 0."""
    return math.log(1 + (entries - holders + 0.5) / (holders + 0.5))


def _count(index: SearchIndex, doc: int, entry: Entry) -> dict[str, float]:
    """Weighted count of each word and concept of an entry; its letter pairs go straight into the index."""
    counted: dict[str, float] = defaultdict(float)
    for name, texts in entry.fields.items():
        for heard in map(index.language.hear, texts):
            for key in (*heard.words, *(CONCEPT + concept for concept in concepts_in(heard, index.concepts))):
                counted[key] += FIELD_WEIGHTS[name]
            if name in FUZZY_FIELDS:
                _add_phrase(index, doc, heard)
    return counted


def _add_phrase(index: SearchIndex, doc: int, heard: Utterance) -> None:
    """A title or everyday phrase as a whole: its letter pairs, each once."""
    phrase = len(index.phrases)
    index.phrases.append((doc, len(heard.pairs[0][1])))
    for key in {kind + pair for kind, pairs in heard.pairs for pair in pairs}:
        index.pairs.setdefault(key, []).append(phrase)


def _forms(words: Iterable[str], language: Language) -> frozenset[str]:
    """A concept's words as written and, where one is a single word, in its dictionary form."""
    forms = set()
    for raw in words:
        folded, analysed = language.fold(raw), language.analyse(raw)
        forms |= {folded, analysed[0] if folded in analysed else folded}
    return frozenset(forms)
