"""The last look at the suppression lists, right before a delivery is handed to SES.

Two looks. SES's list before the transaction that claims the delivery: from the kept copy, which is
at most a minute old, so that nothing is asked for one email alone; only an address that the copy
names is looked up. Our own list within that transaction: what a colleague has confirmed by then
stops it, whoever sends it and however.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from core.db.engine import Database, Within, hold
from core.db.reads import addresses
from core.db.writes import suppressions
from core.model.enums import address_key
from core.model.errors import NotPermittedError
from core.model.ports import SuppressionList
from core.model.suppressions import Release, Suppression

if TYPE_CHECKING:
    from sqlalchemy import Connection

_REASONS: Final = {"BOUNCE": "hard bounce", "COMPLAINT": "complaint"}


@dataclass(frozen=True, slots=True)
class Recheck:
    """Safe to use from several threads. An empty answer: nothing stops it."""

    database: Database
    suppression_list: SuppressionList

    def on_the_list_of_ses(self, address: str) -> str:
        """Return why SES would not deliver to ``address``, in words.

        Where listing is not permitted the gate's answer stands: it has asked about this address.

        Raises:
            ServiceError: the copy could not be brought up to date.
        """
        try:
            named = self.suppression_list.listed(address)
        except NotPermittedError:
            return ""
        for entry in filter(self._stops, named):
            try:
                found = self.suppression_list.look_up(entry.address)
            except NotPermittedError:
                found = entry  # the list itself has said so within this minute
            if found is not None and self._stops(found):
                return _words(found)
        return ""

    def on_our_own_list(self, connection: Connection, address: str) -> str:
        """Return why we must not mail ``address``, as it stands in this transaction.

        Whoever adds the address waits for this transaction to end, or this one for theirs.
        """
        hold(connection, suppressions.lock_name(address))
        reader = Within(connection)
        found = addresses.entries_of(reader, [address]).get(address_key(address))
        release = addresses.releases(reader, [address]).get(address_key(address))
        return "" if found is None or _is_answered(found, release) else _words(found)

    def _stops(self, entry: Suppression) -> bool:
        if entry.ignored_by:
            return False  # SES stops nothing for a reason that is not in effect
        releases = addresses.releases(self.database.reader, [entry.address])
        return not _is_answered(entry, releases.get(address_key(entry.address)))


def _is_answered(entry: Suppression, release: Release | None) -> bool:
    """Whether a person has vouched for the address after the entry was made."""
    return release is not None and (entry.since is None or entry.since <= release.at)


def _words(found: Suppression) -> str:
    since = f" since {found.since.astimezone():%d %b %Y, %H:%M}" if found.since else ""
    where = "SES's" if found.source == "ses" else "our own"
    reason = _REASONS.get(found.reason, found.reason)
    return f"Suppressed{since}, on {where} list ({reason}); nothing was sent."
