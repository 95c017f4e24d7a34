"""Small terms and pages for the tests of the screens, and an HTML reader that sees what a browser would send."""

from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any

from dokodemo.kernel.packs import Text
from dokodemo.kernel.ui.form_values import Question
from dokodemo.kernel.ui.forms import CompiledPage, compile_page
from dokodemo.kernel.vocabulary import Group, Term

LANGS = ("ja", "easy", "en")
SINGLE = ("text", "long_text", "phone", "email", "integer", "yen", "boolean", "choice", "corporate_number")
MANY = ("person_name", "address", "date", "year_month", "bank_account")
EVERY_TYPE = (*SINGLE, *MANY, "file")
NAME = {"family": "荒尾", "given": "花子", "family_kana": "アラオ", "given_kana": "ハナコ"}


def text(ja: str, easy: str | None = None, en: str | None = None) -> Text:
    return Text(ja=ja, easy=easy or ja, en=en or ja)


def term(name: str, kind: str, label: Text | None = None, **more: Any) -> Term:
    if kind == "choice" and "choices" not in more:
        more["choices"] = [{"value": f"c{n}", "label": text(f"選択肢{n}")} for n in range(3)]
    return Term.model_validate(
        {
            "name": name,
            "gif": None,
            "own": "a term of a test",
            "type": kind,
            "label": label or text(f"質問 {name}"),
            "confidentiality": "3B",
            "purpose": "identification",
            **more,
        }
    )


def group(name: str = "child", *, most: int = 12) -> Group:
    return Group.model_validate(
        {
            "name": name,
            "label": text("お子さん"),
            "item": text("お子さん", None, "Child"),
            "repeats": True,
            "max": most,
        }
    )


def ask(kind: str, name: str | None = None, **more: Any) -> Question:
    required = more.pop("required", True)
    return Question(term(name or f"applicant.{kind}", kind, **more), required=required)


REGISTER = text("住民登録", "住民登録《じゅうみんとうろく》", "the resident register")


@dataclass(frozen=True)
class Known:
    """A released fact."""

    value: Any
    source: Text = REGISTER


class Seen(HTMLParser):
    """What a browser makes of a page: fields with their values, ids, label targets and described ids."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.fields: dict[str, str] = {}
        self.names: set[str] = set()
        self.ids: list[str] = []
        self.label_for: list[str] = []
        self.described: list[str] = []
        self.tags: list[str] = []
        self.inputs: list[dict[str, str]] = []
        self.words: list[str] = []
        self._area: str | None = None
        self._select: str | None = None
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        have = {key: value or "" for key, value in attrs}
        self.tags.append(tag)
        if "id" in have:
            self.ids.append(have["id"])
        if tag == "label" and "for" in have:
            self.label_for.append(have["for"])
        self.described += have.get("aria-describedby", "").split()
        if tag in {"input", "select", "textarea"}:
            self.inputs.append({"tag": tag, **have})
            self.names.add(have["name"])
        if tag == "input" and (have.get("type") not in {"radio", "checkbox"} or "checked" in have):
            self.fields[have["name"]] = have.get("value", "")
        if tag == "textarea":
            self._area = have["name"]
            self.fields[self._area] = ""
        if tag == "select":
            self._select = have["name"]
            self.fields[self._select] = ""
        if tag == "option" and "selected" in have and self._select:
            self.fields[self._select] = have["value"]

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._area is not None:
            # A browser drops one line break right after the tag.
            self.fields[self._area] = self.fields[self._area].removeprefix("\n")
            self._area = None
        if tag == "select":
            self._select = None

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self.fields[self._area] += data
        self.words.append(data)

    @property
    def text(self) -> str:
        return "".join(self.words)


def children(**more: Any) -> CompiledPage:
    family = group(**more)
    return compile_page(
        [
            Question(term("child.full_name", "person_name", editable=False), group=family),
            Question(term("child.living_together", "boolean"), group=family),
        ]
    )
