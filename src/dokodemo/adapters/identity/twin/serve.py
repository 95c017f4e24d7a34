"""Starts the sign-in twin (試験用): its tables first, then its server in the same process.

Run as `python -m dokodemo.adapters.identity.twin.serve PORT`. Never runs where a real provider is set.
"""

import sys

from dokodemo.adapters.identity.twin.prepare import main as prepare
from dokodemo.adapters.web.serve import serve


def main(port: str) -> None:
    """Prepare, then serve with one worker, since grants live in its memory."""
    prepare()
    serve("dokodemo.adapters.identity.twin.wsgi", port=int(port), workers=1, threads=8)


if __name__ == "__main__":
    main(sys.argv[1])
