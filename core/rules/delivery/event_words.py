"""The words of SES's events in their normal form: it compares none of them by case, nor do we."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

_TYPES: Final = (
    "Send",
    "Delivery",
    "DeliveryDelay",
    "Bounce",
    "Complaint",
    "Open",
    "Click",
    "Reject",
    "Rendering Failure",
    "Subscription",
)
#: Sub-types of bounces (and of complaints) that say *nothing was sent*: some list stopped it.
#: Source: the guide's notification-contents page; the last three are of 2026.
STOPPED_BY_A_LIST: Final = (
    "Suppressed",
    "OnAccountSuppressionList",
    "OnTenantSuppressionList",
    "EmailValidationSuppressed",
    "UnsubscribedRecipient",
)
_DETAILS: Final = (
    *STOPPED_BY_A_LIST,
    # bounces
    "Permanent",
    "Transient",
    "Undetermined",
    "General",
    "NoEmail",
    "MailboxFull",
    "MessageTooLarge",
    "ContentRejected",
    "AttachmentRejected",
    "CustomTimeoutExceeded",
    # complaints
    "abuse",
    "auth-failure",
    "fraud",
    "not-spam",
    "other",
    "virus",
    # delays
    "InternalFailure",
    "SpamDetected",
    "RecipientServerError",
    "IPFailure",
    "TransientCommunicationFailure",
    "BYOIPHostNameLookupUnavailable",
    "SendingDeferral",
)
_WIRE_ID: Final = re.compile(r"<?\s*([^<>@\s]+)@[a-z0-9.-]*\bamazonses\.com\s*>?", re.IGNORECASE)


@lru_cache(maxsize=1_000)
def letters(word: str) -> str:
    """``not-spam``, ``Not_Spam`` and ``NOT SPAM`` are one word."""
    return "".join(char for char in word.casefold() if char.isalnum())


_TYPE_OF: Final = {letters(word): word for word in _TYPES}
_DETAIL_OF: Final = {letters(word): word for word in _DETAILS}
_OF_LISTS: Final = frozenset(letters(word) for word in STOPPED_BY_A_LIST)


def event_type(written: str) -> str:
    """Return SES's own spelling of a type; one that is not known yet stays as it is."""
    return _TYPE_OF.get(letters(written), written)


def detail(written: str) -> str:
    """Return SES's own spelling of a sub-type: of each part of ``Permanent/General``."""
    return "/".join(_DETAIL_OF.get(letters(part), part) for part in written.split("/"))


def is_list(subtype: str) -> bool:
    """Whether ``Permanent/Suppressed`` … says that a list stopped the email."""
    return letters(subtype.rpartition("/")[2]) in _OF_LISTS


def message_id(written: str) -> str:
    """Return SES's id as SendEmail returned it; on the wire it is ``<id@region.amazonses.com>``."""
    found = _WIRE_ID.fullmatch(written.strip())
    return found[1] if found else written.strip()
