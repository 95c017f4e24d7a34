"""The verb `eligibility`: who is entitled, and why (該当判定).

`explain` reads the version in force; without a database it reads the city's pack, so that rules can be tried before
anything is set up. Its facts come from a file or from standard input and are kept nowhere. `run` judges everybody.
"""

import json
import sys
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from dokodemo.administration.eligibility.logic import Assessment
    from dokodemo.administration.procedures.compiled import CompiledProcedure

LARGEST_FACTS = 2_000_000  # bytes


@click.group(name="eligibility")
def command() -> None:
    """Say who is entitled, and why."""


@command.command()
@click.argument("slug")
@click.option(
    "--facts",
    "facts_file",
    required=True,
    metavar="FILE",
    help="JSON: term name → value; - reads standard input.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option(
    "--on", "day", metavar="DAY", help="The day to answer for, e.g. 2026-11-23. Default: today in Japan."
)
@click.option(
    "--lang",
    type=click.Choice(["ja", "easy", "en"]),
    default="ja",
    show_default=True,
    help="Language of the sentences.",
)
def explain(slug: str, facts_file: str, as_json: bool, day: str | None, lang: str) -> None:
    """Explain whether the person of the facts is entitled to the procedure SLUG.

    Facts are a JSON object, e.g. {"applicant.resident_here": true, "child": [{"date_of_birth": "2026-11-01"}]}.
    A term that is left out is unknown; an empty list means that there is nobody.
    """
    from dokodemo.entry.cli.ready import ready

    ready()
    from dokodemo.administration.eligibility.queries import assess
    from dokodemo.kernel.packs import PackError

    on = _day(day)
    facts = _facts(facts_file)
    procedure = _procedure(slug)
    _refuse_faults(procedure, facts)
    try:
        assessment = assess(procedure, facts, on)
    except PackError as error:
        raise click.ClickException(str(error)) from None
    if as_json:
        click.echo(json.dumps(assessment.as_json(), ensure_ascii=False))
    else:
        click.echo(_words(assessment, lang))


STAGES = {"read": "reading residents", "judge": "judging", "write": "writing decisions"}


@command.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option(
    "--on", "day", metavar="DAY", help="The day to judge for, e.g. 2026-11-23. Default: today in Japan."
)
def run(as_json: bool, day: str | None) -> None:
    """Judge every resident under every benefit that the city looks for by itself (プッシュ型).

    Keeps each decision with the facts it stands on. The same day a second time changes nothing unless the register or
    a rule has changed. Offers whose last day has passed are closed.
    """
    from dokodemo.entry.cli.ready import ready

    ready()
    from dokodemo.administration.eligibility.actions import RunUnderWay, expire_offers, run_register
    from dokodemo.entry.cli.bars import stages
    from dokodemo.kernel.access import system

    on, actor = _day(day), system("eligibility")
    try:
        with stages(STAGES) as progress:
            report = run_register(actor=actor, on=on, progress=progress)
    except RunUnderWay:
        raise click.ClickException("Another run is being written. Wait until it has ended.") from None
    expired = expire_offers(actor=actor)
    if as_json:
        click.echo(json.dumps({**report.as_json(), "offers_expired": expired}, ensure_ascii=False))
        return
    for slug, found in report.benefits.items():
        numbers = ", ".join(f"{number:,} {verdict}" for verdict, number in found.items())
        click.echo(f"{slug}: {numbers}")
    if not report.benefits:
        click.echo("No benefit in force has a block `proactive` with a confirmed legal ground.")
    kept = "kept" if report.new else "the same run was there already, nothing was written"
    click.echo(f"{report.residents:,} residents on {report.day} in {report.seconds:.1f} s ({kept}).")


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise click.UsageError(f"--on {text!r} is not a day. Write it as 2026-11-23.") from None


def _facts(name: str) -> dict[str, Any]:
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


def _procedure(slug: str) -> "CompiledProcedure":
    from difflib import get_close_matches

    from dokodemo.entry.cli.source import procedures_at_hand

    known = procedures_at_hand()
    if slug not in known:
        near = get_close_matches(slug, known, n=1)
        remedy = f'Did you mean "{near[0]}"?' if near else f"Known: {', '.join(known) or 'none'}."
        raise click.UsageError(f'There is no procedure "{slug}". {remedy}')
    return known[slug]


def _refuse_faults(procedure: "CompiledProcedure", facts: Mapping[str, Any]) -> None:
    from dokodemo.administration.procedures.facts import fact_faults

    faults = fact_faults(procedure.vocabulary, facts)
    if faults:
        lines = [f"  {'.'.join(map(str, fault.place))}: {fault.message}. {fault.remedy}." for fault in faults]
        raise click.UsageError("\n".join(["The facts cannot be used:", *lines]))


_MARKS = {True: "○", False: "×", "unknown": "？"}


def _words(assessment: "Assessment", lang: str) -> str:
    lines = [f"{assessment.slug} {assessment.on}: eligible {str(assessment.eligible).lower()}"]
    for rule in assessment.rules:
        lines.append(f"{_MARKS[rule.outcome]} {rule.say.get(lang)} ({rule.law} {rule.article})")
        lines += [f"    unknown: {name}" for name in rule.missing]
    for amount in assessment.amounts:
        value = "unknown" if amount.value is None else f"{amount.value:,} {amount.unit}"
        lines.append(f"{amount.label.get(lang)}: {value}")
    lines += [f"Next: {question.label.get(lang)} ({question.term})" for question in assessment.questions[:1]]
    return "\n".join(lines)
