"""Starts the sign-in twin (試験用): its tables first, then its server in the same process.

Run as `python -m dokodemo.adapters.identity.twin.serve PORT`. Never runs where a real provider is set.
"""

import os
import sys

from dokodemo.adapters.identity.twin.prepare import main as prepare


def main(port: str) -> None:
    """Prepare, then become gunicorn: one process, since grants live in its memory."""
    prepare()
    command = [
        *(
            sys.executable,
            "-m",
            "gunicorn",
            "dokodemo.adapters.identity.twin.wsgi",
            "--bind",
            f"127.0.0.1:{port}",
        ),
        *("--workers", "1", "--threads", "8", "--worker-class", "gthread", "--log-level", "warning"),
    ]
    os.execv(sys.executable, command)  # noqa: S606 - the command is our own


if __name__ == "__main__":
    main(sys.argv[1])
