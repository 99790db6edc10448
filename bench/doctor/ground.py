"""The ground that set-ups are made on: the stand-in, a real KMS of moto, a database, boto3."""

from __future__ import annotations

import io
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from core.backend import Backend
from core.db.engine import Database
from core.db.migrations import runner
from core.rules.doctor.checks import Check
from core.settings.loading import Settings
from core.simulator import Simulator

SET: Final = "outtray"
NAME: Final = "outtray-events"
DEAD: Final = "outtray-events-dead-letter"
_KMS_ACCOUNT: Final = "123456789012"


@dataclass
class Ground:
    """One healthy office; a set-up changes it, and ``restore`` makes it healthy again."""

    simulator: Simulator
    kms_url: str
    folder: Path
    changes: dict[str, Any] = field(default_factory=dict)
    """Of the settings: ``queue_url`` …"""
    environment: dict[str, str] = field(default_factory=dict)
    stack: ExitStack = field(default_factory=ExitStack)
    """What a set-up opened, closed after it."""

    def __post_init__(self) -> None:
        self.home = self.simulator.environment
        self.ses, self.sqs, self.sns = map(self.client, ("sesv2", "sqs", "sns"))
        self.kms = self.client("kms", self.kms_url)
        self.database = self.folder / "outtray.db"
        if not self.database.exists():
            made = Database(f"sqlite:///{self.database}")
            runner.prepare(made)
            made.close()

    def client(self, service: str, url: str = "") -> Any:
        import boto3

        return boto3.client(
            service,
            endpoint_url=url or self.simulator.url,
            region_name=self.home["AWS_REGION"],
            aws_access_key_id=self.home["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=self.home["AWS_SECRET_ACCESS_KEY"],
        )

    # ----------------------------------------------------------------- names

    @property
    def queue_url(self) -> str:
        return self.home["OUTTRAY_QUEUE_URL"]

    @property
    def account(self) -> str:
        return self.queue_url.split("/")[-2]

    def arn(self, service: str, name: str) -> str:
        return f"arn:aws:{service}:{self.home['AWS_REGION']}:{self.account}:{name}"

    @property
    def topic(self) -> str:
        return self.arn("sns", NAME)

    @property
    def set_arn(self) -> str:
        return self.arn("ses", f"configuration-set/{SET}")

    @property
    def subscription(self) -> str:
        found = self.sns.list_subscriptions_by_topic(TopicArn=self.topic)["Subscriptions"]
        return str(found[0]["SubscriptionArn"])

    # ----------------------------------------------------------------- changing

    def queue_is(self, **attributes: str) -> None:
        self.sqs.set_queue_attributes(QueueUrl=self.queue_url, Attributes=attributes)

    def topic_is(self, name: str, value: str) -> None:
        self.sns.set_topic_attributes(TopicArn=self.topic, AttributeName=name, AttributeValue=value)

    def topic_policy(self, *statements: Mapping[str, Any]) -> None:
        self.topic_is("Policy", json.dumps({"Version": "2012-10-17", "Statement": statements}))

    def queue_policy(self, *statements: Mapping[str, Any]) -> None:
        self.queue_is(Policy=json.dumps({"Version": "2012-10-17", "Statement": statements}))

    def allow(self, service: str, action: str, resource: str, **more: Any) -> dict[str, Any]:
        made = {"Effect": "Allow", "Principal": {"Service": service}, "Action": action}
        return {key: each for key, each in {**made, "Resource": resource, **more}.items() if each}

    def filter_is(self, policy: Mapping[str, Any], scope: str = "MessageAttributes") -> None:
        for name, value in (("FilterPolicyScope", scope), ("FilterPolicy", json.dumps(policy))):
            self.sns.set_subscription_attributes(
                SubscriptionArn=self.subscription, AttributeName=name, AttributeValue=value
            )

    def destination_is(self, **changes: Any) -> None:
        (found,) = self.ses.get_configuration_set_event_destinations(ConfigurationSetName=SET)[
            "EventDestinations"
        ]
        name = found.pop("Name")
        self.ses.update_configuration_set_event_destination(
            ConfigurationSetName=SET,
            EventDestinationName=name,
            EventDestination={**found, **changes},
        )

    def key(self, *statements: Mapping[str, Any]) -> str:
        """Make a key of one's own, with root's statement and these; the real KMS is moto's."""
        root = {
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{_KMS_ACCOUNT}:root"},
            "Action": "kms:*",
            "Resource": "*",
        }
        policy = json.dumps({"Version": "2012-10-17", "Statement": [root, *statements]})
        return str(self.kms.create_key(Policy=policy)["KeyMetadata"]["Arn"])

    # ----------------------------------------------------------------- looking

    def examine(self) -> tuple[Check, ...]:
        """Have the doctor look, through the real front door."""
        chosen: dict[str, Any] = {
            "database_url": f"sqlite:///{self.database}",
            "sender": self.home["OUTTRAY_FROM"],
            "configuration_set": SET,
            "queue_url": self.queue_url,
            **self.changes,
        }
        with _environment({**self.home, "AWS_ENDPOINT_URL_KMS": self.kms_url, **self.environment}):
            backend = Backend(Settings(**chosen))
            try:
                return backend.examine()
            finally:
                backend.close()

    def arrives(self) -> bool | None:
        """Send an email for real, and look whether a report of it is in the queue."""
        if self.environment or set(self.changes) - {"queue_url"}:
            return None
        try:
            self.ses.send_email(
                FromEmailAddress=self.home["OUTTRAY_FROM"],
                Destination={"ToAddresses": ["ann@customer.example"]},
                ConfigurationSetName=SET,
                Content={"Simple": {"Subject": {"Data": "x"}, "Body": {"Text": {"Data": "x"}}}},
            )
            url = self.changes.get("queue_url", self.queue_url)
            found = self.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)
        except (ClientError, BotoCoreError):  # nothing left, or nothing came
            return False
        return bool(found.get("Messages"))

    def restore(self) -> None:
        self.stack.close()
        self.changes.clear()
        self.environment.clear()
        self.simulator.reset()
        for name in ("FilterPolicy", "FilterPolicyScope"):
            # Topic and subscription are kept by a reset: what was set on them has to go.
            value = "{}" if name == "FilterPolicy" else "MessageAttributes"
            self.sns.set_subscription_attributes(
                SubscriptionArn=self.subscription, AttributeName=name, AttributeValue=value
            )
        self.topic_is("KmsMasterKeyId", "")
        self.topic_policy(
            self.allow(
                "ses.amazonaws.com",
                "sns:Publish",
                self.topic,
                Condition={"StringEquals": {"AWS:SourceArn": self.set_arn}},
            )
        )


@contextmanager
def _environment(wanted: Mapping[str, str]) -> Iterator[None]:
    kept = dict(os.environ)
    for name in list(os.environ):
        if name.startswith(("AWS_", "OUTTRAY_")):
            del os.environ[name]
    os.environ.update(
        {"AWS_CONFIG_FILE": "/nonexistent", "AWS_SHARED_CREDENTIALS_FILE": "/nonexistent"}
        | {"AWS_EC2_METADATA_DISABLED": "true"}
        | {name: value for name, value in wanted.items() if value}
    )
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(kept)


@contextmanager
def ground(folder: Path) -> Iterator[Ground]:
    """Start the stand-in and a KMS; end both."""
    import logging

    from moto.server import ThreadedMotoServer

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    with redirect_stdout(io.StringIO()):
        server.start()
    host, port = server.get_host_and_port()
    try:
        with Simulator() as simulator:
            yield Ground(simulator, f"http://{host}:{port}", folder)
    finally:
        server.stop()


def kept_copy(path: Path, name: str) -> Path:
    """Return a copy of a database beside it, to be broken."""
    return Path(shutil.copy(path, path.with_name(name)))
