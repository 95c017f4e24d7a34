"""A form as a browser reads it (フォームの読み取り): the fields of a page, filled in, as the bytes to send.

Owns the reading of one page's form. Never talks to a server.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlencode

BOUNDARY = "----dokodemo-bench-7f3a"


@dataclass
class Form:
    """The page's own form: what to send, and whether files may come along."""

    multipart: bool = False
    fields: dict[str, str] = field(default_factory=dict)
    choices: dict[str, list[str]] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)

    def body(self, answers: Mapping[str, str], file: bytes) -> tuple[str, bytes]:
        """Content type and bytes of the filled-in form: what is in a box stays, what is empty takes its answer.

        `answers` by the end of a field's name; the first file box gets `file`, the others stay empty.
        """
        sent = {name: value or _answer(name, answers) for name, value in self.fields.items()}
        for name, values in self.choices.items():
            if not sent.get(name):
                wanted = _answer(name, answers)
                sent[name] = wanted if wanted in values else values[0]
        if not self.multipart:
            return "application/x-www-form-urlencoded", urlencode(sent).encode("ascii")
        parts = [f'Content-Disposition: form-data; name="{n}"\r\n\r\n{v}'.encode() for n, v in sent.items()]
        for number, name in enumerate(self.files):
            kind = "image/png" if number == 0 else "application/octet-stream"
            head = (
                f'Content-Disposition: form-data; name="{name}"; filename="{"a.png" if number == 0 else ""}"'
            )
            parts.append(f"{head}\r\nContent-Type: {kind}\r\n\r\n".encode() + (file if number == 0 else b""))
        mark = f"--{BOUNDARY}\r\n".encode()
        body = b"".join(mark + part + b"\r\n" for part in parts) + f"--{BOUNDARY}--\r\n".encode()
        return f"multipart/form-data; boundary={BOUNDARY}", body


def _answer(name: str, answers: Mapping[str, str]) -> str:
    return next((value for end, value in answers.items() if name.endswith(end)), "")


class _Reader(HTMLParser):
    """Finds the form that posts to its own page."""

    def __init__(self) -> None:
        super().__init__()
        self.form: Form | None = None
        self.inside = False
        self.select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form" and given.get("method", "").lower() == "post" and "action" not in given:
            if self.form is None:
                self.form, self.inside = Form(given.get("enctype") == "multipart/form-data"), True
            return
        if not self.inside or self.form is None:
            return
        name = given.get("name", "")
        if tag == "input" and name:
            self._input(self.form, name, given)
        elif tag == "textarea" and name:
            self.form.fields[name] = ""
        elif tag == "select" and name:
            self.select = name
            self.form.choices[name] = []
        elif tag == "option" and self.select:
            value = given.get("value", "")
            if value or "selected" in given:
                self.form.choices[self.select].append(value)
            if "selected" in given:
                self.form.fields[self.select] = value

    def _input(self, form: Form, name: str, given: dict[str, str]) -> None:
        kind = given.get("type", "text")
        if kind == "file":
            form.files.append(name)
        elif kind in {"radio", "checkbox"}:
            form.choices.setdefault(name, []).append(given.get("value", "on"))
            if "checked" in given:
                form.fields[name] = given.get("value", "on")
        else:
            form.fields[name] = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = False
        elif tag == "select":
            self.select = ""


def read_form(html: str) -> Form:
    """The form that a page posts to itself. Raises ValueError when there is none."""
    reader = _Reader()
    reader.feed(html)
    if reader.form is None:
        raise ValueError("the page has no form that posts to itself")
    return reader.form
