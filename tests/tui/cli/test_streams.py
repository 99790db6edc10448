"""Pipes, full disks, narrow terminals, hostile names: what leaves the command line is harmless."""

from __future__ import annotations

import csv
import io
import json
import os
import pty
import subprocess

import pytest

from tests.tui.cli.office import COMMAND, DOCUMENTS, Office

HOSTILE = "=HYPERLINK(1) \u001b]0;pwned\u0007\u001b[2J \u009b31m \u202egnp \u2066x"
_CONTROLS = {*map(chr, range(32)), *map(chr, range(0x7F, 0xA0)), "\u202e", "\u2066"} - {"\n"}


@pytest.mark.parametrize("form", [[], ["--json"], ["--csv"]])
def test_a_reader_who_has_had_enough_is_no_failure(stocked: Office, form: list[str]) -> None:
    header, *rows = DOCUMENTS.splitlines()
    many = [rows[0].replace("INV-1", f"N-{n}") for n in range(3000)]
    stocked.ok("import", stocked.write("many.csv", "\n".join([header, *many])))
    writer = subprocess.Popen(
        [COMMAND, "documents", "--limit", "0", *form],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=stocked.environment,
    )
    assert writer.stdout is not None
    writer.stdout.read(10)
    writer.stdout.close()
    _, errors = writer.communicate(timeout=30)
    assert (writer.returncode, errors) == (0, b"")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no /dev/full")  # noqa: PTH110
def test_a_full_disk_is_a_failure_in_words(stocked: Office) -> None:
    with open("/dev/full", "w") as full:  # noqa: PTH123
        done = subprocess.run(
            [COMMAND, "documents", "--json"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            env=stocked.environment,
        )
    assert done.returncode == 1
    assert "No space left" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_terminal_that_knows_only_ascii_gets_every_character_somehow(office: Office) -> None:
    office.ok("import", office.write("c.csv", "name,email\nBjörk ✖,b@example.org\n"))
    narrow = {"PYTHONIOENCODING": "ascii"}
    assert "Bj\\xf6rk" in office.ok("customers", **narrow).out
    assert office.json("customers", **narrow)[0]["name"] == "Björk ✖"


def on_a_terminal(office: Office, *arguments: str) -> str:
    """What a terminal receives on both streams."""
    own, theirs = pty.openpty()
    try:
        done = subprocess.run(
            [COMMAND, *arguments],
            stdout=theirs,
            stderr=theirs,
            env=office.environment,
        )
        assert done.returncode in (0, 1, 3)
        os.close(theirs)
        received = b""
        try:
            while chunk := os.read(own, 65536):
                received += chunk
        except OSError:
            pass  # Linux says so when the last writer has gone
    finally:
        os.close(own)
    return received.decode()


@pytest.mark.parametrize(
    "command",
    [
        "documents",
        "documents --json",
        "documents --csv",
        "customers",
        "customers --json",
        "log H-1",
        "log H-1 --json",
        "log H-1 --customer \u001b[2J",
        "send H-1 --to \u001b[2J@example.org",
    ],
)
def test_hostile_names_never_reach_the_terminal_as_controls(office: Office, command: str) -> None:
    header = DOCUMENTS.partition("\n")[0]
    row = f'H-1,invoice,"{HOSTILE}",OPEN,EUR,1.00,1.00,2026-01-05,'
    office.ok("import", office.write("d.csv", f"{header}\n{row}\n"))
    received = on_a_terminal(office, *command.split(" "))
    assert received.strip()
    assert not _CONTROLS & set(received.replace("\r\n", "\n"))


def test_json_keeps_a_hostile_name_as_it_is(office: Office) -> None:
    office.ok("import", office.write("c.csv", f'name,email\n"{HOSTILE}",\n'))
    answer = office.ok("customers", "--json")
    assert json.loads(answer.out)[0]["name"] == HOSTILE


@pytest.mark.parametrize("start", ["=1+1", "+1", "-1", "@SUM(1)", "\t=1", "＝1"])
def test_csv_never_becomes_a_formula(office: Office, start: str) -> None:
    header = DOCUMENTS.partition("\n")[0]
    row = f'"{start}",invoice,"{start} & Co",OPEN,EUR,-5.00,-5.00,2026-01-05,'
    office.ok("import", office.write("d.csv", f"{header}\n{row}\n"))
    (read,) = csv.DictReader(io.StringIO(office.ok("documents", "--csv").out))
    for key in ("number", "customer"):
        assert read[key].startswith("'")
    assert read["total"] == "-5.00"  # a number stays one
