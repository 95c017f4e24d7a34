"""How a table that was refused is told on a terminal (取込の報告): by line, or as JSON.

Owns the layout. What is wrong and what to do is said by whoever read the table.
"""

import json
from pathlib import Path

import click

from dokodemo.kernel.tables import TableRefused


def print_refusal(file: Path, refused: TableRefused, *, as_json: bool) -> None:
    """Print each problem with its line, and that nothing was changed."""
    if as_json:
        problems = [problem.as_json() for problem in refused.problems]
        click.echo(json.dumps({"total": refused.total, "problems": problems}, ensure_ascii=False, indent=1))
        return
    for problem in refused.problems:
        click.echo(f"{file.name}: {problem}", err=True)
    more = refused.total - len(refused.problems)
    if more > 0:
        click.echo(f"… and {more} more problems.", err=True)
    click.echo(f"{refused.total} problems. Nothing was changed.", err=True)
