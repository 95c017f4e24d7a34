"""What every screen must be (アクセシビリティ): nothing found by axe, nothing cut off, nothing scrolling sideways.

A screen is reached once. Where it stands it is seen in Japanese, plain Japanese and English, at 320 and 1280 pixels and
with text of twice the size, so that no journey is walked again for another language or width. A folder named by
DOKODEMO_SCREENSHOTS gets a picture of each; without one none is taken, since that is a third of the time.
"""

from __future__ import annotations

import base64
import os
import re
import shutil
import subprocess
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit
from uuid import uuid4

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import BrowserContext, CDPSession, Page

NARROW, WIDE = 320, 1280
HEIGHT = 900
# In a window of 640 pixels, text of twice the size leaves the room of a telephone.
LARGE_TEXT_AT = (1280, 640)
LANGS = ("ja", "easy", "en")
# Where axe looks, which is most of the time a screen takes: each language and each width, but not each pair of them, for
# a page is the same tree in every language. Plain Japanese is tightest on a telephone, English at a desk.
RULES_AT = {"ja": (NARROW, WIDE), "easy": (NARROW,), "en": (WIDE,)}
HTML_LANG = {"ja": "ja", "easy": "ja", "en": "en"}
COOKIE = "dokodemo_language"
# What cannot be shown says so under whatever address was asked for.
NOT_SHOWN = r"not-found|.*-not-for-|csrf|fault-|kept"
UUID = r"[0-9a-f]{8}-[0-9a-f-]{27}"
# How a screen comes again in another language: by its address, by sending the same form once more, or not at all.
type Again = Literal["load", "send", "never"]
# Best-practice rules of axe are looked at too; nothing is switched off, and the size of targets (WCAG 2.2) is switched on.
AXE = "() => axe.run({resultTypes: ['violations'], rules: {'target-size': {enabled: true}}}).then(r => r.violations)"
TOO_WIDE = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
# Words that a box cuts off: hidden on purpose is what is one pixel small.
CUT_OFF = """() => [...document.querySelectorAll('body *')].filter(e => {
  const style = getComputedStyle(e);
  return !e.matches('input, textarea, select') && e.clientWidth > 1 && e.scrollWidth > e.clientWidth + 1
    && style.display !== 'inline' && ['hidden', 'clip'].includes(style.overflowX) && style.position !== 'absolute';
}).map(e => e.tagName.toLowerCase() + '.' + e.className).slice(0, 4)"""
TEXT_SIZE = "size => { document.documentElement.style.fontSize = size }"


def picture_folder() -> Path | None:
    """Where pictures go; None when nobody asked for them."""
    named = os.environ.get("DOKODEMO_SCREENSHOTS", "")
    return Path(named) if named else None


@dataclass
class Screens:
    """Looks at screens and remembers what was wrong with which."""

    folder: Path | None
    # Each title's address, one file each: all the browsers of a run, in processes of their own, share this folder.
    titles: Path
    seen: set[str] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        if self.folder is not None:
            self.folder.mkdir(parents=True, exist_ok=True)
        self.titles.mkdir(parents=True, exist_ok=True)

    def speak(self, context: BrowserContext, lang: str) -> None:
        """Remember a language in this browser."""
        context.add_cookies([{"name": COOKIE, "value": lang, "domain": "localhost", "path": "/"}])

    def look(self, page: Page, name: str, *, again: Again = "load") -> None:
        """Judge a screen once, as it stands and then in the other languages; ends in the language it began with."""
        if name in self.seen:
            return
        self.seen.add(name)
        address = page.url.partition("#")[0]
        first = self.spoken(page.context)
        # Left to end with its page: to detach it would take away the passkeys of a window that has some.
        camera = page.context.new_cdp_session(page)
        self._judge(page, camera, name, first)
        if again != "never":
            for lang in (*(other for other in LANGS if other != first), first):
                self.speak(page.context, lang)
                if again == "load":
                    page.goto(address)
                else:
                    page.reload()
                if lang != first:
                    self._judge(page, camera, name, lang)

    @staticmethod
    def spoken(context: BrowserContext) -> str:
        """The language this browser remembers."""
        kept = [cookie["value"] for cookie in context.cookies() if cookie["name"] == COOKIE]
        return kept[0] if kept else "ja"

    def _judge(self, page: Page, camera: CDPSession, name: str, lang: str) -> None:
        wrong: list[str] = []
        spoken = page.locator("html").get_attribute("lang")
        if spoken != HTML_LANG[lang]:
            wrong.append(f"the page's lang is {spoken}")
        wrong += self._title(page, name, lang)
        page.evaluate(TEXT_SIZE, "200%")
        for width in LARGE_TEXT_AT:
            page.set_viewport_size({"width": width, "height": HEIGHT})
            wrong += self._measure(page, f"{width} with text of twice the size")
        page.evaluate(TEXT_SIZE, "")
        page.evaluate(AXE_SCRIPT)
        for width in (NARROW, WIDE):
            page.set_viewport_size({"width": width, "height": HEIGHT})
            wrong += self._measure(page, str(width))
            if width in RULES_AT[lang]:
                wrong += self._violations(page, width)
            if self.folder is not None:
                self._picture(page, camera, self.folder / _file(f"{name}.{lang}.{width}"), width)
        self.wrong += [f"{name} [{lang}]: {line}" for line in wrong]

    def _title(self, page: Page, name: str, lang: str) -> list[str]:
        """Each address has a title of its own in each language."""
        title = page.title().strip()
        if not title:
            return ["the page has no title"]
        if re.match(NOT_SHOWN, name):
            return []
        address = re.sub(UUID, "…", urlsplit(page.url).path)
        ours = self.titles / f"{os.getpid()}.{uuid4()}"
        ours.write_text(address, encoding="utf-8")
        kept = self.titles / sha256(f"{lang} {title}".encode()).hexdigest()
        try:
            # A link is there whole or not at all, whichever process comes first.
            kept.hardlink_to(ours)
        except FileExistsError:
            other = kept.read_text(encoding="utf-8")
            return [f"its title is also that of {other}: {title}"] if other != address else []
        return []

    @staticmethod
    def _measure(page: Page, where: str) -> list[str]:
        over, cut = page.evaluate(TOO_WIDE), page.evaluate(CUT_OFF)
        return [f"{over} px too wide at {where}"] * (over > 0) + [
            f"{one} is cut off at {where}" for one in cut
        ]

    @staticmethod
    def _violations(page: Page, width: int) -> list[str]:
        found: list[dict[str, Any]] = page.evaluate(AXE)
        return [
            f"{rule['id']} ({rule['impact']}): {rule['help']} at {width}: "
            + "; ".join(" ".join(map(str, node["target"])) for node in rule["nodes"][:4])
            for rule in found
        ]

    @staticmethod
    def _picture(page: Page, camera: CDPSession, file: Path, width: int) -> None:
        """The whole page, asked of the browser itself: half the time of a picture by Playwright."""
        height = page.evaluate("document.documentElement.scrollHeight")
        shot = camera.send(
            "Page.captureScreenshot",
            {
                "format": "png",
                "captureBeyondViewport": True,
                "optimizeForSpeed": True,
                "clip": {"x": 0, "y": 0, "width": width, "height": height, "scale": 1},
            },
        )
        file.write_bytes(base64.b64decode(shot["data"]))

    def keep_letter(self, letter: Path, name: str) -> None:
        """A picture of each page of a letter, where poppler is there to draw it."""
        if self.folder is not None and shutil.which("pdftoppm") is not None:
            subprocess.run(
                ["pdftoppm", "-r", "80", "-png", letter, self.folder / f"letter-{name}"],
                check=True,
                timeout=60,
            )


def _file(name: str) -> str:
    return re.sub(r"[^a-z0-9.-]+", "-", name) + ".png"
