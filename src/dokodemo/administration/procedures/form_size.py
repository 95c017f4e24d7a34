"""Can a page with all the members its group allows be sent? (一画面の入力欄の数)

Owns the comparison of `max` × boxes with what the server reads of one form (`DATA_UPLOAD_MAX_NUMBER_FIELDS`): beyond it
the whole page is refused and nobody can go on. Never counts what one person typed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from django.conf import settings

from dokodemo.administration.procedures.agreement import Surroundings, at
from dokodemo.administration.procedures.reading import ProcedureFile
from dokodemo.kernel.packs import Problem
from dokodemo.kernel.ui.form_values import most
from dokodemo.kernel.vocabulary import Vocabulary, values

# The token, the buttons, what was shown, the count of members, and questions beside the members.
BESIDE_MEMBERS = 200
# Where a member came from (`….from`), sent with its boxes.
_HIDDEN = 1


def most_of_members() -> int:
    """How many boxes the members of one page may have together."""
    return int(settings.DATA_UPLOAD_MAX_NUMBER_FIELDS) - BESIDE_MEMBERS


def members_fit(file: ProcedureFile, around: Surroundings) -> Iterator[Problem]:
    """A page of one procedure, with as many members as its group allows, can be sent."""
    for i, page in enumerate(file.definition.form):
        if page.each in around.vocabulary.groups:
            yield from _fits(file, i, str(page.each), [file], around.vocabulary)


def members_fit_together(files: Sequence[ProcedureFile], around: Surroundings) -> Iterator[Problem]:
    """So can the page of a joint form, which asks what all procedures ask about a group's members."""
    vocabulary = around.vocabulary
    for group in sorted(_groups(files) & vocabulary.groups.keys()):
        asking = [
            (file, i) for file in files for i, page in enumerate(file.definition.form) if page.each == group
        ]
        if len({file.definition.slug for file, _ in asking}) > 1:
            yield from _fits(*asking[-1], group, [file for file, _ in asking], vocabulary)


def _groups(files: Iterable[ProcedureFile]) -> set[str]:
    return {page.each for file in files for page in file.definition.form if page.each is not None}


def _fits(
    file: ProcedureFile, page: int, group: str, files: Sequence[ProcedureFile], vocabulary: Vocabulary
) -> Iterator[Problem]:
    members, each = most(vocabulary.groups[group]), _boxes(group, files, vocabulary)
    if members * each > most_of_members():
        whose = "" if len(files) == 1 else " when it is applied for together with others"
        message = (
            f"A page of {members} × {each} boxes is more than the {most_of_members()} that can be sent{whose}"
        )
        remedy = f'Lower `max` of the group "{group}" to {most_of_members() // each}, or ask less about each'
        yield at(file, ("form", page, "each"), message, remedy)


def _boxes(group: str, files: Sequence[ProcedureFile], vocabulary: Vocabulary) -> int:
    """The fields that one member sends at most: a term that is meant for one procedure once for each, and whose it is."""
    asked: set[tuple[str, str]] = set()
    titles: set[str] = set()
    for file in files:
        for page in file.definition.form:
            if page.each != group:
                continue
            titles.add(page.page.ja)
            for ask in page.ask:
                term = vocabulary.terms.get(ask.term)
                if term is not None:
                    asked.add((ask.term, file.definition.slug if term.per is not None else ""))
    boxes = sum(max(1, len(values.parts(vocabulary.terms[name]))) for name, _ in asked)
    return boxes + _HIDDEN + (len(titles) if len(titles) > 1 else 0)
