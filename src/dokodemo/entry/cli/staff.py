"""The verb `staff`: who works for the city, and help for those who cannot sign in (職員の登録・発令、ログインの再発行).

Owns what is printed about signing in; posts are in `staff_posts`. The changes themselves are actions of the organisation
and of the identity adapter.
"""

from __future__ import annotations

import click

from dokodemo.entry.cli import staff_posts
from dokodemo.entry.cli.ready import city_ready


@click.group(name="staff")
def command() -> None:
    """Add and appoint members of staff, and help those who cannot sign in."""


for _verb in (staff_posts.add, staff_posts.appoint, staff_posts.end, staff_posts.everybody):
    command.add_command(_verb)


@command.command("password")
@click.argument("username")
def password(username: str) -> None:
    """Give USERNAME a fresh password, print it once, and end every open session of theirs."""
    city_ready()
    from dokodemo.city.organisation.actions import renew_password
    from dokodemo.city.organisation.logic import new_password
    from dokodemo.kernel.access import system

    account, fresh = staff_posts.account_called(username), new_password()
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

    account = staff_posts.account_called(username)
    removed = remove_factors(actor=system("staff-command"), account_id=account.pk)
    click.echo(f"{removed} removed. The next sign-in asks for a new second factor.")
    if removed:
        click.echo(
            f"Was the device stolen? End open sessions too: dokodemo staff password {username}", err=True
        )
