"""The last look at the suppression lists, right before the call.

The gate has asked about every address when it was put into the outbox; what may have changed since
is asked for with one question for all of them, not with one an address: SES answers about one
question a second.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from core.db import gatefacts
from core.db.engine import Database
from core.errors import NotPermittedError
from core.model import Suppression, address_key
from core.ports import Clock, SuppressionList

_FRESH: Final = timedelta(seconds=5)
_CLOCKS_DIFFER: Final = timedelta(minutes=10)
_REASONS: Final = {"BOUNCE": "hard bounce", "COMPLAINT": "complaint"}


class Recheck:
    """Safe to use from several threads."""

    def __init__(self, database: Database, suppressions: SuppressionList, clock: Clock) -> None:
        self._database, self._list, self._clock = database, suppressions, clock
        self._lock = threading.Lock()
        self._asked_at: datetime | None = None
        self._since: datetime | None = None
        self._entries: Mapping[str, Suppression] = {}

    def why_not(self, address: str, queued_at: datetime) -> str:
        """Return why ``address`` must not be sent to any more, in words; empty: it may be.

        Raises:
            ServiceError: SES's list could not be asked.
        """
        key = address_key(address)
        own = gatefacts.own_suppressions(self._database.reader, [address])
        found = own.get(key) or self._on_the_list_of_ses(address, queued_at)
        if found is None or found.ignored_by:
            return ""  # SES stops nothing for a reason that is not in effect
        since = f" since {found.since.astimezone():%d %b %Y, %H:%M}" if found.since else ""
        where = "SES's" if found.source == "ses" else "our own"
        reason = _REASONS.get(found.reason, found.reason)
        return f"Suppressed{since}, on {where} list ({reason}); nothing was sent."

    def _on_the_list_of_ses(self, address: str, queued_at: datetime) -> Suppression | None:
        try:
            return self._since_then(queued_at).get(address_key(address))
        except NotPermittedError:
            pass  # to list; to look one up may be
        try:
            return self._list.look_up(address)
        except NotPermittedError:
            # It will never be told. The gate has said so to whoever sent it, and SES itself drops
            # what goes to a listed address, and reports it.
            return None

    def _since_then(self, queued_at: datetime) -> Mapping[str, Suppression]:
        now, since = self._clock(), queued_at - _CLOCKS_DIFFER
        with self._lock:
            is_fresh = self._asked_at is not None and now - self._asked_at < _FRESH
            if not (is_fresh and self._since is not None and self._since <= since):
                # The oldest is sent first, so that the first question usually serves them all.
                self._entries = {
                    address_key(each.address): each
                    for each in self._list.since(since)
                    if not each.ignored_by
                }
                self._asked_at, self._since = now, since
            return self._entries
