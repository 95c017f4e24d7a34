"""Memory given back to the system (メモリの返却).

Owns the one call to the C library. Never decides when: whoever has just loaded much, and serves from then on, does.
"""

import ctypes


def give_back() -> None:
    """Return to the system what the allocator holds and nothing uses; does nothing where the C library has no such call.

    Loading the application leaves an eighth of its memory in holes that would stay with the process, and be copied
    into every process forked from it (malloc_trim(3), glibc).
    """
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
