"""Where read-only verbs take procedures from (読み取り元): the database when the city has one, else its pack.

Owns that choice. Never writes.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from dokodemo.entry.cli.ready import ready

if TYPE_CHECKING:
    from dokodemo.administration.procedures.compiled import CompiledProcedure
    from dokodemo.administration.procedures.everyday import LifeEvent
    from dokodemo.administration.procedures.logic import Hit
    from dokodemo.administration.procedures.topics import Topic
    from dokodemo.kernel.packs import Pack


def has_database() -> bool:
    """Whether procedures have been published in the city's database. Creates nothing, not even a file."""
    from pathlib import Path

    from django.conf import settings
    from django.db import DatabaseError, connection

    from dokodemo.administration.procedures import queries

    name = settings.DATABASES["default"]["NAME"]
    if connection.vendor == "sqlite" and not Path(name).is_file():
        return False
    try:
        return queries.is_open()
    except DatabaseError:
        return False


def city_pack() -> "Pack":
    """The pack of this city. Its problems end the command."""
    from django.conf import settings

    from dokodemo.kernel.packs import PackError, open_pack

    try:
        return open_pack(settings.DOKODEMO_PACK)
    except PackError as error:
        raise click.ClickException(str(error)) from None


def procedures_at_hand() -> dict[str, "CompiledProcedure"]:
    """Every procedure by slug, from the database or from the pack."""
    ready()
    from dokodemo.administration.procedures import queries
    from dokodemo.administration.procedures.checking import procedures_of
    from dokodemo.kernel.packs import PackError

    if has_database():
        return {procedure.slug: procedure for procedure in queries.published()}
    try:
        return {procedure.slug: procedure for procedure in procedures_of(city_pack())}
    except PackError as error:
        raise click.ClickException(str(error)) from None


def life_events_at_hand() -> dict[str, "LifeEvent"]:
    """Every life event by code, from the database or from the pack."""
    ready()
    from dokodemo.administration.procedures import queries
    from dokodemo.administration.procedures.reading import read_life_events
    from dokodemo.kernel.packs import PackError

    if has_database():
        return {event.code: event for event in queries.life_events()}
    try:
        return read_life_events(city_pack())
    except PackError as error:
        raise click.ClickException(str(error)) from None


def topics_at_hand() -> tuple["Topic", ...]:
    """What a guide asks first, from the database or from the pack."""
    ready()
    from dokodemo.administration.procedures import queries
    from dokodemo.administration.procedures.topics import read_topics
    from dokodemo.kernel.packs import PackError

    if has_database():
        return queries.topics()
    try:
        return tuple(read_topics(city_pack()).values())
    except PackError as error:
        raise click.ClickException(str(error)) from None


def finder() -> Callable[[str, int], list["Hit"]]:
    """Search by text and limit, over the database or the pack; the index is built once."""
    ready()
    from dokodemo.administration.inventory import searching
    from dokodemo.administration.procedures.searching import index_of_pack
    from dokodemo.kernel.packs import PackError

    if has_database():
        return lambda text, limit: searching.search(text, limit=limit)
    try:
        index = index_of_pack(city_pack())
    except PackError as error:
        raise click.ClickException(str(error)) from None
    return lambda text, limit: index.find(text, limit=limit)
