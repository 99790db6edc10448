"""No sentence names a key of its own: the core names commands, and a front end says how to ask."""

from __future__ import annotations

import ast
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from itertools import product
from pathlib import Path
from string import ascii_lowercase

import pytest

from core.backend import Backend
from core.db.engine import Database
from core.model.chase_state import Scope
from core.model.chasing import HoldKind
from core.model.enums import DisplayStatus
from core.model.suppressions import Suppression
from core.rules.chasing.attention import _NEXT
from core.settings.loading import Settings
from core.settings.toml_file import KeyLine
from tests.core.db.books import START, document, fact, hard_bounce, one, sent, tell
from tests.core.fake_book import FakeBook
from tests.core.mail_fakes import FakeAccount, FakeList, FakeMailer
from tests.tui.driver import Driver
from tui.app.app import OuttrayApp
from tui.commands.command import IN_SENTENCE
from tui.commands.dispatch import BY_ID, key_of, use_keys, with_keys
from tui.commands.registry import COMMANDS
from tui.format.shell_commands import next_step, with_shell_commands

_ROOT = Path(__file__).resolve().parents[3]
#: How keys stand in a sentence: ``(F)``, ``R: resend``, ``with Z``, ``^S``, ``F5 tries``.
KEY = re.compile(
    r"(?<![\w%.\\@-])[B-HJ-Z](?!\.?[\w@/'’+%-])|\^[A-Z]\b|\b(?:Ctrl|Alt|Shift)\s?[+-]"
    r"|\b(?:Esc|Escape|Backspace|PgUp|PgDn|F\d{1,2})\b"
)
_NO_SENTENCE = re.compile(r"\(\?|\\|COLLATE|SELECT|\A\S*\Z|[%|]")
#: Keys that belong to no command, so that nobody can change them.
_FIXED = {
    "⏎ goes on · Esc closes", " Esc ",  # a question's
    "   Esc closes · ↑ ↓ scroll", "↑ ↓  J K", "PgUp PgDn",  # the help's, and those of tables
    "… B", 'customer:"J Doe"',  # bytes, and a name
    "Alt +",  # before what remains of keys that all begin with it
}  # fmt: skip
_UNUSUAL = {
    command.id: f"{held}{letter}"
    for command, (held, letter) in zip(
        COMMANDS,
        product(
            ("super+", "super+alt+", "super+ctrl+", "super+shift+", "super+ctrl+alt+",
             "super+ctrl+shift+", "super+alt+shift+", "super+ctrl+alt+shift+"),
            ascii_lowercase,
        ),
        strict=False,
    )
}  # fmt: skip


@cache
def sentences(root: str) -> tuple[tuple[str, str], ...]:
    return tuple(_sentences(root))


def _sentences(root: str) -> Iterator[tuple[str, str]]:
    """Where a text of the program stands, and the text; ``…`` for what is put into it."""
    for path in sorted((_ROOT / root).rglob("*.py")):
        if "migrations" in path.parts or path.name == "people.py":
            continue
        tree = ast.parse(path.read_text("utf-8"))
        skipped = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(tree):
            text = ""
            if isinstance(node, ast.JoinedStr):
                skipped |= {id(part) for part in ast.walk(node)} - {id(node)}
                text = "".join(
                    str(part.value) if isinstance(part, ast.Constant) else "…"
                    for part in node.values
                )
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                text = node.value
            if text and isinstance(node, ast.expr) and id(node) not in skipped:
                yield f"{path.relative_to(_ROOT)}:{node.lineno}", text


def test_what_a_key_looks_like() -> None:
    """The pattern finds each way in which sentences have named keys."""
    for said in (
        "R: resend later", "a follow-up (F) instead", "Attach it (Alt+A; --attach), or not",
        "lift it with Z on the document", "our original with R.", "To release it: S on any screen",
        "Use x (Alt+1), or", "Save ^S", "Close Esc", "Send … again R", "… F5 tries again.",
        "Backspace undoes it.", " S saves “…”.", "select; F and R then act",
    ):  # fmt: skip
        assert KEY.search(said), said
    assert not KEY.search("I sent A mail to S.r.l. at 10:00, in vitamin-C and plan-B")


@pytest.mark.parametrize("root", ["core", "tui"])
def test_no_text_of_the_program_names_a_key(root: str) -> None:
    named = [
        (where, text)
        for where, text in sentences(root)
        if not _NO_SENTENCE.search(text)
        and text not in _FIXED
        and not where.startswith(("tui/cli", "tui/commands/registry.py"))  # Ctrl+C; the keys
        and KEY.search(text)
    ]
    assert named == []


def test_every_command_that_a_text_names_exists() -> None:
    named = {found[1] for _, text in sentences("core") for found in IN_SENTENCE.finditer(text)}
    named |= {step.command for step in _NEXT.values()}
    assert {"documents.resend", "compose.attach", "outbox.settle"} <= named
    assert named <= set(BY_ID)


def test_each_front_end_words_what_the_core_names() -> None:
    use_keys({command_id: (key,) for command_id, key in _UNUSUAL.items()})
    try:
        for where, text in sentences("core"):
            if IN_SENTENCE.search(text):
                assert "Super+" in with_keys(text), where
                assert "{" not in with_shell_commands(text), where
                assert not KEY.search(with_shell_commands(text)), where
        for step in _NEXT.values():
            assert next_step(step, "INV 1").startswith(f"{step.words}: outtray ")
    finally:
        use_keys({})
    assert next_step(_NEXT[DisplayStatus.FAILED], "INV 1") == "resend: outtray resend 'INV 1'"


def test_a_name_in_an_address_is_no_command() -> None:
    for address in ("{app.quit}@x.example", "a{app.quit}@x.example", "x@{app.quit}.example"):
        said = f"Use {address} instead."
        assert with_keys(said) == said
        assert with_shell_commands(said) == said
    assert with_keys("Use {nobody.knows} it.") == "Use {nobody.knows} it."


# --------------------------------------------------------------------------- on a SQLite file


@pytest.fixture
def office(sqlite_database: Database) -> Backend:
    """Two failures and a promise, in an office in which every command has a key of its own."""
    row = one(sqlite_database)
    tell(sqlite_database, hard_bounce(sent(sqlite_database, row).message_ids[0]))
    other = one(sqlite_database, number="INV-0043")
    spam = sent(sqlite_database, other, at=START + timedelta(hours=1))
    tell(sqlite_database, fact("Complaint", spam.message_ids[0], minutes=70))
    keys = [KeyLine(command_id, key, at) for at, (command_id, key) in enumerate(_UNUSUAL.items())]
    return Backend(
        Settings(
            sqlite_database.url,
            operator="anna",
            sender="billing@outtray.example",
            keys=tuple(keys),
        ),
        clock=lambda: START + timedelta(days=1),
        mailer=FakeMailer(),
        suppression_list=FakeList(Suppression("to8@customer.example", "BOUNCE", START, "ses")),
        suppression_book=FakeBook(),
        account=FakeAccount(),
    )


@asynccontextmanager
async def at_work(office: Backend) -> AsyncIterator[Driver]:
    app = OuttrayApp(office, clock=lambda: START + timedelta(days=1))
    try:
        async with app.run_test(size=(150, 44), notifications=True) as pilot:
            person = Driver(app, pilot, office)  # type: ignore[arg-type]
            await person.settle()
            yield person
    finally:
        use_keys({})
        office.close()


async def test_with_other_keys_no_screen_names_an_old_one(
    office: Backend, sqlite_database: Database
) -> None:
    def look(person: Driver, *expected: str) -> None:
        for words in expected:
            assert words in person.words, person.text
        left = re.sub(r"(?:Super|Ctrl|Alt|Shift)\+\S+|▐X▌", "…", person.text)  # X: a box to tick
        assert [line for line in left.split("\n") if KEY.search(line)] == []

    async with at_work(office) as person:
        assert "cannot be followed" not in person.text
        await person.do("search.leave")
        await person.do("app.attention")
        look(
            person,
            f"{key_of('attention.edit_address')}: cor",
            f"{key_of('attention.call')}: call",
        )
        await person.do("attention.edit_address")
        look(person, f"Save {key_of('edit.save')}", f"Close {key_of('edit.close')}")
        await person.do("edit.close")
        for command_id, closes in (
            ("attention.resend", "compose.close"),
            ("attention.follow_up", "compose.close"),
            ("attention.snooze", "chase.close"),
            ("attention.call", "chase.close"),
            ("attention.copy", "pick.close"),
        ):
            await person.do(command_id)
            look(person, key_of(closes))
            await person.do(closes)
        await person.do("attention.acknowledge")
        look(person, f"{key_of('attention.undo')} undoes it.")
        await person.do("attention.next_chip")
        await person.do("attention.next_chip")
        look(person)
        for number in ("INV-0042", "INV-0043"):
            row = document(sqlite_database, number)
            office.chasing.hold(Scope.of(row), HoldKind.PROMISE, date(2027, 1, 1), "by phone")
        await person.do("app.all")
        await person.do("documents.follow_up")
        look(person, f"lift it with {key_of('documents.snooze')} on the document")
        await person.do("compose.close")
        await person.do("documents.log")
        look(person, "They marked it as spam.")
        await person.press("tab")
        await person.do("log.earlier")
        look(person, f"{key_of('log.earlier')} {key_of('log.later')} step")
        await person.do("screen.close")
        await person.do("documents.search")
        look(person)
        await person.type("nobody")
        await person.press("enter")
        look(person, f"{key_of('screen.close')} clears the search.")
        await person.do("screen.close")
        await person.do("app.suppressions")
        await person.do("suppressions.add")
        look(person, f"Add {key_of('reason.apply')}")
        await person.do("reason.close")
        await person.do("app.outbox")
        look(person)


async def test_one_other_key_for_resend_is_what_the_list_says(
    office: Backend, sqlite_database: Database
) -> None:
    lost = one(sqlite_database, number="INV-0044")
    refused = sent(sqlite_database, lost, at=START + timedelta(hours=2))
    tell(
        sqlite_database,
        hard_bounce(
            refused.message_ids[0],
            subtype="Transient/MailboxFull",
            diagnostic="452 4.2.2 mailbox full",
            enhanced_status="4.2.2",
        ),
    )
    office.settings = replace(office.settings, keys=(KeyLine("attention.resend", "f7", 3),))
    async with at_work(office) as person:
        await person.do("search.leave")
        await person.do("app.attention")
        assert "F7: resend" in person.text
        assert "R: resend" not in person.text
