"""What a person wants to do about the documents of a table: told to the app, which does it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.message import Message

from core.model.enums import EmailKind
from tui.screens.base_table_screen import TablePlace
from tui.tables.intents import ChaseWanted

if TYPE_CHECKING:
    from core.model.documents import DocumentRow
    from tui.widgets.data_table.table import WindowTable
    from tui.widgets.email_log import EmailLog


class DocumentWants(TablePlace):
    """``_table`` holds the documents, ``log_panel`` the emails of one of them."""

    log_panel: EmailLog
    _table: WindowTable[DocumentRow]

    class SendWanted(Message, namespace="communications_screen"):
        """The person wants to write about this document."""

        def __init__(self, kind: EmailKind, row: DocumentRow) -> None:
            super().__init__()
            self.kind = kind
            self.row = row

    class ManyWanted(Message, namespace="communications_screen"):
        """The person wants to write about every selected document."""

        def __init__(self, kind: EmailKind, document_ids: frozenset[int]) -> None:
            super().__init__()
            self.kind = kind
            self.document_ids = document_ids

    class EditWanted(Message, namespace="communications_screen"):
        """The person wants to correct an address that this document failed on."""

        def __init__(self, row: DocumentRow, address: str) -> None:
            super().__init__()
            self.row = row
            self.address = address

    def command_follow_up(self) -> None:
        self._want(EmailKind.FOLLOW_UP)

    def command_resend(self) -> None:
        self._want(EmailKind.RESEND)

    def _want(self, kind: EmailKind) -> None:
        row = self._table.cursor_row
        if self._table.marked:
            self.post_message(self.ManyWanted(kind, self._table.marked))
        elif row is not None:
            self.post_message(self.SendWanted(kind, row))

    def command_edit_address(self) -> None:
        row = self._table.cursor_row
        if row is not None:
            in_log = self.log_panel.has_focus_within
            pointed = self.log_panel.failed_address if in_log else ""
            self.post_message(self.EditWanted(row, pointed))

    def command_snooze(self) -> None:
        self._want_chase("snooze")

    def command_call(self) -> None:
        self._want_chase("call")

    def command_evidence(self) -> None:
        self._want_chase("evidence")

    def _want_chase(self, verb: str) -> None:
        row = self._table.cursor_row
        if row is not None:
            self.post_message(ChaseWanted(verb, row))
