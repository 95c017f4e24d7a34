"""Answers to read (入力内容の確認): every answer with its label, where it came from and where to change it.

Owns the lines of "check your answers" and of a case's answers. Never changes one.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from dokodemo.administration.cases import flow
from dokodemo.administration.cases.merging import JointForm
from dokodemo.administration.cases.models import Case, Draft
from dokodemo.administration.procedures.compiled import CompiledProcedure, Form, FormQuestion
from dokodemo.entry.server.requests import Request
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.packs import Text
from dokodemo.kernel.ui import texts
from dokodemo.kernel.ui.language import say
from dokodemo.kernel.vocabulary import Term, values


@dataclass(frozen=True)
class Row:
    """One answer as `ui/parts/summary_list.html` takes it."""

    label: SafeString
    value: SafeString | str
    source: SafeString | None = None
    href: str | None = None
    differs: str | None = None
    users: SafeString | None = None


@dataclass(frozen=True)
class Block:
    """The answers of one page, or of one member of a repeating group."""

    title: SafeString
    rows: list[Row]
    href: str | None = None
    users: SafeString | None = None


def _shown(request: Request, term: Term, value: Any) -> SafeString | str:
    if term.type == "file" and isinstance(value, list):
        return format_html_join(
            "",
            '<a href="{}">{}</a><br>',
            ((reverse("portal:attachment", args=[one["attachment"]]), one["name"]) for one in value),
        )
    return values.show(term, value, request.lang) if value is not None else ""


@dataclass(frozen=True)
class _Page:
    """What the rows of a page need to know: the sources of answers by place, and who uses them."""

    request: Request
    form: Form
    source_of: Mapping[str, Text]

    def row(self, question: FormQuestion, place: str, value: Any) -> Row:
        source = self.source_of.get(place)
        known = source is not None and value is not None
        return Row(
            _label(self.request, question.term),
            _shown(self.request, question.term, value),
            _said(self.request, source) if source is not None and known else None,
            users=users_of(self.request, self.form, question.users),
        )


def _blocks(
    request: Request,
    form: Form,
    answers: Mapping[str, Any],
    source_of: Mapping[str, Text],
    hrefs: Mapping[int, str],
) -> list[Block]:
    page = _Page(request, form, source_of)
    blocks: list[Block] = []
    for step in flow.steps(form, answers, on=calendar_jp.today()):
        title = _said(request, step.page.title)
        href = hrefs.get(step.index)
        group = step.page.group
        if group is None or not group.repeats:
            rows = [page.row(q, q.term.name, answers.get(q.term.name)) for q in step.questions]
            blocks.append(_block(title, rows, href))
            continue
        item = _said(request, group.item or group.label)
        for number, member, questions in flow.each_member(step, answers):
            rows = [
                page.row(q, f"{group.name}-{number}.{q.term.field}", member.get(q.term.field))
                for q in questions
            ]
            blocks.append(_block(format_html("{} {}", item, number + 1), rows, href))
    return blocks


def _block(title: SafeString, rows: list[Row], href: str | None) -> Block:
    """A block of answers; where all go to the same procedures, that is said once."""
    users = {row.users for row in rows}
    if len(users) != 1:
        return Block(title, rows, href)
    return Block(title, [replace(row, users=None) for row in rows], href, users.pop())


def users_of(
    request: Request, form: Form, slugs: Sequence[str], *, key: str = "portal.together.used_by"
) -> SafeString | None:
    """For which procedures of a joint form an answer is used, in words; None in a procedure's own form."""
    if not slugs or not isinstance(form, JointForm):
        return None
    if len(slugs) == len(form.parts):
        return texts.t(f"{key}_all", request.lang, furigana=request.furigana)
    titles = {part.procedure.slug: _said(request, part.procedure.title) for part in form.parts}
    comma = ", " if request.lang == "en" else "、"
    names = format_html_join(comma, "{}", ((titles[slug],) for slug in slugs))
    return texts.t(key, request.lang, furigana=request.furigana, names=names)


def _said(request: Request, text: Text) -> SafeString:
    return say(text, request.lang, furigana=request.furigana)


def asked_rows(
    request: Request,
    form: Form,
    answers: Mapping[str, Any],
    places: Collection[str],
    *,
    page_url: Callable[[int], str] | None = None,
) -> list[tuple[SafeString, str | None]]:
    """What the city asked to correct, in the order of the form: its name and, where it can be changed, its address."""
    rows: list[tuple[SafeString, str | None]] = []
    if not places:
        return rows
    for step in flow.steps(form, answers, on=calendar_jp.today()):
        group = step.page.group
        where = page_url(step.index) if page_url else None
        if group is None or not group.repeats:
            found = [(q.term.name, _label(request, q.term)) for q in step.questions]
        else:
            item = say(group.item or group.label, request.lang, furigana=request.furigana)
            found = [(group.name, item)] + [
                (
                    f"{group.name}-{n}.{q.term.field}",
                    texts.t(
                        "ui.label_value",
                        request.lang,
                        furigana=request.furigana,
                        label=format_html("{} {}", item, n + 1),
                        value=_label(request, q.term),
                    ),
                )
                for n, _, questions in flow.each_member(step, answers)
                for q in questions
            ]
        rows += [
            (label, f"{where}#{place}--asked" if where else None) for place, label in found if place in places
        ]
    return rows


def _label(request: Request, term: Term) -> SafeString:
    return _said(request, term.label)


def summary_pages(request: Request, form: Form, draft: Draft) -> list[Block]:
    """A draft's answers by page, each page with the address where it can be changed."""
    released = draft.content["released"]
    answers = draft.content["values"]
    same = {
        place: Text(**released[place]["source"])
        for place, value in flow.places(answers).items()
        if place in released and released[place]["value"] == value
    }
    hrefs = {
        index: f"{reverse('portal:page', args=[draft.pk, index])}?return=check"
        for index in range(len(form.pages))
    }
    return _blocks(request, form, answers, same, hrefs)


REGISTER = Text(ja="住民登録", easy="住民登録《じゅうみんとうろく》", en="the resident register")


def case_blocks(request: Request, procedure: CompiledProcedure, case: Case) -> list[Block]:
    """A case's answers by page, as they stand."""
    source_of = {place: REGISTER for place, source in case.sources.items() if source == "register"}
    return _blocks(request, procedure, case.answers, source_of, {})
