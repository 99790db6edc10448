"""The colours, every literal of them, and what must not move by itself.

Styles and widgets name *variables* only. Beside Textual's own there are:

``$muted``                      secondary words
``$row-odd`` ``$row-cursor`` ``$row-cursor-blurred``    the grounds of table rows
``$key`` ``$key-text``          the block of a key in the bottom line
``$chip`` ``$chip-text``        the chosen chip
``$raised`` ``$field`` ``$field-focused``               buttons, text fields
``$badge-WORD``                 the ground of a badge, ``$badge-WORD-text`` its letters
``$tone-WORD``                  the same meaning as coloured letters on the ordinary ground

where WORD is a ``DisplayStatus`` in lower case with dashes: ``$badge-soft-bounced``. Which colours
it has is its ``tone`` in ``STATUSES``; several may share one.
Themes that are not ours (Textual's, also its ANSI ones) get them from their own colours.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Protocol

from textual.app import App
from textual.theme import Theme

from core.model.enums import STATUSES, DisplayStatus, Tone

_Badge = tuple[str, str, str]
"""Ground of the badge, its letters, and letters on the ordinary ground."""

_DARK_BADGES: Final[dict[Tone, _Badge]] = {
    "quiet": ("#0f1720", "#7d90a5", "#7d90a5"),
    "waiting": ("#24364a", "#b9c9d9", "#9db0c4"),
    "warning": ("#f0b952", "#1a1408", "#f0b952"),
    "sent": ("#3a5068", "#e8f0f8", "#a9bdd2"),
    "soft": ("#6b2c3a", "#ffc9d1", "#ee97a4"),
    "stopped": ("#8c3a3a", "#ffe9e6", "#e89c94"),
    "delivered": ("#7fd88f", "#0b1f12", "#7fd88f"),
    "opened": ("#6cc7e8", "#07212b", "#6cc7e8"),
    "clicked": ("#8fb7ff", "#0a1a36", "#8fb7ff"),
    "bad": ("#c93a53", "#ffffff", "#ff8b9c"),
    "complaint": ("#9a4abd", "#ffffff", "#d59bea"),
}

_LIGHT_BADGES: Final[dict[Tone, _Badge]] = {
    "quiet": ("#f7f9fb", "#566a7e", "#566a7e"),
    "waiting": ("#d5dee8", "#33475b", "#4d6175"),
    "warning": ("#f5c868", "#2b1d00", "#835400"),
    "sent": ("#50667d", "#ffffff", "#465b70"),
    "soft": ("#f3c8cf", "#7a1428", "#9a2c42"),
    "stopped": ("#7d2f2f", "#ffffff", "#7d2f2f"),
    "delivered": ("#1e7b3a", "#ffffff", "#1a6f33"),
    "opened": ("#0b6c88", "#ffffff", "#0b647e"),
    "clicked": ("#2a5cc0", "#ffffff", "#2353b0"),
    "bad": ("#c22b45", "#ffffff", "#b3223b"),
    "complaint": ("#8436a8", "#ffffff", "#7a2f9e"),
}

_CONTRAST_BADGES: Final[dict[Tone, _Badge]] = {
    "quiet": ("#000000", "#ffffff", "#ffffff"),
    "waiting": ("#404040", "#ffffff", "#ffffff"),
    "warning": ("#ffd000", "#000000", "#ffd000"),
    "sent": ("#404040", "#ffffff", "#ffffff"),
    "soft": ("#7a0016", "#ffffff", "#ff8a9b"),
    "stopped": ("#7a0016", "#ffffff", "#ffb0a8"),
    "delivered": ("#5dff83", "#000000", "#5dff83"),
    "opened": ("#6be3ff", "#000000", "#6be3ff"),
    "clicked": ("#a9c6ff", "#000000", "#a9c6ff"),
    "bad": ("#b00020", "#ffffff", "#ff8a9b"),
    "complaint": ("#7a1fa8", "#ffffff", "#e7b3ff"),
}

#: On these of a terminal's own colours black cannot be read; on all others white cannot.
_DEEP_ANSI: Final = frozenset(
    f"ansi_{strength}{colour}"
    for strength in ("", "bright_")
    for colour in ("blue", "magenta", "red")
)
#: For themes that are not ours: which of their colours stands for a tone.
_FOREIGN: Final[dict[Tone, str]] = {
    "warning": "warning",
    "sent": "secondary",
    "soft": "error",
    "stopped": "error",
    "delivered": "success",
    "opened": "primary",
    "clicked": "accent",
    "bad": "error",
    "complaint": "error",
}


def _badge_variables(badges: Mapping[Tone, _Badge]) -> dict[str, str]:
    variables: dict[str, str] = {}
    for word, entry in STATUSES.items():
        ground, letters, tone = badges[entry.tone]
        name = variable_name(word)
        variables[f"badge-{name}"] = ground
        variables[f"badge-{name}-text"] = letters
        variables[f"tone-{name}"] = tone
    return variables


def variable_name(word: DisplayStatus) -> str:
    """The part of a variable's name that stands for ``word``: ``soft-bounced``."""
    return word.value.lower().replace("_", "-")


DARK: Final = Theme(
    name="outtray-dark",
    primary="#5ec8e5",
    secondary="#3a5068",
    accent="#5ec8e5",
    warning="#f0b952",
    error="#d1435b",
    success="#7fd88f",
    foreground="#dce6f0",
    background="#0f1720",
    surface="#121c27",
    panel="#162230",
    boost="#1c2b3c",
    dark=True,
    variables={
        "muted": "#8496ab",
        "row-odd": "#121c27",
        "row-cursor": "#1f3a52",
        "row-cursor-blurred": "#1a2c3e",
        "key": "#5ec8e5",
        "key-text": "#0f1720",
        "chip": "#dce6f0",
        "chip-text": "#0f1720",
        "raised": "#22364b",
        "field": "#0b1219",
        "field-focused": "#070c12",
        "border": "#5ec8e5",
        "border-blurred": "#2c4257",
        "text-muted": "#8496ab",
        "block-cursor-background": "#1f3a52",
        "block-cursor-foreground": "#dce6f0",
        "block-cursor-text-style": "bold",
        "input-cursor-background": "#dce6f0",
        "input-cursor-foreground": "#0f1720",
        "input-selection-background": "#2b5e80",
        "scrollbar": "#24364a",
        "scrollbar-hover": "#3a5068",
        "scrollbar-active": "#5ec8e5",
        "scrollbar-background": "#0f1720",
        "scrollbar-background-hover": "#0f1720",
        "scrollbar-background-active": "#0f1720",
        "scrollbar-corner-color": "#0f1720",
        **_badge_variables(_DARK_BADGES),
    },
)

LIGHT: Final = Theme(
    name="outtray-light",
    primary="#0b6c88",
    secondary="#50667d",
    accent="#0b6c88",
    warning="#a86a00",
    error="#c22b45",
    success="#1e7b3a",
    foreground="#16212c",
    background="#f7f9fb",
    surface="#eef3f7",
    panel="#e4ebf2",
    boost="#d7e1ea",
    dark=False,
    variables={
        "muted": "#53667a",
        "row-odd": "#eff3f7",
        "row-cursor": "#c6dff0",
        "row-cursor-blurred": "#dbe7f0",
        "key": "#0b6c88",
        "key-text": "#ffffff",
        "chip": "#16212c",
        "chip-text": "#f7f9fb",
        "raised": "#cfdbe6",
        "field": "#ffffff",
        "field-focused": "#ffffff",
        "border": "#0b6c88",
        "border-blurred": "#b3c3d1",
        "text-muted": "#53667a",
        "block-cursor-background": "#c6dff0",
        "block-cursor-foreground": "#16212c",
        "block-cursor-text-style": "bold",
        "input-cursor-background": "#16212c",
        "input-cursor-foreground": "#ffffff",
        "input-selection-background": "#a9d3ea",
        "scrollbar": "#b9c7d4",
        "scrollbar-hover": "#8ea3b6",
        "scrollbar-active": "#0b6c88",
        "scrollbar-background": "#f7f9fb",
        "scrollbar-background-hover": "#f7f9fb",
        "scrollbar-background-active": "#f7f9fb",
        "scrollbar-corner-color": "#f7f9fb",
        **_badge_variables(_LIGHT_BADGES),
    },
)

HIGH_CONTRAST: Final = Theme(
    name="outtray-contrast",
    primary="#6be3ff",
    secondary="#404040",
    accent="#6be3ff",
    warning="#ffd000",
    error="#ff5c74",
    success="#5dff83",
    foreground="#ffffff",
    background="#000000",
    surface="#000000",
    panel="#141414",
    boost="#262626",
    dark=True,
    variables={
        "muted": "#d0d0d0",
        "row-odd": "#000000",
        "row-cursor": "#003380",
        "row-cursor-blurred": "#303030",
        "key": "#ffffff",
        "key-text": "#000000",
        "chip": "#ffffff",
        "chip-text": "#000000",
        "raised": "#303030",
        "field": "#000000",
        "field-focused": "#101c2c",
        "border": "#ffffff",
        "border-blurred": "#808080",
        "text-muted": "#d0d0d0",
        "block-cursor-background": "#003380",
        "block-cursor-foreground": "#ffffff",
        "block-cursor-text-style": "bold",
        **_badge_variables(_CONTRAST_BADGES),
    },
)

THEMES: Final = (DARK, LIGHT, HIGH_CONTRAST)


def complete(variables: Mapping[str, str], *, ansi: bool) -> dict[str, str]:
    """Return ``variables`` of any theme with ours added where the theme has none."""
    ground = variables["background"]
    text = variables["foreground"]
    cursor = "ansi_bright_black" if ansi else variables["panel-lighten-1"]
    dim = "ansi_default" if ansi else variables["foreground-darken-3"]
    ours = {
        "muted": dim,
        "row-odd": ground,
        "row-cursor": cursor,
        "row-cursor-blurred": ground if ansi else variables["panel"],
        "key": "ansi_cyan" if ansi else variables["primary"],
        "key-text": "ansi_black" if ansi else ground,
        "chip": text if not ansi else "ansi_white",
        "chip-text": ground if not ansi else "ansi_black",
        "raised": cursor,
        "field": ground,
        "field-focused": ground,
        "border": variables["primary"],
        "border-blurred": dim,
    }
    for word, entry in STATUSES.items():
        name = variable_name(word)
        solid = entry.tone in _FOREIGN
        colour = variables[_FOREIGN[entry.tone]] if solid else dim
        ours[f"badge-{name}"] = colour if solid else ground
        letters = _on_ansi(colour) if ansi else ground
        ours[f"badge-{name}-text"] = letters if solid else dim
        ours[f"tone-{name}"] = colour
    return {**ours, **variables}


def _on_ansi(ground: str) -> str:
    """Return the letters that can be read on one of a terminal's own sixteen colours."""
    return "ansi_bright_white" if ground in _DEEP_ANSI else "ansi_black"


class _Blinking(Protocol):
    cursor_blink: Any

    @property
    def app(self) -> App[Any]: ...


def steady(app: App[Any], *, is_still: bool) -> None:
    """Keep everything on ``app`` still from now on, or let it move again."""
    app.animation_level = "none" if is_still else "full"
    for screen in app.screen_stack:
        for field in screen.query("Input, TextArea"):  # by name: TextArea is slow to import
            setattr(field, "cursor_blink", not is_still)  # noqa: B010


def settle(field: _Blinking) -> None:
    """Let a text field that comes up later do as the others; called when it is mounted."""
    if field.app.animation_level == "none":
        field.cursor_blink = False
