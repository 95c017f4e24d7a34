"""Reads of published procedures (手続の照会): what is in force, one version, search, and the plan's K1.

Public facts: no actor is asked for. What was computed is kept in the process until the next publication, which every
process notices by the stamp of the pack in force; a version never changes and is kept as it is.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from uuid import UUID

from dokodemo.administration.procedures.compiled import CompiledProcedure, restore
from dokodemo.administration.procedures.everyday import LifeEvent, SynonymsFile
from dokodemo.administration.procedures.models import CurrentVersion, PackInForce, ProcedureVersion
from dokodemo.administration.procedures.reading import read_letters
from dokodemo.administration.procedures.topics import Topic
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import NotFound
from dokodemo.kernel.once import asked_once
from dokodemo.kernel.packs import open_pack
from dokodemo.kernel.prepared import Prepared

VERSIONS_KEPT = 256
_CURRENT = Prepared(
    lambda slug: CurrentVersion.objects.filter(procedure__slug=slug, retired_at__isnull=True), slug=str
)
_LATEST = Prepared(lambda slug: CurrentVersion.objects.filter(procedure__slug=slug), slug=str)
_VERSION = Prepared(lambda version_id: ProcedureVersion.objects.filter(pk=version_id), version_id=UUID)
_STAMP = Prepared(lambda: PackInForce.objects.only("stamp", "source")[:1])


@dataclass(frozen=True)
class OnlineKinds:
    """K1 オンライン化割合 by kinds: procedures wholly online / procedures the city performs.

    A fee paid at the counter makes a procedure partial. What the city does not perform is counted apart.
    """

    numerator: int
    denominator: int
    full: tuple[str, ...]
    partial: tuple[str, ...]
    not_online: tuple[str, ...]
    not_performed: tuple[str, ...]


@lru_cache(maxsize=VERSIONS_KEPT)
def compiled_version(version_id: UUID) -> CompiledProcedure:
    """A published version, in force or not, ready for use. Raises NotFound."""
    version = _VERSION.first(version_id=version_id)
    if version is None:
        raise NotFound
    return restore(
        version_id=version.pk,
        number=version.number,
        digest=version.digest,
        definition=version.definition,
        vocabulary=version.vocabulary,
        parameters=version.parameters,
        letters=version.letters,
    )


def extension_letter(procedure: CompiledProcedure, pack: str) -> tuple[str, Mapping[str, str]]:
    """The notice of an extended limit and its sources: path → text.

    A version published before there was such a notice has none of its own: its case gets today's of the pack.
    """
    path, limit = procedure.extension_letter(), procedure.definition.statutory_limit
    if path is not None or limit is None:
        return path or "", procedure.letters
    folder = f"procedures/{procedure.slug}"
    sources, _ = read_letters(open_pack(pack), folder, [limit.extension_letter])
    beside = f"{folder}/{limit.extension_letter}"
    return beside if beside in sources else limit.extension_letter, sources


def published() -> tuple[CompiledProcedure, ...]:
    """Every procedure in force, by slug."""
    return _in_force(_stamp())


def is_open() -> bool:
    """Whether any procedure is in force; reads none."""
    return CurrentVersion.objects.filter(retired_at__isnull=True).exists()


def get_published(slug: str) -> CompiledProcedure:
    """The version in force of a procedure. Raises NotFound for an unknown or retired one."""
    current = _CURRENT.first(slug=slug)
    if current is None:
        raise NotFound
    return compiled_version(current.version_id)


def published_days() -> dict[str, date]:
    """The day in Japan on which the version in force of each procedure was published, by slug."""
    current = CurrentVersion.objects.filter(retired_at__isnull=True)
    found = current.values_list("procedure__slug", "version__published_at")
    return {slug: calendar_jp.jst_day(at) for slug, at in found}


def get_ended(slug: str) -> CompiledProcedure:
    """The last version of a procedure that the city has ended with a reason. Raises NotFound for any other."""
    current = CurrentVersion.objects.filter(procedure__slug=slug, retired_at__isnull=False).first()
    last = compiled_version(current.version_id) if current is not None else None
    if last is None or last.definition.ended is None:
        raise NotFound
    return last


def all_ended() -> tuple[CompiledProcedure, ...]:
    """Every procedure that the city has ended with a reason, by slug."""
    gone = CurrentVersion.objects.filter(retired_at__isnull=False).order_by("procedure__slug")
    last = [compiled_version(pk) for pk in gone.values_list("version_id", flat=True)]
    return tuple(procedure for procedure in last if procedure.definition.ended is not None)


def is_ended(slug: str) -> bool:
    """Whether a procedure is accepted no more because the city has ended it, on this very day or before."""
    current = _LATEST.first(slug=slug)
    ended = compiled_version(current.version_id).definition.ended if current is not None else None
    return ended is not None and ended.on <= calendar_jp.today()


def to_retire(on: date) -> list[str]:
    """The procedures in force (slugs) that the city has ended by a day. Asked every few minutes: reads no definition."""
    rows = CurrentVersion.objects.filter(retired_at=None).order_by("procedure__slug")
    ended = rows.values_list("procedure__slug", "version__definition__ended__on")
    return [slug for slug, day in ended if day is not None and day <= on.isoformat()]


def version_id_of(procedure: CompiledProcedure) -> UUID:
    """The identifier of a published version. Raises NotFound for a procedure read from a pack and not published."""
    if procedure.version_id is None:
        raise NotFound
    return procedure.version_id


def versions_of(slug: str) -> list[CompiledProcedure]:
    """Every version of a procedure, oldest first; empty for an unknown slug."""
    ids = (
        ProcedureVersion.objects.filter(procedure__slug=slug).order_by("number").values_list("pk", flat=True)
    )
    return [compiled_version(pk) for pk in ids]


def life_events() -> tuple[LifeEvent, ...]:
    """The life events that at least one procedure in force belongs to, in the order of the pack."""
    used = {code for procedure in published() for code in procedure.definition.life_events}
    return tuple(event for event in _life_events(_stamp()) if event.code in used)


def topics() -> tuple[Topic, ...]:
    """What a guide asks first, in the order of the pack."""
    return _topics(_stamp())


def by_life_event(code: str) -> tuple[CompiledProcedure, ...]:
    """The procedures in force of a life event, by slug; empty for an unknown code."""
    return tuple(procedure for procedure in published() if code in procedure.definition.life_events)


def by_measure(code: str) -> tuple[CompiledProcedure, ...]:
    """The procedures in force that serve a measure of the plan, by slug."""
    return _by_measure(_stamp()).get(code, ())


def index_stamp() -> str:
    """Changes with everything that is searched: what is in force, and the files it was read from."""
    row = _pack_in_force()
    return f"{row.stamp}/{row.source}" if row is not None else ""


def search_words() -> tuple[Mapping[str, LifeEvent], SynonymsFile]:
    """Life events by code and the words people use, as in force."""
    row = PackInForce.objects.first()
    synonyms = SynonymsFile.model_validate(row.synonyms) if row is not None else SynonymsFile()
    return {event.code: event for event in _life_events(_stamp())}, synonyms


def online_kinds() -> OnlineKinds:
    """K1 of this moment."""
    states: dict[str, list[str]] = {"full": [], "partial": [], "none": [], "not_performed": []}
    for procedure in published():
        definition = procedure.definition
        states[definition.online_state if definition.performed else "not_performed"].append(procedure.slug)
    full, partial, none = (tuple(states[state]) for state in ("full", "partial", "none"))
    performed = len(full) + len(partial) + len(none)
    return OnlineKinds(len(full), performed, full, partial, none, tuple(states["not_performed"]))


@asked_once
def _pack_in_force() -> PackInForce | None:
    return _STAMP.first()


def _stamp() -> str:
    found = _pack_in_force()
    return found.stamp if found else ""


@lru_cache(maxsize=2)
def _in_force(stamp: str) -> tuple[CompiledProcedure, ...]:
    current = CurrentVersion.objects.filter(retired_at__isnull=True).order_by("procedure__slug")
    return tuple(compiled_version(pk) for pk in current.values_list("version_id", flat=True))


@lru_cache(maxsize=2)
def _by_measure(stamp: str) -> Mapping[str, tuple[CompiledProcedure, ...]]:
    found: dict[str, tuple[CompiledProcedure, ...]] = {}
    for procedure in _in_force(stamp):
        for code in dict.fromkeys(procedure.definition.measures):
            found[code] = (*found.get(code, ()), procedure)
    return found


@lru_cache(maxsize=2)
def _life_events(stamp: str) -> tuple[LifeEvent, ...]:
    row = PackInForce.objects.first()
    return tuple(LifeEvent.model_validate(event) for event in row.life_events) if row is not None else ()


@lru_cache(maxsize=2)
def _topics(stamp: str) -> tuple[Topic, ...]:
    row = PackInForce.objects.first()
    return tuple(Topic.model_validate(topic) for topic in row.topics) if row is not None else ()
