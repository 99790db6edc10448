"""What everything is compared with: a Textual app that is nothing but the stock table.

``python -m bench.ui.bare [ROWS]``: 50 rows by default.
"""

from __future__ import annotations

import sys

from textual.app import App, ComposeResult
from textual.widgets import DataTable

_COLUMNS = ("Customer", "Address", "Open balance", "Last sent", "Status", "No.")


class Bare(App[None]):
    """A table of rows made up on the spot."""

    def __init__(self, rows: int) -> None:
        super().__init__()
        self._rows = rows

    def compose(self) -> ComposeResult:
        yield DataTable(cursor_type="row")

    def on_mount(self) -> None:
        table = self.query_one(DataTable)
        table.add_columns(*_COLUMNS)
        table.add_rows(
            (f"Customer {n:05}", f"billing{n}@customer{n}.example", f"{n * 7:,}.50",
             f"{n % 28 + 1} Nov", "DELIVERED", f"INV-{n:05}")
            for n in range(self._rows)
        )  # fmt: skip


if __name__ == "__main__":
    Bare(int(sys.argv[1]) if len(sys.argv) > 1 else 50).run()
