"""A relay on this machine for tests: it speaks as much SMTP as is needed and answers RCPT as it is told."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class Talk(socketserver.StreamRequestHandler):
    """One conversation."""

    server: Any

    def handle(self) -> None:
        """Answer line by line; what was taken is kept with its envelope."""
        self.server.calls += 1
        self._say("220 relay")
        envelope = ""
        for line in self.rfile:
            said = line.decode().strip()
            word = said[:4].upper()
            if word == "DATA":
                self._say("354 go on")
                self._take(envelope)
            elif word == "RCPT":
                envelope = said
                self._hang("RCPT")
                answer = next((text for name, text in self.server.answers.items() if name in said), "250 ok")
                self._say(answer)
            elif word == "QUIT":
                self._say("221 bye")
                return
            else:
                self._say("250 ok")

    def _take(self, envelope: str) -> None:
        lines = []
        for line in self.rfile:
            if line == b".\r\n":
                break
            lines.append(line)
        self.server.taken.append((envelope, b"".join(lines)))
        self._hang("DATA")
        self._say("250 taken")

    def _hang(self, word: str) -> None:
        """Say nothing more, where the test wants a sender to wait at this word."""
        if self.server.hangs_at == word:
            self.server.hanging.set()
            self.server.go_on.wait(60)

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


@contextmanager
def relay(answers: dict[str, str] | None = None) -> Iterator[Any]:
    """A running relay: `port`, `taken` (envelope, bytes), `calls`; `answers` to RCPT by a part of the address.

    `hangs_at` RCPT or DATA it says nothing more, sets `hanging` and waits for `go_on`.
    """
    server: Any = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Talk)
    server.daemon_threads = True
    server.taken, server.calls, server.answers = [], 0, answers or {}
    server.hangs_at, server.hanging, server.go_on = "", threading.Event(), threading.Event()
    server.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.go_on.set()
        server.shutdown()
        server.server_close()
        thread.join()
