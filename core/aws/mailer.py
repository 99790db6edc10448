"""``SendEmail``: one call a recipient, never repeated by the SDK."""

from __future__ import annotations

import threading
from typing import Any, Final

from core.aws.clients import UNREADABLE, Clients, in_words, unreadable
from core.aws.events.parser import OUR_TAG
from core.aws.hints import Doing
from core.model.errors import ServiceError, UnansweredError
from core.model.outbox import Quota
from core.model.ports import Outgoing
from core.rules.sending.ses_errors import SEND_EMAIL, is_message_id

_SERVICE: Final = "sesv2"
_BEFORE_PARSE: Final = f"before-parse.{_SERVICE}.{SEND_EMAIL}"


class SesMailer:
    """Implements ``ports.Mailer``."""

    def __init__(self, clients: Clients) -> None:
        self._clients = clients
        self._answer = threading.local()
        """HTTP's side of the answer that this thread waits for; the SDK parses it only."""

    @property
    def region(self) -> str:
        return str(self._clients.mail().meta.region_name)

    def send(self, outgoing: Outgoing) -> str:
        """Hand over the raw message with a single envelope recipient; return SES's id."""
        client = self._clients.mail()
        client.meta.events.register(_BEFORE_PARSE, self._heard, unique_id=f"outtray-{id(self)}")
        self._answer.response = None
        optional = (
            {"ConfigurationSetName": outgoing.configuration_set}
            if outgoing.configuration_set
            else {}
        )
        with in_words(_SERVICE, Doing.SENDS):
            try:
                answer = client.send_email(
                    FromEmailAddress=outgoing.sender,
                    Destination={"ToAddresses": [outgoing.recipient]},
                    Content={"Raw": {"Data": outgoing.mime}},
                    EmailTags=[{"Name": OUR_TAG, "Value": outgoing.tag}],
                    **optional,
                )
            except UNREADABLE as error:
                raise self._unreadable(error) from error
        message_id = answer.get("MessageId")
        if not is_message_id(message_id):
            raise self._unreadable(None)
        return str(message_id)

    def _heard(self, response_dict: dict[str, Any], **_: object) -> None:
        self._answer.response = response_dict

    def _unreadable(self, error: Exception | None) -> ServiceError:
        response = self._answer.response
        if response is None:
            return UnansweredError(f"Outtray failed while it called SES: {error!r}.")
        why = "a yes without a message id" if error is None else "not in the form of AWS"
        headers = response.get("headers") or {}
        return unreadable(_SERVICE, SEND_EMAIL, int(response["status_code"]), headers, why)


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
