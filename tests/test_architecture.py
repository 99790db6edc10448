"""Which libraries are loaded when: the run-time twin of the import contracts in pyproject.toml."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.backend import Backend
from core.services.importing import FailedImport
from core.settings.loading import Settings

_ROOT = Path(__file__).resolve().parents[1]

_FIRST_PAGE = """
import tui.cli.commands.programs
import tui.app.app
from core.backend import Backend
from core.model.documents import CustomerFilter, DocumentFilter
from core.settings.loading import Settings
backend = Backend(Settings({url!r}))
backend.open()
backend.overview()
backend.feed_status()
backend.revision()
backend.customers.count(CustomerFilter())
assert [row.name for row in backend.customers.page(CustomerFilter(), 0, 50)] == ["Ada"]
backend.documents.chip_counts(DocumentFilter())
assert backend.documents.page(DocumentFilter(), 0, 50) == ()
backend.close()
"""


def loaded(code: str) -> set[str]:
    """The top-level packages that a fresh interpreter holds after ``code``."""
    ending = (
        "\nimport json, sys\nprint(json.dumps(sorted({n.partition('.')[0] for n in sys.modules})))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code + ending], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout))


def modules_of_core() -> Iterator[str]:
    for path in sorted((_ROOT / "core").rglob("*.py")):
        parts = path.relative_to(_ROOT).with_suffix("").parts
        if parts[-1] == "__main__" or "migrations" in parts:
            continue  # programs: importing one runs it
        yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def test_no_module_of_core_loads_a_screen() -> None:
    names = list(modules_of_core())
    assert "core.backend" in names
    assert not loaded("\n".join(f"import {name}" for name in names)) & {"textual", "rich", "tui"}


def test_words_and_rules_need_the_standard_library_only() -> None:
    rules = [name for name in modules_of_core() if name.startswith(("core.model", "core.rules"))]
    assert "core.rules.gate.gate" in rules
    found = loaded("\n".join(f"import {name}" for name in rules))
    assert found - set(sys.stdlib_module_names) - before_anything() == {"core"}


def before_anything() -> set[str]:
    """What an interpreter of this environment holds at its start (``.pth`` files and the like)."""
    return loaded("")


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("one-customer")
    url = f"sqlite:///{folder / 'outtray.db'}"
    (folder / "c.csv").write_text("name,email\nAda,ada@example.org\n", encoding="utf-8")
    backend = Backend(Settings(url))
    backend.open()
    (report,) = backend.import_files([folder / "c.csv"])
    backend.close()
    assert not isinstance(report, FailedImport)
    return url


@pytest.fixture(scope="module")
def with_the_first_page(database: str) -> set[str]:
    return loaded(_FIRST_PAGE.format(url=database))


@pytest.mark.parametrize(
    "library",
    [
        "sqlalchemy",
        "alembic",
        "boto3",
        "botocore",
        "moto",
        "pydantic",
        "email_validator",
        "jinja2",
        "markdown_it",
    ],
)
def test_the_first_page_is_shown_without(library: str, with_the_first_page: set[str]) -> None:
    assert "textual" in with_the_first_page
    assert library not in with_the_first_page


def test_importing_core_opens_nothing(tmp_path: Path) -> None:
    """No engine, no settings, no file at import time."""
    code = f"import os; os.environ['HOME'] = os.environ['XDG_DATA_HOME'] = {str(tmp_path)!r}\n"
    found = loaded(
        code + "import core.backend, core.services.sending.dispatch, "
        "core.services.feed.ingest, core.services.importing"
    )
    assert "boto3" not in found
    assert list(tmp_path.iterdir()) == []


def test_no_file_reads_an_environment_variable_at_import_time_but_textuals() -> None:
    allowed = {
        "tui/cli/main.py",
        "tui/app/app.py",
    }  # TEXTUAL_FPS, which Textual reads at its import
    guilty = {
        path.relative_to(_ROOT).as_posix()
        for folder in ("core", "tui")
        for path in (_ROOT / folder).rglob("*.py")
        for line in path.read_text(encoding="utf-8").splitlines()
        if "os.environ" in line and not line.startswith((" ", "#"))
    }
    assert guilty <= allowed
