"""Pure: one email of the log as lines to read. No widget, no clock of its own."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import chain
from typing import TYPE_CHECKING, Final

from rich.cells import cell_len
from textual.content import Content

from core.model.email import Preview
from core.model.enums import STATUSES, DisplayStatus, EmailKind, Role
from core.rules.delivery.status import FAILURES
from core.rules.monitoring.delivery_latency import late_words
from core.rules.monitoring.feed_health import is_stuck, no_word
from tui.commands.dispatch import key_of
from tui.format.badges import block, content, delivery, email_delivery, toned
from tui.format.moments import spoken
from tui.format.text import cell, clock_time, cut, moment, paragraphs, size

if TYPE_CHECKING:
    from core.model.delivery import DeliveryState, Note
    from core.model.history import DocumentLog, EmailEntry, RecipientEntry

KIND_LABELS: Final = {
    EmailKind.ORIGINAL: "Original",
    EmailKind.FOLLOW_UP: "Follow-up",
    EmailKind.RESEND: "Resend",
    EmailKind.EXTERNAL: "External",
}
_KIND_WIDTH: Final = 11
_WHEN_WIDTH: Final = 23
_BADGE_WIDTH: Final = 22
_LEAST_SUBJECT: Final = 12
_MESSAGE_LINES: Final = 6
_MESSAGE_LIMIT: Final = 2_000
_DIAGNOSTIC_LIMIT: Final = 1_000
_CLASSES: Final = {
    DisplayStatus.BOUNCED: "hard bounce",
    DisplayStatus.SOFT_BOUNCED: "soft bounce",
    DisplayStatus.DROPPED: "not sent",
}


def head(
    email: EmailEntry, *, is_open: bool, width: int, now: datetime, as_of: datetime | None = None
) -> Content:
    """The one line of a closed email: kind, subject, recipient, when and by whom, badge.

    Days are told as of ``now``; what was overdue then is judged as of ``as_of``.
    """
    badges = content(email_delivery(email.summary, stuck=_is_stuck(email, as_of or now)))
    after = _latest_time(email)
    subject_width, recipient_width, when_width = _widths(width)
    when = moment(email.created_at, now)
    by = f" · {cell(email.sent_by)}"
    if subject_width or len(when) + len(by) <= when_width:
        when += by
    parts: list[Content | tuple[str, str] | str] = [
        ("▾ " if is_open else "▸ ", "$accent"),
        (KIND_LABELS[email.kind].ljust(_KIND_WIDTH), "bold $accent"),
    ]
    if subject_width:
        parts.append(_fixed(cell(email.subject), subject_width) + "  ")
    parts += [
        ("→ ", "$muted"),
        _fixed(_recipients(email), recipient_width),
        " ",
        (_fixed(when, when_width), "$muted"),
        badges,
    ]
    if after is not None:
        parts.append((f" {_time(after, email.created_at, now)}", "$muted"))
    if any(recipient.late is not None for recipient in email.recipients):
        parts.append((" late", "$tone-deferred"))
    opens = sum(recipient.opens for recipient in email.recipients)
    if opens > 1:
        parts.append((f" ×{opens}", "$muted"))
    return Content.assemble(*parts)


def _widths(width: int) -> tuple[int, int, int]:
    """Return the widths of subject (0: there is no room), recipient, and when."""
    room = width - 2 - _KIND_WIDTH - _BADGE_WIDTH
    when = _WHEN_WIDTH if room > 60 else min(_WHEN_WIDTH, max(12, room - 24))
    recipient = min(36, max(14, (room - when - 6) // 2))
    subject = room - when - recipient - 5
    if subject < _LEAST_SUBJECT:
        return 0, max(8, room - when - 3), when
    return subject, recipient, when


def _time(at: datetime, sent_at: datetime, now: datetime, *, seconds: bool = False) -> str:
    """``14:03`` on the day it was sent, with the day on any other."""
    if at.astimezone().date() == sent_at.astimezone().date():
        return clock_time(at, seconds=seconds)
    return moment(at, now)


def banner(log: DocumentLog, now: datetime) -> Content:
    """Say that this is the past, which moment of it, and how to return; empty for the present."""
    if log.as_of is None:
        return Content("")
    known = sum(at <= log.as_of for at in log.moments)
    return Content.assemble(
        (f"as known {spoken(log.as_of, now)}", "bold"),
        "  ",
        content(delivery(log.document.summary)),
        f"  {known} of {len(log.moments)} · {key_of('log.earlier')} {key_of('log.later')} step"
        f" · {key_of('screen.close')} now",
    )


def story(email: EmailEntry, now: datetime, as_of: datetime | None = None) -> Content:
    """Everything about an open email, one fact a line; for ``as_of`` see ``head``."""
    several = len(email.recipients) > 1
    lines = list(
        chain.from_iterable(
            _recipient_lines(recipient, email, now, as_of or now, with_name=several)
            for recipient in email.recipients
        )
    )
    lines += [_note(note, now) for note in email.notes]
    lines += list(_message_lines(email))
    return Content("\n").join(lines)


def _recipient_lines(
    recipient: RecipientEntry,
    email: EmailEntry,
    now: datetime,
    judged_at: datetime,
    *,
    with_name: bool,
) -> Iterator[Content]:
    state = recipient.state
    if with_name:
        yield Content.assemble(
            (f"{recipient.role.value.capitalize():<4}", "$muted"),
            (cell(recipient.address) + "  ", "bold"),
            content([block(state.word, forward=state.is_forward)]),
        )
    times = _times(state, recipient, email.created_at, now)
    if times:
        yield Content.styled(times, "$muted")
    if recipient.error:
        yield _labelled("error", cell(recipient.error, _DIAGNOSTIC_LIMIT))
    if state.diagnostic:
        yield _labelled("server said", cell(state.diagnostic, _DIAGNOSTIC_LIMIT))
    if state.sent_at and is_stuck(state.word, state.sent_at, judged_at):
        yield toned(no_word(state.sent_at, judged_at), DisplayStatus.DEFERRED)
    if recipient.late is not None:
        yield toned(cell(late_words(recipient.late), _DIAGNOSTIC_LIMIT), DisplayStatus.DEFERRED)
    advice = recipient.advice or STATUSES[state.word].advice
    if advice and (state.word in FAILURES or not with_name):
        yield _advice(cell(advice), is_bad=state.word in FAILURES)
    for note in recipient.notes:
        yield _note(note, now)


def _times(
    state: DeliveryState, recipient: RecipientEntry, created_at: datetime, now: datetime
) -> str:
    told = (
        ("sent", state.sent_at, ""),
        ("delayed", state.deferred_at, ""),
        ("delivered", state.delivered_at, ""),
        ("opened", state.opened_at, recipient.open_doubt),
        ("clicked", state.clicked_at, recipient.click_doubt),
        ("bounced", state.bounced_at, ""),
        ("complained", state.complained_at, ""),
        ("stopped", state.dropped_at, ""),
    )
    parts = [
        f"{verb} {_time(at, created_at, now, seconds=True)}"
        + (f", maybe a program ({doubt})" if doubt else "")
        for verb, at, doubt in told
        if at is not None
    ]
    if recipient.opens > 1:
        parts.append(f"{recipient.opens} opens")
    if recipient.clicks > 1:
        parts.append(f"{recipient.clicks} clicks")
    parts.append("forward failed" if state.is_forward else _CLASSES.get(state.word, ""))
    parts.append(cell(state.enhanced_status, 20))
    return " · ".join(part for part in parts if part)


def _advice(text: str, *, is_bad: bool) -> Content:
    first, dot, rest = text.partition(". ")
    style = "bold $tone-deferred" if is_bad else ""
    return Content.assemble((first + dot.rstrip(), style), f" {rest}" if rest else "")


def _labelled(label: str, text: str) -> Content:
    return Content.assemble((f"{label}  ", "$muted"), text)


def _note(note: Note, now: datetime) -> Content:
    said = f" · {cell(note.diagnostic, _DIAGNOSTIC_LIMIT)}" if note.diagnostic else ""
    return _labelled("note", f"{moment(note.at, now)} {cell(note.text)}{said}")


def _message_lines(email: EmailEntry) -> Iterator[Content]:
    yield _labelled("subject", cell(email.subject) or "(none)")
    lines = [line for line in paragraphs(email.body, _MESSAGE_LIMIT) if line.strip()]
    for line in lines[:_MESSAGE_LINES]:
        yield Content.styled(f"│ {line}", "$muted")
    if len(lines) > _MESSAGE_LINES:
        yield Content.styled(f"│ … {len(lines) - _MESSAGE_LINES} more lines", "$muted")
    if email.attachments:
        files = ", ".join(f"{cell(a.name, 60)} ({size(a.size)})" for a in email.attachments)
        yield _labelled("attached", files)


def _recipients(email: EmailEntry) -> str:
    to = [r.address for r in email.recipients if r.role is Role.TO] or [
        r.address for r in email.recipients
    ]
    if not to:
        return ""
    more = len(email.recipients) - 1
    return cell(to[0]) + (f" +{more}" if more else "")


def _latest_time(email: EmailEntry) -> datetime | None:
    """When the badge's status came about, where that says more than the time of sending."""
    word = email.summary.word
    if (word not in FAILURES and word is not DisplayStatus.DEFERRED) or not STATUSES[word].time:
        return None
    times: list[datetime] = [
        at
        for r in email.recipients
        if r.state.word is word and (at := getattr(r.state, STATUSES[word].time))
    ]
    return max(times, default=None)


def _is_stuck(email: EmailEntry, now: datetime) -> bool:
    times = [r.state.sent_at for r in email.recipients if r.state.sent_at]
    return is_stuck(email.summary.word, min(times, default=None), now)


def _fixed(text: str, width: int) -> str:
    short = cut(text, width)
    return short + " " * (width - cell_len(short))


def leaves(seen: Preview) -> str:
    """``3 emails will leave, one each, 84 kB in all``."""
    count = len(seen.recipients)
    emails = "1 email will leave" if count == 1 else f"{count} emails will leave, one each"
    return f"{emails}, {size(seen.size)}"
