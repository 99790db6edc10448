"""The one way in which an error is told over whatever is on the screen."""

from __future__ import annotations

from core.model.errors import OuttrayError
from tui.commands.dispatch import Host
from tui.format.text import cell


def show_error(host: Host, error: OuttrayError, otherwise: str = "") -> None:
    """Tell the person what went wrong and what to do; ``otherwise``, if the error has no advice."""
    host.notify(
        cell(error.hint, 400) or otherwise,
        title=cell(error.title, 200),
        severity="error",
        timeout=12,
        markup=False,
    )
