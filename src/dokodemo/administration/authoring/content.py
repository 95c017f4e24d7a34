"""A proposal as the files of a pack (起案の中身): what it says over the pack below, and how one key is changed.

Owns the paths a proposal may hold and the way from a form's value into the city's own file: only what differs from the
layers below is written. Never reads the database.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from dokodemo.administration.authoring import yaml_text
from dokodemo.administration.procedures.definitions import ProcedureDefinition
from dokodemo.administration.procedures.reading import as_examples
from dokodemo.kernel.packs import Pack, PackError, Problem

Files = Mapping[str, str]
LABEL = "proposal"
ORDER = tuple(ProcedureDefinition.model_fields)
MAX_TEXT = 200_000
_LETTER = re.compile(r"letters/[A-Za-z0-9_-]{1,60}\.typ")


def procedure_path(slug: str) -> str:
    """Where the definition stands inside the pack."""
    return f"procedures/{slug}/procedure.yaml"


def examples_path(slug: str) -> str:
    """Where the examples stand."""
    return f"procedures/{slug}/examples.yaml"


def terms_path(slug: str) -> str:
    """Where the terms that this procedure adds to the vocabulary stand."""
    return f"vocabulary/office-{slug}.yaml"


def letter_path(slug: str, name: str) -> str:
    """Where a letter called `letters/….typ` stands. Raises PackError for any other name."""
    if not _LETTER.fullmatch(name):
        raise PackError(
            [Problem(LABEL, None, f'"{name}" is no name for a letter', "Write letters/approval.typ")]
        )
    return f"procedures/{slug}/{name}"


def may_hold(slug: str, path: str) -> bool:
    """Whether a proposal for this procedure may hold a file of this path."""
    own = f"procedures/{slug}/"
    if path in (procedure_path(slug), examples_path(slug), terms_path(slug)):
        return True
    return path.startswith(own) and _LETTER.fullmatch(path.removeprefix(own)) is not None


@dataclass(frozen=True)
class Content:
    """The files of one proposal over the city's pack; `pack` is the city's pack without them."""

    slug: str
    files: Files
    pack: Pack

    @cached_property
    def layered(self) -> Pack:
        """The pack with the proposal's files in place."""
        return self.pack.with_files(self.files, label=LABEL) if self.files else self.pack

    @cached_property
    def below(self) -> Mapping[str, Any]:
        """What the layers beneath the city's own say of this procedure; empty for a procedure of the city alone."""
        beneath = replace(self.pack, layers=self.pack.layers[:-1])
        document = beneath.document(procedure_path(self.slug)) if beneath.layers else None
        return document.data if document is not None else {}

    @cached_property
    def data(self) -> dict[str, Any]:
        """The definition as it stands, complete or not. Raises PackError for a file that cannot be read."""
        document = self.layered.document(procedure_path(self.slug))
        data = document.data if document is not None else {}
        return data if isinstance(data, dict) else {}

    @cached_property
    def examples(self) -> list[dict[str, Any]]:
        """The examples of the city's own file. Raises PackError."""
        text = self.files.get(examples_path(self.slug), "")
        if not text.strip():
            return []
        found = yaml_text.data_of(text, f"{LABEL}/{examples_path(self.slug)}")
        items = found.get("examples") if isinstance(found, dict) else found
        return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []

    @property
    def examples_below(self) -> int:
        """How many examples the packs beneath bring along."""
        documents = self.layered.all_layers(examples_path(self.slug))
        return sum(len(as_examples(d).data.get("examples") or ()) for d in documents) - len(self.examples)

    @cached_property
    def additions(self) -> dict[str, list[dict[str, Any]]]:
        """The groups and terms it adds to the vocabulary. Raises PackError."""
        text = self.files.get(terms_path(self.slug), "")
        found = yaml_text.data_of(text, f"{LABEL}/{terms_path(self.slug)}") if text.strip() else {}
        found = found if isinstance(found, dict) else {}
        return {key: list(found.get(key) or ()) for key in ("groups", "terms")}

    def letter(self, name: str) -> str:
        """The source of a letter as the procedure would use it; "" when nobody has it."""
        beside = self.layered.text(f"procedures/{self.slug}/{name}")
        return beside if beside is not None else (self.layered.text(name) or "")

    def with_value(self, key: str, value: Any) -> dict[str, str]:
        """The files with one top-level key of the definition set; None takes an optional key away."""
        path = procedure_path(self.slug)
        text = self.files.get(path, "")
        base = self.below.get(key)
        if (value is None and base is None) or (key in self.below and value == base):
            text = yaml_text.without_key(text, key)
        elif isinstance(base, dict) and isinstance(value, dict):
            text = yaml_text.with_key(text, key, difference(base, value), ORDER)
        else:
            text = yaml_text.with_key(text, key, value, ORDER)
        if not _says_anything(text):
            text = yaml_text.with_key(text, "slug", self.slug, ORDER)
        return {**self.files, path: text}

    def with_examples(self, items: Sequence[Mapping[str, Any]]) -> dict[str, str]:
        """The files with these examples in the city's own file."""
        path = examples_path(self.slug)
        if not items:
            return {name: text for name, text in self.files.items() if name != path}
        text = yaml_text.with_items(self.files.get(path, ""), [dict(item) for item in items], "examples")
        return {**self.files, path: text}

    def with_terms(
        self, groups: Sequence[Mapping[str, Any]], terms: Sequence[Mapping[str, Any]]
    ) -> dict[str, str]:
        """The files with these additions to the vocabulary."""
        path = terms_path(self.slug)
        if not groups and not terms:
            return {name: text for name, text in self.files.items() if name != path}
        text = self.files.get(path, "")
        for key, values in (("groups", groups), ("terms", terms)):
            if values:
                text = yaml_text.with_key(text, key, [dict(one) for one in values], ("groups", "terms"))
            elif text:
                text = yaml_text.without_key(text, key)
        return {**self.files, path: text}

    def with_letter(self, name: str, source: str) -> dict[str, str]:
        """The files with the source of one letter beside the procedure. Raises PackError for a bad name."""
        path = letter_path(self.slug, name)
        if not source.strip():
            return {there: text for there, text in self.files.items() if there != path}
        return {**self.files, path: source}


def difference(base: Mapping[str, Any], value: Mapping[str, Any]) -> dict[str, Any]:
    """What must be written over `base` to come to `value`; a key that is gone is null."""
    written: dict[str, Any] = {key: None for key in base if key not in value and base[key] is not None}
    for key, child in value.items():
        if key not in base:
            written[key] = child
        elif child != base[key]:
            both = isinstance(child, dict) and isinstance(base[key], dict)
            written[key] = difference(base[key], child) if both else child
    return written


def _says_anything(text: str) -> bool:
    return any(line.strip() and not line.lstrip().startswith("#") for line in text.splitlines())
