"""Stands before a real PostgreSQL and loses the answer to a commit, with the connection."""

from __future__ import annotations

import contextlib
import re
import shutil
import socket
import threading
from pathlib import Path
from tempfile import mkdtemp
from types import TracebackType

_SOCKET = ".s.PGSQL.5432"


class LostCommit:
    """``url`` leads through it; after ``next_commit`` the server commits and nobody hears of it."""

    def __init__(self, url: str) -> None:
        found = re.search(r"host=([^&]+)", url)
        assert found is not None
        self._server = Path(found.group(1).replace("%2F", "/")) / _SOCKET
        self._folder = Path(mkdtemp(prefix="outtray-"))
        self.url = url.replace(found.group(1), str(self._folder))
        self.lost = 0
        self._is_armed = False
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind(str(self._folder / _SOCKET))
        self._listening.listen(16)

    def next_commit(self) -> None:
        self._is_armed = True

    def __enter__(self) -> LostCommit:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._listening.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                server = socket.socket(socket.AF_UNIX)
                server.connect(str(self._server))
                loses = threading.Event()
                for act in (self._ask, self._answer):
                    threading.Thread(target=act, args=(client, server, loses), daemon=True).start()

    def _ask(self, client: socket.socket, server: socket.socket, loses: threading.Event) -> None:
        with contextlib.suppress(OSError):
            while data := client.recv(65536):
                if self._is_armed and b"COMMIT" in data:
                    self._is_armed = False
                    loses.set()
                server.sendall(data)
        _end(client, server)

    def _answer(self, client: socket.socket, server: socket.socket, loses: threading.Event) -> None:
        with contextlib.suppress(OSError):
            while data := server.recv(65536):
                if loses.is_set():
                    self.lost += 1
                    break
                client.sendall(data)
        _end(client, server)


def _end(*ends: socket.socket) -> None:
    for each in ends:
        with contextlib.suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)
        each.close()
