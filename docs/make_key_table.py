"""Writes the README's table of keys from the registry of commands.

``uv run python docs/make_key_table.py`` rewrites the table between the two ``keys`` marks.
"""

from __future__ import annotations

import re
from pathlib import Path

from tui.commands.dispatch import key_label, with_keys
from tui.commands.registry import COMMANDS, Command

README = Path(__file__).resolve().parent.parent / "README.md"
_MARKS = re.compile(r"(<!-- keys[^>]*-->\n).*?(<!-- /keys -->)", re.DOTALL)
_PLACES = {
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


def row(command: Command) -> str:
    labels = dict.fromkeys(f"`{key_label(key)}`" for key in command.keys)
    return f"| {' '.join(labels)} | {_PLACES[command.place]} | {with_keys(command.help)} |"


def table() -> str:
    """Return the whole table, one line a command."""
    lines = ["| Key | Where | What it does |", "|---|---|---|", *map(row, COMMANDS)]
    return "\n".join(lines) + "\n"


def with_table(text: str) -> str:
    """Return the README's ``text`` with today's table between the marks."""
    return _MARKS.sub(lambda found: found[1] + table() + found[2], text)


if __name__ == "__main__":
    README.write_text(with_table(README.read_text("utf-8")), "utf-8")
