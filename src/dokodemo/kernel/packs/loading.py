"""Finds packs on disk and lays them over each other (パックの読み込みと重ね合わせ).

Owns the search for packs, `extends`, layers and safe paths inside them. Never knows what a document means.
"""

import hashlib
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from functools import lru_cache, partial, reduce
from pathlib import Path, PurePosixPath

from dokodemo.kernel.packs.definitions import PACK_NAME, City, PackManifest
from dokodemo.kernel.packs.documents import Document
from dokodemo.kernel.packs.located import Located, overlay
from dokodemo.kernel.packs.problems import PackError, Problem
from dokodemo.kernel.packs.reading import parse_yaml, read_yaml
from dokodemo.kernel.packs.validation import validate

DEFAULT_ROOT = Path(__file__).resolve().parents[2] / "packs"
ROOTS_VARIABLE = "DOKODEMO_PACK_ROOTS"
MANIFEST = "pack.yaml"


@dataclass(frozen=True, slots=True)
class PackLayer:
    """One pack's own folder; `label` is how its files are called in problems ("packs/arao").

    `written` are texts by path that stand in place of the folder's own files, or beside them; in problems they are
    called after `written_label`.
    """

    name: str
    folder: Path
    label: str
    manifest: PackManifest
    written: Mapping[str, str] = field(default_factory=dict, hash=False)
    written_label: str = "written"

    def paths(self, pattern: str) -> list[str]:
        """Relative paths of this folder's files that match `pattern`, sorted; hidden files of editors are no files."""
        files = (f for f in self.folder.glob(pattern) if f.is_file() and not f.name.startswith("."))
        own = {file.relative_to(self.folder).as_posix() for file in files}
        return sorted(own | {path for path in self.written if _fits(path, pattern)})


@dataclass(frozen=True, slots=True)
class Pack:
    """A pack with all it extends: `layers` from the base to the pack itself, `manifest` the pack's own."""

    name: str
    manifest: PackManifest
    layers: tuple[PackLayer, ...]

    @property
    def city(self) -> City:
        """The city of the nearest layer that names one; PackError in a pack that is no city."""
        for layer in reversed(self.layers):
            if layer.manifest.city is not None:
                return layer.manifest.city
        raise PackError([_no_city(self.layers[-1])])

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of every file of every layer with its path: the same digest, the same pack."""
        found = hashlib.sha256()
        for layer in self.layers:
            for path in layer.paths("**/*"):
                text = layer.written.get(path)
                content = (layer.folder / path).read_bytes() if text is None else text.encode()
                found.update(f"{layer.name}/{path} {hashlib.sha256(content).hexdigest()}\n".encode())
        return found.hexdigest()

    def documents(self, pattern: str) -> list[Document]:
        """One merged document for each relative path that matches `pattern` in any layer, sorted by path.

        `pattern` is like "procedures/*/procedure.yaml". Raises PackError with the problems of all broken files together.
        """
        safe_path(pattern, self.layers[-1].label)
        paths = {path for layer in self.layers for path in layer.paths(pattern)}
        return _gather(sorted(paths), self._merged)

    def document(self, path: str) -> Document | None:
        """The merged document at `path`, or None when no layer has it."""
        return self._merged(path) if self.all_layers(path) else None

    def all_layers(self, path: str) -> list[Document]:
        """The unmerged documents at `path`, base first."""
        present = [
            layer for layer in self.layers if path in layer.written or _inside(layer, path) is not None
        ]
        return _gather(present, partial(_read, path=path))

    def by_layer(self, pattern: str) -> list[list[Document]]:
        """The unmerged documents that match `pattern`: one list for each layer, base first, sorted by path.

        For files whose entries overlay each other by name, whatever file they stand in.
        """
        safe_path(pattern, self.layers[-1].label)
        return [_gather(layer.paths(pattern), partial(_read, layer)) for layer in self.layers]

    def resource(self, path: str) -> Path | None:
        """The file at `path` of the last layer that has it, or None; PackError if the path leaves the pack."""
        found = [file for layer in self.layers if (file := _inside(layer, path)) is not None]
        return found[-1] if found else None

    def text(self, path: str) -> str | None:
        """The text at `path` of the last layer that has it, or None; PackError if the path leaves the pack."""
        for layer in reversed(self.layers):
            if path in layer.written:
                return layer.written[path]
            file = _inside(layer, path)
            if file is not None:
                return file.read_text("utf-8")
        return None

    def with_files(self, files: Mapping[str, str], *, label: str) -> "Pack":
        """This pack with texts (path → text) standing in place of its own files; layers below stay as they are.

        `label` is how problems call where they come from. Raises PackError for a path that leaves the pack.
        """
        own = self.layers[-1]
        for path in files:
            safe_path(path, label)
        above = replace(own, written={**own.written, **files}, written_label=label)
        return replace(self, layers=(*self.layers[:-1], above))

    def _merged(self, path: str) -> Document:
        return Document(path, reduce(overlay, (document.root for document in self.all_layers(path))))


def pack_roots() -> tuple[Path, ...]:
    """Folders that hold packs: those named in DOKODEMO_PACK_ROOTS first, then the built-in one."""
    extra = os.environ.get(ROOTS_VARIABLE, "").split(os.pathsep)
    return (*(Path(entry).expanduser() for entry in extra if entry.strip()), DEFAULT_ROOT)


def available_packs(roots: Sequence[Path] | None = None) -> list[str]:
    """Names of all packs that can be opened, sorted."""
    folders = pack_roots() if roots is None else roots
    return sorted({manifest.parent.name for root in folders for manifest in root.glob(f"*/{MANIFEST}")})


def open_pack(name: str, *, roots: Sequence[Path] | None = None) -> Pack:
    """The pack `name` and everything it extends, base first, each once.

    `roots` replaces the usual folders. Raises PackError for a missing pack, a cycle or a broken manifest.
    """
    folders = tuple(pack_roots() if roots is None else roots)
    layers: dict[str, PackLayer] = {}
    _stack(name, folders, layers, (), Problem(name, None, f'There is no pack "{name}"', _choose(folders)))
    own = layers[name]
    return Pack(name, own.manifest, tuple(layers.values()))


def _stack(
    name: str, roots: tuple[Path, ...], layers: dict[str, PackLayer], above: tuple[str, ...], missing: Problem
) -> None:
    if name in layers:
        return
    layer, document = _open_layer(name, roots, missing)
    for index, base in enumerate(layer.manifest.extends):
        at = ("extends", index)
        chain = (*above, name)
        if base in chain:
            circle = " → ".join((*chain[chain.index(base) :], base))
            raise PackError(
                [
                    document.problem(
                        at, f"Packs extend each other in a circle ({circle})", "Remove one of them"
                    )
                ]
            )
        absent = document.problem(at, f'There is no pack "{base}" to extend', _choose(roots))
        _stack(base, roots, layers, chain, absent)
    layers[name] = layer


def _open_layer(name: str, roots: tuple[Path, ...], missing: Problem) -> tuple[PackLayer, Document]:
    if not PACK_NAME.match(name):
        raise PackError([missing])
    root = next((root for root in roots if (root / name).is_dir()), None)
    if root is None:
        raise PackError([missing])
    folder = (root / name).resolve()
    label = f"{root.resolve().name}/{name}"
    if not (folder / MANIFEST).is_file():
        raise PackError(
            [
                Problem(
                    f"{label}/{MANIFEST}",
                    None,
                    "The pack has no manifest",
                    f"Write {MANIFEST} with name and title",
                )
            ]
        )
    document = Document(MANIFEST, read_yaml(folder / MANIFEST, f"{label}/{MANIFEST}"))
    manifest = validate(PackManifest, document)
    if manifest.name != name:
        raise PackError(
            [document.problem(("name",), f'The folder is called "{name}"', f"Write name: {name}")]
        )
    _refuse_strange_endings(folder, label)
    return PackLayer(name, folder, label, manifest), document


def _refuse_strange_endings(folder: Path, label: str) -> None:
    """A file called .yml would be passed over in silence by every pattern."""
    strays = [path.relative_to(folder).as_posix() for path in folder.rglob("*.[yY][mM][lL]")]
    if strays:
        raise PackError(
            Problem(f"{label}/{path}", None, "Files of a pack end in .yaml", f"Rename it to {path[:-4]}.yaml")
            for path in strays
        )


def safe_path(path: str, label: str) -> PurePosixPath:
    """`path` when it stays inside a pack; PackError for "..", absolute paths, backslashes and empty names."""
    parts = path.split("/")
    if (
        not path
        or "\\" in path
        or "\0" in path
        or path.startswith(("/", "~"))
        or {"..", ".", ""} & set(parts)
    ):
        raise PackError(
            [
                Problem(
                    label,
                    None,
                    f'The path "{path}" leaves the pack',
                    'Write it relative to the pack, like "letters/approval.typ"',
                )
            ]
        )
    return PurePosixPath(path)


def _inside(layer: PackLayer, path: str) -> Path | None:
    file = layer.folder / safe_path(path, layer.label)
    if not file.is_file():
        return None
    if not file.resolve().is_relative_to(layer.folder):
        raise PackError(
            [
                Problem(
                    f"{layer.label}/{path}",
                    None,
                    "The file is a link that leaves the pack",
                    "Put the file itself here",
                )
            ]
        )
    return file


def _fits(path: str, pattern: str) -> bool:
    """Whether a path matches a glob pattern, folder by folder; `**` stands for any number of folders."""
    steps, wanted = path.split("/"), pattern.split("/")

    def fits(i: int, j: int) -> bool:
        if j == len(wanted):
            return i == len(steps)
        if wanted[j] == "**":
            return any(fits(k, j + 1) for k in range(i, len(steps)))
        return i < len(steps) and fnmatchcase(steps[i], wanted[j]) and fits(i + 1, j + 1)

    return fits(0, 0)


@lru_cache(maxsize=64)
def _parsed(text: str, label: str) -> Located:
    return parse_yaml(text.encode(), label)


def _read(layer: PackLayer, path: str) -> Document:
    if path in layer.written:
        return Document(path, _parsed(layer.written[path], f"{layer.written_label}/{path}"))
    file = _inside(layer, path)
    assert file is not None, "only called for files that exist"
    return Document(path, read_yaml(file, f"{layer.label}/{path}"))


def _gather[T](items: Iterable[T], read: Callable[[T], Document]) -> list[Document]:
    documents, problems = [], []
    for item in items:
        try:
            documents.append(read(item))
        except PackError as error:
            problems += error.problems
    if problems:
        raise PackError(problems)
    return documents


def _choose(roots: Sequence[Path]) -> str:
    names = available_packs(roots)
    return f"Choose one of: {', '.join(names)}" if names else f"No packs were found; set {ROOTS_VARIABLE}"


def _no_city(layer: PackLayer) -> Problem:
    return Problem(
        f"{layer.label}/{MANIFEST}", None, "The pack names no city", "Add `city:` or choose a city's pack"
    )
