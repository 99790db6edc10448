"""Files for the person at the browser: never on the desktop of whoever serves."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, Literal

from textual.app import App

from core.model.errors import InputError, OuttrayError

ON_THE_SERVER: Final = "on the computer that serves"


def give_file(
    app: App[Any],
    path: Path,
    failed: Callable[[OuttrayError], None],
    *,
    is_shown: bool = False,
) -> bool:
    """Have the browser keep the file, or show it in a new tab; false: ``failed`` was told why."""
    pdf = "application/pdf" if path.suffix.lower() == ".pdf" else None
    how: Literal["browser", "download"] = "browser" if is_shown else "download"
    try:
        _ = app.deliver_binary(path, open_method=how, mime_type=pdf)
    except OSError as error:
        failed(InputError(f"{path} cannot be read: {error.strerror}."))
        return False
    return True
