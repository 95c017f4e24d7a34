"""Letters as PDF (組版): PDF/A-3a and PDF/UA-1, the same bytes for the same input.

Owns turning a template and its data into a file. Never decides what a letter says, never signs, never
stores.
"""

from dokodemo.adapters.typeset.engine import (
    Template,
    Typeset,
    TypesetError,
    bound_to,
    check,
    pictures,
    sweep,
    typeset,
)
from dokodemo.adapters.typeset.substitution import Replacement

__all__ = [
    "Replacement",
    "Template",
    "Typeset",
    "TypesetError",
    "bound_to",
    "check",
    "pictures",
    "sweep",
    "typeset",
]
