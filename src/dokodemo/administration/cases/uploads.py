"""What may be attached (添付ファイルの検査): type by content, size, and images without their metadata.

Owns the inspection of bytes. Never stores them and never trusts a name or a declared type.
"""

from __future__ import annotations

import io
import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import PurePosixPath, PureWindowsPath

import filetype
from PIL import Image, ImageOps

MAX_BYTES = 10 * 1024 * 1024
# A picture is opened whole in memory: 4 bytes a pixel. A JPEG is opened at half its size or less when it is larger than
# this on both sides, so that a telephone's 50 million pixels cost what 12 do.
MAX_PIXELS = {"image/jpeg": 100_000_000, "image/png": 25_000_000}
ENOUGH_PIXELS = (3000, 3000)
MAX_FILES_PER_TERM = 5
SUFFIX = {"image/jpeg": ".jpg", "image/png": ".png", "application/pdf": ".pdf"}
# Controls, marks of direction and width nothing: they make a name look like another.
_HIDDEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")
_NAME_LENGTH = 80


class Unacceptable(Exception):
    """A file that cannot be taken. `code` is a text-catalogue key that says what to do."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Inspected:
    """A file fit to be kept: clean name, media type by content, bytes without camera, place or author."""

    name: str
    media_type: str
    data: bytes


def inspect(name: str, data: bytes, *, accept: Collection[str] = ()) -> Inspected:
    """Check one uploaded file of at most 10 MiB: JPEG, PNG or PDF by its bytes, and among `accept` when given.

    Raises Unacceptable.
    """
    if not data:
        raise Unacceptable("cases.file.empty")
    if len(data) > MAX_BYTES:
        raise Unacceptable("cases.file.too_large")
    kind = filetype.guess(data)
    media_type = kind.mime if kind else ""
    if media_type not in SUFFIX or (accept and media_type not in accept):
        raise Unacceptable("cases.file.type")
    if media_type != "application/pdf":
        data = _without_metadata(data, media_type)
    elif b"%%EOF" not in data[-2048:]:
        raise Unacceptable("cases.file.damaged")
    return Inspected(clean_name(name, SUFFIX[media_type]), media_type, data)


def _without_metadata(data: bytes, media_type: str) -> bytes:
    """The picture alone, turned upright: where and with what it was taken is nobody's business."""
    form = media_type.removeprefix("image/").upper()
    try:
        with Image.open(io.BytesIO(data), formats=[form]) as opened:
            if opened.width * opened.height > MAX_PIXELS[media_type]:
                raise Unacceptable("cases.file.too_many_pixels")
            opened.draft("RGB", ENOUGH_PIXELS)
            upright = ImageOps.exif_transpose(opened)
            if upright.mode not in _KEPT_MODES[form]:
                upright = upright.convert("RGBA" if form == "PNG" else "RGB")
            upright.info.clear()
            written = io.BytesIO()
            upright.save(written, form, quality=88)
            return written.getvalue()
    except Unacceptable:
        raise
    except Image.DecompressionBombError:
        raise Unacceptable("cases.file.too_many_pixels") from None
    except Exception:
        # A decoder fed with hostile bytes fails in every way there is; whichever it was, the picture cannot be read.
        raise Unacceptable("cases.file.damaged") from None


_KEPT_MODES = {"JPEG": {"RGB", "L"}, "PNG": {"RGB", "RGBA", "L", "LA"}}


def clean_name(name: str, suffix: str) -> str:
    """The last part of a name, without hidden characters, with the suffix its content deserves; else spelt as it was."""
    last = PurePosixPath(PureWindowsPath(name).name).name
    stem = _HIDDEN.sub("", PurePosixPath(last).stem).strip(" .")
    return f"{stem[:_NAME_LENGTH] or 'file'}{suffix}"
