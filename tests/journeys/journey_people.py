"""People of the journeys: residents who choose a card, staff with password and authenticator, each with a browser."""

from __future__ import annotations

import base64
import hmac
import io
import re
import struct
import time
from functools import cache

from journey_city import City
from journey_screens import Again, Screens
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Locator, Page

STEP_SECONDS = 30


@cache
def photo(text: str = "photo") -> bytes:
    """A small photo; different words make a different picture."""
    out = io.BytesIO()
    Image.new("RGB", (64, 48), f"#{abs(hash(text)) % 0xFFFFFF:06x}").save(out, "JPEG")
    return out.getvalue()


def one_time_code(secret: str, at: float) -> str:
    """What an authenticator app shows at a moment (RFC 6238, six digits, SHA-1)."""
    padded = secret.replace(" ", "").upper()
    key = base64.b32decode(padded + "=" * (-len(padded) % 8))
    digest = hmac.digest(key, struct.pack(">Q", int(at) // STEP_SECONDS), "sha1")
    start = digest[-1] & 15
    number = struct.unpack(">I", digest[start : start + 4])[0] & 0x7FFFFFFF
    return f"{number % 10**6:06d}"


class Visitor:
    """Somebody with a browser window."""

    def __init__(self, city: City, context: BrowserContext, screens: Screens) -> None:
        self.city, self.context, self.screens = city, context, screens
        self.page = context.new_page()
        self.page.set_default_timeout(15_000)

    def go(self, path: str) -> Page:
        """Open an address of the city."""
        self.page.goto(self.city.address + path)
        return self.page

    def look(self, name: str, *, again: Again = "load") -> None:
        """Hold this screen against everything a screen must be; `again` says how it comes in the other languages."""
        self.screens.look(self.page, name, again=again)

    def click(self, what: str | Locator) -> None:
        """Click the first such thing and wait for the page it leads to."""
        found = self.page.locator(what) if isinstance(what, str) else what
        with self.page.expect_navigation():
            found.first.click()

    def press(self, words: str | re.Pattern[str]) -> None:
        """Press the button that says this."""
        self.click(self.page.get_by_role("button", name=words))

    def follow(self, words: str | re.Pattern[str]) -> None:
        """Follow the first link that says this."""
        self.click(self.page.get_by_role("link", name=words))

    def speak(self, lang: str) -> None:
        """Choose a language, as the switch would remember it."""
        self.screens.speak(self.context, lang)

    def box(self, name: str) -> Locator:
        """The input with this name."""
        return self.page.locator(f'[name="{name}"]')

    def fill(self, **texts: str) -> None:
        """Type into boxes; `__` stands for the dot of a name."""
        for name, text in texts.items():
            self.box(name.replace("__", ".")).fill(text)

    def choose(self, name: str, value: str) -> None:
        """Tick one of the answers to a question."""
        self.page.locator(f'[name="{name}"][value="{value}"]').check()

    def attach(self, name: str, *words: str) -> None:
        """Choose photos for a file box."""
        files = [{"name": f"{word}.jpg", "mimeType": "image/jpeg", "buffer": photo(word)} for word in words]
        self.box(name).set_input_files(files)

    def says(self) -> str:
        """The words of the page's main part."""
        return self.page.locator("main").inner_text()

    def heading(self) -> str:
        """The page's first heading."""
        return self.page.locator("h1").first.inner_text()

    def leave(self) -> None:
        """Close the window."""
        self.context.close()


class Resident(Visitor):
    """A resident with a card of the sign-in twin."""

    def sign_in(self, card: str, *, after: str = "/my/") -> None:
        """Through the portal's door, the twin's card reader, and back."""
        self.go(f"/sign-in?next={after}")
        self.click("main form button")
        if not self.page.locator(f'button[value="{card}"]').count():
            self.page.locator("#q").fill(card)
            self.click("form[role=search] button")
        self.click(f'button[value="{card}"]')

    def next(self) -> None:
        """Save the page and go on."""
        self.click("form#apply .buttons button.button")

    def step(self) -> str:
        """The address of the page being filled."""
        return self.page.url.removeprefix(self.city.address).partition("#")[0]


class Clerk(Visitor):
    """A member of staff."""

    def sign_in(self, username: str) -> str:
        """Password first, then set up the authenticator and enter its code; returns its secret."""
        self.go("/office/")
        self.page.wait_for_url("**/accounts/login/**")
        self.box("login").fill(username)
        self.box("password").fill(self.city.password(username))
        self.click("main form button")
        if "2fa" not in self.page.url:
            self.go("/accounts/2fa/totp/activate/")
        elif "totp" not in self.page.url:
            self.click('a[href*="totp/activate"]')
        secret = self.page.locator("code").first.inner_text().strip()
        self.box("code").fill(one_time_code(secret, time.time()))
        self.click("main form button.button")
        self.go("/office/")
        return secret

    def open_case(self, number: str) -> None:
        """Find a case by its receipt number."""
        self.go("/office/inbox")
        self.fill(number=number)
        self.click("form.by-number button")

    def submit_form(self, form: str) -> None:
        """Send the form with this id."""
        self.click(f"form#{form} button:not([formaction])")


class Town:
    """Hands out people, each with a window of their own, and remembers who of the staff has signed in."""

    def __init__(self, city: City, browser: Browser, screens: Screens) -> None:
        self.city, self.browser, self.screens = city, browser, screens
        self._sessions: dict[str, object] = {}
        self._open: list[Visitor] = []

    def _context(self, **options: object) -> BrowserContext:
        return self.browser.new_context(locale="ja-JP", timezone_id="Asia/Tokyo", **options)  # type: ignore[arg-type]

    def visitor(self, **options: object) -> Visitor:
        """Somebody not signed in."""
        return self._keep(Visitor(self.city, self._context(**options), self.screens))

    def resident(self, card: str | None = None, *, after: str = "/my/", **options: object) -> Resident:
        """A resident, signed in with a card when one is named."""
        found = Resident(self.city, self._context(**options), self.screens)
        if card is not None:
            found.sign_in(card, after=after)
        return self._keep(found)

    def clerk(self, username: str) -> Clerk:
        """A member of staff, at the office's first page."""
        kept = self._sessions.get(username)
        found = Clerk(self.city, self._context(**({"storage_state": kept} if kept else {})), self.screens)
        if kept is None:
            found.sign_in(username)
            self._sessions[username] = found.context.storage_state()
        else:
            found.go("/office/")
        return self._keep(found)

    def _keep[V: Visitor](self, visitor: V) -> V:
        self._open.append(visitor)
        return visitor

    def close_windows(self) -> None:
        """Everybody goes home."""
        for visitor in self._open:
            visitor.leave()
        self._open.clear()
