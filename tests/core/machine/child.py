"""A program in a process of its own, which is killed by the kernel at a chosen moment.

The processes are forked from one that has imported this, and never from the tests: a fork would
take SQLite's locks for its own.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from core.aws.clients import Clients, session
from core.aws.queue import SqsFeed
from core.settings.loading import load
from tests.core.machine.clocks import TickingClock
from tests.core.machine.post import Post
from tests.core.machine.program import Program

_PATIENCE: Final = 60

session()  # botocore reads its models' index with the first


def work_and_die(environment: Mapping[str, str], url: str, now: datetime, at: int) -> int | None:
    """Let a process work the outbox until the moment ``at``; return how it ended."""
    forks: Any = multiprocessing.get_context("forkserver")
    forks.set_forkserver_preload([__name__])
    process = forks.Process(target=_work, args=(dict(environment), url, now, at), daemon=True)
    process.start()
    process.join(_PATIENCE)
    code: int | None = process.exitcode
    return code


def _work(environment: dict[str, str], url: str, now: datetime, at: int) -> None:
    os.environ.update(environment)
    clients = Clients()
    settings = load({**environment, "OUTTRAY_DATABASE_URL": url, "OUTTRAY_OPERATOR": "cid"})
    post = Post(SqsFeed(clients, settings.queue_url))
    program = Program(settings, clients, TickingClock(now), post, lambda _: None)
    program.moments.interrupt_at(at, lambda: os.kill(os.getpid(), signal.SIGKILL))
    program.backend.outbox.work()
    program.close()
