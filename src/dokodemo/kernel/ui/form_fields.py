"""One question in one language, compiled (質問の部品): the widget's template cut once into fixed text and slots.

Owns the choice of widget by type of term and its drawing with what was typed. Rendering joins strings: the template
engine runs only when a page is compiled. Never cleans values.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.template.loader import render_to_string
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString

from dokodemo.kernel import calendar_jp
from dokodemo.kernel.ui import texts
from dokodemo.kernel.ui.form_values import FieldError, Question, boxes
from dokodemo.kernel.ui.language import Lang, say, say_plain

RADIOS_UP_TO = 7
ERAS = ("", *(era.code for era in reversed(calendar_jp.ERAS)))
ACCOUNT_KINDS = ("ordinary", "current", "savings")
WIDGETS = {
    "text": "text", "phone": "text", "email": "text", "integer": "text", "yen": "text", "corporate_number": "text",
    "long_text": "long_text", "person_name": "person_name", "address": "address", "date": "date",
    "year_month": "date", "boolean": "radios", "choice": "radios", "bank_account": "bank_account", "file": "file",
}  # fmt: skip
INPUT = {
    "phone": {"type": "tel", "inputmode": "tel", "width": "w13"},
    "email": {"type": "text", "inputmode": "email", "width": "w30"},
    "integer": {"type": "text", "inputmode": "numeric", "width": "w7"},
    "yen": {"type": "text", "inputmode": "numeric", "width": "w13"},
    "corporate_number": {"type": "text", "inputmode": "numeric", "width": "w20"},
    "text": {"type": "text", "inputmode": "", "width": "w30"},
}
# WCAG 1.3.5 names only what is about the person using the form; for others the browser must not guess.
AUTOCOMPLETE = {
    "person_name": {"family": "family-name", "given": "given-name"},
    "address": {
        "postal_code": "postal-code", "prefecture": "address-level1", "city": "address-level2",
        "town": "address-level3", "block": "address-line1", "building": "address-line2",
    },
    "phone": {"": "tel"},
    "email": {"": "email"},
    "date": {"year": "bday-year", "month": "bday-month", "day": "bday-day"},
}  # fmt: skip
HINTED = {"date", "person_name", "phone", "email", "corporate_number"}
KIND_NAMES = {
    "image/jpeg": "JPEG",
    "image/png": "PNG",
    "application/pdf": "PDF",
    "image/heic": "HEIC",
    "image/webp": "WebP",
}


@dataclass(slots=True)
class Drawn:
    """What one drawing of a question needs: texts by part, the error and its sentence, source, files held.

    `asked` says that the city asked for this answer to be corrected (補正).
    """

    typed: Mapping[str, str]
    error: FieldError | None = None
    message: str = ""
    source: str = ""
    files: Sequence[Mapping[str, Any]] = ()
    asked: bool = False


type Slot = Callable[[Drawn], str]


@dataclass
class _Slots:
    """Hands out marks for a template and remembers what goes there."""

    made: list[Slot] = field(default_factory=list)

    def mark(self, slot: Slot) -> SafeString:
        self.made.append(slot)
        return SafeString(f"\x00{len(self.made) - 1}\x00")

    def cut(self, html: str) -> tuple[str | Slot, ...]:
        pieces = re.split("\x00([0-9]+)\x00", html)
        return tuple(p if i % 2 == 0 else self.made[int(p)] for i, p in enumerate(pieces) if i % 2 or p)


class CompiledField:
    """One question at one place of the form in one language."""

    def __init__(self, question: Question, base: str, lang: Lang, furigana: bool) -> None:
        self.question, self.base, self.lang, self.furigana = question, base, lang, furigana
        self.names = boxes(question, base)
        self.label = say(question.term.label, lang, furigana=furigana)
        self.plain_label = say_plain(question.term.label, lang)
        slots = _Slots()
        widget = WIDGETS[str(question.term.type)]
        html = render_to_string(f"ui/fields/{widget}.html", self._context(slots, widget))
        self.pieces = slots.cut(re.sub(r">\s*\n\s*<", "><", html.strip()))

    def draw(self, drawn: Drawn) -> str:
        """The question's HTML with what was typed, its error and its source."""
        return "".join([piece if isinstance(piece, str) else piece(drawn) for piece in self.pieces])

    def target(self, part: str | None) -> str:
        """The id an error links to: the box it is about, else the first."""
        if part is not None and part in self.names:
            return self.names[part]
        return next(iter(self.names.values()))

    def asked_note(self) -> SafeString:
        """The line that marks an answer the city asked to correct."""
        return format_html(
            '<p class="asked-note" id="{}--asked">{}</p>', self.base, self._word("ui.form.asked")
        )

    def _word(self, key: str, **params: object) -> SafeString:
        return texts.t(key, self.lang, furigana=self.furigana, **params)

    def _context(self, slots: _Slots, widget: str) -> dict[str, Any]:
        term, kind = self.question.term, str(self.question.term.type)
        hint = self._hint(kind)
        context: dict[str, Any] = {
            "lang": self.lang,
            "furigana": self.furigana,
            "base": self.base,
            "label": self.label,
            "hint": hint,
            "required": self.question.required,
            "wrong": slots.mark(
                lambda d: (" ask-wrong" if d.error else "") + (" ask-asked" if d.asked else "")
            ),
            "error": slots.mark(self._error),
            "source": slots.mark(lambda d: d.source),
            "describedby": slots.mark(self._describedby(bool(hint))),
            "box": {part or "only": self._box(slots, part, kind) for part in self.names},
        }
        if widget == "text":
            context["look"] = INPUT[kind]
            context["unit"] = self._word("ui.form.yen_unit") if kind == "yen" else ""
        elif widget == "date":
            context["eras"] = self._options(slots, "era", [(era, self._era(era)) for era in ERAS])
        elif widget == "bank_account":
            kinds = [(kind, texts.plain(f"ui.account.{kind}", self.lang)) for kind in ACCOUNT_KINDS]
            context["kinds"] = self._options(slots, "kind", kinds)
        elif widget == "radios":
            options = self._choices(kind)
            context["as_select"] = len(options) > RADIOS_UP_TO
            context["in_row"] = kind == "boolean"
            context["options"] = self._options(slots, "", options)
        elif widget == "file":
            context["files"] = slots.mark(self._files)
            context["accept"] = ",".join(getattr(term, "accept", None) or ())
            context["multiple"] = bool(getattr(term, "multiple", False))
        return context

    def _box(self, slots: _Slots, part: str, kind: str) -> dict[str, Any]:
        name = self.names[part]
        own = self.question.term.name.partition(".")[0] == "applicant" and self.question.group is None
        autofill = (
            AUTOCOMPLETE.get(kind, {}).get(part, "off" if kind == "bank_account" else "") if own else "off"
        )
        if kind == "date" and not self.question.term.name.endswith("date_of_birth"):
            autofill = "off"
        # A single box is described by its own attribute; a box among others points to the error itself.
        wrong = ' aria-invalid="true"' + (f' aria-describedby="{escape(self.base)}--error"' if part else "")
        return {
            "name": name,
            "autocomplete": autofill,
            "value": slots.mark(lambda d: escape(d.typed.get(part, ""))),
            "invalid": slots.mark(lambda d: wrong if d.error and d.error.part in {None, "", part} else ""),
        }

    def _options(self, slots: _Slots, part: str, options: list[tuple[str, str]]) -> list[dict[str, Any]]:
        word = "selected" if part in {"era", "kind"} or len(options) > RADIOS_UP_TO else "checked"

        def chosen(value: str) -> Slot:
            return lambda d: f" {word}" if d.typed.get(part, "") == value else ""

        return [
            {"value": value, "label": label, "first": n == 0, "chosen": slots.mark(chosen(value))}
            for n, (value, label) in enumerate(options)
        ]

    def _choices(self, kind: str) -> list[tuple[str, str]]:
        if kind == "boolean":
            return [("true", self._word("ui.form.yes")), ("false", self._word("ui.form.no"))]
        choices = list(self.question.term.choices or ())
        if len(choices) > RADIOS_UP_TO:
            return [(choice.value, say_plain(choice.label, self.lang)) for choice in choices]
        return [(choice.value, say(choice.label, self.lang, furigana=self.furigana)) for choice in choices]

    def _era(self, era: str) -> str:
        return texts.plain(f"ui.era.{era or 'western'}", self.lang)

    def _hint(self, kind: str) -> str:
        term = self.question.term
        sentences: list[str] = []
        if term.hint is not None:
            sentences.append(say(term.hint, self.lang, furigana=self.furigana))
        if kind == "date" or (term.hint is None and kind in HINTED):
            sentences.append(self._word(f"ui.hint.{kind}"))
        if kind == "long_text" and term.max_length:
            sentences.append(self._word("ui.form.limit", max=term.max_length))
        if kind == "file" and getattr(term, "accept", None):
            kinds = "、".join(KIND_NAMES.get(media, media) for media in term.accept)
            sentences.append(
                self._word(
                    "ui.form.file_kinds", kinds=kinds if self.lang != "en" else kinds.replace("、", ", ")
                )
            )
        return SafeString("<br>".join(sentences))

    def _error(self, drawn: Drawn) -> str:
        asked = self.asked_note() if drawn.asked else ""
        if not drawn.error:
            return asked
        return asked + f'<p class="ask-error" id="{escape(self.base)}--error">{drawn.message}</p>'

    def _describedby(self, has_hint: bool) -> Slot:
        base = escape(self.base)
        hint = f"{base}--hint" if has_hint else ""
        plain = f' aria-describedby="{hint}"' if hint else ""
        wrong = f' aria-describedby="{f"{hint} {base}--error".strip()}"'
        return lambda d: wrong if d.error else plain

    def _files(self, drawn: Drawn) -> str:
        if not drawn.files:
            return ""
        rows = []
        for held in drawn.files:
            remove = texts.plain("ui.form.file_remove", self.lang, name=held["name"])
            rows.append(
                f'<li><span class="files-name">{escape(held["name"])}</span>'
                f'<button class="link-button" name="_remove" value="{escape(self.base)}:{escape(held["attachment"])}"'
                f' formnovalidate aria-label="{escape(remove)}">{self._word("ui.form.file_remove_short")}</button></li>'
            )
        return f'<p class="part-label">{self._word("ui.form.file_have")}</p><ul class="files">{"".join(rows)}</ul>'
