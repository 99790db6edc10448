"""What reaches a real terminal, byte by byte: copies, links, the mouse; and a real editor."""

from __future__ import annotations

import base64
import re
from pathlib import Path

from tests.e2e.terminal import Terminal
from tests.tui.cli.office import COMMAND, Office

_MOUSE = re.compile(rb"\x1b\[\?(?:1000|1002|1003|1006|1015|1016)h")
_HOSTILE = "A;\x1b]8;;evil\x07B"
_EDITOR = """\
#!/bin/sh
ls -l "$1" | cut -c1-10 > {folder}/mode
cp "$1" {folder}/before
case "$(cat {folder}/wish)" in
fail) printf 'half\\n' > "$1"; exit 3 ;;
*) printf 'Bonjour été\\nfrom the editor\\n' > "$1" ;;
esac
"""


def editor(office: Office) -> Path:
    path = office.write("my editor", _EDITOR.format(folder=office.folder))
    path.chmod(0o755)
    office.write("wish", "write")
    return path


def office_with_a_page(office: Office) -> None:
    office.write("c.csv", "name,email\nNordwind GmbH,ada@example.org\n")
    office.write(
        "d.csv",
        "number,kind,customer,status,currency,total,balance_due,issued_on,due_on\n"
        f'"{_HOSTILE}",invoice,Nordwind GmbH,OPEN,EUR,1.00,1.00,2026-01-05,2026-02-04\n',
    )
    office.ok("import", "c.csv", "d.csv")
    (office.folder / "tmp").mkdir()
    office.environment |= {
        "TMPDIR": str(office.folder / "tmp"),
        "OUTTRAY_DOCUMENT_URL": "https://books.example/{kind}/{number}",
        "OUTTRAY_FROM": "billing@acme.example",
        "XDG_STATE_HOME": str(office.folder / "state"),
        "VISUAL": f"'{editor(office)}'",
        "TMUX": "default,1,0",
    }


def test_copy_link_editor_and_a_mouse_that_is_left_alone(office: Office) -> None:
    office_with_a_page(office)
    with Terminal([COMMAND, "--no-mouse"], office.environment, cwd=office.folder) as terminal:
        terminal.wait("Nordwind GmbH")
        terminal.press("enter")
        terminal.wait("1 document")
        terminal.press("enter")
        terminal.wait("nothing was sent yet")
        terminal.press("y")
        terminal.wait("Copy of")
        terminal.press("y")
        terminal.wait("Sent to the terminal")
        _link(bytes(terminal.received))
        _copy(bytes(terminal.received), office.folder / "state/outtray/copied.txt")

        terminal.press("f")
        terminal.wait("Subject")
        terminal.settle(0.5)
        terminal.press("\x1be")
        terminal.wait("from the editor")
        assert "Bonjour été" in terminal.text
        assert (office.folder / "mode").read_text() == "-rw-------\n"
        office.write("wish", "fail")
        terminal.press("\x1be")
        terminal.wait("did not end well (exit code 3)")
        assert "from the editor" in terminal.text  # the old text stays
        (kept,) = (office.folder / "tmp").glob("outtray-*/message.md")  # the good one is gone
        assert kept.read_text() == "half\n"
        assert kept.parent.name in terminal.text
        assert "Bonjour été" in (office.folder / "before").read_text("utf-8")
        terminal.press("escape")
        terminal.settle(0.4)
        terminal.press("ctrl+q")
        assert terminal.wait_exit() == 0
        assert not _MOUSE.search(bytes(terminal.received))


def _link(sent: bytes) -> None:
    """The number links to its page; nothing in it ends the link or begins another."""
    links = set(re.findall(rb"\x1b\]8;([^;]*);([^\x1b\x07]*)(?:\x1b\\|\x07)", sent))
    targets = {target for _, target in links if target}
    assert targets == {b"https://books.example/invoice/A%3B%1B%5D8%3B%3Bevil%07B"}
    assert b"]8;;evil" not in sent.replace("␛]8;;evil".encode(), b"")


def _copy(sent: bytes, kept: Path) -> None:
    """One for the terminal itself and one for the terminal around tmux; both the same text."""
    text = kept.read_text("utf-8")
    assert text == "A;␛]8;;evil␇B"
    encoded = base64.b64encode(text.encode())
    assert sent.count(b"\x1b]52;c;" + encoded + b"\x07") == 2
    assert sent.count(b"\x1bPtmux;\x1b\x1b]52;c;" + encoded + b"\x07\x1b\\") == 1


def test_without_the_option_the_mouse_is_asked_for(office: Office) -> None:
    with Terminal([COMMAND], office.environment, cwd=office.folder) as terminal:
        terminal.wait("No customers yet")
        assert _MOUSE.search(bytes(terminal.received))
    office.environment["OUTTRAY_MOUSE"] = "false"
    with Terminal([COMMAND], office.environment, cwd=office.folder) as terminal:
        terminal.wait("No customers yet")
        assert not _MOUSE.search(bytes(terminal.received))
