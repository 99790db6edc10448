"""Colours: readable, complete, and in one file."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from textual.color import Color
from textual.theme import BUILTIN_THEMES, Theme

from core.model.enums import DisplayStatus
from tui.runtime.themes import THEMES, complete, variable_name

_STYLES = Path(__file__).resolve().parents[3] / "styles"
_ROWS = ("background", "row-odd", "row-cursor", "row-cursor-blurred")


def all_variables(theme: Theme) -> dict[str, str]:
    return complete({**theme.to_color_system().generate(), **theme.variables}, ansi=theme.ansi)


def contrast(ink: str, ground: str) -> float:
    """WCAG's ratio, 1 to 21."""
    light, dark = sorted((luminance(ink), luminance(ground)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    parts = [
        part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4
        for part in Color.parse(colour).normalized
    ]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
@pytest.mark.parametrize("word", DisplayStatus, ids=lambda word: word.value)
def test_every_badge_can_be_read(theme: Theme, word: DisplayStatus) -> None:
    variables = all_variables(theme)
    name = variable_name(word)
    assert contrast(variables[f"badge-{name}-text"], variables[f"badge-{name}"]) >= 4.5


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
@pytest.mark.parametrize("row", _ROWS)
def test_text_can_be_read_on_every_row(theme: Theme, row: str) -> None:
    variables = all_variables(theme)
    assert contrast(variables["foreground"], variables[row]) >= 7
    assert contrast(variables["muted"], variables[row]) >= 3.5
    for word in DisplayStatus:
        assert contrast(variables[f"tone-{variable_name(word)}"], variables[row]) >= 3.5


@pytest.mark.parametrize("name", sorted(BUILTIN_THEMES))
def test_themes_that_are_not_ours_get_every_variable(name: str) -> None:
    ours = all_variables(THEMES[0]).keys() - BUILTIN_THEMES[name].variables.keys()
    used = {
        variable
        for sheet in _STYLES.glob("*.tcss")
        for variable in re.findall(r"\$([a-z][a-z-]*)", sheet.read_text("utf-8"))
    }
    variables = all_variables(BUILTIN_THEMES[name])
    assert used <= variables.keys()
    assert {v for v in ours if v.startswith(("badge-", "tone-", "row-"))} <= variables.keys()


def test_styles_hold_no_colour_of_their_own() -> None:
    for sheet in _STYLES.glob("*.tcss"):
        rules = re.sub(r"/\*.*?\*/", "", sheet.read_text("utf-8"), flags=re.DOTALL)
        values = re.findall(r"(?:color|background|border[a-z-]*|tint):([^;]*);", rules)
        for value in values:
            assert not re.search(r"#[0-9a-fA-F]{3}|rgb|hsl|ansi_", value), (sheet.name, value)


def test_the_high_contrast_theme_reaches_seven_to_one_everywhere() -> None:
    theme = next(theme for theme in THEMES if theme.name == "outtray-contrast")
    variables = all_variables(theme)
    pairs = [
        *[(ink, row) for ink in ("foreground", "muted", "text-muted") for row in _ROWS],
        *[
            (f"tone-{variable_name(w)}", row)
            for w in DisplayStatus
            for row in ("background", "row-odd")
        ],
        *[(f"badge-{variable_name(w)}-text", f"badge-{variable_name(w)}") for w in DisplayStatus],
        ("key-text", "key"),
        ("chip-text", "chip"),
        *[("foreground", ground) for ground in ("panel", "raised", "field", "field-focused")],
    ]
    poor = {
        pair: round(ratio, 1)
        for pair in pairs
        if (ratio := contrast(variables[pair[0]], variables[pair[1]])) < 7
    }
    assert poor == {}


#: The sixteen colours as xterm and as the consoles of Windows have had them.
_TERMINALS = {
    "xterm": "000 cd0000 00cd00 cdcd00 0000ee cd00cd 00cdcd e5e5e5 "
    "7f7f7f ff0000 00ff00 ffff00 5c5cff ff00ff 00ffff ffffff",
    "windows": "000 800000 008000 808000 000080 800080 008080 c0c0c0 "
    "808080 ff0000 00ff00 ffff00 0000ff ff00ff 00ffff ffffff",
}
_NAMES = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"]


@pytest.mark.parametrize("terminal", _TERMINALS)
@pytest.mark.parametrize("name", [n for n, t in BUILTIN_THEMES.items() if t.ansi])
def test_a_status_can_be_read_in_sixteen_colours(name: str, terminal: str) -> None:
    values = [f"#{value}" for value in _TERMINALS[terminal].split()]
    colours = {f"ansi_{n}": values[i] for i, n in enumerate(_NAMES)}
    colours |= {f"ansi_bright_{n}": values[i + 8] for i, n in enumerate(_NAMES)}
    variables = all_variables(BUILTIN_THEMES[name])
    pairs = [(f"badge-{variable_name(w)}-text", f"badge-{variable_name(w)}") for w in DisplayStatus]
    for letters, ground in [*pairs, ("key-text", "key"), ("chip-text", "chip")]:
        named = variables[letters], variables[ground]
        if "ansi_default" in named:
            assert named == ("ansi_default", "ansi_default"), (letters, named)
            continue
        assert contrast(colours[named[0]], colours[named[1]]) >= 3, (letters, named)
