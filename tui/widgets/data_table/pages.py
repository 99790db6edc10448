"""The part of a long list that is in memory: pages of rows, and how a window of them is read."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Generic, Protocol, TypeVar

T = TypeVar("T")

PAGE: Final = 128
KEPT_PAGES: Final = 16


class RowSource(Protocol[T]):
    """Where rows come from. Called in threads, by one call at a time or by several."""

    def count(self) -> int:
        """Return how many rows there are."""
        ...

    def page(self, offset: int, limit: int) -> Sequence[T]:
        """Return up to ``limit`` rows from the one at ``offset`` on."""
        ...

    def position(self, key: int) -> int | None:
        """Return the offset of the row with ``key``, or ``None`` when it is not among the rows."""
        ...

    def key(self, row: T) -> int:
        """Return what tells ``row`` from all others; cheap, also called on the UI's thread."""
        ...


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person looks at, and wants to look at again after the rows were read anew."""

    height: int
    """Rows on screen."""
    top: int | None = None
    """The first row on screen; ``None``: these are other rows, begin at the cursor."""
    cursor: int = 0
    cursor_key: int | None = None
    anchor: int = 0
    """The row that must not move on screen: the cursor's, or the first one if that is outside."""
    anchor_key: int | None = None


@dataclass(frozen=True, slots=True)
class Window(Generic[T]):
    """An answer to a ``Wish``: rows enough for the screen and the cursor."""

    count: int
    top: int
    cursor: int
    pages: Mapping[int, Sequence[T]]


def read_window(source: RowSource[T], wish: Wish) -> Window[T]:
    """Read what ``wish`` needs; a few small queries, in a job's thread."""
    count = source.count()
    cursor = _position(source, wish.cursor_key)
    anchor = cursor if wish.anchor_key == wish.cursor_key else _position(source, wish.anchor_key)
    cursor = clamp(wish.cursor if cursor is None else cursor, count)
    top = top_row(wish, cursor, wish.anchor if anchor is None else anchor, count)
    numbers = {*page_numbers(top, top + wish.height, count), cursor // PAGE} if count else set()
    pages = {number: tuple(source.page(number * PAGE, PAGE)) for number in sorted(numbers)}
    return Window(count, top, cursor, pages)


def _position(source: RowSource[T], key: int | None) -> int | None:
    return None if key is None else source.position(key)


def top_row(wish: Wish, cursor: int, anchor: int, count: int) -> int:
    """Return the first row on screen, so that for the eye nothing moved."""
    if wish.top is None:  # other rows: from the top, or with the cursor in the middle
        top = 0 if cursor < wish.height else cursor - wish.height // 2
    elif wish.top == 0 and cursor < wish.height:
        top = 0  # who looks at the beginning wants to see what comes in
    else:
        top = wish.top + anchor - wish.anchor
    return max(0, min(top, count - wish.height))


def clamp(index: int, count: int) -> int:
    """Return ``index`` or the nearest row there is; 0 where there is none."""
    return max(0, min(index, count - 1))


def page_numbers(first: int, last: int, count: int) -> Iterator[int]:
    """Yield the pages that hold the rows from ``first`` to before ``last``."""
    first, last = max(0, first), min(last, count)
    if first < last:
        yield from range(first // PAGE, (last - 1) // PAGE + 1)


class Rows(Generic[T]):
    """The pages in memory of one reading of a source, the longest unused ones forgotten."""

    def __init__(self, count: int = 0, pages: Mapping[int, Sequence[T]] | None = None) -> None:
        self.count = count
        self._pages: OrderedDict[int, Sequence[T]] = OrderedDict(pages or {})

    def get(self, index: int) -> T | None:
        """Return the row, or ``None`` while its page is not there."""
        number, offset = divmod(index, PAGE)
        page = self._pages.get(number)
        if page is None or index >= self.count:
            return None
        self._pages.move_to_end(number)
        return page[offset] if offset < len(page) else None

    def put(self, number: int, page: Sequence[T]) -> None:
        """Keep a page that was read."""
        self._pages[number] = page
        while len(self._pages) > KEPT_PAGES:
            self._pages.popitem(last=False)

    def missing(self, numbers: Iterable[int]) -> list[int]:
        """Return the pages of ``numbers`` that are not in memory."""
        return [number for number in numbers if number not in self._pages]
