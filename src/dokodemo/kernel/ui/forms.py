"""Pages of questions (申請フォーム): compiled once per procedure version, drawn and read many times.

Owns drawing a page in three languages with everything a person typed, reading a POST, the buttons that add and
remove members of a repeating group, and which questions apply. Never saves, and never trusts a posted value for an
answer that the city holds and the person may not change.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString

from dokodemo.kernel.ui import texts
from dokodemo.kernel.ui.form_fields import CompiledField, Drawn
from dokodemo.kernel.ui.form_reading import CleanResult, Reading, Sections
from dokodemo.kernel.ui.form_values import (
    Facts,
    FieldError,
    Known,
    Prefills,
    Question,
    Typed,
    asked_elsewhere,
    item_count,
    members_of,
    most,
    prefill_of,
    saved_value,
    unfold,
)
from dokodemo.kernel.ui.language import Lang, say
from dokodemo.kernel.vocabulary import Group
from dokodemo.kernel.vocabulary import values as term_values

__all__ = ["CleanResult", "CompiledPage", "ErrorLine", "FieldError", "Question", "compile_page"]

type Attached = Mapping[str, Sequence[Mapping[str, Any]]]


@dataclass(frozen=True)
class ErrorLine:
    """One line of the error summary: a link to the box and its sentence."""

    href: str
    message: SafeString


@dataclass
class _Scene:
    """Everything one drawing of a page knows."""

    lang: Lang
    furigana: bool
    values: Facts
    raw: Typed
    errors: Mapping[str, FieldError]
    prefills: Prefills
    attached: Attached
    facts: dict[str, Any]
    asked: Collection[str] = ()
    shown: list[str] = field(default_factory=list)

    def say(self, key: str, **params: object) -> SafeString:
        return texts.t(key, self.lang, furigana=self.furigana, **params)


def compile_page(questions: Sequence[Question]) -> "CompiledPage":
    """A page ready to be drawn and read.

    Raises ValueError for a term or a repeating group in two places, and for a group that does not repeat or does not
    hold its term.
    """
    return CompiledPage(tuple(questions))


class CompiledPage:
    """A page of questions. Immutable in meaning: keep one per published version and share it between threads."""

    def __init__(self, questions: tuple[Question, ...]) -> None:
        names = [question.term.name for question in questions]
        if len(set(names)) != len(names):
            raise ValueError(f"a page asks a term twice: {sorted(names)}")
        for question in questions:
            group = question.group
            if group and not (group.repeats and question.term.name.startswith(f"{group.name}.")):
                raise ValueError(
                    f"{question.term.name} is not asked for each of {group.name}: leave the group out"
                )
        self.questions = questions
        self.sections = _sections(questions)
        self.groups: dict[str, Group] = {group.name: group for group, _ in self.sections if group is not None}
        self.file_questions = tuple(q for q in questions if str(q.term.type) == "file")
        self._fields: dict[tuple[Lang, bool, str, bool], CompiledField] = {}

    def clean(
        self,
        post: Mapping[str, Any],
        *,
        prefills: Prefills | None = None,
        attached: Attached | None = None,
        known: Facts | None = None,
    ) -> CleanResult:
        """Read a POST into values, errors and the texts as typed.

        `prefills`: released facts, as for `render`. `attached`: files already stored, by field id (store uploads
        first: see `file_ids`). `known`: facts from other pages, for questions that depend on them.
        """
        return Reading(self.sections, post, prefills or {}, attached or {}, known or {}).result()

    def file_ids(self, post: Mapping[str, Any]) -> list[str]:
        """The ids of the file boxes of a posted form: the names under which uploads may come."""
        found: list[str] = []
        for question in self.file_questions:
            if question.group is None:
                found.append(question.base())
            else:
                count = item_count(
                    {k: str(v) for k, v in post.items() if k.endswith(".count")}, question.group
                )
                found.extend(question.base(index) for index in range(count or 0))
        return found

    def render(
        self,
        lang: Lang,
        *,
        values: Facts | None = None,
        raw: Typed | None = None,
        errors: Mapping[str, FieldError] | None = None,
        prefills: Prefills | None = None,
        attached: Attached | None = None,
        known: Facts | None = None,
        asked: Collection[str] = (),
        furigana: bool = False,
    ) -> SafeString:
        """The questions' HTML, without `<form>` and its buttons.

        What is in a box: what was typed (`raw`), else the saved answer (`values`), else what the city knows
        (`prefills`, in the shape of `released_facts`). `errors` by field id. `asked`: field ids (or names of repeating
        groups) whose answers the city asked to correct. 5 questions take well under 0.5 ms.
        """
        facts: dict[str, Any] = {**(known or {}), **(values or {})}
        scene = _Scene(
            lang,
            furigana,
            values or {},
            raw or {},
            errors or {},
            prefills or {},
            attached or {},
            facts,
            asked,
        )
        out: list[str] = []
        if self.groups or self.file_questions:
            # Enter in a text box presses the first button of a form: it must not be one that removes something.
            out.append('<button class="default-button" tabindex="-1" aria-hidden="true"></button>')
        for group, questions in self.sections:
            if group is None:
                here = _facts(scene, questions, None, None)
                scene.facts.update(here)
                out.extend(self._draw(scene, question, None, None, here) for question in questions)
            else:
                self._draw_group(scene, group, questions, out)
        if scene.shown:
            out.append(f'<input type="hidden" name="_shown" value="{escape(" ".join(scene.shown))}">')
        return SafeString("".join(out))

    def error_list(
        self, errors: Mapping[str, FieldError], lang: Lang, *, furigana: bool = False
    ) -> list[ErrorLine]:
        """The error summary in the order of the page; feed it to `ui/parts/error_summary.html`."""
        lines: list[ErrorLine] = []
        order = {q.term.name: n for n, q in enumerate(self.questions)}
        for base, error in sorted(errors.items(), key=lambda item: _position(item[0], order)):
            question = self._question(base)
            if question is None:
                lines.append(ErrorLine("#main", texts.t(error.code, lang, furigana=furigana, **error.params)))
                continue
            compiled = self._field(question, base, lang, furigana)
            lines.append(ErrorLine(f"#{compiled.target(error.part)}", _message(error, compiled)))
        return lines

    def _question(self, base: str) -> Question | None:
        head, _, rest = base.partition(".")
        group = head.rpartition("-")[0]
        return next(
            (
                q
                for q in self.questions
                if q.term.name == base or (q.group and q.group.name == group and q.bare == rest)
            ),
            None,
        )

    def _field(self, question: Question, base: str, lang: Lang, furigana: bool) -> CompiledField:
        key = (lang, furigana, base, question.required)
        compiled = self._fields.get(key)
        if compiled is None:
            compiled = self._fields[key] = CompiledField(question, base, lang, furigana)
        return compiled

    def _draw(
        self, scene: _Scene, question: Question, index: int | None, origin: int | None, facts: Facts
    ) -> str:
        base = question.base(index)
        if question.show_when is not None:
            if not question.show_when(facts):
                return ""
            scene.shown.append(base)
        if question.required and not question.needed(facts):
            question = replace(question, required=False)
        compiled = self._field(question, base, scene.lang, scene.furigana)
        prefill = prefill_of(scene.prefills, question, origin)
        if prefill is not None and not question.term.editable:
            return _locked(compiled, prefill, asked=base in scene.asked)
        typed: Typed = {part: scene.raw[name] for part, name in compiled.names.items() if name in scene.raw}
        value = saved_value(scene.values, question, index)
        if not typed and value is not None:
            typed = unfold(question.term, value, scene.lang)
        source = ""
        if prefill is not None:
            expected = unfold(question.term, prefill.value, scene.lang)
            typed = typed or expected
            source = _source(compiled, prefill, same=value == prefill.value or typed == expected)
        error = scene.errors.get(base)
        message = _message(error, compiled) if error else ""
        return compiled.draw(
            Drawn(typed, error, message, source, scene.attached.get(base, ()), base in scene.asked)
        )

    def _draw_group(
        self, scene: _Scene, group: Group, questions: tuple[Question, ...], out: list[str]
    ) -> None:
        members = members_of(scene.raw, scene.values, scene.prefills, group)
        item = say(group.item or group.label, scene.lang, furigana=scene.furigana)
        out.append(
            f'<div id="{group.name}.items"><input type="hidden" name="{group.name}.count" value="{len(members)}">'
        )
        if group.name in scene.asked:
            out.append(f'<p class="asked-note" id="{group.name}--asked">{scene.say("ui.form.asked")}</p>')
        if not members:
            out.append(f'<p class="quiet">{scene.say("ui.form.none", item=item)}</p>')
        for index, origin in enumerate(members):
            title = scene.say("ui.form.item", item=item, number=index + 1)
            from_ = "" if origin is None else str(origin)
            out.append(
                f'<fieldset class="item" id="{group.name}-{index}" tabindex="-1">'
                f'<legend class="item-title">{title}</legend>'
                f'<input type="hidden" name="{group.name}-{index}.from" value="{from_}">'
            )
            facts = _facts(scene, questions, index, origin)
            if facts:
                facts |= asked_elsewhere(scene.facts, group, questions, index, len(members))
            out.extend(self._draw(scene, question, index, origin, facts) for question in questions)
            out.append(
                f'<button class="button button-second button-small" name="_remove" value="{group.name}-{index}"'
                f' formnovalidate formaction="#{group.name}.items">{scene.say("ui.form.remove", item=title)}</button>'
                "</fieldset>"
            )
        if len(members) < most(group):
            key = "ui.form.add" if members else "ui.form.add_first"
            out.append(
                f'<p><button class="button button-second" name="_add" value="{group.name}" formnovalidate'
                f' formaction="#{group.name}-{len(members)}">{scene.say(key, item=item)}</button></p></div>'
            )
        else:
            out.append(f'<p class="quiet">{scene.say("ui.form.most", max=most(group))}</p></div>')


def _sections(questions: tuple[Question, ...]) -> Sections:
    """Questions beside each other of the same repeating group, in order. Raises ValueError for a group in two places."""
    found: list[tuple[Group | None, tuple[Question, ...]]] = []
    for question in questions:
        if found and (found[-1][0] and found[-1][0].name) == (question.group and question.group.name):
            found[-1] = (found[-1][0], (*found[-1][1], question))
        else:
            found.append((question.group, (question,)))
    groups = [group.name for group, _ in found if group is not None]
    if len(set(groups)) != len(groups):
        raise ValueError(f"a page asks a repeating group in two places: {groups}")
    return tuple(found)


def _facts(
    scene: _Scene, questions: tuple[Question, ...], index: int | None, origin: int | None
) -> dict[str, Any]:
    """The facts that decide which of these questions apply; empty where all always do."""
    if not any(question.looks for question in questions):
        return {}
    facts = dict(scene.facts)
    for question in questions:
        value = saved_value(scene.values, question, index)
        prefill = prefill_of(scene.prefills, question, origin)
        locked = prefill is not None and not question.term.editable
        facts[question.term.name] = (
            prefill.value if prefill is not None and (locked or value is None) else value
        )
    return facts


def _message(error: FieldError, compiled: CompiledField) -> SafeString:
    params = {"label": compiled.label, **error.params}
    return texts.t(error.code, compiled.lang, furigana=compiled.furigana, **params)


def _chip(compiled: CompiledField, prefill: Known) -> SafeString:
    source = say(prefill.source, compiled.lang, furigana=compiled.furigana)
    words = texts.t("ui.form.known", compiled.lang, furigana=compiled.furigana, source=source)
    return format_html('<span class="chip">{}</span>', words)


def _source(compiled: CompiledField, prefill: Known, *, same: bool) -> str:
    if same:
        return f'<p class="known-note">{_chip(compiled, prefill)}</p>'
    words = texts.t(
        "ui.form.known_other",
        compiled.lang,
        furigana=compiled.furigana,
        source=say(prefill.source, compiled.lang, furigana=compiled.furigana),
        value=term_values.show(compiled.question.term, prefill.value, compiled.lang),
    )
    return f'<p class="known-note quiet">{words}</p>'


def _locked(compiled: CompiledField, prefill: Known, *, asked: bool) -> str:
    shown = term_values.show(compiled.question.term, prefill.value, compiled.lang)
    return format_html(
        '<div class="ask{}" id="{}"><p class="ask-label">{}</p>{}<div class="known"><p><span class="known-value">{}</span> {}</p>'
        '<p class="hint">{}</p></div></div>',
        " ask-asked" if asked else "",
        compiled.base,
        compiled.label,
        compiled.asked_note() if asked else "",
        shown,
        _chip(compiled, prefill),
        texts.t("ui.form.locked", compiled.lang, furigana=compiled.furigana),
    )


def _position(base: str, order: Mapping[str, int]) -> tuple[int, int, int]:
    """Where a field id stands on the page: members of a repeating group one after another."""
    head, _, rest = base.partition(".")
    stem, _, number = head.rpartition("-")
    if base in order or not number.isdigit():
        return (order.get(base, len(order)), 0, 0)
    first = min((place for name, place in order.items() if name.startswith(f"{stem}.")), default=len(order))
    return (first, int(number), order.get(f"{stem}.{rest}", len(order)))
