"""The catalogue of fixed texts (文言集): what buttons, labels and messages say in the three languages.

Owns reading every domain's `texts.yaml`, the check that each text exists in Japanese, plain Japanese and English
with the same placeholders, and the words themselves on demand. Never holds what a city writes: that is in packs.

    portal.apply.days_left: {ja: あと{days}日, easy: あと {days}日《にち》, en: "{days} {days:day|days} left"}

`{name}` is filled and escaped; `{name:one|many}` picks a word by whether the number is 1.
"""

import logging
import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.core import mail
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString

from dokodemo.kernel import text_jp
from dokodemo.kernel.packs import PackError
from dokodemo.kernel.packs.located import plain as as_written
from dokodemo.kernel.packs.reading import parse_yaml
from dokodemo.kernel.ui.language import LANGS, Lang, to_html

_PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)(?::([^{}|]*)\|([^{}|]*))?\}")
_KEY = re.compile(r"[a-z][a-z0-9_-]*(\.[a-z0-9_-]+)+")
_PACKAGE = Path(__file__).resolve().parents[2]
_log = logging.getLogger(__name__)


class UnknownText(KeyError):
    """A key that no texts.yaml has."""


class TextsError(Exception):
    """The catalogue is incomplete; `problems` names file, key and remedy, one line each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class Slot(NamedTuple):
    """A place a parameter goes, or the choice between a singular and a plural word."""

    name: str
    one: str | None
    many: str | None


type Pieces = tuple[str | Slot, ...]


def split(text: str) -> Pieces:
    """`text` cut at its placeholders."""
    pieces: list[str | Slot] = []
    at = 0
    for match in _PLACEHOLDER.finditer(text):
        if match.start() > at:
            pieces.append(text[at : match.start()])
        pieces.append(Slot(*match.groups()))
        at = match.end()
    if at < len(text):
        pieces.append(text[at:])
    return tuple(pieces)


def placeholders(text: str) -> frozenset[str]:
    """The names of the parameters a text needs."""
    return frozenset(piece.name for piece in split(text) if isinstance(piece, Slot))


class Catalogue:
    """All fixed texts, checked. `entries` maps key → language → text."""

    def __init__(self, entries: Mapping[str, Mapping[str, str]]) -> None:
        self.entries = entries
        self._cut: dict[tuple[str, Lang, bool | None], Pieces] = {}

    def pieces(self, key: str, lang: Lang, furigana: bool | None) -> Pieces:
        """The text of `key`, ready to fill: as HTML with or without readings, or plain (furigana None)."""
        found = self._cut.get((key, lang, furigana))
        if found is None:
            if key not in self.entries:
                raise UnknownText(key)
            raw = split(self.entries[key][lang])
            found = tuple(_ready(piece, lang, furigana) for piece in raw)
            self._cut[key, lang, furigana] = found
        return found


def _ready(piece: str | Slot, lang: Lang, furigana: bool | None) -> str | Slot:
    if isinstance(piece, Slot):
        return piece
    return text_jp.strip_ruby(piece) if furigana is None else to_html(piece, furigana and lang != "en")


def read(files: Iterable[Path]) -> Catalogue:
    """The catalogue of these files. Raises TextsError naming the line of every fault: a missing language, a doubled key …"""
    entries: dict[str, Mapping[str, str]] = {}
    problems: list[str] = []
    for file in files:
        try:
            located = parse_yaml(file.read_bytes(), "/".join(file.parts[-3:]))
        except PackError as error:
            problems.extend(str(problem) for problem in error.problems)
            continue
        if not isinstance(located.value, Mapping):
            problems.append(f"{located.file}:{located.line}: holds no texts. Write one as key: {{ja: …}}.")
            continue
        for key, node in located.value.items():
            texts = as_written(node)
            found = _problems_of(key, texts)
            if key in entries:
                found.append("is already in another texts.yaml. Rename one.")
            problems.extend(f"{node.file}:{node.line}: {key}: {problem}" for problem in found)
            if not found:
                entries[key] = texts
    if problems:
        raise TextsError(problems)
    return Catalogue(entries)


def _problems_of(key: str, texts: object) -> list[str]:
    if not _KEY.fullmatch(key):
        return ["is not a key. Write it as domain.page.word in small letters."]
    if not isinstance(texts, dict):
        return ["needs the languages ja, easy and en."]
    if set(texts) != set(LANGS):
        lacking, strange = sorted(set(LANGS) - set(texts)), [str(k) for k in texts if k not in LANGS]
        return [f"lacks {lacking} and has {strange}: ja, easy and en, and quotes around a text with a comma."]
    found = [f"{lang} is empty or not a text." for lang in LANGS if not _is_text(texts[lang])]
    if found:
        return found
    names = {lang: placeholders(texts[lang]) for lang in LANGS}
    if len(set(names.values())) > 1:
        found.append(
            f"the languages differ in their placeholders: { {k: sorted(v) for k, v in names.items()} }."
        )
    for lang in LANGS:
        if re.search(r"[{}]", _PLACEHOLDER.sub("", texts[lang])):
            found.append(f"{lang} has a brace that is no placeholder.")
        if text_jp.is_faulty(texts[lang]):
            found.append(f"{lang} has a ruby mark without its word or its end: write 漢字《かんじ》.")
    return found


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def files() -> list[Path]:
    """Every texts.yaml of the city hall, in a fixed order."""
    return sorted(_PACKAGE.glob("*/*/texts.yaml"))


def catalogue() -> Catalogue:
    """The catalogue, read once. Raises TextsError."""
    found = _read_once()
    if isinstance(found, TextsError):
        raise TextsError(found.problems)
    return found


@cache
def _read_once() -> Catalogue | TextsError:
    # A fault is remembered too: reading all files again for every text would make a broken city hall a slow one.
    try:
        return read(files())
    except TextsError as error:
        return error


def t(key: str, lang: Lang, /, *, furigana: bool = False, **params: object) -> SafeString:
    """Safe HTML of one text; parameters are escaped unless they are safe already.

    An unknown key or a missing parameter raises while developing and testing; in service it is logged and the page
    still comes.
    """
    return SafeString(_fill(key, lang, furigana, params))


def plain(key: str, lang: Lang, /, **params: object) -> str:
    """One text without markup and without escaping: for titles, attributes, messages and letters."""
    return _fill(key, lang, None, params)


def _fill(key: str, lang: Lang, furigana: bool | None, params: Mapping[str, object]) -> str:
    try:
        pieces = catalogue().pieces(key, lang, furigana)
        if len(pieces) == 1 and isinstance(pieces[0], str):
            return pieces[0]
        show = str if furigana is None else conditional_escape
        return "".join(piece if isinstance(piece, str) else _word(piece, params, show) for piece in pieces)
    except KeyError as error:
        if is_strict():
            raise
        _log.error("text %s lacks %s", key, error)
        return str(conditional_escape(key.rpartition(".")[2].replace("_", " ")))


def _word(slot: Slot, params: Mapping[str, object], show: type[str] | object) -> str:
    value = params[slot.name]
    if slot.one is None or slot.many is None:
        return str(show(value))  # type: ignore[operator]
    return slot.one if value == 1 else slot.many


def is_strict() -> bool:
    """Whether a wrong key must stop the page: while developing, and in tests (which alone have a mail outbox)."""
    return bool(settings.DEBUG) or hasattr(mail, "outbox")
