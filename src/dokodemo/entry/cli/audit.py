"""The verb `audit`: is every event still there, unchanged (監査証跡の検証)?

Owns what is printed. The walk is `kernel.events.verify`.
"""

import json

import click

from dokodemo.entry.cli.ready import city_ready


@click.group(name="audit")
def command() -> None:
    """Check the event log."""


@command.command()
@click.option(
    "--head", "given", multiple=True, metavar="SEQUENCE:HASH", help="A head kept on another machine."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def verify(given: tuple[str, ...], as_json: bool) -> None:
    """Walk the chain from its first event to its last. Ends with 1 when something is wrong.

    Keep the head it prints on another machine: with --head it proves later that nothing was cut off or rewritten.
    """
    city_ready()
    from rich.console import Console
    from rich.progress import Progress

    from dokodemo.kernel import events
    from dokodemo.kernel.events import heads

    try:
        known = heads.kept() | dict(heads.parse(text) for text in given)
    except heads.HeadError as error:
        raise click.ClickException(str(error)) from None
    while events.seal():
        pass
    with Progress(console=Console(stderr=True), transient=True, disable=as_json) as bar:
        task = bar.add_task("events", total=None)
        report = events.verify(lambda done, total: bar.update(task, completed=done, total=total), heads=known)
    if as_json:
        click.echo(
            json.dumps(
                {
                    "ok": report.good,
                    "events": report.events,
                    "sequence": report.sequence,
                    "head": report.head,
                    "waiting": report.waiting,
                    "heads": report.heads,
                    "problems": report.problems,
                },
                ensure_ascii=False,
            )
        )
    else:
        for problem in report.problems:
            click.echo(problem)
        verdict = "every event is there, unchanged" if report.good else f"{len(report.problems)} problems"
        click.echo(f"{report.events} events, {report.waiting} not yet sealed: {verdict}.")
        click.echo(f"Head: {report.sequence}:{report.head}")
    if not report.good:
        raise SystemExit(1)
    heads.keep()
