"""The typesetter (組版): one template, its data, and a folder that holds nothing else.

Owns the call to typst. Never touches the network, the machine's fonts or any file outside its own
throw-away folder.
"""

import fcntl
import json
import os
import re
import shutil
import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory, gettempdir
from typing import Any, Final

import typst

from dokodemo.adapters.typeset.fonts import Coverage, coverage, fonts
from dokodemo.adapters.typeset.substitution import Replacement, substitute
from dokodemo.kernel.faults import Impersonal
from dokodemo.kernel.folders import held

STANDARDS: Final[list["typst.PDFStandard"]] = ["a-3a", "ua-1"]
BINDING: Final = "dokodemo-request:"
_MAIN = "__letter__.typ"
_TRIAL = """\
#set document(title: "試し刷り")
#set text(lang: "ja", font: "Noto Serif JP")
= 試し刷り
"""
_PACKAGE = re.compile(r"[\"']@[a-z0-9_-]+/")
_UNSHOWN = re.compile(r'the text `"((?:[^"\\]|\\.)*)"` could not be displayed')
_ESCAPE = re.compile(r"\\u\{([0-9a-f]+)\}")
_BOUND = re.compile(BINDING.encode() + rb"([0-9a-f]{64})")
_PREFIX: Final = "dokodemo-letter-"
_SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 - a private folder below it, so that letters never reach a disk in clear


class TypesetError(Impersonal):
    """The template cannot be made into a letter: names the template and its fault, never its data."""


@dataclass(frozen=True)
class Typeset:
    """A finished letter: the PDF and the characters that had to be printed otherwise."""

    pdf: bytes
    replaced: tuple[Replacement, ...]


@dataclass(frozen=True)
class Template:
    """A letter's template as text: the path of the letter itself and every file it may import, by path.

    A path is relative to the folder the letter sees as its root, so "letters/_letter.typ" is imported as
    "/letters/_letter.typ". Whoever keeps old versions of letters holds them like this.
    """

    path: str
    files: Mapping[str, str]


def typeset(
    template: Path | Template,
    data: Mapping[str, Any],
    *,
    files: Mapping[str, bytes] | None = None,
    created: datetime,
    binding: str | None = None,
    readings: Mapping[str, str] | None = None,
) -> Typeset:
    """Typeset a letter to PDF/A-3a (ISO 19005-3) and PDF/UA-1 (ISO 14289-1); equal input gives equal bytes.

    The template reads `/data.json`: `data` and `substitutions` (a list of `{original, code, shown}`, nearly
    always empty, for which a template may print a note). `files` are further files it may use (`qr.svg`); with a
    template given as a path, `_*.typ` files next to it come along by themselves. `created` (aware) is the only
    time in the file. `binding` (64 hex digits) is written into the document's keywords, see `bound_to`.
    `readings` maps names to their kana. Raises TypesetError.
    """
    pdf, replaced = _made(
        template, data, files, created, binding, readings, lambda root: _compile(root, created)
    )
    return Typeset(pdf, replaced)


def pictures(
    template: Template, data: Mapping[str, Any], *, created: datetime, ppi: int = 110
) -> tuple[bytes, ...]:
    """A letter as it would look, for screens that show no PDF: one PNG for each page at `ppi` dots an inch.

    Raises TypesetError.
    """
    return _made(template, data, None, created, None, None, lambda root: _draw(root, ppi))[0]


def _made[T](
    template: Path | Template,
    data: Mapping[str, Any],
    files: Mapping[str, bytes] | None,
    created: datetime,
    binding: str | None,
    readings: Mapping[str, str] | None,
    make: Callable[[Path], T],
) -> tuple[T, tuple[Replacement, ...]]:
    """What `make` makes of the folder in which a letter lies ready, and the characters printed otherwise."""
    if created.tzinfo is None:
        raise TypesetError("the time of a letter must name its time zone")
    shown = coverage()
    printable, replaced = substitute(dict(data), shown, readings or {})
    sources = _sources(template)
    with _sandbox(sources, files or {}, binding) as root:
        for _attempt in range(4):
            notes = [{"original": one.original, "code": one.code, "shown": one.shown} for one in replaced]
            safe_notes, _ = substitute(notes, shown, {})
            content = {**printable, "substitutions": safe_notes}
            (root / "data.json").write_text(json.dumps(content, ensure_ascii=False, sort_keys=True), "utf-8")
            try:
                return make(root), replaced
            except typst.TypstError as fault:
                # A sequence the fonts list but cannot shape: treat its characters as absent and try again.
                unshown = _unshown(fault)
                if not unshown or unshown.isdisjoint(map(ord, json.dumps(content, ensure_ascii=False))):
                    raise TypesetError(_explain(sources, root, fault)) from None
                shown = Coverage(shown.characters - unshown, shown.variants)
                printable, replaced = substitute(dict(data), shown, readings or {})
    raise TypesetError(f"{sources.path}: characters that no font can shape remain after four attempts")


def bound_to(pdf: bytes) -> str | None:
    """The binding a letter carries (64 hex digits), or None; two different bindings count as none."""
    found = {match.decode() for match in _BOUND.findall(pdf)}
    return found.pop() if len(found) == 1 else None


def check() -> list[str]:
    """What is wrong with the typesetter here, in plain sentences; empty when a trial letter could be made."""
    try:
        with TemporaryDirectory() as folder:
            path = Path(folder) / "trial.typ"
            path.write_text(_TRIAL, "utf-8")
            pdf = typeset(path, {}, created=datetime(2026, 1, 1, tzinfo=UTC)).pdf
    except (OSError, TypesetError) as fault:
        return [f"No letter can be made: {fault}"]
    return (
        [] if pdf.startswith(b"%PDF-1.7") else ["The typesetter gave something that is not a PDF 1.7 file."]
    )


def sweep(*, older_than: timedelta = timedelta(seconds=10)) -> int:
    """Delete the folders of letters whose process was killed: they hold a letter's content in clear; how many.

    A folder whose process lives is locked and stays. Every letter begins with this, so that the run which takes over a
    killed one's letter cleans up after it.
    """
    removed = 0
    for folder in _place().glob(f"{_PREFIX}*"):
        try:
            young = folder.stat().st_mtime > time.time() - older_than.total_seconds()
            if young or _in_use(folder):
                continue
            shutil.rmtree(folder)
            removed += 1
        except OSError:
            # Another sweep took it, or it is another user's.
            continue
    return removed


def _in_use(folder: Path) -> bool:
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False


def _place() -> Path:
    return _SHARED_MEMORY if _SHARED_MEMORY.is_dir() else Path(gettempdir())


def _sources(template: Path | Template) -> Template:
    if isinstance(template, Template):
        if template.path not in template.files:
            raise TypesetError(f"{template.path}: the template is not among its files")
        return template
    try:
        files = {path.name: path.read_text("utf-8") for path in template.parent.glob("_*.typ")}
        return Template(template.name, {**files, template.name: template.read_text("utf-8")})
    except OSError as fault:
        raise TypesetError(f"{template.name}: the template cannot be read ({fault.strerror})") from None
    except UnicodeDecodeError:
        raise TypesetError(f"{template.name}: the template is not UTF-8 text") from None


@contextmanager
def _sandbox(template: Template, files: Mapping[str, bytes], binding: str | None) -> Iterator[Path]:
    sweep()
    with TemporaryDirectory(prefix=_PREFIX, dir=_place()) as folder, held(Path(folder)):
        root = Path(folder)
        for name, text in template.files.items():
            if _PACKAGE.search(text):
                raise TypesetError(f"{name}: packages from the network are not used; put the part beside it")
        sources = {name: text.encode() for name, text in template.files.items()}
        for name, content in {**sources, **files}.items():
            place = root / _inside(name)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)
        head = ""
        if binding is not None:
            if not re.fullmatch("[0-9a-f]{64}", binding):
                raise TypesetError("a binding is 64 hexadecimal digits")
            head = f'#set document(keywords: ("{BINDING}{binding}",))\n'
        path = json.dumps(f"/{template.path}", ensure_ascii=False)
        (root / _MAIN).write_text(f"{head}#include {path}\n", "utf-8")
        yield root


def _inside(name: str) -> PurePosixPath:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or not path.parts or path.name in {_MAIN, "data.json"}:
        raise TypesetError(f"{name!r} is not a name for a file beside the template")
    return path


def _compile(root: Path, created: datetime) -> bytes:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return typst.compile(
            root / _MAIN,
            root=root,
            font_paths=fonts(),
            ignore_system_fonts=True,
            format="pdf",
            pdf_standards=STANDARDS,
            timestamp=int(created.timestamp()),
            package_path=root / "no-packages",
            package_cache_path=root / "no-packages",
        )


def _draw(root: Path, ppi: int) -> tuple[bytes, ...]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        drawn = typst.compile(
            root / _MAIN,
            root=root,
            font_paths=fonts(),
            ignore_system_fonts=True,
            format="png",
            ppi=ppi,
            package_path=root / "no-packages",
            package_cache_path=root / "no-packages",
        )
    return tuple(drawn) if isinstance(drawn, list) else (drawn,)


def _unshown(fault: typst.TypstError) -> set[int]:
    texts = _UNSHOWN.findall(str(fault.diagnostic) + str(fault.message))
    plain = "".join(_ESCAPE.sub(lambda match: chr(int(match[1], 16)), text) for text in texts)
    return {ord(character) for character in plain}


def _explain(template: Template, root: Path, fault: typst.TypstError) -> str:
    """The fault's place and kind only: typst quotes values of the data in some messages."""
    place = re.search(r"┌─ (\S+?):(\d+):(\d+)", str(fault.diagnostic))
    kind = re.sub(r"`[^`]*`|\"[^\"]*\"", "…", str(fault.message)).splitlines()[0]
    kind = re.split("[:(]", kind)[0].strip()
    name = place[1].rpartition(f"{root.name}/")[2] if place else _MAIN
    where = f"{name}:{place[2]}" if place and name != _MAIN else template.path
    return f"{where}: {kind}"
