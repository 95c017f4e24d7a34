"""Typed text and JSON values of answers (入力値): how a known value looks in the boxes of a form, and what was posted.

Owns the names of the boxes and the reading of a POST into a flat mapping of name → text, exactly as typed.
Never judges what was typed: `kernel.vocabulary.values` does.
"""

from calendar import monthrange
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from dokodemo.kernel import calendar_jp
from dokodemo.kernel.ui.language import Lang, Spoken
from dokodemo.kernel.vocabulary import Group, Term, values

MOST_ITEMS = 20
type Typed = Mapping[str, str]
type Facts = Mapping[str, Any]


class Known(Protocol):
    """A fact the city already holds about this person, as `city.parties` releases it."""

    @property
    def value(self) -> Any:
        """The JSON value of the term."""

    @property
    def source(self) -> Spoken:
        """Where it comes from, e.g. 住民登録."""


type Prefills = Mapping[str, Known | list[dict[str, Known]]]


@dataclass(frozen=True)
class Question:
    """One term asked on a page.

    `group` is the repeating group whose members are asked, None for a question asked once. `show_when` gets the
    facts known so far (inside a repeating group also this member's own answers, by full term name) and says whether
    the question applies; `required_when` likewise whether a required one must be answered now.
    """

    term: Term
    required: bool = True
    group: Group | None = None
    show_when: Callable[[Facts], bool] | None = None
    required_when: Callable[[Facts], bool] | None = None

    @property
    def looks(self) -> bool:
        """Whether it depends on other answers in any way."""
        return self.show_when is not None or self.required_when is not None

    def needed(self, facts: Facts) -> bool:
        """Whether it must be answered, given these facts."""
        return self.required and (self.required_when is None or self.required_when(facts))

    @property
    def bare(self) -> str:
        """The term's name inside its repeating group: `child.full_name` → `full_name`."""
        return self.term.name.removeprefix(f"{self.group.name}.") if self.group else self.term.name

    def base(self, index: int | None = None) -> str:
        """The id of this question's answer, and the beginning of the names of its boxes."""
        return self.term.name if self.group is None else f"{self.group.name}-{index}.{self.bare}"


class FieldError(NamedTuple):
    """One thing wrong with an answer: a key of the text catalogue, its parameters, the box it is about."""

    code: str
    params: Mapping[str, object] = {}
    part: str | None = None


def boxes(question: Question, base: str) -> dict[str, str]:
    """Part → name of its box; the part of an answer with a single box is ""."""
    parts = values.parts(question.term)
    if len(parts) < 2:
        return {"": base}
    return {part: f"{base}.{part}" for part in parts}


def unfold(term: Term, value: Any, lang: Lang) -> dict[str, str]:
    """A JSON value as the texts its boxes would hold, part → text; {} for None.

    Dates come in the calendar that readers of `lang` expect: Japanese years in ja, Western years elsewhere.
    """
    if value is None:
        return {}
    kind = str(term.type)
    if kind in {"date", "year_month"}:
        return _unfold_date(str(value), lang)
    if kind == "boolean":
        return {"": "true" if value else "false"}
    if kind == "file":
        return {}
    if isinstance(value, Mapping):
        return {part: str(value.get(part) or "") for part in values.parts(term)}
    return {"": str(value)}


def _unfold_date(iso: str, lang: Lang) -> dict[str, str]:
    year, month, *day = iso.split("-")
    found = {"era": "", "year": year, "month": str(int(month))}
    if day:
        found["day"] = str(int(day[0]))
    if lang == "ja":
        # A month may begin in one era and end in the next: it is called by the era of its last day.
        last = int(day[0]) if day else monthrange(int(year), int(month))[1]
        found["era"], found["year"] = calendar_jp.era_year(int(year), int(month), last)
    return found


def is_blank(typed: Typed) -> bool:
    """Whether nothing but spaces was typed. A chosen calendar alone is no answer."""
    return not any(text.strip() for part, text in typed.items() if part != "era")


def posted(post: Mapping[str, Any], names: Iterable[str]) -> dict[str, str]:
    """The texts posted under these names, exactly as typed."""
    return {name: str(post[name]) for name in names if name in post}


def item_count(raw: Typed, group: Group) -> int | None:
    """How many members of a repeating group the form held; None when it was not on the form."""
    text = raw.get(f"{group.name}.count", "")
    return min(int(text), most(group)) if text.isascii() and text.isdigit() and len(text) < 4 else None


def most(group: Group) -> int:
    """The largest number of members a form takes."""
    return group.max or MOST_ITEMS


def add_item(raw: Typed, group: Group) -> dict[str, str]:
    """The same answers with one more, empty, member."""
    count = item_count(raw, group) or 0
    return {**raw, f"{group.name}.count": str(min(count + 1, most(group)))}


def remove_item(raw: Typed, group: Group, index: int) -> dict[str, str]:
    """The same answers without member `index`; those after it move up."""
    count = item_count(raw, group) or 0
    if not 0 <= index < count:
        return dict(raw)
    kept: dict[str, str] = {}
    for name, text in raw.items():
        head, dot, rest = name.partition(".")
        stem, _, number = head.rpartition("-")
        if stem == group.name and number.isdigit():
            if int(number) == index:
                continue
            shift = 1 if int(number) > index else 0
            kept[f"{stem}-{int(number) - shift}{dot}{rest}"] = text
        else:
            kept[name] = text
    kept[f"{group.name}.count"] = str(count - 1)
    return kept


def prefill_of(prefills: Prefills, question: Question, origin: int | None) -> Known | None:
    """What the city knows about a question; `origin` is the place of the member in the released list."""
    if question.group is None:
        known = prefills.get(question.term.name)
    else:
        members = prefills.get(question.group.name)
        inside = isinstance(members, list) and origin is not None and origin < len(members)
        known = members[origin].get(question.bare) if inside else None  # type: ignore[index]
    return known if known is not None and not isinstance(known, list) and known.value is not None else None


def members_of(raw: Typed, saved: Facts, prefills: Prefills, group: Group) -> list[int | None]:
    """The members a form shows: for each, its place in the released list, or None for one the person added.

    As posted, else as saved, else as released, else one empty member to begin with. A place claimed twice or not
    released counts as added: the posted number only chooses among what this person was released.
    """
    released = prefills.get(group.name)
    there = len(released) if isinstance(released, list) else 0
    count = item_count(raw, group)
    if count is None:
        held = saved.get(group.name)
        if isinstance(held, list):
            return _places(held[: most(group)], released if isinstance(released, list) else [])
        return list(range(min(there, most(group)))) or [None]
    members: list[int | None] = []
    for index in range(count):
        text = raw.get(f"{group.name}-{index}.from", "")
        place = int(text) if text.isascii() and text.isdigit() and len(text) < 4 else None
        members.append(place if place is not None and place < there and place not in members else None)
    return members


def _places(held: list[Facts], released: list[dict[str, Known]]) -> list[int | None]:
    """For each saved member the released one it agrees with most, None where it agrees with none that is left."""
    places: list[int | None] = []
    for member in held:
        alike = {
            place: sum(
                1 for bare, fact in facts.items() if fact.value is not None and member.get(bare) == fact.value
            )
            for place, facts in enumerate(released)
            if place not in places
        }
        best = max(alike, key=lambda place: alike[place], default=None)
        places.append(best if best is not None and alike[best] else None)
    return places


def saved_value(saved: Facts, question: Question, index: int | None) -> Any:
    """The saved answer to a question, None where there is none."""
    if question.group is None:
        return saved.get(question.term.name)
    members = saved.get(question.group.name)
    if not isinstance(members, list) or index is None or index >= len(members):
        return None
    return members[index].get(question.bare)


def asked_elsewhere(
    facts: Facts, group: Group, questions: tuple[Question, ...], index: int, count: int
) -> dict[str, Any]:
    """What other pages asked about member `index` of `count`, as "group.term".

    Empty while the form shows more or fewer members than are saved: then nobody can say whose those answers are.
    """
    held = facts.get(group.name)
    if not isinstance(held, list) or len(held) != count:
        return {}
    here = {question.bare for question in questions}
    return {f"{group.name}.{bare}": value for bare, value in held[index].items() if bare not in here}
