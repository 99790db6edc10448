"""Which of the texts an email begins with: the office's steps, as sent or current, one's own."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from core.model.email import Changes, Version
from core.model.enums import DisplayStatus
from tui.commands.dispatch import CommandHost, bindings
from tui.format.content import sign
from tui.format.text import cell

_MOST_CHANGES = 5


class VersionLine(CommandHost, Static):
    """Arrows, Space or Enter go to the next one."""

    BINDINGS = bindings("version")
    can_focus = True

    class Stepped(Message):
        """The person wants the next text, or the one before."""

        def __init__(self, by: int) -> None:
            super().__init__()
            self.by = by

    def __init__(self) -> None:
        super().__init__("", id="version", markup=False)
        self._count = 0

    def show(self, versions: Sequence[Version], at: int) -> None:
        self._count = len(versions)
        self.display = len(versions) > 1 or any(version.problem for version in versions)
        if versions:
            self.update(_words(versions[at], at, len(versions)))

    def why_not(self, command_id: str) -> str:  # noqa: ARG002 - see ``Host``
        return "" if self._count > 1 else "There is one text only."

    def command_next(self) -> None:
        self.post_message(self.Stepped(1))

    def command_previous(self) -> None:
        self.post_message(self.Stepped(-1))


def _words(version: Version, at: int, count: int) -> Content:
    """``◂ firm ▸ 2 of 3 · invoice.follow_up.2.firm.en.md``."""
    source = f" · {cell(version.source, 44)}" if version.source else ""
    line = Content.assemble(
        ("Text      ", "$muted"),
        ("◂ ", "$accent"),
        (cell(version.name, 24), "bold"),
        (" ▸", "$accent"),
        (f"  {at + 1} of {count}{source}", "$muted"),
    )
    if version.problem:
        problem = sign(cell(version.problem, 200), DisplayStatus.UNCONFIRMED)
        said = Content.styled("The built-in text is used instead.", "$muted")
        line = Content("\n").join([line, problem, said])
    return line


def changes_lines(changes: Changes | None, when: str) -> Content:
    """``since 19 Nov 09:30: balance 849.10 USD → 0.00 USD``, one line each."""
    if changes is None:
        return Content("")
    lines = [
        f"{cell(c.what)}: {cell(c.before, 40)} → {cell(c.now, 40)}"
        for c in changes.found[:_MOST_CHANGES]
    ]
    if not changes.is_known:
        lines.append("how the document stood then is not known")
    elif not lines:
        lines.append("nothing has changed")
    head = f"since {when}  "
    return Content("\n").join(
        Content.styled((head if i == 0 else " " * len(head)) + line, "$muted")
        for i, line in enumerate(lines)
    )
