"""Log a call: who was spoken to, how it ended, what was said; a promise puts off chasing."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Input, Static

from core.model.chase_state import CallEntry, ChaseState
from core.model.chasing import Call, Outcome
from core.model.documents import DocumentRow
from core.model.errors import OuttrayError
from core.rules.chasing.dates import EXAMPLES, parse_day
from tui.dialogs.basic.form import ChaseDialog, labelled
from tui.dialogs.snooze import told_day
from tui.format.chasing import OUTCOMES, PHONE, phone_words
from tui.format.moments import EXAMPLES as MOMENTS
from tui.format.moments import parse_time
from tui.format.text import cell
from tui.runtime.context import AppContext
from tui.widgets.choice_field import ChoiceField
from tui.widgets.text_field import Field

_HOLDS = (Outcome.PROMISED.value, Outcome.DISPUTED.value)


class CallDialog(ChaseDialog[Call]):
    """About one document."""

    AUTO_FOCUS = "#outcome"

    def __init__(self, desk: AppContext, row: DocumentRow, standing: ChaseState) -> None:
        number, name = cell(row.number, 24), cell(standing.name, 30)
        phone = f"{PHONE} {phone_words(standing.phone)}"
        super().__init__(desk, f"A call about {number} · {name} · {phone}")
        self._row = row
        contact = cell(standing.contacts[0]) if standing.contacts else ""
        self.outcome = ChoiceField(
            [(outcome.value, label) for outcome, label in OUTCOMES.items()],
            Outcome.REACHED.value,
            name="outcome",
        )
        self.contact = Field(contact, placeholder="who was spoken to", name="contact")
        self.note = Field("", placeholder="what was said", name="note")
        self.at = Field("", placeholder=f"now, or {MOMENTS}", name="at")
        self.until = Field("", placeholder=f"do not chase before: {EXAMPLES}", name="until")
        self.hold_line = labelled("Until", self.until)
        self.told = Static("", id="told", markup=False)

    def compose_fields(self) -> ComposeResult:
        yield labelled("Outcome", self.outcome)
        yield labelled("With", self.contact)
        yield labelled("Note", self.note)
        yield labelled("When", self.at)
        yield self.hold_line
        yield self.told

    def on_mount(self) -> None:
        self._show_hold()

    @on(ChoiceField.Changed, "#outcome")
    def _show_hold(self) -> None:
        holds = self.outcome.chosen in _HOLDS
        self.hold_line.display = self.told.display = holds

    @on(Input.Changed, "#until")
    def _tell(self) -> None:
        today = self.desk.clock().astimezone().date()
        try:
            words = told_day(parse_day(self.until.value, today), today)
        except OuttrayError as error:
            words = cell(error.title, 100) if self.until.value.strip() else ""
        self.told.update(Content(words))

    def save(self) -> None:
        now = self.desk.clock()
        outcome = Outcome(self.outcome.chosen)
        holds = outcome.value in _HOLDS and bool(self.until.value.strip())
        when = self.at.value.strip()
        entry = CallEntry(
            outcome=outcome,
            note=self.note.value,
            contact=self.contact.value,
            at=None if when in ("", "now") else parse_time(when, now),
            hold_until=parse_day(self.until.value, now.astimezone().date()) if holds else None,
        )
        chasing, document_id = self.desk.backend.chasing, self._row.id
        self.write(lambda: chasing.log_call(document_id, entry))
