"""What each cause of a failure means for back-office staff, as data."""

from __future__ import annotations

from typing import Final, NamedTuple


class Meaning(NamedTuple):
    class_: str
    fault: str
    advice: str
    next: str


_CORRECT = "E: correct the address, then R: resend"
_CALL = "call the customer, then R: resend to an address that works"
_LATER = "R: resend later"
_ADMIN = "Y: copy the server's words for whoever looks after your email"
_SMALLER = "R: resend with smaller or fewer attachments"

_US, _OURS, _THEM, _PASSING = "our_configuration", "our_reputation", "recipient", "passing"
_SERVER = "their_server"


def _blocked(fault: str, advice: str, following: str = _ADMIN) -> Meaning:
    return Meaning("blocked", fault, advice, following)


MEANINGS: Final[dict[str, Meaning]] = {
    "userunknown": Meaning("address", _THEM, "The mailbox does not exist.", _CORRECT),
    "hostunknown": Meaning(
        "address",
        _THEM,
        "The part after the @ does not exist: most often a typing error.",
        _CORRECT,
    ),
    "hasmoved": Meaning("address", _THEM, "They moved to another address. Ask for it.", _CORRECT),
    "notaccept": Meaning("address", _THEM, "Nobody takes email at that domain.", _CORRECT),
    "filtered": Meaning("address", _THEM, "Their server refuses mail for this mailbox.", _CALL),
    "suspend": Meaning("address", _THEM, "The mailbox is disabled or unused.", _CALL),
    "suppressed": Meaning(
        "address",
        _THEM,
        "Nothing was sent: the address is on a suppression list because of an earlier failure. "
        "That does not say that the mailbox is gone.",
        "S: see which email caused it and remove the entry with a reason, or use another address",
    ),
    "feedback": Meaning(
        "blocked",
        _THEM,
        "They marked it as spam. Do not email this address again unless they ask.",
        "call the customer",
    ),
    "vacation": Meaning(
        "temporary", _PASSING, "An automatic reply: the email was delivered.", "nothing to do"
    ),
    "mailboxfull": Meaning("mailbox_full", _THEM, "Their mailbox is full.", _CALL),
    "mesgtoobig": Meaning("too_big", _US, "The email is too big for their server.", _SMALLER),
    "exceedlimit": Meaning("too_big", _US, "The email exceeds a limit of theirs.", _SMALLER),
    "authfailure": _blocked(
        _US, "Their server could not verify that the email is ours (SPF, DKIM or DMARC)."
    ),
    "failedstarttls": _blocked(_US, "Their server insists on encryption and did not get it."),
    "securityerror": _blocked(_US, "Their server refused it for its security rules."),
    "norelaying": _blocked(_US, "That server does not take mail for this address."),
    "notcompliantrfc": _blocked(_US, "Their server finds the form of the email faulty."),
    "requireptr": _blocked(_US, "The server that sent it has no proper name (reverse DNS)."),
    "contenterror": _blocked(
        _US, "Their server refused the content.", "R: resend without the attachment"
    ),
    "policyviolation": _blocked(
        _US,
        "Their rules forbid something in it, often an attachment.",
        "R: resend without the attachment",
    ),
    "virusdetected": _blocked(_US, "A virus scanner stopped it. Have the attachment checked."),
    "blocked": _blocked(_OURS, "Their server blocks the servers we send from."),
    "badreputation": _blocked(_OURS, "Their server distrusts our domain or sending servers."),
    "rejected": _blocked(_OURS, "Their server refuses our sender address."),
    "spamdetected": _blocked(
        _OURS, "Their spam filter stopped it. Ask them to allow your address, then resend.", _CALL
    ),
    "speeding": _blocked(_PASSING, "Too much mail in a short time, for them or from us.", _LATER),
    "toomanyconn": _blocked(_PASSING, "Too many connections or recipients at once.", _LATER),
    "expired": Meaning(
        "temporary", _PASSING, "Their server could not be reached in time.", f"{_LATER}, or call"
    ),
    "networkerror": Meaning(
        "temporary", _PASSING, "The connection to their server failed.", f"{_LATER}, or call"
    ),
    "systemerror": Meaning(
        "temporary", _SERVER, "Their server has a problem of its own.", f"{_LATER}, or call"
    ),
    "systemfull": Meaning("temporary", _SERVER, "Their server is full.", f"{_LATER}, or call"),
    "mailererror": Meaning(
        "temporary", _SERVER, "A program on their server failed.", f"{_LATER}, or call"
    ),
    "onhold": Meaning("unknown", _SERVER, "Their server holds it back without saying why.", _CALL),
    "syntaxerror": Meaning("unknown", _US, "The two servers misunderstood each other.", _ADMIN),
    "undefined": Meaning(
        "unknown", _SERVER, "The server gave no reason that can be understood.", _CALL
    ),
}

#: Causes that leave no hope for the address.
DEAD: Final = frozenset({"userunknown", "hostunknown", "hasmoved", "notaccept"})
