"""``outtray keys``: the keys in force, and what is wrong with a person's own ones."""

from __future__ import annotations

from argparse import Namespace

from core.settings import loading
from tui.cli.commands.common import put_json
from tui.cli.output import text
from tui.cli.output.text import say
from tui.commands.command import IN_SENTENCE
from tui.commands.dispatch import key_label
from tui.commands.keymap import Resolution, resolve_lines
from tui.commands.registry import COMMANDS, Command
from tui.format.text import cell
from tui.runtime.exit_codes import DONE, FAILED


def keys(options: Namespace) -> int:
    """Print the table; fail where a line of it cannot be followed."""
    chosen = loading.load()
    found = resolve_lines(chosen.keys)
    lines = {line.command: line.line for line in chosen.keys}
    file = str(chosen.source or "")
    if options.json:
        put_json(
            {
                "file": file or None,
                "keys": [
                    {
                        "command": command.id,
                        "keys": list(found.keys[command.id]),
                        "default": list(command.keys),
                        "help": _help(command, found),
                    }
                    for command in COMMANDS
                ],
                "problems": [
                    {
                        "command": each.command,
                        "line": lines.get(each.command),
                        "problem": each.words,
                    }
                    for each in found.problems
                ],
            }
        )
    else:
        _print(found)
    for each in found.problems:
        say(f"{cell(file)}, line {lines.get(each.command)}: {cell(str(each), 300)}")
    return FAILED if found.problems else DONE


def _help(command: Command, found: Resolution) -> str:
    return IN_SENTENCE.sub(lambda named: key_label(found.keys[named[1]][0]), command.help)


def _print(found: Resolution) -> None:
    text.table(
        ("Command", "Keys", "", "What it does"),
        [
            (
                command.id,
                " ".join(dict.fromkeys(map(key_label, found.keys[command.id]))),
                "" if found.keys[command.id] == command.keys else "yours",
                _help(command, found),
            )
            for command in COMMANDS
        ],
    )
