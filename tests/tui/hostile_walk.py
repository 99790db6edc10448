"""A company in which strangers wrote every text, and a walk through every place that shows them."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from hypothesis import strategies as st

from core.model.corrections import AddressOrigin, Correctable, Proposal
from core.model.documents import CustomerFilter
from core.model.email import Finding, Verdict, Weight
from core.model.enums import DisplayStatus, DocumentKind, EmailKind
from core.model.errors import OuttrayError
from core.model.outbox import OutboxEntry
from core.model.suppressions import Cause, Suppression
from tests.tui.believable import bounce
from tests.tui.company import NOW, Company
from tests.tui.driver import Driver
from tests.tui.fakes import FakeBackend
from tui.format.text import cell

_PIECES = (
    "[/foo]", "[@click=app.quit]x[/]", 'a [link="x', "[link=https://evil.example]", "[b]",
    "[/]", "[[", "]]", "\\[", "$x", "[on red]", "[EXT] ", "[INV-1] Your invoice", "{x}", "%s",
    ":smile:", "\x1b]0;owned\x07", "\x1b[2J", "\x1b[31m", "\x1bP1;2|x\x1b\\",
    "\x1b]8;;https://evil.example\x1b\\", "\x1b]52;c;b3duZWQ=\x07", "\x9b2J",
    "\x9d0;owned\x9c", "\x90x\x9c", "\x00", "\x07", "\x08\x08", "\x7f",
    "\r\nBcc: evil@example.org", "\n", "\r", "\t", "\v", "\x0c", "\x85", "\u2028", "\u2029",
    "\u202e", "\u2066", "\u2069", "\u200b", "\u200d", "\ufeff", "\u2060", "\u00ad", "\u034f",
    "e" + "\u0301" * 40, "Z̴̡̛a̵l̷g̸o", "請求書", "ｆｕｌｌ", "👩‍👩‍👧‍👦", "🇩🇪", "👍🏽", "ﷺ", "ภาษาไทย",
    "हिन्दी", "שלום", "\U000e0041", "\ue000", "\ufffe", "=1+1", "'; DROP TABLE customers; --",
    "<script>", "&amp;", "../../etc/passwd", "NULL", " ", "\u3000",
)  # fmt: skip

#: What a stranger may write: pieces that broke somebody's program, and any letters at all.
hostile_texts = st.one_of(
    st.lists(st.sampled_from(_PIECES), min_size=1, max_size=6).map("".join),
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60),
    st.tuples(st.sampled_from(_PIECES), st.integers(100, 2_000)).map(lambda p: p[0] * p[1]),
    st.tuples(st.sampled_from(_PIECES), st.text(min_size=1, max_size=20)).map(
        lambda p: f"{p[1]}{p[0]}{p[1]}".encode("utf-8", "replace").decode()
    ),
)


class HostileCorrecting:
    """What E finds: every word of it from a stranger."""

    def __init__(self, text: str) -> None:
        self._text = text

    def look(
        self, customer_id: int, document_id: int | None = None, address: str = ""
    ) -> Correctable:
        text = self._text
        proposal = Proposal(f"{text}@example.org", AddressOrigin.CONTACT, NOW)
        return Correctable(
            customer_id,
            text,
            text,
            DisplayStatus.BOUNCED,
            NOW,
            text,
            text,
            text,
            text,
            (proposal,),
            (text,),
        )

    def check(self, address: str) -> Verdict:
        return Verdict((Finding(Weight.REFUSE, "syntax", self._text, self._text),))


def hostile_backend(texts: Sequence[str]) -> FakeBackend:
    """A customer for each text, who has it in every field there is; lists and outbox likewise."""
    company = Company()
    for position, text in enumerate(texts):
        customer = company.customer(text, f"a{text}@example.org", f"b{text}@{text}.example")
        customer.phone = text
        document = company.document(customer, text, text, "10.00", "10.00")
        document.currency = text[:8]
        company.email(
            document, EmailKind.EXTERNAL, text, NOW - timedelta(hours=position), text,
            (customer.addresses[0], [bounce(NOW - timedelta(hours=position), text)]), body=text,
        )  # fmt: skip
        company.suppressed[customer.addresses[0].casefold()] = (text, text)
    backend = FakeBackend(company, NOW)
    backend.settings = replace(
        backend.settings, operator=texts[0], database_url=f"sqlite:////srv/{texts[-1]}"
    )
    backend.suppressions.entries = [
        Suppression(f"{text}@example.org", text, NOW, ("ses", "own")[n % 2], text, text, text, text)
        for n, text in enumerate(texts)
    ]
    backend.suppressions.causes = {
        f"{text}@example.org".strip().lower(): Cause(
            1, text, NOW, 1, text, DocumentKind.INVOICE, 1, text, is_named=False
        )
        for text in texts
    }
    backend.outbox.listed = [_waiting(n, text) for n, text in enumerate(texts, 1)]
    backend.outbox.why = texts[0]
    backend.preferences.kept["documents.views"] = json.dumps(
        [{"name": text, "line": text, "chip": "all"} for text in texts if text.strip()]
    )
    backend.preferences.kept["documents.lines"] = json.dumps(list(texts))
    backend.correcting = HostileCorrecting(texts[0])  # type: ignore[attr-defined]
    for number, text in enumerate(texts):
        backend.linking.add(f"<{number}>", text, f"{text}@example.org", text, source=text)
    return backend


def _waiting(number: int, text: str) -> OutboxEntry:
    return OutboxEntry(
        delivery_id=number,
        email_id=number,
        document_id=number,
        number=text,
        customer=text,
        kind=EmailKind.FOLLOW_UP,
        subject=text,
        address=f"{text}@example.org",
        word=(DisplayStatus.QUEUED, DisplayStatus.FAILED, DisplayStatus.UNCONFIRMED)[number % 3],
        queued_at=NOW,
        sent_by=text,
        error=text,
    )


def assert_harmless(person: Driver) -> None:
    """Nothing on the screen is wider than it, or anything but letters that can be seen."""
    width = person.app.size.width
    for strip in person.app.screen._compositor.render_strips():
        assert strip.cell_length <= width
        for segment in strip:
            assert not segment.control
            for letter in segment.text:
                category = unicodedata.category(letter)
                assert category[0] != "C", f"{letter!r} ({category}) reached the terminal"
            link = segment.style.link if segment.style else None
            assert link is None or "evil" not in link, f"a stranger's link: {link}"


def beginning(text: str) -> str:
    """As much of a text as every column shows of it; empty where nothing of it can be seen."""
    return cell(text, 12).rstrip("…").strip()[:3]


#: After Enter on a customer: what to press, what is on screen then, and how to leave it again.
_ON_A_DOCUMENT: tuple[tuple[str, ...], ...] = (
    ("documents.log",),
    ("documents.follow_up", "compose.use_1", "compose.preview", "preview.close"),
    ("compose.send", "compose.close"),
    ("documents.resend", "compose.close"),
    ("documents.edit_address", "edit.close"),
    ("documents.snooze", "chase.close"),
    ("documents.call", "chase.close"),
    ("documents.views", "views.delete", "screen.close", "views.close"),
    ("documents.copy", "pick.close"),
    ("documents.export", "chase.close"),
)  # fmt: skip
_PLACES: tuple[tuple[str, ...], ...] = (
    ("app.all", "documents.log"),
    ("app.attention", "attention.acknowledge"),
    ("app.insights",),
    ("app.settings", "settings.quarantine", "quarantine.close"),
    ("app.suppressions", "suppressions.details", "suppressions.remove", "reason.close"),
    ("app.outbox", "outbox.why", "outbox.settle", "prompt.close"),
    ("app.unlinked", "unlinked.link", "link.close"),
    ("app.help",),
    ("app.palette",),
)


async def walk(person: Driver, texts: Sequence[str]) -> None:
    """Look at every place; see that it is harmless, and that no text of the start is missing."""
    assert_harmless(person)
    shown = person.text
    visible = person.app.screen.query_one("#customers").size.height - 1
    for row in person.backend.customers.page(CustomerFilter(), 0, visible):
        assert beginning(row.name) in shown, f"{row.name!r} is not on the list"
    await person.press("enter")
    assert_harmless(person)
    for commands in _ON_A_DOCUMENT:
        await _through(person, commands)
    await _through(person, ("documents.search", *["line.older"] * 3, "screen.close"))
    await person.type(BY_SEARCH)
    for commands in _PLACES:
        await _through(person, commands)
        await _back(person)
    person.app.report(OuttrayError(texts[0], texts[-1]))
    await person.settle()
    assert_harmless(person)
    assert not person.has_ended


BY_SEARCH = "/[/x]"


async def _through(person: Driver, commands: Sequence[str]) -> None:
    for command in commands:
        await person.do(command)
        assert_harmless(person)
        assert not person.has_ended


async def _back(person: Driver) -> None:
    while len(person.app.screen_stack) > 2:
        await person.press("escape")
        assert_harmless(person)
