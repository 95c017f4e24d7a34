"""In which words a page speaks (表示言語・ふりがな): Japanese, plain Japanese (やさしい日本語) or English.

Owns the three languages, their cookies and the way a text with ruby markup becomes HTML.
Never translates and never guesses a language from the browser: people choose, and the choice is a cookie.
"""

from functools import lru_cache
from typing import Literal, Protocol

from django.http import HttpRequest, HttpResponseBase
from django.utils.safestring import SafeString

from dokodemo.kernel import text_jp

Lang = Literal["ja", "easy", "en"]
LANGS: tuple[Lang, ...] = ("ja", "easy", "en")
LANGUAGE_COOKIE = "dokodemo_language"
FURIGANA_COOKIE = "dokodemo_furigana"
_YEAR_SECONDS = 365 * 24 * 3600


class Spoken(Protocol):
    """A text in the three languages, as packs carry it (`kernel.packs.Text`)."""

    def get(self, lang: str) -> str:
        """The text in one language, perhaps with ruby markup."""


def as_lang(value: str | None) -> Lang | None:
    """`value` if it names one of the three languages, else None."""
    return value if value in LANGS else None


def html_lang(lang: Lang) -> Literal["ja", "en"]:
    """The value of the HTML attribute `lang`, which is also Django's language: ja for both forms of Japanese."""
    return "en" if lang == "en" else "ja"


def language_of(request: HttpRequest | None) -> Lang:
    """The language of this request; Japanese where no middleware has set one."""
    return as_lang(getattr(request, "lang", None)) or "ja"


def furigana_of(request: HttpRequest | None) -> bool:
    """Whether this request wants readings above the kanji."""
    return bool(getattr(request, "furigana", False))


@lru_cache(maxsize=8192)
def to_html(text: str, furigana: bool) -> SafeString:
    """Escaped HTML of one text of ours or of a pack, with `漢字《かんじ》` as ruby or stripped.

    Where readings are wanted and the author wrote none, they are looked up. Never call it with what a person
    typed: the result is cached.
    """
    if furigana:
        text = text_jp.add_furigana(text)
    return SafeString(text_jp.ruby(text, furigana=furigana))


def say(text: Spoken | str | None, lang: Lang, *, furigana: bool = False) -> SafeString:
    """HTML of a pack's text in `lang` (a plain str is the same in every language; None is empty)."""
    if text is None:
        return SafeString("")
    spoken = text if isinstance(text, str) else text.get(lang)
    return to_html(str(spoken), furigana and lang != "en")


def say_plain(text: Spoken | str | None, lang: Lang) -> str:
    """The same text without ruby and without escaping, for titles, attributes and letters."""
    if text is None:
        return ""
    spoken = text if isinstance(text, str) else text.get(lang)
    return text_jp.strip_ruby(str(spoken))


def remember(response: HttpResponseBase, *, lang: Lang | None = None, furigana: bool | None = None) -> None:
    """Keep a choice of language or of readings in the visitor's browser for a year."""
    for name, value in (
        (LANGUAGE_COOKIE, lang),
        (FURIGANA_COOKIE, None if furigana is None else ("on" if furigana else "off")),
    ):
        if value is not None:
            response.set_cookie(name, value, max_age=_YEAR_SECONDS, samesite="Lax", httponly=True)
