"""What an answer that is an error says about the call: taken, not taken, or nobody knows. Pure.

Between Outtray and AWS stand proxies, log-in pages and load balancers, and each of them can answer
in the place of AWS. AWS's own answers carry a request id or an error type of AWS; what carries
neither has said nothing on behalf of AWS.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import Final


class Reading(Enum):
    BETWEEN = auto()
    """Something in between answered, so that AWS never had the call."""
    STOPPED = auto()
    """The account or configuration set may not send at the moment; not taken."""
    NOT_PERMITTED = auto()
    CREDENTIALS = auto()
    """Unknown, expired, or signed by a wrong clock; not taken."""
    THROTTLED = auto()
    QUOTA = auto()
    REFUSED = auto()
    """A definite no about this one call."""
    UNKNOWN = auto()
    """Whether it was done is not known."""


@dataclass(frozen=True, slots=True)
class ErrorAnswer:
    status: int
    """HTTP's."""
    code: str
    """The error type; empty or a number where the answer names none."""
    words: str = ""
    has_request_id: bool = False
    operation: str = ""

    @property
    def is_of_aws(self) -> bool:
        """Whether AWS itself has said this."""
        return self.has_request_id or self.code in self._known

    @property
    def _known(self) -> frozenset[str]:
        """The error types that only AWS can have written."""
        common = THROTTLED | NOT_PERMITTED | CREDENTIALS | {_TIMED_OUT}
        if self.operation == SEND_EMAIL:
            return OF_SEND_EMAIL | common
        names_one = self.code and not self.code.isdigit()
        return frozenset({self.code}) if names_one else frozenset()


SEND_EMAIL: Final = "SendEmail"
#: The error types of SendEmail in the SDK's own description of it; a test compares them.
OF_SEND_EMAIL: Final = frozenset(
    {
        "AccountSuspendedException",
        "BadRequestException",
        "LimitExceededException",
        "MailFromDomainNotVerifiedException",
        "MessageRejected",
        "NotFoundException",
        "SendingPausedException",
        "TooManyRequestsException",
    }
)
THROTTLED: Final = frozenset(
    {"TooManyRequestsException", "ThrottlingException", "Throttling", "RequestThrottled"}
)
NOT_PERMITTED: Final = frozenset({"AccessDenied", "AccessDeniedException", "AuthorizationError"})
CREDENTIALS: Final = frozenset(
    {
        "ExpiredToken",
        "ExpiredTokenException",
        "RequestExpired",
        "RequestTimeTooSkewed",
        "IncompleteSignature",
        "IncompleteSignatureException",
        "InvalidClientTokenId",
        "InvalidSignatureException",
        "MissingAuthenticationToken",
        "MissingAuthenticationTokenException",
        "OptInRequired",
        "SignatureDoesNotMatch",
        "UnrecognizedClientException",
    }
)
_STOPPED: Final = frozenset({"SendingPausedException", "AccountSuspendedException"})
_TIMED_OUT: Final = "RequestTimeout"
_PROXY_WANTS_A_LOG_IN: Final = 407
_NETWORK_WANTS_A_LOG_IN: Final = 511


def read(answer: ErrorAnswer) -> Reading:
    """Return what became of the call that was answered like this."""
    status, code = answer.status, answer.code
    if 300 <= status < 400 or status in (_PROXY_WANTS_A_LOG_IN, _NETWORK_WANTS_A_LOG_IN):
        return Reading.BETWEEN
    if status >= 500 or code == _TIMED_OUT:
        return Reading.UNKNOWN
    if not answer.is_of_aws:
        return Reading.BETWEEN
    if status == 408:
        return Reading.UNKNOWN
    return _said_by_aws(answer)


def _said_by_aws(answer: ErrorAnswer) -> Reading:
    code, words = answer.code, answer.words.lower()
    is_limit = code == "LimitExceededException" and answer.operation == SEND_EMAIL
    # The older API throttled with these words, the newer one has a code that others use too.
    if is_limit or (code in THROTTLED and "daily message quota" in words):
        return Reading.QUOTA
    if code in THROTTLED or answer.status == 429:
        return Reading.THROTTLED
    if code in _STOPPED or (code == "MessageRejected" and _says_stopped(words)):
        return Reading.STOPPED
    if code in NOT_PERMITTED:
        return Reading.NOT_PERMITTED
    if code in CREDENTIALS or answer.status in (401, 403):
        return Reading.CREDENTIALS
    return Reading.REFUSED


def _says_stopped(words: str) -> bool:
    """A paused account is also told as a rejected message; only its words say so."""
    return "sending" in words and any(word in words for word in ("paused", "suspended", "disabled"))


def is_message_id(value: object) -> bool:
    """Whether a yes names the message: whatever says yes without a text for it was not SES."""
    return isinstance(value, str) and bool(value.strip())
