"""The shape of a pack's manifest `pack.yaml` and of the texts in every pack file (自治体パックの定義).

Owns `Text`, `City`, `PackManifest` and the strict base class of all definitions. Never reads files.
"""

import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints, model_validator

from dokodemo.kernel import text_jp
from dokodemo.kernel.packs.problems import fault

type Language = Literal["ja", "easy", "en"]
LANGUAGES: tuple[Language, ...] = ("ja", "easy", "en")
PACK_NAME = re.compile(r"[a-z][a-z0-9_-]{0,39}\Z")


class PackModel(BaseModel):
    """Base of every definition read from a pack: unknown keys are errors, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Text(PackModel):
    """A sentence or label in Japanese, plain Japanese (やさしい日本語) and English; may hold 漢字《かんじ》."""

    ja: Annotated[str, StringConstraints(min_length=1)]
    easy: Annotated[str, StringConstraints(min_length=1)]
    en: Annotated[str, StringConstraints(min_length=1)]

    def get(self, lang: str) -> str:
        """The text in "ja", "easy" or "en"; KeyError for any other language."""
        if lang not in LANGUAGES:
            raise KeyError(lang)
        return str(getattr(self, lang))

    @model_validator(mode="after")
    def _readings_are_closed(self) -> Self:
        for lang in LANGUAGES:
            if text_jp.is_faulty(getattr(self, lang)):
                message = f"A reading 《 》 in `{lang}` is not closed, is empty or belongs to nothing"
                raise fault(message, "Write 漢字《かんじ》, or ｜ where the word begins")
        return self


def local_government_code(code: str) -> str:
    """`code` itself when it is a 全国地方公共団体コード: 5 digits (JIS X 0401, 0402) and a check digit.

    The check digit is 11 minus the remainder by 11 of the sum weighted 6, 5, 4, 3, 2 (its last digit).
    """
    if not re.fullmatch(r"[0-9]{6}", code):
        raise fault(
            f"{code!r} is not a code of 6 digits", 'Write the 全国地方公共団体コード in quotes, e.g. "432041"'
        )
    total = sum(int(digit) * weight for digit, weight in zip(code[:5], (6, 5, 4, 3, 2), strict=True))
    expected = str((11 - total % 11) % 10)
    if code[5] != expected:
        raise fault(
            f"The check digit of {code} is wrong",
            f'With these five digits it would be "{code[:5]}{expected}"',
        )
    return code


class City(PackModel):
    """The city that a pack is about (自治体)."""

    name: Text
    prefecture: Text
    code: Annotated[str, AfterValidator(local_government_code)]
    mayor: Text
    phone: str
    postal_code: Annotated[str, StringConstraints(pattern=r"^[0-9]{3}-[0-9]{4}$")]
    address: str
    url: Annotated[str, StringConstraints(pattern=r"^https?://\S+$")]


class PackManifest(PackModel):
    """`pack.yaml`: who this pack is and which packs lie below it; packs of national law name no `city`."""

    name: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,39}$")]
    title: Text
    extends: tuple[str, ...] = ()
    demo: bool = False
    city: City | None = None
