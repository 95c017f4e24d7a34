"""A search index on the disk (索引の保存): cutting ten thousand phrases into words takes long, reading them back does not.

Owns the JSON of an index and the file that holds it. Never decides what is searched. An index holds words of packs and of
the national inventory only, nothing about a person.
"""

import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from dokodemo.administration.procedures.logic import Concept, Entry, Language, SearchIndex


def kept(
    file: Path, entries: Sequence[Entry], language: Language, *, build: Callable[[], SearchIndex]
) -> SearchIndex:
    """The index of a file; one that is absent or cannot be read is built and written, for the next process too.

    A full disk costs the next process some seconds, nothing else.
    """
    with suppress(OSError, ValueError, KeyError, TypeError):
        return from_json(json.loads(file.read_text("utf-8")), entries, language)
    index = build()
    with suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(
            "w", dir=file.parent, suffix=".tmp", delete=False, encoding="utf-8"
        ) as written:
            json.dump(as_json(index), written, ensure_ascii=False, separators=(",", ":"))
        Path(written.name).replace(file)
        for old in file.parent.glob("*.json"):
            if old != file:
                old.unlink(missing_ok=True)
    return index


def as_json(index: SearchIndex) -> dict[str, Any]:
    """Everything of an index but its entries and its language."""
    return {
        "entries": len(index.entries),
        "concepts": [[concept.name, sorted(concept.words)] for concept in index.concepts],
        "postings": {
            word: [list(docs), [round(w, 6) for w in docs.values()]] for word, docs in index.postings.items()
        },
        "pairs": index.pairs,
        "phrases": index.phrases,
    }


def from_json(content: dict[str, Any], entries: Sequence[Entry], language: Language) -> SearchIndex:
    """The index that `as_json` wrote. Raises ValueError when it is about other entries, KeyError for anything else."""
    ordered = tuple(sorted(entries, key=lambda entry: entry.slug))
    if content["entries"] != len(ordered):
        raise ValueError("the index is about other entries")
    return SearchIndex(
        ordered,
        tuple(Concept(name, frozenset(words)) for name, words in content["concepts"]),
        language,
        {
            word: dict(zip(docs, weights, strict=True))
            for word, (docs, weights) in content["postings"].items()
        },
        content["pairs"],
        [(doc, length) for doc, length in content["phrases"]],
    )
