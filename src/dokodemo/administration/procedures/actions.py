"""Publishing and retiring procedures (手続の公開・廃止): the only writes of this domain.

A publication is one transaction: the whole pack is in force afterwards, or nothing has changed.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Any

from django.conf import settings
from django.db import transaction

from dokodemo.administration.procedures import events
from dokodemo.administration.procedures.checking import check_procedures, read_surroundings
from dokodemo.administration.procedures.models import CurrentVersion, PackInForce, Procedure, ProcedureVersion
from dokodemo.administration.procedures.reading import (
    ProcedureFile,
    read_life_events,
    read_procedures,
    read_synonyms,
)
from dokodemo.administration.procedures.snapshot import Snapshot, digest_of, take_snapshot
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import Actor, system
from dokodemo.kernel.events import record
from dokodemo.kernel.packs import Pack, PackError, Problem

LOADER = system("pack")


@dataclass
class Publication:
    """What a publication did: slugs of new versions, of unchanged and of retired procedures."""

    published: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    retired: list[str] = field(default_factory=list)


def publish(
    pack: Pack,
    *,
    actor: Actor = LOADER,
    demo: bool | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Publication:
    """Put every procedure of a pack in force, and retire those it no longer has.

    A definition whose content is already in force makes no new version; one that was in force before is put back. Files
    that are to the letter those read last are not read and proved again.
    `demo` (default: the setting DOKODEMO_DEMO) lets unconfirmed definitions through. `progress` is told how many
    procedures are done, and of how many. One event for each procedure that changed. Raises PackError, with nothing
    changed, when anything is wrong, an example fails, or a definition is unconfirmed.
    """
    lenient = settings.DOKODEMO_DEMO if demo is None else demo
    source = f"{version('dokodemo')}/{'demo' if lenient else 'city'}/{pack.digest}"
    if _is_in_force(pack, source):
        return Publication(unchanged=_slugs_in_force())
    findings = check_procedures(pack)
    if findings.problems:
        raise PackError(findings.problems)
    files = read_procedures(pack)
    unconfirmed = [] if lenient else _unconfirmed(files)
    if unconfirmed:
        raise PackError(unconfirmed)
    surroundings = read_surroundings(pack)
    done = Publication()
    with transaction.atomic():
        for place, file in enumerate(files, start=1):
            snapshot = take_snapshot(file, surroundings.vocabulary, surroundings.parameters)
            changed = _put_in_force(pack, file.definition.slug, snapshot, actor)
            (done.published if changed else done.unchanged).append(file.definition.slug)
            if progress is not None:
                progress(place, len(files))
        done.retired += _retire_others(pack, {file.definition.slug for file in files}, actor)
        _remember(pack, source)
    return done


def _is_in_force(pack: Pack, source: str) -> bool:
    """Whether these very files were read last, and what they put in force still is."""
    row = PackInForce.objects.filter(pack=pack.name, source=source).first()
    return row is not None and row.stamp == _stamp(_kept(row.pack, row.life_events, row.synonyms))


def _slugs_in_force() -> list[str]:
    found = CurrentVersion.objects.filter(retired_at__isnull=True).order_by("procedure__slug")
    return list(found.values_list("procedure__slug", flat=True))


def _unconfirmed(files: list[ProcedureFile]) -> list[Problem]:
    return [
        file.document.problem(
            ("confirmed",),
            f'Nobody of the city has confirmed "{file.definition.slug}"',
            "Write who confirmed it and when in `confirmed`; unconfirmed definitions run only in the demo",
        )
        for file in files
        if not file.definition.is_confirmed
    ]


def _put_in_force(pack: Pack, slug: str, snapshot: Snapshot, actor: Actor) -> bool:
    """Whether anything changed. Two publications at once wait for each other at the procedure's row."""
    procedure, _ = Procedure.objects.get_or_create(slug=slug)
    Procedure.objects.select_for_update().get(pk=procedure.pk)
    digest = snapshot.digest
    current = CurrentVersion.objects.select_related("version").filter(procedure=procedure).first()
    if current is not None and current.version.digest == digest and current.retired_at is None:
        return False
    version = procedure.versions.filter(digest=digest).first() or _write_version(
        pack, procedure, snapshot, digest, actor
    )
    CurrentVersion.objects.update_or_create(
        procedure=procedure, defaults={"version": version, "retired_at": None}
    )
    record(
        events.PUBLISHED,
        actor=actor,
        object=("procedure", slug),
        refs={"pack": pack.name},
        numbers={"version": version.number},
        digests={"definition": digest},
    )
    return True


def _write_version(
    pack: Pack, procedure: Procedure, snapshot: Snapshot, digest: str, actor: Actor
) -> ProcedureVersion:
    return ProcedureVersion.objects.create(
        procedure=procedure,
        number=procedure.versions.count() + 1,
        digest=digest,
        pack=pack.name,
        definition=snapshot.definition,
        vocabulary_digest=snapshot.vocabulary_digest,
        vocabulary=snapshot.vocabulary,
        parameters=snapshot.parameters,
        letters=snapshot.letters,
        published_at=calendar_jp.now(),
        published_by=actor.ref,
    )


def _retire_others(pack: Pack, kept: set[str], actor: Actor) -> list[str]:
    """Slugs of the procedures in force that the pack no longer has; filed cases stay on their versions."""
    gone = CurrentVersion.objects.select_related("procedure", "version").filter(retired_at__isnull=True)
    retired = []
    for current in gone.exclude(procedure__slug__in=kept).order_by("procedure__slug"):
        current.retired_at = calendar_jp.now()
        current.save(update_fields=["retired_at"])
        slug = current.procedure.slug
        record(
            events.RETIRED,
            actor=actor,
            object=("procedure", slug),
            refs={"pack": pack.name},
            numbers={"version": current.version.number},
        )
        retired.append(slug)
    return retired


def _remember(pack: Pack, source: str) -> None:
    """What readers need beside the versions; the stamp tells them when to read anew."""
    life_events = [event.model_dump(mode="json") for event in read_life_events(pack).values()]
    synonyms = read_synonyms(pack).model_dump(mode="json")
    values = _kept(pack.name, life_events, synonyms)
    PackInForce.objects.update_or_create(pk=1, defaults={**values, "stamp": _stamp(values), "source": source})


def _kept(pack: str, life_events: Any, synonyms: Any) -> dict[str, Any]:
    return {"pack": pack, "life_events": life_events, "synonyms": synonyms}


def _stamp(values: dict[str, Any]) -> str:
    in_force = CurrentVersion.objects.filter(retired_at__isnull=True).order_by("procedure__slug")
    return digest_of([values, [str(pk) for pk in in_force.values_list("version_id", flat=True)]])
