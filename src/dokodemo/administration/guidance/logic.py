"""What is due after a turn of life (ライフイベントの案内).

Owns the list (due, not due, depends on), its reasons and deadlines, and what follows from filing something first: who
has yet to register here is told of what can be claimed once that is done. Pure.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from dokodemo.administration.eligibility.logic import RuleResult, explain
from dokodemo.administration.guidance.answers import Facts
from dokodemo.administration.guidance.choosing import Chooser, Page, Standing, gains
from dokodemo.administration.guidance.deadlines import LastDay, last_days
from dokodemo.administration.guidance.questions import TOPICS, Questions
from dokodemo.administration.guidance.reach import Names, Reach, asked_for, reach
from dokodemo.administration.procedures.compiled import CompiledProcedure
from dokodemo.administration.procedures.judging import Verdict
from dokodemo.administration.procedures.topics import Topic
from dokodemo.kernel.vocabulary import Term

TOGETHER = "-"
MOST_TOGETHER = 4
FEWEST_TOPICS = 3

type Kind = Literal["due", "not_due", "depends_on"]
_KINDS: Mapping[Any, Kind] = {True: "due", False: "not_due", "unknown": "depends_on"}


@dataclass(frozen=True)
class Item:
    """One procedure on the list, why it is there, by when it must be filed, and the terms it still depends on.

    `after`: the procedures that come first, where it is due only once they are filed. `aside`: the topics of which
    none was said to be true, where nothing more was asked for that.
    """

    procedure: CompiledProcedure
    kind: Kind
    reasons: tuple[RuleResult, ...]
    deadlines: tuple[LastDay, ...]
    terms: tuple[str, ...]
    after: tuple[CompiledProcedure, ...] = ()
    aside: tuple[Topic, ...] = ()

    @property
    def slug(self) -> str:
        """The procedure's name in addresses."""
        return self.procedure.slug

    @property
    def deadline(self) -> LastDay | None:
        """The deadline that ends first; one whose day is not known only when no other is."""
        return self.deadlines[0] if self.deadlines else None

    def told(self) -> tuple[RuleResult, ...]:
        """The reasons worth telling: of what is not due those that fail, else all."""
        failed = tuple(reason for reason in self.reasons if reason.outcome is False)
        return failed if self.kind == "not_due" and failed else self.reasons


@dataclass(frozen=True)
class Listing:
    """The list for the facts known so far; `at_most` more questions can follow, none when `page` is None."""

    due: tuple[Item, ...]
    not_due: tuple[Item, ...]
    depends_on: tuple[Item, ...]
    page: Page | None
    at_most: int

    def items(self) -> Iterator[Item]:
        """Every procedure of the life event."""
        yield from (*self.due, *self.depends_on, *self.not_due)


# Standings by procedure and by what is known of the terms it reads. Holds facts: only who asks may keep one.
type Memo = dict[tuple[str, str], Standing]


class Guide(Questions):
    """The procedures of one life event, or of several together ("birth-moving_in"), ready for any person on one day.

    Procedures the city does not perform are left out. Facts as in the vocabulary; an absent key is unknown, an empty
    list is nobody. Keeps no fact. ExpressionError for an arithmetic error of the pack.
    """

    def __init__(
        self, event: str, procedures: Sequence[CompiledProcedure], on: date, topics: Sequence[Topic] = ()
    ) -> None:
        super().__init__([one for one in procedures if one.definition.performed], on, topics)
        self.event = event
        self._first = tuple(one for one in self.procedures if one.definition.brings)

    @property
    def events(self) -> tuple[str, ...]:
        """The codes of its life events."""
        return tuple(self.event.split(TOGETHER))

    def days(self, listing: Listing) -> tuple[Term, ...]:
        """What is still to be told before the deadlines of what is due are known."""
        missing = (name for item in listing.due for one in item.deadlines for name in one.missing)
        return tuple(self.starts[name] for name in dict.fromkeys(missing) if name in self.starts)

    def listing(self, facts: Facts, asked: Names = frozenset(), *, told: Facts | None = None) -> Listing:
        """The list for `facts` and the page that comes next; names in `asked` are never asked again.

        `told` are the facts from which deadlines are counted, where more is known than was asked (default: `facts`).
        """
        found = self._standings(facts)
        told = facts if told is None else told
        items = [self._item(one, found, facts, told) for one in self.procedures]
        page, at_most = self._next(found, facts, asked)
        of_kind = {kind: tuple(item for item in items if item.kind == kind) for kind in _KINDS.values()}
        return Listing(
            due=tuple(sorted(of_kind["due"], key=lambda item: _urgency(item, self.on))),
            not_due=of_kind["not_due"],
            depends_on=of_kind["depends_on"],
            page=page,
            at_most=at_most,
        )

    def page(self, facts: Facts, asked: Names = frozenset(), *, memo: Memo | None = None) -> Page | None:
        """The page that comes next, without the list. With a `memo` of the caller's nothing is worked out twice."""
        return self._next(self._standings(facts, memo), facts, asked)[0]

    def verdicts(self, facts: Facts) -> dict[str, Verdict]:
        """What the rules come to for each procedure: due now, or once what is due first has been filed."""
        return {slug: standing.reach.verdict for slug, standing in self._standings(facts).items()}

    def true_of(self, facts: Facts) -> list[str]:
        """The topics that somebody of whom `facts` are known can say are true: those not all ruled out by them."""
        verdicts = self.verdicts(facts)
        return [
            topic.code
            for topic in self.topics
            if any(verdicts.get(slug, False) is not False for slug in topic.procedures)
        ]

    def _next(self, found: Mapping[str, Standing], facts: Facts, asked: Names) -> tuple[Page | None, int]:
        """The page that comes next, and how many questions can follow at most."""
        left = {
            one.slug: found[one.slug] if self.concerns(one, facts) else _settled(found[one.slug])
            for one in self.procedures
        }
        names = self._open(left, asked)
        if not names:
            return None, 0
        if TOPICS not in asked and TOPICS not in facts:
            waiting = {slug for slug, one in left.items() if one.reach.open - asked}
            topics = tuple(topic for topic in self.topics if not waiting.isdisjoint(topic.procedures))
            if len(topics) >= FEWEST_TOPICS:
                return Page((TOPICS,), (), topics=topics), len(names) + 1
        return Chooser(self, left, names, facts).page(), len(names)

    def _standings(self, facts: Facts, memo: Memo | None = None) -> dict[str, Standing]:
        found = {one.slug: self._standing(one, facts, memo) for one in self.procedures}
        for first in self._first:
            opening = found[first.slug].reach
            if opening.verdict is False:
                continue
            after = _brought([first], facts)
            for one in self.procedures:
                if one is not first and found[one.slug].reach.verdict is not True and self._reads(one, first):
                    found[one.slug] = _or_after(found[one.slug], opening, self._standing(one, after, memo))
        return found

    def _reads(self, one: CompiledProcedure, first: CompiledProcedure) -> bool:
        return any(not first.definition.brings.keys().isdisjoint(rule.terms) for rule in one.rules)

    def _standing(self, procedure: CompiledProcedure, facts: Facts, memo: Memo | None) -> Standing:
        if memo is None:
            return self._worked_out(procedure, facts)
        read = set().union(*(self.reads[rule] for rule in procedure.rules))
        key = procedure.slug, repr([(name, facts[name]) for name in sorted(read) if name in facts])
        if key not in memo:
            memo[key] = self._worked_out(procedure, facts)
        return memo[key]

    def _worked_out(self, procedure: CompiledProcedure, facts: Facts) -> Standing:
        found = reach(procedure.rules, self.repeating, facts, self.on, self.possible)
        return Standing(found, gains(self, procedure, found, facts))

    def _open(self, found: Mapping[str, Standing], asked: Names) -> list[str]:
        """What can still be asked and change the list, in the order of the procedures."""
        names = {name for one in found.values() for name in one.reach.open} - asked
        return sorted(names, key=self.place.__getitem__)

    def _item(self, one: CompiledProcedure, found: Mapping[str, Standing], facts: Facts, told: Facts) -> Item:
        here = found[one.slug].reach
        shown = explain(one, facts, self.on)
        after = self._after(one, found) if _follows(here.verdict, shown.eligible) else ()
        if after:
            shown = explain(one, _brought(after, facts), self.on)
        missed = [q for first in after for q in explain(first, facts, self.on).questions]
        missing = dict.fromkeys(
            q.term for q in (*shown.questions, *missed) if asked_for(q.term, self.repeating) in here.open
        )
        aside = self.topics_of(one) if here.verdict == "unknown" and not self.concerns(one, facts) else ()
        kind = "not_due" if aside else _KINDS[here.verdict]
        return Item(
            one,
            kind,
            shown.rules,
            last_days(one, self.events, told, self.on),
            tuple(missing) if kind == "depends_on" else (),
            after,
            aside,
        )

    def _after(self, one: CompiledProcedure, found: Mapping[str, Standing]) -> tuple[CompiledProcedure, ...]:
        """What is filed first, where that makes a difference to this one."""
        return tuple(
            first
            for first in self._first
            if first is not one and found[first.slug].reach.verdict is not False and self._reads(one, first)
        )


def _settled(standing: Standing) -> Standing:
    """The same verdict with nothing left to ask."""
    return Standing(Reach(standing.reach.verdict), {})


def _follows(verdict: Verdict, plain: Verdict) -> bool:
    """Whether a procedure is on the list only for what is filed before it."""
    return (verdict is True and plain is not True) or (verdict == "unknown" and plain is False)


def _brought(first: Sequence[CompiledProcedure], facts: Facts) -> Facts:
    return {**facts, **{name: value for one in first for name, value in one.definition.brings.items()}}


def _or_after(plain: Standing, first: Reach, after: Standing) -> Standing:
    """Due as things stand, or once `first` is filed and then: OR and AND in three values, with what is open for each."""
    if after.reach.verdict is False:
        return plain
    if first.verdict is True and after.reach.verdict is True:
        return Standing(Reach(True), {})
    open_names = plain.reach.open | after.reach.open | first.open
    likely = after if first.verdict is True else plain
    return Standing(
        Reach("unknown", open_names),
        {name: likely.gains.get(name, after.gains.get(name, 0.0)) for name in open_names},
    )


def _urgency(item: Item, on: date) -> tuple[bool, date, bool, str]:
    """Deadlines first, the nearest before the others; then notifications, which are a duty; then by name."""
    until = item.deadline.until if item.deadline else None
    return until is None, until or on, not item.procedure.definition.is_notification, item.slug
