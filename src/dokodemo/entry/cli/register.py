"""The verb `register`: bring the register of residents in (住民情報の取込).

Owns how progress and the report by line are printed. What a file must look like is said in `city.parties`.
"""

import json
from pathlib import Path

import click

from dokodemo.entry.cli.ready import city_ready
from dokodemo.entry.cli.refusals import print_refusal
from dokodemo.kernel.tables import TableRefused

STAGES = {"check": "checking lines", "write": "writing residents"}


@click.group(name="register")
def command() -> None:
    """Bring the register of residents in."""


@command.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def import_file(file: Path, as_json: bool) -> None:
    """Import residents from FILE, a CSV in UTF-8 (docs/guide/register-csv.md).

    A file with a mistake changes nothing and is reported by line; ends with 1 then. The same file a second time
    changes nothing either.
    """
    city_ready()
    from django.conf import settings

    from dokodemo.city.parties.actions import import_register
    from dokodemo.entry.cli.bars import stages
    from dokodemo.kernel.access import system
    from dokodemo.kernel.packs import open_pack

    city = open_pack(settings.DOKODEMO_PACK).city.name.ja
    try:
        with stages(STAGES) as progress:
            report = import_register(
                actor=system("register-import"), data=file.read_bytes(), city=city, progress=progress
            )
    except TableRefused as refused:
        print_refusal(file, refused, as_json=as_json)
        raise SystemExit(1) from None
    if as_json:
        click.echo(json.dumps(report.as_json()))
    else:
        click.echo(
            f"{report.rows} residents read: {report.created} new, {report.changed} changed, "
            f"{report.unchanged} unchanged."
        )
        if report.protections_kept:
            click.echo(
                f"{report.protections_kept} people stay protected although the file does not say so; "
                "a protection officer of the section in charge ends one, on the person's page in the office."
            )
