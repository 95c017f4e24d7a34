"""The layer of the office (職員の層): files that staff put in force stand in place of the city pack's own.

Owns reading the layer, finding what of it no longer fits the pack below, and writing both out as one folder. Never changes
the layer: `actions` does.
"""

import shutil
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from dokodemo.administration.procedures.checking import check_procedures
from dokodemo.administration.procedures.models import OfficeFile
from dokodemo.kernel.packs import Pack, PackError, Problem

LABEL = "office"


@dataclass(frozen=True)
class Written:
    """How many files an export wrote, and how many of them came from the office."""

    files: int
    from_office: int


@dataclass(frozen=True)
class Layered:
    """A city's pack with what the office put in force, and by slug the problems of what was left out of it."""

    pack: Pack
    held: Mapping[str, list[Problem]] = field(default_factory=dict)


def office_files(pack: Pack, *, without: Collection[str] = ()) -> dict[str, str]:
    """Path → text of every file the office put in force for this pack, except those of some procedures."""
    rows = OfficeFile.objects.filter(pack=pack.name).exclude(procedure__in=without)
    return dict(rows.values_list("path", "text"))


def with_office(pack: Pack, *, without: Collection[str] = ()) -> Pack:
    """The city's pack as the office left it. Raises PackError for a stored path that leaves the pack."""
    files = office_files(pack, without=without)
    return pack.with_files(files, label=LABEL) if files else pack


def fitting(pack: Pack) -> Layered:
    """The pack with all of the office's files that agree with it.

    A pack that changed below may break a procedure of the office. Then that procedure is held: the version in force
    stays, and everything else goes on. Raises PackError when the pack itself is wrong.
    """
    owners = dict(OfficeFile.objects.filter(pack=pack.name).values_list("path", "procedure"))
    held: dict[str, list[Problem]] = {}
    while True:
        layered = with_office(pack, without=held)
        problems = check_procedures(layered).problems
        if not problems:
            return Layered(layered, held)
        broken: dict[str, list[Problem]] = {}
        for problem in problems:
            owner = owners.get(problem.file.removeprefix(f"{LABEL}/"))
            if problem.file.startswith(f"{LABEL}/") and owner is not None:
                broken.setdefault(owner, []).append(problem)
        if not broken or broken.keys() <= held.keys():
            raise PackError(problems)
        held |= broken


def taken_over(pack: Pack) -> list[str]:
    """Slugs whose office files the pack itself now says word for word: the layer is no longer needed for them."""
    own = pack.layers[-1]
    same: dict[str, bool] = {}
    for path, slug, text in OfficeFile.objects.filter(pack=pack.name).values_list(
        "path", "procedure", "text"
    ):
        file = own.folder / path
        same[slug] = same.get(slug, True) and file.is_file() and file.read_text("utf-8") == text
    return sorted(slug for slug, says in same.items() if says)


def write_pack(pack: Pack, folder: Path) -> Written:
    """Copy the city's own folder to `folder` with the office's files in their places.

    What is written is a pack that loads to the same procedures without the layer. Raises FileExistsError for a folder
    that holds something already.
    """
    if folder.exists() and any(folder.iterdir()):
        raise FileExistsError(folder)
    own = with_office(pack).layers[-1]
    shutil.copytree(own.folder, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns(".*"))
    for path, text in own.written.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(text.encode())
    return Written(sum(1 for file in folder.rglob("*") if file.is_file()), len(own.written))
