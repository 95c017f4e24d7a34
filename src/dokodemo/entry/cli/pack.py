"""The verb `pack`: check, load or export a city's folder of data (自治体パックの検査・読み込み・書き出し).

Owns how problems are printed. What is checked is listed in `pack_checks`; what is loaded is each domain's action.
"""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dokodemo.entry.cli.ready import city_ready, ready

if TYPE_CHECKING:
    from dokodemo.kernel.packs import Pack, Problem


@click.group(name="pack")
def command() -> None:
    """Check, load or export a city's folder of data."""


@command.command()
@click.argument("pack", required=False, metavar="[NAME|PATH]")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def check(pack: str | None, as_json: bool) -> None:
    """Check a whole pack: the city's own, one by NAME, or the folder at PATH. Ends with 1 when it has problems."""
    ready()
    from dokodemo.entry.cli.pack_checks import check_pack

    report = check_pack(lambda: open_named(pack))
    if as_json:
        click.echo(json.dumps(report.as_json(), ensure_ascii=False, indent=1))
    else:
        for warning in report.findings.warnings:
            click.echo(f"warning: {warning}", err=True)
        for problem in report.findings.problems:
            click.echo(str(problem))
        click.echo(_summary(report.name, report.findings.problems, report.findings.warnings, report.counts))
    if report.findings.problems:
        raise SystemExit(1)


@command.command()
@click.argument("pack", required=False, metavar="[NAME|PATH]")
def load(pack: str | None) -> None:
    """Publish a pack's procedures: all of them, or none when anything is wrong. Tasks the city lacks are added."""
    city_ready()
    from django.db import DatabaseError
    from rich.progress import Progress

    from dokodemo.administration.inventory.tasks import prepare_search
    from dokodemo.administration.procedures.actions import publish
    from dokodemo.kernel.access import system
    from dokodemo.kernel.packs import PackError
    from dokodemo.promotion.reform.actions import load_pack_tasks

    try:
        with Progress(transient=True) as bar:
            task = bar.add_task("procedures", total=None)
            done = publish(
                open_named(pack), progress=lambda n, total: bar.update(task, completed=n, total=total)
            )
        tasks = load_pack_tasks(actor=system("packs"), pack=open_named(pack))
    except PackError as error:
        for problem in error.problems:
            click.echo(str(problem), err=True)
        raise click.ClickException("Nothing was loaded.") from None
    except DatabaseError as error:
        remedy = "Is it there and up to date? Run: dokodemo migrate"
        raise click.ClickException(f"Nothing was loaded: the database refused ({error}). {remedy}") from None
    if done.published or done.retired or done.taken_over:
        prepare_search.enqueue()
    for word, slugs in (
        ("new", done.published),
        ("retired", done.retired),
        ("now in the pack itself", done.taken_over),
    ):
        for slug in slugs:
            click.echo(f"{word}: {slug}")
    for slug, problems in done.held.items():
        click.echo(f"held as it was, its office files no longer fit the pack: {slug}", err=True)
        for problem in problems:
            click.echo(f"  {problem}", err=True)
    if tasks:
        click.echo(f"{tasks} tasks added to the inventory of work.")
    click.echo(
        f"{len(done.published)} published, {len(done.unchanged)} unchanged, {len(done.retired)} retired."
    )


@command.command()
@click.argument("folder", type=click.Path(path_type=Path))
def export(folder: Path) -> None:
    """Write the city's pack to FOLDER, with everything staff put in force from the office in its place.

    With it go the action plan in force and every observed value, as the files a pack loads them from.
    """
    city_ready()
    from dokodemo.administration.procedures.office import write_pack
    from dokodemo.entry.cli.pack_plan import write_plan
    from dokodemo.kernel.packs import PackError

    try:
        written = write_pack(open_named(None), folder)
    except PackError as error:
        raise click.ClickException(str(error)) from None
    except FileExistsError:
        raise click.ClickException(f"{folder} is there and not empty. Name a new folder.") from None
    of_the_plan = write_plan(folder)
    click.echo(f"{written.files} files written to {folder}, {written.from_office} of them from the office.")
    for path in of_the_plan:
        click.echo(f"as it stands now: {path}")


def open_named(name: str | None) -> "Pack":
    """The pack called `name`, the one in the folder `name`, or the city's own for None. Raises PackError."""
    from django.conf import settings

    from dokodemo.kernel.packs import open_pack, pack_roots

    if name is None:
        return open_pack(settings.DOKODEMO_PACK)
    folder = Path(name)
    if "/" in name or (folder / "pack.yaml").is_file():
        folder = folder.resolve()
        return open_pack(folder.name, roots=[folder.parent, *pack_roots()])
    return open_pack(name)


def _summary(name: str, problems: list["Problem"], warnings: list["Problem"], counts: dict[str, int]) -> str:
    found = ", ".join(f"{number} {what}" for what, number in counts.items())
    verdict = f"{len(problems)} problems" if problems else "no problems"
    return f"{name}: {verdict}, {len(warnings)} warnings ({found})."
