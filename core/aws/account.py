"""What the account may send, asked live."""

from __future__ import annotations

from core.aws.clients import Clients, in_words
from core.model.outbox import Quota


class SesAccount:
    """Implements ``ports.Account``."""

    def __init__(self, clients: Clients) -> None:
        self._clients = clients

    def quota(self) -> Quota:
        client = self._clients.control()
        with in_words("sesv2"):
            answer = client.get_account()
        quota = answer.get("SendQuota", {})
        return Quota(
            per_second=float(quota.get("MaxSendRate", 1.0)),
            per_day=float(quota.get("Max24HourSend", -1)),
            sent_in_24_hours=float(quota.get("SentLast24Hours", 0)),
            is_sending_enabled=bool(answer.get("SendingEnabled", True)),
            is_sandbox=not answer.get("ProductionAccessEnabled", True),
        )
