"""The shape of `inventory/*.yaml` (棚卸の定義): code lists, lists of priority, and what an estimate is scaled by.

Owns which keys these files may have and whether they name life events and terms that exist. Never reads a survey file.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from dokodemo.administration.inventory.everyday import load_everyday
from dokodemo.administration.procedures.definitions import Confirmed, Lack
from dokodemo.administration.procedures.reading import read_life_events
from dokodemo.kernel.packs import Document, Pack, PackError, PackModel, Problem, validate
from dokodemo.kernel.vocabulary import load_vocabulary

CODES_FILE = "inventory/codes.yaml"
PRIORITY_FILE = "inventory/priority.yaml"
ESTIMATE_FILE = "inventory/estimate.yaml"
NOTHING_TO_ATTACH = "nothing"

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)]
EntryCode = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$", max_length=60)]
SurveyId = Annotated[str, Field(pattern=r"^[A-Z]{0,4}[0-9]{3,20}$")]
Membership = Literal["yes", "no", "unverified"]


class Performed(StrEnum):
    """Whether the city performs a procedure (実施の有無)."""

    PERFORMED = "performed"
    NOT_PERFORMED = "not_performed"
    UNKNOWN = "unknown"


class OnlineState(StrEnum):
    """How far a procedure is online at this city (オンライン化の状況): only `full` asks for no visit at all."""

    FULL = "full"
    PARTIAL = "partial"
    NOT_YET = "not_yet"
    EXCLUDED = "excluded"


LACKS: tuple[Lack, ...] = ("payment", "booking", "counter", "originals", "collection")


class Code(PackModel):
    """One value of a code list of the survey."""

    ja: str = Field(min_length=1)
    en: str = Field(min_length=1)
    number: str | None = Field(default=None, pattern=r"^[0-9](-[0-9])?$")
    also: tuple[str, ...] = ()
    life_events: tuple[str, ...] = ()


class CodeLists(PackModel):
    """Every code list of the survey by our names (コード表)."""

    kind: dict[Name, Code]
    party: dict[Name, Code]
    affairs: dict[Name, Code]
    online_status: dict[Name, Code]
    concern: dict[Name, Code]
    identity: dict[Name, Code]
    fee: dict[Name, Code]
    fee_method: dict[Name, Code]
    information: dict[Name, Code]
    evidence: dict[Name, Code]
    event_person: dict[Name, Code]
    event_business: dict[Name, Code]
    profession: dict[Name, Code]

    def list_of(self, name: str) -> Mapping[str, Code]:
        """A list by its name. Raises AttributeError for a name that is none."""
        found: Mapping[str, Code] = getattr(self, name)
        return found


class CodesFile(PackModel):
    """The whole of `inventory/codes.yaml`."""

    lists: CodeLists


class PriorityList(PackModel):
    """How many entries a national list has, and where it was read."""

    size: int = Field(ge=1, le=200)
    source: str = Field(min_length=1)


class PriorityLists(PackModel):
    """The four lists of procedures that come first."""

    in_26: PriorityList
    in_31: PriorityList
    in_59: PriorityList
    in_32: PriorityList


class PriorityEntry(PackModel):
    """One entry of the lists: what it is called, in which lists it stands, and the rows it means.

    `mynaportal` is for a city's own pack: who confirmed that the entry is possible through マイナポータル although the
    survey has no row on which a section could say so.
    """

    group: Name
    ja: str = Field(min_length=1)
    en: str = Field(min_length=1)
    in_26: Membership
    in_31: Membership
    in_59: Membership
    in_32: Membership
    prefecture: bool = False
    ids: tuple[SurveyId, ...] = ()
    procedures: tuple[str, ...] = ()
    mynaportal: Confirmed = Confirmed()


class Priority(PackModel):
    """The whole of `inventory/priority.yaml` (優先的にオンライン化する手続)."""

    lists: PriorityLists
    entries: dict[EntryCode, PriorityEntry]


class Population(PackModel):
    """A number of people and where it was read."""

    value: int = Field(ge=1)
    source: str = Field(min_length=1)


class Estimate(PackModel):
    """The whole of `inventory/estimate.yaml`; without a city's population nothing is estimated."""

    nation: Population
    city: Population | None = None

    def of(self, national: int | None) -> int | None:
        """A yearly volume for the city from the nation's; None when either is not known."""
        if national is None or self.city is None:
            return None
        return round(national * self.city.value / self.nation.value)


def load_codes(pack: Pack) -> CodeLists:
    """The code lists of the survey. Raises PackError, also when the pack has none."""
    return validate(CodesFile, _document(pack, CODES_FILE)).lists


def load_priority(pack: Pack) -> Priority:
    """The lists of priority. Raises PackError, also when the pack has none."""
    return validate(Priority, _document(pack, PRIORITY_FILE))


def load_estimate(pack: Pack) -> Estimate:
    """What estimates are scaled by. Raises PackError, also when the pack has none."""
    return validate(Estimate, _document(pack, ESTIMATE_FILE))


def _document(pack: Pack, path: str) -> Document:
    found = pack.document(path)
    if found is None:
        label = f"{pack.layers[-1].label}/{path}"
        raise PackError([Problem(label, None, "The pack has no such file", "Write it, or extend: [japan]")])
    return found


def check(pack: Pack) -> list[Problem]:
    """What is wrong with a pack's inventory files, also against its life events, terms and procedures."""
    if not pack.documents("inventory/*.yaml"):
        return []
    try:
        codes, priority = load_codes(pack), load_priority(pack)
        load_estimate(pack)
        load_everyday(pack)
    except PackError as error:
        return list(error.problems)
    return [*_unknown_life_events(pack, codes), *_unknown_terms(pack, codes), *_unknown_slugs(pack, priority)]


def _unknown_life_events(pack: Pack, codes: CodeLists) -> list[Problem]:
    known = read_life_events(pack)
    document = _document(pack, CODES_FILE)
    return [
        document.problem(
            ("lists", name, code, "life_events", place),
            f'There is no life event "{event}" in life_events.yaml',
            f"Choose one of: {', '.join(sorted(known))}",
        )
        for name in ("event_person", "event_business")
        for code, entry in codes.list_of(name).items()
        for place, event in enumerate(entry.life_events)
        if event not in known
    ]


def _unknown_terms(pack: Pack, codes: CodeLists) -> list[Problem]:
    terms = load_vocabulary(pack).terms
    document = _document(pack, CODES_FILE)
    return [
        document.problem(
            ("lists", "evidence", code),
            f'There is no term "evidence.{code}"',
            "Add it to vocabulary/inventory.yaml as a term of type file",
        )
        for code in codes.evidence
        if code != NOTHING_TO_ATTACH and f"evidence.{code}" not in terms
    ]


def _unknown_slugs(pack: Pack, priority: Priority) -> list[Problem]:
    known = {str(document.data.get("slug")) for document in pack.documents("procedures/*/procedure.yaml")}
    document = _document(pack, PRIORITY_FILE)
    return [
        document.problem(
            ("entries", code, "procedures", place),
            f'There is no procedure "{slug}"',
            "Correct the slug, or name the procedure in the pack that has it",
        )
        for code, entry in priority.entries.items()
        for place, slug in enumerate(entry.procedures)
        if slug not in known
    ]
