"""What to ask next (次の問いの選択): of all questions that can still change the list, those that settle most of it.

Owns how far an answer is expected to settle a procedure, and which questions share a page. Pure; never judges what the
list comes to.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from dokodemo.administration.guidance.answers import Facts
from dokodemo.administration.guidance.questions import Questions
from dokodemo.administration.guidance.reach import Names, Reach
from dokodemo.administration.procedures.compiled import CompiledProcedure
from dokodemo.administration.procedures.topics import Topic
from dokodemo.kernel.expressions import UNKNOWN, Expression
from dokodemo.kernel.vocabulary import Group, Term

MOST_ON_A_PAGE = 3
MOST_TICKS = 8
FEW_PROCEDURES = 4


@dataclass(frozen=True)
class Page:
    """The next questions: terms to ask together, for each member of `group` when that repeats.

    `names` are what counts as asked afterwards: plain terms, the repeating group, or the topics. `ticked`: a list of
    yes-or-no questions, of which a person marks those that are to be answered with yes.
    """

    names: tuple[str, ...]
    terms: tuple[Term, ...]
    group: Group | None = None
    ticked: bool = False
    topics: tuple[Topic, ...] = ()

    @property
    def questions(self) -> int:
        """As how many questions a person meets it: a list to tick and a repeating group are one."""
        return 1 if self.ticked or self.topics else len(self.names)


@dataclass(frozen=True)
class Standing:
    """Where one procedure stands, and for each open name how far an answer is expected to settle it (0 to 1)."""

    reach: Reach
    gains: Mapping[str, float]


def gains(questions: Questions, procedure: CompiledProcedure, found: Reach, facts: Facts) -> dict[str, float]:
    """For each open name the share of answers that settle the procedure, all taken as equally likely."""
    on = questions.on
    waiting = [rule for rule in procedure.rules if found.open and rule.evaluate(facts, on) is UNKNOWN]
    return {name: _gain(questions, name, waiting, facts) for name in found.open}


def _gain(questions: Questions, name: str, waiting: Sequence[Expression], facts: Facts) -> float:
    touched = [rule for rule in waiting if name in questions.reads[rule]]
    alone = len(touched) == len(waiting)
    return sum(
        share
        for value, share in questions.possible(name, facts).likely()
        if _settles(questions, touched, {**facts, name: value}, alone=alone)
    )


def _settles(questions: Questions, rules: Sequence[Expression], facts: Facts, *, alone: bool) -> bool:
    """Whether one of the rules fails, or all hold when they are all that was open (`alone`)."""
    holds = alone
    for rule in rules:
        outcome = rule.evaluate(facts, questions.on)
        if outcome is False:
            return True
        holds = holds and outcome is True
    return holds


@dataclass(frozen=True)
class Chooser:
    """One choice of a page: what can be asked, where the procedures stand, and the names that may still be asked."""

    questions: Questions
    found: Mapping[str, Standing]
    names: Sequence[str]
    facts: Facts

    def page(self) -> Page:
        """The page that settles most; ties go by the order of the procedures."""
        total = _totals(self.found.values(), self.names)
        best = self._best(self.names, total)
        ticks, gained = self._ticks()
        if len(ticks) > 1 and (best in ticks or gained >= total[best]):
            return Page(ticks, tuple(self.questions.terms[name] for name in ticks), ticked=True)
        if best in self.questions.groups:
            return self._group_page(best)
        together = [best]
        for name in self.names:
            if len(together) < MOST_ON_A_PAGE and name not in self.questions.groups:
                together += [name] if self._belongs(name, together) else []
        return Page(tuple(together), tuple(self.questions.terms[name] for name in together))

    def _best(self, names: Sequence[str], total: Mapping[str, float]) -> str:
        place = self.questions.place
        return max(names, key=lambda name: (round(total[name], 9), -place[name]))

    def _ticks(self) -> tuple[tuple[str, ...], float]:
        """Yes-or-no questions for one list, and what they are expected to settle.

        One for each procedure, so that none is asked about what another answer has just settled; where few procedures
        are left, all that is open of them.
        """
        terms, groups = self.questions.terms, self.questions.groups
        left, picked, gained = dict(self.found), list[str](), 0.0
        few = sum(bool(one.reach.open) for one in left.values()) <= FEW_PROCEDURES
        free = [name for name in self.names if name not in groups and str(terms[name].type) == "boolean"]
        while free and len(picked) < MOST_TICKS:
            touching = {name for one in left.values() for name in one.reach.open}
            if touching.isdisjoint(free):
                if not few or left == self.found:
                    break
                left = dict(self.found)
                continue
            total = _totals(left.values(), free)
            best = self._best([name for name in free if name in touching], total)
            picked.append(best)
            free.remove(best)
            gained += total[best]
            left = {slug: one for slug, one in left.items() if best not in one.reach.open}
        return tuple(sorted(picked, key=self.questions.place.__getitem__)), gained

    def _belongs(self, name: str, together: Sequence[str]) -> bool:
        """Whether an open condition cannot be told from the others of the page without `name` of the same group."""
        first, terms, on = together[0], self.questions.terms, self.questions.on
        if name in together or terms[name].group_name != terms[first].group_name:
            return False
        scenes = [{**self.facts, first: value} for value in self.questions.answers[first].values]
        return any(
            {first, name} <= self.questions.reads[rule]
            and all(rule.evaluate(scene, on) is UNKNOWN for scene in ({**self.facts}, *scenes))
            for procedure in self.questions.procedures
            if name in self.found[procedure.slug].reach.open
            for rule in procedure.rules
        )

    def _group_page(self, group: str) -> Page:
        """A page for each member, with the fields that open rules read and that are not known of every member."""
        members = self.facts.get(group)
        fields = self.questions.fields(group, self._read_of(group))
        if members is not None:
            fields = [field for field in fields if any(member.get(field) is None for member in members)]
        terms = tuple(self.questions.terms[f"{group}.{field}"] for field in fields)
        return Page((group,), terms or self.questions.naming[group], self.questions.groups[group])

    def _read_of(self, group: str) -> Names:
        return frozenset(
            name
            for one in self.questions.procedures
            if group in self.found[one.slug].reach.open
            for rule in one.rules
            for name in rule.terms
        )


def _totals(standings: Iterable[Standing], names: Sequence[str]) -> dict[str, float]:
    total = dict.fromkeys(names, 0.0)
    for standing in standings:
        for name, gain in standing.gains.items():
            if name in total:
                total[name] += gain
    return total
