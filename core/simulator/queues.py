"""SQS and SNS by moto, with what moto's server lacks: its queues are not safe between threads.

Importing this module imports moto, which takes most of the start; so it is imported late.
"""

from __future__ import annotations

import io
import json
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any, Final
from urllib.parse import parse_qs

from moto.moto_api import recorder
from moto.moto_server.werkzeug_app import create_backend_app
from moto.sns.models import sns_backends
from moto.sqs.models import Message, Queue, sqs_backends

from core.simulator import service as refusals
from core.simulator.connections import is_client_gone
from core.simulator.service import RefusedError
from core.simulator.state import QUEUE, SentMail

DEAD_LETTER_QUEUE: Final = "outtray-events-dead-letter"
TOPIC: Final = "outtray-events"

_RETENTION_SECONDS: Final = 14 * 24 * 3600
_MAX_RECEIVES: Final = 5
_LONGEST_NAP: Final = 0.25
"""A message whose visibility timeout ends wakes nobody; so look this often, in seconds."""

_SERVICES: Final = ("sqs", "sns")
_LEADS_AWAY: Final = ("http", "https", "lambda")
"""Subscriptions by which moto would call other machines, or another of its services."""

Environ = dict[str, Any]
Answer = tuple[str, list[tuple[str, str]], bytes]


class _Queue(Queue):
    """moto's queue, which asks the clock twice for each message it holds, at every call.

    With a thousand messages that is a hundredth of a second a call; here it asks once. And moto
    forgets the policy when any other attribute is set; SQS keeps it.
    """

    def _set_attributes(self, attributes: dict[str, Any], now: float | None = None) -> None:
        if "Policy" not in attributes:
            attributes = {**attributes, "Policy": self.policy}
        super()._set_attributes(attributes, now)

    @property
    def messages(self) -> list[Message]:
        now = time.time() * 1000
        return [each for each in self._messages if each.visible_at < now >= each.delayed_until]

    @property
    def approximate_number_of_messages_delayed(self) -> int:
        now = time.time() * 1000
        return sum(each.delayed_until > now for each in self._messages)

    @property
    def approximate_number_of_messages_not_visible(self) -> int:
        now = time.time() * 1000
        return sum(each.visible_at >= now for each in self._messages)


class Queues:
    """moto's SQS and SNS for one account, one request at a time.

    moto loses a message that arrives while another thread deletes one, and holds a thread for each
    long poll; so every call takes one lock, and the waiting of a long poll is done out here.
    """

    def __init__(self, origin: SentMail) -> None:
        self._origin = origin
        # Not moto's own dispatcher, which serves whatever is asked for, and moto's own controls.
        self._apps: dict[str, Any] = {name: create_backend_app(name) for name in _SERVICES}
        recorder.stop_recording()  # it writes a file where MOTO_ENABLE_RECORDING is set
        self._changed = threading.Condition(threading.RLock())
        self._is_stopped = False

    # ----------------------------------------------------------------- set-up

    def set_up(self, *, is_raw: bool, visibility_seconds: int) -> str:
        """Make topic, queues and subscription as at the start, and return the topic's ARN.

        Everything else goes. Topic and subscription are kept if they are there: moto makes a new
        RSA key for each subscription, which is slow.
        """
        with self._changed:
            topic = self._sns.create_topic(TOPIC)
            for arn in [each for each in self._sns.topics if each != topic.arn]:
                self._sns.delete_topic(arn)
            self._sqs.queues.clear()  # also of their messages
            retention = {"MessageRetentionPeriod": str(_RETENTION_SECONDS)}
            dead = self._create_queue(DEAD_LETTER_QUEUE, **retention)
            redrive = {"deadLetterTargetArn": dead.queue_arn, "maxReceiveCount": _MAX_RECEIVES}
            queue = self._create_queue(
                QUEUE,
                RedrivePolicy=json.dumps(redrive),
                VisibilityTimeout=str(visibility_seconds),
                Policy=_queue_policy(topic.arn, dead.queue_arn.replace(dead.name, QUEUE)),
                **retention,
            )
            self._subscribe(topic.arn, queue.queue_arn, is_raw=is_raw)
            return str(topic.arn)

    def _create_queue(self, name: str, **attributes: str) -> Queue:
        # moto's own class leaves a CloudFormation hook abstract, and instantiates it all the same.
        queue = _Queue(  # type: ignore[abstract]
            name, self._origin.region, self._origin.account_id, **attributes
        )
        self._sqs.queues[name] = queue
        return queue

    def _adopt(self) -> None:
        """Make ours of the queues that moto made itself, for a call over HTTP."""
        for queue in self._sqs.queues.values():
            if type(queue) is Queue:
                queue.__class__ = _Queue  # type: ignore[type-abstract]

    def _subscribe(self, topic_arn: str, queue_arn: str, *, is_raw: bool) -> None:
        subscription = self._sns.subscribe(topic_arn, queue_arn, "sqs")
        for arn in [each for each in self._sns.subscriptions if each != subscription.arn]:
            self._sns.subscriptions.pop(arn)
        # moto takes any text here for true, so it is set only when it is.
        subscription.attributes.pop("RawMessageDelivery", None)
        if is_raw:
            subscription.attributes["RawMessageDelivery"] = "true"

    def empty(self) -> None:
        """Drop every message, waiting or in flight."""
        with self._changed:
            for name in list(self._sqs.queues):
                self._sqs.purge_queue(name)

    def tear_down(self) -> None:
        """End every long poll, and give moto's memory of this account back."""
        with self._changed:
            self._is_stopped = True
            self._changed.notify_all()
            sqs_backends.pop(self._origin.account_id, None)
            sns_backends.pop(self._origin.account_id, None)

    @property
    def _sqs(self) -> Any:
        return sqs_backends[self._origin.account_id][self._origin.region]

    @property
    def _sns(self) -> Any:
        return sns_backends[self._origin.account_id][self._origin.region]

    # ----------------------------------------------------------------- what SES needs of SNS

    def has_topic(self, arn: str) -> bool:
        with self._changed:
            return arn in self._sns.topics

    def publish(self, topic_arn: str, subject: str, text: str) -> None:
        """Publish; a topic that is gone swallows the text, as it does for SES."""
        with self._changed:
            if not self._is_stopped and topic_arn in self._sns.topics:
                self._sns.publish(text, topic_arn, subject=subject or None)
                self._changed.notify_all()

    # ----------------------------------------------------------------- the rest, as WSGI

    def __call__(
        self, service: str, environ: Environ, start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        if service == "sns" and _leads_away(body, environ):
            words = "Invalid parameter: Protocol. The local stand-in delivers to queues only."
            refused = refusals.form(environ, RefusedError("InvalidParameter", words, 400))
            start_response(f"{refused[0]} Bad Request", refused[1])
            return [refused[2]]
        environ["HTTP_X_MOTO_ACCOUNT_ID"] = self._origin.account_id
        wait = self._wait_seconds(environ, body)
        if wait is None:
            status, headers, answer = self._ask(service, environ, body)
        else:
            status, headers, answer = self._long_poll(service, environ, body, wait)
        start_response(status, headers)
        return [answer]

    def _wait_seconds(self, environ: Environ, body: bytes) -> int | None:
        """Return how long this call may wait for messages, or ``None`` if it is no such call."""
        if environ.get("HTTP_X_AMZ_TARGET") != "AmazonSQS.ReceiveMessage":
            return None
        request = _read_json(body)
        wait = request.get("WaitTimeSeconds")
        if wait is None:
            name = str(request.get("QueueUrl", "")).rpartition("/")[2]
            with self._changed:
                queue = self._sqs.queues.get(name)
                wait = queue.receive_message_wait_time_seconds if queue else 0
        return int(wait) if isinstance(wait, int) and 0 <= wait <= 20 else None

    def _long_poll(self, service: str, environ: Environ, body: bytes, wait: int) -> Answer:
        at_once = json.dumps(_read_json(body) | {"WaitTimeSeconds": 0}).encode()
        deadline = time.monotonic() + wait
        with self._changed:
            while True:
                if is_client_gone(environ):
                    # What it received would be invisible to everybody else for a while.
                    raise ConnectionAbortedError
                answer = self._ask(service, environ, at_once)
                left = deadline - time.monotonic()
                is_empty = answer[0].startswith("200") and b'"Messages"' not in answer[2]
                if not is_empty or left <= 0 or self._is_stopped:
                    return answer
                self._changed.wait(min(left, _LONGEST_NAP))

    def _ask(self, service: str, environ: Environ, body: bytes) -> Answer:
        answered: list[Any] = []
        asked = {**environ, "wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body))}
        with self._changed:
            chunks = self._apps[service](asked, lambda *given: answered.extend(given[:2]))
            try:
                answer = b"".join(chunks)
            finally:
                if hasattr(chunks, "close"):
                    chunks.close()
            self._adopt()
            if environ.get("HTTP_X_AMZ_TARGET") != "AmazonSQS.ReceiveMessage":
                self._changed.notify_all()
        return answered[0], _for_programs(answered[1]), answer


def _leads_away(body: bytes, environ: Environ) -> bool:
    asked = parse_qs(body.decode("utf-8", "replace")) | parse_qs(environ.get("QUERY_STRING", ""))
    return any(each.lower() in _LEADS_AWAY for each in asked.get("Protocol", ()))


def _for_programs(headers: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Leave out what lets the page of any site read the answer, which moto always adds."""
    return [each for each in headers if not each[0].lower().startswith("access-control-")]


def _read_json(body: bytes) -> dict[str, Any]:
    try:
        request = json.loads(body)
    except ValueError:
        return {}
    return request if isinstance(request, dict) else {}


def _queue_policy(topic_arn: str, queue_arn: str) -> str:
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": queue_arn,
        "Condition": {"ArnEquals": {"aws:SourceArn": topic_arn}},
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
