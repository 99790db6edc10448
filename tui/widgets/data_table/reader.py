"""Reading rows in the background: which call is on its way, and which answer still counts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from tui.widgets.data_table.pages import PAGE, Rows, Window, read_window

if TYPE_CHECKING:
    from core.model.errors import OuttrayError
    from tui.runtime.background import BackgroundCalls
    from tui.widgets.data_table.pages import RowSource, Wish

T = TypeVar("T")

_MOST_PAGE_CALLS: Final = 2


class Reader(Generic[T]):
    """Holds the rows of one source; answers about an older one, or an older reading, are dropped.

    ``on_window`` gets every reading that still counts and ends in ``accept`` or in a new ``read``.
    """

    def __init__(
        self,
        jobs: BackgroundCalls,
        *,
        on_window: Callable[[Wish, Window[T]], object],
        on_page: Callable[[], object],
        on_count: Callable[[], object],
        on_error: Callable[[OuttrayError], object],
    ) -> None:
        self._jobs = jobs
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
            self._jobs.start(self._group, call, done, self._failed)
        else:
            self.read(wish)

    def _begin(self, wish: Wish, page: Sequence[T]) -> None:
        self._read(wish, Window(len(page), 0, 0, {0: tuple(page)} if page else {}))
        if len(page) == PAGE and self.source is not None:
            done = partial(self._counted, self.rows)
            self._jobs.start(self._group, self.source.count, done, self._on_error)

    def _counted(self, rows: Rows[T], count: int) -> None:
        if rows is self.rows and count != rows.count:
            rows.count = count
            self._on_count()

    def read(self, wish: Wish) -> None:
        """Begin to read the same source, from the beginning or again."""
        if self.source is not None:
            self.reading = object()
            call = partial(read_window, self.source, wish)
            self._jobs.start(self._group, call, partial(self._read, wish), self._failed)

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
        self._jobs.drop(self._group)
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
                self._jobs.start(
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
