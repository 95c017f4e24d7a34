"""Every question of the guide is a sentence that asks, in each language."""

from __future__ import annotations

import pytest

from dokodemo.administration.guidance.logic import Guide
from dokodemo.administration.guidance.wording import is_question, question_of
from dokodemo.administration.procedures.checking import procedures_of
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.packs import LANGUAGES, open_pack


@pytest.mark.parametrize("name", ["arao", "mihon"])
def test_every_question_of_the_packs_is_a_sentence_in_each_language(name: str) -> None:
    guide = Guide("all", procedures_of(open_pack(name)), calendar_jp.today())
    assert len(guide.askable()) > 400
    for term in guide.askable().values():
        asked = question_of(term)
        for lang in LANGUAGES:
            assert is_question(asked.get(lang), lang), (term.name, lang, asked.get(lang))


@pytest.mark.parametrize(
    ("text", "lang", "asks"),
    [
        ("資本金", "ja", False),
        ("犬を飼っていますか", "ja", True),
        ("加入していますか（義務がないときは「はい」）", "ja", True),
        ("Capital in yen", "en", False),
        ("Who is filing this?", "en", True),
    ],
)
def test_a_heading_is_told_from_a_question(text: str, lang: str, asks: bool) -> None:
    assert is_question(text, lang) is asks
