"""What the programs of ``bench.kill_send`` and ``bench.neighbours`` run.

The processes are forked from one that has imported this, so that hundreds of them start at once.
"""

from __future__ import annotations

import os
import pkgutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from importlib import import_module
from typing import Final

import boto3
import sqlalchemy
import sqlalchemy.dialects.postgresql
import sqlalchemy.dialects.sqlite  # noqa: F401

import core
import tui
from core.logs.setup import log
from core.settings import loading
from tui.cli.main import run

_NEVER_NEEDED: Final = (".simulator", ".demo", ".migrations", ".__main__")

for _package in (core, tui):
    for _found in pkgutil.walk_packages(_package.__path__, f"{_package.__name__}."):
        if not any(each in _found.name for each in _NEVER_NEEDED):
            import_module(_found.name)
for _name in ("email.mime.multipart", "markdown_it", "linkify_it", "tomllib", "zoneinfo"):
    import_module(_name)
boto3.session.Session()  # botocore reads its models' index with the first


def work(lease_seconds: float, environment: dict[str, str]) -> None:
    """Run the real command line until killed; nobody reads what it says.

    ``environment`` is its own: the process that it was forked from may be another office's.
    """
    os.environ.clear()
    os.environ.update(environment)
    sys.stdout = sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115
    sys.exit(run(["outbox", "work", "--follow", "--json", "--lease", str(lease_seconds)]))


@dataclass(frozen=True)
class Order:
    """One program: its words, and where what it says goes."""

    arguments: tuple[str, ...]
    environment: Mapping[str, str]
    output: str
    """The beginning of the names of its files, which are ``….out`` and ``….err``."""
    terminal: str = ""
    """The name of the terminal that it has instead."""
    command: str = ""
    """The installed command, which then takes the place of this process; empty: forked."""
    lease_seconds: float = 60.0


def obey(order: Order) -> None:
    """Be the program that ``order`` names."""
    try:
        _take_streams(order)
        os.environ.clear()
        os.environ.update(order.environment)
        if order.command:
            os.execve(order.command, [order.command, *order.arguments], dict(order.environment))  # noqa: S606
        _shorten_leases(order.lease_seconds)
    except KeyboardInterrupt:
        os._exit(1)  # it has not begun
    log.begin(verbose=False)  # as the installed command does; else its records go to standard error
    sys.exit(run(order.arguments))


def _take_streams(order: Order) -> None:
    if order.terminal:
        os.setsid()
        terminal = os.open(order.terminal, os.O_RDWR)  # the first that is opened is ours
        given = (terminal, terminal, terminal)
    else:
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        files = [os.open(f"{order.output}.{each}", flags, 0o600) for each in ("out", "err")]
        given = (os.open(os.devnull, os.O_RDONLY), files[0], files[1])
    for number, each in enumerate(given):
        os.dup2(each, number)
    for each in {*given} - {0, 1, 2}:
        os.close(each)
    sys.stdin = sys.__stdin__ = open(0, encoding="utf-8", closefd=False)  # type: ignore[misc]  # noqa: SIM115
    sys.stdout = sys.__stdout__ = open(1, "w", encoding="utf-8", closefd=False)  # type: ignore[misc]  # noqa: SIM115
    sys.stderr = sys.__stderr__ = open(2, "w", encoding="utf-8", closefd=False)  # type: ignore[misc]  # noqa: SIM115


def _shorten_leases(seconds: float) -> None:
    """What a killed program had in hand is found sooner than after a minute."""
    load = loading.load

    def shorter(*given: object, **named: object) -> loading.Settings:
        return replace(load(*given, **named), lease=timedelta(seconds=seconds))  # type: ignore[arg-type]

    loading.load = shorter
