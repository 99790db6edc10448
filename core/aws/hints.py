"""What to do about an answer of AWS, fitting what was asked: a send, a change, or a question."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Final

from core.rules.sending.ses_errors import SEND_EMAIL


class Doing(Enum):
    """What a call is for; the value says what to do where nobody knows whether it was done."""

    SENDS = "Whether it was done is not known; wait for SES's report before repeating it."
    CHANGES = "Whether it was done is not known: look, then try again."
    ASKS = "Nothing was changed. Try again in a moment; if it stays so, check the network."


#: How the names of the operations begin that only ask.
_ASKING: Final = ("Get", "List", "Describe", "Receive")


def doing(operation: str, otherwise: Doing = Doing.ASKS) -> Doing:
    """Return what an operation is for; ``otherwise`` where it has no name."""
    if not operation:
        return otherwise
    if operation == SEND_EMAIL:
        return Doing.SENDS
    return Doing.ASKS if operation.startswith(_ASKING) else Doing.CHANGES


CREDENTIALS_HINT: Final = "Check AWS_PROFILE or the keys; with SSO run aws sso login."
NETWORK_HINT: Final = "Check the network and AWS_REGION, then try again."
BETWEEN_HINT: Final = (
    "A log-in page of the network, or a proxy: open a browser and log in, or ask who runs the"
    " proxy."
)
FALSE_HINT: Final = (
    "A log-in page of the network, probably: open a browser and log in. Whether SES took it is not"
    " known; wait for its report before repeating it."
)
REGION_HINT: Final = "Set AWS_REGION, or region in the profile, to where SES is set up."
SENDING_STOPPED: Final = "Sending is paused in SES for this account or configuration set."
QUOTA_USED_UP: Final = "The daily quota is used up; it opens again over 24 hours."

_EXPIRED: Final = (
    "The AWS credentials have expired.",
    "Renew them: with SSO run aws sso login; temporary keys have to be fetched again.",
)
_UNKNOWN: Final = (
    "AWS does not know these credentials.",
    "Check AWS_PROFILE or the keys: deleted, or for a Region that is not enabled for them.",
)
_SIGNED: Final = (
    "AWS does not accept the signature.",
    "Check the secret key and this computer's clock.",
)
_CLOCK: Final = (
    "This computer's clock is wrong, so AWS does not accept the signature.",
    "Set the clock: have it set by the network, and check the time zone.",
)
_CREDENTIALS: Final[Mapping[str, tuple[str, str]]] = {
    "ExpiredToken": _EXPIRED,
    "ExpiredTokenException": _EXPIRED,
    "RequestExpired": _CLOCK,
    "RequestTimeTooSkewed": _CLOCK,
    "IncompleteSignature": _SIGNED,
    "IncompleteSignatureException": _SIGNED,
    "InvalidClientTokenId": _UNKNOWN,
    "InvalidSignatureException": _SIGNED,
    "SignatureDoesNotMatch": _SIGNED,
    "UnrecognizedClientException": _UNKNOWN,
}
#: How AWS tells of a clock in the words of an answer about the signature.
_OF_CLOCKS: Final = ("signature expired", "signature not yet current")


def credentials(code: str, words: str) -> tuple[str, str] | None:
    """Return title and next step of an answer about credentials, if it has words of its own."""
    if any(each in words.lower() for each in _OF_CLOCKS):
        return _CLOCK
    return _CREDENTIALS.get(code)


_OF_A_SEND: Final[Mapping[str, str]] = {
    "MessageRejected": "Verify the From address in this Region of SES, or correct the message.",
    "MailFromDomainNotVerifiedException": "Verify the MAIL FROM domain in SES.",
    "NotFoundException": "Check OUTTRAY_CONFIGURATION_SET.",
    "SendingPausedException": SENDING_STOPPED,
    "AccountSuspendedException": "SES has restricted this account; ask AWS support.",
    "LimitExceededException": QUOTA_USED_UP,
    "BadRequestException": "Correct the message or the address.",
}
_OF_THE_REST: Final[Mapping[str, str]] = {
    "AccountSuspendedException": _OF_A_SEND["AccountSuspendedException"],
    "SendingPausedException": SENDING_STOPPED,
    "LimitExceededException": "Delete what is not used any more, or ask AWS for a higher limit.",
    "ConcurrentModificationException": "Somebody else changes it at this moment; try again.",
    "AlreadyExistsException": "It is there already; look at it in the console.",
    "QueueDeletedRecently": "SQS keeps a name for 60 seconds after its queue is deleted; wait.",
    "AWS.SimpleQueueService.QueueDeletedRecently": (
        "SQS keeps a name for 60 seconds after its queue is deleted; wait."
    ),
}


def refusal(code: str, operation: str) -> str:
    """Return the next step after a definite no; empty where the place has to know it."""
    if operation == SEND_EMAIL:
        return _OF_A_SEND.get(code, "")
    if code in ("NotFoundException", "NotFound") and "ConfigurationSet" in operation:
        return "Check OUTTRAY_CONFIGURATION_SET and AWS_REGION."
    if code == "BadRequestException" and "SuppressedDestination" in operation:
        return "Correct the address."
    return _OF_THE_REST.get(code, "")
