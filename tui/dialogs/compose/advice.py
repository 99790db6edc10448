"""Around To and the text: verdict, other addresses, a new one to keep, which version."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from core.model.email import Changes, Draft, Version
from core.model.enums import DisplayStatus
from tui.commands.dispatch import CommandHost, bindings, key_of
from tui.dialogs.compose import view as view
from tui.dialogs.compose.recipients import Offer
from tui.format.badges import sign
from tui.format.text import cell
from tui.widgets.choice_fields import Tick


class Advice(Vertical):
    """The verdict, and the offers with a key each."""

    def __init__(self, clock: Callable[[], datetime], keep: KeepAddress) -> None:
        super().__init__(id="advice")
        self._clock = clock
        self._keep = keep
        self._verdict = Static("", id="verdict", markup=False)
        self._others = OptionList(id="others", compact=True)
        self.offers: list[Offer] = []

    def compose(self) -> ComposeResult:
        yield self._verdict
        yield self._others
        yield self._keep

    def say(self, words: Content) -> None:
        self._verdict.update(words)

    def offer(self, offers: Sequence[Offer]) -> None:
        """Show what was probably meant, then other addresses, those that work first."""
        self.offers = list(offers)
        now = self._clock()
        options = [
            Option(view.offer(position, offer.contact, now))
            for position, offer in enumerate(self.offers, 1)
        ]
        self._others.clear_options().add_options(options)
        self._others.highlighted = 0 if options else None
        self._others.display = bool(options)


class KeepAddress(Tick):
    """Shown only while the first *To* stands in for an address that failed."""

    def __init__(self, customer: str) -> None:
        super().__init__("", is_ticked=False, id="keep-address")
        self._customer = cell(customer, 30)
        self.display = False

    def follow(self, draft: Draft) -> None:
        """Fit the line to what is in To."""
        self.display = draft.replaces is not None and bool(draft.to)
        if draft.replaces is not None and draft.to:
            failed = cell(draft.replaces, 40)
            saves = f"{key_of('compose.save_address')} save it"
            self.label = f"{saves} to {self._customer} in the place of {failed}"

    @property
    def is_wanted(self) -> bool:
        return bool(self.display) and self.is_ticked

    @property
    def why_not(self) -> str:
        return "" if self.display else "There is no failed address that this one replaces."


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
