"""How long things take, as a procedure's file says it (期間): the standard period, the limit by law, by when to file.

Owns those shapes and the words of a file that they share with the rest of it (article, rule, letter). Never counts a day:
that is done by `cases.logic` and `guidance.deadlines`. Pure.
"""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from dokodemo.kernel.packs import PackModel, fault

Code = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]*$", max_length=60)]
Article = Annotated[str, Field(min_length=2, max_length=80)]
Rule = Annotated[str, Field(min_length=1, max_length=2000)]
LetterPath = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*\.typ$", max_length=120)]


class Period(PackModel):
    """A number of days, calendar or business (標準処理期間)."""

    days: int = Field(ge=1, le=730)
    count: Literal["calendar", "business"] = "calendar"


class StatutoryLimit(Period):
    """A limit that a law sets, with its possible extension (法定期限、期限の延長).

    The law extends it either by `extension_days` of the same count, or to the day that the city tells with its reason
    (`extension_to_day`; 処理見込期間, 介護保険法27条11項). `extension_letter` is the notice that tells of it.
    """

    article: Article
    extension_days: int | None = Field(default=None, ge=1, le=730)
    extension_to_day: bool = False
    extension_article: Article | None = None
    extension_letter: LetterPath = "letters/extension.typ"

    @model_validator(mode="after")
    def _extension_has_an_article(self) -> Self:
        if self.extension_days is not None and self.extension_to_day:
            raise fault(
                "An extension goes either by days or to a day",
                "Delete `extension_days` or `extension_to_day`",
            )
        if self.extends != (self.extension_article is not None):
            raise fault(
                "An extension needs both `extension_days` and `extension_article`", "Write both, or neither"
            )
        return self

    @property
    def extends(self) -> bool:
        """Whether the law lets the city extend it."""
        return self.extension_days is not None or self.extension_to_day


class Deadline(PackModel):
    """By when it must be filed, counted from a day that a rule gives (届出期間).

    `since` is a rule of type date. The day itself does not count (民法第140条) unless a law says so (戸籍法第43条).
    `before` in its place is the day of what is planned, and the period runs backwards from it: 30 days before works begin.
    With `event` it holds for that life event only.
    """

    since: Rule | None = None
    before: Rule | None = None
    days: int | None = Field(default=None, ge=1, le=3660)
    months: int | None = Field(default=None, ge=1, le=120)
    count: Literal["calendar", "business"] = "calendar"
    counts_first_day: bool = False
    article: Article
    event: Code | None = None

    @model_validator(mode="after")
    def _days_or_months(self) -> Self:
        if (self.days is None) == (self.months is None):
            raise fault("A deadline has either `days` or `months`", "Write one of the two")
        if self.months is not None and self.count == "business":
            raise fault("Months cannot be counted in business days", "Write `days`, or delete `count`")
        if (self.since is None) == (self.before is None):
            raise fault(
                "A deadline counts either from a day or back from one", "Write one of `since` and `before`"
            )
        return self

    @property
    def day(self) -> str:
        """The rule that gives the day it counts from, forwards or backwards."""
        return self.since or self.before or ""
