"""Starts and stops the stand-in inside this process."""

from __future__ import annotations

import itertools
import socket
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final

from core.model.errors import UsageError
from core.simulator import configuration, control
from core.simulator.events import Delays
from core.simulator.publish import Publisher
from core.simulator.service import Call, Service, utc_now
from core.simulator.state import EVENT_TYPES, QUEUE, Faults, SentMail, State, bare

if TYPE_CHECKING:
    from werkzeug.serving import BaseWSGIServer

    from core.simulator.queues import Queues

CONFIGURATION_SET: Final = "outtray"
SENDER: Final = "Outtray Demo <billing@outtray.example>"

_HOST: Final = "127.0.0.1"
_NEEDED: Final = ("moto", "werkzeug", "flask", "flask_cors")

# moto keeps its queues for the whole process; an account each keeps two stand-ins apart.
_account_ids = itertools.count(123_456_789_012)


@dataclass(frozen=True, slots=True)
class _Running:
    service: Service
    queues: Queues
    server: BaseWSGIServer
    thread: threading.Thread


class Simulator:
    """The local stand-in for AWS: ``with Simulator() as aws: …`` starts and stops it.

    ``visibility_seconds`` is the queue's visibility timeout; ``is_raw`` leaves SNS's envelope out.

    Raises:
        MissingExtraError: moto or werkzeug is not installed.
        UsageError: the port cannot be used.
    """

    def __init__(
        self,
        *,
        port: int = 0,
        region: str = "eu-west-1",
        sender: str = SENDER,
        delays: Delays | None = None,
        is_raw: bool = False,
        visibility_seconds: int = 30,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        require_extra()
        self._origin = SentMail(region, str(next(_account_ids)))
        self._sender = sender
        self._delays = delays or Delays()
        self._is_raw = is_raw
        self._visibility_seconds = visibility_seconds
        self._clock = clock
        self._stopping = threading.Event()
        self._running: _Running | None = None
        self._socket = _listen(port)
        self.url = f"http://{_HOST}:{self._socket.getsockname()[1]}"

    @property
    def environment(self) -> dict[str, str]:
        """Everything Outtray and boto3 need to use the stand-in; known before it serves."""
        services = ("SESV2", "SQS", "SNS", "KMS")
        return {
            **{f"AWS_ENDPOINT_URL_{each}": self.url for each in services},
            "AWS_REGION": self._origin.region,
            "AWS_DEFAULT_REGION": self._origin.region,
            "AWS_ACCESS_KEY_ID": "outtray-simulator",
            "AWS_SECRET_ACCESS_KEY": "outtray-simulator",
            "OUTTRAY_FROM": self._sender,
            "OUTTRAY_CONFIGURATION_SET": CONFIGURATION_SET,
            "OUTTRAY_CHECK_MX": "false",  # nothing leaves the machine: nobody to ask for
            "OUTTRAY_QUEUE_URL": f"{self.url}/{self._origin.account_id}/{QUEUE}",
        }

    def __enter__(self) -> Simulator:
        return self.start()

    def __exit__(self, *exc_info: object) -> None:
        self.stop()

    def start(self) -> Simulator:
        """Serve in a thread. Requests made since the construction wait and are answered now."""
        from werkzeug.serving import make_server

        from core.simulator.app import Application
        from core.simulator.connections import RequestHandler
        from core.simulator.queues import Queues

        queues = Queues(self._origin)
        service = self._service(queues)
        self._furnish(service, queues)
        app = Application(service, queues, self.reset, self._stopping)
        server = make_server(
            _HOST,
            0,
            app,
            threaded=True,
            request_handler=RequestHandler,
            fd=self._socket.fileno(),
        )
        thread = threading.Thread(
            target=server.serve_forever, args=(0.05,), name="simulator", daemon=True
        )
        self._running = _Running(service, queues, server, thread)
        thread.start()
        return self

    def stop(self) -> None:
        """Stop serving; connections that wait are dropped. A second call does nothing."""
        self._stopping.set()
        running, self._running = self._running, None
        if running is not None:
            running.service.publisher.stop()
            running.queues.tear_down()
            running.server.shutdown()
            running.server.server_close()
            running.thread.join(timeout=5)
        self._socket.close()

    def reset(self) -> None:
        """Make everything as it was at the start; port, topic, queue and set keep their names."""
        running = self._started()
        running.service.publisher.forget()
        running.service.faults.clear()
        with running.service.state.lock:
            running.service.behaviours.clear()
            running.service.delays = self._delays
            self._furnish(running.service, running.queues)

    def sent(self) -> list[dict[str, Any]]:
        """Return what ``GET /_outtray/sent`` answers: every accepted message, oldest first."""
        return control.record(self._started().service)

    def reports(self) -> list[str]:
        """Return what ``GET /_outtray/reports`` answers: every report that was published."""
        return control.reports(self._started().service)

    def set_faults(self, **faults: float | bool) -> None:
        """Do what ``POST /_outtray/faults`` does."""
        control.set_faults(self._started().service, faults)

    def set_account(self, **account: float | bool | str) -> None:
        """Do what ``POST /_outtray/account`` does."""
        control.set_account(self._started().service, account)

    @property
    def accepted(self) -> int:
        """How many messages were accepted."""
        return len(self._started().service.state.sent)

    def set_behaviours(self, addresses: Mapping[str, object]) -> None:
        """Do what ``POST /_outtray/behaviours`` does."""
        control.set_behaviours(self._started().service, {"addresses": dict(addresses)})

    def _started(self) -> _Running:
        if self._running is None:
            raise RuntimeError("The simulator is not running.")
        return self._running

    def _service(self, queues: Queues) -> Service:
        state, faults = State(), Faults()
        return Service(
            origin=self._origin,
            state=state,
            faults=faults,
            topics=queues,
            publisher=Publisher(state, faults, queues.publish),
            delays=self._delays,
            clock=self._clock,
        )

    def _furnish(self, service: Service, queues: Queues) -> None:
        """Create what an office has in its account: topic, queue, identity, configuration set."""
        topic = queues.set_up(is_raw=self._is_raw, visibility_seconds=self._visibility_seconds)
        service.state.clear()
        address = bare(self._sender)
        for identity in (address, address.rpartition("@")[2]):
            configuration.create_identity(service, Call(body={"EmailIdentity": identity}))
        name = {"ConfigurationSetName": CONFIGURATION_SET}
        configuration.create_configuration_set(service, Call(body=name))
        destination: Mapping[str, Any] = {
            "Enabled": True,
            "MatchingEventTypes": list(EVENT_TYPES),
            "SnsDestination": {"TopicArn": topic},
        }
        body = {"EventDestinationName": "outtray-events", "EventDestination": destination}
        configuration.create_destination(service, Call((CONFIGURATION_SET,), body=body))
        queues.empty()  # of the topic's greeting


def require_extra() -> None:
    """Look for the extra without importing it.

    Raises:
        MissingExtraError: names what is missing, and how to get it.
    """
    if missing := [name for name in _NEEDED if find_spec(name) is None]:
        from core.installation.extras import missing_extra

        raise missing_extra("demo", "The local stand-in for AWS", missing)


def _listen(port: int) -> socket.socket:
    """Open the port now, so that its number is known while the slow part of the start runs."""
    try:
        return socket.create_server((_HOST, port), backlog=128)
    except (OSError, OverflowError) as error:
        raise UsageError(
            f"Port {port} cannot be used: {error}.", "Choose another, or 0 for any free one."
        ) from error
