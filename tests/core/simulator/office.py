"""What a test does to the stand-in: boto3 clients, plain requests, and messages to send."""

from __future__ import annotations

import base64
import json
import urllib.request
from email.message import EmailMessage
from typing import Any

import boto3
from botocore.config import Config

from core.simulator import Simulator

SENDER = "billing@outtray.example"
ONCE = Config(retries={"total_max_attempts": 1}, read_timeout=5, connect_timeout=2)


class Office:
    """What a test does to the stand-in, all of it over HTTP."""

    def __init__(self, simulator: Simulator) -> None:
        self.simulator = simulator
        self.environment = simulator.environment
        self.ses = self.client("sesv2")
        self.sqs = self.client("sqs")
        self.sns = self.client("sns")
        self.queue_url = self.environment["OUTTRAY_QUEUE_URL"]

    def client(self, service: str, config: Config = ONCE) -> Any:
        return boto3.client(
            service,
            endpoint_url=self.simulator.url,
            region_name=self.environment["AWS_REGION"],
            aws_access_key_id=self.environment["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=self.environment["AWS_SECRET_ACCESS_KEY"],
            config=config,
        )

    def request(self, **changes: Any) -> dict[str, Any]:
        """Return the arguments of a plain ``SendEmail``, with changes; ``None`` leaves one out."""
        to = changes.pop("to", "ann@customer.example")
        request = {
            "FromEmailAddress": self.environment["OUTTRAY_FROM"],
            "Destination": {"ToAddresses": [to] if isinstance(to, str) else to},
            "ConfigurationSetName": self.environment["OUTTRAY_CONFIGURATION_SET"],
            "Content": {
                "Simple": {
                    "Subject": {"Data": "Invoice INV-0042"},
                    "Body": {"Text": {"Data": "Please find it attached."}},
                }
            },
            **changes,
        }
        return {key: value for key, value in request.items() if value is not None}

    def send(self, **changes: Any) -> str:
        message_id: str = self.ses.send_email(**self.request(**changes))["MessageId"]
        return message_id

    def bodies(self, *, wait: int = 0) -> list[str]:
        """Receive and delete everything in the queue."""
        found: list[str] = []
        while messages := self.sqs.receive_message(
            QueueUrl=self.queue_url, MaxNumberOfMessages=10, WaitTimeSeconds=wait
        ).get("Messages", []):
            wait = 0
            for message in messages:
                found.append(message["Body"])
                self.sqs.delete_message(
                    QueueUrl=self.queue_url, ReceiptHandle=message["ReceiptHandle"]
                )
        return found

    def events(self, *, wait: int = 0) -> list[dict[str, Any]]:
        return [json.loads(json.loads(body)["Message"]) for body in self.bodies(wait=wait)]

    def kinds(self) -> list[str]:
        return [event["eventType"] for event in self.events()]

    def get(self, path: str) -> Any:
        return self._control(path, None)

    def post(self, path: str, body: object = None) -> Any:
        return self._control(path, b"" if body is None else json.dumps(body).encode())

    def _control(self, path: str, data: bytes | None) -> Any:
        url = f"{self.simulator.url}/_outtray/{path}"
        with urllib.request.urlopen(url, data=data, timeout=5) as answer:  # noqa: S310 (loopback)
            return json.loads(answer.read())


def mime(to: str = "ann@customer.example", **headers: str) -> bytes:
    message = EmailMessage()
    message["From"] = SENDER
    message["To"] = to
    message["Subject"] = "Rechnung für März"
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content("Guten Tag.")
    message.add_attachment(b"%PDF-1.4", maintype="application", subtype="pdf", filename="a.pdf")
    return message.as_bytes()


def raw(data: bytes) -> dict[str, Any]:
    return {"Raw": {"Data": data}}


def decoded(record: dict[str, Any]) -> bytes:
    return base64.b64decode(record["raw_base64"])
