"""The commands of Feed and settings, its dialogs, and the set-up."""

from __future__ import annotations

from typing import Final

from tui.commands.command import Command

SETTINGS_PLACES: Final = (
    Command(
        "app.settings",
        ("g", "G"),
        "Settings",
        "How the feed fares, the doctor, what could not be read, and every setting.",
        "Go",
        footer=88,
    ),
)

SETTINGS: Final = (
    Command(
        "settings.edit",
        ("enter",),
        "Change",
        "Change the setting under the cursor; the file keeps its comments and order.",
        "Settings",
        footer=1,
    ),
    Command(
        "settings.doctor",
        ("x", "X"),
        "Doctor",
        "Look at every leg between an email and its status, and say what is broken.",
        "Feed",
        footer=2,
    ),
    Command(
        "settings.quarantine",
        ("b", "B"),
        "Unread bodies",
        "Reports that could not be read: look at them, read them again.",
        "Feed",
        footer=3,
    ),
    Command(
        "settings.setup",
        ("n", "N"),
        "Set up",
        "Who you are, the From address, the queue, the database: asked one by one.",
        "Settings",
        footer=4,
    ),
    Command(
        "quarantine.retry",
        ("r", "R"),
        "Read again",
        "Read the body under the cursor again, with today's program.",
        "Unread bodies",
        footer=1,
        palette=False,
    ),
    Command(
        "quarantine.retry_all",
        ("t", "T"),
        "All again",
        "Read all of them again.",
        "Unread bodies",
        footer=2,
        palette=False,
    ),
    Command(
        "quarantine.dismiss",
        ("d", "D"),
        "Dismiss",
        "Put the report under the cursor aside, with a note; it is kept.",
        "Unread bodies",
        footer=3,
        palette=False,
    ),
    Command(
        "quarantine.close",
        ("escape", "q", "Q"),
        "Close",
        "Close; nothing is changed by looking.",
        "Unread bodies",
        footer=4,
        palette=False,
    ),
    Command(
        "setup.save",
        ("ctrl+s", "alt+g"),
        "Write",
        "Write what is filled in into the settings file, then look what is still missing.",
        "Set up",
        footer=1,
        priority=True,
        palette=False,
    ),
    Command(
        "setup.demo",
        ("alt+d", "f3"),
        "Demo instead",
        "Look around on a generated company; nothing is written.",
        "Set up",
        footer=2,
        priority=True,
        palette=False,
    ),
    Command(
        "setup.close",
        ("escape",),
        "Later",
        "Close without writing; outtray setup asks again.",
        "Set up",
        footer=3,
        palette=False,
    ),
)
