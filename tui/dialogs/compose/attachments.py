"""The attachments of an email: name, size and the beginning of the SHA-256, line by line."""

from __future__ import annotations

import hashlib

from textual import on
from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from core.model.email import AttachedFile
from tui.commands.dispatch import CommandHost, bindings, carry_out
from tui.format.text import cell, size


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
