"""A queue that costs next to nothing: prepared answers on loopback, for measuring its readers.

It speaks just what a reader needs of the AWS JSON 1.0 protocol (ReceiveMessage, DeleteMessageBatch,
GetQueueAttributes) in a process of its own, gives every body once, and counts what is deleted. A
queue URL ends in the number of its copy: every copy gives all the bodies.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import multiprocessing
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.connection import Connection

_MOST_AT_ONCE = 10


class _Queue:
    """The answers of one set of bodies, made beforehand."""

    def __init__(self, bodies: Sequence[str]) -> None:
        starts = range(0, len(bodies), _MOST_AT_ONCE)
        self.answers = [_answer(_messages(bodies, start)) for start in starts]
        self.count = len(bodies)
        self.given: dict[str, int] = defaultdict(int)
        self.deleted: dict[str, set[str]] = defaultdict(set)

    def ask(self, target: bytes, body: bytes) -> bytes:
        request = json.loads(body)
        copy = str(request["QueueUrl"]).rpartition("/")[2]
        if target.endswith(b".ReceiveMessage"):
            number = self.given[copy]
            self.given[copy] += 1
            return self.answers[number] if number < len(self.answers) else _answer({})
        if target.endswith(b".DeleteMessageBatch"):
            entries = request["Entries"]
            self.deleted[copy].update(each["ReceiptHandle"] for each in entries)
            return _answer({"Successful": [{"Id": each["Id"]} for each in entries], "Failed": []})
        left = self.count - len(self.deleted[copy])
        return _answer({"Attributes": {"ApproximateNumberOfMessages": str(left)}})


def _messages(bodies: Sequence[str], start: int) -> dict[str, object]:
    return {
        "Messages": [
            {
                "MessageId": f"00000000-0000-0000-0000-{number:012}",
                "ReceiptHandle": f"{number:0>180}",
                "MD5OfBody": hashlib.md5(body.encode(), usedforsecurity=False).hexdigest(),
                "Body": body,
            }
            for number, body in enumerate(bodies[start : start + _MOST_AT_ONCE], start)
        ]
    }


def _answer(content: dict[str, object]) -> bytes:
    body = json.dumps(content).encode()
    kind = "Content-Type: application/x-amz-json-1.0"
    return f"HTTP/1.1 200 OK\r\n{kind}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


class _Protocol(asyncio.Protocol):
    """Keep-alive HTTP as boto3 speaks it: headers, then a body of known length."""

    def __init__(self, queue: _Queue, round_trip: float) -> None:
        self._queue = queue
        self._round_trip = round_trip
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        while b"\r\n\r\n" in self._received:
            head, _, rest = self._received.partition(b"\r\n\r\n")
            fields = dict(
                line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:] if b": " in line
            )
            length = int(fields.get(b"content-length", b"0"))
            if len(rest) < length:
                return
            self._received = rest[length:]
            target = next(
                line.split(b": ", 1)[1]
                for line in head.split(b"\r\n")
                if line.lower().startswith(b"x-amz-target")
            )
            assert isinstance(self._transport, asyncio.WriteTransport)  # noqa: S101
            answer = self._queue.ask(target.strip(), rest[:length])
            if self._round_trip:
                loop = asyncio.get_running_loop()
                loop.call_later(self._round_trip, self._transport.write, answer)
            else:
                self._transport.write(answer)


def _serve(bodies: Sequence[str], ready: Connection, round_trip: float) -> None:
    async def run() -> None:
        queue = _Queue(bodies)
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: _Protocol(queue, round_trip), "127.0.0.1", 0)
        ready.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(run())


@contextmanager
def served(bodies: Sequence[str], round_trip: float = 0.0) -> Iterator[str]:
    """Serve ``bodies``; yield the address, to which a copy's number is to be added.

    ``round_trip`` is the seconds that every answer takes, as over a network.
    """
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(list(bodies), theirs, round_trip), daemon=True)
    process.start()
    try:
        yield f"http://127.0.0.1:{ours.recv()}"
    finally:
        process.terminate()
        process.join(5)
