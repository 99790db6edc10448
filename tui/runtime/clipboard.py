"""Text on its way out of the terminal: by OSC 52, and always into a file as well.

Whether the terminal takes what it is sent, nobody is told: many ask first, or are set to refuse.
"""

from __future__ import annotations

import base64
import contextlib
import os
import tempfile
from pathlib import Path
from typing import Any, Final

from textual.app import App

from core.model.errors import InputError

#: What terminals take: 100,000 letters of base64 with the sequence around them.
MOST_BYTES: Final = 74_994
FILE_NAME: Final = "copied.txt"


def fits(text: str) -> bool:
    """Whether a terminal may be expected to take ``text`` whole."""
    return len(text.encode("utf-8", "replace")) <= MOST_BYTES


def send(app: App[Any], text: str, *, in_tmux: bool) -> None:
    """Ask the terminal to put harmless ``text`` on the clipboard.

    tmux takes OSC 52 itself only with ``set-clipboard on``; by default it drops it. What is wrapped
    reaches the terminal around it where ``allow-passthrough`` is on. So both are sent; where both
    arrive, the same text is put there twice.
    """
    app.copy_to_clipboard(text)
    driver = app._driver
    if in_tmux and driver is not None:
        driver.write(passed_through(text))
        driver.flush()


def passed_through(text: str) -> str:
    """Return the sequence for the terminal around tmux; every ESC within it is doubled."""
    encoded = base64.b64encode(text.encode("utf-8", "replace")).decode("ascii")
    return f"\x1bPtmux;\x1b\x1b]52;c;{encoded}\x07\x1b\\"


def folder() -> Path:
    """Where the file is kept."""
    from platformdirs import user_state_path  # not for the first paint

    return user_state_path("outtray", appauthor=False)


def keep(text: str, where: Path | None = None) -> Path:
    """Write ``text`` into the file that only this person can read, in place of what was there.

    Raises:
        InputError: it cannot be written.
    """
    target = (where or folder()) / FILE_NAME
    try:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=".copied-", dir=target.parent)  # 0600
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
                file.write(text)
            Path(name).replace(target)
        except BaseException:
            with contextlib.suppress(OSError):
                Path(name).unlink()
            raise
    except OSError as error:
        raise InputError(
            f"{target} cannot be written: {error.strerror}.", "Only the terminal was asked."
        ) from error
    return target
