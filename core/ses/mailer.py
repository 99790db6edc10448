"""``SendEmail``: one call a recipient, never repeated by the SDK."""

from __future__ import annotations

from core.ports import Outgoing
from core.ses.clients import Clients, in_words
from core.ses.payload import OUR_TAG


class SesMailer:
    """Implements ``ports.Mailer``."""

    def __init__(self, clients: Clients) -> None:
        self._clients = clients

    @property
    def region(self) -> str:
        return str(self._clients.mail().meta.region_name)

    def send(self, outgoing: Outgoing) -> str:
        """Hand over the raw message with a single envelope recipient; return SES's id."""
        client = self._clients.mail()
        optional = (
            {"ConfigurationSetName": outgoing.configuration_set}
            if outgoing.configuration_set
            else {}
        )
        with in_words("sesv2"):
            answer = client.send_email(
                FromEmailAddress=outgoing.sender,
                Destination={"ToAddresses": [outgoing.recipient]},
                Content={"Raw": {"Data": outgoing.mime}},
                EmailTags=[{"Name": OUR_TAG, "Value": outgoing.tag}],
                **optional,
            )
        return str(answer["MessageId"])
