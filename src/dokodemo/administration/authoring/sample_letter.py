"""A letter as it would look (通知書の見本): its source set with made-up facts, marked as a sample.

Owns the made-up content. Never issues, signs or numbers anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dokodemo.adapters.typeset import Template, TypesetError, typeset
from dokodemo.administration.authoring.content import Content
from dokodemo.administration.procedures.compiled import CompiledProcedure
from dokodemo.administration.procedures.reading import read_letters
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.vocabulary import Term, values

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
    letters, missing = read_letters(content.layered, f"procedures/{content.slug}", [name])
    if missing:
        raise TypesetError(f"{missing[0]}: the file is not there")
    beside = f"procedures/{content.slug}/{name}"
    path = beside if beside in letters else name
    return typeset(
        Template(path, letters), _content(content, procedure, outcome), created=calendar_jp.now()
    ).pdf


def _content(content: Content, procedure: CompiledProcedure, outcome: str) -> dict[str, Any]:
    definition = procedure.definition
    city = content.pack.city
    terms: dict[str, Any] = {}
    groups: dict[str, list[dict[str, Any]]] = {}
    for page in procedure.pages:
        for question in page.questions:
            entry = _entry(question.term)
            if page.group is not None and page.group.repeats:
                groups.setdefault(page.group.name, [{}])[0][question.term.field] = entry
            else:
                terms[question.term.name] = entry
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
        "appeal": ["教示文の見本です。公開後は、手続の区分に応じた文が入ります。"]
        if outcome != "completed"
        else [],
        "amounts": {
            amount.name: {"label": amount.label.ja, "text": "10,000円", "value": 10000}
            for amount in definition.amounts
            if not refused
        },
        "fee": {"text": f"{definition.fee.amount:,}円"} if definition.fee.amount else None,
    }


def _entry(term: Term) -> dict[str, Any]:
    value = term.choices[0].value if term.choices else _VALUES.get(str(term.type))
    text = "" if value is None else values.show(term, value, "ja")
    return {"label": term.label.ja, "text": text, "value": value}
