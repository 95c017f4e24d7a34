"""The verb `national`: the national file of municipal DX, and this city's answers (国の指標).

Owns how reports are printed. What a file must look like is said in `promotion.national`.
"""

import json
from datetime import date, datetime
from pathlib import Path

import click

from dokodemo.entry.cli.ready import city_ready
from dokodemo.entry.cli.refusals import print_refusal
from dokodemo.kernel.tables import LineProblem, TableRefused

STAGES = {"check": "checking values", "write": "writing municipalities"}
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group(name="national")
def command() -> None:
    """The national survey of municipal DX."""


@command.command("import")
@click.argument("file", type=_FILE)
@click.option("--list", "listed", type=_FILE, help="The list of municipalities, for a file without codes.")
@click.option("--year", type=int, help="Year of the list of indicators; the newest when left out.")
@click.option(
    "--vintage", default="", help="What this edition is called; the day it was published otherwise."
)
@click.option("--published-on", type=click.DateTime(["%Y-%m-%d"]), help="Day it was published.")
@click.option("--source", default="", help="Where it comes from, as readers are told.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def import_file(
    file: Path,
    listed: Path | None,
    year: int | None,
    vintage: str,
    published_on: datetime | None,
    source: str,
    as_json: bool,
) -> None:
    """Take in FILE, a CSV in UTF-8 or Shift_JIS with every municipality and its indicators.

    A file with a mistake changes nothing and is reported by line; ends with 1 then. Another edition of the same year is
    kept beside the one before. See docs/guide/national.md.
    """
    city_ready()
    from django.conf import settings

    from dokodemo.entry.cli.bars import stages
    from dokodemo.kernel.access import NotFound, system
    from dokodemo.kernel.ui import texts
    from dokodemo.promotion.national import actions
    from dokodemo.promotion.national.definitions import lists_of

    lists = lists_of(settings.DOKODEMO_PACK)
    if not lists:
        raise click.ClickException("The pack has no list of national indicators: write national/<year>.yaml.")
    try:
        with stages(STAGES) as progress:
            done = actions.import_file(
                actor=system("national-import"),
                data=file.read_bytes(),
                listed=listed.read_bytes() if listed is not None else None,
                year=year or lists[-1].year,
                vintage=vintage,
                published_on=published_on.date() if published_on is not None else None,
                source=source,
                progress=progress,
            )
    except TableRefused as refused:
        found = {"found": refused.encoding}
        said = [
            LineProblem(one.line, one.column, texts.plain(one.message, "en", **found), "")
            for one in refused.problems
        ]
        print_refusal(file, TableRefused(said, refused.total), as_json=as_json)
        raise SystemExit(1) from None
    except actions.Refused as refused:
        raise click.ClickException(
            " ".join(texts.plain(key, "en") for key in refused.wrong.values())
        ) from None
    except NotFound:
        known = ", ".join(str(one.year) for one in lists)
        raise click.ClickException(f"There is no list of that year. Choose one of: {known}.") from None
    edition = done.edition
    if as_json:
        click.echo(
            json.dumps(
                {
                    "year": edition.year,
                    "number": edition.number,
                    "vintage": edition.vintage,
                    "municipalities": edition.municipalities,
                    "new": done.new,
                },
                ensure_ascii=False,
            )
        )
        return
    what = "Taken in" if done.new else "Already there, nothing was changed"
    click.echo(
        f"{what}: {edition.municipalities:,} municipalities, list of {edition.year}, edition {edition.vintage}."
    )


@command.command()
@click.option("--year", type=int, help="Fiscal year; this one when left out.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def status(year: int | None, as_json: bool) -> None:
    """Print this city's answers, each with how it is known and the day it holds for."""
    city_ready()
    from dokodemo.kernel import calendar_jp
    from dokodemo.kernel.access import NotFound
    from dokodemo.promotion.national import queries
    from dokodemo.promotion.national.logic import written

    try:
        sheet = queries.as_it_stands(year or calendar_jp.fiscal_year(calendar_jp.today()))
    except NotFound:
        raise click.ClickException("The pack has no list of national indicators.") from None
    rows = [
        {
            "code": line.indicator.code,
            "published": line.indicator.published,
            "answer": written(line.indicator.shape, line.value) if line.value is not None else None,
            "how": line.how,
            "as_of": _day(line.as_of),
        }
        for line in sheet.lines
    ]
    if as_json:
        found = {
            "fiscal_year": sheet.year,
            "list": sheet.national.year,
            "confirmed_at": sheet.confirmed_at.isoformat() if sheet.confirmed_at is not None else None,
            "answered": sheet.answered,
            "indicators": rows,
        }
        click.echo(json.dumps(found, ensure_ascii=False, indent=1))
        return
    state = "confirmed" if sheet.confirmed_at is not None else "draft"
    click.echo(f"Fiscal year {sheet.year} ({state}), {sheet.answered} of {len(sheet.lines)} answered")
    for row in rows:
        click.echo(
            f"{row['answer'] or '–':>8}  {row['how']:<11} {row['as_of'] or '':<10}  {row['published']}"
        )


def _day(day: date | None) -> str | None:
    return day.isoformat() if day is not None else None
