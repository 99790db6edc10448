"""What leaves, as it leaves: read from the composed message, never from the fields."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from core.model.email import Preview
from tui.commands.dispatch import CommandHost, bindings
from tui.format.preview import leaves
from tui.format.text import cell, paragraphs, size
from tui.tables.intents import CopyWanted

_MOST_LETTERS = 100_000


class PreviewDialog(CommandHost, ModalScreen[None]):
    """Scrolls with the arrows; Esc goes back to the email."""

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
