"""What a decision finds (認定内容): the degree, the grade, the period, the month from which something is paid.

Owns the shape of `findings:` in procedure.yaml and the reading of what a clerk enters for it. Never decides, never keeps a
value: that is done by cases. Pure.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Self

from pydantic import model_validator

from dokodemo.kernel.packs import PackModel, Text, fault
from dokodemo.kernel.vocabulary import Choice, InvalidValue, Term, TermType
from dokodemo.kernel.vocabulary.definitions import Slug
from dokodemo.kernel.vocabulary.values import clean, is_blank, show

type Decided = Literal["approved", "partially_approved", "refused"]
_DAYS = ("date", "year_month")


class FindingChoice(Choice):
    """One value that can be found; `on` says with which outcomes it goes, with every one when it is empty."""

    on: tuple[Decided, ...] = ()


class Finding(PackModel):
    """One thing a decision finds (認定内容) and its letter states.

    It is asked with the outcomes of `required_on`, where the decision is refused without it, and of `allowed_on`. `type` is a
    type of the vocabulary. `not_before` names another finding of the same type, day or month, that comes first.
    """

    name: Slug
    label: Text
    hint: Text | None = None
    type: Literal["choice", "date", "year_month", "text", "long_text", "integer", "yen"]
    choices: tuple[FindingChoice, ...] = ()
    required_on: tuple[Decided, ...] = ()
    allowed_on: tuple[Decided, ...] = ()
    not_before: Slug | None = None

    @model_validator(mode="after")
    def _can_be_asked(self) -> Self:
        if not self.asked_on:
            raise fault(f'The finding "{self.name}" belongs to no outcome', "Write `required_on: [approved]`")
        if (self.type == "choice") != bool(self.choices):
            raise fault("`choices` and `type: choice` go together", "Write both, or neither")
        values = [choice.value for choice in self.choices]
        doubled = sorted({value for value in values if values.count(value) > 1})
        if doubled:
            raise fault(f'"{self.name}" has the value "{doubled[0]}" twice', "Give each choice its own value")
        if len(values) == 1:
            raise fault(f'"{self.name}" leaves no choice', "List at least two `choices`")
        if self.not_before is not None and self.type not in _DAYS:
            raise fault("`not_before` is for days and months", "Delete it, or write `type: date`")
        return self

    @property
    def asked_on(self) -> tuple[Decided, ...]:
        """The outcomes with which it is asked."""
        return (*self.required_on, *(one for one in self.allowed_on if one not in self.required_on))

    @property
    def term(self) -> Term:
        """The finding as a term of its own, so that it is read and shown as every other value."""
        return Term(
            name=f"finding.{self.name}",
            gif=None,
            own="認定内容",
            type=TermType(self.type),
            label=self.label,
            hint=self.hint,
            confidentiality="3B",
            purpose="decision",
            choices=tuple(Choice(value=one.value, label=one.label) for one in self.choices),
        )

    def shown(self, value: Any, lang: str = "ja") -> str:
        """A value as people read it."""
        return show(self.term, value, lang)


@dataclass(frozen=True)
class Found:
    """What was entered: JSON values by name, and what cannot be taken, as text keys by name."""

    values: Mapping[str, Any]
    faults: Mapping[str, str]


def read_findings(findings: Sequence[Finding], outcome: str, typed: Mapping[str, str]) -> Found:
    """The findings of a decision from what was typed, by name; everything that is wrong at once.

    What belongs to another outcome must be empty: nobody may believe that it was kept.
    """
    values: dict[str, Any] = {}
    faults: dict[str, str] = {}
    for finding in findings:
        text = typed.get(finding.name, "")
        if is_blank(text):
            if outcome in finding.required_on:
                faults[finding.name] = "cases.finding.missing"
            continue
        if outcome not in finding.asked_on:
            faults[finding.name] = "cases.finding.other_outcome"
            continue
        try:
            values[finding.name] = clean(finding.term, text)
        except InvalidValue as refusal:
            # A message that counts needs its numbers, which a text key alone does not carry.
            faults[finding.name] = "cases.finding.unusable" if refusal.params else refusal.code
            continue
        if any(one.value == text and one.on and outcome not in one.on for one in finding.choices):
            faults[finding.name] = "cases.finding.other_choice"
    for finding in findings:
        first, last = values.get(finding.not_before or ""), values.get(finding.name)
        if first is not None and last is not None and last < first:
            faults.setdefault(finding.name, "cases.finding.before_its_start")
    return Found({name: value for name, value in values.items() if name not in faults}, faults)


def in_words(findings: Sequence[Finding], values: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """What was found as a letter prints it, in Japanese: {name: {label, text, value, place}}, only what was found.

    `place` is the order of the definition, which a letter's data does not keep.
    """
    return {
        one.name: {
            "label": one.label.ja,
            "text": one.shown(values[one.name]),
            "value": values[one.name],
            "place": place,
        }
        for place, one in enumerate(findings)
        if one.name in values
    }


def told(findings: Sequence[Finding], values: Mapping[str, Any] | None, lang: str) -> list[tuple[Text, str]]:
    """What was found, for a reader: label and text of each, in the order of the definition."""
    kept = values or {}
    return [(one.label, one.shown(kept[one.name], lang)) for one in findings if one.name in kept]
