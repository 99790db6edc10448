"""How werkzeug's server handles a connection here: quietly and without delay."""

from __future__ import annotations

from typing import Any

from werkzeug.serving import WSGIRequestHandler


class RequestHandler(WSGIRequestHandler):
    """Logs nothing, and sends small answers at once instead of waiting for more to send."""

    disable_nagle_algorithm = True
    protocol_version = "HTTP/1.1"

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 (werkzeug's name)
        """Requests are no news; what was sent is in the record."""
