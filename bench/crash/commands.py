"""The commands that write, what each begins with, and what must be true of it afterwards."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from bench.crash import judging
from bench.crash.judging import type_of_found
from bench.crash.office import Office
from bench.crash.tracing import Ended

Judge = Callable[[Office, Ended | None], type_of_found]


def _nothing(_: Office) -> None:
    """Needs no preparation."""


@dataclass(frozen=True, slots=True)
class Command:
    """``judge`` is given what the program said, or ``None`` where it was stopped in the middle."""

    name: str
    template: str
    arguments: Callable[[Office], tuple[str, ...]]
    judge: Judge
    prepare: Callable[[Office], None] = _nothing


_NUMBER: Final = "INV-0001"
_OWN: Final = "SELECT count(*) FROM suppressions WHERE address"


def _write_export(office: Office) -> None:
    lines = ["number,kind,customer,status,currency,total,balance_due,issued_on,due_on"]
    lines += [
        f"NEW-{n},invoice,New {n},OPEN,EUR,10.00,10.00,2026-11-25,2026-12-25" for n in (1, 2, 3)
    ]
    (office.folder / "new.csv").write_text("\n".join(lines), encoding="utf-8")


def _importing(office: Office) -> tuple[str, ...]:
    return ("import", str(office.folder / "new.csv"))


def _restoring(office: Office) -> tuple[str, ...]:
    return ("db", "restore", str(office.folder / "told.db"), "--yes")


_ADD: Final = ("suppressions", "add", "new@customer.example", "--reason", "asked us to")
_REMOVE: Final = ("suppressions", "remove", "listed@customer.example", "--reason", "asked again")

COMMANDS: Final = (
    Command(
        "send",
        "books",
        lambda _: ("send", _NUMBER, "--yes"),
        lambda office, ended: judging.sending(office, _NUMBER, ("send",), ended),
    ),
    Command(
        "follow-up",
        "books",
        lambda _: ("follow-up", _NUMBER, "--yes"),
        lambda office, ended: judging.sending(office, _NUMBER, ("follow-up",), ended),
    ),
    Command(
        "outbox work",
        "queued",
        lambda _: ("outbox", "work"),
        lambda office, ended: judging.sending(office, _NUMBER, ("send",), ended),
    ),
    Command(
        "events pull",
        "told",
        lambda _: ("events", "pull"),
        lambda office, ended: judging.reports(office, len(office.bodies), ended),
        lambda office: office.fill_queue(office.live),
    ),
    Command(
        "import",
        "books",
        _importing,
        lambda office, ended: judging.all_or_nothing(
            office,
            "SELECT count(*) FROM documents WHERE number LIKE 'NEW-%'",
            (0, 3),
            _importing(office),
            ended,
        ),
        _write_export,
    ),
    Command(
        "suppressions add",
        "books",
        lambda _: _ADD,
        lambda office, ended: judging.all_or_nothing(
            office, f"{_OWN} = 'new@customer.example'", (0, 1), _ADD, ended
        ),
    ),
    Command(
        "suppressions remove",
        "books",
        lambda _: _REMOVE,
        lambda office, ended: judging.all_or_nothing(
            office, f"SELECT 1 - ({_OWN} = 'listed@customer.example')", (0, 1), _REMOVE, ended
        ),
    ),
    Command(
        "db upgrade",
        "old",
        lambda _: ("db", "upgrade"),
        judging.upgraded,
    ),
    Command(
        "db backup",
        "books",
        lambda office: ("db", "backup", str(office.database.with_name("copy.db"))),
        judging.copied,
    ),
    Command(
        "db restore",
        "books",
        _restoring,
        lambda office, ended: judging.all_or_nothing(
            office, "SELECT count(*) FROM emails", (0, 4), _restoring(office), ended
        ),
    ),
)
