"""Why an email was stopped, or complained about, and what to do then: in plain words."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from core.model.delivery import DeliveryState
from core.model.enums import Status
from core.rules.delivery.events import letters


class Reason(NamedTuple):
    """Why nothing was sent, or what was complained of."""

    name: str
    """For programs: ``bounce_list``, ``unsubscribed``, ``fraud``."""
    short: str
    """For a line of a table: ``suppressed after a bounce``."""
    advice: str
    """What happened, then what to do; never *send again* after a complaint."""


_BOUNCE_LIST: Final = Reason(
    "bounce_list",
    "suppressed after a bounce",
    "Not sent: the address is on your SES account's suppression list because an earlier email "
    "bounced. Correct the address. If it is right, take it off the list with a reason, then "
    "resend.",
)
_COMPLAINT_LIST: Final = Reason(
    "complaint_list",
    "suppressed after a complaint",
    "Not sent: the address is on your SES account's suppression list because an earlier email was "
    "marked as spam. Call the customer. Take the address off the list only if they ask for email; "
    "a written reason is required.",
)
_TENANT_LIST: Final = Reason(
    "tenant_list",
    "suppressed for the tenant after a bounce",
    "Not sent: the address is on the suppression list of your SES tenant because an earlier email "
    "bounced. Correct the address, or have whoever looks after SES take it off the list.",
)
_TENANT_COMPLAINT_LIST: Final = Reason(
    "tenant_complaint_list",
    "suppressed for the tenant after a complaint",
    "Not sent: the address is on the suppression list of your SES tenant because an earlier email "
    "was marked as spam. Call the customer; do not email this address unless they ask.",
)
_GLOBAL_LIST: Final = Reason(
    "global_list",
    "suppressed by SES for all its users",
    "Not sent: SES blocks this address for all its users because email to it bounced. Ask the "
    "customer for the correct address. If it is right, SES lets it go within 14 days.",
)
_VALIDATION: Final = Reason(
    "address_validation",
    "address judged invalid by SES",
    "Not sent: SES checked the address and does not believe that it takes email. Ask the customer "
    "for the correct address. If it is right, have whoever looks after SES relax the check.",
)
_UNSUBSCRIBED: Final = Reason(
    "unsubscribed",
    "they unsubscribed",
    "Not sent: they unsubscribed from the mailing list that the email was sent under. Call the "
    "customer. Have whoever looks after SES send invoices without a mailing list.",
)
_VIRUS: Final = Reason(
    "virus",
    "virus found by SES",
    "Not sent: SES rejected the email because of its content, nearly always a virus. Have the "
    "attachment checked, then send a clean one.",
)
_RENDERING: Final = Reason(
    "rendering",
    "template could not be filled in",
    "Not sent: SES could not fill in the template of the email. Show SES's words to whoever looks "
    "after the program that sent it.",
)
_OUR_LIST: Final = Reason(
    "own_list",
    "on our own list",
    "Not sent: the address is on our own suppression list. Use another address, or take it off "
    "the list with a reason, then resend.",
)
_SES_LIST: Final = Reason(
    "ses_list",
    "on SES's list",
    "Not sent: the address is on SES's suppression list. Use another address, or take it off the "
    "list with a reason, then resend.",
)
_UNKNOWN: Final = Reason(
    "unknown",
    "stopped by SES",
    "Not sent: SES stopped it and did not say why. Check the address on the suppression lists.",
)
#: By sub-type, of a bounce and of the echo of an older complaint.
_AFTER_A_BOUNCE: Final = {
    "suppressed": _GLOBAL_LIST,
    "onaccountsuppressionlist": _BOUNCE_LIST,
    "ontenantsuppressionlist": _TENANT_LIST,
    "emailvalidationsuppressed": _VALIDATION,
    "unsubscribedrecipient": _UNSUBSCRIBED,
    "reject": _VIRUS,
    "renderingfailure": _RENDERING,
}
_AFTER_A_COMPLAINT: Final = {
    "onaccountsuppressionlist": _COMPLAINT_LIST,
    "ontenantsuppressionlist": _TENANT_COMPLAINT_LIST,
}
DROPS: Final = tuple(
    dict.fromkeys((*_AFTER_A_BOUNCE.values(), *_AFTER_A_COMPLAINT.values(), _OUR_LIST, _SES_LIST))
)
_NO_MORE: Final = "Do not email this address again unless they ask. Call the customer."
#: By feedback type. Whatever was complained of, no advice says to send once more.
COMPLAINTS: Final[Mapping[str, Reason]] = MappingProxyType(
    {
        "abuse": Reason("abuse", "they marked it as spam", f"They marked it as spam. {_NO_MORE}"),
        "fraud": Reason(
            "fraud",
            "they reported it as fraud",
            f"They reported it as fraud or phishing. {_NO_MORE} Tell them that it was from you.",
        ),
        "virus": Reason(
            "virus",
            "they reported a virus",
            f"They reported a virus in it. {_NO_MORE} Have the attachment checked.",
        ),
        "auth-failure": Reason(
            "auth-failure",
            "not recognised as ours",
            "Their provider could not confirm that it is really ours and reported it. "
            f"{_NO_MORE} Show this to whoever looks after your email.",
        ),
        "other": Reason("other", "they complained about it", f"They complained. {_NO_MORE}"),
    }
)
_COMPLAINT_OF: Final = {letters(name): reason for name, reason in COMPLAINTS.items()}


def reason_of_drop(subtype: str) -> Reason:
    """Return why SES stopped an email, from the sub-type of a DROPPED delivery."""
    _, slash, _ = subtype.partition("/")
    word = letters(subtype.rpartition("/")[2])
    if not slash and word in _AFTER_A_COMPLAINT:
        return _AFTER_A_COMPLAINT[word]
    return _AFTER_A_BOUNCE.get(word, _UNKNOWN)


def reason_of_stop(error: str) -> Reason | None:
    """Return which list made our own last look stop an email; ``None``: it was something else."""
    if "on our own list" in error:
        return _OUR_LIST
    return _SES_LIST if "on SES's list" in error else None


def reason_of_complaint(subtype: str) -> Reason:
    """Return what was complained of; a word that is not known yet is a complaint all the same."""
    return _COMPLAINT_OF.get(letters(subtype), COMPLAINTS["abuse" if not subtype else "other"])


def reason_of(state: DeliveryState, error: str = "") -> Reason | None:
    """Return why a delivery is DROPPED, COMPLAINED, or stopped here; ``None``: it is neither."""
    match state.status:
        case Status.DROPPED:
            return reason_of_drop(state.subtype)
        case Status.COMPLAINED:
            return reason_of_complaint(state.subtype)
        case Status.FAILED:
            return reason_of_stop(error)
    return None
