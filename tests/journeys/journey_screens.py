"""What every screen must be (アクセシビリティ): nothing found by axe, nothing that scrolls sideways, a picture to look at.

A screen is looked at in the three languages, at 320 and 1280 pixels; the pictures go to tests/journeys/screens.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page

NARROW, WIDE = {"width": 320, "height": 800}, {"width": 1280, "height": 900}
LANGS = ("ja", "easy", "en")
HTML_LANG = {"ja": "ja", "easy": "ja", "en": "en"}
COOKIE = "dokodemo_language"
# Best-practice rules of axe are looked at too; nothing is switched off.
AXE = {"resultTypes": ["violations"]}
TOO_WIDE = """() => document.documentElement.scrollWidth - document.documentElement.clientWidth"""


@dataclass
class Screens:
    """Looks at screens and remembers what was wrong with which."""

    folder: Path
    pictures: bool = True
    seen: dict[str, str] = field(default_factory=dict)
    titles: dict[tuple[str, str], str] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self._axe = Axe()

    def speak(self, context: BrowserContext, lang: str) -> None:
        """Remember a language in this browser."""
        context.add_cookies([{"name": COOKIE, "value": lang, "domain": "localhost", "path": "/"}])

    def look(self, page: Page, name: str, *, again: bool) -> None:
        """Judge a screen as it stands; with `again` also in the other languages, loaded anew. Ends in Japanese."""
        if name in self.seen:
            return
        address = page.url.partition("#")[0]
        self.seen[name] = address
        if not again:
            self._judge(page, name, self._lang(page))
            return
        for lang in LANGS:
            self.speak(page.context, lang)
            page.goto(address)
            self._judge(page, name, lang)
        self.speak(page.context, "ja")
        page.goto(address)

    @staticmethod
    def _lang(page: Page) -> str:
        kept = [c["value"] for c in page.context.cookies() if c["name"] == COOKIE]
        return kept[0] if kept else "ja"

    def _judge(self, page: Page, name: str, lang: str) -> None:
        where = f"{name} [{lang}]"
        if page.locator("html").get_attribute("lang") != HTML_LANG[lang]:
            self.wrong.append(f"{where}: the page's lang is {page.locator('html').get_attribute('lang')}")
        self.titles[name, lang] = page.title()
        for size in (NARROW, WIDE):
            page.set_viewport_size(size)  # type: ignore[arg-type]
            over = page.evaluate(TOO_WIDE)
            if over > 0:
                self.wrong.append(f"{where}: {over} px too wide at {size['width']}")
            if self.pictures:
                file = self.folder / f"{re.sub(r'[^a-z0-9-]+', '-', name)}.{lang}.{size['width']}.png"
                page.screenshot(path=file, full_page=True, animations="disabled")
        self.wrong.extend(f"{where}: {line}" for line in self._violations(page))

    def _violations(self, page: Page) -> list[str]:
        found = self._axe.run(page, options=AXE).response["violations"]
        return [
            f"{rule['id']} ({rule['impact']}): {rule['help']} at "
            + "; ".join(" ".join(map(str, node["target"])) for node in rule["nodes"][:4])
            for rule in found
        ]
