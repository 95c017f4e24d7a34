"""The style sheet: small, its colours readable (WCAG 2.2, 1.4.3 and 1.4.11), nothing from elsewhere."""

import gzip
import re
from pathlib import Path

import pytest

from dokodemo.kernel import ui

CSS = (Path(ui.__file__).parent / "static" / "ui" / "city.css").read_text(encoding="utf-8")
ROOT = CSS[CSS.index(":root {") : CSS.index("}")]
DECLARED = dict(re.findall(r"--([a-z0-9-]+):\s*([^;]+);", ROOT))

# Ink on paper for every pair the style sheet puts together.
TEXT_PAIRS = [
    ("ink", "white"), ("ink", "gray-50"), ("ink", "gray-100"), ("ink", "tint"), ("quiet", "white"), ("quiet", "gray-50"),
    ("quiet", "tint"), ("quiet", "yellow-50"), ("link", "white"), ("link", "gray-50"), ("link", "tint"), ("link", "yellow-50"),
    ("magenta-900", "white"), ("magenta-900", "gray-50"), ("magenta-900", "tint"), ("key", "white"), ("key", "tint"),
    ("white", "key"), ("white", "blue-1000"), ("white", "key-dark"), ("blue-1000", "blue-100"), ("blue-1200", "yellow-300"),
    ("good", "white"), ("good", "good-tint"), ("warn", "white"), ("warn", "warn-tint"), ("bad", "white"), ("white", "bad"),
    ("blue-1000", "blue-50"), ("orange-900", "white"),
]  # fmt: skip
# Borders and marks that carry meaning need 3:1 (1.4.11).
SHAPE_PAIRS = [
    ("field", "white"),
    ("gray-536", "white"),
    ("gray-420", "white"),
    ("key", "gray-100"),
    ("bad", "white"),
    ("green-800", "white"),
    ("yellow-900", "yellow-50"),
]


def colour(name: str) -> tuple[int, int, int]:
    value = DECLARED[name].strip()
    inner = re.fullmatch(r"var\(--([a-z0-9-]+)\)", value)
    if inner:
        return colour(inner.group(1))
    digits = value.removeprefix("#")
    if len(digits) == 3:
        digits = "".join(d * 2 for d in digits)
    return (int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:], 16))


def luminance(rgb: tuple[int, int, int]) -> float:
    linear = [c / 255 / 12.92 if c / 255 <= 0.04045 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in rgb]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(colour(one)), luminance(colour(other))), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_the_measure_itself_gives_21_for_black_on_white() -> None:
    assert luminance((255, 255, 255)) == pytest.approx(1)
    assert luminance((0, 0, 0)) == 0


@pytest.mark.parametrize(("ink", "paper"), TEXT_PAIRS)
def test_words_stand_out_from_what_is_behind_them(ink: str, paper: str) -> None:
    assert contrast(ink, paper) >= 4.5


@pytest.mark.parametrize(("shape", "paper"), SHAPE_PAIRS)
def test_borders_that_mean_something_can_be_seen(shape: str, paper: str) -> None:
    assert contrast(shape, paper) >= 3


def test_every_colour_that_is_used_is_declared() -> None:
    assert set(re.findall(r"var\(--([a-z0-9-]+)\)", CSS)) <= set(DECLARED)


def test_the_style_sheet_is_under_12_kb_on_the_wire() -> None:
    assert len(gzip.compress(CSS.encode(), 9)) < 12 * 1024


def test_nothing_is_fetched_from_elsewhere() -> None:
    assert "@import" not in CSS
    assert "@font-face" not in CSS
    assert all(url.startswith("data:image/svg+xml") for url in re.findall(r'url\("?([^)"]+)', CSS))


def test_preferences_of_the_reader_are_honoured() -> None:
    for wish in (
        "prefers-contrast: more",
        "forced-colors: active",
        "prefers-reduced-motion: no-preference",
        "@media print",
    ):
        assert wish in CSS
