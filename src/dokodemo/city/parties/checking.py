"""What `pack check` asks of a pack about the register (住民情報とパックの整合).

Owns one question: does every term that says it is filled from the register name a fact the register holds?
"""

from difflib import get_close_matches

from dokodemo.city.parties.definitions import REGISTER_FACTS
from dokodemo.kernel.packs import Pack, Problem


def register_facts_exist(pack: Pack) -> list[Problem]:
    """A problem with file and line for each term whose `register` names no fact; a typing error would never prefill."""
    problems = []
    for document in pack.documents("vocabulary/*.yaml"):
        terms = document.data.get("terms") if isinstance(document.data, dict) else None
        for position, term in enumerate(terms if isinstance(terms, list) else []):
            named = term.get("register") if isinstance(term, dict) else None
            if not isinstance(named, str) or named.rpartition(".")[2] in REGISTER_FACTS:
                continue
            near = get_close_matches(named.rpartition(".")[2], REGISTER_FACTS, n=1)
            remedy = (
                f"Did you mean {near[0]}?" if near else f"Choose one of: {', '.join(sorted(REGISTER_FACTS))}"
            )
            message = f'The register holds no fact "{named}"'
            problems.append(document.problem(("terms", position, "register"), message, remedy))
    return problems
