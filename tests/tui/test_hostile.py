"""What strangers wrote is not obeyed, and not changed; see ``test_hostile_everywhere`` as well."""

from __future__ import annotations

from textual import events

from core.model.enums import EmailKind
from tests.tui.believable import bounce
from tests.tui.company import NOW, Company
from tests.tui.driver import driving
from tests.tui.fakes import FakeBackend
from tui.dialogs.compose.compose import ComposeDialog

HOSTILE = {
    "closing-tag": "[/foo] x",
    "live-link": "[@click=app.quit]x[/]",
    "broken-link": 'a [link="x',
    "title-escape": "\x1b]0;owned\x07x",
    "clear-screen": "\x1b[2Jx",
    "c1": "\x9b2Jx",
    "bidi": "\u202egpj.exe\u2066x",
    "lines": "one\r\nBcc: evil@example.org\n\n[red]two",
    "long": "x[/]" * 2500,
    "zero-width": "a\u200bb\u2060c\ufeff",
    "wide": "請求書" * 200,
}


def company_of(text: str) -> Company:
    company = Company()
    customer = company.customer(text, f"a{text}@example.org", f"b{text}@example.org")
    document = company.document(customer, text, text, "10.00", "10.00")
    company.email(
        document, EmailKind.EXTERNAL, text, NOW, text,
        (customer.addresses[0], [bounce(NOW, text)]), body=text,
    )  # fmt: skip
    company.suppressed[customer.addresses[0].casefold()] = (text, text)
    return company


def assert_harmless(lines: list[str], width: int) -> None:
    for line in lines:
        assert len(line) <= width
        for letter in line:
            assert letter.isprintable(), f"{letter!r} reached the terminal"


async def test_a_click_on_a_link_in_a_name_does_nothing() -> None:
    backend = FakeBackend(company_of(HOSTILE["live-link"]), NOW)
    async with driving(backend) as person:
        await person.press("enter")
        for y in range(1, 12):
            await person.pilot.click(offset=(6, y))
            await person.settle()
        assert not person.has_ended


async def test_what_nobody_touched_is_sent_as_it_is() -> None:
    """The fields show a harmless copy; only what a person changed replaces the original."""
    backend = FakeBackend(company_of("Grüße\u200b"), NOW)
    backend.company.suppressed.clear()
    async with driving(backend) as person:
        await person.press("enter")
        await person.do("documents.follow_up")
        original = backend.company.composition(EmailKind.FOLLOW_UP, 1).draft
        await person.do("compose.send")
        assert backend.sent == [original]


async def test_what_is_pasted_is_foreign_text_too(backend: FakeBackend) -> None:
    pasted = "a\x1b]0;owned\x07\u202eb\u200bc"
    async with driving(backend) as person:
        person.app.screen.post_message(events.Paste(pasted))
        await person.settle()
        assert_harmless(person.lines, 132)
        await person.press("escape", "enter", "f")
        dialog = person.app.screen
        assert isinstance(dialog, ComposeDialog)
        for field in (dialog.to, dialog.subject, dialog.message):
            field.focus()
            await person.settle()
            field.post_message(events.Paste(pasted))
            await person.settle()
            assert_harmless(person.lines, 132)
        assert "]0;ownedbc" in dialog.message.text
