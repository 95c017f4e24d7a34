"""A home of its own for each test process, set before Django reads its settings (loaded by `-p tests.city_home`).

Keys, files and databases of a test never mix with those of a real city in var/, nor with another process's.
Owns how seldom such a process looks for garbage, too.
"""

import atexit
import gc
import os
import shutil
from pathlib import Path
from tempfile import mkdtemp

HOME = mkdtemp(prefix="dokodemo-test-")
# Whitenoise warns of a missing one for each of a thousand test clients.
(Path(HOME) / "static").mkdir()
os.environ["DOKODEMO_HOME"] = HOME
os.environ.setdefault("DOKODEMO_SECRET_KEY", "test-only-" + "x" * 50)
for name in (
    "DOKODEMO_PACK",
    "DOKODEMO_BASE_URL",
    "DOKODEMO_ROLE",
    "DOKODEMO_TODAY",
    "DOKODEMO_DEMO",
    "DOKODEMO_PORT",
):
    os.environ.pop(name, None)
atexit.register(shutil.rmtree, HOME, ignore_errors=True)
# Thousands of classes and definitions live until the end: looking through them again and again took 7 % of a run.
gc.set_threshold(100_000, 20, 100)


def pytest_collection_finish() -> None:
    """What is there before the first test is never looked through."""
    gc.collect()
    gc.freeze()
