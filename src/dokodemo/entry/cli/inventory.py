"""The verb `inventory`: the national survey of procedures, and how far the city is online (棚卸・オンライン化の状況).

Owns how reports are printed. What a file must look like is said in `administration.inventory`.
"""

import json
from pathlib import Path
from typing import Any

import click

from dokodemo.entry.cli.ready import city_ready
from dokodemo.entry.cli.refusals import print_refusal
from dokodemo.kernel.tables import TableRefused

STAGES = {"check": "checking lines", "write": "writing procedures"}


@click.group(name="inventory")
def command() -> None:
    """The city's inventory of procedures."""


@command.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def import_file(file: Path, as_json: bool) -> None:
    """Take in the survey of administrative procedures from FILE, a CSV in UTF-8 of edition R6 or R7.

    A file with a mistake changes nothing and is reported by line; ends with 1 then. What sections have confirmed stays; a
    procedure that the survey no longer has is marked. See docs/guide/inventory.md.
    """
    city_ready()
    from django.conf import settings

    from dokodemo.administration.inventory import searching
    from dokodemo.administration.inventory.actions import import_survey
    from dokodemo.administration.inventory.coding import Coder
    from dokodemo.administration.inventory.definitions import load_codes
    from dokodemo.entry.cli.bars import stages
    from dokodemo.kernel.access import system
    from dokodemo.kernel.packs import open_pack

    coder = Coder(load_codes(open_pack(settings.DOKODEMO_PACK)))
    try:
        with stages(STAGES) as progress:
            report = import_survey(
                actor=system("inventory-import"), data=file.read_bytes(), coder=coder, progress=progress
            )
    except TableRefused as refused:
        print_refusal(file, refused, as_json=as_json)
        raise SystemExit(1) from None
    if not as_json:
        click.echo("Making the search index …", err=True)
    searching.prepare()
    if as_json:
        click.echo(json.dumps(report.as_json()))
        return
    click.echo(
        f"Edition {report.edition}, as of {report.as_of}: {report.rows} procedures concern a city "
        f"({report.office_blank} of them do not say where they are filed); {report.elsewhere} others were passed over."
    )
    click.echo(
        f"{report.created} new, {report.changed} changed, {report.unchanged} unchanged, "
        f"{report.gone} no longer in the survey."
    )


@command.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def status(as_json: bool) -> None:
    """Print K1 to K5, each with numerator, denominator, unit, day and what it counts."""
    city_ready()
    from dokodemo.administration.inventory import queries
    from dokodemo.kernel import calendar_jp
    from dokodemo.promotion.indicators import going_online

    today, imported = calendar_jp.today(), queries.imported()
    measures = going_online.five(today)
    if as_json:
        found: dict[str, Any] = {
            "survey": None
            if imported is None
            else {
                "edition": imported.edition,
                "as_of": imported.as_of.isoformat(),
                "imported_at": imported.at.isoformat(),
                "rows": imported.rows,
            },
            **{measure.code: measure.as_json() for measure in measures},
        }
        found["K3"]["procedures"] = {
            slug: None if cases is None else {"online": cases[0], "all": cases[1]}
            for slug, cases in going_online.applications_by_procedure(today).items()
        }
        click.echo(json.dumps(found, ensure_ascii=False, indent=1))
        return
    if imported is None:
        click.echo(
            "No survey was taken in: only published procedures are counted (dokodemo inventory import FILE)."
        )
    for measure in measures:
        percent = "not measured" if measure.ratio.percent is None else f"{measure.ratio.percent:.1f} %"
        count = measure.count
        click.echo(
            f"{measure.code}  {percent:>12}  {count.numerator:,} of {count.denominator:,} {measure.unit}"
        )
        click.echo(f"    {measure.counts}")
        if count.beside:
            click.echo(
                "    beside: " + ", ".join(f"{name} {number}" for name, number in count.beside.items())
            )


@command.command()
@click.argument("number", metavar="ID")
def draft(number: str) -> None:
    """Print a draft definition of the procedure with this 手続ID, as procedure.yaml; remarks are comments."""
    city_ready()
    from dokodemo.administration.inventory.drafting import UNDECIDED, draft_of
    from dokodemo.administration.inventory.queries import survey_row
    from dokodemo.entry.drafts import as_yaml
    from dokodemo.kernel.access import NotFound

    try:
        row, section = survey_row(number.strip().upper())
    except NotFound:
        raise click.ClickException(
            f"The inventory has no procedure {number[:30]}. Take in a survey first: dokodemo inventory import FILE"
        ) from None
    click.echo(as_yaml(draft_of(row, section=section or UNDECIDED), "en"), nl=False)
