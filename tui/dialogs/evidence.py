"""Where to write the evidence about a document."""

from __future__ import annotations

from pathlib import Path

from textual.app import ComposeResult
from textual.widgets import Static

from core.model.documents import DocumentRow
from core.model.errors import UsageError
from core.model.reports import Exported
from core.rules.export.evidence import safe_name
from tui.dialogs.basic.form import ChaseDialog, labelled
from tui.format.text import cell
from tui.runtime.context import AppContext
from tui.widgets.text_field import PathField

_WHAT = (
    "Every email exactly as it left, attachments, SES's own reports, a timeline to read and to "
    "print, and the hashes of it all. Nothing is replaced."
)


class EvidenceDialog(ChaseDialog[Exported]):
    """Asks for a folder or a zip file, and writes."""

    AUTO_FOCUS = "#to"

    def __init__(self, desk: AppContext, row: DocumentRow) -> None:
        super().__init__(desk, f"Evidence about {cell(row.number, 40)}")
        self._row = row
        name = f"evidence-{safe_name(row.number, 'document')}.zip"
        self.to = PathField(str(Path.cwd() / name), placeholder="FOLDER or FILE.zip", name="to")

    def compose_fields(self) -> ComposeResult:
        yield Static(_WHAT, id="told", markup=False)
        yield labelled("Write to", self.to)

    def save(self) -> None:
        where = self.to.value.strip()
        if not where:
            raise UsageError("Say where: a folder, or FILE.zip.")
        backend, document_id = self.desk.backend, self._row.id
        self.write(lambda: backend.export_evidence(document_id, Path(where)))
