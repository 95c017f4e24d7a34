"""The rules of the inventory (棚卸の規則): what an answer must say, what a row counts as, and K1, K4 and K5.

Owns pure rules. Never reads a table and never knows who asks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from dokodemo.administration.inventory.definitions import (
    LACKS,
    OnlineState,
    Performed,
    Priority,
    PriorityEntry,
)

LONGEST_WORDS = 200
MOST_CASES = 100_000_000


@dataclass(frozen=True)
class Answer:
    """What a section says of a row. `performed` None: a published definition says it (see models.Answer)."""

    performed: Performed | None = None
    online: OnlineState | None = None
    lacks: tuple[str, ...] = ()
    missing: str = ""
    reason: str = ""
    via_mynaportal: bool | None = None
    yearly: int | None = None
    yearly_online: int | None = None


def faults(answer: Answer, *, linked: bool) -> list[tuple[str, str]]:
    """(field, text key) of everything that does not fit together; `linked` when a definition answers for the row."""
    found: list[tuple[str, str]] = []
    if linked:
        if answer.performed is not None or answer.online is not None:
            found.append(("performed", "inventory.fault.linked"))
    elif answer.performed is None:
        found.append(("performed", "inventory.fault.performed_missing"))
    performed = linked or answer.performed is Performed.PERFORMED
    if not linked:
        found += _online_faults(answer, performed)
    if answer.via_mynaportal and not performed:
        found.append(("via_mynaportal", "inventory.fault.not_performed_mynaportal"))
    if answer.yearly_online is not None and (answer.yearly is None or answer.yearly_online > answer.yearly):
        found.append(("yearly_online", "inventory.fault.more_online"))
    if answer.yearly and not performed and answer.performed is Performed.NOT_PERFORMED:
        found.append(("yearly", "inventory.fault.not_performed_yearly"))
    for name in ("yearly", "yearly_online"):
        number = getattr(answer, name)
        if number is not None and not 0 <= number <= MOST_CASES:
            found.append((name, "inventory.fault.number"))
    for name in ("missing", "reason"):
        if len(getattr(answer, name)) > LONGEST_WORDS:
            found.append((name, "inventory.fault.long"))
    return found


def _online_faults(answer: Answer, performed: bool) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    if performed and answer.online is None:
        found.append(("online", "inventory.fault.online_missing"))
    if not performed and answer.online is not None:
        found.append(("online", "inventory.fault.not_performed_online"))
    partial = answer.online is OnlineState.PARTIAL
    if set(answer.lacks) - set(LACKS):
        found.append(("lacks", "inventory.fault.lacks_unknown"))
    if partial and not answer.lacks:
        found.append(("lacks", "inventory.fault.lacks_missing"))
    if partial and not answer.missing:
        found.append(("missing", "inventory.fault.missing_missing"))
    if not partial and (answer.lacks or answer.missing):
        found.append(("lacks", "inventory.fault.lacks_without_partial"))
    excluded = answer.online is OnlineState.EXCLUDED
    if excluded and not answer.reason:
        found.append(("reason", "inventory.fault.reason_missing"))
    if answer.reason and not excluded:
        found.append(("reason", "inventory.fault.reason_without_excluded"))
    return found


@dataclass(frozen=True)
class Published:
    """What a published definition says of the rows it names: its slug, section, state and what is missing."""

    slug: str
    unit: str
    performed: bool
    online: OnlineState
    inventory: tuple[str, ...] = ()


def together(definitions: Sequence[Published]) -> tuple[Performed, OnlineState | None]:
    """What several definitions of one row say together: full only when all performed ones are."""
    states = {one.online for one in definitions if one.performed}
    if not states:
        return Performed.NOT_PERFORMED, None
    return Performed.PERFORMED, states.pop() if len(states) == 1 else OnlineState.PARTIAL


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of procedure as it counts: a row of the inventory, or a definition that no row stands for.

    `key` is a 手続ID or a slug. `yearly` and `yearly_online` are what the section counted.
    """

    key: str
    performed: Performed
    online: OnlineState | None
    via_mynaportal: bool = False
    slugs: tuple[str, ...] = ()
    yearly: int | None = None
    yearly_online: int | None = None


@dataclass(frozen=True)
class Count:
    """A numerator over a denominator, and what is counted beside them."""

    numerator: int
    denominator: int
    beside: Mapping[str, int] = field(default_factory=dict)


def kinds_online(kinds: Iterable[Kind]) -> Count:
    """K1: kinds wholly online over kinds performed. Unknown and not performed kinds are beside, in neither part."""
    beside = dict.fromkeys(("partial", "not_yet", "excluded", "not_performed", "unknown"), 0)
    full = performed = 0
    for kind in kinds:
        if kind.performed is not Performed.PERFORMED:
            beside[kind.performed.value] += 1
            continue
        performed += 1
        if kind.online is OnlineState.FULL:
            full += 1
        elif kind.online is not None:
            beside[kind.online.value] += 1
    return Count(full, performed, beside)


def members(entry: PriorityEntry, kinds: Mapping[str, Kind], by_slug: Mapping[str, Kind]) -> list[Kind]:
    """The kinds an entry of the lists of priority means, each once."""
    found = {kind.key: kind for number in entry.ids if (kind := kinds.get(number)) is not None}
    found |= {kind.key: kind for slug in entry.procedures if (kind := by_slug.get(slug)) is not None}
    return list(found.values())


def by_slug(kinds: Iterable[Kind]) -> dict[str, Kind]:
    """The kind that each published procedure belongs to; the first where it belongs to several."""
    found: dict[str, Kind] = {}
    for kind in kinds:
        for slug in kind.slugs:
            found.setdefault(slug, kind)
    return found


def via_mynaportal(priority: Priority, kinds: Sequence[Kind]) -> Count:
    """K4: of the 26, those possible through マイナポータル, wholly or in part; another way of applying does not count.

    The denominator is always the whole list: an entry that the city has no procedure for is one that is not possible.
    """
    known, slugs = {kind.key: kind for kind in kinds}, by_slug(kinds)
    entries = [entry for entry in priority.entries.values() if entry.in_26 == "yes"]
    possible = unmatched = 0
    for entry in entries:
        found = members(entry, known, slugs)
        unmatched += not found and entry.mynaportal.by is None
        possible += entry.mynaportal.by is not None or any(map(_through_mynaportal, found))
    return Count(possible, priority.lists.in_26.size, {"unmatched": unmatched})


def _through_mynaportal(kind: Kind) -> bool:
    online = kind.online in (OnlineState.FULL, OnlineState.PARTIAL)
    return kind.performed is Performed.PERFORMED and kind.via_mynaportal and online


def often_used(priority: Priority, kinds: Sequence[Kind]) -> Count:
    """K5: of the often-used procedures that the city performs, those wholly online.

    Candidates are every entry not known to be outside the list; `verified` says how many are surely in it. An entry with
    several rows is online when every performed one of them is.
    """
    known, slugs = {kind.key: kind for kind in kinds}, by_slug(kinds)
    entries = [e for e in priority.entries.values() if e.in_32 != "no" and not e.prefecture]
    online = performed = 0
    for entry in entries:
        states = [k.online for k in members(entry, known, slugs) if k.performed is Performed.PERFORMED]
        performed += bool(states)
        online += bool(states) and all(state is OnlineState.FULL for state in states)
    beside = {
        "candidates": len(entries),
        "verified": sum(entry.in_32 == "yes" for entry in entries),
        "list_size": priority.lists.in_32.size,
    }
    return Count(online, performed, beside)


def applications(kinds: Iterable[Kind], cases: Mapping[str, tuple[int, int]]) -> Count:
    """K3: online applications over all applications of performed kinds.

    `cases` are (online, all) of each published procedure this year. A kind without a definition counts by what its
    section confirmed; where nobody counted, it is `uncounted` beside. A procedure is counted once, whatever rows name it.
    """
    online = total = uncounted = 0
    seen: set[str] = set()
    for kind in kinds:
        if kind.performed is not Performed.PERFORMED:
            continue
        if kind.slugs:
            for slug in [slug for slug in kind.slugs if slug not in seen]:
                seen.add(slug)
                came, every = cases.get(slug, (0, 0))
                online, total = online + came, total + every
        elif kind.yearly is not None and kind.yearly_online is not None:
            online, total = online + kind.yearly_online, total + kind.yearly
        else:
            uncounted += 1
    return Count(online, total, {"uncounted": uncounted})
