"""What every test may use."""

import os
from pathlib import Path
from tempfile import mkdtemp

import pytest

# A city of its own for each test run: keys, files and database never mix with a real one.
os.environ["DOKODEMO_HOME"] = mkdtemp(prefix="dokodemo-test-")
os.environ.setdefault("DOKODEMO_SECRET_KEY", "test-only-" + "x" * 50)
os.environ.setdefault("DOKODEMO_PACK", "arao")
os.environ.setdefault("DOKODEMO_BASE_URL", "http://localhost:8000")

PROJECT = Path(__file__).resolve().parents[1]
SHARED = PROJECT.parent / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of reference data beside the project; a visible skip where it is absent."""
    if not SHARED.is_dir():
        pytest.skip("reference data is absent: put the folder `shared` beside the project")
    return SHARED


@pytest.fixture(scope="session")
def project() -> Path:
    """The root of the repository."""
    return PROJECT


@pytest.fixture(scope="session", autouse=True)
def key_ring() -> None:
    """Keys for this run's encrypted fields."""
    from dokodemo.kernel.crypto import ensure_key_ring

    ensure_key_ring()
