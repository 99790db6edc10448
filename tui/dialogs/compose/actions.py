"""What one does before sending: look at what leaves, attach a file, send a test to oneself."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from core.model.email import AttachedFile, Preview, TestOutcome
from core.model.errors import OuttrayError
from tui.commands.dispatch import CommandHost, bindings, carry_out, key_of
from tui.format.email import leaves
from tui.format.text import cell, paragraphs, size
from tui.tables.intents import CopyWanted
from tui.widgets.text_field import harmless

if TYPE_CHECKING:
    from tui.dialogs.compose.compose import ComposeDialog


def show_help(dialog: ComposeDialog) -> None:
    from tui.dialogs.basic.help import HelpDialog

    _ = dialog.app.push_screen(HelpDialog(("compose", "attachments", "version")))


def preview(dialog: ComposeDialog) -> None:
    """Compose the message as for sending, and show it."""
    draft = dialog.current_draft()
    composing = dialog.app_context.backend.composing

    def show(seen: Preview) -> None:

        if dialog.is_current:
            _ = dialog.app.push_screen(PreviewDialog(seen))

    dialog.app_context.background_calls.start(
        "compose.preview", lambda: composing.preview(draft), show, lambda e: _tell(dialog, e)
    )


def attach(dialog: ComposeDialog) -> None:
    """Ask for a path; what SES would refuse is refused here, in words."""
    from tui.dialogs.basic.questions import PromptDialog

    composing = dialog.app_context.backend.composing

    def add(file: AttachedFile | None) -> None:
        if file is not None and dialog.is_mounted:
            dialog.attachments.show((*dialog.attachments.files, file))
            dialog.files_changed()

    prompt = PromptDialog(
        dialog.app_context.background_calls,
        "Attach which file?",
        composing.attach,
        value="~/",
        hint=f"Tab completes, Enter attaches, {key_of('prompt.close')} goes back.",
        complete=composing.paths,
    )
    _ = dialog.app.push_screen(prompt, add)


def edit(dialog: ComposeDialog) -> None:
    """Hand the message to the person's editor; what comes back goes into the field."""
    import os

    from tui.runtime import external_programs

    named = dialog.app_context.backend.settings.editor
    try:
        edited = external_programs.edit(
            dialog.app, external_programs.command(named, os.environ), dialog.message.text
        )
    except OuttrayError as error:
        _tell(dialog, error)
        return
    if edited.is_changed:
        whole, message = harmless(edited.text, lines=True), dialog.message
        _ = message.replace(whole, (0, 0), message.document.end)  # so that undo brings it back
    dialog.message.focus()


def test(dialog: ComposeDialog) -> None:
    """Ask for one's own address, and send the email there, marked as a test."""
    from tui.dialogs.basic.questions import PromptDialog

    draft = dialog.current_draft()
    composing = dialog.app_context.backend.composing

    def send(address: str) -> TestOutcome:
        outcome = composing.send_test(draft, address)
        if outcome.stopped_by:
            raise OuttrayError("Nothing was sent.", outcome.stopped_by)
        return outcome

    def told(outcome: TestOutcome | None) -> None:
        if outcome is not None:
            dialog.app.notify(
                f"Sent to {cell(outcome.address, 60)} as {cell(outcome.subject, 80)}. "
                "The history of the document does not record it.",
                title="Test",
                markup=False,
            )

    prompt = PromptDialog(
        dialog.app_context.background_calls,
        "Send a test to which of your own addresses?",
        send,
        value=cell(_own_address(dialog.app_context.backend.settings.sender)),
        hint="It leaves through SES, marked [test]; nothing is recorded. Enter sends.",
    )
    _ = dialog.app.push_screen(prompt, told)


def not_kept(dialog: ComposeDialog) -> Callable[[OuttrayError], None]:
    """Return what says that a draft could not be kept."""
    return lambda error: dialog.app.notify(
        f"{cell(error.title, 200)} {cell(error.hint, 200)}",
        title="The draft is not kept",
        severity="warning",
        markup=False,
    )


def _own_address(sender: str) -> str:
    return sender.rpartition("<")[2].rstrip("> ").strip()


def _tell(dialog: ComposeDialog, error: OuttrayError) -> None:
    dialog.app.notify(
        cell(error.hint, 300), title=cell(error.title, 200), severity="warning", markup=False
    )


class AttachmentList(CommandHost, OptionList):
    """One line a file, then one that adds another."""

    BINDINGS = bindings("attachments")

    class AddWanted(Message):
        """The person wants to attach a file."""

    class Removed(Message):
        """A file was taken off the list."""

    def __init__(self, files: tuple[AttachedFile, ...]) -> None:
        super().__init__(id="attachments", compact=True)
        self.files = files
        self.is_locked = False
        """The email is on its way."""

    def on_mount(self) -> None:
        self.show(self.files)

    def show(self, files: tuple[AttachedFile, ...]) -> None:
        at = self.highlighted or 0
        self.files = files
        total = sum(len(file.content) for file in files)
        lines = [Option(_line(file)) for file in files]
        lines.append(Option(_adding(len(files), total)))
        self.clear_options().add_options(lines)
        self.highlighted = min(at, len(files))

    @property
    def _at(self) -> int | None:
        """The file under the cursor."""
        at = self.highlighted
        return at if at is not None and at < len(self.files) else None

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        if event.option_index >= len(self.files):
            carry_out(self, "attachments.add")

    # ------------------------------------------------------------------ commands

    def why_not(self, command_id: str) -> str:
        if self.is_locked:
            return "The email is on its way to SES; one moment."
        if command_id == "attachments.remove" and self._at is None:
            return "There is no file under the cursor."
        return ""

    def command_add(self) -> None:
        self.post_message(self.AddWanted())

    def command_remove(self) -> None:
        at = self._at
        if at is not None:
            self.show(self.files[:at] + self.files[at + 1 :])
            self.post_message(self.Removed())


def _line(file: AttachedFile) -> Content:
    digest = hashlib.sha256(file.content).hexdigest()[:8]
    return Content.assemble(
        cell(file.name, 48), (f"  {size(len(file.content))}  sha256 {digest}", "$muted")
    )


def _adding(count: int, total: int) -> Content:
    said = "none" if not count else f"{count} files, {size(total)}" if count > 1 else ""
    return Content.assemble((said, "$muted"), "  " if said else "", ("+ attach a file", "$muted"))


_MOST_LETTERS = 100_000


class PreviewDialog(CommandHost, ModalScreen[None]):
    """What leaves, read from the composed message, never from the fields; Esc goes back to them."""

    BINDINGS = bindings("preview")
    AUTO_FOCUS = "#preview-text"

    def __init__(self, seen: Preview) -> None:
        super().__init__()
        self._seen = seen

    def compose(self) -> ComposeResult:
        with Vertical(id="preview"):
            yield Static(f"Preview · {leaves(self._seen)}", id="preview-title", markup=False)
            with VerticalScroll(id="preview-text"):
                yield Static(words(self._seen), markup=False)

    def command_copy(self) -> None:
        from tui.tables.copy_items import of_preview

        self.post_message(CopyWanted("the email", of_preview(self._seen)))

    def command_close(self) -> None:
        _ = self.dismiss(None)


def words(seen: Preview) -> Content:
    """Headers, envelopes, text, the words of the HTML, attachments."""
    lines = [_pair(name, value) for name, value in seen.headers]
    hidden = [address for role, address in seen.recipients if role.value == "bcc"]
    if hidden:
        lines.append(_pair("Bcc", f"{', '.join(map(cell, hidden))}  (in no header)"))
    lines.append(_pair("Envelopes", ", ".join(cell(address) for _, address in seen.recipients)))
    lines.append(Content(""))
    lines += [Content(line) for line in paragraphs(seen.text, _MOST_LETTERS)]
    lines.append(Content(""))
    title = "The same as HTML" if seen.html_text else "There is no HTML part."
    lines.append(Content.styled(title, "bold $muted"))
    lines += [Content.styled(line, "$muted") for line in paragraphs(seen.html_text, _MOST_LETTERS)]
    lines.append(Content(""))
    for file in seen.files:
        told = f"{cell(file.name)}  {size(file.size)}  sha256 {file.sha256}"
        lines.append(_pair("Attached", told))
    if not seen.files:
        lines.append(_pair("Attached", "none"))
    return Content("\n").join(lines)


def _pair(name: str, value: str) -> Content:
    return Content.assemble((f"{cell(name):12}", "$muted"), cell(value))
