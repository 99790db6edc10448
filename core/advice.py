"""Pure: what every status means for the person who reads it, and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from core.model import Word

#: In plain words; the log and the help screen show the same sentences.
WHAT_TO_DO: Final[Mapping[Word, str]] = MappingProxyType(
    {
        Word.NEVER_SENT: "Nothing was sent yet.",
        Word.QUEUED: "It waits here to be handed to SES.",
        Word.SENDING: "It is being handed to SES.",
        Word.UNCONFIRMED: (
            "We do not know whether SES took it. Wait for its report before you send it again."
        ),
        Word.FAILED: "SES refused it: nothing was sent. Read its words, then send again.",
        Word.CANCELLED: "It was taken out of the outbox before it was sent; nobody got it.",
        Word.SENT: "On its way; updates within minutes.",
        Word.DEFERRED: (
            "The receiving server is not ready; SES keeps trying. Give it time, then call."
        ),
        Word.SOFT_BOUNCED: (
            "It could not be delivered this time, but the address may live. Resend later, or call."
        ),
        Word.DROPPED: (
            "The address is on a suppression list: nothing was sent. "
            "Remove it with a reason, or use another address."
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
