"""Does one procedure agree with what is around it? (手続定義と用語・組織・書式の整合)

Owns the single checks, each a small generator of problems. Which of them run, and what follows, is `checking`.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from dokodemo.administration.procedures.definitions import ProcedureDefinition
from dokodemo.administration.procedures.everyday import LifeEvent
from dokodemo.administration.procedures.facts import fact_faults
from dokodemo.administration.procedures.reading import ProcedureFile
from dokodemo.kernel.expressions import Expression, ParameterSet
from dokodemo.kernel.packs import Problem
from dokodemo.kernel.text_jp.ruby import pieces
from dokodemo.kernel.vocabulary import Vocabulary

_KANJI = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]+")
_CALENDAR_DAYS = {"calendar": 1.0, "business": 7 / 5}

Place = tuple[str | int, ...]
Rules = Mapping[Place, Expression]


@dataclass(frozen=True)
class Surroundings:
    """What a procedure must agree with. `sections` is None when the pack has no organisation."""

    vocabulary: Vocabulary
    parameters: ParameterSet
    sections: frozenset[str] | None
    life_events: Mapping[str, LifeEvent]


def at(file: ProcedureFile, place: Place, message: str, remedy: str) -> Problem:
    """A problem at a key path of procedure.yaml."""
    return file.document.problem(place, message, remedy)


def closest(name: str, known: Iterable[str], otherwise: str) -> str:
    """A remedy that proposes the nearest known name."""
    near = get_close_matches(name, sorted(known), n=1, cutoff=0.6)
    return f'Did you mean "{near[0]}"?' if near else otherwise


def slug_is_the_folder(file: ProcedureFile, _: Surroundings) -> Iterator[Problem]:
    """A procedure is found by its folder and by its slug: they must be the same."""
    folder = file.folder.rpartition("/")[2]
    if file.definition.slug != folder:
        yield at(file, ("slug",), f'The folder is called "{folder}"', f"Write slug: {folder}")


def unit_exists(file: ProcedureFile, around: Surroundings) -> Iterator[Problem]:
    """The section in charge is one of the city's."""
    unit = file.definition.unit
    if around.sections is not None and unit not in around.sections:
        remedy = closest(unit, around.sections, f"Choose one of: {', '.join(sorted(around.sections))}")
        yield at(file, ("unit",), f'There is no section "{unit}" in organisation/sections.yaml', remedy)


def life_events_exist(file: ProcedureFile, around: Surroundings) -> Iterator[Problem]:
    """Life events are those the pack names, when it names any."""
    named: list[tuple[Place, str]] = [
        (("life_events", i), code) for i, code in enumerate(file.definition.life_events)
    ]
    for i, deadline in enumerate(file.definition.deadlines):
        if deadline.event is not None:
            named.append((("deadlines", i, "event"), deadline.event))
    for place, code in named:
        if around.life_events and code not in around.life_events:
            remedy = closest(
                code, around.life_events, f"Choose one of: {', '.join(sorted(around.life_events))}"
            )
            yield at(file, place, f'There is no life event "{code}" in life_events.yaml', remedy)


def partial_names_what_lacks(file: ProcedureFile, _: Surroundings) -> Iterator[Problem]:
    """What still asks for a visit is counted by its code. Versions published before there were codes have none."""
    online = file.definition.online
    if online.state == "partial" and not online.lacks:
        message = "`state: partial` does not say in `lacks` what is missing"
        remedy = "Add `lacks:` with one or more of payment, booking, counter, originals, collection"
        yield at(file, ("online",), message, remedy)


def questions_fit(file: ProcedureFile, around: Surroundings) -> Iterator[Problem]:
    """Every question asks a known term once, on a page that repeats exactly when its group does."""
    asked: dict[str, Place] = {}
    groups = around.vocabulary.groups
    for i, page in enumerate(file.definition.form):
        each = page.each
        if each is not None and each not in groups:
            yield at(file, ("form", i, "each"), f'There is no group "{each}"', closest(each, groups, _GROUPS))
        elif each is not None and not groups[each].repeats:
            yield at(file, ("form", i, "each"), f'The group "{each}" does not repeat', "Delete `each:`")
        for j, ask in enumerate(page.ask):
            place: Place = ("form", i, "ask", j)
            yield from _question(file, around, place, ask.term, each)
            if ask.term in asked:
                line = file.document.where(asked[ask.term])[1]
                yield at(file, place, f'"{ask.term}" is asked twice (first on line {line})', "Ask it once")
            asked[ask.term] = place


_GROUPS = "Choose a group of vocabulary/*.yaml with `repeats: true`"
_TERMS = "Add it to vocabulary/*.yaml or correct its spelling"


def _question(
    file: ProcedureFile, around: Surroundings, place: Place, name: str, each: str | None
) -> Iterator[Problem]:
    term = around.vocabulary.terms.get(name)
    if term is None:
        remedy = closest(name, around.vocabulary.terms, _TERMS)
        yield at(file, place, f'There is no term "{name}"', remedy)
        return
    if term.derive is not None:
        yield at(file, place, f'"{name}" is derived from other terms', "Ask the terms it is derived from")
    group = around.vocabulary.group_of(name)
    repeating = group.name if group is not None and group.repeats else None
    if repeating is not None and each != repeating:
        remedy = f"Put it on a page with `each: {repeating}`"
        yield at(file, place, f'"{name}" belongs to the repeating group "{repeating}"', remedy)
    elif each is not None and each in around.vocabulary.groups and repeating != each:
        remedy = "Put it on a page without `each`"
        yield at(file, place, f'"{name}" does not belong to the group "{each}" of this page', remedy)


def evidence_is_files(file: ProcedureFile, around: Surroundings) -> Iterator[Problem]:
    """Evidence is a term of type file, asked once."""
    seen: set[str] = set()
    for i, evidence in enumerate(file.definition.evidence):
        place: Place = ("evidence", i, "term")
        term = around.vocabulary.terms.get(evidence.term)
        if term is None:
            remedy = closest(evidence.term, around.vocabulary.terms, _TERMS)
            yield at(file, place, f'There is no term "{evidence.term}"', remedy)
        elif term.type != "file":
            remedy = "Ask it in `form`, or make it a term of type file"
            yield at(
                file, place, f'Evidence must be a file, "{evidence.term}" is of type {term.type}', remedy
            )
        if evidence.term in seen:
            yield at(file, place, f'"{evidence.term}" is asked twice', "Delete one of the two")
        seen.add(evidence.term)


def outcome_fits_the_kind(file: ProcedureFile, _: Surroundings) -> Iterator[Problem]:
    """A 届出 has nothing to approve or refuse (行政手続法37条); an application is answered either way (8条)."""
    d = file.definition
    letters = d.outcome.letters()
    if d.is_notification:
        for name in letters.keys() - {"completed"}:
            message = f"A notification (届出) is never {name.replace('_', ' ')}"
            yield at(file, ("outcome", name), message, "Delete it and write `completed: letters/….typ`")
        if "completed" not in letters:
            yield at(
                file,
                ("outcome",),
                "A notification has no letter of receipt",
                "Add `completed: letters/….typ`",
            )
        if d.approval is not None:
            yield at(file, ("approval",), "A notification (届出) needs no approval", "Delete `approval`")
        if "decision" in d.steps:
            yield at(file, ("steps",), "A notification (届出) has no decision", "Write steps: [completeness]")
        return
    for name in {"approved", "refused"} - letters.keys():
        yield at(file, ("outcome",), f"The letter for `{name}` is missing", f"Add `{name}: letters/….typ`")
    if "completed" in letters:
        message = f"`completed` is for notifications, this is kind: {d.kind}"
        yield at(file, ("outcome", "completed"), message, "Delete it or write `kind: notification`")
    if d.approval is None:
        yield at(file, (), "`approval` is missing", "Add `approval: one` or `approval: two_person`")
    if not {"decision", "issue"} & set(d.steps):
        yield at(file, ("steps",), "Nothing is decided or issued in these steps", "Add `decision`")
    if d.affairs == "none" and d.appeal is None:
        remedy = "Add `appeal:` with the body that hears appeals"
        yield at(file, ("affairs",), "With `affairs: none` nobody knows to whom one may appeal", remedy)


def letters_exist(file: ProcedureFile, _: Surroundings) -> Iterator[Problem]:
    """Every letter and everything a letter imports is in the pack."""
    by_path: dict[str, Place] = {
        path: ("outcome", outcome) for outcome, path in file.definition.outcome.letters().items()
    }
    if file.definition.statutory_limit is not None:
        by_path.setdefault(
            file.definition.statutory_limit.extension_letter, ("statutory_limit", "extension_article")
        )
    for path in file.missing_letters:
        place = by_path.get(path, ("outcome",))
        remedy = f"Write {file.folder}/{path}" if path in by_path else "Correct the import in the letter"
        yield at(file, place, f'The letter "{path}" is not there', remedy)


def limits_are_in_order(file: ProcedureFile, _: Surroundings) -> Iterator[Problem]:
    """What the law allows at most cannot be shorter than what the city promises."""
    standard, limit = file.definition.standard_period, file.definition.statutory_limit
    if limit is None:
        return
    promised = standard.days * _CALENDAR_DAYS[standard.count]
    if limit.days * _CALENDAR_DAYS[limit.count] < promised:
        message = f"The statutory limit ({limit.days} {limit.count} days) is shorter than the standard period"
        remedy = f"Shorten standard_period, now {standard.days} {standard.count} days"
        yield at(file, ("statutory_limit", "days"), message, remedy)


def filers_can_be_known(file: ProcedureFile, _: Surroundings) -> Iterator[Problem]:
    """Whoever acts for another must sign in: an unknown person has no mandate."""
    d = file.definition
    others = [filer for filer in d.who_may_file if filer != "self"]
    if d.identity == "none" and others:
        message = f"Without sign-in nobody can be known as {', '.join(others)}"
        yield at(file, ("identity",), message, "Write `identity: authenticated` or `who_may_file: [self]`")


def names_are_unique(file: ProcedureFile, _: Surroundings) -> Iterator[Problem]:
    """Amounts are told apart by name, and lists say a thing once."""
    seen: set[str] = set()
    for i, amount in enumerate(file.definition.amounts):
        if amount.name in seen:
            yield at(file, ("amounts", i, "name"), f'The amount "{amount.name}" is there twice', "Rename one")
        seen.add(amount.name)
    for key in ("inventory", "life_events", "measures", "steps", "who_may_file", "say", "audience"):
        values = getattr(file.definition, key)
        for i, value in enumerate(values):
            if value in values[:i]:
                yield at(file, (key, i), f'"{value}" is in `{key}` twice', "Delete one of the two")


def certificate_terms_exist(file: ProcedureFile, around: Surroundings) -> Iterator[Problem]:
    """A certificate prints known terms, and the number of copies is a number."""
    certificate = file.definition.certificate
    if certificate is None:
        return
    names: list[tuple[Place, str]] = [
        (("certificate", "terms", i), name) for i, name in enumerate(certificate.terms)
    ]
    if certificate.copies is not None:
        names.append((("certificate", "copies"), certificate.copies))
    for place, name in names:
        term = around.vocabulary.terms.get(name)
        if term is None:
            remedy = closest(name, around.vocabulary.terms, _TERMS)
            yield at(file, place, f'There is no term "{name}"', remedy)
        elif place[-1] == "copies" and term.type != "integer":
            yield at(file, place, f'"{name}" is of type {term.type}', "The number of copies is an integer")


def what_it_brings_is_known(file: ProcedureFile, around: Surroundings) -> Iterator[Problem]:
    """What is so once it is filed is a fact of the vocabulary."""
    for fault in fact_faults(around.vocabulary, file.definition.brings):
        yield at(file, ("brings", *fault.place), fault.message, fault.remedy)


CHECKS = (
    slug_is_the_folder,
    unit_exists,
    life_events_exist,
    partial_names_what_lacks,
    questions_fit,
    evidence_is_files,
    outcome_fits_the_kind,
    letters_exist,
    limits_are_in_order,
    filers_can_be_known,
    names_are_unique,
    certificate_terms_exist,
    what_it_brings_is_known,
)


# Warnings: what should be mended and stops nothing.


def plain_japanese(file: ProcedureFile) -> Iterator[Problem]:
    """やさしい日本語 has a reading at every kanji."""
    for place, text in _easy_texts(file.document.data, ()):
        left = [run for part in pieces(text) if part.reading is None for run in _KANJI.findall(part.text)]
        if left:
            message = f"Plain Japanese has kanji without a reading: {'、'.join(left[:3])}"
            yield at(file, place, message, f"Write {left[0]}《…》 or say it in kana")


def _easy_texts(value: Any, place: Place) -> Iterator[tuple[Place, str]]:
    if isinstance(value, dict):
        for key, child in value.items():
            if key == "easy" and isinstance(child, str):
                yield (*place, key), child
            else:
                yield from _easy_texts(child, (*place, key))
    elif isinstance(value, list):
        for i, child in enumerate(value):
            yield from _easy_texts(child, (*place, i))


def somebody_answers(file: ProcedureFile, around: Surroundings, rules: Rules) -> Iterator[Problem]:
    """A rule whose term no question asks and no register holds stays unknown for everybody."""
    asked = {ask.term for page in file.definition.form for ask in page.ask}
    asked |= {evidence.term for evidence in file.definition.evidence}
    groups = {page.each for page in file.definition.form if page.each is not None}
    for place, rule in rules.items():
        for name in sorted(rule.terms - asked - groups):
            term = around.vocabulary.terms.get(name)
            if term is not None and term.register is None:
                message = f'"{name}" is neither asked in the form nor held by the register'
                yield at(file, place, message, "Ask it in `form`, or leave it out of the rule")


def counts_as_partial(file: ProcedureFile, _: Surroundings) -> Iterator[Problem]:
    """A fee at the counter asks for a visit."""
    d: ProcedureDefinition = file.definition
    if d.online.state != d.online_state:
        message = "The fee is paid at the counter, so the procedure counts as partly online"
        yield at(file, ("online", "state"), message, "Write `state: partial` and `missing:`")
