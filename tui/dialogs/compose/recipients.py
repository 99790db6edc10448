"""A line of addresses: completes what is typed, and tells quietly how each one fared."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from core.model.email import KnownAddress, Verdict
from core.model.enums import DisplayStatus, address_key
from core.model.history import Contact, Health
from tui.dialogs.compose.addresses import addresses, completed, of, suggestions
from tui.dialogs.compose.state import alternatives
from tui.format.badges import toned
from tui.format.text import cell
from tui.widgets.customer_card import brief_health
from tui.widgets.text_field import Field

_ORIGINS = {"contact": "", "mailed": "mailed before", "colleague": "colleague"}


class Suggestions(OptionList):
    """The list below a field; the field has the focus and the keys."""

    can_focus = False


class RecipientField(Field):
    """Takes Tab, Enter, Esc and the arrows while it suggests something."""

    def __init__(
        self, value: str, known: Sequence[KnownAddress], suggested: Suggestions, *, name: str,
        placeholder: str, clock: Callable[[], datetime],
    ) -> None:  # fmt: skip
        super().__init__(value, placeholder=placeholder, name=name)
        self._known = known
        self._suggested = suggested
        self._clock = clock
        self._offers: tuple[KnownAddress, ...] = ()
        self._typed = value

    @on(Input.Changed)
    def _suggest(self, event: Input.Changed) -> None:
        if self.has_focus and event.value != self._typed:
            self._offer(suggestions(self._known, self.value, self.cursor_position))
        self._typed = event.value

    def on_blur(self) -> None:
        self._offer(())

    async def _on_key(self, event: events.Key) -> None:
        if self._offers and event.key in ("tab", "enter", "escape", "up", "down"):
            event.stop()
            event.prevent_default()
            self._answer(event.key)
            return
        await super()._on_key(event)

    def _answer(self, key: str) -> None:
        if key == "up":
            self._suggested.action_cursor_up()
        elif key == "down":
            self._suggested.action_cursor_down()
        elif key == "escape":
            self._offer(())
        else:
            self.accept(self._suggested.highlighted or 0)

    def accept(self, index: int) -> None:
        """Put a suggested address in the place of what was typed of it."""
        address = cell(self._offers[index].contact.address)
        self._offer(())
        value, cursor = completed(self.value, self.cursor_position, address)
        self._typed = value  # no suggestion for what was just taken
        self.value = value
        self.cursor_position = cursor
        self.focus()

    def _offer(self, offers: tuple[KnownAddress, ...]) -> None:
        self._offers = offers
        lines = [Option(_line(offer, self._clock())) for offer in offers]
        self._suggested.clear_options().add_options(lines)
        self._suggested.highlighted = 0 if lines else None
        self._suggested.display = bool(lines)


class Recipients(Vertical):
    """Label, field, suggestions, and one line about several addresses."""

    def __init__(
        self,
        label: str,
        value: str,
        known: Sequence[KnownAddress],
        clock: Callable[[], datetime],
        *,
        placeholder: str = "",
    ) -> None:
        super().__init__(classes="recipients")
        self._label = label
        self._known = known
        self._clock = clock
        name = label.lower()
        self._suggested = Suggestions(id=f"{name}-known", classes="suggestions", compact=True)
        self._suggested.display = False
        self.field = RecipientField(
            value, known, self._suggested, name=name, placeholder=placeholder, clock=clock
        )
        self._told = Static("", classes="told", markup=False)
        self._told.display = False

    def compose(self) -> ComposeResult:
        yield Horizontal(Static(self._label, classes="label"), self.field, classes="field")
        yield self._suggested
        yield self._told

    def on_mount(self) -> None:
        self._tell()

    @on(OptionList.OptionSelected)
    def _clicked(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.field.accept(event.option_index)

    @on(Input.Changed)
    def _tell(self) -> None:
        typed = addresses(self.field.value)
        self._told.display = len(typed) > 1
        if len(typed) > 1:
            now = self._clock()
            parts = [_told(address, self._known, now) for address in typed]
            self._told.update(Content(" · ").join(parts))


def _told(address: str, known: Sequence[KnownAddress], now: datetime) -> Content:
    found = of(known, address)
    shown = cell(address, 40)
    if "@" not in address:
        return toned(f"✖ {shown}", DisplayStatus.BOUNCED)
    if found is None:
        return Content.assemble(shown, (" new here", "$muted"))
    return Content.assemble(shown, _health(found, now))


def _line(offer: KnownAddress, now: datetime) -> Content:
    contact = offer.contact
    name = f"  {cell(contact.name, 24)}" if contact.name else ""
    origin = _ORIGINS.get(offer.origin, "")
    return Content.assemble(
        cell(contact.address, 60),
        (name, "$muted"),
        _health(offer, now),
        (f"  {origin}" if origin else "", "$muted"),
    )


def _health(known: KnownAddress, now: datetime) -> Content:
    if known.blocked:
        return toned(" ⊘ on our suppression list", DisplayStatus.DROPPED)
    return brief_health(known.contact, now)


@dataclass(frozen=True, slots=True)
class Offer:
    """An address that can be taken with a key."""

    contact: Contact
    instead_of: str = ""
    """The misspelt address that it corrects; empty: it replaces whatever is in To."""


def offers(contacts: Sequence[Contact], to: Iterable[str], verdict: Verdict | None) -> list[Offer]:
    """Return what was probably meant first, then the customer's other addresses."""
    typed = list(to)
    keys = {address_key(address) for address in typed}
    findings = verdict.findings if verdict else ()
    proposed = {
        f.proposal: f.address for f in findings if f.proposal and address_key(f.address) in keys
    }
    known = {address_key(contact.address): contact for contact in contacts}
    meant = [
        Offer(known.get(address_key(p), Contact("", p, primary=False, health=Health())), address)
        for p, address in proposed.items()
        if address_key(p) not in keys
    ]
    taken = {address_key(offer.contact.address) for offer in meant}
    others = alternatives(contacts, typed)
    return meant + [Offer(c) for c in others if address_key(c.address) not in taken]


def taken(to: str, offer: Offer) -> str:
    """Return what To holds once ``offer`` was taken."""
    if not offer.instead_of:
        return offer.contact.address
    wrong = address_key(offer.instead_of)
    return ", ".join(offer.contact.address if address_key(a) == wrong else a for a in addresses(to))
