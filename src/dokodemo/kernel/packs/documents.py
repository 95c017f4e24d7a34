"""A document of a pack: data that knows its file and line (位置つきの文書).

Never reads files and never merges layers.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dokodemo.kernel.packs.located import Located, place, plain, present
from dokodemo.kernel.packs.problems import Problem


@dataclass(frozen=True, slots=True)
class Document:
    """One YAML file, or the same relative path of several layers merged; `path` is relative to the pack."""

    path: str
    root: Located

    @property
    def data(self) -> Any:
        """Plain dicts, lists and scalars, fresh at every call; days are ISO text."""
        return plain(self.root)

    def where(self, keypath: Sequence[str | int]) -> tuple[str, int]:
        """File and line of the value at `keypath`, or of the nearest value around it."""
        return place(self.root, keypath)

    def has(self, keypath: Sequence[str | int]) -> bool:
        """Whether something is written at `keypath`."""
        return present(self.root, keypath)

    def problem(self, keypath: Sequence[str | int], message: str, remedy: str) -> Problem:
        """A problem at the place of `keypath`."""
        return Problem(*self.where(keypath), message, remedy)
