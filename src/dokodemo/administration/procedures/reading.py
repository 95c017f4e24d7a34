"""Reads the procedures of a pack from its files (手続定義の読み込み).

Owns the way from a folder to definitions: procedure.yaml merged over the layers, examples of every layer, letters
with all they import, life events, synonyms. Raises PackError with every problem at once. Never judges whether the
files agree with each other: that is `checking`. Never touches the database.
"""

import posixpath
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from dokodemo.administration.procedures.definitions import ProcedureDefinition
from dokodemo.administration.procedures.everyday import LifeEvent, LifeEventsFile, SynonymsFile
from dokodemo.administration.procedures.examples import Example, ExamplesFile
from dokodemo.kernel.packs import Document, Pack, PackError, Problem, validate
from dokodemo.kernel.packs.located import Located

PROCEDURES = "procedures/*/procedure.yaml"
LIFE_EVENTS = "life_events.yaml"
SYNONYMS = "synonyms.yaml"
SECTIONS = "organisation/sections.yaml"
_IMPORT = re.compile(r'#?\b(?:import|include)\s+"([^"@]+)"')


@dataclass(frozen=True, slots=True)
class LocatedExample:
    """An example and where it is written, for problems."""

    example: Example
    document: Document
    index: int

    def problem(self, key: str, message: str, remedy: str) -> Problem:
        """A problem with one key of this example."""
        return self.document.problem(("examples", self.index, key), message, remedy)


@dataclass(frozen=True, slots=True)
class ProcedureFile:
    """One procedure as its folder says it. `letters` maps a path to its text, imported files included."""

    definition: ProcedureDefinition
    document: Document
    letters: Mapping[str, str]
    missing_letters: tuple[str, ...]
    examples: tuple[LocatedExample, ...]

    @property
    def folder(self) -> str:
        """The procedure's folder inside the pack, e.g. procedures/dog-registration."""
        return str(PurePosixPath(self.document.path).parent)


def read_procedures(pack: Pack) -> list[ProcedureFile]:
    """Every procedure of the pack, by path. Raises PackError with the problems of all files together."""
    found: list[ProcedureFile] = []
    problems: list[Problem] = []
    answering = sections_answering(pack)
    for document in pack.documents(PROCEDURES):
        try:
            found.append(read_procedure(pack, document, answering))
        except PackError as error:
            problems += error.problems
    if problems:
        raise PackError(problems)
    return found


def sections_answering(pack: Pack) -> dict[str, str]:
    """Unit code of a national procedure → code of the city's section that answers for it (担当課の読み替え).

    The file's own shape is checked by the domain that owns it.
    """
    document = pack.document(SECTIONS)
    sections = document.data.get("sections") if document and isinstance(document.data, dict) else None
    found: dict[str, str] = {}
    for section in sections if isinstance(sections, list) else []:
        units = section.get("answers_for") if isinstance(section, dict) else None
        for unit in units if isinstance(units, list) else []:
            found.setdefault(str(unit), str(section.get("code")))
    return found


def read_procedure(pack: Pack, document: Document, answering: Mapping[str, str]) -> ProcedureFile:
    """One procedure with its examples and letters, its unit read as the section that answers for it. Raises PackError."""
    problems: list[Problem] = []
    definition: ProcedureDefinition | None = None
    examples: tuple[LocatedExample, ...] = ()
    try:
        definition = validate(ProcedureDefinition, document)
    except PackError as error:
        problems += error.problems
    folder = str(PurePosixPath(document.path).parent)
    try:
        examples = tuple(read_examples(pack, f"{folder}/examples.yaml"))
    except PackError as error:
        problems += error.problems
    if definition is None or problems:
        raise PackError(problems)
    definition = definition.model_copy(update={"unit": answering.get(definition.unit, definition.unit)})
    letters, missing = read_letters(pack, folder, definition.letters())
    return ProcedureFile(definition, document, letters, missing, examples)


def read_examples(pack: Pack, path: str) -> list[LocatedExample]:
    """The examples of every layer, base first; a layer may put those below it aside. Raises PackError."""
    found: list[LocatedExample] = []
    for document in map(as_examples, pack.all_layers(path)):
        read = validate(ExamplesFile, document)
        own = [LocatedExample(example, document, index) for index, example in enumerate(read.examples)]
        found = own if read.replace else found + own
    return found


def as_examples(document: Document) -> Document:
    """examples.yaml is a plain list; seen as a map with one key so that problems can name their place."""
    if isinstance(document.root.value, dict):
        return document
    return Document(
        document.path, Located({"examples": document.root}, document.root.file, document.root.line)
    )


def read_letters(pack: Pack, folder: str, paths: Iterable[str]) -> tuple[dict[str, str], tuple[str, ...]]:
    """Path inside the pack → text of each letter and all it imports; and the paths that nobody has.

    A letter is looked for beside the procedure first, then among the letters of the pack.
    """
    found: dict[str, str] = {}
    missing: list[str] = []
    waiting: list[tuple[str, tuple[str, ...]]] = [(path, (f"{folder}/{path}", path)) for path in paths]
    while waiting:
        asked, places = waiting.pop()
        there = ((place, pack.text(place)) for place in places)
        place, text = next(((place, text) for place, text in there if text is not None), (asked, None))
        if text is None:
            missing.append(asked)
            continue
        if place in found:
            continue
        found[place] = text
        waiting += [(name, (_resolve(place, name),)) for name in _IMPORT.findall(found[place])]
    return dict(sorted(found.items())), tuple(missing)


def reached(path: str, letters: Mapping[str, str]) -> list[str]:
    """A letter and everything it imports, of the files at hand, by path."""
    found: list[str] = []
    waiting = [path]
    while waiting:
        place = waiting.pop()
        if place in letters and place not in found:
            found.append(place)
            waiting += [_resolve(place, name) for name in _IMPORT.findall(letters[place])]
    return found


def _resolve(importer: str, name: str) -> str:
    """An import as a path inside the pack: absolute from its root, or relative to the importing file."""
    if name.startswith("/"):
        return name[1:]
    return posixpath.normpath(f"{PurePosixPath(importer).parent}/{name}").removeprefix("../")


def read_life_events(pack: Pack) -> dict[str, LifeEvent]:
    """Life events by code; empty when the pack names none. Raises PackError."""
    document = pack.document(LIFE_EVENTS)
    if document is None:
        return {}
    return {event.code: event for event in validate(LifeEventsFile, document).life_events}


def read_synonyms(pack: Pack) -> SynonymsFile:
    """What people say, of all layers together. Raises PackError."""
    files = [validate(SynonymsFile, document) for document in pack.all_layers(SYNONYMS)]
    return SynonymsFile(
        stop=tuple(word for file in files for word in file.stop),
        concepts=tuple(concept for file in files for concept in file.concepts),
    )
