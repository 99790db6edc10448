"""The installed ``outtray`` in an office of its own: private folders, nothing of the host's."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from core.simulator import Simulator

COMMAND: Final = str(Path(sys.executable).with_name("outtray"))
ROOT: Final = Path(__file__).resolve().parents[3]
SHARED: Final = ROOT.parent / "shared" / "data"

CUSTOMERS: Final = """\
id,name,email,contact
1,Nordwind GmbH,success@simulator.amazonses.com,Ada Nord
2,Hollow Mailbox Ltd,bounce@simulator.amazonses.com,Ben Hollow
3,On Leave & Sons,ooto@simulator.amazonses.com,Cleo Leave
4,Cross Readers,complaint@simulator.amazonses.com,Dan Cross
5,Long Listed,suppressionlist@simulator.amazonses.com,Eve Listed
6,Nobody Reachable,,
"""
DOCUMENTS: Final = """\
number,kind,customer,status,currency,total,balance_due,issued_on,due_on
INV-1,invoice,1,OPEN,EUR,100.10,100.10,2026-01-05,2026-02-04
INV-2,invoice,2,OPEN,EUR,200.20,50.00,2026-01-06,2026-02-05
INV-3,invoice,3,OPEN,EUR,300.30,300.30,2026-01-07,2026-02-06
INV-4,invoice,4,OPEN,EUR,400.40,400.40,2026-01-08,2026-02-07
INV-5,invoice,5,OPEN,EUR,500.50,500.50,2026-01-09,2026-02-08
INV-6,invoice,6,OPEN,EUR,600.60,600.60,2026-01-10,2026-02-09
PAID-1,invoice,1,PAID,EUR,70.00,,2026-01-02,2026-02-01
EST-1,estimate,1,SENT,EUR,900.00,,2026-01-11,
"""


@dataclass(frozen=True)
class Answer:
    """What one run of the command gave back."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one JSON document on standard output; anything beside it is an error."""
        return json.loads(self.out)


class Office:
    """A home, a database and an environment that only this test has."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.database = folder / "data" / "outtray" / "outtray.db"
        self.environment: dict[str, str] = {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": str(folder),
            "XDG_DATA_HOME": str(folder / "data"),
            "XDG_CONFIG_HOME": str(folder / "config"),
            "XDG_CACHE_HOME": str(folder / "cache"),
            "AWS_CONFIG_FILE": str(folder / "aws-config"),
            "AWS_SHARED_CREDENTIALS_FILE": str(folder / "aws-credentials"),
            "AWS_EC2_METADATA_DISABLED": "true",
            "OUTTRAY_OPERATOR": "anna",
            "OUTTRAY_CHECK_MX": "false",
            "LANG": "C.UTF-8",
            "TZ": "UTC",
        }

    def run(self, *arguments: str | Path, stdin: str = "", **environment: str) -> Answer:
        """Run ``outtray``; a traceback is never an answer."""
        done = subprocess.run(
            [COMMAND, *map(str, arguments)],
            input=stdin,
            capture_output=True,
            encoding="utf-8",
            env={**self.environment, **environment},
            cwd=self.folder,
            timeout=60,
        )
        assert "Traceback" not in done.stderr, done.stderr
        return Answer(done.returncode, done.stdout, done.stderr)

    def ok(self, *arguments: str | Path, **environment: str) -> Answer:
        """Run what must succeed."""
        answer = self.run(*arguments, **environment)
        assert answer.code == 0, answer
        return answer

    def json(self, *arguments: str | Path, **environment: str) -> Any:
        """Run what must succeed, with ``--json``."""
        return self.ok(*arguments, "--json", **environment).json

    def write(self, name: str, content: str | bytes) -> Path:
        path = self.folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def pull_until(self, done: Callable[[], bool], patience: float = 20) -> None:
        """Pull the queue until the world looks as it should: events need a moment."""
        give_up = time.monotonic() + patience
        while not done():
            assert time.monotonic() < give_up, "the events did not come"
            self.ok("events", "pull", "--once")

    def words(self) -> dict[str, str]:
        """Number → delivery word, of all documents."""
        return {d["number"]: d["delivery"] for d in self.json("documents", "--limit", "0")}


class Aws:
    """A running stand-in, and what it can be asked and told."""

    def __init__(self, simulator: Simulator) -> None:
        self.simulator = simulator
        self.environment: Mapping[str, str] = simulator.environment

    def sent_to(self) -> list[str]:
        return [address for each in self.simulator.sent() for address in each["recipients"]]

    def suppress(self, address: str, reason: str, message_id: str = "") -> None:
        entry = {
            "address": address,
            "reason": reason,
            "at": "2026-01-20T10:00:00+00:00",
            "message_id": message_id,
        }
        request = urllib.request.Request(  # noqa: S310 - our own server on loopback
            f"{self.simulator.url}/_outtray/suppressions",
            json.dumps({"entries": [entry]}).encode(),
            {"Content-Type": "application/json"},
            method="POST",
        )
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
            assert answer.status == 200
