"""The city's settings with short waits, for workers that are killed on purpose. Everything else stays as it is."""

from dokodemo.entry.server.settings import *  # noqa: F403
from dokodemo.entry.server.settings import TASKS

TASKS["default"]["OPTIONS"] |= {
    "LOCK_TIMEOUT": 2,
    "BACKOFF_INITIAL": 0.2,
    "BACKOFF_MAX": 0.5,
    "MAX_ATTEMPTS": 3,
}
