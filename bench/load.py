"""The load generator (負荷の発生): signed-in residents who apply again and again over kept-open connections.

Owns one process with a thread for each user, plain sockets and as little work of its own as possible; it reads a plan
as JSON from standard input and writes what it saw as JSON. Every answer's status is checked, and every receipt kept.
"""

from __future__ import annotations

import contextlib
import gzip
import json
import re
import socket
import sys
import threading
import time
import zlib
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from bench.forms import read_form

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_LOCATION = re.compile(rb"\r\nlocation: *(?:http://[^/\r]*)?([^\r]*)", re.IGNORECASE)
_COOKIE = re.compile(rb"\r\nset-cookie: *([^=;\r]+)=([^;\r]*)", re.IGNORECASE)
_CLOSE = re.compile(rb"\r\nconnection: *close", re.IGNORECASE)
_GZIP = re.compile(rb"\r\ncontent-encoding: *gzip", re.IGNORECASE)
_IDENTIFIER = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d{6,}")
TIMEOUT_SECONDS = 30


class WrongAnswer(Exception):
    """The server answered otherwise than it should; the measurement says nothing."""


@dataclass
class Answer:
    """What came back."""

    status: int
    head: bytes
    body: bytes

    def text(self) -> str:
        """The body in characters."""
        raw = gzip.decompress(self.body) if _GZIP.search(self.head) else self.body
        return raw.decode()

    @property
    def location(self) -> str:
        """Where a redirect leads."""
        found = _LOCATION.search(self.head)
        return found[1].decode() if found else ""


@dataclass
class User:
    """One user: a connection, cookies, the forms already read, and what was measured."""

    address: tuple[str, int]
    cookies: dict[str, str]
    plan: dict[str, Any]
    forms: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    times: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    receipts: list[str] = field(default_factory=list)
    reopened: int = 0
    done: int = 0
    error: str = ""
    wire: socket.socket | None = None

    def request(self, method: str, path: str, kind: str = "", body: bytes = b"") -> Answer:
        """One request and its answer, timed from the first byte sent to the last byte read."""
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        head = (
            f"{method} {path} HTTP/1.1\r\nHost: localhost:{self.address[1]}\r\nCookie: {cookies}\r\n"
            "Accept-Encoding: gzip\r\nAccept: text/html\r\n"
        )
        if body:
            head += f"Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n"
        sent = head.encode("latin-1") + b"\r\n" + body
        began = time.perf_counter()
        answer = self._exchange(sent)
        self.times[method].append(time.perf_counter() - began)
        for name, value in _COOKIE.findall(answer.head):
            self.cookies[name.decode()] = value.decode()
        return answer

    def _exchange(self, sent: bytes) -> Answer:
        for attempt in (1, 2):
            fresh = self.wire is None
            if self.wire is None:
                self.wire = socket.create_connection(self.address, timeout=TIMEOUT_SECONDS)
                self.wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            try:
                self.wire.sendall(sent)
                return self._read()
            except (ConnectionError, EOFError):
                # A kept-open connection that the server closed meanwhile, as browsers meet it too.
                self.close()
                self.reopened += 1
                if fresh or attempt == 2:
                    raise
        raise AssertionError("unreachable")

    def _read(self) -> Answer:
        assert self.wire is not None
        data = b""
        while (end := data.find(b"\r\n\r\n")) < 0:
            piece = self.wire.recv(65536)
            if not piece:
                raise EOFError
            data += piece
        head, body = data[: end + 2], data[end + 4 :]
        length = _LENGTH.search(head)
        if length is None:
            raise WrongAnswer(f"no length: {head[:200]!r}")
        pieces, missing = [body], int(length[1]) - len(body)
        while missing > 0:
            piece = self.wire.recv(65536)
            if not piece:
                raise EOFError
            pieces.append(piece)
            missing -= len(piece)
        if _CLOSE.search(head):
            self.close()
        return Answer(int(head[9:12]), head, b"".join(pieces))

    def close(self) -> None:
        """Hang up."""
        if self.wire is not None:
            self.wire.close()
            self.wire = None

    def apply(self) -> None:
        """One complete application from the start page to the receipt. Raises WrongAnswer."""
        path = self.plan["start"]
        while True:
            page = self.request("GET", path)
            if page.status == 302:
                path = page.location
                continue
            if page.status != 200:
                raise WrongAnswer(f"GET {_IDENTIFIER.sub('…', path)}: {page.status}")
            if path.endswith("/received"):
                self._keep(page, path)
                return
            key = _IDENTIFIER.sub("…", path)
            if key not in self.forms:
                form = read_form(page.text())
                self.forms[key] = form.body(self.plan["answers"], bytes.fromhex(self.plan["file"]))
            kind, body = self.forms[key]
            answer = self.request("POST", path, kind, body)
            if answer.status != 302:
                said = re.findall(r'class="(?:ask-error|errorlist)[^>]*>(.*?)</', answer.text())
                raise WrongAnswer(f"POST {key}: {answer.status} {said[:3]}")
            path = answer.location

    def _keep(self, page: Answer, path: str) -> None:
        number = re.search(self.plan["receipt"], page.text())
        if number is None:
            raise WrongAnswer("the receipt has no number")
        self.receipts.append(number[1])
        self.done += 1

    def run(self, ready: threading.Barrier, seconds: float) -> None:
        """Apply until the time is up; the first application is practice and not counted."""
        try:
            self.apply()
            self.times.clear()
            self.done = 0
            ready.wait()
            until = time.perf_counter() + seconds
            while time.perf_counter() < until:
                self.apply()
        except (
            WrongAnswer,
            OSError,
            EOFError,
            ValueError,
            zlib.error,
            threading.BrokenBarrierError,
        ) as fault:
            self.error = f"{type(fault).__name__}: {fault}"
            ready.abort()
        finally:
            self.close()


def main() -> None:
    """Run the plan of standard input."""
    plan = json.load(sys.stdin)
    users = [User(("127.0.0.1", plan["port"]), dict(cookies), plan) for cookies in plan["users"]]
    ready = threading.Barrier(len(users) + 1)
    threads = [
        threading.Thread(target=user.run, args=(ready, plan["seconds"]), daemon=True) for user in users
    ]
    for thread in threads:
        thread.start()
    with contextlib.suppress(threading.BrokenBarrierError):
        ready.wait(timeout=120)
    began, used = time.perf_counter(), time.process_time()
    for thread in threads:
        thread.join(timeout=plan["seconds"] + 60)
    seconds = time.perf_counter() - began
    receipts = [number for user in users for number in user.receipts]
    json.dump(
        {
            "seconds": seconds,
            "own_processor_seconds": time.process_time() - used,
            "submissions": sum(user.done for user in users),
            "receipts": len(receipts),
            "distinct": len(set(receipts)),
            "reopened": sum(user.reopened for user in users),
            "errors": sorted({user.error for user in users if user.error}),
            "times": {
                method: sorted(t for user in users for t in user.times.get(method, ()))
                for method in ("GET", "POST")
            },
        },
        sys.stdout,
    )


if __name__ == "__main__":
    main()
