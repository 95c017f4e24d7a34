"""What is due after a turn of life, and what to ask next (ライフイベントの案内).

Owns the list (due, not due, depends on), its reasons and deadlines, and the choice of the next page: only questions
whose answer can still change the list, the one that settles most of it first. Pure.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from dokodemo.administration.eligibility.logic import RuleResult, explain
from dokodemo.administration.guidance.answers import Answers, Facts, answers_of, completed, lists_of
from dokodemo.administration.guidance.deadlines import LastDay, last_days
from dokodemo.administration.guidance.reach import MOST_COMPLETIONS, Names, Reach, asked_for, reach
from dokodemo.administration.procedures.compiled import CompiledProcedure
from dokodemo.kernel.expressions import UNKNOWN, Expression
from dokodemo.kernel.vocabulary import Group, Term

MOST_ON_A_PAGE = 3

type Kind = Literal["due", "not_due", "depends_on"]
_KINDS: Mapping[Any, Kind] = {True: "due", False: "not_due", "unknown": "depends_on"}


@dataclass(frozen=True)
class Page:
    """The next questions: terms to ask together, for each member of `group` when that repeats.

    `names` are what counts as asked afterwards: plain terms, or the repeating group.
    """

    names: tuple[str, ...]
    terms: tuple[Term, ...]
    group: Group | None = None


@dataclass(frozen=True)
class Item:
    """One procedure on the list, why it is there, by when it must be filed, and the terms it still depends on."""

    procedure: CompiledProcedure
    kind: Kind
    reasons: tuple[RuleResult, ...]
    deadlines: tuple[LastDay, ...]
    terms: tuple[str, ...]

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


@dataclass(frozen=True)
class Standing:
    """Where one procedure stands, and for each open name how far an answer is expected to settle it (0 to 1)."""

    reach: Reach
    gains: Mapping[str, float]


# Standings by procedure and by what is known of the terms it reads. Holds facts: only who asks may keep one.
type Memo = dict[tuple[str, str], Standing]


class Guide:
    """The procedures of one life event on one day, ready to be asked about any person. Keeps no fact.

    Procedures the city does not perform are left out. Facts as in the vocabulary; an absent key is unknown, an empty
    list is nobody. ExpressionError for an arithmetic error of the pack.
    """

    def __init__(self, event: str, procedures: Sequence[CompiledProcedure], on: date) -> None:
        self.event, self.on = event, on
        self.procedures = tuple(one for one in procedures if one.definition.performed)
        self.terms: dict[str, Term] = {}
        self.groups: dict[str, Group] = {}
        # Where rules only count a group, its members are told apart by their first term.
        self._naming: dict[str, tuple[Term, ...]] = {}
        for procedure in self.procedures:
            for name in (name for rule in procedure.rules for name in _sorted_by_form(procedure, rule.terms)):
                if name in procedure.vocabulary.terms:
                    self.terms.setdefault(name, procedure.vocabulary.terms[name])
                head = name.partition(".")[0]
                group = procedure.vocabulary.groups.get(head)
                if group is not None and group.repeats:
                    self.groups.setdefault(head, group)
                    self._naming.setdefault(head, _naming(procedure, head))
        self.repeating: Names = frozenset(self.groups)
        order = [name for p in self.procedures for r in p.rules for name in _sorted_by_form(p, r.terms)]
        self._order = {
            name: place
            for place, name in enumerate(dict.fromkeys(asked_for(name, self.repeating) for name in order))
        }
        rules = [rule for procedure in self.procedures for rule in procedure.rules]
        self._reads = {
            rule: frozenset(asked_for(term, self.repeating) for term in rule.terms) for rule in rules
        }
        self._answers = {name: answers_of(term, rules, on) for name, term in self.terms.items()}
        self._lists = {
            name: lists_of({f: self._answers[f"{name}.{f}"] for f in self._fields(name)})
            for name in self.groups
        }

    def _fields(self, group: str, names: Names | None = None) -> list[str]:
        prefix = f"{group}."
        wanted = self.terms if names is None else names
        return [
            name.removeprefix(prefix) for name in self.terms if name in wanted and name.startswith(prefix)
        ]

    def conditions(self) -> frozenset[str]:
        """Every term all conditions of these procedures read; a group without fields by its name."""
        return frozenset(self.terms) | {name for name in self.groups if not self._fields(name)}

    def asks(self, name: str) -> bool:
        """Whether this guide could ever ask for `name`: a term outside repeating groups, or such a group."""
        return name in self._order

    def askable(self) -> dict[str, Term]:
        """Every term a page of this guide could ask, by name."""
        return {**{term.name: term for terms in self._naming.values() for term in terms}, **self.terms}

    def order(self) -> tuple[str, ...]:
        """Everything this guide could ask, in the order of the procedures, their rules and their forms."""
        return tuple(self._order)

    def possible(self, name: str, facts: Facts) -> Answers:
        """What can be answered when `name` is asked beside `facts`."""
        if name not in self.groups:
            return self._answers[name]
        members = facts.get(name)
        if members is None:
            return self._lists[name]
        fields = {field: self._answers[f"{name}.{field}"] for field in self._fields(name)}
        return completed(members, fields, MOST_COMPLETIONS)

    def listing(self, facts: Facts, asked: Names = frozenset(), *, told: Facts | None = None) -> Listing:
        """The list for `facts` and the page that comes next; names in `asked` are never asked again.

        `told` are the facts from which deadlines are counted, where more is known than was asked (default: `facts`).
        """
        found = self._standings(facts)
        items = [
            self._item(one, found[one.slug].reach, facts, facts if told is None else told)
            for one in self.procedures
        ]
        open_names = self._open(found, asked)
        of_kind = {kind: tuple(item for item in items if item.kind == kind) for kind in _KINDS.values()}
        return Listing(
            due=tuple(sorted(of_kind["due"], key=lambda item: _urgency(item, self.on))),
            not_due=of_kind["not_due"],
            depends_on=of_kind["depends_on"],
            page=self._page(found, open_names, facts) if open_names else None,
            at_most=len(open_names),
        )

    def page(self, facts: Facts, asked: Names = frozenset(), *, memo: Memo | None = None) -> Page | None:
        """The page that comes next, without the list. With a `memo` of the caller's nothing is worked out twice."""
        found = self._standings(facts, memo)
        open_names = self._open(found, asked)
        return self._page(found, open_names, facts) if open_names else None

    def _standings(self, facts: Facts, memo: Memo | None = None) -> dict[str, Standing]:
        return {one.slug: self._standing(one, facts, memo) for one in self.procedures}

    def _standing(self, procedure: CompiledProcedure, facts: Facts, memo: Memo | None) -> Standing:
        if memo is None:
            return self._worked_out(procedure, facts)
        read = set().union(*(self._reads[rule] for rule in procedure.rules))
        key = procedure.slug, repr([(name, facts[name]) for name in sorted(read) if name in facts])
        if key not in memo:
            memo[key] = self._worked_out(procedure, facts)
        return memo[key]

    def _worked_out(self, procedure: CompiledProcedure, facts: Facts) -> Standing:
        found = reach(procedure.rules, self.repeating, facts, self.on, self.possible)
        waiting = [
            rule for rule in procedure.rules if found.open and rule.evaluate(facts, self.on) is UNKNOWN
        ]
        return Standing(found, {name: self._gain(name, waiting, facts) for name in found.open})

    def _open(self, found: Mapping[str, Standing], asked: Names) -> list[str]:
        """What can still be asked and change the list, in the order of the procedures."""
        names = {name for one in found.values() for name in one.reach.open} - asked
        return sorted(names, key=self._order.__getitem__)

    def _item(self, procedure: CompiledProcedure, found: Reach, facts: Facts, told: Facts) -> Item:
        assessment = explain(procedure, facts, self.on)
        missing = tuple(
            q.term for q in assessment.questions if asked_for(q.term, self.repeating) in found.open
        )
        return Item(
            procedure,
            _KINDS[found.verdict],
            assessment.rules,
            last_days(procedure, self.event, told, self.on),
            missing if found.verdict == "unknown" else (),
        )

    def _page(self, found: Mapping[str, Standing], names: Sequence[str], facts: Facts) -> Page:
        total = dict.fromkeys(names, 0.0)
        for standing in found.values():
            for name, gain in standing.gains.items():
                if name in total:
                    total[name] += gain
        best = max(names, key=lambda name: (round(total[name], 9), -self._order[name]))
        if best in self.groups:
            return self._group_page(best, found, facts)
        together = [best]
        for name in names:
            if len(together) == MOST_ON_A_PAGE:
                break
            if name not in self.groups and self._belongs(name, together, found, facts):
                together.append(name)
        return Page(tuple(together), tuple(self.terms[name] for name in together))

    def _gain(self, name: str, waiting: Sequence[Expression], facts: Facts) -> float:
        """The share of answers that settle a procedure, all taken as equally likely; `waiting` are its open conditions."""
        touched = [rule for rule in waiting if name in self._reads[rule]]
        alone = len(touched) == len(waiting)
        return sum(
            share
            for value, share in self.possible(name, facts).likely()
            if self._settles(touched, {**facts, name: value}, alone=alone)
        )

    def _read_of(self, group: str, found: Mapping[str, Standing]) -> Names:
        return frozenset(
            name
            for one in self.procedures
            if group in found[one.slug].reach.open
            for rule in one.rules
            for name in rule.terms
        )

    def _settles(self, rules: Sequence[Expression], facts: Facts, *, alone: bool) -> bool:
        """Whether one of the rules fails, or all hold when they are all that was open (`alone`)."""
        holds = alone
        for rule in rules:
            outcome = rule.evaluate(facts, self.on)
            if outcome is False:
                return True
            holds = holds and outcome is True
        return holds

    def _belongs(
        self, name: str, together: Sequence[str], found: Mapping[str, Standing], facts: Facts
    ) -> bool:
        """Whether an open condition cannot be told from the others of the page without `name` of the same group."""
        first = together[0]
        if name in together or self.terms[name].group_name != self.terms[first].group_name:
            return False
        scenes = [{**facts, first: value} for value in self._answers[first].values]
        return any(
            {first, name} <= self._reads[rule]
            and all(rule.evaluate(scene, self.on) is UNKNOWN for scene in ({**facts}, *scenes))
            for procedure in self.procedures
            if name in found[procedure.slug].reach.open
            for rule in procedure.rules
        )

    def _group_page(self, group: str, found: Mapping[str, Standing], facts: Facts) -> Page:
        """A page for each member, with the fields that open rules read and that are not known of every member."""
        members = facts.get(group)
        fields = self._fields(group, self._read_of(group, found))
        if members is not None:
            fields = [field for field in fields if any(member.get(field) is None for member in members)]
        terms = tuple(self.terms[f"{group}.{field}"] for field in fields)
        return Page((group,), terms or self._naming[group], self.groups[group])


def _naming(procedure: CompiledProcedure, group: str) -> tuple[Term, ...]:
    terms = (term for term in procedure.vocabulary.terms.values() if term.group_name == group)
    return tuple(term for term in terms if term.derive is None)[:1]


def _sorted_by_form(procedure: CompiledProcedure, names: frozenset[str]) -> list[str]:
    asked = [ask.term for page in procedure.definition.form for ask in page.ask]
    order = {name: place for place, name in enumerate(asked)}
    return sorted(names, key=lambda name: (order.get(name, len(order)), name))


def _urgency(item: Item, on: date) -> tuple[bool, date, bool, str]:
    """Deadlines first, the nearest before the others; then notifications, which are a duty; then by name."""
    until = item.deadline.until if item.deadline else None
    return until is None, until or on, not item.procedure.definition.is_notification, item.slug
