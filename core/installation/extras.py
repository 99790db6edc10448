"""What to type where an optional part is missing: a command that works for this installation.

The name *outtray* is on no registry, so that ``pip install 'outtray[…]'`` would fail, or fetch a
stranger's program. What an extra consists of is named instead, and put where this Outtray runs.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import sys
import sysconfig
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import unquote, urlsplit
from urllib.request import url2pathname

from core.model.errors import MissingExtraError

_NAME = "outtray"


@dataclass(frozen=True, slots=True)
class Installation:
    """Where this Outtray is, and who put it there."""

    python: Path
    prefix: Path
    installer: str = ""
    """As the installer wrote it down: ``pip``, ``uv``."""
    checkout: Path | None = None
    """The folder of the source that is run as it stands."""
    has_pip: bool = True
    is_managed: bool = False
    """Whether the system's own tool keeps this Python (PEP 668), so that pip must be told twice."""
    is_of_user: bool = False
    """Whether it lies in the person's own folder beside the system's Python."""


def missing_extra(extra: str, what: str, modules: Sequence[str]) -> MissingExtraError:
    """Return the error that says how to get ``extra``, which ``what`` needs.

    ``modules`` are those that are missing.
    """
    command = command_for(extra, requirements(extra) or tuple(modules), this_installation())
    return MissingExtraError(
        f"{what} needs {', '.join(modules)}, which is not installed.", f"Install it with: {command}"
    )


def requirements(extra: str) -> tuple[str, ...]:
    """Return what ``extra`` consists of, as the package that is installed says."""
    found: list[str] = []
    is_it = re.compile(rf"""extra\s*==\s*['"]{re.escape(extra)}['"]""")
    for line in (_distribution() or _Nothing()).requires or ():
        named, _, marker = line.partition(";")
        if is_it.search(marker):
            rest = is_it.sub("", marker).replace("()", "")
            rest = re.sub(r"\A\s*(?:and\s+)?|(?:\s+and)?\s*\Z", "", rest)
            found.append(f"{named.strip()}; {rest}" if rest else named.strip())
    return tuple(found)


def command_for(extra: str, needed: Sequence[str], here: Installation) -> str:
    """Return one line for a shell that adds ``needed`` to the Outtray that is ``here``."""
    if here.checkout is not None and here.prefix == here.checkout / ".venv" and _by_uv(here):
        project = ["--project", str(here.checkout)]
        return _shell(["uv", "sync", *project, "--inexact", "--extra", extra])
    if (here.prefix / "pipx_metadata.json").is_file():
        return _shell(["pipx", "inject", here.prefix.name, *needed])
    if _by_uv(here) or not here.has_pip:
        return _shell(["uv", "pip", "install", "--python", str(here.python), *needed])
    own = ["--user"] * here.is_of_user + ["--break-system-packages"] * here.is_managed
    return _shell([str(here.python), "-m", "pip", "install", *own, *needed])


def this_installation() -> Installation:
    """Look at what the installer left beside the program."""
    found = _distribution()
    is_base = sys.prefix == sys.base_prefix
    user_site = sysconfig.get_path("purelib", f"{os.name}_user") if is_base else ""
    place = str(found.locate_file("")) if found is not None else ""
    return Installation(
        Path(sys.executable),
        Path(sys.prefix),
        (found.read_text("INSTALLER") or "").strip() if found is not None else "",
        _checkout(found),
        find_spec("pip") is not None,
        is_base and Path(sysconfig.get_path("stdlib"), "EXTERNALLY-MANAGED").is_file(),
        bool(user_site) and Path(place) == Path(user_site),
    )


def _by_uv(here: Installation) -> bool:
    return here.installer == "uv" or (here.prefix / "uv-receipt.toml").is_file()


def _checkout(found: Distribution | None) -> Path | None:
    """Return the folder of an editable installation (PEP 610)."""
    try:
        told = json.loads((found and found.read_text("direct_url.json")) or "{}")
        is_editable = bool(told.get("dir_info", {}).get("editable"))
        path = url2pathname(unquote(urlsplit(told["url"]).path)) if is_editable else ""
    except (ValueError, KeyError, AttributeError):
        return None  # whoever wrote it did not follow the standard
    return Path(path) if path else None


def _distribution() -> Distribution | None:
    try:
        return distribution(_NAME)
    except PackageNotFoundError:
        return None  # run from its source, without being installed


class _Nothing:
    requires: tuple[str, ...] = ()


def _shell(words: Sequence[str]) -> str:
    if os.name != "nt":
        return shlex.join(words)
    return " ".join(f'"{word}"' if re.search(r"[^\w.:\\/=-]", word) else word for word in words)
