"""Badges: glyph + word + style class, never colour alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from textual.content import Content

from core.model.enums import STATUSES, DisplayStatus
from core.rules.delivery.status import FAILURES, worst
from tui.format.text import amounts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.model.delivery import DocumentSummary, EmailSummary
    from core.model.documents import Amount
    from core.model.suppressions import Suppression


@dataclass(frozen=True, slots=True)
class Badge:
    """How a status looks; ``glyph`` is one cell wide."""

    glyph: str
    label: str
    style: str
    """The block: ``badge--bounced``, a coloured ground."""
    tone: str
    """The same meaning as ink only: ``tone--bounced``."""

    @property
    def text(self) -> str:
        """``✖ BOUNCED``."""
        return f"{self.glyph} {self.label}"


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of harmless text and the component class it is shown in (empty: plain)."""

    text: str
    style: str = ""
    short: str | None = None
    """What to say where the whole does not fit."""


def _look(word: DisplayStatus) -> Badge:
    entry = STATUSES[word]
    name = word.value.lower().replace("_", "-")
    return Badge(entry.glyph, entry.label, f"badge--{name}", f"tone--{name}")


_BADGES: Final = {word: _look(word) for word in DisplayStatus}

#: A soft bounce of an address that it was forwarded to: the one we wrote to has it.
FORWARD: Final = replace(_BADGES[DisplayStatus.SOFT_BOUNCED], label="BOUNCED forward")

#: What of a text was typed in a search.
MATCH: Final = "ink--match"
#: Inks that are not a status: quieter or louder text in tables, logs and bars.
INKS: Final = frozenset(
    {"ink--dim", "ink--strong", "ink--money", "ink--bad", "ink--warning", MATCH}
)
NAMES: Final = INKS | {b.style for b in _BADGES.values()} | {b.tone for b in _BADGES.values()}
"""All that a ``Span`` may be styled with; ``style`` says each in the theme's own variables."""

#: Beside OPENED and CLICKED: maybe a program did it. Quiet, because it changes nothing.
BY_PROGRAM: Final = Span("?", "ink--dim")
#: In the block, instead of its own glyph, and the word beside it: slower than its domain ever is.
LATE_GLYPH: Final = "◔"
LATE: Final = Span("late", _BADGES[DisplayStatus.DEFERRED].tone)


def badge(word: DisplayStatus, *, forward: bool = False) -> Badge:
    """Return the look of ``word``; ``forward``: of a soft bounce that is a forward's alone."""
    return FORWARD if forward else _BADGES[word]


def block(
    word: DisplayStatus, *, stuck: bool = False, late: bool = False, forward: bool = False
) -> Span:
    """Return `` ✖ BOUNCED `` on its coloured ground; what was never sent has none."""
    look = badge(word, forward=forward)
    if word is DisplayStatus.NEVER_SENT:
        return Span(f" {look.text}", look.tone)
    if late:
        return Span(f" {LATE_GLYPH} {look.label} ", look.style, f" {LATE_GLYPH} ")
    doubt = " ?" if stuck else ""
    style = _BADGES[DisplayStatus.UNCONFIRMED].style if stuck else look.style
    short = f" {look.glyph} forward " if forward else f" {look.glyph} "
    return Span(f" {look.text}{doubt} ", style, short)


def delivery(
    summary: DocumentSummary, *, stuck: bool = False, late: bool = False
) -> tuple[Span, ...]:
    """Return what the Delivery column shows: `` ➤ SENT  ⟵ BOUNCED``, `` ● DELIVERED  ! 1/2``.

    ``late`` is quieter than the other troubles: it may still arrive by itself.
    """
    spans = [block(summary.word, stuck=stuck, late=late, forward=summary.is_forward)]
    if late:
        spans.append(LATE)
    if summary.by_program:
        spans.append(BY_PROGRAM)
    if summary.other_failed:
        spans.append(_count(summary.delivered, summary.recipients))
    elif summary.unresolved and summary.word not in FAILURES:
        failure = worst(summary.unresolved)
        label = STATUSES[failure].label.split()[0]
        spans.append(Span(f" ⟵ {label}", _BADGES[failure].tone))
    return tuple(spans)


def email_delivery(summary: EmailSummary, *, stuck: bool = False) -> tuple[Span, ...]:
    """Return the same for one email of the log."""
    spans = [block(summary.word, stuck=stuck, forward=summary.is_forward)]
    if summary.by_program:
        spans.append(BY_PROGRAM)
    if summary.other_failed:
        spans.append(_count(summary.delivered, summary.recipients))
    return tuple(spans)


def _count(delivered: int, recipients: int) -> Span:
    return Span(f" ! {delivered}/{recipients}", _BADGES[DisplayStatus.BOUNCED].tone)


def content(spans: Iterable[Span]) -> Content:
    """Return ``spans`` for any widget, in the theme's own variables (``$badge-bounced``).

    Not by component classes: inside Content they lose every opaque ground (Textual 8.2.8).
    """
    return Content.assemble(
        *((span.text, style(span.style)) if span.style else span.text for span in spans)
    )


_INK_VARIABLES: Final = {
    "ink--dim": "$muted",
    "ink--strong": "bold",
    MATCH: "bold underline",
    "ink--money": "",
    "ink--bad": "$tone-bounced",
    "ink--warning": "$tone-deferred",
}


def style(name: str) -> str:
    """Return a name (``badge--bounced`` …) in the variables of ``tui.runtime.themes``."""
    family, _, word = name.partition("--")
    match family:
        case "badge":
            return f"bold $badge-{word}-text on $badge-{word}"
        case "tone":
            return f"$tone-{word}"
        case _:
            return _INK_VARIABLES.get(name, name)


def word_of(entry: Suppression) -> DisplayStatus:
    """Return the status word whose look an entry has: bounced, complained, else dropped."""
    known = {"BOUNCE": DisplayStatus.BOUNCED, "COMPLAINT": DisplayStatus.COMPLAINED}
    return known.get(entry.reason.strip().upper(), DisplayStatus.DROPPED)


@dataclass(frozen=True, slots=True)
class ChipItem:
    """One filter as it is shown."""

    key: str
    label: str
    count: int | None = None
    glyph: str = ""
    tone: str = ""
    """A name of ``tui.format.badges``: ``tone--bounced``."""

    def text(self, *, short: bool = False) -> str:
        """``✖ Bounced 3``; short: ``✖ 3``."""
        words = [self.glyph, "" if short and self.glyph else self.label]
        if self.count is not None:
            words.append(f"{self.count:,}")
        return " ".join(word for word in words if word)


__all__ = ["content", "never_reached", "sign", "style", "toned"]


def toned(text: str, word: DisplayStatus) -> Content:
    """Return ``text`` as letters in the colour of ``word``."""
    return Content.styled(text, style(badge(word).tone))


def sign(text: str, word: DisplayStatus) -> Content:
    """Return `` ✖ text `` on the ground of ``word``'s badge."""
    look = badge(word)
    return Content.styled(f" {look.glyph} {text} ", style(look.style))


def never_reached(lost: Sequence[Amount], where: str = "") -> Content:
    """What is owed on documents that reached nobody; empty for nothing."""
    if not lost:
        return Content("")
    return toned(f"{amounts(tuple(lost))}{where} has never reached anyone", DisplayStatus.DEFERRED)
