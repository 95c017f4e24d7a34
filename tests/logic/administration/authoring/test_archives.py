"""What goes out comes back byte for byte; what is no archive of one procedure is refused with file and line."""

import io
import zipfile

import pytest

from dokodemo.administration.authoring.exchange import packed, unpacked
from dokodemo.kernel.packs import PackError

FILES = {
    "procedures/tree/procedure.yaml": "# 注釈はそのまま\nslug:   tree\ntitle: {ja:  木 }\n",
    "procedures/tree/examples.yaml": "# ひとつ\n- title: 例\n",
    "procedures/tree/letters/approval.typ": "= 通知\n",
    "vocabulary/office-tree.yaml": "groups: []\n",
}


def archive(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as opened:
        for name, content in files.items():
            opened.writestr(name, content)
    return out.getvalue()


def said(data: bytes) -> str:
    with pytest.raises(PackError) as refusal:
        unpacked(data)
    return str(refusal.value)


def test_export_import_export_is_identical() -> None:
    first = packed(FILES)
    slug, files = unpacked(first)
    assert (slug, files) == ("tree", FILES)
    assert packed(files) == first


def test_a_folder_around_the_files_is_passed_over() -> None:
    assert unpacked(archive({f"my/pack/{path}": text.encode() for path, text in FILES.items()}))[1] == FILES


def test_a_single_file_says_its_own_slug() -> None:
    assert unpacked(b"slug: tree\n") == ("tree", {"procedures/tree/procedure.yaml": "slug: tree\n"})


def test_broken_yaml_is_named_with_file_and_line() -> None:
    broken = {
        **{p: t.encode() for p, t in FILES.items()},
        "procedures/tree/examples.yaml": b"- title: x\n\t- y\n",
    }
    assert "procedures/tree/examples.yaml:2" in said(archive(broken))


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"readme.txt": b"x"}, "holds 0 procedures"),
        (
            {"procedures/a/procedure.yaml": b"slug: a\n", "procedures/b/procedure.yaml": b"slug: b\n"},
            "2 procedures",
        ),
        (
            {"procedures/a/procedure.yaml": b"slug: a\n", "procedures/a/../../evil.yaml": b"x: 1\n"},
            "does not belong",
        ),
        (
            {"procedures/a/procedure.yaml": b"slug: a\n", "procedures/a/letters/x.exe": b"x"},
            "does not belong",
        ),
        ({"procedures/a/procedure.yaml": "slug: 木\n".encode("cp932")}, "UTF-8"),
        ({"procedures/a/procedure.yaml": b"slug: a\n", **{f"f{n}": b"" for n in range(50)}}, "more than 40"),
        ({"procedures/a/procedure.yaml": b"#" * 3_000_000}, "larger than"),
    ],
)
def test_what_is_no_procedure_is_refused(files: dict[str, bytes], words: str) -> None:
    assert words in said(archive(files))


def test_bytes_that_only_begin_like_an_archive_are_refused() -> None:
    assert "cannot be opened" in said(b"PK\x03\x04 nonsense")
