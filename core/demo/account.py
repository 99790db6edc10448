"""What SES would still know of the demo's account at the next start, from the demo's database.

The stand-in forgets everything when it ends. What happened is in the database, after a crash, too:
the reports that came, and what people did to SES's list.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from core.aws.events.fields import OUR_TAG
from core.db.codec import known_instant, to_instant
from core.db.engine import Reader
from core.model.enums import Status, address_key
from core.rules.delivery.event_words import is_list, letters
from core.simulator.outcomes import SIMULATOR_DOMAIN, is_simulator
from core.simulator.state import Reason, Suppressed

_QUOTA: Final = timedelta(hours=24)
_REPORTS: Final = (
    "SELECT at, type, subtype, recipient, message_id FROM events"
    " WHERE type IN ('Bounce', 'Complaint') AND recipient <> ''"
)
_CHANGES: Final = (
    "SELECT at, address, action FROM suppression_audit"
    " WHERE list = 'ses' AND outcome = 'done' ORDER BY id"
)
_UNDERWAY: Final = (
    "SELECT x.ses_message_id, x.sent_at, m.sender, x.address, x.tag, b.mime FROM deliveries x"
    " JOIN emails m ON m.id = x.email_id JOIN messages b ON b.email_id = m.id"
    " WHERE x.status = :sent AND m.created_at > :since AND x.ses_message_id <> '' ORDER BY x.id"
)
_SENT: Final = (
    "SELECT count(*) FROM deliveries WHERE sent_at >= :since AND address_key NOT LIKE :simulator"
)


@dataclass(frozen=True, slots=True)
class Release:
    """A person took exactly this spelling off SES's list."""

    address: str
    at: datetime


Happening = Suppressed | Release


def suppressed_now(reader: Reader, generated: Iterable[Suppressed]) -> tuple[Suppressed, ...]:
    """Return SES's list as it would be now: as it was generated, and all that happened since."""
    return after(generated, [*_from_reports(reader), *_from_people(reader)])


def after(
    generated: Iterable[Suppressed], happenings: Sequence[Happening]
) -> tuple[Suppressed, ...]:
    """Apply what happened, in its order. An address that is listed in any case stays as it is."""
    found = {entry.address: entry for entry in generated}
    for each in sorted(happenings, key=lambda each: each.at):
        if isinstance(each, Release):
            found.pop(each.address, None)
        elif address_key(each.address) not in map(address_key, found):
            found[each.address] = each
    return tuple(found.values())


def sent_in_24_hours(reader: Reader, now: datetime) -> int:
    """Return how much of the day's quota is used up; the mailbox simulator costs nothing."""
    values = {"since": to_instant(now - _QUOTA), "simulator": f"%@{SIMULATOR_DOMAIN}"}
    return int(reader.rows(_SENT, values)[0][0])


def underway(reader: Reader, since: datetime, configuration_set: str) -> list[dict[str, Any]]:
    """Return what was sent after ``since`` without a word yet, for ``POST /_outtray/underway``.

    SES would keep its reports for days; the stand-in and its queue forget theirs.
    """
    values = {"sent": Status.SENT.value, "since": to_instant(since)}
    return [
        {
            "message_id": message_id,
            "at": known_instant(at).isoformat(),
            "from": sender,
            "to": address,
            "tags": {OUR_TAG: tag},
            "configuration_set": configuration_set,
            "raw_base64": b64encode(mime).decode("ascii"),
        }
        for message_id, at, sender, address, tag, mime in reader.rows(_UNDERWAY, values)
    ]


def _from_reports(reader: Reader) -> Iterable[Suppressed]:
    """Hard bounces and complaints put an address on the list, by the rules of the stand-in."""
    for at, kind, subtype, recipient, message_id in reader.rows(_REPORTS, {}):
        reason = _reason(kind, subtype)
        if reason is not None and not is_simulator(recipient):
            yield Suppressed(recipient, reason, known_instant(at), message_id)


def _reason(kind: str, subtype: str) -> Reason | None:
    if is_list(subtype):
        return None  # it was on a list before
    if kind == "Complaint":
        return None if letters(subtype) == "notspam" else "COMPLAINT"
    return "BOUNCE" if letters(subtype.partition("/")[0]) == "permanent" else None


def _from_people(reader: Reader) -> Iterable[Happening]:
    for at, address, action in reader.rows(_CHANGES, {}):
        when = known_instant(at)
        # the screen adds with this reason only
        yield Suppressed(address, "BOUNCE", when) if action == "added" else Release(address, when)


def as_entries(entries: Iterable[Suppressed]) -> list[dict[str, Any]]:
    """Return what ``POST /_outtray/suppressions`` takes."""
    return [
        {
            "address": entry.address,
            "reason": entry.reason,
            "at": entry.at.isoformat(),
            "message_id": entry.message_id,
        }
        for entry in entries
    ]


def read_entries(entries: Iterable[dict[str, Any]]) -> list[Suppressed]:
    return [
        Suppressed(
            entry["address"],
            entry["reason"],
            datetime.fromisoformat(entry["at"]),
            entry["message_id"],
        )
        for entry in entries
    ]
