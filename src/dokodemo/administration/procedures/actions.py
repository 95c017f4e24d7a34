"""Publishing and retiring procedures (手続の公開・廃止): the only writes of this domain.

A publication is one transaction: the whole pack is in force afterwards, or nothing has changed.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Any

from django.conf import settings
from django.db import transaction

from dokodemo.administration.procedures import events, office, queries
from dokodemo.administration.procedures.checking import (
    check_derived_terms,
    check_procedure,
    read_surroundings,
)
from dokodemo.administration.procedures.models import (
    CurrentVersion,
    OfficeFile,
    PackInForce,
    Procedure,
    ProcedureVersion,
)
from dokodemo.administration.procedures.reading import (
    ProcedureFile,
    read_life_events,
    read_procedure,
    read_procedures,
    read_synonyms,
    sections_answering,
)
from dokodemo.administration.procedures.snapshot import Snapshot, digest_of, take_snapshot
from dokodemo.administration.procedures.topics import read_topics
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import Actor, system
from dokodemo.kernel.events import record
from dokodemo.kernel.packs import Pack, PackError, Problem

LOADER = system("pack")


@dataclass
class Publication:
    """What a publication did: slugs of new versions, of unchanged and of retired procedures.

    `held` are procedures of the office that no longer fit the pack, with their problems: what was in force stays so.
    `taken_over` are those that the pack now says itself.
    """

    published: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    retired: list[str] = field(default_factory=list)
    taken_over: list[str] = field(default_factory=list)
    held: Mapping[str, list[Problem]] = field(default_factory=dict)


def publish(
    pack: Pack,
    *,
    actor: Actor = LOADER,
    demo: bool | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Publication:
    """Put every procedure of a pack in force with what the office put above it, and retire those nobody has any more.

    A definition whose content is already in force makes no new version; one that was in force before is put back. Files
    that are to the letter those read last are not read and proved again.
    `demo` (default: the setting DOKODEMO_DEMO) lets unconfirmed definitions through. `progress` is told how many
    procedures are done, and of how many. One event for each procedure that changed. Raises PackError, with nothing
    changed, when anything is wrong, an example fails, or a definition is unconfirmed.
    """
    lenient = settings.DOKODEMO_DEMO if demo is None else demo
    source = _source(office.with_office(pack), lenient=lenient)
    if _is_in_force(pack, source) and not office.taken_over(pack):
        return Publication(unchanged=_slugs_in_force())
    layered = office.fitting(pack)
    pack, held = layered.pack, layered.held
    files = [file for file in read_procedures(pack) if file.definition.slug not in held]
    unconfirmed = [] if lenient else _unconfirmed(files)
    if unconfirmed:
        raise PackError(unconfirmed)
    surroundings = read_surroundings(pack)
    done = Publication(held=held)
    today = calendar_jp.today()
    with transaction.atomic():
        done.taken_over += _take_over(pack, actor)
        for place, file in enumerate(files, start=1):
            snapshot = take_snapshot(file, surroundings.vocabulary, surroundings.parameters)
            ended = file.definition.is_ended(today)
            changed = _put_in_force(pack, file.definition.slug, snapshot, actor, ended=ended)
            told = done.unchanged if not changed else done.retired if ended else done.published
            told.append(file.definition.slug)
            if progress is not None:
                progress(place, len(files))
        done.retired += _retire_others(pack, {file.definition.slug for file in files} | held.keys(), actor)
        # What is held is looked at again at every load, until it fits or is let go.
        _remember(pack, "" if held else source)
    return done


def _source(layered: Pack, *, lenient: bool) -> str:
    return f"{version('dokodemo')}/{'demo' if lenient else 'city'}/{layered.digest}"


def _is_in_force(pack: Pack, source: str) -> bool:
    """Whether these very files were read last, and what they put in force still is."""
    row = PackInForce.objects.filter(pack=pack.name, source=source).first()
    return row is not None and row.stamp == _stamp(_kept(row.pack, row.life_events, row.synonyms, row.topics))


def _slugs_in_force() -> list[str]:
    found = CurrentVersion.objects.filter(retired_at__isnull=True).order_by("procedure__slug")
    return list(found.values_list("procedure__slug", flat=True))


def publish_from_office(
    pack: Pack, *, slug: str, files: Mapping[str, str], actor: Actor, demo: bool | None = None
) -> ProcedureVersion:
    """Put one procedure in force from the office's own files (path → text); the version that is in force now.

    The files stand above the pack from now on, at every later `publish` too, in place of those the office had for this
    procedure. Raises PackError, with nothing changed, when anything is wrong with it, as `publish` does.
    """
    layered = office.with_office(pack, without=[slug]).with_files(files, label=office.LABEL)
    document = layered.document(f"procedures/{slug}/procedure.yaml")
    if document is None:
        raise PackError(
            [Problem(office.LABEL, None, f'There is no procedure "{slug}"', "Write procedure.yaml")]
        )
    around = read_surroundings(layered)
    check_derived_terms(layered, around)
    file = read_procedure(layered, document, sections_answering(layered))
    problems = check_procedure(file, around).problems
    lenient = settings.DOKODEMO_DEMO if demo is None else demo
    if not lenient:
        problems += _unconfirmed([file])
    if problems:
        raise PackError(problems)
    snapshot = take_snapshot(file, around.vocabulary, around.parameters)
    now = calendar_jp.now()
    with transaction.atomic():
        OfficeFile.objects.filter(pack=pack.name, procedure=slug).delete()
        OfficeFile.objects.bulk_create(
            OfficeFile(
                pack=pack.name, path=path, procedure=slug, text=text, placed_at=now, placed_by=actor.ref
            )
            for path, text in files.items()
        )
        _put_in_force(pack, slug, snapshot, actor, ended=file.definition.is_ended(calendar_jp.today()))
        _remember(layered, _source(layered, lenient=lenient))
        return CurrentVersion.objects.select_related("version").get(procedure__slug=slug).version


def _take_over(pack: Pack, actor: Actor) -> list[str]:
    """Let go of office files that the pack says itself."""
    slugs = office.taken_over(pack)
    for slug in slugs:
        OfficeFile.objects.filter(pack=pack.name, procedure=slug).delete()
        record(events.TAKEN_OVER, actor=actor, object=("procedure", slug), refs={"pack": pack.name})
    return slugs


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


def retire_due(*, actor: Actor = LOADER) -> list[str]:
    """Retire every procedure in force whose last day is over; their slugs. Cases and versions stay as they are."""
    today = calendar_jp.today()
    done = []
    for slug in queries.to_retire(today):
        with transaction.atomic():
            procedure = Procedure.objects.select_for_update().get(slug=slug)
            current = CurrentVersion.objects.select_related("version").get(procedure=procedure)
            ended = current.version.definition.get("ended")
            if current.retired_at is not None or ended is None or ended["on"] > today.isoformat():
                continue
            current.retired_at = calendar_jp.now()
            current.save(update_fields=["retired_at"])
            _told_retired(current, slug, actor)
            row = PackInForce.objects.select_for_update().get(pk=1)
            row.stamp = _stamp(_kept(row.pack, row.life_events, row.synonyms, row.topics))
            row.save(update_fields=["stamp"])
        done.append(slug)
    return done


def _put_in_force(pack: Pack, slug: str, snapshot: Snapshot, actor: Actor, *, ended: bool) -> bool:
    """Whether anything changed. Two publications at once wait for each other at the procedure's row.

    What has `ended` is kept as the version that says so, and is retired.
    """
    procedure, _ = Procedure.objects.get_or_create(slug=slug)
    Procedure.objects.select_for_update().get(pk=procedure.pk)
    digest = snapshot.digest
    current = CurrentVersion.objects.select_related("version").filter(procedure=procedure).first()
    if current is not None and current.version.digest == digest and (current.retired_at is not None) == ended:
        return False
    version = procedure.versions.filter(digest=digest).first() or _write_version(
        pack, procedure, snapshot, digest, actor
    )
    now = calendar_jp.now() if ended else None
    current, _ = CurrentVersion.objects.update_or_create(
        procedure=procedure, defaults={"version": version, "retired_at": now}
    )
    if ended:
        _told_retired(current, slug, actor)
        return True
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
        _told_retired(current, slug, actor)
        retired.append(slug)
    return retired


def _told_retired(current: CurrentVersion, slug: str, actor: Actor) -> None:
    record(
        events.RETIRED,
        actor=actor,
        object=("procedure", slug),
        refs={"pack": current.version.pack},
        numbers={"version": current.version.number},
        digests={"definition": current.version.digest},
    )


def _remember(pack: Pack, source: str) -> None:
    """What readers need beside the versions; the stamp tells them when to read anew."""
    life_events = [event.model_dump(mode="json") for event in read_life_events(pack).values()]
    synonyms = read_synonyms(pack).model_dump(mode="json")
    topics = [topic.model_dump(mode="json") for topic in read_topics(pack).values()]
    values = _kept(pack.name, life_events, synonyms, topics)
    PackInForce.objects.update_or_create(pk=1, defaults={**values, "stamp": _stamp(values), "source": source})


def _kept(pack: str, life_events: Any, synonyms: Any, topics: Any) -> dict[str, Any]:
    return {"pack": pack, "life_events": life_events, "synonyms": synonyms, "topics": topics}


def _stamp(values: dict[str, Any]) -> str:
    in_force = CurrentVersion.objects.filter(retired_at__isnull=True).order_by("procedure__slug")
    return digest_of([values, [str(pk) for pk in in_force.values_list("version_id", flat=True)]])
