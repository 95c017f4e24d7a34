"""`bench pages`: what each public page weighs, and how long the server takes for it (公開ページの軽さ).

Owns the list of pages and their table. A page's weight is everything a first visit fetches: the HTML as it is sent,
and each style sheet, picture and script it names, compressed as they are sent.
"""

from __future__ import annotations

import gzip
import http.client
import re
import time
from typing import Any

from bench.city import WSGI, NotMeasured, Served, city, tell
from bench.processes import command_of, descendants, load_average, seconds_of

TIMES, QUICK_TIMES = 60, 3
MOST_BYTES = 60_000
MOST_MS = 40
LANGUAGES = ("ja", "easy", "en")
FIXED = (
    "/",
    "/search?q=%E5%AD%90%E3%81%A9%E3%82%82%E3%81%8C%E7%94%9F%E3%81%BE%E3%82%8C%E3%81%9F",
    "/search?q=%E3%81%82",
    "/procedures/",
    "/sign-in",
    "/verify",
    "/plan",
    "/accessibility",
    "/privacy",
)
_PROCEDURE = re.compile(r'href="(/procedures/[a-z0-9-]+/)"')
_NEEDED = re.compile(
    r'<(?:link[^>]*rel="(?:stylesheet|icon)"[^>]*href|img[^>]*src|script[^>]*src)="(/[^"]+)"'
)
_SCRIPT = re.compile(r"<script\b|\son[a-z]+=\"", re.IGNORECASE)


def measure(*, quick: bool = False) -> dict[str, Any]:
    """Every public page of a throw-away city in its three languages."""
    with city(pack="arao", database="", residents=100) as served:
        visit = _Visit(served)
        listed = visit.get("/procedures/", "ja")[2]
        found = sorted(set(_PROCEDURE.findall(listed)))
        tell(f"  {len(FIXED) + len(found)} pages, {len(LANGUAGES)} languages, load {load_average():.1f}")
        pages = [
            _page(visit, path, lang, QUICK_TIMES if quick else TIMES)
            for path in (*FIXED, *found)
            for lang in LANGUAGES
        ]
    return {
        "quick": quick,
        "targets": {"bytes": MOST_BYTES, "server_p95_ms": MOST_MS},
        "load_average_after": load_average(),
        "pages": pages,
    }


class _Visit:
    """A visitor with one kept-open connection and no cookies but the language."""

    def __init__(self, served: Served) -> None:
        self.wire = http.client.HTTPConnection("127.0.0.1", served.port, timeout=30)
        self.weights: dict[str, int] = {}
        self.servers = [pid for pid in descendants(served.root) if WSGI in command_of(pid)]

    def get(self, path: str, lang: str) -> tuple[float, int, str]:
        """Seconds, bytes of the body as sent, and the text of a page. Raises NotMeasured."""
        headers = {"Accept-Encoding": "gzip", "Cookie": f"dokodemo_language={lang}", "Host": "localhost"}
        began = time.perf_counter()
        self.wire.request("GET", path, headers=headers)
        answer = self.wire.getresponse()
        body = answer.read()
        seconds = time.perf_counter() - began
        if answer.status != 200:
            raise NotMeasured(f"{path} answers {answer.status}")
        plain = gzip.decompress(body) if answer.headers.get("Content-Encoding") == "gzip" else body
        return seconds, len(body), plain.decode()

    def weight(self, path: str) -> int:
        """Bytes of a style sheet or picture as sent."""
        if path not in self.weights:
            self.weights[path] = self.get(path, "ja")[1]
        return self.weights[path]


def _page(visit: _Visit, path: str, lang: str, times: int) -> dict[str, Any]:
    _, own, html = visit.get(path, lang)
    before = seconds_of(visit.servers)
    seconds = sorted(visit.get(path, lang)[0] for _ in range(times))
    used = seconds_of(visit.servers) - before
    needed = sorted(set(_NEEDED.findall(html)))
    total = own + sum(visit.weight(name) for name in needed)
    p95 = round(1000 * seconds[int(0.95 * len(seconds))], 1)
    return {
        "path": path,
        "language": lang,
        "html_bytes": own,
        "html_bytes_plain": len(html.encode()),
        "total_bytes": total,
        "files": len(needed),
        "scripts": len(_SCRIPT.findall(html)),
        "server_p50_ms": round(1000 * seconds[len(seconds) // 2], 1),
        "server_p95_ms": p95,
        "server_cpu_ms": round(1000 * used / times, 1),
        "within_targets": total < MOST_BYTES and p95 < MOST_MS,
    }


def table(result: dict[str, Any]) -> str:
    """The pages as lines, the heaviest first."""
    lines = [
        f"bench pages: at most {MOST_BYTES:,} bytes in all and {MOST_MS} ms of server time (p95); "
        f"load average {result['load_average_after']:.1f}",
        f"{'path':<44} {'lang':<5} {'HTML':>7} {'in all':>7} {'files':>5} {'scripts':>7} "
        f"{'p50 ms':>7} {'p95 ms':>7} {'CPU ms':>7}",
    ]
    lines += [_line(page) for page in sorted(result["pages"], key=lambda page: -page["total_bytes"])]
    return "\n".join(lines)


def _line(page: dict[str, Any]) -> str:
    return (
        f"{page['path'][:44]:<44} {page['language']:<5} {page['html_bytes']:>7,} {page['total_bytes']:>7,} "
        f"{page['files']:>5} {page['scripts']:>7} {page['server_p50_ms']:>7.1f} {page['server_p95_ms']:>7.1f} "
        f"{page['server_cpu_ms']:>7.1f}{'' if page['within_targets'] else '  above'}"
    )
