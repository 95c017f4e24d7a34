"""The shape of what the editor reads from a pack (編集用の定義): forbidden_questions.yaml.

Owns which questions no form may ask. The list itself is data of the pack; a city may add to it.
"""

from pydantic import Field

from dokodemo.kernel.packs import Pack, PackModel, Text, validate

FORBIDDEN = "forbidden_questions.yaml"


class ForbiddenQuestion(PackModel):
    """One kind of question nobody may ask, how it is recognised, and the law that says so."""

    code: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    words: tuple[str, ...] = Field(min_length=1)
    names: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    exceptions: tuple[str, ...] = Field((), alias="except")
    law: str = Field(min_length=2)
    say: Text

    def is_met(self, name: str, label: str) -> bool:
        """Whether a term of this name and Japanese label asks it."""
        if name in self.exceptions:
            return False
        for words in self.unless:
            label = label.replace(words, "")
        return any(word in label for word in self.words) or any(part in name for part in self.names)


class ForbiddenFile(PackModel):
    """forbidden_questions.yaml of one layer."""

    questions: tuple[ForbiddenQuestion, ...] = ()


def forbidden_questions(pack: Pack) -> tuple[ForbiddenQuestion, ...]:
    """The forbidden questions of all layers together. Raises PackError."""
    files = [validate(ForbiddenFile, document) for document in pack.all_layers(FORBIDDEN)]
    return tuple(question for file in files for question in file.questions)
