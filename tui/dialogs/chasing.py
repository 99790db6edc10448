"""Snooze, promise and call; and where to write the evidence about a document."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Button, Input, Static

from core.model.chase_state import CallEntry, ChaseState, Scope
from core.model.chasing import Call, Hold, HoldKind, Outcome
from core.model.documents import DocumentRow
from core.model.errors import OuttrayError, UsageError
from core.model.reports import Exported
from core.rules.chasing.dates import EXAMPLES, parse_day
from core.rules.export.evidence import safe_name
from tui.dialogs.basic.form import ChaseDialog, labelled
from tui.format.chasing import KINDS, OUTCOMES, PHONE, hold_history, phone_words
from tui.format.moments import EXAMPLES as MOMENTS
from tui.format.moments import parse_time
from tui.format.text import cell
from tui.runtime.context import AppContext
from tui.widgets.choice_fields import ChoiceField
from tui.widgets.text_field import Field, PathField

_SHOWN_BEFORE = 3
_DOCUMENT, _CUSTOMER = "document", "customer"


class SnoozeDialog(ChaseDialog[ChaseState]):
    """For ``row``, or, without one, for the whole customer."""

    AUTO_FOCUS = "#until"

    def __init__(
        self,
        app_context: AppContext,
        scope: Scope,
        standing: ChaseState,
        row: DocumentRow | None = None,
    ) -> None:
        about = cell(row.number, 30) if row else cell(standing.name, 50)
        super().__init__(app_context, f"Do not chase {about}")
        self._scope, self._standing = scope, standing
        held = standing.in_force[0] if standing.in_force else None
        whole = row is None or (held is not None and held.whole_customer)
        self.scope_choice = ChoiceField(
            ((_DOCUMENT, "this document"), (_CUSTOMER, "the whole customer")),
            _CUSTOMER if whole else _DOCUMENT,
            name="scope",
        )
        self.scope_choice.disabled = row is None
        kind = held.kind if held else HoldKind.PROMISE
        self.kind_choice = ChoiceField(
            [(kind.value, label) for kind, label in KINDS.items()], kind.value, name="kind"
        )
        until = held.until.isoformat() if held and held.until else ""
        self.until = Field(until, placeholder=EXAMPLES, name="until")
        self.note = Field(cell(held.note) if held else "", placeholder="by whom, how", name="note")
        self.told = Static("", id="told", markup=False)
        self.lift_button = Button("Lift", id="lift", compact=True)

    def compose_fields(self) -> ComposeResult:
        yield labelled("For", self.scope_choice)
        yield labelled("As", self.kind_choice)
        yield labelled("Until", self.until)
        yield self.told
        yield labelled("Note", self.note)
        now = self.app_context.clock()
        before = list(hold_history(self._standing.holds[:_SHOWN_BEFORE], now))
        if before:
            yield Static("\n".join(before), id="chase-before", markup=False)

    def compose_actions(self) -> ComposeResult:
        yield self.lift_button

    def on_mount(self) -> None:
        self._tell()

    # ------------------------------------------------------------------ what it says

    @property
    def chosen_scope(self) -> Scope:
        whole = self.scope_choice.chosen == _CUSTOMER
        return self._scope.whole_customer if whole else self._scope

    def _held(self) -> Hold | None:
        whole = self.scope_choice.chosen == _CUSTOMER
        mine = (hold for hold in self._standing.in_force if hold.whole_customer is whole)
        return next(mine, None)

    @on(ChoiceField.Changed)
    @on(Input.Changed, "#until")
    def _tell(self) -> None:
        self.lift_button.display = self._held() is not None
        today = self._today()
        if not self.until.value.strip():
            self.told.update(f"For example: {EXAMPLES}")
            return
        try:
            day = parse_day(self.until.value, today)
        except OuttrayError as error:
            self.told.update(Content(cell(error.title, 100)))
        else:
            self.told.update(told_day(day, today))

    def _today(self) -> date:
        return self.app_context.clock().astimezone().date()

    # ------------------------------------------------------------------ writing

    def save(self) -> None:
        until = parse_day(self.until.value, self._today())
        scope, kind, note = self.chosen_scope, HoldKind(self.kind_choice.chosen), self.note.value
        chasing = self.app_context.backend.chasing
        self.write(lambda: chasing.hold(scope, kind, until, note))

    @on(Button.Pressed, "#lift")
    def _lift(self) -> None:
        scope, chasing = self.chosen_scope, self.app_context.backend.chasing
        held = self._held()
        note = "" if held is None or self.note.value == cell(held.note) else self.note.value
        self.write(lambda: chasing.lift(scope, note))


def told_day(day: date, today: date) -> str:
    """``Saturday, 5 December 2026, in 10 days``."""
    days = (day - today).days
    return f"{day:%A}, {day.day} {day:%B %Y}, {'tomorrow' if days == 1 else f'in {days} days'}"


_WHAT = (
    "Every email exactly as it left, attachments, SES's own reports, a timeline to read and to "
    "print, and the hashes of it all. Nothing is replaced."
)


class EvidenceDialog(ChaseDialog[Exported]):
    """Asks for a folder or a zip file, and writes."""

    AUTO_FOCUS = "#to"

    def __init__(self, app_context: AppContext, row: DocumentRow) -> None:
        super().__init__(app_context, f"Evidence about {cell(row.number, 40)}")
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
        backend, document_id = self.app_context.backend, self._row.id
        self.write(lambda: backend.export_evidence(document_id, Path(where)))


_HOLDS = (Outcome.PROMISED.value, Outcome.DISPUTED.value)


class CallDialog(ChaseDialog[Call]):
    """About one document."""

    AUTO_FOCUS = "#outcome"

    def __init__(self, app_context: AppContext, row: DocumentRow, standing: ChaseState) -> None:
        number, name = cell(row.number, 24), cell(standing.name, 30)
        phone = f"{PHONE} {phone_words(standing.phone)}"
        super().__init__(app_context, f"A call about {number} · {name} · {phone}")
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
        today = self.app_context.clock().astimezone().date()
        try:
            words = told_day(parse_day(self.until.value, today), today)
        except OuttrayError as error:
            words = cell(error.title, 100) if self.until.value.strip() else ""
        self.told.update(Content(words))

    def save(self) -> None:
        now = self.app_context.clock()
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
        chasing, document_id = self.app_context.backend.chasing, self._row.id
        self.write(lambda: chasing.log_call(document_id, entry))
