"""Terms that seem to tell where somebody is and bear no mark (居場所の分かる項目の印の漏れ).

Owns the words by which such a term is recognised. Never marks a term: whether it locates a person is for its writer to say.
"""

from dokodemo.kernel.packs import Pack, Problem, validate
from dokodemo.kernel.vocabulary.definitions import TermType, VocabularyFile
from dokodemo.kernel.vocabulary.loading import PATTERN

_WORDS = ("住所", "所在", "居所")
_TYPED = frozenset({TermType.TEXT, TermType.LONG_TEXT})


def unmarked_places(pack: Pack) -> list[Problem]:
    """A warning with file and line for each text whose label speaks of an address and that lacks `locates: true`.

    Raises PackError for a file that is no vocabulary.
    """
    return [
        document.problem(
            ("terms", position, "label"),
            f'"{term.name}" asks for an address and is not hidden for a protected person (秘匿)',
            "Write `locates: true`, or a label that asks for something else",
        )
        for document in pack.documents(PATTERN)
        for position, term in enumerate(validate(VocabularyFile, document).terms)
        if term.type in _TYPED and not term.locates and any(word in term.label.ja for word in _WORDS)
    ]
