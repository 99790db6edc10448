"""What one does before sending: look at what leaves, attach a file, send a test to oneself."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from core.model.email import AttachedFile, Preview, TestOutcome
from core.model.errors import OuttrayError
from tui.commands.dispatch import key_of
from tui.format.text import cell
from tui.widgets.text_field import harmless

if TYPE_CHECKING:
    from tui.dialogs.compose.compose import ComposeDialog


def show_help(dialog: ComposeDialog) -> None:
    from tui.dialogs.basic.help import HelpDialog

    _ = dialog.app.push_screen(HelpDialog(("compose", "attachments", "version")))


def preview(dialog: ComposeDialog) -> None:
    """Compose the message as for sending, and show it."""
    draft = dialog.current_draft()
    composing = dialog.desk.backend.composing

    def show(seen: Preview) -> None:
        from tui.dialogs.compose.preview import PreviewDialog

        if dialog.is_current:
            _ = dialog.app.push_screen(PreviewDialog(seen))

    dialog.desk.jobs.start(
        "compose.preview", lambda: composing.preview(draft), show, lambda e: _tell(dialog, e)
    )


def attach(dialog: ComposeDialog) -> None:
    """Ask for a path; what SES would refuse is refused here, in words."""
    from tui.dialogs.basic.prompt import PromptDialog

    composing = dialog.desk.backend.composing

    def add(file: AttachedFile | None) -> None:
        if file is not None and dialog.is_mounted:
            dialog.attachments.show((*dialog.attachments.files, file))
            dialog.files_changed()

    prompt = PromptDialog(
        dialog.desk.jobs,
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

    from tui.runtime import editor

    named = dialog.desk.backend.settings.editor
    try:
        edited = editor.edit(dialog.app, editor.command(named, os.environ), dialog.message.text)
    except OuttrayError as error:
        _tell(dialog, error)
        return
    if edited.is_changed:
        whole, message = harmless(edited.text, lines=True), dialog.message
        _ = message.replace(whole, (0, 0), message.document.end)  # so that undo brings it back
    dialog.message.focus()


def test(dialog: ComposeDialog) -> None:
    """Ask for one's own address, and send the email there, marked as a test."""
    from tui.dialogs.basic.prompt import PromptDialog

    draft = dialog.current_draft()
    composing = dialog.desk.backend.composing

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
        dialog.desk.jobs,
        "Send a test to which of your own addresses?",
        send,
        value=cell(_own_address(dialog.desk.backend.settings.sender)),
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
