"""Every command's JSON on one small company, whole: its keys are a contract.

Keys of what this company does not show (damage, notices of the account, corrections kept) are held
by the tests of those commands.

``OUTTRAY_WRITE_GOLDEN=1 pytest tests/tui/cli/test_golden_json.py`` writes the files anew; what
changed in them is then for a person to read, and for CHANGELOG.md to tell.
"""

from __future__ import annotations

import argparse
import json
import os
import pkgutil
import re
import shlex
import shutil
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib import import_module
from io import StringIO
from pathlib import Path
from typing import Any, Final

import pytest

import core
import tui.cli
from core.db.engine import Database
from core.model.enums import DocumentKind
from core.simulator import Simulator
from tests.core.db import books
from tests.tui.cli.office import Aws, Office
from tui.cli.main import run
from tui.cli.parser import parser

_GOLDEN: Final = Path(__file__).with_name("golden")
_NOW: Final = datetime(2026, 12, 4, 9, 30, tzinfo=UTC)
_CHANGING: Final = {"ses_message_id", "batch_id", "version"}
"""Keys whose values are drawn anew in every run, or change with the database's layout."""
_REPLACED: Final = (
    (re.compile(r"127\.0\.0\.1:\d+"), "127.0.0.1:PORT"),
    (re.compile(r"(?<!\d)1234567890\d\d(?!\d)"), "ACCOUNT"),  # each stand-in has its own
    (re.compile(r"0102[0-9a-f]{12}-[0-9a-f-]{36}-000000"), "<ses_message_id>"),
    (re.compile(r"04 Dec 2026 09:3\d:\d\d"), "<now>"),
    (re.compile(r"version \d{4}"), "version VERSION"),
    (re.compile(r"<[0-9a-f-]{32,36}@"), "<RANDOM@"),
    (re.compile(r"(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])"), "RANDOM"),
    (re.compile(r"2026-12-04T09:3\d:\d\d\.\d+Z"), "<now>"),
    (re.compile(r"\b09:3\d\b(?!:\d)"), "<minute>"),
)

# --------------------------------------------------------------------------- what is run

_STAYS: Final = frozenset({"simulator"})
"""It serves until it is stopped."""
_WAITS: Final = {"follow-up", "outbox work", "resend", "send"}
"""Commands that keep to the account's rate, for which the clock has to go on."""
_CASES: Final[dict[str, tuple[str, ...]]] = {
    "attention": ("attention", "attention --only failures", "attention --only calls"),
    "aws setup": ("aws setup", "aws setup --apply"),
    "call": (
        "call INV-2 --note 'will pay' --contact Ben --outcome promised --until 2026-12-12",
        "call INV-1 --note hello --at '2026-12-03 10:00'",
    ),
    "customers": ("customers --limit 0", "customers nobody"),
    "db backup": ("db backup {folder}/copy.db",),
    "db check": ("db check", "db check --mend", "db check"),
    "db restore": ("db backup {folder}/copy.db", "db restore {folder}/copy.db --yes"),
    "db upgrade": ("db upgrade",),
    "doctor": ("doctor",),
    "documents": ("documents --limit 0", "documents --delivery bounced", "documents --search no"),
    "events dismiss": ("events dismiss 0102-b", "events dismiss 0102-b --undo"),
    "events link": (
        "events link --again",
        "events link 0102-b INV-2 --customer hollow --kind invoice",
    ),
    "events load": ("events load {events} {events}",),
    "events parse": ("events parse {events}",),
    "events pull": ("events pull --once",),
    "events quarantine": (
        "events quarantine",
        "events quarantine show {body}",
        "events quarantine retry",
        "events quarantine export {folder}/bodies.json",
        "events quarantine dismiss {body} --note nonsense",
    ),
    "events unlinked": ("events unlinked", "events dismiss 0102-b", "events unlinked --all"),
    "explain": ("explain 'smtp; 550 5.1.1 user unknown'", "explain hm"),
    "export evidence": ("export evidence INV-2 --to {folder}/evidence",),
    "fix": (
        "fix bounce@simulator.amazonses.com nobody",
        "fix bounce@simulator.amazonses.com success@simulator.amazonses.com --resend --yes",
        "fix ann@gone.example success@simulator.amazonses.com --yes",
    ),
    "follow-up": (
        "follow-up INV-4 --yes",
        "follow-up INV-5 INV-2 INV-404",
        "follow-up INV-1 --preview --message Hi --attach {attached}",
        "follow-up INV-1 --test-to me@outtray.example",
    ),
    "import": ("import {good} {bad} {folder}/none.csv",),
    "insights": ("insights", "insights --days 3"),
    "keys": ("keys",),
    "log": (
        *(f"log INV-{number}" for number in (1, 2, 3, 4, 5, 8)),
        "log INV-2 --as-of '2026-11-20 14:01'",
    ),
    "outbox cancel": ("outbox pause", "send INV-1 INV-6", "outbox cancel INV-6", "outbox cancel 1"),
    "outbox list": ("outbox pause --note lunch", "send INV-1 INV-6", "outbox list"),
    "outbox pause": ("outbox pause --note lunch",),
    "outbox resume": ("outbox resume", "outbox pause", "outbox resume"),
    "outbox settle": ("outbox settle --all --sent --note 'they have it'",),
    "outbox work": (
        "outbox pause",
        "send INV-1 INV-6",
        "outbox work",
        "outbox resume",
        "outbox work",
    ),
    "resend": ("resend INV-4 --yes", "resend INV-4 --current --preview", "resend INV-1"),
    "send": ("send INV-1 --yes", "send INV-6 PAID-1 INV-404", "send EST-1 --cc a@b.example"),
    "snooze": (
        "snooze INV-1",
        "snooze INV-1 --until 2026-12-20 --promise --note 'their word'",
        "snooze --customer nordwind --until 2026-12-24 --dispute",
        "snooze INV-1 --lift",
    ),
    "suppressions add": (
        "suppressions add new@x.example --reason asked",
        "suppressions add other@x.example --reason spam --ses complaint",
    ),
    "suppressions check": (
        "suppressions check bounce@simulator.amazonses.com",
        "suppressions check fine@x.example",
        "suppressions check nobody",
    ),
    "suppressions export": ("suppressions export",),
    "suppressions import": (
        "suppressions import {lists} --reason asked --dry-run",
        "suppressions import {lists}",
    ),
    "suppressions list": ("suppressions list", "suppressions list bounce --only bounces"),
    "suppressions remove": (
        "suppressions remove left@x.example --reason back",
        "suppressions remove nowhere@x.example --reason back",
    ),
    "templates check": ("templates check",),
    "templates list": ("templates list",),
    "templates preview": ("templates preview INV-4", "templates preview INV-1 --original"),
    "trouble": ("trouble",),
}


def _json_commands(found: argparse.ArgumentParser, words: str = "") -> Iterator[str]:
    """Yield every command that takes ``--json``, as the parser has it."""
    for action in found._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, each in action.choices.items():
                yield from _json_commands(each, f"{words} {name}".strip())
        elif "--json" in action.option_strings:
            yield words


# --------------------------------------------------------------------------- the company


class _Type(type):
    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, datetime)


class _Still(datetime, metaclass=_Type):
    """A clock that stands still, unless it is told to go on; what it makes are plain times."""

    went_on_at: float | None = None

    def __new__(cls, *given: Any, **named: Any) -> Any:
        return datetime(*given, **named)  # noqa: DTZ001 - as the caller wants it

    @classmethod
    def now(cls, tz: Any = None) -> Any:
        since = time.monotonic() - (cls.went_on_at or time.monotonic())
        now = _NOW + timedelta(seconds=max(since, 0))
        return now.astimezone(tz) if tz else now.replace(tzinfo=None)


def _stop_the_clock(patch: pytest.MonkeyPatch) -> None:
    for package in (core, tui.cli):
        for each in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not re.search(r"migrations|simulator|web", each.name):
                import_module(each.name)
    for name, module in list(sys.modules.items()):
        is_ours = name.startswith(("core.", "tui.")) and "simulator" not in name
        if is_ours and getattr(module, "datetime", None) is datetime:
            patch.setattr(module, "datetime", _Still)


def _event(
    kind: str, message_id: str, to: str, at: datetime, subject: str = "", **more: Any
) -> Any:
    """What SES says of another program's email."""
    mail = {
        "timestamp": (at - timedelta(minutes=1)).isoformat(),
        "messageId": message_id,
        "source": "Shop <shop@outtray.example>",
        "destination": [to],
        "tags": {"ses:configuration-set": ["outtray"]},
        "commonHeaders": {"subject": subject, "to": [to]},
    }
    detail = {"timestamp": at.isoformat(), **more}
    return {"eventType": kind, "mail": mail, kind[0].lower() + kind[1:]: detail}


def _deferred(number: int) -> Any:
    to = f"ann@firm{number}.example"
    said = "smtp; 421 4.7.28 unusual rate of mail - gsmtp"
    return _event(
        "DeliveryDelay",
        f"0102-g{number}",
        to,
        _NOW - timedelta(minutes=9),
        f"Invoice G-{number}",
        delayType="TransientCommunicationFailure",
        delayedRecipients=[{"emailAddress": to, "status": "4.7.28", "diagnosticCode": said}],
    )


def _fill(database: Database) -> None:
    at, simulated = "{}@simulator.amazonses.com", "simulator.amazonses.com"
    rows = {
        row.number: row
        for row in books.put(
            database,
            books.entry("INV-1", "Nordwind GmbH", at.format("success")),
            books.entry("INV-2", "Hollow Mailbox Ltd", at.format("bounce")),
            books.entry("INV-3", "Cross Readers", at.format("complaint"), currency="EUR"),
            books.entry("INV-4", "Nordwind GmbH", at.format("success"), due_on=None),
            books.entry("INV-5", "On Leave & Sons", at.format("ooto")),
            books.entry("INV-6", "Never Written", at.format("success+2")),
            books.entry("INV-8", "Hollow Mailbox Ltd", at.format("bounce")),
            books.entry("PAID-1", "Nordwind GmbH", at.format("success"), status="PAID"),
            books.entry("EST-1", "Nobody Reachable", "", kind=DocumentKind.ESTIMATE),
            *(books.entry(f"G-{n}", f"Firm {n}", f"ann@firm{n}.example") for n in (1, 2, 3)),
        )
    }
    two = books.sent(database, rows["INV-2"], f"bounce@{simulated}")
    three = books.sent(database, rows["INV-3"], f"complaint@{simulated}")
    four = books.sent(database, rows["INV-4"], f"success@{simulated}", "cc:else@x.example")
    books.lose_answer(database, books.record(database, books.new_email(rows["INV-5"])))
    books.sent(database, rows["INV-8"], f"bounce@{simulated}")
    books.tell(
        database,
        books.hard_bounce(two.message_ids[0], recipient=f"bounce@{simulated}"),
        books.fact("Delivery", three.message_ids[0], recipient=f"complaint@{simulated}"),
        books.fact("Complaint", three.message_ids[0], 5, recipient=f"complaint@{simulated}"),
        books.fact("Delivery", four.message_ids[0], recipient=f"success@{simulated}"),
        books.fact("Open", four.message_ids[0], 50, recipient=f"success@{simulated}"),
        books.fact("Click", four.message_ids[0], 51, recipient=f"success@{simulated}"),
        books.hard_bounce(four.message_ids[1], recipient="else@x.example"),
    )


def _files(office: Office) -> dict[str, object]:
    """The files that the commands are given, and their names in the cases."""
    delivered = {"recipients": ["x@else.example"]}
    events = (
        *(_deferred(number) for number in (1, 2, 3)),
        _event("Delivery", "0102-b", "x@else.example", _NOW, "About INV-2", **delivered),
        _event("Delivery", "0102-c", "x@else.example", _NOW, "Opening hours", **delivered),
        "no event at all",
    )
    header = "number,kind,customer,status,currency,total,balance_due,issued_on,due_on\n"
    good = "NEW-1,invoice,New & Co,OPEN,EUR,1.00,1.00,2026-01-05,\n"
    templates = office.folder / "templates"
    templates.mkdir(exist_ok=True)
    first = "subject: One {{ number }}\nreply_to: desk@outtray.example\n---\nHi"
    (templates / "invoice.follow_up.1.friendly.en.md").write_text(first)
    (templates / "invoice.follow_up.2.firm.en.md").write_text("subject: 2\n---\n{{ custmer }}")
    (office.folder / "config" / "outtray").mkdir(parents=True)
    office.write("config/outtray/config.toml", '[keys]\n"app.help" = "f9"\n"app.nothing" = "x"\n')
    return {
        "folder": office.folder,
        "events": office.write("events.jsonl", "".join(f"{json.dumps(e)}\n" for e in events)),
        "good": office.write("good.csv", f"{header}{good}X,invoice,Y,OPEN,EUR,much,,2026-01-05,\n"),
        "bad": office.write("bad.csv", "a,b\n1,2\n"),
        "lists": office.write("lists.csv", "address,reason\na@x.example,asked\nnobody,\n"),
        "attached": office.write("terms.txt", "These are our terms.\n"),
    }


def _lead(office: Office, simulator: Simulator, patch: pytest.MonkeyPatch) -> None:
    own = {
        "OUTTRAY_TEMPLATES": str(office.folder / "templates"),
        "OUTTRAY_FROM": "billing@outtray.example",
    }
    for name, value in (office.environment | dict(simulator.environment) | own).items():
        patch.setenv(name, value)
    patch.chdir(office.folder)
    time.tzset()
    _stop_the_clock(patch)


@pytest.fixture(scope="module")
def stocked_file(
    migrated_file: Path, running_simulator: Simulator, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    office = Office(tmp_path_factory.mktemp("golden"))
    office.database.parent.mkdir(parents=True)
    shutil.copy(migrated_file, office.database)
    database = Database(f"sqlite:///{office.database}")
    _fill(database)
    database.close()
    running_simulator.reset()
    with pytest.MonkeyPatch.context() as patch:
        files = _files(office)
        _lead(office, running_simulator, patch)
        for line in (
            "events load {events}",
            "suppressions add left@x.example --reason 'left the firm'",
            "snooze INV-3 --until 2026-12-12 --dispute",
            "call INV-4 --note 'nobody there' --outcome no_answer",
        ):
            assert run(shlex.split(line.format(**files))) == 0
    return office.database


@pytest.fixture
def files(
    office: Office, stocked_file: Path, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> Iterator[dict[str, object]]:
    """The company, with a stand-in for AWS that lists two addresses."""
    office.database.parent.mkdir(parents=True)
    shutil.copy(stocked_file, office.database)
    aws = Aws(simulator)
    aws.suppress("bounce@simulator.amazonses.com", "BOUNCE", "ses-INV-2-20140000000000-0")
    aws.suppress("complaint@simulator.amazonses.com", "COMPLAINT")
    found = _files(office)
    with monkeypatch.context() as patch:
        _lead(office, simulator, patch)
        yield found
    time.tzset()


# --------------------------------------------------------------------------- the comparison


def _settled(value: Any, folder: str, key: str = "") -> Any:
    """The document with placeholders for what no two runs have in common."""
    if isinstance(value, dict):
        return {name: _settled(each, folder, name) for name, each in value.items()}
    if isinstance(value, list):
        return [_settled(each, folder) for each in value]
    if not isinstance(value, str):
        return value
    if key in _CHANGING:
        return f"<{key}>"
    value = value.replace(folder, "FOLDER")
    for pattern, instead in _REPLACED:
        value = pattern.sub(instead, value)
    return value


def _actions(found: argparse.ArgumentParser) -> Iterator[str]:
    """Yield the function that each command names."""
    for action in found._actions:
        if isinstance(action, argparse._SubParsersAction):
            for each in action.choices.values():
                yield from _actions(each)
    if found.get_default("action"):
        yield found.get_default("action")


def test_every_command_names_a_function_that_is_there() -> None:
    for action in _actions(parser()):
        module, _, name = action.partition(".")
        assert callable(getattr(import_module(f"tui.cli.commands.{module}"), name)), action


def test_every_command_with_json_is_run_here() -> None:
    assert set(_json_commands(parser())) == _CASES.keys() | _STAYS
    assert {path.stem for path in _GOLDEN.glob("*.json")} == {n.replace(" ", "-") for n in _CASES}


@pytest.mark.parametrize("command", _CASES)
def test_the_json_of_a_command_is_what_it_was(
    command: str,
    files: dict[str, object],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if command in _WAITS:
        monkeypatch.setattr(_Still, "went_on_at", time.monotonic())
    found: dict[str, Any] = {}
    for number, line in enumerate(_CASES[command], 1):
        if "{body}" in line:
            (files["body"],) = {each["id"] for each in _document("events quarantine", capsys)[1]}
        code, document = _document(line.format(**files), capsys)
        found[f"{number}: {line}"] = {
            "exit": code,
            "json": _settled(document, str(files["folder"])),
        }
    path = _GOLDEN / f"{command.replace(' ', '-')}.json"
    # As text: to Python, true is 1 and 1 is 1.0, and to a script they are not.
    text = json.dumps(found, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    if os.environ.get("OUTTRAY_WRITE_GOLDEN"):
        path.write_text(text, encoding="utf-8")
        pytest.skip("written anew; read the difference")
    assert text.splitlines() == path.read_text(encoding="utf-8").splitlines()


def _document(line: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, Any]:
    """The exit code and the one document on standard output; none where there was an error."""
    code = run([*shlex.split(line), "--json"])
    out, err = capsys.readouterr()
    assert "Traceback" not in err
    assert out or code, err
    return code, json.loads(out) if out else None


def test_explain_answers_line_by_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", StringIO('{"diagnostic": null}\nno json\n'))
    assert run(["explain", "--stdin", "--json"]) == 1
    answers = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [sorted(answer) for answer in answers] == [
        ["advice", "cause", "class", "enhanced_status", "fault", "hard", "next"],
        ["error"],
    ]
