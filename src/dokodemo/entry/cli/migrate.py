"""The verb `migrate`: bring the database to this release (データベースの更新)."""

import click

from dokodemo.entry.cli.ready import ready


@click.command()
def command() -> None:
    """Bring the database to this release."""
    ready()
    from django.core.management import call_command

    call_command("migrate", interactive=False)
