"""The verb `staff`: help for members of staff who cannot sign in (職員のログインの再発行).

Owns what is printed. The changes themselves are actions of the organisation and of the identity adapter.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from dokodemo.entry.cli.ready import city_ready

if TYPE_CHECKING:
    from dokodemo.kernel.access import Account


@click.group(name="staff")
def command() -> None:
    """Help members of staff who cannot sign in."""


@command.command("password")
@click.argument("username")
def password(username: str) -> None:
    """Give USERNAME a fresh password, print it once, and end every open session of theirs."""
    city_ready()
    from dokodemo.city.organisation.actions import renew_password
    from dokodemo.city.organisation.demo_staff import new_password
    from dokodemo.kernel.access import system

    account, fresh = _found(username), new_password()
    renew_password(actor=system("staff-command"), account_id=account.pk, password=fresh)
    click.echo(fresh)
    click.echo("Hand it over in person. It is stored nowhere; a second run makes another.", err=True)


@command.command("reset-factor")
@click.argument("username")
def reset_factor(username: str) -> None:
    """Take every second factor from USERNAME, who then sets up a new one at the next sign-in."""
    city_ready()
    from dokodemo.adapters.identity.actions import remove_factors
    from dokodemo.kernel.access import system

    account = _found(username)
    removed = remove_factors(actor=system("staff-command"), account_id=account.pk)
    click.echo(f"{removed} removed. The next sign-in asks for a new second factor.")
    if removed:
        click.echo(
            f"Was the device stolen? End open sessions too: dokodemo staff password {username}", err=True
        )


def _found(username: str) -> Account:
    from dokodemo.kernel.access import Account

    account = Account.objects.filter(username=username, kind=Account.Kind.STAFF).first()
    if account is None:
        raise click.ClickException(
            f"There is no member of staff {username!r}. Look for the user name's spelling."
        )
    return account
