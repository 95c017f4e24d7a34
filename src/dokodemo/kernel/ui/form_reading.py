"""Reading one POST of a page (入力の読み取り): buttons, typed texts, values, errors, questions newly opened.

Owns one pass over a page's questions. Never saves and never draws.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dokodemo.kernel.ui.form_values import (
    Facts,
    FieldError,
    Prefills,
    Question,
    Typed,
    add_item,
    asked_elsewhere,
    boxes,
    is_blank,
    item_count,
    members_of,
    posted,
    prefill_of,
    remove_item,
    unfold,
)
from dokodemo.kernel.ui.language import LANGS
from dokodemo.kernel.vocabulary import Group, values

type Sections = tuple[tuple[Group | None, tuple[Question, ...]], ...]
STAY_BUTTONS = ("_add", "_remove", "_language", "_furigana")


@dataclass
class CleanResult:
    """What a posted page says.

    values: facts of this page (repeating groups as lists; None where an optional answer is blank or a question does
    not apply). errors: by field id. raw: every text as typed, to keep in the draft and to draw again. stay: a button
    such as "add another" was pressed, or an answer opened new questions (`revealed`): draw the page again, without
    errors. removed: (field id, attachment id) whose remove button was pressed. unchanged: ids of answers nobody had
    to type.
    """

    values: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, FieldError] = field(default_factory=dict)
    raw: dict[str, str] = field(default_factory=dict)
    stay: bool = False
    revealed: bool = False
    removed: tuple[tuple[str, str], ...] = ()
    unchanged: frozenset[str] = frozenset()

    @property
    def ok(self) -> bool:
        """Whether the answers are complete and the person wants to go on."""
        return not self.stay and not self.errors


class Reading:
    """One reading of one POST."""

    def __init__(
        self,
        sections: Sections,
        post: Mapping[str, Any],
        prefills: Prefills,
        attached: Mapping[str, Sequence[Mapping[str, Any]]],
        known: Facts,
    ) -> None:
        self.sections, self.post, self.prefills, self.attached = sections, post, prefills, attached
        self.facts: dict[str, Any] = dict(known)
        self.found = CleanResult()
        self.shown_before = frozenset(str(post.get("_shown", "")).split())
        self.unchanged: set[str] = set()

    def result(self) -> CleanResult:
        """The page as read."""
        self._read_texts()
        self._press_buttons()
        for group, questions in self.sections:
            if group is None:
                for question in questions:
                    self.found.values[question.term.name] = self._answer(question, None, None, self.facts)
                    self.facts[question.term.name] = self.found.values[question.term.name]
            else:
                self.found.values[group.name] = self._members(group, questions)
                self.facts[group.name] = self.found.values[group.name]
        if self.found.revealed:
            self.found.stay = True
        if self.found.stay:
            self.found.errors = {}
        self.found.unchanged = frozenset(self.unchanged)
        return self.found

    def _read_texts(self) -> None:
        raw = self.found.raw
        for group, questions in self.sections:
            if group is None:
                for question in questions:
                    raw.update(posted(self.post, boxes(question, question.base()).values()))
                continue
            raw.update(posted(self.post, [f"{group.name}.count"]))
            for index in range(item_count(raw, group) or 0):
                raw.update(posted(self.post, [f"{group.name}-{index}.from"]))
                for question in questions:
                    raw.update(posted(self.post, boxes(question, question.base(index)).values()))

    def _press_buttons(self) -> None:
        self.found.stay = any(button in self.post for button in STAY_BUTTONS)
        pressed = str(self.post.get("_remove", ""))
        box, colon, attachment = pressed.partition(":")
        if colon:
            self.found.removed = ((box, attachment),)
            return
        for group in (group for group, _ in self.sections if group is not None):
            if self.post.get("_add") == group.name:
                self.found.raw = add_item(self.found.raw, group)
            stem, _, number = pressed.rpartition("-")
            if stem == group.name and number.isascii() and number.isdigit():
                self.found.raw = remove_item(self.found.raw, group, int(number))

    def _members(self, group: Group, questions: tuple[Question, ...]) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        raw = (
            self.found.raw if item_count(self.found.raw, group) is not None else {f"{group.name}.count": "0"}
        )
        places = members_of(raw, {}, self.prefills, group)
        for index, origin in enumerate(places):
            facts, member = dict(self.facts), {}
            facts |= asked_elsewhere(self.facts, group, questions, index, len(places))
            for question in questions:
                member[question.bare] = facts[question.term.name] = self._answer(
                    question, index, origin, facts
                )
            found.append(member)
        return found

    def _answer(self, question: Question, index: int | None, origin: int | None, facts: Facts) -> Any:
        base = question.base(index)
        if question.show_when is not None:
            if not question.show_when(facts):
                return None
            if base not in self.shown_before:
                self.found.revealed = True
        prefill = prefill_of(self.prefills, question, origin)
        if prefill is not None and not question.term.editable:
            self.unchanged.add(base)
            return prefill.value
        required = question.needed(facts)
        if str(question.term.type) == "file":
            return self._files(question, base, required)
        typed = {part: self.found.raw.get(name, "") for part, name in boxes(question, base).items()}
        # What the city itself filled in and nobody touched is never refused for the way it is written.
        if prefill is not None and any(typed == unfold(question.term, prefill.value, lang) for lang in LANGS):
            self.unchanged.add(base)
            return prefill.value
        value = self._clean(question, base, typed, required)
        if prefill is not None and value == prefill.value:
            self.unchanged.add(base)
        return value

    def _clean(self, question: Question, base: str, typed: Typed, required: bool) -> Any:
        if is_blank(typed):
            if required:
                chosen = str(question.term.type) in {"boolean", "choice"}
                self.found.errors[base] = FieldError("field.required_choice" if chosen else "field.required")
            return None
        try:
            return values.clean(question.term, typed.get("", typed))
        except values.InvalidValue as error:
            self.found.errors[base] = FieldError(error.code, error.params, error.part)
            return None

    def _files(self, question: Question, base: str, required: bool) -> Any:
        held = [dict(file) for file in self.attached.get(base, ())]
        if not held:
            if required:
                self.found.errors[base] = FieldError("field.required_file")
            return None
        return held if getattr(question.term, "multiple", False) else held[-1]
