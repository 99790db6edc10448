"""Rows in memory: pages, reading in the background, and which of them changed."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final, Generic, Protocol, TypeVar

if TYPE_CHECKING:
    from core.model.errors import OuttrayError
    from tui.runtime.background import BackgroundCalls


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


class News(Generic[T]):
    """``sign`` is what matters of a row; two that are equal are no news.

    ``is_quiet`` tells the rows whose change nobody needs to be told: what one just did oneself.
    """

    def __init__(
        self,
        sign: Callable[[T], Hashable],
        is_quiet: Callable[[T], bool] = lambda _: False,
        seen: dict[int, Hashable] | None = None,
    ) -> None:
        """``seen`` outlives the table, so that who comes back is told what changed meanwhile."""
        self._sign, self._is_quiet = sign, is_quiet
        self._seen: dict[int, Hashable] = {} if seen is None else seen
        self._waiting: dict[int, Hashable] = {}

    def is_new(self, key: int, row: T) -> bool:
        """Whether ``row``, which is on screen now, is another than when it was looked at.

        One that was never on screen before is not.
        """
        sign = self._sign(row)
        if self._seen.setdefault(key, sign) == sign or self._is_quiet(row):
            self._seen[key] = sign
            self._waiting.pop(key, None)
            return False
        self._waiting[key] = sign
        return True

    def would_be_new(self, key: int, row: T) -> bool:
        """Return what ``is_new`` will, of a row that is not on screen yet."""
        sign = self._sign(row)
        return self._seen.get(key, sign) != sign and not self._is_quiet(row)

    def look(self, key: int) -> bool:
        """The cursor was on the row; true when it was news until now."""
        sign = self._waiting.pop(key, None)
        if sign is None:
            return False
        self._seen[key] = sign
        return True

    def leave(self) -> None:
        """The person leaves the table: what is marked was on screen."""
        self._seen |= self._waiting
        self._waiting.clear()


_MOST_PAGE_CALLS: Final = 2


class Reader(Generic[T]):
    """Holds the rows of one source; answers about an older one, or an older reading, are dropped.

    ``on_window`` gets every reading that still counts and ends in ``accept`` or in a new ``read``.
    """

    def __init__(
        self,
        background_calls: BackgroundCalls,
        *,
        on_window: Callable[[Wish, Window[T]], object],
        on_page: Callable[[], object],
        on_count: Callable[[], object],
        on_error: Callable[[OuttrayError], object],
    ) -> None:
        self._background_calls = background_calls
        self._on_window, self._on_page, self._on_error = on_window, on_page, on_error
        self._on_count = on_count
        self._asked: set[int] = set()
        self.source: RowSource[T] | None = None
        self.rows: Rows[T] = Rows()
        self.loading = False
        """Rows of another source are on their way; those in memory are of the last one."""
        self.reading: object | None = None
        """What stands for the reading that is on its way; ``None``: none is."""

    def load(self, source: RowSource[T], wish: Wish) -> None:
        """Begin to read another source."""
        self.source, self.loading = source, True
        rows_first = getattr(source, "rows_first", False)
        if rows_first and wish.cursor_key is None:
            self.reading = object()
            call, done = partial(source.page, 0, PAGE), partial(self._begin, wish)
            self._background_calls.start(self._group, call, done, self._failed)
        else:
            self.read(wish)

    def _begin(self, wish: Wish, page: Sequence[T]) -> None:
        self._read(wish, Window(len(page), 0, 0, {0: tuple(page)} if page else {}))
        if len(page) == PAGE and self.source is not None:
            done = partial(self._counted, self.rows)
            self._background_calls.start(self._group, self.source.count, done, self._on_error)

    def _counted(self, rows: Rows[T], count: int) -> None:
        if rows is self.rows and count != rows.count:
            rows.count = count
            self._on_count()

    def read(self, wish: Wish) -> None:
        """Begin to read the same source, from the beginning or again."""
        if self.source is not None:
            self.reading = object()
            call = partial(read_window, self.source, wish)
            self._background_calls.start(self._group, call, partial(self._read, wish), self._failed)

    @property
    def _group(self) -> str:
        return f"table-{id(self)}"

    def _read(self, wish: Wish, window: Window[T]) -> None:
        self.reading = None
        self._on_window(wish, window)

    def _failed(self, error: OuttrayError) -> None:
        self.reading = None
        self._on_error(error)

    def stop(self) -> None:
        """Wait no longer for the reading that is on its way; rows in memory stay."""
        self._background_calls.drop(self._group)
        self.reading, self.loading = None, False

    def accept(self, rows: Rows[T], *, loading: bool = False) -> None:
        """Hold these rows instead; pages that are on their way are of an older reading now."""
        self.rows, self.loading = rows, loading
        self._asked = set()

    def key_at(self, index: int) -> int | None:
        """Return the key of the row, or ``None`` while it is not in memory."""
        row = self.rows.get(index)
        return None if row is None or self.source is None else self.source.key(row)

    def ask(self, numbers: Iterable[int]) -> None:
        """Begin to read the first of ``numbers`` that are missing, a few at a time."""
        if self.source is None or self.loading:
            return
        for number in self.rows.missing(numbers):
            if number not in self._asked and len(self._asked) < _MOST_PAGE_CALLS:
                self._asked.add(number)
                self._background_calls.start(
                    None,
                    partial(self.source.page, number * PAGE, PAGE),
                    partial(self._keep, self.rows, number),
                    partial(self._miss, self.rows, number),
                )

    def _keep(self, rows: Rows[T], number: int, page: Sequence[T]) -> None:
        if rows is self.rows:
            self._asked.discard(number)
            rows.put(number, page)
            self._on_page()

    def _miss(self, rows: Rows[T], number: int, error: OuttrayError) -> None:
        if rows is self.rows:
            self._asked.discard(number)
            rows.put(number, ())  # not asked for again before the next reading
            self._on_error(error)
