"""What the rules of some procedures can ask of a person (案内の問い): terms, repeating groups, days, and their answers.

Owns what stands fixed before anybody answers. Pure; never judges.
"""

from collections.abc import Sequence
from datetime import date

from dokodemo.administration.guidance.answers import Answers, Facts, answers_of, completed, lists_of
from dokodemo.administration.guidance.reach import MOST_COMPLETIONS, Names, asked_for
from dokodemo.administration.procedures.compiled import CompiledProcedure
from dokodemo.administration.procedures.topics import Topic
from dokodemo.kernel.expressions import Expression
from dokodemo.kernel.vocabulary import Group, Term

# The one fact a guide adds to those of the rules: the codes of the topics that a person says are true of them.
TOPICS = "topics"


class Questions:
    """Everything the rules of `procedures` can ask on one day, and the topics that lead to them."""

    def __init__(
        self, procedures: Sequence[CompiledProcedure], on: date, topics: Sequence[Topic] = ()
    ) -> None:
        self.procedures, self.on = tuple(procedures), on
        here = {one.slug for one in self.procedures}
        self.topics = tuple(topic for topic in topics if not here.isdisjoint(topic.procedures))
        self.terms: dict[str, Term] = {}
        self.groups: dict[str, Group] = {}
        # Where rules only count a group, its members are told apart by their first term.
        self.naming: dict[str, tuple[Term, ...]] = {}
        for procedure in self.procedures:
            for name in (name for rule in procedure.rules for name in _sorted_by_form(procedure, rule.terms)):
                if name in procedure.vocabulary.terms:
                    self.terms.setdefault(name, procedure.vocabulary.terms[name])
                head = name.partition(".")[0]
                group = procedure.vocabulary.groups.get(head)
                if group is not None and group.repeats:
                    self.groups.setdefault(head, group)
                    self.naming.setdefault(head, _naming(procedure, head))
        self.repeating: Names = frozenset(self.groups)
        # From these days deadlines count; they change no verdict and are asked only beside the list.
        self.starts = {
            name: procedure.vocabulary.terms[name]
            for procedure in self.procedures
            for since in procedure.starts
            for name in sorted(since.terms)
            if name in procedure.vocabulary.terms and not since.groups
        }
        order = [name for p in self.procedures for r in p.rules for name in _sorted_by_form(p, r.terms)]
        self.place = {
            name: place
            for place, name in enumerate(dict.fromkeys(asked_for(name, self.repeating) for name in order))
        }
        rules = [rule for procedure in self.procedures for rule in procedure.rules]
        self.reads: dict[Expression, Names] = {
            rule: frozenset(asked_for(term, self.repeating) for term in rule.terms) for rule in rules
        }
        self.answers = {name: answers_of(term, rules, on) for name, term in self.terms.items()}
        self._lists = {
            name: lists_of({f: self.answers[f"{name}.{f}"] for f in self.fields(name)})
            for name in self.groups
        }

    def topics_of(self, procedure: CompiledProcedure) -> tuple[Topic, ...]:
        """The topics that lead to a procedure; one that has none is asked about whatever is ticked."""
        return tuple(topic for topic in self.topics if procedure.slug in topic.procedures)

    def concerns(self, procedure: CompiledProcedure, facts: Facts) -> bool:
        """Whether what was said of the topics leaves a procedure to be asked about."""
        ticked, topics = facts.get(TOPICS), self.topics_of(procedure)
        return ticked is None or not topics or any(topic.code in ticked for topic in topics)

    def fields(self, group: str, names: Names | None = None) -> list[str]:
        """The fields of a repeating group that rules read, or those of them that are among `names`."""
        prefix = f"{group}."
        wanted = self.terms if names is None else names
        return [
            name.removeprefix(prefix) for name in self.terms if name in wanted and name.startswith(prefix)
        ]

    def conditions(self) -> frozenset[str]:
        """Every term all conditions of these procedures read; a group without fields by its name."""
        return frozenset(self.terms) | {name for name in self.groups if not self.fields(name)}

    def asks(self, name: str) -> bool:
        """Whether this guide could ever ask for `name`: a plain term, a day, a repeating group, or the topics."""
        return name in self.place or name in self.starts or (name == TOPICS and bool(self.topics))

    def askable(self) -> dict[str, Term]:
        """Every term a page of this guide could ask, by name."""
        naming = {term.name: term for terms in self.naming.values() for term in terms}
        return {**naming, **self.starts, **self.terms}

    def order(self) -> tuple[str, ...]:
        """Everything this guide could ask, in the order of the procedures, their rules and their forms."""
        return tuple(self.place)

    def possible(self, name: str, facts: Facts) -> Answers:
        """What can be answered when `name` is asked beside `facts`."""
        if name not in self.groups:
            return self.answers[name]
        members = facts.get(name)
        if members is None:
            return self._lists[name]
        fields = {field: self.answers[f"{name}.{field}"] for field in self.fields(name)}
        return completed(members, fields, MOST_COMPLETIONS)


def _naming(procedure: CompiledProcedure, group: str) -> tuple[Term, ...]:
    terms = (term for term in procedure.vocabulary.terms.values() if term.group_name == group)
    return tuple(term for term in terms if term.derive is None)[:1]


def _sorted_by_form(procedure: CompiledProcedure, names: frozenset[str]) -> list[str]:
    asked = [ask.term for page in procedure.definition.form for ask in page.ask]
    order = {name: place for place, name in enumerate(asked)}
    return sorted(names, key=lambda name: (order.get(name, len(order)), name))
