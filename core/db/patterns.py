"""Text as a LIKE pattern, with ``ESCAPE '!'``: what was typed stands for itself."""

from __future__ import annotations


def part_of(text: str) -> str:
    """For what holds ``text``."""
    return f"%{_escape(text)}%"


def begins_with(text: str) -> str:
    """For what begins with ``text``."""
    return f"{_escape(text)}%"


def ends_with(text: str) -> str:
    """For what ends with ``text``."""
    return f"%{_escape(text)}"


def _escape(text: str) -> str:
    for special in "!%_":
        text = text.replace(special, "!" + special)
    return text
