"""The verb `indicators`: the counters behind the plan's live numbers (指標の集計), made anew or checked.

Owns the command. Never counts: that is the indicators' own.
"""

import json
import time
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from dokodemo.entry.cli.given import json_option

if TYPE_CHECKING:
    from dokodemo.promotion.indicators.counting import Difference

STAGES = {"count": "counting months", "check": "checking months"}


@click.group(name="indicators")
def command() -> None:
    """Count the plan's live numbers anew, or check their counters."""


@command.command()
@json_option
@click.option(
    "--check", is_flag=True, help="Change nothing: name what differs from a full count. Exit code 1 if any."
)
def recompute(as_json: bool, check: bool) -> None:
    """Count all live numbers anew from the records, month by month. The city stays open meanwhile.

    Running servers follow the log by themselves; this is for a city that doubts its counters, and for a new one.
    """
    from dokodemo.entry.cli.ready import city_ready

    city_ready()
    from dokodemo.entry.cli.bars import stages
    from dokodemo.kernel.access import system
    from dokodemo.promotion.indicators import counting

    actor, began = system("indicators"), time.monotonic()
    with stages(STAGES) as progress:
        if check:
            found = counting.differences(
                actor=actor, progress=lambda done, total: progress("check", done, total)
            )
        else:
            made = counting.recount(actor=actor, progress=lambda done, total: progress("count", done, total))
    seconds = round(time.monotonic() - began, 3)
    if check:
        _tell_differences(found, as_json, seconds)
    elif as_json:
        click.echo(json.dumps({**asdict(made), "seconds": seconds}))
    else:
        click.echo(
            f"{made.months} months, {made.rows:,} rows of days, up to seal {made.sequence:,}, in {seconds:.1f} s."
        )


def _tell_differences(found: "list[Difference]", as_json: bool, seconds: float) -> None:
    if as_json:
        click.echo(json.dumps({"differences": [_as_json(one) for one in found], "seconds": seconds}))
    else:
        for one in found:
            names = ", ".join(_named(one))
            click.echo(f"{one.first} ({one.span}) {one.procedure or 'joint forms'}: {names}")
        click.echo(f"{len(found)} differences in {seconds:.1f} s.")
    if found:
        raise SystemExit(1)


def _as_json(one: "Difference") -> dict[str, Any]:
    return {
        "first": one.first.isoformat(),
        "span": one.span,
        "procedure": one.procedure,
        "kept": asdict(one.kept) if one.kept else None,
        "counted": asdict(one.counted) if one.counted else None,
    }


def _named(one: "Difference") -> list[str]:
    """Each number that differs, as kept and as counted."""
    kept, counted = (asdict(tally) if tally else {} for tally in (one.kept, one.counted))
    return [
        f"{name} {kept.get(name, 0)} kept, {counted.get(name, 0)} counted"
        for name in kept.keys() | counted.keys()
        if kept.get(name, 0) != counted.get(name, 0)
    ] or ["a row of zeros too many or too few"]
