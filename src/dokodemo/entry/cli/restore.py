"""The verb `restore`: bring a backup back to life (復元).

Owns what is printed. Building and exchanging are `entry.server.restoring`.
"""

from pathlib import Path

import click

from dokodemo.entry.cli.bars import stages
from dokodemo.entry.cli.ready import ready

STAGES = {"check": "Check   ", "restore": "Restore ", "events": "Events  "}


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--force", is_flag=True, help="Replace the city that is there; it is kept beside.")
def command(folder: Path, force: bool) -> None:
    """Bring a backup back to life. Ends with 1 when anything is wrong.

    Every file is held against the manifest first; the city is built beside, then put in its place.
    """
    ready()
    from dokodemo.entry.server.copies import CopyError
    from dokodemo.entry.server.restoring import restore

    try:
        with stages(STAGES) as progress:
            done = restore(folder, force=force, progress=progress)
    except CopyError as error:
        raise click.ClickException(str(error)) from None
    click.echo(
        f"The city of {done.manifest.made_at} is back: {len(done.manifest.files)} files, each as it was."
    )
    if done.migrated:
        click.echo(f"It was brought to this release by {done.migrated} migrations.")
    if done.kept_home:
        click.echo(f"What was there before is kept in {done.kept_home}")
    if done.kept_schema:
        click.echo(f"The tables that were there before are kept in the schema {done.kept_schema}")
    for problem in done.report.problems:
        click.echo(problem)
    verdict = (
        "every event is there, unchanged"
        if done.report.good
        else f"{len(done.report.problems)} problems in the log"
    )
    click.echo(f"{done.report.events} events: {verdict}.")
    click.echo(f"Head: {done.report.sequence}:{done.report.head}")
    if not done.report.good:
        raise SystemExit(1)
