"""Every letter of every city becomes an accessible archive file, however much or little is known."""

from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pytest
import segno

from dokodemo.adapters.typeset import Template, typeset
from dokodemo.administration.procedures.reading import read_procedures
from dokodemo.kernel.packs import open_pack
from dokodemo.kernel.vocabulary import Vocabulary, load_vocabulary

MOMENT = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
RARE_NAME = "髙﨑 𠮷\u8fbb\U000e0100"
NEARLY_NOTHING: dict[str, Any] = {"number": "1", "issued_on": "令和8年11月23日", "city": {}, "case": {}}


def qr() -> bytes:
    picture = BytesIO()
    segno.make("https://city.example/verify").save(picture, kind="svg")
    return picture.getvalue()


def everything(vocabulary: Vocabulary) -> dict[str, Any]:
    """Data in which each term has a text, as a long letter has it."""
    terms = {name: {"label": term.label.ja, "text": RARE_NAME} for name, term in vocabulary.terms.items()}
    member = {
        "full_name": {"label": "氏名", "text": RARE_NAME},
        "date_of_birth": {"label": "生年月日", "text": "令和8年11月1日"},
    }
    return {
        **NEARLY_NOTHING,
        "title": "通知書",
        "sample": True,
        "unconfirmed": True,
        "city": {
            "name": "見本市",
            "mayor": "見本市長",
            "section": "みどり課",
            "section_phone": "(0999)00-0000",
        },
        "addressee": {"name": RARE_NAME, "address": "見本市中央1-1", "honorific": "様"},
        "case": {"number": "1", "procedure": "手続", "arrived_on": "令和8年11月20日"},
        "terms": {**terms, "request.scope": {"label": "範囲", "text": "世帯の全員", "value": "household"}},
        "groups": {"child": [member] * 6, "household_member": [member] * 8},
        "reasons": [{"say": "要件の文", "article": "第1条"}, {"say": "職員のことば", "article": None}],
        "decision": {
            "kind": "approved",
            "text": "認めます",
            "conditions": ["要介護2", "令和9年10月31日まで"],
        },
        "extension": {
            "before": "令和8年12月23日",
            "until": "令和9年1月22日",
            "article": "見本法第1条ただし書",
        },
        "appeal": ["審査請求ができます。", "訴えを提起できます。"],
        "amounts": {"monthly": {"label": "月額", "text": "15,000円", "value": 15000}},
        "verify": {"url": "https://city.example/verify", "code": "7K3M-Q9XT", "qr": "qr.svg"},
    }


@pytest.mark.parametrize("name", ["arao", "mihon"])
def test_every_letter_is_made_from_full_and_from_nearly_empty_data(name: str) -> None:
    pack = open_pack(name)
    full = everything(load_vocabulary(pack))
    made: set[str] = set()
    for file in read_procedures(pack):
        assert file.missing_letters == ()
        for letter in file.definition.letters():
            path = next(path for path in (f"{file.folder}/{letter}", letter) if path in file.letters)
            template = Template(path, dict(file.letters))
            long = typeset(template, full, files={"qr.svg": qr()}, created=MOMENT, binding="0" * 64).pdf
            if path not in made:
                short = typeset(template, NEARLY_NOTHING, created=MOMENT).pdf
                assert len(short) < len(long)
            made.add(path)
    assert len(made) >= 8
