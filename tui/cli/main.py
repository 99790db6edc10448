"""Runs the command that was asked for, and turns errors into exit codes.

Exit 0 done · 1 refused or failed · 2 wrong usage · 3 the gate asks and ``--yes`` was not given.
Without arguments the terminal UI opens; the command line's words are not needed for that.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from collections.abc import Sequence
from importlib import import_module
from io import TextIOWrapper
from typing import Any, Final, NoReturn

# Textual reads it when it is imported: at 60 a type-ahead waits for two ticks of the timer.
os.environ.setdefault("TEXTUAL_FPS", "250")

from core.logs.setup import log
from core.model.errors import (
    MissingExtraError,
    NeedsConfirmationError,
    OuttrayError,
    SettingsError,
    UsageError,
)
from tui.runtime.exits import ASKS, DONE, FAILED, WRONG_USAGE, ToldToEndError

_LONGEST_COMPLAINT: Final = 1_000
"""Cells of a sentence; what it names may be of any length."""
_ENDS: Final = ("SIGTERM", "SIGHUP", "SIGBREAK")


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the program and exit with its code, or by the signal that ended it."""
    _end_in_order()
    given = sys.argv[1:] if arguments is None else arguments
    log.begin(verbose=_is_verbose(given))
    if _is_verbose(given):
        _log_what_runs()
    ended_by: list[int] = []
    code = run(given, ended_by)
    for number in ended_by:  # the database is closed: whoever sent it sees what it expects
        signal.signal(number, signal.SIG_DFL)
        signal.raise_signal(number)
    sys.exit(code)


def _is_verbose(arguments: Sequence[str]) -> bool:
    """Asked before the words of the command are read: that, too, may go wrong."""
    options = [*arguments, "--"]
    return "--verbose" in options[: options.index("--")]


def _log_what_runs() -> None:
    """Where a log begins; the words of the command stay out of it: they may be names."""
    import logging
    import platform

    from tui.cli.parser import program_version

    on = f"Python {platform.python_version()}, {platform.platform()}"
    logging.getLogger(__name__).debug("Outtray %s begins, on %s", program_version(), on)


def _end_in_order() -> None:
    """Close the database before ending; what is ignored (nohup) stays ignored."""
    for name in _ENDS:
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, _tell_to_end)


def _tell_to_end(number: int, _frame: Any) -> NoReturn:
    raise ToldToEndError(number)


def run(arguments: Sequence[str], ended_by: list[int] | None = None) -> int:
    """Run one command and return its exit code; argparse's own errors leave with 2.

    ``ended_by`` gets the signal that ended it.
    """
    _prepare_streams()
    try:
        return _ended(arguments, ended_by)
    finally:
        if (lines := sys.modules.get("tui.cli.output.stamped_lines")) is not None:
            lines.end()


def _ended(arguments: Sequence[str], ended_by: list[int] | None) -> int:
    try:
        code = _carry_out(arguments)
        sys.stdout.flush()  # here, where a reader who has left can still be told from a failure
    except (UsageError, SettingsError, MissingExtraError) as error:
        return _complain(error, WRONG_USAGE)
    except NeedsConfirmationError as error:
        return _complain(error, ASKS)
    except OuttrayError as error:
        return _complain(error, FAILED)
    except ToldToEndError as told:
        if ended_by is not None:
            ended_by.append(told.number)
        return FAILED
    except KeyboardInterrupt:
        return _complain(OuttrayError("Stopped."), FAILED)
    except BrokenPipeError:
        _discard_output()  # whoever read us has had enough (| head); nothing is wrong
        return DONE
    except OSError as error:
        _discard_output()
        return _complain(OuttrayError(f"{error.strerror or error}.", error.filename or ""), FAILED)
    except Exception as error:  # noqa: BLE001 - what nobody expected ends in words, too
        from tui.runtime.exits import in_words

        return _complain(in_words(error), FAILED)
    return code


def _carry_out(arguments: Sequence[str]) -> int:
    if not arguments:  # what one waits for most often needs no word of the command line
        from tui.cli.commands.programs import ui

        return ui()
    from tui.cli.parser import parser

    options = parser().parse_args(list(arguments))
    module, _, action = options.action.partition(".")
    # After parsing: --help and --version need none of it.
    return int(getattr(import_module(f"tui.cli.commands.{module}"), action)(options))


def _prepare_streams() -> None:
    """Make every text printable, whatever the terminal's encoding; closed streams are empty."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: PTH123, SIM115
        elif isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _discard_output() -> None:
    """Spare the interpreter a last flush of what cannot be written."""
    with contextlib.suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _complain(error: OuttrayError, code: int) -> int:
    from tui.cli.output.stamped_lines import ERROR
    from tui.cli.output.text import say
    from tui.format.text import cell

    say(f"outtray: {cell(error.title, _LONGEST_COMPLAINT)}", ERROR)
    if error.hint:
        say(f"         {cell(error.hint, _LONGEST_COMPLAINT)}", ERROR)
    return code
