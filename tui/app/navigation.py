"""Which screen opens for what is chosen, and which commands lead there."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from textual import on

from core.model.documents import DocumentView
from tui.app.flows.send import back_to
from tui.app.terminal_app import TerminalApp
from tui.commands.dispatch import CommandHost
from tui.screens.customers import CustomersScreen
from tui.tables.intents import ChaseWanted, CopyWanted, ExportWanted, OpenWanted

if TYPE_CHECKING:
    from core.model.documents import CustomerRow
    from core.model.feed import FeedStatus
    from tui.app.flows.chase import ChaseFlows
    from tui.app.flows.copy_open_export import CopyOpenExport
    from tui.app.flows.send import Correct, Sending
    from tui.app.live_changes import Following
    from tui.runtime.context import AppContext
    from tui.screens.attention import AttentionScreen
    from tui.screens.communications import CommunicationsScreen
    from tui.screens.outbox import OutboxScreen
    from tui.screens.settings import SettingsScreen
    from tui.screens.suppressions import SuppressionsScreen


class Navigation(CommandHost, TerminalApp[None]):
    """What ``OuttrayApp`` knows of its screens; it sets what is declared here."""

    app_context: AppContext
    sending: Sending
    correct: Correct
    chases: ChaseFlows
    following: Following
    copy_open_export: CopyOpenExport
    _feed: FeedStatus

    @on(CustomersScreen.Opened)
    def _open_customer(self, event: CustomersScreen.Opened) -> None:
        self.show_documents(event.customer, event.chip)

    def show_documents(
        self, customer: CustomerRow | None, chip: DocumentView = DocumentView.ALL
    ) -> None:
        """Show a customer's documents, or everybody's, on top of the list of customers."""
        from tui.screens.communications import CommunicationsScreen  # not for the first paint

        screen = CommunicationsScreen(self.app_context, self._feed, customer, chip)
        if isinstance(self.screen, CommunicationsScreen):
            _ = self.switch_screen(screen)
        else:
            _ = self.push_screen(screen)

    def on_communications_screen_send_wanted(self, event: CommunicationsScreen.SendWanted) -> None:
        """Begin to write about one document."""
        self.sending.begin(event.kind, event.row)

    def on_communications_screen_many_wanted(self, event: CommunicationsScreen.ManyWanted) -> None:
        """Begin to write about all that are selected."""
        screen = self._documents_screen()
        done = screen.forget_marks if screen else lambda: None
        self.sending.many(event.kind, event.document_ids, done)

    def on_communications_screen_edit_wanted(self, event: CommunicationsScreen.EditWanted) -> None:
        """Begin to correct the address that failed."""
        self.correct.begin(event.row.customer_id, event.row.id, event.address)

    @on(ChaseWanted)
    def _begin_chase(self, event: ChaseWanted) -> None:
        self.chases.begin(event)

    @on(CopyWanted)
    def _offer_copies(self, event: CopyWanted) -> None:
        self.copy_open_export.offer(event.title, event.items)

    @on(OpenWanted)
    def _open_document(self, event: OpenWanted) -> None:
        self.copy_open_export.open(event.row)

    @on(ExportWanted)
    def _export(self, event: ExportWanted) -> None:
        self.copy_open_export.export(event.sheet)

    def why_not(self, command_id: str) -> str:
        """See ``Host``."""
        screen = self.screen
        if command_id == "app.customers" and isinstance(screen, CustomersScreen):
            return "This is the list of customers."
        if command_id == "app.outbox" and type(screen).__name__ == "OutboxScreen":
            return "This is the outbox."
        if command_id == "app.all" and (documents := self._documents_screen()):
            return "" if documents.customer else "These are the documents of all customers."
        if command_id == "app.unlinked" and screen.name == "unlinked":
            return "These are the emails that wait to be linked."
        if command_id == "app.attention" and screen.name == "attention":
            return "This is what needs attention."
        if command_id == "app.settings" and screen.name == "settings":
            return "These are the feed and the settings."
        if command_id == "app.insights" and screen.name == "insights":
            return "These are the insights."
        if command_id == "app.suppressions" and screen.id == "suppressions-screen":
            return "These are the suppressions."
        return ""

    def _documents_screen(self) -> CommunicationsScreen | None:
        """The screen, if it is the one of the documents; asks for no class that is not loaded."""
        screen = self.screen
        return cast("CommunicationsScreen", screen) if screen.name == "documents" else None

    def command_all(self) -> None:
        self.show_documents(None)

    def command_customers(self) -> None:
        while len(self.screen_stack) > 1:
            _ = self.pop_screen()

    def command_unlinked(self) -> None:
        from tui.screens.unlinked import UnlinkedScreen  # not for the first paint

        _ = self.push_screen(UnlinkedScreen(self.app_context, self._feed))

    def is_quiet(self, command_id: str) -> bool:
        """Whether the bottom line leaves a command out, because there is no reason to use it."""
        return command_id == "app.unlinked" and not self.app_context.board.unlinked

    def command_suppressions(self) -> None:
        from tui.screens.suppressions import SuppressionsScreen  # not for the first paint

        if not back_to(self, SuppressionsScreen):
            _ = self.push_screen(SuppressionsScreen(self.app_context, self._feed))

    def on_suppressions_screen_document_wanted(
        self, event: SuppressionsScreen.DocumentWanted
    ) -> None:
        """Show the document among its customer's, with its log open; Back comes back here."""
        self._show_document(event.customer, event.document_id)

    def _show_document(self, customer: CustomerRow, document_id: int) -> None:
        from tui.screens.communications import CommunicationsScreen

        screen = CommunicationsScreen(
            self.app_context, self._feed, customer, document_id=document_id
        )
        _ = self.push_screen(screen)

    def command_attention(self) -> None:
        from tui.screens.attention import AttentionScreen  # not for the first paint

        if not back_to(self, AttentionScreen):
            _ = self.push_screen(AttentionScreen(self.app_context, self._feed))

    def on_attention_screen_document_wanted(self, event: AttentionScreen.DocumentWanted) -> None:
        """Show the document among its customer's, with its log open; Back comes back here."""
        self._show_document(event.customer, event.document_id)

    def command_insights(self) -> None:
        from tui.screens.insights import InsightsScreen  # not for the first paint

        if not back_to(self, InsightsScreen):
            _ = self.push_screen(InsightsScreen(self.app_context, self._feed))

    def command_settings(self) -> None:
        from tui.screens.settings import SettingsScreen  # not for the first paint

        if not back_to(self, SettingsScreen):
            _ = self.push_screen(SettingsScreen(self.app_context, self._feed))

    def on_settings_screen_changed(self, event: SettingsScreen.Changed) -> None:
        """Follow at once what can be followed at once."""
        values = {row.setting.key: row.value for row in event.survey.rows}
        self.following.change(values, event.survey.keys)

    def on_settings_screen_set_up_wanted(self) -> None:
        self.set_up()

    def set_up(self) -> None:
        """Ask everything one by one; what changes takes effect with the next start."""
        from tui.screens.setup import DONE, SetUp, SetUpScreen  # not for the first paint

        def closed(answer: str | None) -> None:
            if answer == DONE:
                self.notify("Start Outtray again, so that all of it is in force.", title="Set up")

        asked = SetUp(self.app_context.backend.settings, has_demo=False)
        _ = self.push_screen(SetUpScreen(self.app_context.background_calls, asked), closed)

    def command_outbox(self) -> None:
        from tui.screens.outbox import OutboxScreen  # not for the first paint

        _ = self.push_screen(OutboxScreen(self.app_context, self._feed))

    def on_outbox_screen_again_wanted(self, event: OutboxScreen.AgainWanted) -> None:
        self.sending.begin_with(event.composition)
