"""What a screen asks the application to do with a row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from textual.message import Message

from core.model.documents import DocumentRow

if TYPE_CHECKING:
    from core.model.documents import CustomerRow
    from tui.tables.copy_items import Item
    from tui.tables.export_file import Sheet


class CopyWanted(Message):
    """The person wants to copy something of a row."""

    def __init__(self, title: str, items: Sequence[Item]) -> None:
        super().__init__()
        self.title = title
        self.items = tuple(items)


class OpenWanted(Message):
    """The person wants to see the document itself."""

    def __init__(self, row: DocumentRow) -> None:
        super().__init__()
        self.row = row


class ExportWanted(Message):
    """The person wants what the table shows in a file."""

    def __init__(self, sheet: Sheet[Any]) -> None:
        super().__init__()
        self.sheet = sheet


class ChaseWanted(Message):
    """The person wants to ``snooze``, log a ``call`` or write ``evidence``."""

    def __init__(self, verb: str, about: DocumentRow | CustomerRow) -> None:
        super().__init__()
        self.verb = verb
        self.about = about
