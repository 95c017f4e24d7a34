"""A procedure ready for use (手続の実行形): pages of questions, rules as expressions, letters as text.

Owns the way from a definition to what forms, rules and letters need, and the store of the versions in use. A version
is compiled once for each process, its parts on first use. Importing this module loads neither DuckDB nor Sudachi.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID

from dokodemo.administration.procedures.definitions import (
    AmountRule,
    Ask,
    EligibleRule,
    Evidence,
    Outcome,
    Page,
    ProcedureDefinition,
)
from dokodemo.administration.procedures.reading import ProcedureFile
from dokodemo.administration.procedures.snapshot import restore_parameters, restore_vocabulary
from dokodemo.kernel.expressions import Expression, ParameterSet, compile_expression
from dokodemo.kernel.packs import Text
from dokodemo.kernel.ui.texts import Catalogue
from dokodemo.kernel.ui.texts import read as read_texts
from dokodemo.kernel.vocabulary import Group, Term, Vocabulary


@dataclass(frozen=True)
class FormQuestion:
    """One question of the form. Not shown unless `show_when` holds; not needed when `skip_when` holds.

    On a repeating page `show_when` is asked about one member, whose facts stand among the others as "group.term".
    """

    term: Term
    required: bool
    show_when: Expression | None = None
    skip_when: Expression | None = None
    say: Text | None = None

    @property
    def always(self) -> bool:
        """Whether it is asked whatever the answers are."""
        return self.show_when is None and self.skip_when is None

    @property
    def varies(self) -> bool:
        """Whether the answers decide if it is required; in a procedure's own form they never do."""
        return False

    @property
    def users(self) -> tuple[str, ...]:
        """The procedures (slugs) an answer goes to, where one form serves several; empty for a procedure's own form."""
        return ()

    def now(self, answers: Mapping[str, Any], on: date) -> "FormQuestion | None":
        """The question as it is asked for these answers, None while it is not.

        A condition that is not known to hold keeps it hidden: what cannot matter is not asked.
        """
        if self.show_when is not None and self.show_when.evaluate(answers, on=on) is not True:
            return None
        if self.skip_when is not None and self.skip_when.evaluate(answers, on=on) is True:
            return None
        return self

    def of(self, member: Mapping[str, Any]) -> "FormQuestion | None":
        """The question as it is asked about one member of a repeating group; a procedure's own form asks about each."""
        return self

    def any_of(self, asked: "Sequence[FormQuestion]") -> "FormQuestion":
        """The question as all together ask it to whom it is asked in these ways, one or more."""
        return self


@dataclass(frozen=True)
class FormPage:
    """One page: its questions belong to one member after the other when `group` repeats."""

    title: Text
    lead: Text | None
    group: Group | None
    questions: tuple[FormQuestion, ...]


class Form(Protocol):
    """What is written page by page (様式): a procedure's own form, or one form for several."""

    @property
    def title(self) -> Text:
        """What is written, as a person calls it."""

    @property
    def pages(self) -> tuple[FormPage, ...]:
        """The pages in order."""


@dataclass(frozen=True)
class CompiledProcedure:
    """A procedure with everything it needs; equal content, equal behaviour, whichever database it came from.

    `version_id` and `number` are None and 0 for a procedure read from a pack and not published.
    """

    definition: ProcedureDefinition
    vocabulary: Vocabulary
    parameters: ParameterSet
    letters: Mapping[str, str] = field(repr=False)
    version_id: UUID | None = None
    number: int = 0
    digest: str = ""

    @property
    def slug(self) -> str:
        """The name in addresses and files."""
        return self.definition.slug

    @property
    def title(self) -> Text:
        """What the procedure is called."""
        return self.definition.title

    @cached_property
    def rules(self) -> tuple[Expression, ...]:
        """The conditions, in the order of `definition.eligible`."""
        return tuple(self._expression(rule.when, "boolean") for rule in self.definition.eligible)

    @property
    def conditions(self) -> tuple[EligibleRule, ...]:
        """The sentences and articles that belong to `rules`."""
        return self.definition.eligible

    @cached_property
    def amounts(self) -> Mapping[str, Expression]:
        """The formula of each amount by name, in yen or points as its rule says."""
        return {
            amount.name: self._expression(amount.formula, amount.expected)
            for amount in self.definition.amounts
        }

    @cached_property
    def starts(self) -> tuple[Expression, ...]:
        """The days from which `definition.deadlines` count, in their order."""
        return tuple(self._expression(deadline.day, "date") for deadline in self.definition.deadlines)

    @property
    def amount_labels(self) -> Mapping[str, AmountRule]:
        """Label, unit and article of each amount by name."""
        return {amount.name: amount for amount in self.definition.amounts}

    @cached_property
    def pages(self) -> tuple[FormPage, ...]:
        """The pages of the form in order; evidence is the last page, when there is any."""
        pages = [self._page(page) for page in self.definition.form]
        if self.definition.evidence:
            questions = tuple(self._evidence(evidence) for evidence in self.definition.evidence)
            pages.append(
                FormPage(
                    _text("procedures.evidence.title"), _text("procedures.evidence.lead"), None, questions
                )
            )
        return tuple(pages)

    @cached_property
    def asked_names(self) -> tuple[str, ...]:
        """The terms of the form in the order they are asked."""
        return tuple(question.term.name for page in self.pages for question in page.questions)

    @cached_property
    def tested_names(self) -> frozenset[str]:
        """Terms, outside repeating groups, that the rules, amounts and conditions look at."""
        conditions = [
            condition
            for page in self.pages
            for question in page.questions
            for condition in (question.show_when, question.skip_when)
            if condition is not None
        ]
        names = {name for rule in (*self.rules, *self.amounts.values(), *conditions) for name in rule.terms}
        groups = {name for name, group in self.vocabulary.groups.items() if group.repeats}
        return frozenset(
            name for name in names if name in self.vocabulary.terms and name.partition(".")[0] not in groups
        )

    def letter_path(self, outcome: Outcome | str) -> str | None:
        """Where `letters` holds the letter of an outcome, or None when the outcome has no letter."""
        path = self.definition.outcome.letters().get(outcome)
        return None if path is None else self._place_of(path)

    def extension_letter(self) -> str | None:
        """Where `letters` holds the notice of an extension; None where the limit has none, or had none when published."""
        limit = self.definition.statutory_limit
        if limit is None or not limit.extends:
            return None
        path = self._place_of(limit.extension_letter)
        return path if path in self.letters else None

    def _place_of(self, path: str) -> str:
        beside = f"procedures/{self.slug}/{path}"
        return beside if beside in self.letters else path

    def _expression(self, text: str, expected: str, member_of: str | None = None) -> Expression:
        return compile_expression(
            text, self.vocabulary, self.parameters, expected=expected, member_of=member_of
        )

    def _condition(self, *texts: str | None, member_of: str | None = None) -> Expression | None:
        given = [text for text in texts if text is not None]
        if not given:
            return None
        text = given[0] if len(given) == 1 else " AND ".join(f"({t})" for t in given)
        return self._expression(text, "boolean", member_of)

    def _page(self, page: Page) -> FormPage:
        group = None if page.each is None else self.vocabulary.groups[page.each]
        return FormPage(page.page, page.lead, group, tuple(self._question(page, ask) for ask in page.ask))

    def _question(self, page: Page, ask: Ask) -> FormQuestion:
        condition = self._condition(page.show_when, ask.show_when, member_of=page.each)
        return FormQuestion(self.vocabulary.term(ask.term), ask.required, show_when=condition)

    def _evidence(self, evidence: Evidence) -> FormQuestion:
        condition = self._condition(evidence.skip_when)
        term = self.vocabulary.term(evidence.term)
        return FormQuestion(term, evidence.required, skip_when=condition, say=evidence.say)


def compile_file(file: ProcedureFile, vocabulary: Vocabulary, parameters: ParameterSet) -> CompiledProcedure:
    """A procedure straight from its files, without a database. Rules compile on first use (ExpressionError)."""
    return CompiledProcedure(file.definition, vocabulary, parameters, file.letters)


def restore(
    *,
    version_id: UUID,
    number: int,
    digest: str,
    definition: Mapping[str, Any],
    vocabulary: Mapping[str, Any],
    parameters: Mapping[str, Any],
    letters: Mapping[str, str],
) -> CompiledProcedure:
    """A procedure from what a version keeps, as it was when published."""
    return CompiledProcedure(
        definition=ProcedureDefinition.model_validate(definition),
        vocabulary=restore_vocabulary(vocabulary),
        parameters=restore_parameters(parameters),
        letters=letters,
        version_id=version_id,
        number=number,
        digest=digest,
    )


def _text(key: str) -> Text:
    return Text(**_own_texts().entries[key])


@cache
def _own_texts() -> Catalogue:
    return read_texts([Path(__file__).with_name("texts.yaml")])
