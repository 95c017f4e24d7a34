"""The vocabulary (用語集): every piece of information the city asks, tests, prints or publishes is one term.

Owns terms, their groups and the way their values are read and shown. Never knows who holds a value or why.
"""

from dokodemo.kernel.vocabulary.definitions import Choice, Group, Term, TermType
from dokodemo.kernel.vocabulary.invalid import InvalidValue
from dokodemo.kernel.vocabulary.loading import Vocabulary, load_vocabulary
from dokodemo.kernel.vocabulary.typed_texts import clean_words, refuse_my_number

__all__ = [
    "Choice",
    "Group",
    "InvalidValue",
    "Term",
    "TermType",
    "Vocabulary",
    "clean_words",
    "load_vocabulary",
    "refuse_my_number",
]
