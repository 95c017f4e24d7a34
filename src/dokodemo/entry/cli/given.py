"""What is given to a verb (与えられた値): a day, and facts as JSON from a file or from standard input.

Owns reading them and saying clearly what is wrong. Keeps no fact and never repeats a value in a message.
"""

import json
import sys
from collections.abc import Collection, Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from dokodemo.kernel.vocabulary import Vocabulary

LARGEST_FACTS = 2_000_000  # bytes

# How an outcome is marked where people read it.
MARKS = {True: "○", False: "×", "unknown": "？"}

facts_option = click.option(
    "--facts",
    "facts_file",
    required=True,
    metavar="FILE",
    help="JSON: term name → value; - reads standard input.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
day_option = click.option(
    "--on", "day", metavar="DAY", help="The day to answer for, e.g. 2026-11-23. Default: today in Japan."
)
lang_option = click.option(
    "--lang",
    type=click.Choice(["ja", "easy", "en"]),
    default="ja",
    show_default=True,
    help="Language of titles and sentences.",
)


def day_of(text: str | None, option: str = "--on") -> date | None:
    """The day of `--on` or another option, None when it was not given. Raises UsageError."""
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise click.UsageError(f"{option} {text!r} is not a day. Write it as 2026-11-23.") from None


def facts_of(name: str) -> dict[str, Any]:
    """The JSON object of a file, or of standard input for "-". Raises UsageError that says what is wrong and where."""
    try:
        raw = sys.stdin.buffer.read(LARGEST_FACTS + 1) if name == "-" else _read(name)
        facts = json.loads(raw.decode("utf-8-sig"), parse_constant=_no_constant, object_pairs_hook=_no_twins)
    except OSError as error:
        raise click.UsageError(f"{name} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise click.UsageError(f"{name} is not UTF-8. Save it as UTF-8.") from None
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise click.UsageError(f"{name} is not correct JSON ({place}: {error.msg}).") from None
    except RecursionError:
        raise click.UsageError(f"{name} is nested too deeply.") from None
    except ValueError as error:
        raise click.UsageError(f"{name} cannot be used: {error}.") from None
    if not isinstance(facts, dict):
        raise click.UsageError(f'{name} must hold one JSON object, e.g. {{"applicant.resident_here": true}}.')
    return facts


def _read(name: str) -> bytes:
    with Path(name).open("rb") as file:
        raw = file.read(LARGEST_FACTS + 1)
    if len(raw) > LARGEST_FACTS:
        raise ValueError(f"it is larger than {LARGEST_FACTS:,} bytes")
    return raw


def _no_constant(word: str) -> Any:
    raise ValueError(f"{word} is not a JSON value")


def _no_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f'"{key}" is there twice')
        found[key] = value
    return found


def unknown_name(kind: str, name: str, known: Collection[str]) -> click.UsageError:
    """The error for a name that is not among those known, with the nearest of them."""
    from difflib import get_close_matches

    near = get_close_matches(name, known, n=1)
    remedy = f'Did you mean "{near[0]}"?' if near else f"Known: {', '.join(known) or 'none'}."
    return click.UsageError(f'There is no {kind} "{name}". {remedy}')


def refuse_faults(vocabulary: "Vocabulary", facts: Mapping[str, Any]) -> None:
    """Raises UsageError with everything that is not a fact of the vocabulary."""
    from dokodemo.administration.procedures.facts import fact_faults

    faults = fact_faults(vocabulary, facts)
    if faults:
        lines = [f"  {'.'.join(map(str, fault.place))}: {fault.message}. {fault.remedy}." for fault in faults]
        raise click.UsageError("\n".join(["The facts cannot be used:", *lines]))
