"""What each cause of a failure means for back-office staff, as data.

``cause:shade`` is a cause with an advice of its own. ``next`` is empty where nothing can be sent.
"""

from __future__ import annotations

from typing import Final, NamedTuple


class Meaning(NamedTuple):
    class_: str
    fault: str
    advice: str
    next: str


_RESEND = "resend to the correct address"
_AGAIN = "resend later"
_LIGHTER = "resend without the attachment"
_NOTHING = ""

_THEM, _SERVER, _PASSING = "recipient", "their_server", "passing"
_OURS, _US = "our_reputation", "our_configuration"


def _address(advice: str, step: str = _RESEND) -> Meaning:
    return Meaning("address", _THEM, advice, step)


def _blocked(fault: str, advice: str, step: str = _NOTHING) -> Meaning:
    return Meaning("blocked", fault, advice, step)


def _temporary(fault: str, advice: str, step: str = _AGAIN) -> Meaning:
    return Meaning("temporary", fault, advice, step)


_TOO_BIG: Final = (
    "The email is too big for their server. Send it with smaller or fewer attachments."
)
_ASK_ADMIN: Final = "Show the server's words to whoever looks after your email."

MEANINGS: Final[dict[str, Meaning]] = {
    # ------------------------------------------------------------ the address
    "userunknown": _address(
        "The mailbox does not exist. Ask the customer for the correct address, then send again."
    ),
    "userunknown:unavailable": _address(
        "Their server says the mailbox cannot be reached at the moment. Send again later; "
        "if it fails again, ask the customer for the correct address.",
        _AGAIN,
    ),
    "hostunknown": _address(
        "The part after the @ does not exist, most often a typing error. Correct it, then resend."
    ),
    "hasmoved": _address("They moved to another address. Ask for the new one, then send again."),
    "notaccept": _address(
        "Nobody takes email at the part after the @. Ask the customer for another address."
    ),
    "filtered": _address(
        "Their server does not let our email into this mailbox. Call the customer and ask them to "
        "allow it, or for another address."
    ),
    "suspend": _address(
        "The mailbox is switched off or unused. Call the customer and ask for another address."
    ),
    "suppressed": _address(
        "Nothing was sent: the address is on a list because of an earlier failure or complaint. "
        "Check the address with the customer before you send there again.",
    ),
    "mailboxfull": Meaning(
        "mailbox_full",
        _THEM,
        "Their mailbox is full. Call the customer, then send it again once there is room.",
        _AGAIN,
    ),
    # ------------------------------------------------------------ what we sent
    "mesgtoobig": Meaning("too_big", _US, _TOO_BIG, _LIGHTER),
    "emailtoolarge": Meaning("too_big", _US, _TOO_BIG, _LIGHTER),
    "exceedlimit": Meaning(
        "too_big",
        _US,
        "The email is larger than this recipient may get. Send it with fewer attachments.",
        _LIGHTER,
    ),
    "contenterror": _blocked(
        _US,
        "Their server could not read the email or an attachment. Try another file format, or call.",
        _LIGHTER,
    ),
    "policyviolation": _blocked(
        _US,
        "Their rules forbid something in the email, often an attachment. Ask what they accept, "
        "or send it without.",
        _LIGHTER,
    ),
    "virusdetected": _blocked(
        _US, "A virus scanner stopped it. Have the attachment checked before you send it again."
    ),
    "spamdetected": _blocked(
        _OURS,
        "Their spam filter stopped it. Ask the customer to allow your address, then send again.",
        "resend once they allow it",
    ),
    # ------------------------------------------------------------ who we are to them
    "authfailure": _blocked(
        _US, f"Their server could not confirm that the email is really ours. {_ASK_ADMIN}"
    ),
    "failedstarttls": _blocked(
        _US, f"The two servers could not agree on an encrypted connection. {_ASK_ADMIN}"
    ),
    "securityerror": _blocked(_US, f"Their server's security rules refused it. {_ASK_ADMIN}"),
    "securityerror:insiders": _blocked(
        _THEM,
        "This mailbox takes email only from inside their company. Call the customer and ask them "
        "to let our email in, or for another address.",
    ),
    "norelaying": _blocked(
        _US,
        "That server does not take email for this address. Check the part after the @; "
        "if it is right, the customer's email is set up wrongly.",
    ),
    "notcompliantrfc": _blocked(
        _US, f"Their server finds the form of the email faulty. {_ASK_ADMIN}"
    ),
    "requireptr": _blocked(
        _US, f"The machine that sent the email is not registered properly. {_ASK_ADMIN}"
    ),
    "blocked": _blocked(
        _OURS,
        "Their server refuses the machines we send from. Ask the customer to allow your email, "
        "and tell whoever looks after yours.",
    ),
    "blocked:greylisted": _blocked(
        _PASSING,
        "Their server asks every new sender to try again. It usually works the second time.",
        _AGAIN,
    ),
    "badreputation": _blocked(
        _OURS, f"Their server distrusts email from our domain or our machines. {_ASK_ADMIN}"
    ),
    "rejected": _blocked(
        _OURS,
        "Their server refuses email from our address. Ask the customer to allow it, "
        "or call them another way.",
    ),
    "feedback": _blocked(
        _THEM, "They marked it as spam. Do not email this address again unless they ask for it."
    ),
    # ------------------------------------------------------------ a matter of time
    "speeding": _blocked(
        _PASSING, "Too much email in a short time. Wait an hour, then send again.", _AGAIN
    ),
    "ratelimited": _blocked(
        _PASSING, "Too much email in a short time. Wait an hour, then send again.", _AGAIN
    ),
    "toomanyconn": _blocked(
        _PASSING, "Their server was busy with too much at once. Wait, then send again.", _AGAIN
    ),
    "expired": _temporary(
        _PASSING, "Their server could not be reached in time. Send again later, or call."
    ),
    "networkerror": _temporary(
        _PASSING, "The connection to their server failed. Send again later, or call."
    ),
    "systemerror": _temporary(
        _SERVER, "Their server has a problem of its own. Send again later, or call the customer."
    ),
    "systemfull": _temporary(
        _SERVER, "Their server has no room left. Send again later, or call the customer."
    ),
    "mailererror": _temporary(
        _SERVER, "A program on their server failed. Call the customer, then send again."
    ),
    "vacation": _temporary(
        _PASSING, "An automatic reply, such as out of office: the email was delivered.", _NOTHING
    ),
    "delivered": _temporary(_PASSING, "The email was delivered; nothing to do.", _NOTHING),
    # ------------------------------------------------------------ nobody can say
    "onhold": Meaning(
        "unknown",
        _SERVER,
        "Their server holds it back without saying why. Call the customer.",
        _NOTHING,
    ),
    "syntaxerror": Meaning(
        "unknown", _US, f"The two servers misunderstood each other. {_ASK_ADMIN}", _NOTHING
    ),
    "undefined": Meaning(
        "unknown",
        _SERVER,
        "Their server gave no reason that can be understood. Call the customer, or send again.",
        _AGAIN,
    ),
}

#: Causes that leave no hope for the address.
DEAD: Final = frozenset({"userunknown", "hostunknown", "hasmoved", "notaccept"})
