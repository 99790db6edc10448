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

#: Of each of our themes, one beside the other: dark, light, high contrast. By Textual's names …
_BASE: Final = {
    "primary": ("#5ec8e5", "#0b6c88", "#6be3ff"),
    "secondary": ("#3a5068", "#50667d", "#404040"),
    "warning": ("#f0b952", "#a86a00", "#ffd000"),
    "error": ("#d1435b", "#c22b45", "#ff5c74"),
    "success": ("#7fd88f", "#1e7b3a", "#5dff83"),
    "foreground": ("#dce6f0", "#16212c", "#ffffff"),
    "background": ("#0f1720", "#f7f9fb", "#000000"),
    "surface": ("#121c27", "#eef3f7", "#000000"),
    "panel": ("#162230", "#e4ebf2", "#141414"),
    "boost": ("#1c2b3c", "#d7e1ea", "#262626"),
}
#: … and by our own names and those that Textual would mix.
_COLOURS: Final = {
    "muted": ("#8496ab", "#53667a", "#d0d0d0"),
    "row-odd": ("#121c27", "#eff3f7", "#000000"),
    "row-cursor": ("#1f3a52", "#c6dff0", "#003380"),
    "row-cursor-blurred": ("#1a2c3e", "#dbe7f0", "#303030"),
    "key": ("#5ec8e5", "#0b6c88", "#ffffff"),
    "key-text": ("#0f1720", "#ffffff", "#000000"),
    "raised": ("#22364b", "#cfdbe6", "#303030"),
    "field": ("#0b1219", "#ffffff", "#000000"),
    "field-focused": ("#070c12", "#ffffff", "#101c2c"),
    "border-blurred": ("#2c4257", "#b3c3d1", "#808080"),
    "input-selection-background": ("#2b5e80", "#a9d3ea", "#82f8ff66"),
    "scrollbar": ("#24364a", "#b9c7d4", "#2a5a66"),
    "scrollbar-hover": ("#3a5068", "#8ea3b6", "#35717f"),
}
_SCROLLBAR_GROUNDS: Final = (
    *("scrollbar-background", "scrollbar-background-hover", "scrollbar-background-active"),
    "scrollbar-corner-color",
)
#: Of the badges: the ground, the letters on it, and letters on the ordinary ground.
_BADGES: Final[dict[Tone, tuple[str, str, str]]] = {
    "quiet": ("#0f1720 #7d90a5 #7d90a5", "#f7f9fb #566a7e #566a7e", "#000000 #ffffff #ffffff"),
    "waiting": ("#24364a #b9c9d9 #9db0c4", "#d5dee8 #33475b #4d6175", "#404040 #ffffff #ffffff"),
    "warning": ("#f0b952 #1a1408 #f0b952", "#f5c868 #2b1d00 #835400", "#ffd000 #000000 #ffd000"),
    "sent": ("#3a5068 #e8f0f8 #a9bdd2", "#50667d #ffffff #465b70", "#404040 #ffffff #ffffff"),
    "soft": ("#6b2c3a #ffc9d1 #ee97a4", "#f3c8cf #7a1428 #9a2c42", "#7a0016 #ffffff #ff8a9b"),
    "stopped": ("#8c3a3a #ffe9e6 #e89c94", "#7d2f2f #ffffff #7d2f2f", "#7a0016 #ffffff #ffb0a8"),
    "delivered": ("#7fd88f #0b1f12 #7fd88f", "#1e7b3a #ffffff #1a6f33", "#5dff83 #000000 #5dff83"),
    "opened": ("#6cc7e8 #07212b #6cc7e8", "#0b6c88 #ffffff #0b647e", "#6be3ff #000000 #6be3ff"),
    "clicked": ("#8fb7ff #0a1a36 #8fb7ff", "#2a5cc0 #ffffff #2353b0", "#a9c6ff #000000 #a9c6ff"),
    "bad": ("#c93a53 #ffffff #ff8b9c", "#c22b45 #ffffff #b3223b", "#b00020 #ffffff #ff8a9b"),
    "complaint": ("#9a4abd #ffffff #d59bea", "#8436a8 #ffffff #7a2f9e", "#7a1fa8 #ffffff #e7b3ff"),
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


def variable_name(word: DisplayStatus) -> str:
    """The part of a variable's name that stands for ``word``: ``soft-bounced``."""
    return word.value.lower().replace("_", "-")


def _theme(name: str, column: int, *, dark: bool = True) -> Theme:
    base: dict[str, Any] = {key: colours[column] for key, colours in _BASE.items()}
    ours = {key: colours[column] for key, colours in _COLOURS.items()}
    ground, text = base["background"], base["foreground"]
    ours |= {
        "chip": text,
        "chip-text": ground,
        "border": ours["key"],
        "text-muted": ours["muted"],
        "block-cursor-background": ours["row-cursor"],
        "block-cursor-foreground": text,
        "block-cursor-text-style": "bold",
        "input-cursor-background": text,
        "input-cursor-foreground": ours["key-text"],
        "scrollbar-active": base["primary"],
        **dict.fromkeys(_SCROLLBAR_GROUNDS, ground),
    }
    for word, entry in STATUSES.items():
        badge = f"badge-{variable_name(word)}"
        names = (badge, f"{badge}-text", f"tone-{variable_name(word)}")
        ours |= zip(names, _BADGES[entry.tone][column].split(), strict=True)
    return Theme(name, accent=base["primary"], dark=dark, variables=ours, **base)


DARK: Final = _theme("outtray-dark", 0)
LIGHT: Final = _theme("outtray-light", 1, dark=False)
THEMES: Final = (DARK, LIGHT, _theme("outtray-contrast", 2))


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
    """Keep everything on ``app`` still from now on, or let it move again.

    Textual's own spinners and bars keep still by ``animation_level``, too.
    """
    app.animation_level = "none" if is_still else "full"
    for screen in app.screen_stack:
        for field in screen.query("Input, TextArea"):  # by name: TextArea is slow to import
            setattr(field, "cursor_blink", not is_still)  # noqa: B010


def settle(field: _Blinking) -> None:
    """Let a text field that comes up later do as the others; called when it is mounted."""
    if field.app.animation_level == "none":
        field.cursor_blink = False
