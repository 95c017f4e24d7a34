"""A letter as it would look (通知書の見本): its source set with made-up facts, marked as a sample.

Owns the made-up content. Never issues, signs or numbers anything.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from dokodemo.adapters.typeset import Template, TypesetError, pictures, typeset
from dokodemo.administration.authoring.content import Content
from dokodemo.administration.procedures.compiled import CompiledProcedure
from dokodemo.administration.procedures.examples import Example
from dokodemo.administration.procedures.found import in_words
from dokodemo.administration.procedures.judging import judge
from dokodemo.administration.procedures.reading import read_letters
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.vocabulary import Term, values

_PARTS = re.compile("[0-9]+|[^0-9]+")
_NAME = {"family": "見本", "given": "花子", "family_kana": "ミホン", "given_kana": "ハナコ"}
_VALUES: Mapping[str, Any] = {
    "person_name": _NAME,
    "address": {"full": "見本県見本市見本町1-2-3"},
    "phone": "0312345678",
    "email": "mihon@example.jp",
    "date": "2026-11-01",
    "year_month": "2026-11",
    "integer": 1,
    "yen": 10000,
    "boolean": True,
    "text": "見本",
    "long_text": "見本の文です。",
    "corporate_number": "7000012050002",
}


def sample_pdf(content: Content, procedure: CompiledProcedure, name: str, outcome: str) -> bytes:
    """The letter `name` (letters/….typ) of the proposal as PDF. Raises TypesetError with the place in the source."""
    template = _template(content, name)
    return typeset(template, _content(content, procedure, outcome), created=calendar_jp.now()).pdf


def sample_pictures(
    content: Content, procedure: CompiledProcedure, name: str, outcome: str
) -> tuple[bytes, ...]:
    """The pages of the letter `name` as PNG. Raises TypesetError with the place in the source."""
    template = _template(content, name)
    sources = tuple(sorted(template.files.items()))
    return _drawn(template.path, sources, json.dumps(_content(content, procedure, outcome)))


@lru_cache(maxsize=8)
def _drawn(path: str, sources: tuple[tuple[str, str], ...], data: str) -> tuple[bytes, ...]:
    return pictures(Template(path, dict(sources)), json.loads(data), created=calendar_jp.now())


def words_missing(content: Content, procedure: CompiledProcedure, example: Example) -> list[str]:
    """The words that an example promises in its letter and that neither the letter's source nor its data have."""
    name = procedure.definition.outcome.letters().get(str(example.decision))
    if name is None or not example.letter_contains:
        return []
    template = _template(content, name)
    data = _content(content, procedure, str(example.decision), example)
    said = json.dumps(data, ensure_ascii=False) + "".join(template.files.values())
    # «2冊» may come from a figure of the data and a word of the source.
    return [
        words
        for words in example.letter_contains
        if words not in said and not all(part in said for part in _PARTS.findall(words))
    ]


def _template(content: Content, name: str) -> Template:
    letters, missing = read_letters(content.layered, f"procedures/{content.slug}", [name])
    if missing:
        raise TypesetError(f"{missing[0]}: the file is not there")
    beside = f"procedures/{content.slug}/{name}"
    return Template(beside if beside in letters else name, letters)


def _content(
    content: Content, procedure: CompiledProcedure, outcome: str, example: Example | None = None
) -> dict[str, Any]:
    definition = procedure.definition
    facts: Mapping[str, Any] = example.facts if example else {}
    worked_out = judge(procedure, facts, example.on).amounts if example else {}
    city = content.pack.city
    terms: dict[str, Any] = {}
    groups: dict[str, list[dict[str, Any]]] = {}
    for page in procedure.pages:
        for question in page.questions:
            term = question.term
            if page.group is not None and page.group.repeats:
                members = facts.get(page.group.name) if example else [{}]
                rows = groups.setdefault(page.group.name, [{} for _ in members or ()])
                for row, member in zip(rows, members or (), strict=False):
                    row[term.field] = _entry(term, member.get(term.field))
            else:
                terms[term.name] = _entry(term, facts.get(term.name))
    refused = outcome == "refused"
    return {
        "lang": "ja",
        "title": f"{definition.title.ja}（見本）",
        "sample": True,
        "unconfirmed": not definition.is_confirmed,
        "city": {
            "name": city.name.ja,
            "prefecture": city.prefecture.ja,
            "mayor": city.mayor.ja,
            "postal_code": city.postal_code,
            "address": city.address,
            "phone": city.phone,
            "url": city.url,
            "department": None,
            "section": "見本課",
            "section_phone": city.phone,
        },
        "addressee": {"name": "見本　花子", "address": "見本県見本市見本町1-2-3", "honorific": "様"},
        "case": {
            "number": "見本-0001",
            "procedure": definition.title.ja,
            "arrived_on": calendar_jp.to_wareki(calendar_jp.today(), "ja"),
            "law": f"{definition.law.name} {definition.law.article}",
        },
        "terms": terms,
        "groups": groups,
        "reasons": [
            {"say": rule.say.ja, "article": f"{rule.law or definition.law.name}{rule.article}"}
            for rule in definition.eligible[:1]
            if refused
        ],
        "decision": {"kind": outcome, "text": "見本の決定です", "conditions": []},
        "findings": in_words(
            definition.findings,
            {
                one.name: one.choices[0].value if one.choices else _VALUES[one.type]
                for one in definition.findings
                if outcome in one.required_on
            },
        ),
        "appeal": ["教示文の見本です。公開後は、手続の区分に応じた文が入ります。"]
        if outcome != "completed"
        else [],
        "amounts": {
            amount.name: _amount(amount.label.ja, worked_out.get(amount.name) or 10000)
            for amount in definition.amounts
            if not refused
        },
        "fee": {"text": f"{definition.fee.amount:,}円"} if definition.fee.amount else None,
    }


def _amount(label: str, yen: int) -> dict[str, Any]:
    return {"label": label, "text": f"{yen:,}円", "value": yen}


def _entry(term: Term, given: Any = None) -> dict[str, Any]:
    value = given
    if value is None:
        value = term.choices[0].value if term.choices else _VALUES.get(str(term.type))
    text = "" if value is None else values.show(term, value, "ja")
    return {"label": term.label.ja, "text": text, "value": value}
