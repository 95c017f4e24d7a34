"""The shape of `findings.yaml` (探された言葉の扱い): from when words are shown, and how long they are kept.

Owns which keys the file may have. Never counts anything.
"""

from functools import lru_cache
from typing import Self

from pydantic import Field, model_validator

from dokodemo.kernel.packs import Pack, PackModel, fault, open_pack, validate

FINDINGS_FILE = "findings.yaml"


class ShownFrom(PackModel):
    """How often, and on how many different days, words are searched before anybody sees them."""

    times: int = Field(default=3, ge=1, le=100)
    days: int = Field(default=2, ge=1, le=30)


class FindingsFile(PackModel):
    """The whole of `findings.yaml`; days and numbers of rows. A pack without the file has the values below."""

    shown_from: ShownFrom = ShownFrom()
    kept_days: int = Field(default=400, ge=30, le=1830)
    kept_unshown_days: int = Field(default=90, ge=1, le=1830)
    most_new_words_a_day: int = Field(default=300, ge=1, le=10_000)
    most_questions_a_day: int = Field(default=200, ge=1, le=10_000)

    @model_validator(mode="after")
    def unshown_words_go_first(self) -> Self:
        """Words nobody may see are never kept longer than those that are shown."""
        if self.kept_unshown_days > self.kept_days:
            raise fault(
                "`kept_unshown_days` is longer than `kept_days`", "Write the shorter time for unshown words"
            )
        return self


def load_findings(pack: Pack) -> FindingsFile:
    """How a city treats what was searched. Raises PackError."""
    document = pack.document(FINDINGS_FILE)
    return FindingsFile() if document is None else validate(FindingsFile, document)


@lru_cache(maxsize=4)
def findings_of(pack: str) -> FindingsFile:
    """The same by the pack's name, read once. Raises PackError."""
    return load_findings(open_pack(pack))
