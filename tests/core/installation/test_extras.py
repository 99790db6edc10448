"""The command that gets a missing part fits how this Outtray was installed.

``bench.wrong_starts`` types each of them, after a real installation of that kind.
"""

from __future__ import annotations

import os
import shlex
from pathlib import Path

import pytest

from core.installation.extras import (
    Installation,
    command_for,
    missing_extra,
    requirements,
    this_installation,
)

pytestmark = pytest.mark.skipif(os.name == "nt", reason="quotes of another shell")
_DRIVER = ("psycopg[binary]<4,>=3.2",)


def typed(here: Installation, needed: tuple[str, ...] = _DRIVER) -> list[str]:
    return shlex.split(command_for("postgresql", needed, here))


def python(prefix: Path) -> Path:
    return prefix / "bin" / "python"


def test_pip_puts_it_where_this_python_looks(tmp_path: Path) -> None:
    here = Installation(python(tmp_path), tmp_path, "pip")
    assert typed(here) == [str(python(tmp_path)), "-m", "pip", "install", *_DRIVER]


def test_without_pip_uv_does(tmp_path: Path) -> None:
    here = Installation(python(tmp_path), tmp_path, "", has_pip=False)
    assert typed(here) == ["uv", "pip", "install", "--python", str(python(tmp_path)), *_DRIVER]


def test_a_tool_of_uv_is_not_asked_for_on_a_registry(tmp_path: Path) -> None:
    (tmp_path / "uv-receipt.toml").write_text("[tool]\n")
    here = Installation(python(tmp_path), tmp_path, "uv")
    assert typed(here) == ["uv", "pip", "install", "--python", str(python(tmp_path)), *_DRIVER]


def test_pipx_injects_it(tmp_path: Path) -> None:
    (tmp_path / "outtray").mkdir()
    (tmp_path / "outtray" / "pipx_metadata.json").write_text("{}")
    here = Installation(python(tmp_path), tmp_path / "outtray", "uv", has_pip=False)
    assert typed(here) == ["pipx", "inject", "outtray", *_DRIVER]


def test_a_checkout_of_uv_is_synced_and_keeps_its_other_extras(tmp_path: Path) -> None:
    here = Installation(python(tmp_path), tmp_path / ".venv", "uv", tmp_path)
    assert typed(here) == [
        "uv", "sync", "--project", str(tmp_path), "--inexact", "--extra", "postgresql",
    ]  # fmt: skip


def test_a_checkout_in_another_environment_is_not_synced(tmp_path: Path) -> None:
    here = Installation(python(tmp_path), tmp_path / "other", "uv", tmp_path)
    assert typed(here)[:3] == ["uv", "pip", "install"]
    here = Installation(python(tmp_path), tmp_path / "other", "pip", tmp_path)
    assert typed(here)[1:4] == ["-m", "pip", "install"]


def test_the_systems_python_is_told_twice(tmp_path: Path) -> None:
    here = Installation(python(tmp_path), tmp_path, "pip", is_managed=True, is_of_user=True)
    assert typed(here)[3:6] == ["install", "--user", "--break-system-packages"]


def test_a_path_with_blanks_can_be_pasted(tmp_path: Path) -> None:
    prefix = tmp_path / "my tools" / "it's"
    assert typed(Installation(python(prefix), prefix, "pip"))[0] == str(python(prefix))


@pytest.mark.parametrize("extra", ["postgresql", "demo"])
def test_what_an_extra_consists_of_is_read_from_the_package(extra: str) -> None:
    found = requirements(extra)
    assert found
    assert all(">=" in each and "extra" not in each for each in found)


def test_it_says_what_needs_which_modules() -> None:
    assert requirements("no such extra") == ()
    error = missing_extra("web", "The web view", ["aiohttp"])
    assert error.title == "The web view needs aiohttp, which is not installed."
    assert error.hint.startswith("Install it with: ")
    assert "outtray[" not in error.hint


def test_this_very_installation_is_known() -> None:
    here = this_installation()
    assert here.python.exists()
    assert here.installer in ("uv", "pip", "")
    if here.checkout is not None:
        assert (here.checkout / "pyproject.toml").is_file()
