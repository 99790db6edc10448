"""Pure: what every status means for the person who reads it, and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from core.model.enums import Word

#: In plain words; the log and the help screen show the same sentences.
WHAT_TO_DO: Final[Mapping[Word, str]] = MappingProxyType(
    {
        Word.NEVER_SENT: "Nothing was sent yet.",
        Word.QUEUED: "It waits here to be handed to SES.",
        Word.SENDING: "It is being handed to SES.",
        Word.UNCONFIRMED: (
            "We do not know whether SES took it. Wait for its report before you send it again."
        ),
        Word.FAILED: (
            "It was refused or stopped before it was sent. Read why in the log, then send again."
        ),
        Word.CANCELLED: "It was taken out of the outbox before it was sent; nobody got it.",
        Word.SENT: "On its way; updates within minutes.",
        Word.DEFERRED: (
            "The receiving server is not ready; SES keeps trying. Give it time, then call."
        ),
        Word.SOFT_BOUNCED: ("It came back, but the address may still work. Resend later, or call."),
        Word.DROPPED: (
            "Nothing was sent: a suppression list or SES stopped it. The log says which list, and "
            "what to do."
        ),
        Word.DELIVERED: (
            "Accepted by the server, which is not the inbox: ask them to look in spam."
        ),
        Word.OPENED: (
            "Images were loaded. Many programs never load them, so “not opened” proves nothing."
        ),
        Word.CLICKED: "Somebody, or their scanner, followed a link.",
        Word.BOUNCED: "It came back. Correct the address, then resend.",
        Word.COMPLAINED: (
            "They marked it as spam: do not email this address again unless they ask."
        ),
    }
)
#: ``BOUNCED forward``: the address is well, whoever it forwards to is not.
FORWARD_FAILED: Final = (
    "Their address took the email, but it is forwarded to another one that refused it. "
    "Ask whether they have it, or for the address they read."
)
