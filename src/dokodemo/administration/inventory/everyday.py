"""The shape of `inventory/everyday/*.yaml` (日常のことば): what people type who need a row of the survey.

Owns reading these files. The survey itself is no part of a pack, so whether an id exists is not asked here.
"""

from typing import Annotated

from pydantic import Field

from dokodemo.kernel.packs import Document, Pack, PackError, PackModel, Problem, validate
from dokodemo.kernel.packs.located import Located

EVERYDAY = "inventory/everyday/*.yaml"


class EverydayRow(PackModel):
    """What people type who need one row of the survey (日常のことば)."""

    id: Annotated[str, Field(pattern=r"^[A-Z]{0,4}[0-9]{3,20}$")]
    say: tuple[Annotated[str, Field(min_length=2, max_length=60)], ...] = Field(min_length=1)


class EverydayFile(PackModel):
    """One file `inventory/everyday/*.yaml`: a plain list, seen as a map with one key."""

    rows: tuple[EverydayRow, ...]


def load_everyday(pack: Pack) -> dict[str, tuple[str, ...]]:
    """手続ID → everyday words; a city's own words are added to those of the packs below. Raises PackError."""
    found: dict[str, tuple[str, ...]] = {}
    problems: list[Problem] = []
    for layer in pack.by_layer(EVERYDAY):
        seen: dict[str, str] = {}
        for document in map(_as_map, layer):
            for place, row in enumerate(validate(EverydayFile, document).rows):
                if row.id in seen:
                    message = f"{row.id} has everyday words in {seen[row.id]} too"
                    problems.append(document.problem(("rows", place), message, "Write them in one place"))
                seen[row.id] = document.path
                found[row.id] = (*found.get(row.id, ()), *row.say)
    if problems:
        raise PackError(problems)
    return found


def _as_map(document: Document) -> Document:
    if isinstance(document.root.value, dict):
        return document
    return Document(document.path, Located({"rows": document.root}, document.root.file, document.root.line))
