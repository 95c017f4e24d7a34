"""The command `dokodemo`: one file per verb, loaded only when it is called.

Owns the list of verbs. Never contains what a verb does.
"""

import importlib
import os
from collections.abc import Mapping

import click

VERBS: Mapping[str, str] = {
    "audit": "Check the event log: is every event still there, unchanged?",
    "backup": "Write a complete copy of the city: records, keys and files.",
    "eligibility": "Say who is entitled, and why; judge the whole register.",
    "guide": "Say what is due after a turn of life.",
    "indicators": "Count the plan's live numbers anew, or check their counters.",
    "inventory": "Take in the national survey of procedures; say how far the city is online.",
    "keys": "Renew the keys of personal data.",
    "migrate": "Bring the database to this release.",
    "national": "Take in the national file of municipal DX; print the city's answers.",
    "pack": "Check or load a city's folder of data.",
    "register": "Import the register of residents.",
    "restore": "Bring a backup back to life.",
    "search": "Find procedures in one's own words.",
    "staff": "Add and appoint staff; help those who cannot sign in.",
    "up": "Start the city hall.",
    "verify": "Say whether a letter or certificate is genuine.",
    "worker": "Run background jobs.",
}


class Verbs(click.Group):
    """Finds `dokodemo.entry.cli.<verb>` and its `command`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every verb, in the order of the alphabet."""
        return sorted(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The click command of one verb, or None when there is no such verb."""
        if cmd_name not in VERBS:
            return None
        module = importlib.import_module(f"dokodemo.entry.cli.{cmd_name}")
        command: click.Command = module.command
        command.short_help = VERBS[cmd_name]
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Lists the verbs without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(sorted(VERBS.items()))


@click.group(cls=Verbs)
@click.version_option(package_name="dokodemo")
def main() -> None:
    """Dokodemo (どこでも市役所): a digital city hall that a city runs itself."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dokodemo.entry.server.settings")


def run() -> None:
    """Run one verb. A wrong setting, pack, key ring or database ends with what to do instead of a traceback."""
    from django.core.exceptions import ImproperlyConfigured
    from django.db import DatabaseError

    from dokodemo.entry.cli.ready import database_fault
    from dokodemo.kernel.crypto import CryptoError
    from dokodemo.kernel.packs import PackError

    try:
        main()
    except PackError as error:
        for problem in error.problems:
            click.echo(str(problem), err=True)
        raise SystemExit(1) from None
    except (ImproperlyConfigured, CryptoError) as error:
        click.echo(f"Error: {error}", err=True)
        raise SystemExit(1) from None
    except DatabaseError:
        said = database_fault()
        # The database is whole: then it is a fault of ours, and hiding where helps nobody.
        if said is None:
            raise
        click.echo(f"Error: {said}", err=True)
        raise SystemExit(1) from None


if __name__ == "__main__":
    run()
