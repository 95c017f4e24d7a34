"""The error of a rule: where it stands, what is wrong, what to write instead (規則の誤り).

Owns ExpressionError and the text's own line and column. Never holds a person's data: messages name terms only.
"""

from dataclasses import dataclass

from dokodemo.kernel.packs import PackError, Problem

NOWHERE = "expression"


class ExpressionError(PackError):
    """A rule that cannot be used, as one problem of a pack; `column` counts from 1 in the rule's own text."""

    def __init__(
        self,
        message: str,
        remedy: str,
        *,
        file: str = NOWHERE,
        line: int | None = None,
        column: int | None = None,
    ) -> None:
        place = "" if column is None else f"column {column}: "
        super().__init__([Problem(file=file, line=line, message=f"{place}{message}", remedy=remedy)])
        self.message = message
        self.remedy = remedy
        self.column = column


class FactError(ValueError):
    """A fact given for a term is of another type than the term; the text names the term, never the fact."""


@dataclass(frozen=True, slots=True)
class Source:
    """The text of one rule and the place in a pack where it starts (`line` of its first character)."""

    text: str
    file: str = NOWHERE
    line: int = 1

    def error(self, offset: int, message: str, remedy: str) -> ExpressionError:
        """The error at character `offset` (from 0) of the text."""
        before = self.text[:offset]
        column = offset - (before.rfind("\n") + 1) + 1
        return ExpressionError(
            message, remedy, file=self.file, line=self.line + before.count("\n"), column=column
        )
