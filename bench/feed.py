"""The whole way of an event, from a queue to the screen's tables, against the fastest boto3 loop.

``uv run python -m bench.feed [--messages N] [--runs N] [--round-trip MS]``. Bare: one thread,
``receive_message`` of ten and ``delete_message_batch`` of ten, nothing else. Outtray: ``events
pull`` as it is, into a SQLite file with all roll-ups, deleted only after the commit. The queue is
``bench.sqs``, a process of its own on loopback, which answers at once or as late as a network
would; both use the same clients. The variants take turns.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from itertools import count
from random import Random

from bench import sqs
from bench.books import bodies, fill, new_file
from core.aws.clients import Clients
from core.backend import Backend
from core.db.engine import Database
from core.services import integrity_check
from core.settings.loading import load

_REGION = "eu-west-1"


def bare(clients: Clients, url: str, messages: int) -> float:
    """Return the seconds of a loop that receives and deletes."""
    client, received = clients.queue(), 0
    start = time.perf_counter()
    while received < messages:
        answer = client.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=1)
        found = answer["Messages"]
        received += len(found)
        entries = [
            {"Id": str(n), "ReceiptHandle": each["ReceiptHandle"]} for n, each in enumerate(found)
        ]
        client.delete_message_batch(QueueUrl=url, Entries=entries)
    return time.perf_counter() - start


def whole(clients: Clients, url: str, known_in: Database, messages: int) -> float:
    """Return the seconds until everything is stored and deleted."""
    environment = {"OUTTRAY_QUEUE_URL": url, "OUTTRAY_DATABASE_URL": known_in.url}
    backend = Backend(load({**os.environ, **environment}))
    backend.open()
    clients_before(backend)
    received = 0
    start = time.perf_counter()
    while received < messages:
        received += backend.pull(1).read
    seconds = time.perf_counter() - start
    backend.close()
    left = clients.queue().get_queue_attributes(QueueUrl=url)["Attributes"]
    if left["ApproximateNumberOfMessages"] != "0":
        raise SystemExit(f"{left} left in the queue")
    return seconds


def clients_before(backend: Backend) -> None:
    """Making a client takes a tenth of a second, and both sides make one."""
    clients = backend._parts.clients
    clients.queue(), clients.queue_control()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=10_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--round-trip", type=float, default=0.0, metavar="MS")
    options = parser.parse_args()
    os.environ.update(
        AWS_ACCESS_KEY_ID="bench",
        AWS_SECRET_ACCESS_KEY="bench",  # noqa: S106 (loopback)
        AWS_REGION=_REGION,
        AWS_DEFAULT_REGION=_REGION,
        AWS_EC2_METADATA_DISABLED="true",
        AWS_CONFIG_FILE=os.devnull,
        AWS_SHARED_CREDENTIALS_FILE=os.devnull,
    )
    seconds: dict[str, list[float]] = {"bare receive and delete": [], "outtray events pull": []}
    copies = count(1)
    for _ in range(options.runs):
        with new_file() as database:
            known = fill(database, options.messages // 2)
            given = bodies(known, options.messages, Random(1))
            with sqs.served(given, options.round_trip / 1000) as address:
                os.environ["AWS_ENDPOINT_URL_SQS"] = address
                clients = Clients()
                clients.queue()
                url = f"{address}/123456789012/"
                seconds["bare receive and delete"].append(
                    bare(clients, f"{url}{next(copies)}", len(given))
                )
                seconds["outtray events pull"].append(
                    whole(clients, f"{url}{next(copies)}", database, len(given))
                )
            if found := integrity_check.check(database).differences:
                raise SystemExit(f"{len(found)} summaries do not follow from the facts")
    rates = {name: options.messages / statistics.median(each) for name, each in seconds.items()}
    trip = f"; every answer takes {options.round_trip:g} ms" if options.round_trip else ""
    print(f"{options.messages} messages, {options.runs} runs, median; ten a call{trip}")
    for name, rate in rates.items():
        ratio = rate / rates["bare receive and delete"]
        print(f"{name:25} {rate:7.0f} messages/s {ratio:7.3f} of bare")


if __name__ == "__main__":
    main()
