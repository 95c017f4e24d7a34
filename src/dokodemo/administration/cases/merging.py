"""One form for several procedures (まとめて申請の様式): each term asked once, and each procedure's own view of the answers.

Owns the joining of forms and the rule that a procedure sees the answers to its own questions and no others (利用目的).
Never stores and never renders. Terms of one name are one term, since a city has one vocabulary.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from dokodemo.administration.cases.joint_parts import REGISTER, Answers, Part, mark_field, own_name
from dokodemo.administration.procedures.compiled import CompiledProcedure, FormPage, FormQuestion
from dokodemo.kernel.packs import LANGUAGES, Text
from dokodemo.kernel.ui import texts
from dokodemo.kernel.vocabulary import Group, Term, TermType


@dataclass(frozen=True)
class Asked:
    """A question as one procedure asks it."""

    part: Part
    question: FormQuestion

    @property
    def name(self) -> str:
        """The name under which the joint form asks it."""
        return self.part.joint_name(self.question.term.name)

    def now(self, answers: Answers, on: date) -> bool:
        """Whether it is asked, judged by what this procedure sees."""
        return self.question.always or self.question.now(self.part.view(answers), on) is not None


@dataclass(frozen=True)
class JointQuestion(FormQuestion):
    """One question that one or more procedures ask: shown when one of them asks it, required when one of those does.

    `mark`: it says whether a member is on a list, so it is asked about every member.
    """

    asks: tuple[Asked, ...] = ()
    mark: bool = False

    @property
    def always(self) -> bool:
        """Whether some procedure asks it of everybody, whatever the answers are."""
        return any(ask.question.always and not self._listed(ask) for ask in self.asks)

    @property
    def users(self) -> tuple[str, ...]:
        """The procedures (slugs) that get the answer."""
        return () if self.mark else tuple(ask.part.procedure.slug for ask in self.asks)

    @property
    def varies(self) -> bool:
        """Whether the answers decide if it is required."""
        if self.mark or not self.required or all(ask.question.required for ask in self.asks):
            return False
        return not any(
            ask.question.required and ask.question.always and not self._listed(ask) for ask in self.asks
        )

    def _listed(self, ask: Asked) -> bool:
        return (self.term.group_name or "") in ask.part.marks

    def now(self, answers: Answers, on: date) -> FormQuestion | None:
        """The question as the procedures that ask it now ask it; None when none of them does."""
        return self._of(tuple(ask for ask in self.asks if ask.now(answers, on)))

    def of(self, member: Answers) -> FormQuestion | None:
        """The question as the procedures that list this member ask it; None when none of them does."""
        if self.mark:
            return self
        group = self.term.group_name or ""
        return self._of(tuple(ask for ask in self.asks if ask.part.lists(group, member)))

    def any_of(self, asked: Sequence[FormQuestion]) -> FormQuestion:
        """The question as the procedures ask it that ask it about at least one member."""
        of_some = {id(ask) for one in asked if isinstance(one, JointQuestion) for ask in one.asks}
        return self._of(tuple(ask for ask in self.asks if id(ask) in of_some)) or self

    def _of(self, asks: tuple[Asked, ...]) -> FormQuestion | None:
        if not asks:
            return None
        if len(asks) == len(self.asks):
            return self
        return replace(self, asks=asks, required=self.mark or any(ask.question.required for ask in asks))


@dataclass(frozen=True, repr=False)
class JointForm:
    """The form of several procedures, in the order they were chosen."""

    parts: tuple[Part, ...]
    pages: tuple[FormPage, ...]

    def __repr__(self) -> str:
        """The procedures by slug."""
        return f"<JointForm {' + '.join(part.procedure.slug for part in self.parts)}>"

    @property
    def title(self) -> Text:
        """The first procedure's title, and how many more there are."""
        first = self.parts[0].procedure.title
        if len(self.parts) == 1:
            return first
        return _text("cases.together.title", first, count=str(len(self.parts) - 1))

    def asks(self, name: str) -> bool:
        """Whether some procedure asks this term, or about the members of this group."""
        return any(part.asks(name) for part in self.parts)


def without(form: JointForm, slugs: Collection[str], answers: Answers) -> dict[str, Any]:
    """The answers a joint form keeps when procedures are taken out: what the others ask, about whom they ask it."""
    rest = [part for part in form.parts if part.procedure.slug not in slugs]
    fewer = merge([part.procedure for part in rest])
    kept: dict[str, Any] = {}
    for name, value in answers.items():
        if name.startswith(REGISTER):
            if any(name.removeprefix(REGISTER) in part.only_tested for part in rest):
                kept[name] = value
        elif not fewer.asks(name):
            continue
        elif "." in name or not isinstance(value, list):
            kept[name] = value
        else:
            asking = [part for part in rest if name in part.groups]
            still = {field for part in fewer.parts for field in part.marks.values()}
            fields = {field for part in asking for field in part.groups[name]} | still
            kept[name] = [
                {field: answer for field, answer in member.items() if field in fields}
                for member in value
                if not asking[0].marks.get(name) or any(part.lists(name, member) for part in asking)
            ]
    return kept


def merge(procedures: Sequence[CompiledProcedure]) -> JointForm:
    """One form that asks every term of these procedures once. Raises ValueError for none, or for one given twice.

    Pages of one title are one page, and so are all pages that ask about the members of one group, and pages that ask
    mostly the same of the same person or thing. A term stands where the first procedure asks it; documents come last.
    A term with `per: procedure` is asked for each that asks it.
    """
    slugs = [procedure.slug for procedure in procedures]
    if not slugs or len(set(slugs)) != len(slugs):
        raise ValueError(f"a joint form is of one procedure or more, each once: {slugs}")
    lists = _lists(procedures)
    parts = tuple(
        Part(procedure, _marks_of(procedure, lists), _names_of(procedure)) for procedure in procedures
    )
    askers = Counter(name for part in parts for name in part.names)
    several = frozenset(name for name, count in askers.items() if count > 1)
    pages: dict[tuple[str, str], _Page] = {}
    places: dict[str, _Page] = {}
    for part in parts:
        for key, page in _keyed(part.procedure):
            joined = pages.get(key) or (_alike(part, page, pages) if key[0] == "page" else None)
            if joined is None:
                joined = pages[key] = _Page(page, lists, several)
            joined.join(part, page)
            for question in page.questions:
                there = places.setdefault(part.joint_name(question.term.name), joined)
                there.ask(Asked(part, question))
    documents = [page for key, page in pages.items() if key[0] == "documents"]
    others = [page for key, page in pages.items() if key[0] != "documents"]
    return JointForm(parts, tuple(page.made() for page in (*others, *documents) if page.asks))


def _keyed(procedure: CompiledProcedure) -> Iterator[tuple[tuple[str, str], FormPage]]:
    """The pages of a form, each with what makes it one with another's."""
    last = len(procedure.pages) - 1
    for number, page in enumerate(procedure.pages):
        if procedure.definition.evidence and number == last:
            yield ("documents", ""), page
        elif page.group is not None and page.group.repeats:
            yield ("group", page.group.name), page
        else:
            yield ("page", page.title.ja), page


def _alike(part: Part, page: FormPage, pages: Mapping[tuple[str, str], _Page]) -> _Page | None:
    """The page that already asks more than half of what this one asks, the rest of it about the same person or thing."""
    here = {part.joint_name(question.term.name): question.term.group_name for question in page.questions}
    for (kind, _), there in pages.items():
        known = {name: asks[0].question.term.group_name for name, asks in there.asks.items()}
        shared = here.keys() & known.keys()
        if kind == "page" and 2 * len(shared) > len(here) and set(here.values()) <= set(known.values()):
            return there
    return None


# Repeating group → heading of its page → the procedures that ask it under this heading.
type Lists = Mapping[str, Mapping[str, Sequence[CompiledProcedure]]]


def _lists(procedures: Sequence[CompiledProcedure]) -> Lists:
    found: dict[str, dict[str, list[CompiledProcedure]]] = {}
    for procedure in procedures:
        for (kind, name), page in _keyed(procedure):
            if kind == "group":
                found.setdefault(name, {}).setdefault(page.title.ja, []).append(procedure)
    return found


def _marks_of(procedure: CompiledProcedure, lists: Lists) -> dict[str, str]:
    return {
        group: mark_field(heading)
        for group, headings in lists.items()
        if len(headings) > 1
        for heading, askers in headings.items()
        if procedure in askers
    }


class _Page:
    """A page being joined."""

    def __init__(self, first: FormPage, lists: Lists, several: frozenset[str]) -> None:
        self.first = first
        self.several = several
        self.repeats = first.group is not None and first.group.repeats
        headings = lists.get(first.group.name, {}) if first.group is not None and self.repeats else {}
        self.headings = headings if len(headings) > 1 else {}
        self.leads: list[Text] = []
        self.asks: dict[str, list[Asked]] = {}
        self.listed: dict[str, list[Asked]] = {}

    def join(self, part: Part, page: FormPage) -> None:
        if page.lead is not None and page.lead not in self.leads:
            self.leads.append(page.lead)
        if self.headings:
            asked = self.listed.setdefault(page.title.ja, [])
            asked.extend(Asked(part, question) for question in page.questions)

    def ask(self, ask: Asked) -> None:
        self.asks.setdefault(ask.name, []).append(ask)

    def made(self) -> FormPage:
        group = self.first.group
        title = group.label if group is not None and self.headings else self.first.title
        marks = [self._mark(heading) for heading in self.headings]
        questions = (_joined(asks, self.several) for asks in self.asks.values())
        return FormPage(title, _lead(self.leads), group, (*marks, *questions))

    def _mark(self, heading: str) -> JointQuestion:
        group = self.first.group
        assert group is not None
        asks = tuple(self.listed[heading])
        return JointQuestion(
            _mark_term(group, heading, self.headings[heading]), required=True, asks=asks, mark=True
        )


def _joined(asks: Sequence[Asked], several: frozenset[str]) -> JointQuestion:
    said = next((ask.question.say for ask in asks if ask.question.say is not None), None)
    required = any(ask.question.required for ask in asks)
    return JointQuestion(_term(asks[0], several), required, say=said, asks=tuple(asks))


def _term(ask: Asked, several: frozenset[str]) -> Term:
    """The term as the joint form asks it: one that is asked for each procedure says for which."""
    term = ask.question.term
    if ask.name == term.name:
        return term
    title = ask.part.procedure.title
    label = (
        _text("cases.together.for_procedure", title, label=term.label) if term.name in several else term.label
    )
    return term.model_copy(update={"name": ask.name, "label": label})


def _names_of(procedure: CompiledProcedure) -> dict[str, str]:
    """The terms that mean something of this procedure alone, with their names in a joint form."""
    terms = {question.term.name: question.term for page in procedure.pages for question in page.questions}
    return {name: own_name(name, procedure.slug) for name, term in terms.items() if term.per is not None}


def _mark_term(group: Group, heading: str, askers: Sequence[CompiledProcedure]) -> Term:
    names = Text(
        ja="・".join(asker.title.ja for asker in askers),
        easy="・".join(asker.title.easy for asker in askers),
        en=", ".join(asker.title.en for asker in askers),
    )
    return Term(
        name=f"{group.name}.{mark_field(heading)}",
        gif=None,
        own="whose procedure a member belongs to, in a joint form only",
        type=TermType.BOOLEAN,
        label=_text("cases.together.on_list", names),
        confidentiality="3B",
        purpose="together",
    )


def _lead(leads: Sequence[Text]) -> Text | None:
    if not leads:
        return None
    return Text(
        ja="".join(lead.ja for lead in leads),
        easy=" ".join(lead.easy for lead in leads),
        en=" ".join(lead.en for lead in leads),
    )


def _text(key: str, name: Text, **more: str | Text) -> Text:
    """A text of the catalogue in three languages, with a city's own text filled in."""
    said = {}
    for lang in LANGUAGES:
        text = texts.catalogue().entries[key][lang].replace("{name}", name.get(lang))
        for slot, filling in more.items():
            words = filling.get(lang) if isinstance(filling, Text) else filling
            text = text.replace(f"{{{slot}}}", words)
        said[lang] = text
    return Text(**said)
