"""What every test may use."""

from pathlib import Path

import pytest
from hypothesis import settings

# A busy machine must not decide whether a law is right.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")

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
