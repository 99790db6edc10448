"""What becomes of a message to an address: pure, and without times or ids."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from typing import Any, Final

from core.simulator.state import Reason, Suppressed, bare

SIMULATOR_DOMAIN: Final = "simulator.amazonses.com"

_GLOBAL_LIST: Final = (
    "Amazon SES has suppressed sending to this address because it has a recent history of bouncing "
    "as an invalid address. For more information about how to remove an address from the "
    "suppression list, see the Amazon SES Developer Guide: "
    "http://docs.aws.amazon.com/ses/latest/DeveloperGuide/remove-from-suppressionlist.html "
)
_ACCOUNT_LIST: Final = (
    "Amazon SES did not send the message to this address because it is on the suppression list "
    "for your account. For more information about removing addresses from the suppression list, "
    "see the Amazon SES Developer Guide at "
    "https://docs.aws.amazon.com/ses/latest/DeveloperGuide/sending-email-suppression-list.html"
)
_EXPIRED: Final = (
    "smtp; 554 4.4.7 Message expired: unable to deliver in 840 minutes."
    "<452-4.2.2 The recipient's inbox is out of storage space.>"
)
_UNREACHABLE: Final = "smtp; 421 4.4.1 Unable to connect to remote host"
_BROWSER: Final = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/138.0.0.0 Safari/537.36"
)


class MailboxBehaviour(StrEnum):
    """What an address does with mail; the first five are the mailbox simulator's own."""

    SUCCESS = "success"
    BOUNCE = "bounce"
    OOTO = "ooto"
    COMPLAINT = "complaint"
    SUPPRESSIONLIST = "suppressionlist"
    SOFT_BOUNCE = "soft_bounce"
    DELAY = "delay"
    DELAY_THEN_DELIVER = "delay_then_deliver"
    DELIVER_THEN_BOUNCE = "deliver_then_bounce"
    OPEN = "open"
    CLICK = "click"
    REJECT = "reject"


@dataclass(frozen=True, slots=True)
class Behaviour:
    """A kind, and what to say instead of its usual words."""

    kind: MailboxBehaviour = MailboxBehaviour.SUCCESS
    diagnostic: str = ""
    enhanced_status: str = ""
    subtype: str = ""
    user_agent: str = ""
    ip_address: str = ""
    link: str = ""
    later: float = 0.0
    """Seconds added to the time that an open or a click reports, without waiting for them."""


@dataclass(frozen=True, slots=True)
class SimulatedEvent:
    """One event to come. ``detail`` lacks its times and ids, which the moment adds."""

    event: str
    pace: str
    """The name of the delay in ``Delays`` after which it happens."""
    recipients: tuple[str, ...]
    detail: Mapping[str, Any] = field(default_factory=dict)
    suppress: Reason | None = None
    """Whether SES puts the recipients on the account's list because of it, and why."""
    later: float = 0.0


def parse_behaviour(value: object) -> Behaviour:
    """Read ``"bounce"`` or ``{"kind": "bounce", "diagnostic": "…"}``.

    Raises:
        ValueError: an unknown kind or key; the text says what there is.
    """
    given = {"kind": value} if isinstance(value, str) else value
    known = {each.name: each.type for each in fields(Behaviour)}
    if not isinstance(given, dict) or (unknown := set(given) - set(known)):
        detail = f" Unknown: {', '.join(sorted(unknown))}." if isinstance(given, dict) else ""
        raise ValueError(f"A behaviour is a kind or an object of {', '.join(known)}.{detail}")
    kind = given.get("kind", MailboxBehaviour.SUCCESS)
    if kind not in list(MailboxBehaviour):
        raise ValueError(f"No behaviour {kind!r}. There are {', '.join(MailboxBehaviour)}.")
    words = {key: str(text) for key, text in given.items() if key not in ("kind", "later")}
    return Behaviour(kind=MailboxBehaviour(kind), later=float(given.get("later", 0)), **words)


def is_simulator(address: str) -> bool:
    return bare(address).lower().endswith("@" + SIMULATOR_DOMAIN)


def behaviour_of(address: str, behaviours: Mapping[str, Behaviour]) -> Behaviour:
    """Return what ``address`` does: as told, as the mailbox simulator, or simply deliver.

    A label counts as the address it labels: ``bounce+inv42@`` bounces.
    """
    plain = bare(address).casefold()
    if plain in behaviours:
        return behaviours[plain]
    local, _, domain = plain.partition("@")
    name = local.partition("+")[0]
    if domain == SIMULATOR_DOMAIN and name in ("bounce", "ooto", "complaint", "suppressionlist"):
        return Behaviour(MailboxBehaviour(name))
    return Behaviour()


def suppressed_step(recipient: str, entry: Suppressed) -> SimulatedEvent:
    """Return what SES reports for a recipient on the account's list: accepted, never sent."""
    if entry.reason == "COMPLAINT":
        detail: dict[str, Any] = {
            "complainedRecipients": [{"emailAddress": recipient}],
            "complaintSubType": "OnAccountSuppressionList",
        }
        return SimulatedEvent("Complaint", "complaint", (recipient,), detail)
    step = _bounce("Permanent", "OnAccountSuppressionList", recipient, "5.1.1", _ACCOUNT_LIST)
    return replace(step, detail={**step.detail, "reportingMTA": "dns; amazonses.com"})


def steps_for(recipient: str, behaviour: Behaviour) -> tuple[SimulatedEvent, ...]:
    """Return the events after ``Send``, in their natural order."""
    hard = _hard_bounce(recipient, behaviour)
    delivered = _delivery(recipient)
    delayed = _delay(recipient, behaviour)
    table: dict[MailboxBehaviour, tuple[SimulatedEvent, ...]] = {
        MailboxBehaviour.SUCCESS: (delivered,),
        MailboxBehaviour.BOUNCE: (hard,),
        MailboxBehaviour.OOTO: (delivered, _automatic_reply(recipient)),
        MailboxBehaviour.COMPLAINT: (delivered, _complaint(recipient, behaviour)),
        MailboxBehaviour.SUPPRESSIONLIST: (_globally_suppressed(recipient),),
        MailboxBehaviour.SOFT_BOUNCE: (_soft_bounce(recipient, behaviour),),
        MailboxBehaviour.DELAY: (delayed,),
        MailboxBehaviour.DELAY_THEN_DELIVER: (delayed, delivered),
        MailboxBehaviour.DELIVER_THEN_BOUNCE: (delivered, hard),
        MailboxBehaviour.OPEN: (delivered, _open(recipient, behaviour)),
        MailboxBehaviour.CLICK: (
            delivered,
            _open(recipient, behaviour),
            _click(recipient, behaviour),
        ),
        MailboxBehaviour.REJECT: (reject_step((recipient,)),),
    }
    return table[behaviour.kind]


def merge_bounces(steps: Sequence[SimulatedEvent]) -> tuple[SimulatedEvent, ...]:
    """Put bounces of one sort into one notification, as SES does for one request."""
    merged: dict[tuple[str, ...], SimulatedEvent] = {}
    for place, step in enumerate(steps):
        key: tuple[str, ...] = (str(place),)
        if step.event == "Bounce":
            key = (step.detail["bounceType"], step.detail["bounceSubType"], str(step.suppress))
        if (first := merged.get(key)) is not None:
            both = [*first.detail["bouncedRecipients"], *step.detail["bouncedRecipients"]]
            step = replace(
                first,
                recipients=(*first.recipients, *step.recipients),
                detail={**first.detail, "bouncedRecipients": both},
            )
        merged[key] = step
    return tuple(merged.values())


def without_suppression(step: SimulatedEvent) -> SimulatedEvent:
    return replace(step, suppress=None)


def reject_step(recipients: tuple[str, ...]) -> SimulatedEvent:
    return SimulatedEvent("Reject", "bounce", recipients, {"reason": "Bad content"})


def _delivery(recipient: str) -> SimulatedEvent:
    answer = "250 2.6.0 Message received" if is_simulator(recipient) else "250 2.0.0 OK: queued"
    return SimulatedEvent("Delivery", "delivery", (recipient,), {"smtpResponse": answer})


def _bounce(
    kind: str, subtype: str, recipient: str, status: str, diagnostic: str
) -> SimulatedEvent:
    bounced = {
        "emailAddress": recipient,
        "action": "failed",
        "status": status,
        "diagnosticCode": diagnostic,
    }
    detail = {"bounceType": kind, "bounceSubType": subtype, "bouncedRecipients": [bounced]}
    return SimulatedEvent("Bounce", "bounce", (recipient,), detail)


def _hard_bounce(recipient: str, behaviour: Behaviour) -> SimulatedEvent:
    step = _bounce(
        "Permanent",
        behaviour.subtype or "General",
        bare(recipient),  # with a report from the server, the address is the server's own
        behaviour.enhanced_status or "5.1.1",
        behaviour.diagnostic or "smtp; 550 5.1.1 user unknown",
    )
    return step if is_simulator(recipient) else replace(step, suppress="BOUNCE")


def _soft_bounce(recipient: str, behaviour: Behaviour) -> SimulatedEvent:
    return _bounce(
        "Transient",
        behaviour.subtype or "General",
        bare(recipient),
        behaviour.enhanced_status or "4.4.7",
        behaviour.diagnostic or _EXPIRED,
    )


def _globally_suppressed(recipient: str) -> SimulatedEvent:
    step = _bounce("Permanent", "Suppressed", recipient, "5.1.1", _GLOBAL_LIST)
    return replace(step, detail={**step.detail, "reportingMTA": "dns; amazonses.com"})


def _automatic_reply(recipient: str) -> SimulatedEvent:
    detail = {
        "bounceType": "Transient",
        "bounceSubType": "General",
        "bouncedRecipients": [{"emailAddress": bare(recipient)}],
    }
    return SimulatedEvent("Bounce", "reply", (recipient,), detail)


def _complaint(recipient: str, behaviour: Behaviour) -> SimulatedEvent:
    simulated = is_simulator(recipient)
    detail = {
        "complainedRecipients": [{"emailAddress": bare(recipient)}],
        "complaintSubType": None,
        "userAgent": "Amazon SES Mailbox Simulator" if simulated else "Yahoo!-Mail-Feedback/2.0",
        "complaintFeedbackType": behaviour.subtype or "abuse",
    }
    suppress: Reason | None = None if simulated or behaviour.subtype == "not-spam" else "COMPLAINT"
    return SimulatedEvent("Complaint", "complaint", (recipient,), detail, suppress)


def _delay(recipient: str, behaviour: Behaviour) -> SimulatedEvent:
    delayed = {
        "emailAddress": bare(recipient),
        "status": behaviour.enhanced_status or "4.4.1",
        "diagnosticCode": behaviour.diagnostic or _UNREACHABLE,
    }
    kind = behaviour.subtype or "TransientCommunicationFailure"
    detail = {"delayType": kind, "delayedRecipients": [delayed]}
    return SimulatedEvent("DeliveryDelay", "delay", (recipient,), detail)


def _engagement(behaviour: Behaviour) -> dict[str, Any]:
    return {
        "userAgent": behaviour.user_agent or _BROWSER,
        "ipAddress": behaviour.ip_address or "192.0.2.1",
    }


def _open(recipient: str, behaviour: Behaviour) -> SimulatedEvent:
    detail = _engagement(behaviour)
    return SimulatedEvent("Open", "open", (recipient,), detail, later=behaviour.later)


def _click(recipient: str, behaviour: Behaviour) -> SimulatedEvent:
    link = behaviour.link or "https://outtray.example/pay"
    detail = _engagement(behaviour) | {"link": link, "linkTags": None}
    return SimulatedEvent("Click", "click", (recipient,), detail, later=behaviour.later)
