"""An office of its own for hostile inputs, and one run of the installed command in it."""

from __future__ import annotations

import json
import os
import resource
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Final, NamedTuple

COMMAND: Final = str(Path(sys.executable).with_name("outtray"))
_LONGEST: Final = 10.0
"""Seconds by the clock, with a machine that is busy."""
PATIENCE: Final = 20.0
"""Seconds after which a run is ended: it hangs."""

_CUSTOMERS: Final = "id,name,email\n1,Nordwind GmbH,ada@nordwind.example\n"
_DOCUMENTS: Final = (
    "number,kind,customer,status,currency,total,balance_due,issued_on,due_on\n"
    "INV-1,invoice,1,OPEN,EUR,100.10,100.10,2026-01-05,2026-02-04\n"
)


class Case(NamedTuple):
    """One input; ``{name}`` in arguments and environment is the path of a file of ``files``."""

    area: str
    name: str
    arguments: tuple[str, ...]
    codes: tuple[int, ...]
    """The exit codes that are right."""
    says: str = ""
    """What standard output or error has to hold."""
    files: Mapping[str, str | bytes] = {}
    environment: Mapping[str, str] = {}
    stdin: str = ""
    seconds: float = 2.0
    secret: str = ""
    """What must not be shown."""


@dataclass(frozen=True)
class Run:
    """What came of a case."""

    case: Case
    code: int | None
    """``None``: it was ended because it hung."""
    seconds: float
    """By the clock, on a machine that may have other things to do."""
    worked: float
    """Seconds of a processor."""
    out: str
    err: str

    @property
    def faults(self) -> tuple[str, ...]:
        """What is wrong with it; empty: nothing."""
        case, told = self.case, self.err + self.out
        wrong = {
            "it hangs": self.code is None,
            "a traceback": "Traceback" in told,
            f"exit {self.code}, not {' or '.join(map(str, case.codes))}": self.code is not None
            and self.code not in case.codes,
            f"more than {case.seconds:.0f} s of work": self.worked > case.seconds,
            f"more than {_LONGEST:.0f} s by the clock": self.seconds > _LONGEST,
            f"it does not say {case.says!r}": case.says not in told,
            "it shows the password": bool(case.secret) and case.secret in told,
            "more than 2,500 characters of complaint": len(self.err) > 2_500,
        }
        return tuple(words for words, is_so in wrong.items() if is_so)

    @property
    def said(self) -> str:
        """The line that the case is about, else the first one."""
        lines = [" ".join(line.split()) for line in f"{self.err}\n{self.out}".splitlines()]
        told = [line for line in lines if line]
        wanted = self.case.says
        return next((line for line in told if wanted in line), next(iter(told), ""))


@dataclass(frozen=True)
class Office:
    """A home that only this run has, with one customer and one invoice."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)
    _listening: list[socket.socket] = field(default_factory=list)

    def close(self) -> None:
        """Let go of the port that was listened on."""
        for each in self._listening:
            each.close()

    def __post_init__(self) -> None:
        folder = self.folder
        self.environment.update(
            {
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
        )
        (folder / "customers.csv").write_text(_CUSTOMERS, encoding="utf-8")
        (folder / "documents.csv").write_text(_DOCUMENTS, encoding="utf-8")
        made = self._call(("import", "customers.csv", "documents.csv"), {}, "")
        if made[0] != 0:
            raise RuntimeError(made[2])

    def run(self, case: Case) -> Run:
        """Run the installed command in a process of its own."""
        paths = {"folder": str(self.folder), "silent": self._silent}
        for name, content in case.files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
            paths[path.stem] = str(path)
        arguments = tuple(_filled(each, paths) for each in case.arguments)
        environment = {key: _filled(value, paths) for key, value in case.environment.items()}
        began, worked = time.perf_counter(), _worked()
        code, out, err = self._call(arguments, environment, case.stdin)
        seconds, worked = time.perf_counter() - began, _worked() - worked
        for name in case.files:
            (self.folder / name).unlink()
        return Run(case, code, seconds, worked, out, err)

    @cached_property
    def _silent(self) -> str:
        """Host and port of a server that takes every connection and never says a word."""
        self._listening.append(socket.create_server(("127.0.0.1", 0)))
        return f"127.0.0.1:{self._listening[0].getsockname()[1]}"

    def _call(
        self, arguments: tuple[str, ...], environment: Mapping[str, str], stdin: str
    ) -> tuple[int | None, str, str]:
        process = subprocess.Popen(
            [COMMAND, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**self.environment, **environment},
            cwd=self.folder,
        )
        try:
            out, err = process.communicate(stdin.encode(), PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            out, err = process.communicate()
            return None, out.decode("utf-8", "replace"), err.decode("utf-8", "replace")
        return process.returncode, out.decode("utf-8", "replace"), err.decode("utf-8", "replace")


def _worked() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _filled(text: str, paths: Mapping[str, str]) -> str:
    for name, path in paths.items():
        text = text.replace("{" + name + "}", path)
    return text


def event(subject: str, **changed: object) -> str:
    """Return a delivery that SES reports of another program's email with that subject."""
    mail = {
        "timestamp": "2026-01-20T09:00:00.000Z",
        "messageId": "0102-hostile",
        "source": "shop@outtray.example",
        "destination": ["ada@nordwind.example"],
        "tags": {"ses:configuration-set": ["outtray"]},
        "commonHeaders": {"subject": subject, "to": ["ada@nordwind.example"]},
        **changed,
    }
    delivery = {"timestamp": "2026-01-20T09:00:04.000Z", "recipients": ["ada@nordwind.example"]}
    return json.dumps({"eventType": "Delivery", "mail": mail, "delivery": delivery})


def bounce(diagnostic: str) -> str:
    """Return a bounce with that answer of a server."""
    told = json.loads(event("Invoice INV-1"))
    del told["delivery"]
    told["eventType"] = "Bounce"
    told["bounce"] = {
        "bounceType": "Permanent",
        "bounceSubType": "General",
        "timestamp": "2026-01-20T09:00:05.000Z",
        "bouncedRecipients": [
            {"emailAddress": "ada@nordwind.example", "diagnosticCode": diagnostic}
        ],
    }
    return json.dumps(told)
