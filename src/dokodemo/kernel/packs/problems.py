"""What is wrong in a pack, said so that the person who wrote the file can mend it (不備の知らせ).

Owns the shape of a problem. Never decides what is wrong: readers and definitions do.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass

from pydantic_core import PydanticCustomError

from dokodemo.kernel.faults import Impersonal

FAULT = "pack_fault"


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake in one file. `file` is relative to the folder that holds the packs ("packs/arao/…")."""

    file: str
    line: int | None
    message: str
    remedy: str

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{place}: {_sentence(self.message)} {_sentence(self.remedy)}".rstrip()

    def as_json(self) -> dict[str, str | int | None]:
        """The same four fields as a plain dict, ready for `json.dumps`."""
        return asdict(self)


class PackError(Impersonal):
    """A pack cannot be used; `problems` (never empty) lists everything found, in file and line order."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = sorted(problems, key=lambda problem: (problem.file, problem.line or 0))
        super().__init__("\n".join(str(problem) for problem in self.problems))


def fault(message: str, remedy: str) -> PydanticCustomError:
    """The error a definition's validator raises when it knows the remedy; `validate` keeps both sentences."""
    return PydanticCustomError(FAULT, "{message}", {"message": message, "remedy": remedy})


def _sentence(text: str) -> str:
    return text if not text or text.endswith((".", "!", "?", "。")) else f"{text}."
