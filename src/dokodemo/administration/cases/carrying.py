"""What was written elsewhere, brought into a draft (書きかけの引き継ぎ): pure rules, nothing typed is lost unsaid.

Owns which answer stands when two drafts answer the same, which people a list then holds, and where the texts that were
not accepted go. Never stores, and never touches files: their rows are moved by the action.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from dokodemo.administration.cases import flow
from dokodemo.administration.cases.joint_parts import Answers, Part
from dokodemo.administration.procedures.compiled import Form
from dokodemo.kernel.vocabulary import Term


@dataclass(frozen=True)
class Source:
    """What another draft holds for one procedure: its own form's answers, and what the register had released to it.

    `part`: the procedure as it stands in the form that the answers go to. `at`: when that draft was last written.
    """

    part: Part
    answers: Answers
    released: Answers
    at: datetime

    def typed(self, name: str) -> bool:
        """Whether somebody wrote the answer, or changed what the register says."""
        return self.answers.get(name) != self.released.get(name)


@dataclass(frozen=True)
class Conflict:
    """Two drafts answer the same differently: the later answer stands, the earlier is shown to whoever wrote it."""

    term: Term
    stands: Any
    dropped: Any


@dataclass
class Carried:
    """The answers of a draft with what was written elsewhere.

    `changed`: names of terms and groups whose answers are new here. `files`: identifiers of the files brought along, with
    the name of the question they answer here.
    """

    values: dict[str, Any]
    changed: set[str] = field(default_factory=set)
    conflicts: list[Conflict] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)


def carry(
    values: Answers, released: Answers, sources: Sequence[Source], *, written_at: datetime | None
) -> Carried:
    """Bring answers into a draft with these values; `written_at`: when it was last written, None for a new one.

    An answer somebody typed goes before one the register gave; of two that were typed the later one stands. Lists become
    one: a person is known by name. Whoever was taken off a list of the register stays off it.
    """
    found = Carried(dict(values))
    when: dict[str, datetime] = {}
    if written_at is not None:
        when = {name: written_at for name, value in values.items() if value != released.get(name)}
    for source in sorted(sources, key=lambda one: one.at):
        terms = source.part.procedure.vocabulary.terms
        for own, value in source.answers.items():
            name = source.part.joint_name(own)
            if not source.part.asks(name):
                continue
            if own in source.part.groups:
                _carry_list(found, when, source, own, released)
            elif flow.file_ids({own: value}):
                _carry_files(found, name, value)
            else:
                _carry_answer(found, when, source, terms[own], name)
    return found


def _carry_answer(found: Carried, when: dict[str, datetime], source: Source, term: Term, name: str) -> None:
    value, here = source.answers[term.name], found.values.get(name)
    if value == here or (here is not None and not source.typed(term.name)):
        return
    if name in when and here is not None:
        later = source.at > when[name]
        stands, dropped = (value, here) if later else (here, value)
        found.conflicts.append(Conflict(term, stands, dropped))
        if not later:
            return
    found.values[name] = value
    found.changed.add(name)
    if source.typed(term.name):
        when[name] = source.at


def _carry_files(found: Carried, name: str, files: Sequence[Mapping[str, Any]]) -> None:
    here = list(found.values.get(name) or [])
    known = {one["sha256"] for one in here}
    new = [dict(one) for one in files if one["sha256"] not in known]
    if new:
        found.values[name] = here + new
        found.changed.add(name)
        found.files.update({one["attachment"]: name for one in new})


def _carry_list(
    found: Carried, when: dict[str, datetime], source: Source, group: str, released: Answers
) -> None:
    listed: Sequence[Answers] = source.answers[group] or []
    here = found.values.get(group)
    if here is not None and not source.typed(group):
        return
    part, mark = source.part, source.part.marks.get(group)
    names = _naming(part, group)
    theirs = {_key(member, names): member for member in listed}
    later = group not in when or source.at > when[group]
    merged: list[dict[str, Any]] = []
    for member in here or []:
        key = _key(member, names)
        match = theirs.pop(key, None)
        if match is not None:
            new = {**member, **match} if later else {**match, **member}
            merged.append({**new, mark: True} if mark else new)
        elif mark:
            merged.append({**member, mark: part.lists(group, member)})
        elif group in when or key not in {_key(one, names) for one in released.get(group) or []}:
            merged.append(dict(member))
    merged += [{**member, mark: True} if mark else dict(member) for member in theirs.values()]
    if merged != here:
        found.values[group] = merged
        found.changed.add(group)
    when[group] = max(source.at, when.get(group, source.at))


def _naming(part: Part, group: str) -> tuple[str, ...]:
    """The fields by which two entries of a list are known to be one: names, else everything that is asked."""
    terms = part.procedure.vocabulary.terms
    fields = sorted(part.groups[group])
    names = tuple(f for f in fields if terms[f"{group}.{f}"].type == "person_name")
    return names or tuple(fields)


def _key(member: Answers, names: Sequence[str]) -> str:
    values = [member.get(name) for name in names]
    return repr([(v.get("family"), v.get("given")) if isinstance(v, Mapping) else v for v in values])


def typed_texts(
    unaccepted: Mapping[str, Any],
    before: Form,
    after: Form,
    *,
    names: Mapping[str, str],
    lists: frozenset[str] = frozenset(),
) -> dict[str, Any]:
    """Texts that were typed and not accepted, by the index of the page that asks most of the same in another form.

    `names`: what is asked there → its name here, for all that comes along. `lists`: repeating groups whose members
    are the same ones in the same order there. Pages that were accepted as typed bring their answers, not their texts.
    """
    found: dict[str, Any] = {}
    for index, entry in unaccepted.items():
        place = _page_of(before, int(index), after, names)
        if place is None or entry.get("settled", True):
            continue
        known = found.get(str(place), {})
        for part in ("raw", "errors"):
            moved = {
                new: text
                for box, text in entry.get(part, {}).items()
                if (new := _box(box, names, lists)) is not None
            }
            known[part] = {**known.get(part, {}), **moved}
        if known["raw"] or known["errors"]:
            found[str(place)] = {**known, "settled": False}
    return found


def _page_of(before: Form, index: int, after: Form, names: Mapping[str, str]) -> int | None:
    asked = {names.get(name, name) for name in _asked(before, index)}
    shares = [len(asked & _asked(after, place)) for place in range(len(after.pages))]
    return shares.index(max(shares)) if any(shares) else None


def _list_of(box: str) -> str:
    """The repeating group whose box this would be: `child` of `child-0.full_name.family` and of `child.count`."""
    head = box.partition(".")[0]
    return head.rpartition("-")[0] or head


def _box(box: str, names: Mapping[str, str], lists: frozenset[str]) -> str | None:
    """A box of the form under the name it has there; None for one that does not come along."""
    if _list_of(box) in lists:
        return box
    for term, name in names.items():
        if box == term or box.startswith(f"{term}."):
            return name + box.removeprefix(term)
    return None


def without_texts(unaccepted: Mapping[str, Any], changed: set[str]) -> dict[str, Any]:
    """Typed texts without those of answers that were replaced: what is in a box would hide the new answer."""

    def stays(box: str) -> bool:
        return _list_of(box) not in changed and not any(f"{box}.".startswith(f"{name}.") for name in changed)

    return {
        index: {
            **entry,
            **{
                part: {box: text for box, text in entry.get(part, {}).items() if stays(box)}
                for part in ("raw", "errors")
            },
        }
        for index, entry in unaccepted.items()
    }


def laid_over(kept: Mapping[str, Any], brought: Mapping[str, Any]) -> dict[str, Any]:
    """Typed texts of a draft with those brought along; where both say something of one box, the draft's own stays."""
    found = dict(kept)
    for index, entry in brought.items():
        known = found.get(index, {})
        merged = {part: {**entry.get(part, {}), **known.get(part, {})} for part in ("raw", "errors")}
        found[index] = {**known, **merged, "settled": False}
    return found


def moved_texts(
    unaccepted: Mapping[str, Any], before: Form, after: Form, *, keep: bool = False
) -> dict[str, Any]:
    """Everything typed on the pages of a form, by the pages of another that asks under the same names.

    A page of which nothing is asked any more stays where it is with `keep`, else it is left out; two pages that become one
    keep what was typed on both.
    """
    found: dict[str, Any] = {}
    for index, entry in unaccepted.items():
        page = _page_of(before, int(index), after, {})
        if page is None and not keep:
            continue
        place = str(min(int(index), len(after.pages) - 1) if page is None else page)
        known = found.get(place, {})
        merged = {**known, **entry}
        for part in ("raw", "errors"):
            if part in known or part in entry:
                merged[part] = {**known.get(part, {}), **entry.get(part, {})}
        merged["settled"] = known.get("settled", True) and entry.get("settled", True)
        found[place] = merged
    return found


def pages_seen(before: Form, done: int, after: Form, names: Mapping[str, str]) -> int:
    """How many leading pages of a form ask only what was asked on the first `done` pages of another."""
    seen = {names.get(name, name) for index in range(done) for name in _asked(before, index)}
    for index in range(len(after.pages)):
        if not _asked(after, index) <= seen:
            return index
    return len(after.pages)


def _asked(form: Form, index: int) -> set[str]:
    pages = form.pages
    return {question.term.name for question in pages[index].questions} if index < len(pages) else set()
