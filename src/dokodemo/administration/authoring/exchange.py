"""Proposals as archives of pack files (書き出し・取り込み): what goes out comes back byte for byte.

Owns reading and writing zip archives in memory. Never trusts a name or a size inside one.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from typing import NoReturn

from dokodemo.administration.authoring.content import MAX_TEXT, may_hold, procedure_path
from dokodemo.kernel.packs import PackError, Problem
from dokodemo.kernel.packs.reading import parse_yaml

MOST_FILES = 40
MOST_BYTES = 2 * 1024 * 1024
_FOLDER = re.compile(r"(?:^|/)procedures/([a-z][a-z0-9-]{0,59})/procedure\.yaml$")
# zip keeps local times without a zone; one fixed day makes equal files equal archives.
_DAY = (2026, 1, 1, 0, 0, 0)


def packed(files: Mapping[str, str]) -> bytes:
    """A zip archive of the files; equal files give equal bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(files):
            archive.writestr(zipfile.ZipInfo(path, _DAY), files[path].encode(), zipfile.ZIP_DEFLATED)
    return out.getvalue()


def unpacked(data: bytes) -> tuple[str, dict[str, str]]:
    """The slug and the files (path inside the pack → text) of one procedure in a zip archive or a single procedure.yaml.

    A folder around it, as archives of folders have, is passed over. Raises PackError with file and line for anything
    that is no such archive: no procedure or several, too large, not UTF-8, broken YAML, foreign files.
    """
    if not data.startswith(b"PK"):
        return _single(data)
    try:
        raw = _entries(data)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError):
        _refuse("archive", "The archive cannot be opened", "Make it anew as a plain zip file")
    slugs = {match.group(1): name for name in raw if (match := _FOLDER.search(name))}
    if len(slugs) != 1:
        _refuse(
            "archive",
            f"The archive holds {len(slugs)} procedures",
            "Put exactly one procedures/<slug>/ into it",
        )
    slug, place = next(iter(slugs.items()))
    above = place.removesuffix(procedure_path(slug))
    files: dict[str, str] = {}
    problems: list[Problem] = []
    for name, content in sorted(raw.items()):
        path = name.removeprefix(above)
        if not name.startswith(above) or not may_hold(slug, path):
            problems.append(Problem(name, None, "This file does not belong to the procedure", "Take it out"))
            continue
        try:
            files[path] = _text(path, content)
        except PackError as error:
            problems += error.problems
    if problems:
        raise PackError(problems)
    return slug, files


def _single(data: bytes) -> tuple[str, dict[str, str]]:
    """One procedure.yaml that says its own slug."""
    root = parse_yaml(data, "procedure.yaml").value
    slug = root["slug"].value if isinstance(root, Mapping) and "slug" in root else None
    if not isinstance(slug, str) or not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", slug) or len(slug) > 60:
        _refuse("procedure.yaml", "The file says no `slug`", "Write slug: small-letters-and-hyphens")
    return slug, {procedure_path(slug): data.decode()}


def _entries(data: bytes) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        infos = [info for info in archive.infolist() if not info.is_dir()]
        if len(infos) > MOST_FILES:
            _refuse("archive", f"The archive holds more than {MOST_FILES} files", "Put one procedure into it")
        left = MOST_BYTES
        for info in infos:
            with archive.open(info) as entry:
                content = entry.read(left + 1)
            left -= len(content)
            if left < 0:
                _refuse(
                    "archive",
                    f"The archive is larger than {MOST_BYTES // 1024} KiB",
                    "Take out what is no text",
                )
            found[info.filename] = content
    return found


def _text(path: str, content: bytes) -> str:
    if path.endswith(".yaml"):
        parse_yaml(content, path)
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        _refuse(path, "The file is not encoded in UTF-8", "Save it as UTF-8")
    if len(text) > MAX_TEXT:
        _refuse(path, f"The file is longer than {MAX_TEXT} characters", "Shorten it")
    return text


def _refuse(file: str, message: str, remedy: str) -> NoReturn:
    raise PackError([Problem(file, None, message, remedy)])
