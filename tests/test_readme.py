"""What the documents say is what the program has."""

from __future__ import annotations

import argparse
import ast
import json
import re
import shlex
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Final

import pytest

from tui.cli.parser import parser
from tui.commands.dispatch import key_label, with_keys
from tui.commands.registry import COMMANDS

_ROOT: Final = Path(__file__).resolve().parents[1]
README: Final = (_ROOT / "README.md").read_text(encoding="utf-8")
COMMAND_LINE: Final = (_ROOT / "docs" / "command-line.md").read_text(encoding="utf-8")
TEMPLATES: Final = (_ROOT / "docs" / "templates.md").read_text(encoding="utf-8")
SETTINGS: Final = (_ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
IMPORT: Final = (_ROOT / "docs" / "import.md").read_text(encoding="utf-8")

_PLACES: Final = {
    "documents": "documents",
    "log": "log of a document",
    "customers": "customers",
    "unlinked": "unlinked emails",
    "link": "linking one",
    "suppressions": "suppressions",
    "reason": "dialogs of the suppressions",
    "search": "search fields",
    "line": "search line of documents",
    "views": "saved views",
    "app": "everywhere",
    "screen": "everywhere",
    "compose": "compose",
    "edit": "edit address",
    "requeue": "send again",
    "outbox": "outbox",
    "attention": "needs attention",
    "insights": "insights",
    "columns": "columns of a table",
    "chase": "snooze, call, evidence, setting, export",
    "settings": "feed and settings",
    "quarantine": "unread bodies",
    "setup": "set-up",
    "attachments": "attachments",
    "version": "text of an email",
    "prompt": "questions",
    "preview": "preview",
    "bulk": "many at once",
    "pick": "copy and open",
}


def parsers(
    parser: argparse.ArgumentParser, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], argparse.ArgumentParser]]:
    """Every command, and its options."""
    yield path, parser
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, child in action.choices.items():
                yield from parsers(child, (*path, name))


PARSERS: Final = dict(parsers(parser()))
COMPLETE: Final = [path for path, parser in PARSERS.items() if parser.get_default("action")]


def test_every_command_names_a_function_that_exists() -> None:
    for path in COMPLETE:
        module, _, function = PARSERS[path].get_default("action").partition(".")
        assert callable(getattr(import_module(f"tui.cli.commands.{module}"), function)), path


def options(path: tuple[str, ...]) -> set[str]:
    return {
        option
        for action in PARSERS[path]._actions
        if action.help != argparse.SUPPRESS
        for option in action.option_strings
        if option.startswith("--")
    }


def mentions(text: str) -> Iterator[str]:
    """Every command line in code: after ``outtray``, up to a pipe, a comment or two blanks."""
    code = re.findall(r"```\w*\n(.*?)```", text, re.DOTALL)
    code += re.findall(r"(?<!`)`([^`\n]+)`(?!`)", text)
    for block in code:
        for line in block.splitlines():
            found = re.match(r"\s*(?:uv run )?outtray(?:\s(?!\s)(.*))?$", line)
            if found:
                yield re.split(r" {2,}|[|>#&]", found[1] or "")[0].strip()


def named(words: list[str]) -> tuple[str, ...]:
    """The command that ``words`` begin with."""
    path: tuple[str, ...] = ()
    for word in words:
        if (*path, word) not in PARSERS:
            break
        path = (*path, word)
    return path


@pytest.mark.parametrize(
    "text",
    [README, COMMAND_LINE, IMPORT, TEMPLATES, SETTINGS],
    ids=["readme", "commands", "import", "templates", "settings"],
)
def test_documents_name_only_commands_and_options_that_exist(text: str) -> None:
    found = list(mentions(text))
    assert found
    for mention in found:
        words = shlex.split(re.sub(r"[\[\]]", " ", mention))
        path = named(words)
        assert path in COMPLETE, f"outtray {mention}: there is no such command"
        unknown = {w for w in words if w.startswith("--")} - options(path)
        assert not unknown, f"outtray {mention}: there is no {unknown}"
        assert path or not words or words[0] in ("COMMAND", "--help"), f"outtray {mention}"


@pytest.mark.parametrize("path", COMPLETE, ids=" ".join)
def test_every_command_is_documented_with_its_options(path: tuple[str, ...]) -> None:
    heading = rf"^### `outtray{''.join(f' {word}' for word in path)}(?: [^`]*)?`$"
    assert re.search(heading, COMMAND_LINE, re.MULTILINE), path
    missing = {o for o in options(path) if o not in COMMAND_LINE} - {"--help", "--version"}
    assert not missing


def _keys_in(value: object) -> Iterator[str]:
    """The keys of a document; what a check found out (``details``) differs with every set-up."""
    if isinstance(value, list):
        for each in value:
            yield from _keys_in(each)
    elif isinstance(value, dict):
        for key, each in value.items():
            yield key
            if key not in ("details", "arguments", "parameters"):
                yield from _keys_in(each)


def json_keys() -> set[str]:
    """Every key of the golden files, and those that the functions for ``--json`` spell out."""
    keys: set[str] = set()
    for path in (_ROOT / "tests/tui/cli/golden").glob("*.json"):
        for run in json.loads(path.read_text("utf-8")).values():
            keys |= set(_keys_in(run.get("json")))
    files = [_ROOT / "tui" / "format" / "records.py", *(_ROOT / "tui/cli/commands").glob("*.py")]
    for path in [*files, *(_ROOT / "tui/cli/output").glob("*.py")]:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Dict):
                keys |= {
                    key.value
                    for key in node.keys
                    if isinstance(key, ast.Constant) and isinstance(key.value, str)
                }
    return keys - {"send"}  # a name of a command, not a key


def test_every_key_of_the_json_is_documented() -> None:
    keys = json_keys()
    assert {"number", "recipients", "applied", "rejected"} <= keys
    assert {key for key in keys if f"`{key}`" not in COMMAND_LINE} == set()


def test_the_key_table_is_the_registry() -> None:
    table = README.partition("<!-- keys:")[2].partition("<!-- /keys -->")[0]
    rows = re.findall(r"^\| (`.+`) \| (.+?) \| (.+?) \|$", table, re.MULTILINE)
    told = [(tuple(re.findall(r"`([^`]+)`", keys)), place, text) for keys, place, text in rows]
    known = [
        (tuple(dict.fromkeys(map(key_label, c.keys))), _PLACES[c.place], with_keys(c.help))
        for c in COMMANDS
    ]
    assert set(told) == set(known)
    assert len(told) == len(set(told))


def test_every_setting_is_documented_with_its_variable() -> None:
    from core.settings.schema import SETTINGS as KNOWN

    told = set(re.findall(r"^\| `([^`]+)` \| `([^`]+)` \|", SETTINGS, re.MULTILINE))
    assert told == {(setting.key, setting.variable) for setting in KNOWN}
    assert all(setting.variable in README for setting in KNOWN)


def test_pictures_and_pages_that_are_linked_exist() -> None:
    for name, text in (("README.md", README), ("docs/x.md", COMMAND_LINE + IMPORT + SETTINGS)):
        for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", text):
            assert ((_ROOT / name).parent / target).exists(), target


def test_files_that_the_pages_for_contributors_name_exist() -> None:
    for name in ("CONTRIBUTING.md", "docs/architecture.md"):
        text = (_ROOT / name).read_text(encoding="utf-8")
        named = set(re.findall(r"`((?:core|tui|tests|docs|bench)/[\w/.]+)`", text))
        assert len(named) > 20
        assert {path for path in named if not (_ROOT / path).exists()} == set(), name


def test_every_column_of_the_plain_files_is_documented() -> None:
    from core.imports.dialects import DIALECTS

    plain = [dialect for dialect in DIALECTS if dialect.name == "plain"]
    columns = {c for d in plain for c in (*d.required.values(), *d.optional.values())}
    assert len(columns) > 10
    assert {column for column in columns if f"`{column}`" not in IMPORT} == set()


def test_the_changelog_knows_this_version() -> None:
    import tomllib

    project = tomllib.loads((_ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    changes = (_ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.search(rf"^## \[?{re.escape(project['version'])}\]?", changes, re.MULTILINE)
