"""Saved views: pick one, keep the search and filter of now under a name, delete one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from rich.cells import cell_len
from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from core.model.documents import DocumentView
from core.model.errors import OuttrayError
from tui.commands.dispatch import CommandHost, bindings, key_of
from tui.dialogs.basic.questions import AskAnswer, AskDialog, AskOption
from tui.format.chips import chip_label
from tui.format.text import cell
from tui.runtime import saved_state
from tui.runtime.context import AppContext
from tui.runtime.saved_state import View
from tui.widgets.key_bar import KeyBar
from tui.widgets.text_field import Field

_NAME_CELLS: Final = 24
_HOW: Final = "Enter or its number shows one."
_NONE: Final = "None is saved yet. Choose a filter or search for something, then save it here."


class ViewsDialog(CommandHost, ModalScreen[View | None]):
    """Ends with the view that is to be shown; ``now`` is what is shown, to be saved."""

    BINDINGS = bindings("views")
    AUTO_FOCUS = "#views-list"

    def __init__(self, app_context: AppContext, now: View) -> None:
        super().__init__()
        self.app_context = app_context
        self._now = now
        self.views: tuple[View, ...] = ()
        self.list = OptionList(id="views-list", compact=True)
        self._name_field = Field(placeholder="name of the view", name="view-name")
        self._naming = Horizontal(
            Static("Name", classes="label"), self._name_field, id="views-naming"
        )
        self._told = Static("", id="views-told", markup=False)

    def compose(self) -> ComposeResult:
        with Vertical(id="views"):
            yield Static("Saved views", id="views-title", markup=False)
            yield self.list
            yield self._naming
            yield self._told
        yield KeyBar()

    def on_mount(self) -> None:
        self._naming.display = False
        self._change(lambda kept: kept)

    # ------------------------------------------------------------------ reading and writing

    def _change(self, change: Callable[[str | None], str | None], told: str = "") -> None:
        """Read what is kept, change it, keep it, and show it: another desk may have changed it."""
        preferences = self.app_context.backend.preferences

        def read_and_write() -> tuple[View, ...]:
            kept = preferences.get(saved_state.VIEWS)
            changed = change(kept)
            if changed != kept:
                preferences.put(saved_state.VIEWS, changed or "")
            return saved_state.views_of(changed)

        def show(views: tuple[View, ...]) -> None:
            if self.is_attached:
                self._show(views, told)

        self.app_context.background_calls.start(None, read_and_write, show, self._failed)

    def _failed(self, error: OuttrayError) -> None:
        if self.is_attached:
            self._told.update(Content.styled(cell(str(error), 300), "$tone-deferred"))

    def _show(self, views: tuple[View, ...], told: str) -> None:
        at = self.list.highlighted or 0
        self.views = views
        self.list.clear_options().add_options(
            [Option(_line(number, view)) for number, view in enumerate(views, 1)]
        )
        self.list.highlighted = min(at, len(views) - 1) if views else None
        self.list.display = bool(views)
        said = told or (_HOW if views else _NONE)
        saves = f" {key_of('views.save')} saves “{cell(_said(self._now), 60)}”."
        offer = "" if told or not self._is_something else saves
        self._told.update(Content.styled(said + offer, "$muted"))

    @property
    def _is_something(self) -> bool:
        return bool(self._now.line) or self._now.chip is not DocumentView.ALL

    # ------------------------------------------------------------------ choosing

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        _ = self.dismiss(self.views[event.option_index])

    def on_key(self, event: events.Key) -> None:
        number = event.character or ""
        if self._naming.display or number not in "123456789" or not number:
            return
        event.stop()
        if int(number) <= len(self.views):
            _ = self.dismiss(self.views[int(number) - 1])

    # ------------------------------------------------------------------ naming

    @on(Input.Submitted, "#view-name")
    def _named(self) -> None:
        name = " ".join(self._name_field.value.split())
        if not name:
            return
        if len(name) > saved_state.LONGEST_NAME:
            text = f"A name has at most {saved_state.LONGEST_NAME} letters."
            self._told.update(Content.styled(text, "$tone-deferred"))
            return
        known = saved_state.is_named(self.views, name)
        if not known and len(self.views) >= saved_state.MOST_VIEWS:
            text = f"There are {saved_state.MOST_VIEWS} views: delete one first."
            self._told.update(Content.styled(text, "$tone-deferred"))
            return
        view = View(name, self._now.line, self._now.chip)
        self._stop_naming()
        told = f"“{cell(name)}” is {'replaced' if known else 'saved'}."
        self._change(lambda kept: saved_state.with_view(kept, view), told)

    @on(Input.Changed, "#view-name")
    def _warn(self) -> None:
        known = saved_state.is_named(self.views, self._name_field.value)
        text = "There is one of this name: Enter replaces it." if known else "Enter saves."
        self._told.update(Content.styled(f"{text} {cell(_said(self._now), 60)}", "$muted"))

    def _stop_naming(self) -> None:
        self._naming.display = False
        self.list.display = bool(self.views)
        self.list.focus()

    # ------------------------------------------------------------------ commands

    def why_not(self, command_id: str) -> str:
        if command_id == "views.save" and not self._is_something:
            return "Everything is shown: there is nothing to save. Search or filter first."
        if command_id == "views.delete" and self.list.highlighted is None:
            return "There is no view under the cursor."
        return ""

    def command_save(self) -> None:
        self._naming.display = True
        self._name_field.value = ""
        self._name_field.focus()
        self._warn()

    def command_delete(self) -> None:
        at = self.list.highlighted
        if at is None:
            return
        view = self.views[at]

        def answered(answer: AskAnswer | None) -> None:
            if answer is not None:
                told = f"“{cell(view.name)}” is deleted."
                self._change(lambda kept: saved_state.without_view(kept, view.name), told)

        question = AskDialog(
            f"Delete the view “{cell(view.name, 50)}”?",
            cell(_said(view), 100),
            [AskOption("delete", "d", "Delete")],
        )
        _ = self.app.push_screen(question, answered)

    def command_close(self) -> None:
        if self._naming.display:
            self._stop_naming()
            self._show(self.views, "")
        else:
            _ = self.dismiss(None)


def _said(view: View) -> str:
    """``bounced balance>500 · Bounced``."""
    chip = "" if view.chip is DocumentView.ALL else f"[{chip_label(view.chip)}]"
    return " ".join(part for part in (view.line, chip) if part) or "everything"


def _line(number: int, view: View) -> Content:
    key = f"{number}" if number <= 9 else " "
    name = cell(view.name, _NAME_CELLS)
    return Content.assemble(
        (f" {key} ", "bold $key-text on $key" if number <= 9 else "$muted"),
        f" {name}{' ' * (_NAME_CELLS - cell_len(name))}  ",
        (cell(_said(view), 100), "$muted"),
    )
