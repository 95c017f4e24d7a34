"""What may be attached (添付ファイルの検査): type by content, size, and images without their metadata.

Owns the inspection of bytes. Never stores them and never trusts a name or a declared type.
"""

from __future__ import annotations

import io
import re
import unicodedata
from dataclasses import dataclass
from pathlib import PurePosixPath, PureWindowsPath

import filetype
from PIL import Image, ImageOps, UnidentifiedImageError

MAX_BYTES = 10 * 1024 * 1024
MAX_PIXELS = 50_000_000
MAX_FILES_PER_TERM = 5
ACCEPTED = {"image/jpeg": "JPEG", "image/png": "PNG", "application/pdf": None}
SUFFIX = {"image/jpeg": ".jpg", "image/png": ".png", "application/pdf": ".pdf"}
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069]")


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


def inspect(name: str, data: bytes) -> Inspected:
    """Check one uploaded file of at most 10 MiB: JPEG, PNG or PDF by its bytes. Raises Unacceptable."""
    if not data:
        raise Unacceptable("cases.file.empty")
    if len(data) > MAX_BYTES:
        raise Unacceptable("cases.file.too_large")
    kind = filetype.guess(data)
    media_type = kind.mime if kind else ""
    if media_type not in ACCEPTED:
        raise Unacceptable("cases.file.type")
    if media_type == "application/pdf":
        if b"%%EOF" not in data[-2048:]:
            raise Unacceptable("cases.file.damaged")
    else:
        data = _without_metadata(data, ACCEPTED[media_type] or "JPEG")
    return Inspected(clean_name(name, SUFFIX[media_type]), media_type, data)


def _without_metadata(data: bytes, form: str) -> bytes:
    """The picture alone, turned upright: where and with what it was taken is nobody's business."""
    try:
        with Image.open(io.BytesIO(data)) as opened:
            if opened.width * opened.height > MAX_PIXELS:
                raise Unacceptable("cases.file.too_many_pixels")
            upright = ImageOps.exif_transpose(opened)
            mode = "RGB" if form == "JPEG" or upright.mode not in {"RGB", "RGBA", "L", "LA"} else upright.mode
            bare = Image.new(mode, upright.size)
            bare.paste(upright.convert(mode))
            written = io.BytesIO()
            bare.save(written, form, quality=88, optimize=False)
            return written.getvalue()
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        raise Unacceptable("cases.file.damaged") from None


def clean_name(name: str, suffix: str) -> str:
    """The last part of a name, without control or direction characters, with the suffix its content deserves."""
    last = PurePosixPath(PureWindowsPath(name).name).name
    stem = _CONTROL.sub("", unicodedata.normalize("NFC", PurePosixPath(last).stem)).strip(" .")
    return f"{stem[:80] or 'file'}{suffix}"
