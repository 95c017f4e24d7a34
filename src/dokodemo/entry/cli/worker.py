"""The verb `worker`: run background jobs until told to stop (ジョブの実行)."""

import click

from dokodemo.entry.cli.ready import city_ready


@click.command()
@click.option("--threads", default=1, show_default=True, help="Jobs at the same time.")
def command(threads: int) -> None:
    """Run background jobs."""
    city_ready()
    from django.core.management import call_command
    from django.utils.module_loading import autodiscover_modules

    from dokodemo.kernel import memory

    autodiscover_modules("tasks")
    memory.give_back()
    call_command("ox_worker", concurrency=threads, interval=0.5, verbosity=0)
