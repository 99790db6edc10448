"""What a program of ``bench.kill_send`` runs; importing it loads all that it needs.

The processes are forked from one that has imported this, so that hundreds of them start at once.
"""

from __future__ import annotations

import os
import sys

import boto3
import sqlalchemy
import sqlalchemy.dialects.postgresql
import sqlalchemy.dialects.sqlite  # noqa: F401

import core.mailroom  # noqa: F401
import tui.actions.outbox  # noqa: F401
from tui.start import run

boto3.session.Session()  # botocore reads its models' index with the first


def work(lease_seconds: float, environment: dict[str, str]) -> None:
    """Run the real command line until killed; nobody reads what it says.

    ``environment`` is its own: the process that it was forked from may be another office's.
    """
    os.environ.clear()
    os.environ.update(environment)
    sys.stdout = sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115
    sys.exit(run(["outbox", "work", "--follow", "--json", "--lease", str(lease_seconds)]))
