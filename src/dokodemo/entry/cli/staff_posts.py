"""Adding, appointing and listing staff from the terminal (職員の登録・発令): how a real city comes to its first administrator.

Owns what is asked and printed. A password is never an argument: it is made here and printed once.
"""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING

import click

from dokodemo.entry.cli.given import day_of, json_option, unknown_name
from dokodemo.entry.cli.ready import city_ready

if TYPE_CHECKING:
    from dokodemo.city.organisation.queries import HolderView
    from dokodemo.kernel.access import Account, Role
    from dokodemo.kernel.refusals import Refused

from_option = click.option(
    "--from", "first", metavar="DAY", help="The first day, e.g. 2027-04-01. Default: today in Japan."
)
section_option = click.option(
    "--section", required=True, metavar="SECTION", help="A code of organisation/sections.yaml."
)
role_option = click.option("--role", required=True, metavar="ROLE", help="What the person is there.")


@click.command("add")
@click.argument("username")
@click.option("--name", prompt="Name, as the office shows it", help="The person's name; asked when left out.")
@click.option(
    "--post", "posts", multiple=True, metavar="SECTION:ROLE", help="A post from the first day on; repeatable."
)
@click.option(
    "--administrator", is_flag=True, help="An administrator, in the section of the DX headquarters."
)
@from_option
def add(username: str, name: str, posts: tuple[str, ...], administrator: bool, first: str | None) -> None:
    """Add a member of staff who signs in as USERNAME, and print a first password once."""
    today = _prepared()
    from django.db import transaction

    from dokodemo.city.organisation import actions
    from dokodemo.city.organisation.logic import new_password
    from dokodemo.kernel.access import system
    from dokodemo.kernel.refusals import Refused

    day = day_of(first, "--from") or today
    wanted = [_post(text, day) for text in posts]
    if administrator:
        wanted.append(_administering(day))
    actor, password = system("staff-command"), new_password()
    try:
        with transaction.atomic():
            made = actions.create_staff(actor=actor, username=username, name=name, password=password)
            for section, role in dict.fromkeys(wanted):
                actions.appoint(actor=actor, account_id=made, section_code=section, role=role, starts_on=day)
    except Refused as refused:
        raise _refusal(refused) from None
    click.echo(password)
    click.echo(f"Hand it over in person. It is stored nowhere; dokodemo staff password {username}", err=True)
    click.echo("makes another. The first sign-in at /office/ asks for a second factor.", err=True)
    if not wanted:
        click.echo(
            f"Without a post nothing opens: dokodemo staff appoint {username} --section … --role …", err=True
        )


@click.command("appoint")
@click.argument("username")
@section_option
@role_option
@from_option
@click.option("--until", "last", metavar="DAY", help="The last day. Default: until further notice.")
@click.option("--title", default="", help="The title, where it is not the usual one of the role.")
def appoint(username: str, section: str, role: str, first: str | None, last: str | None, title: str) -> None:
    """Appoint USERNAME to a role in a section, both days inclusive."""
    today = _prepared()
    from dokodemo.city.organisation import actions
    from dokodemo.kernel.access import system
    from dokodemo.kernel.refusals import Refused

    day = day_of(first, "--from") or today
    account = account_called(username)
    try:
        actions.appoint(
            actor=system("staff-command"),
            account_id=account.pk,
            section_code=_section(section, day),
            role=_role(role),
            starts_on=day,
            ends_on=day_of(last, "--until"),
            title=title,
        )
    except Refused as refused:
        raise _refusal(refused) from None
    click.echo(f"{username} is {role} in {section} from {day}{f' until {last}' if last else ''}.")


@click.command("end")
@click.argument("username")
@section_option
@role_option
@click.option("--on", "last", metavar="DAY", help="The last day of the appointment. Default: today in Japan.")
def end(username: str, section: str, role: str, last: str | None) -> None:
    """End what USERNAME is in a section, with a last day. The account stays."""
    today = _prepared()
    from dokodemo.city.organisation import actions, queries
    from dokodemo.kernel.access import system
    from dokodemo.kernel.refusals import Refused

    day = day_of(last) or today
    account, kind = account_called(username), _role(role)
    held = [one for one in queries.appointments_of(account.pk) if one.section == section and one.role == kind]
    found = next((one for one in held if _holds(one, day)), None)
    if found is None:
        known = [
            f"{one.section} {one.role} from {one.starts_on}{f' until {one.ends_on}' if one.ends_on else ''}"
            for one in held or queries.appointments_of(account.pk)
        ]
        raise click.ClickException(
            f"{username} is no {role} in {section} on {day}. Appointments: {'; '.join(known) or 'none'}."
        )
    try:
        actions.end_appointment(
            actor=system("staff-command"), appointment_id=found.appointment_id, last_day=day
        )
    except Refused as refused:
        raise _refusal(refused) from None
    click.echo(f"{username} is {role} in {section} until {day}.")
    click.echo(
        "What the person answers for in the plan is handed over in the office: /office/owners/handover",
        err=True,
    )


@click.command("list")
@click.option("--on", "day", metavar="DAY", help="The day to answer for. Default: today in Japan.")
@json_option
def everybody(day: str | None, as_json: bool) -> None:
    """List all staff with their posts on a day, those without a post too."""
    today = _prepared()
    from dokodemo.city.organisation import queries

    on = day_of(day) or today
    members = queries.members(on)
    if as_json:
        rows = [
            {
                "username": one.username,
                "name": one.name,
                "posts": [
                    {
                        "section": post.section,
                        "role": post.role.value,
                        "title": post.title,
                        "from": post.starts_on.isoformat(),
                        "until": post.ends_on.isoformat() if post.ends_on else None,
                    }
                    for post in one.posts
                ],
            }
            for one in members
        ]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    for one in members:
        click.echo(f"{one.username}  {one.name}")
        for post in one.posts:
            until = f" until {post.ends_on}" if post.ends_on else ""
            click.echo(f"  {post.section} {post.role}  {post.title}  from {post.starts_on}{until}")
        if not one.posts:
            click.echo("  no post")
    if not members:
        click.echo("No staff yet. Add the first: dokodemo staff add USERNAME --administrator", err=True)


def account_called(username: str) -> Account:
    """The account of a member of staff. Raises ClickException."""
    from dokodemo.kernel.access import Account

    account = Account.objects.filter(username=username, kind=Account.Kind.STAFF).first()
    if account is None:
        raise click.ClickException(
            f"There is no member of staff {username!r}. Look for the user name's spelling: dokodemo staff list"
        )
    return account


def _prepared() -> date:
    """Today in Japan, once there is a city to staff. Raises ClickException for one that was never started."""
    city_ready()
    from django.db import DatabaseError

    from dokodemo.city.organisation import queries
    from dokodemo.kernel import calendar_jp

    today = calendar_jp.today()
    try:
        known = queries.sections(today)
    except DatabaseError:
        known = []
    if not known:
        raise click.ClickException("The city has no sections yet. Prepare it first: bin/up --prepare-only")
    return today


def _post(text: str, day: date) -> tuple[str, Role]:
    section, colon, role = text.partition(":")
    if not colon:
        raise click.UsageError(f"--post {text!r} lacks its role. Write it as childcare:caseworker.")
    return _section(section, day), _role(role)


def _administering(day: date) -> tuple[str, Role]:
    from dokodemo.city.organisation import queries
    from dokodemo.city.organisation.definitions import Function
    from dokodemo.kernel.access import Role

    headquarters = queries.sections_with(Function.DX_HEADQUARTERS, day)
    first = [section.code for section in queries.sections(day) if section.code in headquarters][:1]
    if not first:
        raise click.ClickException(
            f"No section is the DX headquarters on {day}. Write --post SECTION:administrator."
        )
    return first[0], Role.ADMINISTRATOR


def _section(code: str, day: date) -> str:
    from dokodemo.city.organisation import queries

    known = [section.code for section in queries.sections(day)]
    if code not in known:
        raise unknown_name("section", code, known)
    return code


def _role(text: str) -> Role:
    from dokodemo.kernel.access import Role

    known = [role.value for role in Role]
    if text not in known:
        raise unknown_name("role", text, known)
    return Role(text)


def _holds(post: HolderView, day: date) -> bool:
    return post.starts_on <= day and (post.ends_on is None or post.ends_on >= day)


def _refusal(refused: Refused) -> click.ClickException:
    from dokodemo.kernel.ui import texts

    return click.ClickException(" ".join(texts.plain(key, "en") for key in refused.faults.values()))
