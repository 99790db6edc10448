"""The commands that get things out of the terminal."""

from __future__ import annotations

from typing import Final

from tui.commands.command import Command


def _copy(place: str, what: str) -> Command:
    return Command(f"{place}.copy", ("y", "Y"), "Copy", what, "Hands", footer=50)


def _export(place: str, *keys: str) -> Command:
    return Command(
        f"{place}.export",
        keys or ("d", "D"),
        "Export",
        "Write all that the filter shows into a CSV, JSON or Markdown file.",
        "Hands",
        footer=52,
    )


def _open(place: str) -> Command:
    return Command(
        f"{place}.open_file",
        ("o", "O"),
        "Open",
        "Open the document's PDF, or its page in the accounting system.",
        "Hands",
        footer=51,
    )


HANDS: Final[tuple[Command, ...]] = (
    _copy("documents", "Copy number, address or link; in the log what the server said."),
    _open("documents"),
    _export("documents"),
    _copy("customers", "Copy the customer's address or name."),
    _export("customers"),
    _copy("attention", "Copy number, address, what is wrong, or the link."),
    _open("attention"),
    _export("attention"),
    _copy("suppressions", "Copy the address, the reason, or the email that caused the entry."),
    _export("suppressions", "e", "E"),
    _copy("outbox", "Copy number, address, or why it waits or failed."),
    _copy("unlinked", "Copy recipient, subject or sender of the email."),
    _copy("preview", "Copy the message, the headers, or both."),
    Command(
        "pick.take",
        ("enter", "y", "Y", "o", "O"),
        "Take it",
        "Copy or open what is marked; 1 to 9 do so at once.",
        "Hands",
        palette=False,
    ),
    Command(
        "pick.close",
        ("escape", "q", "Q"),
        "Close",
        "Close without copying or opening anything.",
        "Hands",
        palette=False,
    ),
)
