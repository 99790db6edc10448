"""Pure: lines of the summary, of the progress and of the result, as Content."""

from __future__ import annotations

from typing import Final

from rich.cells import cell_len
from textual.content import Content

from core.model.email import Decision
from core.model.enums import DisplayStatus
from core.model.outbox import Progress
from tui.commands.dispatch import Host, key_of, of_places, with_keys
from tui.dialogs.bulk.result import Result
from tui.dialogs.bulk.state import BulkChoice, Line
from tui.format.badges import block, content, toned
from tui.format.text import cell

_TONES: Final = {
    Decision.ALLOW: DisplayStatus.DELIVERED,
    Decision.ASK: DisplayStatus.UNCONFIRMED,
    Decision.REFUSE: DisplayStatus.BOUNCED,
}
_STATE_WIDTH: Final = 16
_VERBS: Final = {Decision.ALLOW: "", Decision.ASK: "ask · ", Decision.REFUSE: "refused · "}


def line(choice: BulkChoice, shown: Line) -> Content:
    """``☑ 41  can go`` or, of an opened group, ``    ☑ INV-0042  Ludwig Krajcik  …``."""
    mark = choice.mark(shown)
    group = choice.groups[shown.group]
    tone = _TONES[group.decision]
    if shown.item is None:
        fold = "▾" if shown.group in choice.opened else "▸"
        words = f"{_VERBS[group.decision]}{cell(group.title, 100)}"
        head = Content.assemble(
            (f"{fold} ", "$muted"), toned(f"{mark} {len(group.items):>4}  {words}", tone)
        )
        return Content.assemble(head, (f"  {cell(with_keys(group.next), 120)}", "$muted"))
    item = shown.item
    reason = item.reason
    told = (
        (reason.title, "" if group.next else with_keys(reason.next), reason.detail)
        if reason
        else ()
    )
    about = " · ".join(part for part in told if part)
    to = ", ".join(cell(address, 40) for address in item.recipients[:2]) or "no address"
    more = f" +{len(item.recipients) - 2}" if len(item.recipients) > 2 else ""
    return Content.assemble(
        (f"    {mark} ", ""),
        (f"{_column(item.document.number, 14)}  ", "bold"),
        f"{_column(item.document.customer, 26)}  {to}{more}",
        (f"  {cell(about, 160)}", "$muted"),
    )


def progress(done: Progress, is_over: bool) -> Content:
    """``32 of 41 sent · 1 failed · 8 wait``."""
    parts = [f"{done.sent:,} of {done.total:,} sent"]
    for count, word in (
        (done.failed, "failed"),
        (done.unconfirmed, "unconfirmed"),
        (done.cancelled, "taken out"),
        (done.waiting, "wait"),
        (done.going, "on their way"),
    ):
        if count:
            parts.append(f"{count:,} {word}")
    words = " · ".join(parts)
    if not is_over:
        return Content(words)
    fine = not (done.failed or done.unconfirmed)
    return toned(words, DisplayStatus.DELIVERED if fine else DisplayStatus.UNCONFIRMED)


def result(each: Result) -> Content:
    """One document of the result: number, what became of it, whose it is, and why or where to."""
    state = content([block(each.word)]) if each.word else Content.styled(each.state, "$muted")
    blanks = " " * max(0, _STATE_WIDTH - cell_len(state.plain))
    told = cell(each.reason, 200) if each.reason else cell(each.address, 60)
    return Content.assemble(
        (f"{_column(each.number, 12)}  ", "bold"),
        state,
        f"{blanks}{_column(each.customer, 24)}  ",
        (told, "$muted" if each.reason else ""),
    )


def _column(text: str, width: int) -> str:
    """Text of exactly ``width`` cells."""
    shown = cell(text, width)
    return shown + " " * (width - cell_len(shown))


def keys(host: Host, is_choosing: bool) -> Content:
    """The keys that do something now."""
    parts: list[Content | tuple[str, str] | str] = []
    for command in of_places(["bulk"]):
        if host.why_not(command.id) and not (is_choosing and command.id == "bulk.tick"):
            continue
        key, label = key_of(command.id), host.label_of(command)
        parts += [(f" {key} ", "bold $key-text on $key"), f" {label}   "]
    return Content.assemble(*parts)
