"""One morning's work, through the installed program, a real terminal and HTTP to the stand-in."""

from __future__ import annotations

import re

from tests.e2e.processes import children, is_running
from tests.e2e.terminal import Terminal
from tests.tui.cli.office import COMMAND, Aws, Office

_BOUNCE = "bounce@simulator.amazonses.com"
_SUCCESS = "success+new@simulator.amazonses.com"
_FOLLOW_UP = "Follow up on invoice INV-1"
_RESEND = "Resend invoice INV-1"


def write_to(terminal: Terminal, title: str, address: str) -> None:
    """In the open dialog: put ``address`` into To and send, answering what the gate asks."""
    terminal.wait(title)
    terminal.press("end", "ctrl+u", address)
    terminal.wait(lambda text: re.search(rf"To +{re.escape(address)}", text))
    for _ in range(3):
        terminal.wait(lambda text: "checking" not in text)
        terminal.press("ctrl+s")
        if title not in terminal.settle(0.4):
            return
    raise AssertionError(f"it was not sent:\n{terminal.text}")


def row(terminal: Terminal, number: str = "INV-1") -> str:
    """The document's line in the table: the line with its kind."""
    pattern = re.compile(rf"{number} +(Invoice|Estimate) ")
    return next((line for line in terminal.text.split("\n") if pattern.search(line)), "")


def test_follow_up_bounce_correct_resend_delivered(working: Office, slow_aws: Aws) -> None:
    working.ok("send", "INV-1", "--to", "bounce+old@simulator.amazonses.com")
    working.pull_until(lambda: working.words()["INV-1"] == "BOUNCED")

    with Terminal([COMMAND], working.environment, cwd=working.folder) as terminal:
        terminal.wait("Hollow Mailbox Ltd")
        terminal.press("nordwind")
        terminal.wait(lambda text: "Nordwind GmbH" in text and "Hollow" not in text)
        terminal.press("enter")
        terminal.wait(lambda _: row(terminal) and row(terminal, "EST-1"))

        terminal.press("enter")
        terminal.wait("550 5.1.1")  # the log, with the server's own words
        terminal.press("b")
        terminal.wait(lambda _: row(terminal) and not row(terminal, "EST-1"))

        terminal.press("f")
        write_to(terminal, _FOLLOW_UP, _BOUNCE)
        terminal.wait(lambda _: re.search(r"\bSENT\b", row(terminal)))
        terminal.wait(lambda _: re.search(r"✖ BOUNCED", row(terminal)))  # no key was touched
        assert _BOUNCE[:15] in row(terminal)

        terminal.press("r")
        write_to(terminal, _RESEND, _SUCCESS)
        terminal.wait(lambda _: re.search(r"SENT .*BOUNCED", row(terminal)))
        terminal.wait("No unresolved bounce")  # delivered: nothing is left in this filter
        terminal.press("b")
        terminal.wait(lambda _: "DELIVERED" in row(terminal))
        assert "BOUNCED" not in row(terminal)

        for key, title in (("F", _FOLLOW_UP), ("R", _RESEND)):
            terminal.press(key)
            terminal.wait(title)
            terminal.press("escape")
            terminal.wait(lambda _: "Attached" not in terminal.text)

        terminal.press("q")
        terminal.wait(lambda _: not row(terminal))
        assert children(terminal.pid) == set()
        terminal.press("q")
        assert terminal.wait_exit() == 0
    assert not is_running(terminal.pid)

    assert slow_aws.sent_to()[1:] == [_BOUNCE, _SUCCESS]
    history = working.json("log", "INV-1")["emails"]
    assert [(e["kind"], e["delivery"]) for e in history] == [
        ("resend", "DELIVERED"),
        ("follow_up", "BOUNCED"),
        ("original", "BOUNCED"),
    ]
    assert working.json("db", "check")["differences"] == []
