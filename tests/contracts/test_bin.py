"""How the commands in bin/ find a Python and uv on machines of all kinds, with a PATH made for the purpose."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

SHOW = 'source "{lib}"; printf "%s\\n%s\\n" "$PYTHON" "$UV"'
REAL = f'#!/bin/sh\nexec "{sys.executable}" "$@"\n'
SHIM = '#!/bin/sh\necho "pyenv: version 3.11 is not installed" >&2\nexit 127\n'
OLD = "#!/bin/sh\nexit 1\n"
UV = '#!/bin/sh\necho "uv 0.9"\n'
BROKEN = "#!/bin/sh\nexit 126\n"
# What the script itself calls, beside Python and uv.
TOOLS = ("bash", "dirname", "sh")
pytestmark = pytest.mark.once


class Machine:
    """A PATH with nothing on it but what a test puts there, an empty home, and no private tools."""

    def __init__(self, folder: Path, project: Path) -> None:
        self.path, self.home, self.tools = folder / "bin", folder / "home", folder / "tools"
        for place in (self.path, self.home):
            place.mkdir()
        # The script also looks at fixed places of the system, which a test must not depend on: it is read without them.
        text = (project / "bin" / "lib.sh").read_text()
        assert " /usr/local/bin/python3.1[2-9] /opt/homebrew/bin/python3.1[2-9]" in text
        (folder / "project" / "bin").mkdir(parents=True)
        self.lib = folder / "project" / "bin" / "lib.sh"
        self.lib.write_text(
            text.replace(" /usr/local/bin/python3.1[2-9] /opt/homebrew/bin/python3.1[2-9]", "")
        )
        for tool in TOOLS:
            (self.path / tool).symlink_to(Path("/bin") / tool if tool != "dirname" else "/usr/bin/dirname")

    def put(self, name: str, script: str, *, where: Path | None = None) -> Path:
        """A program of that name."""
        program = (where or self.path) / name
        program.parent.mkdir(parents=True, exist_ok=True)
        program.write_text(script)
        program.chmod(0o755)
        return program

    def show(self, then: str = "") -> subprocess.CompletedProcess[str]:
        """Source the file, print what it found, and go on."""
        return subprocess.run(
            [self.path / "bash", "-c", f"{SHOW.format(lib=self.lib)}\n{then}"],
            env={
                "PATH": str(self.path),
                "HOME": str(self.home),
                "DOKODEMO_TOOLS": str(self.tools),
                "PYTHONDONTWRITEBYTECODE": "1",
            },
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )


@pytest.fixture
def machine(tmp_path: Path, project: Path) -> Machine:
    """A machine with a shell and nothing else."""
    return Machine(tmp_path, project)


def test_a_machine_without_python_is_told_what_to_install(machine: Machine) -> None:
    said = machine.show()
    assert said.returncode == 3
    assert "Dokodemo needs Python 3.12 or later and found none." in said.stderr
    for remedy in ("sudo apt install python3 python3-venv", "brew install python@3.13", "pyenv install 3.13"):
        assert remedy in said.stderr


def test_a_python_that_is_too_old_counts_as_none(machine: Machine) -> None:
    machine.put("python3", OLD)
    assert machine.show().returncode == 3


def test_a_shim_that_refuses_is_passed_over(machine: Machine) -> None:
    for name in ("python3.13", "python3.14", "python3.12"):
        machine.put(name, SHIM)
    machine.put("python3", REAL)
    machine.put("uv", UV)
    said = machine.show()
    assert said.returncode == 0, said.stderr
    assert said.stdout.splitlines() == [sys.executable, "uv"]


def test_what_python_compiled_is_kept_although_the_machine_says_otherwise(machine: Machine) -> None:
    machine.put("python3", REAL)
    machine.put("uv", UV)
    said = machine.show('echo "${PYTHONDONTWRITEBYTECODE-kept}"')
    assert said.stdout.splitlines()[-1] == "kept"


def test_behind_refusing_shims_a_python_that_pyenv_installed_is_found(machine: Machine) -> None:
    for name in ("python3.13", "python3", "python"):
        machine.put(name, SHIM)
    machine.put("python3", REAL, where=machine.home / ".pyenv" / "versions" / "3.13.1" / "bin")
    machine.put("uv", UV)
    said = machine.show()
    assert said.returncode == 0, said.stderr
    assert said.stdout.splitlines()[0] == sys.executable


def test_a_broken_uv_gives_way_to_the_private_one(machine: Machine) -> None:
    machine.put("python3", REAL)
    machine.put("uv", BROKEN)
    private = machine.put("uv", UV, where=machine.tools / "bin")
    said = machine.show()
    assert said.returncode == 0, said.stderr
    assert said.stdout.splitlines()[1] == str(private)
    assert "Installing uv" not in said.stderr


def test_without_uv_one_is_installed_into_the_private_folder(machine: Machine) -> None:
    # This Python makes the environment's folder, and its pip is a note of what it was asked for.
    fake = (
        '#!/bin/sh\ncase "$*" in\n'
        '  *"-m venv"*) /bin/mkdir -p "$3/bin"; /bin/cp "$0" "$3/bin/python" ;;\n'
        '  *"-m pip install"*) echo "pip: $*" >&2 ;;\n'
        f'  *) exec "{sys.executable}" "$@" ;;\nesac\n'
    )
    machine.put("python3", fake)
    # find_python prints the executable behind the name, which must be the fake one here.
    machine.lib.write_text(
        machine.lib.read_text().replace("print(sys.executable)", f'print("{machine.path / "python3"}")')
    )
    said = machine.show()
    assert said.returncode == 0, said.stderr
    assert said.stdout.splitlines()[1] == str(machine.tools / "bin" / "uv")
    assert "Installing uv for this project" in said.stderr
    assert "pip: -m pip install --quiet --disable-pip-version-check uv" in said.stderr


def test_a_python_without_venv_says_which_package_brings_it(machine: Machine) -> None:
    fake = f'#!/bin/sh\ncase "$*" in *"-m venv"*) exit 1 ;; *) exec "{sys.executable}" "$@" ;; esac\n'
    machine.put("python3", fake)
    machine.lib.write_text(
        machine.lib.read_text().replace("print(sys.executable)", f'print("{machine.path / "python3"}")')
    )
    said = machine.show()
    assert said.returncode == 4
    assert "sudo apt install python3-venv" in said.stderr


def test_without_a_network_the_missing_uv_ends_with_the_remedy(machine: Machine) -> None:
    fake = (
        '#!/bin/sh\ncase "$*" in\n'
        '  *"-m venv"*) /bin/mkdir -p "$3/bin"; /bin/cp "$0" "$3/bin/python" ;;\n'
        '  *"-m pip install"*) echo "No matching distribution" >&2; exit 1 ;;\n'
        f'  *) exec "{sys.executable}" "$@" ;;\nesac\n'
    )
    machine.put("python3", fake)
    machine.lib.write_text(
        machine.lib.read_text().replace("print(sys.executable)", f'print("{machine.path / "python3"}")')
    )
    said = machine.show(then="echo went on")
    assert said.returncode == 4
    assert "uv could not be installed. Is this machine on the network?" in said.stderr
    assert "went on" not in said.stdout


def test_the_first_time_packages_are_brought_is_announced_and_shows_progress(machine: Machine) -> None:
    machine.put("python3", REAL)
    machine.put("uv", '#!/bin/sh\n[ "$1" = --version ] || echo "uv $*" >&2\n')
    first = machine.show(then="sync --no-dev").stderr
    assert first.index("Bringing the packages Dokodemo stands on") < first.index("uv sync --locked --python")
    machine.put("dokodemo", OLD, where=machine.lib.parents[1] / ".venv" / "bin")
    later = machine.show(then="sync --no-dev").stderr
    assert "Bringing" not in later
    assert "uv sync --locked --quiet --python" in later


def test_packages_that_cannot_be_brought_end_with_the_remedy(machine: Machine) -> None:
    machine.put("python3", REAL)
    machine.put("uv", '#!/bin/sh\n[ "$1" = --version ]\n')
    said = machine.show(then="sync\necho went on")
    assert said.returncode == 5
    assert "The packages could not be brought. Is this machine on the network?" in said.stderr
    assert "went on" not in said.stdout
