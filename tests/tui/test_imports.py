"""What is imported before the first paint, and which way the imports go."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

_HEAVY = (
    *("sqlalchemy", "alembic", "boto3", "botocore", "moto", "email_validator", "jinja2"),
    "regex",
)
_LATER = ("tui.dialogs.compose.compose", "tui.dialogs.basic.help", "textual.widgets._text_area")


def loaded(statement: str) -> set[str]:
    code = f"{statement}\nimport sys\nprint('\\n'.join(sys.modules))"
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    return set(run.stdout.split())


@pytest.fixture(scope="module")
def with_the_app() -> set[str]:
    return loaded("import tui.app.app")


@pytest.mark.parametrize("module", _HEAVY)
def test_the_first_paint_does_not_wait_for(module: str, with_the_app: set[str]) -> None:
    assert module not in with_the_app


@pytest.mark.parametrize("module", _LATER)
def test_dialogs_are_imported_when_they_are_opened(module: str, with_the_app: set[str]) -> None:
    assert module not in with_the_app


def test_a_start_that_needs_no_screen_does_not_wait_for_one() -> None:
    found = loaded("import tui.cli.commands.programs, core.backend.first_run")
    assert not {"textual", "core.model.email", *_HEAVY} & found - {"core.model.email"}
    assert "textual" not in loaded("import tui.cli.commands.programs")
    assert "core.model.email" not in loaded("import tui.cli.commands.programs")


def test_to_look_for_a_customer_and_at_one_needs_no_sqlalchemy() -> None:
    modules = "core.db.lists.customer_search, core.services.suppressions.lists"
    assert not {"sqlalchemy", "boto3"} & loaded(f"import {modules}")


def test_of_core_only_words_and_rules_are_needed(with_the_app: set[str]) -> None:
    core = {name for name in with_the_app if name.startswith("core.")}
    core = {name for name in core if not name.startswith(("core.model.", "core.rules"))}
    assert core <= {
        *("core.logs", "core.logs.setup", "core.logs.shared_file"),
        *("core.model", "core.settings", "core.settings.schema", "core.settings.schema"),
    }


def test_the_frame_rate_is_set_before_textual_reads_it() -> None:
    names = loaded("import tui.app.app, textual.constants\nassert textual.constants.MAX_FPS == 250")
    assert "textual.constants" in names


_FIRST_FRAME = """
import sys
from core.backend import Backend
from core.settings.loading import Settings
import tui.cli.commands.programs  # where a start without a word begins
from tui.app.app import OuttrayApp

class Watched(OuttrayApp):
    def on_window_table_loaded(self):
        self.held = sorted(sys.modules)  # before the loops begin: they may load what they need
        self.call_after_refresh(self.look)

    def look(self):
        table = self.screen.query_one("WindowTable")
        assert "Ada" in table.render_line(1).text, table.render_line(1).text
        self.exit(self.held)

backend = Backend(Settings(sys.argv[1]))
backend.open()
print("\\n".join(Watched(backend).run(headless=True, size=(120, 40))))
"""


def test_with_the_first_rows_on_screen_nothing_heavy_is_loaded(
    migrated_file: Path, tmp_path: Path
) -> None:
    path = tmp_path / "office.db"
    shutil.copyfile(migrated_file, path)
    with sqlite3.connect(path) as db:
        db.execute("INSERT INTO customers (id, name, name_key) VALUES (1, 'Ada', 'ada')")
    db.close()
    run = subprocess.run(
        [sys.executable, "-c", _FIRST_FRAME, f"sqlite:///{path}"],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert run.returncode == 0, run.stderr
    shown = set(run.stdout.split())
    assert {"textual.app", "sqlite3", "tui.screens.customers"} <= shown
    assert (
        not {*_HEAVY, "pydantic", "email", "psycopg", "core.rules.delivery.external_email"} & shown
    )
    assert not {"tui.cli.parser", "tui.screens.communications", "tui.dialogs.leave"} & shown
    assert not {"core.model.email", "core.model.outbox", "core.model.history"} & shown
