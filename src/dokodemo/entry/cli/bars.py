"""Bars of progress for long steps (進み具合): one line for each stage, on a terminal only.

Owns how `progress(stage, done, total)` looks. Never decides what a stage is.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn


@contextmanager
def stages(labels: Mapping[str, str]) -> Iterator[Callable[[str, int, int], None]]:
    """A function `progress(stage, done, total)` that moves a bar for each stage, labelled by `labels`."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as bars:
        tasks: dict[str, TaskID] = {}

        def progress(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(labels.get(stage, stage), total=total)
            bars.update(tasks[stage], completed=done, total=total)

        yield progress
