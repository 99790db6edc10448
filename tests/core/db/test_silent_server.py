"""A PostgreSQL server that takes the connection and never says a word."""

from __future__ import annotations

import socket
import time

import pytest

from core.db import engine
from core.db.engine import Database
from core.model.errors import DatabaseError


def test_a_server_that_never_answers_is_not_waited_for_without_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(engine, "_CONNECT_SECONDS", 2)  # as few as the driver takes
    with socket.create_server(("127.0.0.1", 0)) as silent:
        database = Database(f"postgresql://u:s3cr@127.0.0.1:{silent.getsockname()[1]}/db")
        began = time.monotonic()
        with pytest.raises(DatabaseError, match="did not answer: connection timeout") as error:
            database.reader.rows("SELECT 1", {})
        assert time.monotonic() - began < 10
        assert "s3cr" not in str(error.value)


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("postgresql://u:s3cr@h:bad/db", "its port is no number"),
        ("postgresql://u:s3cr@[::1/db", "its port is no number"),
        (f"postgresql://u:s3cr@{'h' * 100}/db", "did not answer"),
    ],
)
def test_what_cannot_be_a_server_is_said_without_the_password(url: str, reason: str) -> None:
    with pytest.raises(DatabaseError, match=reason) as error:
        Database(url).reader.rows("SELECT 1", {})
    assert "s3cr" not in str(error.value)
