"""What a version keeps so that a case can be replayed years later (版の写し), and its digest.

Owns the choice of terms and parameters a procedure stands on: only these are kept, so that a new term elsewhere makes
no new version. Pure.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from dokodemo.administration.procedures.reading import ProcedureFile
from dokodemo.kernel.expressions import ParameterSet
from dokodemo.kernel.expressions.kinds import Kind, Type
from dokodemo.kernel.expressions.parameters import DatedValue, Parameter, typed
from dokodemo.kernel.vocabulary import Vocabulary
from dokodemo.kernel.vocabulary.definitions import Term, VocabularyFile

# A city with every procedure there is has two thousand.
TERMS_KEPT = 4096
_NAME = re.compile(r"[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)?")
_PARAMETER = re.compile(r"\bparam\.([a-z][a-z0-9_]*)")


@dataclass(frozen=True)
class Snapshot:
    """The JSON of one version. Equal digests mean equal behaviour."""

    definition: Mapping[str, Any]
    vocabulary: Mapping[str, Any]
    parameters: Mapping[str, Any]
    letters: Mapping[str, str]

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of everything kept."""
        return digest_of([self.definition, self.vocabulary, self.parameters, self.letters])

    @property
    def vocabulary_digest(self) -> str:
        """SHA-256 (hex) of the terms kept."""
        return digest_of(self.vocabulary)


def digest_of(content: Any) -> str:
    """SHA-256 (hex) of JSON content, whatever the order of its keys."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def take_snapshot(file: ProcedureFile, vocabulary: Vocabulary, parameters: ParameterSet) -> Snapshot:
    """A procedure with the terms, groups and parameters it stands on, directly or through derived terms."""
    definition = file.definition
    names = {question.term for page in definition.form for question in page.ask}
    names |= {evidence.term for evidence in definition.evidence}
    if definition.certificate is not None:
        names |= set(definition.certificate.terms) | {definition.certificate.copies or ""}
    if definition.proactive is not None:
        names |= set(definition.proactive.terms)
    names |= {word for letter in file.letters.values() for word in _NAME.findall(letter)}
    texts = list(definition.expressions().values())
    terms = _closure(vocabulary, names | _words(texts))
    derived = [str(vocabulary.terms[name].derive) for name in terms if vocabulary.terms[name].derive]
    return Snapshot(
        definition=definition.model_dump(mode="json", exclude_defaults=True),
        vocabulary=vocabulary_json(vocabulary, terms),
        parameters=parameters_json(parameters, _parameters_in(texts + derived)),
        letters=dict(file.letters),
    )


def _words(texts: Iterable[str]) -> set[str]:
    return {word for text in texts for word in _NAME.findall(text)}


def _closure(vocabulary: Vocabulary, names: set[str]) -> set[str]:
    """The terms among `names` and all that they are derived from. A group that is named brings all its terms."""
    found: set[str] = set()
    waiting = set(names)
    while waiting:
        name = waiting.pop()
        if name in vocabulary.groups:
            waiting |= {term for term in vocabulary.terms if term.startswith(f"{name}.")} - found
        if name in vocabulary.terms and name not in found:
            found.add(name)
            waiting |= _words([vocabulary.terms[name].derive or ""]) - found
    return found


def _parameters_in(texts: Iterable[str]) -> set[str]:
    return {name for text in texts for name in _PARAMETER.findall(text)}


def vocabulary_json(vocabulary: Vocabulary, names: set[str]) -> dict[str, Any]:
    """The named terms and their groups, in the shape of a vocabulary file and in the order of the pack.

    Defaults are left out, so that a later release with more of them reads and writes the same.
    """
    terms = [term for name, term in vocabulary.terms.items() if name in names]
    used = {term.group_name for term in terms}
    groups = [group for name, group in vocabulary.groups.items() if name in used]
    return {
        "groups": [group.model_dump(mode="json", by_alias=True, exclude_defaults=True) for group in groups],
        "terms": [term.model_dump(mode="json", by_alias=True, exclude_defaults=True) for term in terms],
    }


def restore_vocabulary(content: Mapping[str, Any]) -> Vocabulary:
    """The vocabulary that `vocabulary_json` wrote.

    Procedures stand on the same terms again and again: equal ones are one object, read once.
    """
    terms = [_term(json.dumps(term)) for term in content["terms"]]
    file = VocabularyFile.model_validate({**content, "terms": terms})
    return Vocabulary(
        MappingProxyType({term.name: term for term in file.terms}),
        MappingProxyType({group.name: group for group in file.groups}),
    )


@lru_cache(maxsize=TERMS_KEPT)
def _term(text: str) -> Term:
    return Term.model_validate_json(text)


def parameters_json(parameters: ParameterSet, names: set[str]) -> dict[str, Any]:
    """The named parameters with all their dated values."""
    return {
        name: {
            "type": parameters[name].type.kind.value,
            "values": [[dated.start.isoformat(), _plain(dated.value)] for dated in parameters[name].values],
        }
        for name in sorted(names)
    }


def restore_parameters(content: Mapping[str, Any]) -> ParameterSet:
    """The parameters that `parameters_json` wrote."""
    return ParameterSet({name: _parameter(name, one) for name, one in content.items()})


def _parameter(name: str, content: Mapping[str, Any]) -> Parameter:
    kind = Kind(content["type"])
    values = []
    for day, raw in content["values"]:
        value = typed(kind, raw)
        assert value is not None, f"parameter {name} was stored with a value of another type"
        values.append(DatedValue(date.fromisoformat(day), value))
    return Parameter(name, Type(kind), tuple(values))


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
