"""The kinds of programs that live beside each other, and what each leaves behind for certain."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Final

_LEASE: Final = "1"


@dataclass
class Draw:
    """What the programs of one round are made of; the same seed draws the same."""

    random: Random
    folder: Path
    queued: tuple[str, ...]
    """Documents that an email waits for."""
    fresh: Iterator[str]
    """Documents that nobody has written about; each is given to one program only."""
    numbers: Iterator[int]
    intents: list[str] = field(default_factory=list)
    """Documents that somebody was told to write about, once for each time."""

    def queued_one(self) -> str:
        return self.random.choice(self.queued)

    def fresh_one(self) -> str:
        number = next(self.fresh)
        self.intents.append(number)
        return number


@dataclass(frozen=True)
class Words:
    """A command line, and what the database holds for good once it has said that it is done."""

    arguments: tuple[str, ...]
    kept: str = ""
    """A SELECT that finds ``:value``; empty: it leaves nothing."""
    value: str = ""
    file: Path | None = None
    """A copy of the database, which has to be sound."""


@dataclass(frozen=True)
class Kind:
    """``stays``: it runs until it is told to end."""

    name: str
    words: Callable[[Draw], Words]
    weight: int = 1
    stays: bool = False
    needs_terminal: bool = False


def _plain(*arguments: str) -> Callable[[Draw], Words]:
    return lambda _: Words(arguments)


def _about_queued(*arguments: str) -> Callable[[Draw], Words]:
    return lambda draw: Words((*arguments, draw.queued_one()))


_DELIVERY: Final = (
    "SELECT 1 FROM deliveries x JOIN documents d ON d.id = x.document_id WHERE d.number = :value"
)


def _send(draw: Draw) -> Words:
    number = draw.fresh_one()
    return Words(("send", number, "--yes", "--json"), _DELIVERY, number)


def _follow_up(draw: Draw) -> Words:
    number = draw.fresh_one()
    return Words(("follow-up", number, "--yes"), _DELIVERY, number)


def _follow_up_several(draw: Draw) -> Words:
    numbers = [draw.fresh_one() for _ in range(3)]
    return Words(("follow-up", *numbers, "--yes", "--json"), _DELIVERY, numbers[-1])


def _import(draw: Draw) -> Words:
    n = next(draw.numbers)
    customers, documents = draw.folder / f"c{n}.csv", draw.folder / f"d{n}.csv"
    customers.write_text(
        "id,name,email,contact\n"
        + "".join(f"{n}-{i},Bought {n}-{i} Ltd,b{n}-{i}@example.org,\n" for i in range(20)),
        encoding="utf-8",
    )
    documents.write_text(
        "number,kind,customer,status,currency,total,balance_due,issued_on,due_on\n"
        + "".join(
            f"IMP-{n}-{i},invoice,{n}-{i},OPEN,EUR,9.90,9.90,2026-01-05,2026-02-04\n"
            for i in range(20)
        ),
        encoding="utf-8",
    )
    kept = "SELECT 1 FROM documents WHERE number = :value"
    return Words(("import", str(customers), str(documents)), kept, f"IMP-{n}-19")


def _suppress(draw: Draw) -> Words:
    address = f"stop{next(draw.numbers)}@example.org"
    kept = "SELECT 1 FROM suppressions WHERE address = :value"
    return Words(("suppressions", "add", address, "--reason", "asked for it"), kept, address)


def _import_suppressions(draw: Draw) -> Words:
    n = next(draw.numbers)
    file = draw.folder / f"s{n}.csv"
    file.write_text("".join(f"never{n}-{i}@example.org\n" for i in range(30)), encoding="utf-8")
    kept = "SELECT 1 FROM suppressions WHERE address = :value"
    words = ("suppressions", "import", str(file), "--reason", "a list")
    return Words(words, kept, f"never{n}-29@example.org")


def _call(draw: Draw) -> Words:
    note = f"call {next(draw.numbers)}"
    kept = "SELECT 1 FROM calls WHERE note = :value"
    return Words(("call", draw.queued_one(), "--note", note), kept, note)


def _snooze(draw: Draw) -> Words:
    note = f"snooze {next(draw.numbers)}"
    kept = "SELECT 1 FROM holds WHERE note = :value"
    words = ("snooze", draw.queued_one(), "--until", "+2w", "--note", note)
    return Words(words, kept, note)


def _backup(draw: Draw) -> Words:
    file = draw.folder / f"backup{next(draw.numbers)}.db"
    return Words(("db", "backup", str(file)), file=file)


def _evidence(draw: Draw) -> Words:
    target = draw.folder / f"evidence{next(draw.numbers)}"
    return Words(("export", "evidence", draw.queued_one(), "--to", str(target)))


def _restore(draw: Draw) -> Words:
    """Nothing that could be put back: what it must never do beside others is tested on its own."""
    file = draw.folder / f"no-copy{next(draw.numbers)}.db"
    file.write_text("no database", encoding="utf-8")
    return Words(("db", "restore", str(file), "--yes"))


WORKER: Final = Kind(
    "outbox work --follow",
    _plain("outbox", "work", "--follow", "--json", "--lease", _LEASE),
    4,
    True,
)
READER: Final = Kind(
    "events pull --follow", _plain("events", "pull", "--follow", "--json"), 4, True
)
UI: Final = Kind("ui", _plain(), 2, stays=True, needs_terminal=True)

KINDS: Final = (
    WORKER,
    READER,
    UI,
    Kind("outbox work", _plain("outbox", "work", "--lease", _LEASE), 3),
    Kind("events pull", _plain("events", "pull", "--once"), 3),
    Kind("send", _send, 3),
    Kind("follow-up", _follow_up, 3),
    Kind("follow-up of several", _follow_up_several, 2),
    Kind("import", _import, 3),
    Kind("documents", _plain("documents", "--json"), 3),
    Kind("suppressions add", _suppress, 3),
    Kind("suppressions import", _import_suppressions),
    Kind("suppressions list", _plain("suppressions", "list", "--json")),
    Kind("db check", _plain("db", "check", "--json"), 2),
    Kind("db backup", _backup, 2),
    Kind("db restore", _restore),
    Kind("db upgrade", _plain("db", "upgrade")),
    Kind("doctor", _plain("doctor", "--json"), 2),
    Kind("outbox list", _plain("outbox", "list")),
    Kind("outbox cancel", _about_queued("outbox", "cancel")),
    Kind("outbox pause", _plain("outbox", "pause", "--note", "lunch")),
    Kind("outbox resume", _plain("outbox", "resume")),
    Kind("call", _call),
    Kind("snooze", _snooze),
    Kind("customers", _plain("customers")),
    Kind("log", _about_queued("log")),
    Kind("attention", _plain("attention")),
    Kind("insights", _plain("insights", "--json")),
    Kind("trouble", _plain("trouble")),
    Kind("export evidence", _evidence),
    Kind("events unlinked", _plain("events", "unlinked")),
    Kind("events link --again", _plain("events", "link", "--again")),
    Kind("events quarantine retry", _plain("events", "quarantine", "retry")),
)  # fmt: skip
