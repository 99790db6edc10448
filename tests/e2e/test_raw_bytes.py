"""The bytes that reach the terminal: Textual's own sequences, and nothing a stranger wrote."""

from __future__ import annotations

import json
import re
import unicodedata
from pathlib import Path

import pytest

from tests.e2e.terminal import Terminal
from tests.tui.cli.office import COMMAND, Office

#: Each carries 9876 where a terminal would obey it.
ATTACKS = (
    "\x1b]0;owned9876\x07",
    "\x1b]8;;https://evil9876.example\x1b\\click\x1b]8;;\x1b\\",
    "\x1b]52;c;OTg3Ng==\x07",
    "\x1b[9876;9876H",
    "\x1b[31;9876m",
    "\x1b[9876J",
    "\x1bP9876|x\x1b\\",
    "\x1b[?9876h",
    "\x1bc",
    "\x9b9876J",
    "\x9d0;owned9876\x9c",
    "\x0e\x0f\x07\x08\x7f",
    "\u202egpj.9876\u2066\u200b\u2060\ufeff",
    "[@click=app.quit]9876[/]",
    "[link=https://evil9876.example]x[/link]",
)

HEADER = (
    "number", "kind", "customer", "status", "currency", "total", "balance_due", "issued_on",
    "due_on",
)  # fmt: skip

_SEQUENCE = re.compile(
    r"\x1b\[(?P<csi>[0-?]*[ -/]*[@-~])"
    r"|\x1b\](?P<osc>[^\x07\x1b]*)(?:\x07|\x1b\\)"
    r"|\x1b[PX^_](?P<string>[^\x1b]*)\x1b\\"
    r"|\x1b(?P<escape>[ -/]*[0-Z\\^_`-~])"
    r"|(?P<control>[\x00-\x1a\x1c-\x1f\x7f-\x9f])"
)
#: What Textual's driver writes beside sequences.
_PLAIN = {"\r", "\n"}


def assert_meant(received: bytes) -> None:
    """Every byte is a letter that can be seen, or a sequence without a word of a stranger."""
    text = received.decode("utf-8")  # broken UTF-8 would be a stranger's as well
    for found in _SEQUENCE.finditer(text):
        words = found["csi"] or found["osc"] or found["string"] or found["escape"] or ""
        assert "9876" not in words, f"a stranger's sequence: {found[0]!r}"
        assert "evil" not in words, f"a stranger's link: {found[0]!r}"
        assert found["control"] is None or found["control"] in _PLAIN, f"{found[0]!r}"
        assert not (found["osc"] or "").startswith(("0;", "1;", "2;", "52;")), f"{found[0]!r}"
        assert found["escape"] != "c", "the terminal was reset"
    for letter in _SEQUENCE.sub("", text):
        category = unicodedata.category(letter)
        assert letter == " " or (category[0] not in "CZ"), f"{letter!r} ({category})"


@pytest.fixture
def attacked(office: Office) -> Office:
    """Every name, number and note is an attack; so are what servers said and who works here."""
    import csv

    customers, documents = office.folder / "customers.csv", office.folder / "documents.csv"
    with customers.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(("id", "name", "email", "contact"))
        for number, attack in enumerate(ATTACKS, 1):
            rows.writerow((number, f"C{number} {attack}", f"c{number}@example.org", attack))
    with documents.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(HEADER)
        for number, attack in enumerate(ATTACKS, 1):
            rows.writerow(
                (
                    f"INV-{number}{attack}",
                    "invoice",
                    number,
                    attack,
                    "EUR",
                    "10",
                    "10",
                    "2026-01-05",
                    "2026-02-04",
                )
            )
    office.ok("import", customers, documents)
    office.ok("events", "load", _reports(office.folder))
    for number, attack in ((1, ATTACKS[0]), (10, ATTACKS[9])):
        office.run("suppressions", "add", f"c{number}@example.org", "--reason", attack)
    office.environment["OUTTRAY_OPERATOR"] = "anna " + ATTACKS[0] + ATTACKS[9]
    return office


def _reports(folder: Path) -> Path:
    """SES tells of emails of another program, and repeats what servers said."""
    bodies = []
    for number, attack in enumerate(ATTACKS, 1):
        mail = {
            "timestamp": "2026-11-20T10:00:00.000Z",
            "messageId": f"id-{number}",
            "source": f"pay{attack}@acme.example",
            "destination": [f"c{number}@example.org"],
            "commonHeaders": {"subject": f"INV-{number}{attack} {attack}", "from": [attack]},
        }
        recipient = {
            "emailAddress": f"c{number}@example.org",
            "action": "failed",
            "status": "5.1.1",
            "diagnosticCode": f"smtp; 550 5.1.1 {attack}",
        }
        bounce = {
            "bounceType": "Permanent",
            "bounceSubType": "General",
            "bouncedRecipients": [recipient],
            "timestamp": "2026-11-20T10:00:01.000Z",
            "feedbackId": f"f-{number}",
        }
        bodies.append({"eventType": "Bounce", "mail": mail, "bounce": bounce})
    path = folder / "reports.jsonl"
    path.write_text("\n".join(json.dumps(body) for body in bodies), "utf-8")
    return path


@pytest.mark.parametrize("size", [(132, 36), (80, 24)])
def test_no_byte_of_a_stranger_is_obeyed(attacked: Office, size: tuple[int, int]) -> None:
    with Terminal([COMMAND], attacked.environment, cwd=attacked.folder, size=size) as terminal:
        terminal.wait("C1 ")
        terminal.press("enter")
        terminal.wait("INV-1")
        terminal.press("enter", "tab", "enter", "f")
        terminal.wait("Message")
        terminal.press("escape")
        terminal.wait(lambda text: "Subject" not in text)  # the draft is kept first
        terminal.press("a")
        terminal.wait("All customers")
        for _ in range(4):
            terminal.press("down", "enter", "enter")
        for key in "wisu":
            terminal.press(key)
            terminal.press("down", "enter", "escape")
        terminal.press("?", "escape", "q", "q", "q")
        terminal.press("ctrl+q")
        assert terminal.wait_exit() == 0
        assert_meant(bytes(terminal.received))


@pytest.mark.parametrize("attack", ATTACKS[:13])
def test_the_check_sees_every_attack(attack: str) -> None:
    with pytest.raises(AssertionError):
        assert_meant(f"INV-1 {attack}".encode())


@pytest.mark.parametrize("stray", [b"\x1b[M#\xc00", b"M\xfcller", b"\xff\xfe"], ids=repr)
def test_a_byte_that_is_no_letter_does_not_end_the_program(office: Office, stray: bytes) -> None:
    office.write("c.csv", "name,email\nNordwind GmbH,ada@example.org\n")
    office.ok("import", "c.csv")
    with Terminal([str(COMMAND)], office.environment, cwd=office.folder) as terminal:
        terminal.wait("Nordwind")
        terminal.send(stray)
        terminal.press("escape", "escape")
        terminal.press(*"Nord")
        terminal.wait("1 of 1 customers")
        terminal.press("ctrl+q")
        assert terminal.wait_exit() == 0


def test_a_paste_of_a_terminal_comes_once_with_its_lines(office: Office) -> None:
    office.write("c.csv", "name,email\nNordwind GmbH,ada@example.org\n")
    office.write("d.csv", f"{','.join(HEADER)}\nINV-1,invoice,Nordwind GmbH,OPEN,EUR,1,1,,\n")
    office.ok("import", "c.csv", "d.csv")
    office.environment["OUTTRAY_FROM"] = "billing@acme.example"
    with Terminal([str(COMMAND)], office.environment, cwd=office.folder) as terminal:
        terminal.wait("Nordwind")
        terminal.press("tab", "enter")
        terminal.wait("INV-1")
        terminal.press("f")
        terminal.wait("Follow up on invoice INV-1")
        terminal.press("tab", "tab", "tab", "tab")
        terminal.send(b"\x1b[200~first line\rsecond line\x1b[201~")
        shown = terminal.wait("second line")
        assert shown.count("first line") == shown.count("second line") == 1
        assert "first line second line" not in shown
        terminal.press("ctrl+q")
