"""Feed and settings: how the feed fares, the doctor, and every setting with where it is from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from core.model.errors import OuttrayError
from core.model.feed import FeedStatus
from core.model.reports import QuarantinedBody
from core.rules.doctor.checks import Check
from core.settings import editing
from core.settings.editing import Survey
from tui.commands.dispatch import bindings, key_of
from tui.dialogs.quarantine import QuarantineDialog
from tui.dialogs.setting import SettingDialog
from tui.format import feed_report
from tui.format.text import cell
from tui.runtime.context import AppContext
from tui.screens.base_screen import PlaceScreen
from tui.tables.settings import SETTING_COLUMNS, SettingRow, SettingSource
from tui.widgets.data_table.table import WindowTable


class SettingsScreen(PlaceScreen):
    """The feed on one side, the settings on the other."""

    BINDINGS = bindings("settings")
    AUTO_FOCUS = "#settings"

    @dataclass
    class Changed(Message):
        """The settings file says something else now."""

        survey: Survey

    class SetUpWanted(Message):
        """Ask everything one by one."""

    def __init__(self, app_context: AppContext, feed: FeedStatus) -> None:
        super().__init__(app_context, feed, name="settings")
        self._settings = app_context.backend.settings
        self._bodies: Sequence[QuarantinedBody] | None = None
        self._is_examining = False
        # held, not queried: an answer may come while the screen is being taken down
        self._feed_text = Static("", id="feed-report", markup=False)
        self._unread = Static("", id="feed-unread", markup=False)
        self._doctor = Static("", id="feed-doctor", markup=False)
        self._detail = Static("", id="settings-detail", markup=False)
        self._table: WindowTable[SettingRow] = WindowTable(
            SETTING_COLUMNS,
            app_context.background_calls,
            empty="",
            clock=app_context.clock,
            id="settings",
        )

    def crumbs(self) -> tuple[str, ...]:
        return ("Feed and settings",)

    def compose_place(self) -> ComposeResult:
        with Horizontal(id="settings-columns"):
            with VerticalScroll(id="feed-side"):
                yield self._feed_text
                yield self._unread
                yield self._doctor
            with Vertical(id="settings-side"):
                yield self._table
                yield self._detail

    def on_mount(self) -> None:
        self._table.load(SettingSource(self._look))
        self._doctor.update(self._invitation())
        self._count()

    def _invitation(self) -> Content:
        key = key_of("settings.doctor")
        return Content.styled(
            f"{key} looks at every leg between an email and its status.", "$muted"
        )

    # ------------------------------------------------------------------ reading

    def _look(self) -> Survey:
        return editing.survey(self._settings)

    def show_feed(self, status: FeedStatus) -> None:
        super().show_feed(status)
        now = self.app_context.clock()
        self._feed_text.update(feed_report.feed_lines(status, self._settings.queue_url, now))

    def _count(self) -> None:
        self.read(
            "quarantine", lambda: self.app_context.backend.quarantine.waiting(), self._counted
        )

    def _counted(self, bodies: Sequence[QuarantinedBody]) -> None:
        self._bodies = bodies
        key = key_of("settings.quarantine")
        self._unread.update(feed_report.unread_line(len(bodies), key))
        self.refresh_bindings()

    def show_again(self) -> None:
        self._table.reload()
        self._count()

    @on(WindowTable.Loaded, "#settings")
    @on(WindowTable.Highlighted, "#settings")
    def _moved(self) -> None:
        row = self._table.cursor_row
        file = str(self._settings.target or "")
        where = f"\n{cell(file)}" if file else ""
        self._detail.update(Content("" if row is None else cell(row.about, 400) + where))
        self.refresh_bindings()

    @on(WindowTable.Failed, "#settings")
    def _unreadable(self, event: WindowTable.Failed) -> None:
        self._detail.update(Content(cell(str(event.error), 400)))

    # ------------------------------------------------------------------ the doctor

    def command_doctor(self) -> None:
        self._is_examining = True
        self._show_doctor(Content.styled("Looking at every leg …", "$muted"))
        self.refresh_bindings()
        self.app_context.background_calls.start(
            "settings.doctor", self.app_context.backend.examine, self._examined, self._not_examined
        )

    def _show_doctor(self, said: Content) -> None:
        """Where the screen is low, what the doctor says begins below what is seen of this side."""
        self._doctor.update(said)
        self.call_after_refresh(self._doctor.scroll_visible, animate=False, top=True)

    def _examined(self, checks: Sequence[Check]) -> None:
        self._is_examining = False
        if self.is_mounted:
            self._show_doctor(feed_report.doctor_lines(checks))
            self._count()

    def _not_examined(self, error: OuttrayError) -> None:
        self._is_examining = False
        if self.is_mounted:
            self._doctor.update(self._invitation())
            self.report(error)

    # ------------------------------------------------------------------ settings

    @on(WindowTable.Chosen, "#settings")
    def _chosen(self) -> None:
        self.action_command("settings.edit")

    def command_edit(self) -> None:
        row = self._table.cursor_row
        if row is not None:
            dialog = SettingDialog(self.app_context, row, self.app.theme)
            _ = self.app.push_screen(dialog, self._edited)

    def _edited(self, survey: Survey | None) -> None:
        if survey is not None:
            self._table.reload()
            self.post_message(self.Changed(survey))

    def command_setup(self) -> None:
        self.post_message(self.SetUpWanted())

    # ------------------------------------------------------------------ what could not be read

    def command_quarantine(self) -> None:
        dialog = QuarantineDialog(self.app_context, tuple(self._bodies or ()))
        _ = self.app.push_screen(dialog, lambda _: self._count() if self.is_mounted else None)

    # ------------------------------------------------------------------ commands

    def why_not(self, command_id: str) -> str:
        if command_id == "settings.quarantine" and not self._bodies:
            return "Every report could be read."
        if command_id == "settings.doctor" and self._is_examining:
            return "It is looking already."
        if command_id in ("settings.edit", "settings.setup") and self._settings.target is None:
            return "The settings of the demo are its own; outtray without demo has some to change."
        if command_id == "settings.edit" and self._table.cursor_row is None:
            return "There is no setting here."
        return ""

    def enter_command(self) -> str | None:
        return "settings.edit"
