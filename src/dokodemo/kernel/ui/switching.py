"""The language switch on a page with boxes (入力中の表示言語の切替): the page is drawn anew with what was typed in them.

Owns `_switch`, the button that sends a form along, and putting what it held back into the page's boxes. The view is asked
for its page only, as by a GET: nothing is checked, saved or sent. Never fills a password, a file or a token.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from html import unescape
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.html import escape

from dokodemo.kernel.ui import texts
from dokodemo.kernel.ui.language import Lang, as_lang, furigana_of, language_of

SWITCH = "_switch"
_TOKEN_BOX = "csrfmiddlewaretoken"  # noqa: S105
_LEFT_ALONE = {"password", "file", "submit", "button", "image", "reset"}
_TAG = re.compile(
    r"<(/?)(form|input|textarea|select|option)\b((?:[^>\"']|\"[^\"]*\"|'[^']*')*)>", re.IGNORECASE
)
_ATTRIBUTE = re.compile(r"""([^\s"'>/=]+)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s"'>]+))?""")
_END_OF_TEXT = re.compile(r"</textarea\s*>", re.IGNORECASE)

Handler = Callable[[HttpRequest], HttpResponse]
Typed = dict[str, dict[str, list[str]]]


@dataclass(frozen=True)
class Switch:
    """What a switch asks for: a language or readings on or off, and the form that was sent along."""

    form: str
    lang: Lang | None = None
    furigana: str | None = None


def switch_of(request: HttpRequest) -> Switch | None:
    """The switch pressed on a page with boxes, written as `en message-form`; None when none was."""
    word, _, form = request.POST.get(SWITCH, "").partition(" ") if request.method == "POST" else ("", "", "")
    if as_lang(word) is not None:
        return Switch(form, lang=as_lang(word))
    return Switch(form, furigana=word) if word in {"on", "off"} else None


def shows_typed[V: Callable[..., object]](view: V) -> V:
    """Mark a view that draws by itself what was sent to it, and does nothing else with it."""
    view.shows_typed = True  # type: ignore[attr-defined]
    return view


class SwitchMiddleware:
    """Draws the page of a form anew when the switch was pressed; stands last, where the form's token has been checked."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Serve one request; after a switch its page with everything typed."""
        response = self.get_response(request)
        typed: Any = getattr(request, "typed_before", None)
        if typed is None:
            return response
        # As it was sent, so that whoever has to sign in first finds it again.
        request.method, request.POST = "POST", typed
        switch = switch_of(request)
        if switch is not None and response.status_code == 200 and not response.streaming:
            response.content = refilled(response.content.decode(), by_form(typed, switch.form)).encode()
        response.headers["Cache-Control"] = "private, no-store"
        return response

    def process_view(self, request: HttpRequest, view: Callable[..., object], *_: object) -> None:
        """Ask the view for its page, unless it draws by itself what was sent (`shows_typed`)."""
        switch = switch_of(request)
        if switch is None:
            return
        request.switched_form = switch.form  # type: ignore[attr-defined]
        if getattr(view, "shows_typed", False):
            return
        if request.FILES:
            words = texts.t("ui.switch.files", language_of(request), furigana=furigana_of(request))
            messages.warning(request, words, fail_silently=True)
        request.typed_before = request.POST  # type: ignore[attr-defined]
        request.method, request.POST = "GET", QueryDict()
        request._files = MultiValueDict()  # type: ignore[attr-defined]


def by_form(post: QueryDict, form: str) -> Typed:
    """What was sent, by the form it was typed in: `form`, and others that a script sent along as `other:name`."""
    found: Typed = {form: {}}
    for name, sent in post.lists():
        other, colon, own = name.partition(":")
        there, box = (other, own) if colon else (form, name)
        if box not in {_TOKEN_BOX, SWITCH}:
            found.setdefault(there, {})[box] = [str(value) for value in sent]
    return found


def refilled(html: str, typed: Typed) -> str:
    """A page of ours with the boxes of these forms (by id) holding what was typed, and nothing else changed."""
    return "".join(_Refill(html, typed).pieces())


@dataclass
class _Refill:
    html: str
    typed: Typed
    form: str = ""
    chosen: list[str] | None = None
    used: dict[tuple[str, str], int] = field(default_factory=dict)

    def pieces(self) -> Iterator[str]:
        at = 0
        while (tag := _TAG.search(self.html, at)) is not None:
            yield self.html[at : tag.start()]
            at = tag.end()
            attributes = dict(_ATTRIBUTE.findall(tag[3]))
            closing, kind = bool(tag[1]), tag[2].lower()
            if kind == "form":
                self.form = "" if closing else _plain(attributes, "id")
            elif kind == "select" and closing:
                self.chosen = None
            if closing or kind == "form":
                yield tag[0]
                continue
            values = self._values(attributes)
            if kind == "textarea":
                end = _END_OF_TEXT.search(self.html, at)
                text = self._next(attributes, values)
                if text is not None and end is not None:
                    # The first line break after the tag is not part of the text.
                    yield f"{tag[0]}\n{escape(text)}"
                    at = end.start()
                    continue
                yield tag[0]
            elif kind == "select":
                self.chosen = values
                yield tag[0]
            elif kind == "option":
                yield self._ticked(tag[0], kind, attributes, "selected", self.chosen)
            else:
                yield self._input(tag[0], attributes, values)

    def _values(self, attributes: Mapping[str, str]) -> list[str] | None:
        """What was typed under the name of a box; None for a box of another form, [] for one that sent nothing."""
        owner = self.typed.get(_plain(attributes, "form") or self.form)
        name = _plain(attributes, "name")
        return None if owner is None or not name or name == _TOKEN_BOX else owner.get(name, [])

    def _next(self, attributes: Mapping[str, str], values: list[str] | None) -> str | None:
        """The text of this box: of several with one name each has its own."""
        key = (_plain(attributes, "form") or self.form, _plain(attributes, "name"))
        place = self.used.get(key, 0)
        self.used[key] = place + 1
        return values[place] if values is not None and place < len(values) else None

    def _input(self, tag: str, attributes: dict[str, str], values: list[str] | None) -> str:
        kind = _plain(attributes, "type").lower()
        if kind in _LEFT_ALONE:
            return tag
        if kind in {"checkbox", "radio"}:
            return self._ticked(tag, "input", attributes, "checked", values)
        text = self._next(attributes, values)
        return tag if text is None else _tag("input", {**attributes, "value": f'"{escape(text)}"'})

    def _ticked(
        self, tag: str, kind: str, attributes: dict[str, str], tick: str, values: list[str] | None
    ) -> str:
        if values is None or "value" not in attributes:
            return tag
        rest = {name: value for name, value in attributes.items() if name != tick}
        return _tag(kind, {**rest, tick: ""} if _plain(attributes, "value") in values else rest)


def _plain(attributes: Mapping[str, str], name: str) -> str:
    """The text of an attribute, without its quotes; "" where it is missing."""
    return unescape(attributes.get(name, "").strip("\"'"))


def _tag(kind: str, attributes: Mapping[str, str]) -> str:
    return "".join([f"<{kind}", *(f" {n}={v}" if v else f" {n}" for n, v in attributes.items()), ">"])
