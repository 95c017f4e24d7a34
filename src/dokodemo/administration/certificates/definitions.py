"""Kinds of documents, and the shape of `appeals.yaml` (教示の定義).

Owns its reading. Never fills it in: `logic` chooses the words.
"""

import string
from enum import StrEnum
from typing import Annotated, Final, Literal, Self

from pydantic import Field, model_validator

from dokodemo.kernel.packs import Pack, PackError, PackModel, Problem, Text, fault, validate

APPEALS_FILE: Final = "appeals.yaml"
PLACEHOLDERS: Final = frozenset(
    {
        "authority",
        "city",
        "defendant",
        "mayor",
        "prefecture",
        "representative",
        "ruling_law",
        "review_months",
        "review_years",
        "lawsuit_months",
        "lawsuit_years",
    }
)


class Kind(StrEnum):
    """A letter tells somebody of a decision (通知書); a certificate attests a fact (証明書)."""

    LETTER = "letter"
    CERTIFICATE = "certificate"


class RevocationReason(StrEnum):
    """Why a document no longer counts; a closed list, since free words could name somebody."""

    MISTAKE = "mistake"
    SUPERSEDED = "superseded"
    DECISION_WITHDRAWN = "decision_withdrawn"
    REQUESTED = "requested"
    KEY_COMPROMISED = "key_compromised"


type Affairs = Literal["self_government", "statutory_entrusted_1", "statutory_entrusted_2", "none"]


class Confirmed(PackModel):
    """Who of the city confirmed the law, and when (確認者); empty means 未確認."""

    by: str | None
    on: str | None


class Period(PackModel):
    """A period for objecting: months after learning of the decision, years after the decision, and its article."""

    months: Annotated[int, Field(ge=1, le=24)]
    years: Annotated[int, Field(ge=1, le=10)]
    law: str
    article: str


class AppealClass(PackModel):
    """One class of appeal (不服申立ての区分): to whom, by which law, told in which paragraphs.

    `defendant` is sued where it is not the city, `represented_by` stands for it in court where it is not the mayor, and
    `ruling_law` is the article by which a ruling comes before an action.
    """

    authority: Text
    defendant: Text | None = None
    represented_by: Text | None = None
    ruling_law: str | None = None
    law: str
    article: str
    paragraphs: Annotated[tuple[str, ...], Field(min_length=1)]


class Periods(PackModel):
    """The two periods every notice may name."""

    review: Period
    lawsuit: Period


class Appeals(PackModel):
    """The whole of `appeals.yaml` (教示)."""

    confirmed: Confirmed
    periods: Periods
    defaults: dict[Affairs, str | None]
    classes: dict[str, AppealClass]
    texts: dict[str, Text]

    @property
    def unconfirmed(self) -> bool:
        """True while nobody of the city has confirmed these texts (未確認)."""
        return self.confirmed.by is None or self.confirmed.on is None

    @model_validator(mode="after")
    def _names_exist(self) -> Self:
        for name, one in self.classes.items():
            for paragraph in one.paragraphs:
                if paragraph not in self.texts:
                    raise fault(f'Class {name} uses the text "{paragraph}"', "Write it under `texts`")
                if one.ruling_law is None and "{ruling_law}" in self.texts[paragraph].ja:
                    raise fault(
                        f"Class {name} says that a ruling comes first and not by which article",
                        "Add `ruling_law`",
                    )
        for affairs, chosen in self.defaults.items():
            if chosen is not None and chosen not in self.classes:
                raise fault(f'The default of {affairs} is "{chosen}"', "Write that class under `classes`")
        return self

    @model_validator(mode="after")
    def _placeholders_are_known(self) -> Self:
        texts = {
            **self.texts,
            **{
                f"{name}.{key}": text
                for name, one in self.classes.items()
                for key in ("authority", "defendant", "represented_by")
                if isinstance(text := getattr(one, key), Text)
            },
        }
        for name, text in texts.items():
            for lang in ("ja", "easy", "en"):
                for placeholder in _placeholders(name, text.get(lang)) - PLACEHOLDERS:
                    raise fault(
                        f"{name} ({lang}) uses {{{placeholder}}}",
                        f"Use one of {', '.join(sorted(PLACEHOLDERS))}",
                    )
        return self


def load_appeals(pack: Pack) -> Appeals:
    """The notice texts of a city. Raises PackError, also when no layer has the file."""
    document = pack.document(APPEALS_FILE)
    if document is None:
        label = f"{pack.layers[-1].label}/{APPEALS_FILE}"
        raise PackError([Problem(label, None, "The file is missing", "Extend the pack japan, which has it")])
    return validate(Appeals, document)


def _placeholders(name: str, text: str) -> set[str]:
    try:
        return {field for _, field, _, _ in string.Formatter().parse(text) if field is not None}
    except ValueError:
        raise fault(f"{name} has a brace without its partner", "Write { and } in pairs") from None
