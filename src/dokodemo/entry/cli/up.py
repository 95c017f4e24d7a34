"""The verb `up`: prepare the city and keep it running (起動).

Owns what is printed. Preparing is `entry.server.preparing`, staying alive is `entry.server.supervisor`.
"""

from __future__ import annotations

import os
import socket
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import click

from dokodemo.entry.cli.apart import apart
from dokodemo.entry.cli.ready import ready

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from dokodemo.entry.server.supervisor import Process

SHOWN_SECTION = "childcare"


@click.command()
@click.option(
    "--residents",
    type=click.IntRange(min=1),
    help="How many sample residents to make at the first start.  [default: 5000]",
)
@click.option(
    "--port",
    type=click.IntRange(1, 65_534),
    help="The port residents and staff come to.  [default: DOKODEMO_PORT, else 8000]",
)
@click.option("--workers", default=2, show_default=True, help="Web processes.")
@click.option("--prepare-only", is_flag=True, help="Prepare everything and end without starting.")
def command(residents: int | None, port: int | None, workers: int, prepare_only: bool) -> None:
    """Prepare the city and keep it running until Ctrl-C."""
    if port is not None:
        os.environ["DOKODEMO_PORT"] = str(port)
    # Settings alone: whoever keeps the city running loads nothing of what it is made of.
    from django.conf import settings

    twin_port = settings.DOKODEMO_TWIN_PORT
    ports = [settings.DOKODEMO_PORT] + ([twin_port] if settings.CITIZEN_PROVIDER.twin else [])
    if not prepare_only:
        _check_ports(ports)
    if residents is not None and not settings.DOKODEMO_DEMO:
        click.echo("DOKODEMO_DEMO is off: --residents makes nobody.", err=True)
    if prepare_only:
        apart(lambda: _prepare(residents))
        _tell_sign_ins()
        return
    from dokodemo.entry.server.supervisor import Supervisor

    web = _web(settings.DOKODEMO_PORT, workers)
    supervisor = Supervisor([web], tell=lambda text: click.echo(text, err=True))
    try:
        apart(lambda: _prepare(residents), meanwhile=supervisor.start)
        supervisor.heed_signals()
        web.go_on()
        if settings.CITIZEN_PROVIDER.twin:
            supervisor.also(_twin(twin_port))
        if supervisor.watch(until=lambda: all(_answers(number) for number in ports)):
            supervisor.also(_worker())
            _tell_address(settings.DOKODEMO_BASE_URL)
            _tell_sign_ins()
            supervisor.watch()
    finally:
        supervisor.stop()


def _check_ports(ports: Sequence[int]) -> None:
    for port in ports:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                raise click.ClickException(
                    f"Port {port} is taken. Stop what uses it, or choose another: bin/up --port {port + 100}"
                ) from None


def _check_what_was_set() -> None:
    """The pack can be opened and PostgreSQL answers, before keys, tables or files are made."""
    from django.conf import settings
    from django.db import connection

    from dokodemo.kernel.packs import open_pack

    open_pack(settings.DOKODEMO_PACK)
    if connection.vendor != "sqlite":
        connection.ensure_connection()


def _prepare(residents: int | None) -> None:
    ready()
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    from dokodemo.entry.server.preparing import steps
    from dokodemo.kernel.packs import PackError

    _check_what_was_set()
    columns = (
        TextColumn("{task.description:<18}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeElapsedColumn(),
    )
    remarks: list[str] = []
    with Progress(*columns, console=Console(stderr=True)) as progress:
        for step in steps(residents):
            task = progress.add_task(step.title, total=None)
            try:
                remark = step.run(_teller(progress, task))
            except PackError as error:
                progress.stop()
                for problem in error.problems:
                    click.echo(str(problem), err=True)
                raise click.ClickException(
                    "The pack has problems; the city was not opened. Mend them and start again."
                ) from None
            progress.update(task, completed=1, total=1)
            if remark:
                remarks.append(remark)
    for remark in remarks:
        click.secho(remark, err=True, bold=True)
    _tell_first_administrator()


def _teller(progress: Progress, task: TaskID) -> Callable[[int, int], None]:
    def tell(done: int, total: int) -> None:
        progress.update(task, completed=done, total=total)

    return tell


def _web(port: int, workers: int) -> Process:
    """What answers people: it loads its code while the city is prepared, and then waits for it."""
    from dokodemo.entry.server.supervisor import Process

    command = [
        *(sys.executable, "-m", "dokodemo.adapters.web.serve", "dokodemo.entry.server.wsgi"),
        *("--port", str(port), "--workers", str(workers), "--ahead", "dokodemo.entry.server.loading"),
    ]
    return Process("web", command, waits=True)


def _twin(port: int) -> Process:
    """Where residents of a demonstration sign in; it loads after the preparing, which everybody waits for."""
    from dokodemo.entry.server.supervisor import Process

    return Process("sign-in twin", [sys.executable, "-m", "dokodemo.adapters.identity.twin.serve", str(port)])


def _worker() -> Process:
    """Background jobs: they wait until the doors are open, because loading takes from the same processors."""
    from dokodemo.entry.server.supervisor import Process

    return Process("worker", [sys.executable, "-m", "dokodemo.entry.cli.main", "worker"])


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/livez", timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _tell_address(address: str) -> None:
    click.echo(f"\nThe city hall is open:  {address}/")
    click.echo(f"Staff come in here:     {address}/office/")
    click.echo("Ctrl-C closes it.\n")
    from django.conf import settings

    from dokodemo.entry.server.safety import is_local

    if settings.SECURE_TRANSPORT and not settings.ALLAUTH_TRUSTED_PROXY_COUNT:
        click.secho(
            "DOKODEMO_BASE_URL is https and DOKODEMO_PROXIES is 0: no proxy is believed about TLS.", bold=True
        )
        click.echo(
            "Links and the provider's way back say http. Set DOKODEMO_PROXIES to how many stand in front.\n"
        )
    if settings.DOKODEMO_DEMO and not is_local(address):
        click.secho("This is a DEMONSTRATION at a public address: anybody signs in as anybody.", bold=True)
        click.echo("For a real city: DOKODEMO_DEMO=0\n")


def _tell_sign_ins() -> None:
    """Whom a visitor may play: four residents with a story, and one of staff for each role."""
    from django.conf import settings

    from dokodemo.adapters.identity.twin.cards import CARDS, read_cards
    from dokodemo.entry.server import demo_sign_ins

    people = [card for card in read_cards(settings.DOKODEMO_HOME / CARDS).values() if card.story]
    if people:
        click.echo("Residents sign in with 見本マイナ (試験用) by choosing a card, for example:")
        for person in people[:4]:
            click.echo(f"  {person.name}  {person.story}")
    staff = demo_sign_ins.known()
    if not staff:
        return
    roles: dict[str, dict[str, str]] = {}
    for one in staff:
        if one["section"] in (SHOWN_SECTION, "") or one["role"] not in ("caseworker", "head_of_section"):
            roles.setdefault(one["role"], one)
    click.echo(
        "Staff (見本) sign in with a name and a password, and set up a second factor at the first sign-in:"
    )
    for one in roles.values():
        click.echo(f"  {one['username']:<22} {one['password']}  {one['name']}")
    click.echo(f"  all others: {demo_sign_ins.file()}")


def _tell_first_administrator() -> None:
    """How a real city comes to its first member of staff, as long as nobody can appoint anybody in the office."""
    from dokodemo.city.organisation.queries import roster
    from dokodemo.kernel.access import Role

    if not any(post.role == Role.ADMINISTRATOR for posts in roster().values() for post in posts):
        click.echo("Nobody administers the city yet. Add the first administrator:")
        click.echo("  dokodemo staff add USERNAME --administrator\n")
