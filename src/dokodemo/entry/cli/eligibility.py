"""The verb `eligibility`: who is entitled, and why (該当判定).

`explain` reads the version in force; without a database it reads the city's pack, so that rules can be tried before
anything is set up. Its facts come from a file or from standard input and are kept nowhere. `run` judges everybody.
"""

import json
from typing import TYPE_CHECKING

import click

from dokodemo.entry.cli.given import (
    MARKS,
    day_of,
    day_option,
    facts_of,
    facts_option,
    json_option,
    lang_option,
    refuse_faults,
    unknown_name,
)

if TYPE_CHECKING:
    from dokodemo.administration.eligibility.logic import Assessment
    from dokodemo.administration.procedures.compiled import CompiledProcedure


@click.group(name="eligibility")
def command() -> None:
    """Say who is entitled, and why."""


@command.command()
@click.argument("slug")
@facts_option
@json_option
@day_option
@lang_option
def explain(slug: str, facts_file: str, as_json: bool, day: str | None, lang: str) -> None:
    """Explain whether the person of the facts is entitled to the procedure SLUG.

    Facts are a JSON object, e.g. {"applicant.resident_here": true, "child": [{"date_of_birth": "2026-11-01"}]}.
    A term that is left out is unknown; an empty list means that there is nobody.
    """
    from dokodemo.entry.cli.ready import ready

    ready()
    from dokodemo.administration.eligibility.queries import assess
    from dokodemo.kernel.packs import PackError

    on = day_of(day)
    facts = facts_of(facts_file)
    procedure = _procedure(slug)
    refuse_faults(procedure.vocabulary, facts)
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
@json_option
@day_option
def run(as_json: bool, day: str | None) -> None:
    """Judge every resident under every benefit that the city looks for by itself (プッシュ型).

    Keeps each decision with the facts it stands on. The same day a second time changes nothing unless the register or
    a rule has changed. Offers whose last day has passed are closed.
    """
    from dokodemo.entry.cli.ready import city_ready

    city_ready()
    from dokodemo.administration.eligibility.actions import RunUnderWay, expire_offers, run_register
    from dokodemo.entry.cli.bars import stages
    from dokodemo.kernel.access import system

    on, actor = day_of(day), system("eligibility")
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


def _procedure(slug: str) -> "CompiledProcedure":
    from dokodemo.entry.cli.source import procedures_at_hand

    known = procedures_at_hand()
    if slug not in known:
        raise unknown_name("procedure", slug, known)
    return known[slug]


def _words(assessment: "Assessment", lang: str) -> str:
    lines = [f"{assessment.slug} {assessment.on}: eligible {str(assessment.eligible).lower()}"]
    for rule in assessment.rules:
        lines.append(f"{MARKS[rule.outcome]} {rule.say.get(lang)} ({rule.law} {rule.article})")
        lines += [f"    unknown: {name}" for name in rule.missing]
    for amount in assessment.amounts:
        value = "unknown" if amount.value is None else f"{amount.value:,} {amount.unit}"
        lines.append(f"{amount.label.get(lang)}: {value}")
    lines += [f"Next: {question.label.get(lang)} ({question.term})" for question in assessment.questions[:1]]
    return "\n".join(lines)
