"""What may be attached: type by content, size, pictures without their metadata, names without tricks."""

import io
import struct
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from dokodemo.administration.cases import uploads
from dokodemo.administration.cases.uploads import Unacceptable, inspect

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer<<>>\n%%EOF\n"
SECRETS = (b"32.98", b"Canon", b"taken at home", b"XMP-SECRET", b"GPS", b"Exif", b"ICC-SECRET")


def jpeg(size: tuple[int, int] = (64, 48), *, orientation: int = 1, mode: str = "RGB") -> bytes:
    exif = Image.Exif()
    exif[0x010F] = "Canon"
    exif[0x0112] = orientation
    exif.get_ifd(0x8825).update({1: "N", 2: (32.0, 59.0, 12.0), 3: "E", 4: (130.0, 26.0, 0.0)})
    written = io.BytesIO()
    Image.new(mode, size, 90).save(
        written,
        "JPEG",
        exif=exif,
        comment=b"taken at home",
        xmp=b"<x>XMP-SECRET</x>",
        icc_profile=b"ICC-SECRET" * 20,
    )
    return written.getvalue()


def png(mode: str = "RGB", size: tuple[int, int] = (40, 30)) -> bytes:
    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", "taken at home")
    info.add_itxt("XML:com.adobe.xmp", "XMP-SECRET")
    exif = Image.Exif()
    exif[0x010F] = "Canon"
    written = io.BytesIO()
    Image.new(mode, size).save(written, "PNG", pnginfo=info, exif=exif, icc_profile=b"ICC-SECRET" * 20)
    return written.getvalue()


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few hundred bytes that claims to be enormous."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 100))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    "data", [jpeg(), jpeg(mode="L"), jpeg(mode="CMYK"), png(), png("P"), png("RGBA"), png("1")]
)
def test_a_picture_keeps_nothing_but_the_picture(data: bytes) -> None:
    assert any(secret in data for secret in SECRETS)
    fit = inspect("IMG_0001.jpeg", data)
    assert not any(secret in fit.data for secret in SECRETS)
    with Image.open(io.BytesIO(fit.data)) as opened:
        assert not dict(opened.getexif())
        assert not set(opened.info) & {
            "exif",
            "xmp",
            "comment",
            "icc_profile",
            "Comment",
            "XML:com.adobe.xmp",
        }


def test_a_picture_taken_sideways_comes_out_upright() -> None:
    fit = inspect("a.jpg", jpeg((64, 48), orientation=6))
    with Image.open(io.BytesIO(fit.data)) as opened:
        assert opened.size == (48, 64)


def test_a_telephones_huge_photograph_is_kept_at_a_size_that_can_be_read() -> None:
    fit = inspect("a.jpg", jpeg((8064, 6048), mode="L"))
    with Image.open(io.BytesIO(fit.data)) as opened:
        assert 3000 <= min(opened.size) < 6048


@pytest.mark.parametrize(
    ("name", "data", "media_type"),
    [
        ("a.png", jpeg(), "image/jpeg"),
        ("a.exe", png(), "image/png"),
        ("", PDF, "application/pdf"),
    ],
)
def test_the_type_is_what_the_bytes_say(name: str, data: bytes, media_type: str) -> None:
    fit = inspect(name, data)
    assert fit.media_type == media_type
    assert fit.name.endswith(uploads.SUFFIX[media_type])


def test_a_pdf_is_kept_byte_for_byte() -> None:
    assert inspect("a.pdf", PDF).data == PDF


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "cases.file.empty"),
        (b"x", "cases.file.type"),
        (b"<html><script>alert(1)</script>", "cases.file.type"),
        (b"MZ\x90\x00" + b"\0" * 100, "cases.file.type"),
        (b"PK\x03\x04" + b"\0" * 100, "cases.file.type"),
        (b"GIF89a" + b"\0" * 100, "cases.file.type"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "cases.file.type"),
        (b"\x00\x00\x00\x18ftypheic" + b"\0" * 100, "cases.file.type"),
        (jpeg()[:200], "cases.file.damaged"),
        (png()[:60], "cases.file.damaged"),
        (PDF[:-8], "cases.file.damaged"),
        (bomb(60_000, 60_000), "cases.file.too_many_pixels"),
        (bomb(6_000, 6_000), "cases.file.too_many_pixels"),
        (PDF + b"\0" * (10 * 1024 * 1024), "cases.file.too_large"),
    ],
)
def test_what_cannot_be_kept_is_refused_with_what_to_do(data: bytes, code: str) -> None:
    with pytest.raises(Unacceptable) as refused:
        inspect("a.jpg", data)
    assert refused.value.code == code


def test_a_question_may_take_fewer_types() -> None:
    with pytest.raises(Unacceptable) as refused:
        inspect("a.pdf", PDF, accept=("image/jpeg", "image/png"))
    assert refused.value.code == "cases.file.type"


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_damaged_picture_is_refused_or_read_and_never_anything_else(data: st.DataObject) -> None:
    original = data.draw(st.sampled_from([jpeg(), png(), png("P")]))
    broken = bytearray(original)
    for place, value in data.draw(
        st.lists(st.tuples(st.integers(3, len(broken) - 1), st.integers(0, 255)), min_size=1, max_size=8)
    ):
        broken[place] = value
    try:
        kept = inspect("a", bytes(broken)).data
    except Unacceptable:
        kept = b""
    assert not any(secret in kept for secret in SECRETS)


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("通帳.jpg", "通帳.jpg"),
        ("..\\..\\windows\\win.ini", "win.jpg"),
        ("../../etc/passwd", "passwd.jpg"),
        ("a\u202egpj.exe", "agpj.jpg"),
        ("a\x00b\x1fc\x85\u2066\ufeff.png", "abc.jpg"),
        ("", "file.jpg"),
        ("...", "file.jpg"),
        ("\ud800.png", "file.jpg"),
        ("\ufa19様の保険証.png", "\ufa19様の保険証.jpg"),
        ("長" * 300 + ".jpg", "長" * 80 + ".jpg"),
    ],
)
def test_a_name_loses_what_deceives_and_keeps_what_it_says(name: str, clean: str) -> None:
    assert uploads.clean_name(name, ".jpg") == clean


@given(st.text(max_size=200))
def test_no_name_holds_a_path_a_control_or_a_mark_of_direction(name: str) -> None:
    clean = uploads.clean_name(name, ".pdf")
    assert clean.endswith(".pdf")
    assert 5 <= len(clean) <= 84
    assert not set(clean) & set("/\\\x00\n\r\t\u202a\u202e\u2066\u2069\u200b\u061c")
    clean.encode()
