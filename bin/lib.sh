# What every command in bin/ begins with: the project's folder, a Python, uv, the locked packages.
# Sourced, never run. Installs nothing outside the project's own folders.
set -euo pipefail
PROJECT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
cd "$PROJECT"
# Images that forbid it mean programs that run once; a city that compiles itself at each start starts twice as slowly.
unset PYTHONDONTWRITEBYTECODE
export UV_PROJECT_ENVIRONMENT="${UV_PROJECT_ENVIRONMENT:-$PROJECT/.venv}"
TOOLS="${DOKODEMO_TOOLS:-$PROJECT/.venv-tools}"

say() { printf '%s\n' "$*" >&2; }

# A Python of 3.12 or later that really runs: a pyenv shim may exist and still refuse in this folder.
find_python() {
  local candidate found
  for candidate in python3.13 python3.14 python3.12 python3 python \
    "$HOME"/.pyenv/versions/3.1[2-9]*/bin/python3 /usr/local/bin/python3.1[2-9] /opt/homebrew/bin/python3.1[2-9]; do
    if found="$("$candidate" -c 'import sys; print(sys.executable); sys.exit(sys.version_info < (3, 12))' 2>/dev/null)"; then
      echo "$found"
      return 0
    fi
  done
  return 1
}

# uv as found on the machine, or our own copy in a private environment (PEP 668 protects the system's).
find_uv() {
  if uv --version >/dev/null 2>&1; then
    echo "uv"
  elif [ -x "$TOOLS/bin/uv" ] && "$TOOLS/bin/uv" --version >/dev/null 2>&1; then
    echo "$TOOLS/bin/uv"
  else
    say "Installing uv for this project …"
    if ! "$PYTHON" -m venv "$TOOLS" >/dev/null 2>&1; then
      say "This Python has no venv module. On Debian or Ubuntu: sudo apt install python3-venv; then run this again."
      return 1
    fi
    # Not left to errexit: it is off in a substitution.
    if ! "$TOOLS/bin/python" -m pip install --quiet --disable-pip-version-check uv >&2; then
      say "uv could not be installed. Is this machine on the network? Behind a proxy: export HTTPS_PROXY=http://HOST:PORT"
      say "Or install uv yourself (https://docs.astral.sh/uv/), then run this again."
      return 4
    fi
    echo "$TOOLS/bin/uv"
  fi
}

if ! PYTHON="$(find_python)"; then
  say "Dokodemo needs Python 3.12 or later and found none."
  say "Install it, then run this again:"
  say "  Debian 13, Ubuntu 24.04 or later:  sudo apt install python3 python3-venv"
  say "  Fedora:                            sudo dnf install python3.13"
  say "  macOS with Homebrew:               brew install python@3.13"
  say "  any system with pyenv:             pyenv install 3.13"
  exit 3
fi
if ! UV="$(find_uv)"; then
  exit 4
fi

# Locked packages into the project's environment; silent and fast when nothing changed, with uv's own progress at first.
sync() {
  local quiet=--quiet
  if [ ! -x "$UV_PROJECT_ENVIRONMENT/bin/dokodemo" ]; then
    say "Bringing the packages Dokodemo stands on into $UV_PROJECT_ENVIRONMENT (a few minutes, once) …"
    quiet=
  fi
  if ! "$UV" sync --locked ${quiet:+"$quiet"} --python "$PYTHON" "$@"; then
    say "The packages could not be brought. Is this machine on the network? Then run this again: it goes on where it stopped."
    exit 5
  fi
}
RUN="$UV_PROJECT_ENVIRONMENT/bin"
