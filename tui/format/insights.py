"""Insights as lines of text for a width, with plots of block characters. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final

from textual.content import Content

from core.model.enums import DisplayStatus
from core.model.insights import Insights
from core.rules.monitoring.deliverability import Level, share, standing
from core.rules.monitoring.incidents import BOUNCE_LIMITS, COMPLAINT_LIMITS, percent
from tui.commands.dispatch import key_of
from tui.format.badges import badge, style, toned
from tui.format.text import cell as harmless
from tui.format.text import cut

_LABEL: Final = 11
_LEVELS: Final = {
    Level.FEW: ("·", "$muted"),
    Level.WITHIN: ("✓", style(badge(DisplayStatus.DELIVERED).tone)),
    Level.CLOSE: ("!", style(badge(DisplayStatus.DEFERRED).tone)),
    Level.REVIEW: ("!", style(badge(DisplayStatus.BOUNCED).tone)),
    Level.PAUSE: ("✖", f"bold {style(badge(DisplayStatus.BOUNCED).tone)}"),
}
#: Only what is ours to mend; of the rest the words themselves say whose it is.
_FAULTS: Final = {"our_reputation": "our reputation", "our_configuration": "what we sent"}
_BAD: Final = style(badge(DisplayStatus.BOUNCED).tone)
_GOOD: Final = style(badge(DisplayStatus.DELIVERED).tone)


def title(text: str, note: str = "") -> Content:
    return Content.assemble((text, "bold $accent"), (f"  {note}" if note else "", "$muted"))


def rates(found: Insights, width: int) -> Iterator[Content]:
    """Both rates against AWS's limits, and what they are based on."""
    total = found.total
    yield title("Rates", f"{total.sent:,} emails, counted by us")
    yield from _rate("Bounces", total.bounced, total.sent, BOUNCE_LIMITS, width)
    yield from _rate("Complaints", total.complained, total.sent, COMPLAINT_LIMITS, width)
    yield Content.styled(
        cut("Hard bounces only. AWS chooses its own volume of emails.", width), "$muted"
    )


def _rate(
    label: str, count: int, sent: int, limits: tuple[float, float], width: int
) -> Iterator[Content]:
    verdict = standing(count, sent, limits)
    sign, colour = _LEVELS[verdict.level]
    most = max(limits[1] * 1.2, verdict.rate)
    figure = percent(verdict.rate) if sent else "–"
    line = gauge(verdict.rate, limits, most, max(8, width - _LABEL - 18))
    yield Content.assemble(
        f"{label:<{_LABEL}}", (line, colour), (f" {figure:>8}", "bold"), (f"{count:>8,}", "$muted")
    )
    yield Content.assemble(
        " " * _LABEL, (cut(f"{sign} {verdict.words}", max(10, width - _LABEL)), colour)
    )


def days(found: Insights, width: int) -> Iterator[Content]:
    """A sparkline of each kind, one column a day or a few of them."""
    room = max(7, width - _LABEL - 14)
    rows = (
        ("Sent", [day.tally.sent for day in found.by_day], ""),
        ("Delivered", [day.tally.delivered for day in found.by_day], _GOOD),
        ("Bounced", [d.tally.bounced + d.tally.soft_bounced for d in found.by_day], _BAD),
    )
    each = merged(rows[0][1], room)[1]
    span = "a column a day" if each == 1 else f"a column is {each} days"
    yield title("By day", f"{span}, {_day(found.by_day[0].on)} to {_day(found.by_day[-1].on)}")
    for label, values, colour in rows:
        sums, _ = merged(values, room)
        most = max(sums, default=0)
        yield Content.assemble(
            f"{label:<{_LABEL}}", (spark(sums), colour), (f"  most {most:,}", "$muted")
        )


def follow_ups(found: Insights, width: int) -> Iterator[Content]:
    """What came of the follow-ups."""
    made = found.follow_ups
    yield title("Follow-ups", f"{made.sent:,} sent, about {_counted(made.invoices, 'invoice')}")
    if not made.sent:
        yield Content.styled("None was sent in these days.", "$muted")
        return
    yield from _share("Opened", made.opened, made.sent, "opened by a person", width)
    yield from _share("Paid", made.paid, made.invoices, "invoices paid since", width)


def _share(label: str, part: int, whole: int, words: str, width: int) -> Iterator[Content]:
    rate = share(part, whole)
    room = max(6, min(20, width - _LABEL - 36))
    yield Content.assemble(
        f"{label:<{_LABEL}}",
        (bar(part, whole, room).ljust(room, "─"), _GOOD),
        (f" {_rounded(rate):>5}", "bold"),
        (f"  {part:,} {words}", "$muted"),
    )


def causes(found: Insights, width: int) -> Iterator[Content]:
    """Why emails failed, the most frequent first."""
    total = found.total
    failed = total.soft_bounced + total.dropped + total.bounced
    note = f"of {_counted(found.failures_read, 'failure')}"
    if found.failures_read < failed and len(found.causes):
        note = f"of the newest {_counted(found.failures_read, 'failure')}"
    yield title("Why they failed", note)
    if not found.causes:
        yield Content.styled("Nothing failed in these days.", "$muted")
        return
    most = found.causes[0].count
    room = max(4, min(16, width // 5))
    for cause in found.causes:
        who = _FAULTS.get(cause.fault, "")
        words = cut(f"{cause.words} · {who}" if who else cause.words, width - room - 8)
        yield Content.assemble(
            (f"{cause.count:>6,} ", "bold"), (bar(cause.count, most, room).ljust(room), _BAD),
            f" {words}",
        )  # fmt: skip


def times(found: Insights, width: int) -> Iterator[Content]:
    """How long the receiving servers took."""
    number = sum(each.count for each in found.times)
    usual = "" if found.usual_seconds is None else f", half within {spoken(found.usual_seconds)}"
    yield title("Time to delivery", f"{_counted(number, 'delivery', 'deliveries')}{usual}")
    if not number:
        yield Content.styled("Nothing was delivered in these days.", "$muted")
        return
    most = max(each.count for each in found.times)
    room = max(6, min(40, width - _LABEL - 18))
    last = 0
    for each in found.times:
        label = f"over {spoken(last)}" if each.upto_seconds is None else _upto(each.upto_seconds)
        last = each.upto_seconds or last
        yield Content.assemble(
            f"{label:<{_LABEL}}", (bar(each.count, most, room).ljust(room), _GOOD),
            (f" {each.count:>8,}", "bold"),
            (f" {_rounded(share(each.count, number)):>5}", "$muted"),
        )  # fmt: skip


def domains(found: Insights, width: int) -> Iterator[Content]:
    """The domains that got most."""
    yield title("Recipient domains", "those with the most emails" if found.domains else "")
    if not found.domains:
        yield Content.styled("Nothing was sent in these days.", "$muted")
        return
    name = max(12, min(32, width - 52))
    yield Content.styled(
        f"{'Domain':<{name}} {'Sent':>7}  {'Delivered':<16} {'Bounced':>8}  {'Half within':>11}",
        "$muted",
    )
    for each in found.domains:
        delivered = share(each.delivered, each.sent)
        shown = harmless(each.domain, name)
        usual = "–" if each.usual_seconds is None else spoken(each.usual_seconds)
        yield Content.assemble(
            shown + " " * (name - Content(shown).cell_length), f" {each.sent:>7,}  ",
            (bar(delivered or 0, 1, 10).ljust(10, "─"), _GOOD), f" {_rounded(delivered):>5} ",
            (f"{each.bounced:>8,}", _BAD if each.bounced else "$muted"), f"  {usual:>11}",
        )  # fmt: skip


def nothing(found: Insights) -> Content:
    """What to say where nothing was sent."""
    return Content.assemble(
        toned(f"Nothing was sent in the last {found.days} days.", DisplayStatus.NEVER_SENT),
        f"\nLook at more days with {key_of('insights.next_chip')}, or follow up on a document: "
        f"{key_of('app.all')} lists them all.",
    )


def spoken(seconds: float) -> str:
    """``1.4 s``, ``38 s``, ``5 min``, ``2 h``, ``3 d``."""
    units = (("d", 86_400, 172_800), ("h", 3_600, 3_600), ("min", 60, 60), ("s", 1, 0))
    unit, length = next((name, one) for name, one, least in units if seconds >= least)
    value = seconds / length
    digits = 0 if value >= 10 or value == int(value) else 1
    return f"{value:.{digits}f} {unit}"


def _upto(seconds: int) -> str:
    return f"to {spoken(seconds)}"


def _rounded(rate: float | None) -> str:
    """Cut off, so that 100 % is all of them."""
    if rate is None:
        return "–"
    return "<1 %" if 0 < rate < 0.01 else f"{int(rate * 100)} %"


def _counted(count: int, one: str, many: str = "") -> str:
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def _day(on: date) -> str:
    return f"{on.day} {on:%b}"


SECTIONS: Final = {
    "rates": rates,
    "days": days,
    "follow-ups": follow_ups,
    "causes": causes,
    "times": times,
    "domains": domains,
}


def section(name: str, found: Insights, width: int) -> Content:
    """Return one of ``SECTIONS`` for ``width`` cells."""
    lines: Sequence[Content] = list(SECTIONS[name](found, width))
    return Content("\n").join(lines)


_EIGHTHS: Final = " ▏▎▍▌▋▊▉"
_HEIGHTS: Final = "▁▂▃▄▅▆▇█"
NOTHING: Final = "·"


def bar(value: float, most: float, width: int) -> str:
    """Return a bar of at most ``width`` cells; what is there at all is seen."""
    if value <= 0 or most <= 0 or width <= 0:
        return ""
    eighths = max(1, round(min(1.0, value / most) * width * 8))
    whole, rest = divmod(eighths, 8)
    return "█" * whole + (_EIGHTHS[rest] if rest else "")


def gauge(value: float, marks: Sequence[float], most: float, width: int) -> str:
    """Return a bar of exactly ``width`` cells on a line, with a stroke where each mark is."""
    if width <= 0:
        return ""
    filled = bar(value, most, width)
    cells = list(filled + "─" * (width - len(filled)))
    for mark in marks:
        at = min(width - 1, round(mark / most * width))
        cells[at] = "┃" if at < len(filled) else "│"
    return "".join(cells)


def merged(values: Sequence[int], width: int) -> tuple[list[int], int]:
    """Add neighbours up until they fit into ``width`` cells; return how many became one.

    The last ones stay whole: where it does not divide, the first sum is of fewer.
    """
    if width <= 0 or not values:
        return [], 1
    each = -(-len(values) // width)
    first = len(values) % each
    sums = [sum(values[:first])] if first else []
    return sums + [sum(values[at : at + each]) for at in range(first, len(values), each)], each


def spark(values: Sequence[int]) -> str:
    """Return a line of columns, one cell each; 0 is a dot, and what is there at all is seen."""
    most = max(values, default=0)
    return "".join(
        _HEIGHTS[min(7, value * 8 // most)] if value > 0 else NOTHING for value in values
    )
