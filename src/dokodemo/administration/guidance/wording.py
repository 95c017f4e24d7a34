"""Terms as questions that a person is asked (問いの文).

Owns the sentence: a label is often the heading of a box ("生年月日") and only in a form asks anything. Never changes what
is meant.
"""

import re

from dokodemo.kernel.packs import LANGUAGES, Text
from dokodemo.kernel.ui import texts
from dokodemo.kernel.vocabulary import Term

_ASIDE = re.compile(r"(（[^（）]*）| ?\([^()]*\))$")
_ENDS = {"ja": ("か", "ください"), "easy": ("か", "ください"), "en": ("?",)}
_KINDS = {
    "date": "date",
    "year_month": "date",
    "choice": "choice",
    "boolean": "choice",
    "yen": "yen",
    "integer": "number",
}


def is_question(text: str, lang: str) -> bool:
    """Whether a text asks by itself, leaving aside what stands in brackets at its end."""
    bare = _ASIDE.sub("", text).rstrip("。")
    return bare.endswith(_ENDS[lang]) or (lang == "en" and "?" in bare)


def question_of(term: Term) -> Text:
    """The question for a term: its own, or its label where that asks, or a sentence made from the label."""
    if term.question is not None:
        return term.question
    key = f"guidance.ask.{_KINDS.get(str(term.type), 'other')}"
    said = {
        lang: label
        if is_question(label := term.label.get(lang), lang)
        else texts.plain(key, lang, label=label)
        for lang in LANGUAGES
    }
    return Text(**said)


def as_asked(term: Term) -> Term:
    """The term with its question in the place of its label."""
    return term.model_copy(update={"label": question_of(term)})
