"""The verb `search`: procedures in one's own words (手続検索).

Searches the procedures in force; without a database it searches the city's pack. Queries are kept nowhere.
"""

import json
import sys
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, BinaryIO

import click

if TYPE_CHECKING:
    from dokodemo.administration.procedures.logic import Hit

LONGEST_LINE = 10_000  # bytes of a line that are read; the rest of it is skipped


@click.command(name="search")
@click.argument("text", required=False)
@click.option(
    "--stdin",
    "from_stdin",
    is_flag=True,
    help="One query a line from standard input, one JSON line out for each.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option(
    "--limit", type=click.IntRange(1, 100), default=10, show_default=True, help="How many procedures at most."
)
def command(text: str | None, from_stdin: bool, as_json: bool, limit: int) -> None:
    """Find procedures in one's own words, e.g. dokodemo search 犬を飼い始めた."""
    if from_stdin == (text is not None):
        raise click.UsageError("Give either a TEXT or --stdin.")
    from dokodemo.entry.cli.source import finder

    find = finder()
    if from_stdin:
        for query in lines_of(sys.stdin.buffer):
            click.echo(json.dumps(as_rows(find(query, limit)), ensure_ascii=False))
    elif as_json:
        click.echo(json.dumps(as_rows(find(text or "", limit)), ensure_ascii=False))
    else:
        hits = find(text or "", limit)
        for hit in hits:
            click.echo(
                f"{hit.score:7.2f}  {hit.title.ja}  ({hit.slug or hit.inventory[0]}; {'、'.join(hit.why)})"
            )
        if not hits:
            click.echo("Nothing found. Try other words.")


def as_rows(hits: Iterable["Hit"]) -> list[dict[str, Any]]:
    """Hits as the command-line contract writes them; a row of the inventory that nobody has written yet has no slug."""
    return [
        {
            "slug": hit.slug or None,
            "title": hit.title.ja,
            "inventory": list(hit.inventory),
            "score": hit.score,
        }
        for hit in hits
    ]


def lines_of(stream: BinaryIO) -> Iterator[str]:
    """The lines of a stream, one query each; bytes that are no UTF-8 become the replacement character.

    A line is read up to LONGEST_LINE bytes and the rest of it thrown away, so no input fills the memory.
    """
    while line := stream.readline(LONGEST_LINE):
        rest = line
        while not rest.endswith(b"\n") and (rest := stream.readline(LONGEST_LINE)):
            pass
        yield line.decode("utf-8", errors="replace").strip()
