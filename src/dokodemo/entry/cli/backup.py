"""The verb `backup`: write a complete copy of the city while it runs (バックアップ).

Owns what is printed. The copy is made by `entry.server.backing_up`.
"""

from pathlib import Path

import click

from dokodemo.entry.cli.bars import stages
from dokodemo.entry.cli.ready import ready

STAGES = {"files": "Files   ", "database": "Records "}


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
def command(folder: Path) -> None:
    """Write a complete copy of the city: records, keys and files.

    DIR must be new or empty. Who has it can read everything: keep it as you keep the register.
    """
    ready()
    from dokodemo.entry.server.backing_up import back_up
    from dokodemo.entry.server.copies import CopyError

    try:
        with stages(STAGES) as progress:
            made = back_up(folder, progress)
    except CopyError as error:
        raise click.ClickException(str(error)) from None
    for warning in made.warnings:
        click.echo(f"Warning: {warning}", err=True)
    size = sum(entry.size for entry in made.manifest.files.values())
    click.echo(
        f"{folder}: {len(made.manifest.files)} files, {size / 1e6:.1f} MB, made {made.manifest.made_at}."
    )
    if made.manifest.head:
        click.echo(f"Head: {made.manifest.head}")
