"""Pure: the lines and views that a person's screens remember, as the JSON that preferences keep.

What cannot be read was written by another version or by hand: it is as if nothing were there.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, Final

from core.model.documents import DocumentView

LINES: Final = "documents.lines"
VIEWS: Final = "documents.views"
MOST_LINES: Final = 50
MOST_VIEWS: Final = 50
LONGEST_NAME: Final = 40


@dataclass(frozen=True, slots=True)
class View:
    """A line and a chip under a name."""

    name: str
    line: str
    chip: DocumentView = DocumentView.ALL


def lines_of(kept: str | None) -> tuple[str, ...]:
    """Return the lines, newest first."""
    return tuple(line for line in _list(kept) if isinstance(line, str) and line)[:MOST_LINES]


def with_line(kept: str | None, line: str) -> str:
    """Return what to keep when ``line`` was used: it comes first, and once."""
    wanted = " ".join(line.split())
    lines = dict.fromkeys((wanted, *lines_of(kept))) if wanted else lines_of(kept)
    return json.dumps(list(lines)[:MOST_LINES])


def views_of(kept: str | None) -> tuple[View, ...]:
    """Return the saved views in the order in which they were saved first."""
    found = (_view(each) for each in _list(kept))
    return tuple(view for view in found if view is not None)[:MOST_VIEWS]


def with_view(kept: str | None, view: View) -> str:
    """Return what to keep; a view of the same name is replaced, in its place."""
    views = {_key(each.name): each for each in views_of(kept)}
    views[_key(view.name)] = view
    return _dumped(views.values())


def without_view(kept: str | None, name: str) -> str:
    """Return what to keep when the view of that name is gone; empty when none is left."""
    return _dumped(view for view in views_of(kept) if _key(view.name) != _key(name))


def is_named(views: Iterable[View], name: str) -> bool:
    """Whether there is a view of that name, however it is written."""
    return any(_key(view.name) == _key(name) for view in views)


def _key(name: str) -> str:
    return " ".join(name.casefold().split())


def _dumped(views: Iterable[View]) -> str:
    several = [asdict(view) for view in views]
    return json.dumps(several) if several else ""


def _list(kept: str | None) -> list[Any]:
    try:
        found = json.loads(kept or "[]")
    except (ValueError, RecursionError):
        return []
    return found if isinstance(found, list) else []


def _view(each: Any) -> View | None:
    if not isinstance(each, dict):
        return None
    name, line, chip = each.get("name"), each.get("line"), each.get("chip")
    if not (isinstance(name, str) and name.strip() and isinstance(line, str)):
        return None
    known = next((each for each in DocumentView if each.value == chip), None)
    return None if known is None else View(name, line, known)
