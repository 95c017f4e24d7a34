"""Every reason an answer can be refused for has its words in three languages."""

import re
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from dokodemo.kernel import text_jp, vocabulary

FOLDER = Path(vocabulary.__file__).parent
TEXTS: dict[str, dict[str, str]] = YAML(typ="safe").load((FOLDER / "texts.yaml").read_text(encoding="utf-8"))
# Said by the form, which knows the label of the question.
OF_THE_FORM = {"field.required"}


def codes() -> set[str]:
    """Every code in the sources; those put together from parts are spelled out."""
    found: set[str] = set()
    for file in FOLDER.glob("typed_*.py"):
        found |= set(re.findall(r'"(field\.[a-z_.]+)"', file.read_text(encoding="utf-8")))
    found |= {f"field.person_name.{part}" for part in ("family", "given", "family_kana", "given_kana")}
    found |= {
        f"field.bank_account.{p}"
        for p in ("bank_code", "bank_name", "branch_code", "branch_name", "number", "yucho")
    }
    reasons = ("no_year", "no_month", "no_day", "unreadable", "no_era", "year", "month", "day", "era")
    limits = ("too_early", "too_late", "future", "past")
    return found | {f"field.date.{reason}" for reason in (*reasons, *limits)}


def test_every_code_has_words_and_every_text_is_used() -> None:
    assert codes() - OF_THE_FORM == set(TEXTS)


@pytest.mark.parametrize("code", TEXTS)
def test_the_three_languages_say_the_same(code: str) -> None:
    texts = TEXTS[code]
    assert set(texts) == {"ja", "easy", "en"}
    assert len({frozenset(re.findall(r"\{[a-z]+\}", text)) for text in texts.values()}) == 1


@pytest.mark.parametrize("code", TEXTS)
def test_plain_japanese_has_a_reading_on_every_kanji_and_short_polite_sentences(code: str) -> None:
    easy = re.sub(r"「[^」]*」", "", TEXTS[code]["easy"])
    text_jp.pieces(easy)
    assert text_jp.without_reading(easy) == []
    sentences = [s for s in re.split("[。？]", text_jp.strip_ruby(easy)) if s.strip()]
    assert all(len(sentence) <= 60 for sentence in sentences)
    assert any(
        s.strip().endswith(("ください", "です", "ます", "ません", "ですか", "ました", "でした"))
        for s in sentences
    )
