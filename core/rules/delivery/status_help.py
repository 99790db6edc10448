"""Pure: what every status means for the person who reads it, and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from core.model.enums import DisplayStatus

#: In plain words; the log and the help screen show the same sentences.
WHAT_TO_DO: Final[Mapping[DisplayStatus, str]] = MappingProxyType(
    {
        DisplayStatus.NEVER_SENT: "Nothing was sent yet.",
        DisplayStatus.QUEUED: "It waits here to be handed to SES.",
        DisplayStatus.SENDING: "It is being handed to SES.",
        DisplayStatus.UNCONFIRMED: (
            "We do not know whether SES took it. Wait for its report before you send it again."
        ),
        DisplayStatus.FAILED: (
            "It was refused or stopped before it was sent. Read why in the log, then send again."
        ),
        DisplayStatus.CANCELLED: (
            "It was taken out of the outbox before it was sent; nobody got it."
        ),
        DisplayStatus.SENT: "On its way; updates within minutes.",
        DisplayStatus.DEFERRED: (
            "The receiving server is not ready; SES keeps trying. Give it time, then call."
        ),
        DisplayStatus.SOFT_BOUNCED: (
            "It came back, but the address may still work. Resend later, or call."
        ),
        DisplayStatus.DROPPED: (
            "Nothing was sent: a suppression list or SES stopped it. The log says which list, and "
            "what to do."
        ),
        DisplayStatus.DELIVERED: (
            "Accepted by the server, which is not the inbox: ask them to look in spam."
        ),
        DisplayStatus.OPENED: (
            "Images were loaded. Many programs never load them, so “not opened” proves nothing."
        ),
        DisplayStatus.CLICKED: "Somebody, or their scanner, followed a link.",
        DisplayStatus.BOUNCED: "It came back. Correct the address, then resend.",
        DisplayStatus.COMPLAINED: (
            "They marked it as spam: do not email this address again unless they ask."
        ),
    }
)
#: ``BOUNCED forward``: the address is well, whoever it forwards to is not.
FORWARD_FAILED: Final = (
    "Their address took the email, but it is forwarded to another one that refused it. "
    "Ask whether they have it, or for the address they read."
)
