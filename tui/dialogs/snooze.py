"""Put off chasing until a day: typed in words, with a note; or lift what was put off."""

from __future__ import annotations

from datetime import date

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Button, Input, Static

from core.model.chase_state import ChaseState, Scope
from core.model.chasing import Hold, HoldKind
from core.model.documents import DocumentRow
from core.model.errors import OuttrayError
from core.rules.chasing.dates import EXAMPLES, parse_day
from tui.dialogs.basic.form import ChaseDialog, labelled
from tui.format.chasing import KINDS, hold_history
from tui.format.text import cell
from tui.runtime.context import AppContext
from tui.widgets.choice_field import ChoiceField
from tui.widgets.text_field import Field

_SHOWN_BEFORE = 3
_DOCUMENT, _CUSTOMER = "document", "customer"


class SnoozeDialog(ChaseDialog[ChaseState]):
    """For ``row``, or, without one, for the whole customer."""

    AUTO_FOCUS = "#until"

    def __init__(
        self, desk: AppContext, scope: Scope, standing: ChaseState, row: DocumentRow | None = None
    ) -> None:
        about = cell(row.number, 30) if row else cell(standing.name, 50)
        super().__init__(desk, f"Do not chase {about}")
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
        now = self.desk.clock()
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
        return self.desk.clock().astimezone().date()

    # ------------------------------------------------------------------ writing

    def save(self) -> None:
        until = parse_day(self.until.value, self._today())
        scope, kind, note = self.chosen_scope, HoldKind(self.kind_choice.chosen), self.note.value
        chasing = self.desk.backend.chasing
        self.write(lambda: chasing.hold(scope, kind, until, note))

    @on(Button.Pressed, "#lift")
    def _lift(self) -> None:
        scope, chasing = self.chosen_scope, self.desk.backend.chasing
        held = self._held()
        note = "" if held is None or self.note.value == cell(held.note) else self.note.value
        self.write(lambda: chasing.lift(scope, note))


def told_day(day: date, today: date) -> str:
    """``Saturday, 5 December 2026, in 10 days``."""
    days = (day - today).days
    return f"{day:%A}, {day.day} {day:%B %Y}, {'tomorrow' if days == 1 else f'in {days} days'}"
