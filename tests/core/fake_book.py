"""SES's suppression list in memory: exact case, pages, and whatever is to go wrong."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from core.model.errors import RefusedError, ServiceError
from core.model.ports import EffectiveReasons, ListPage
from core.model.suppressions import Suppression


class FakeBook:
    """Implements ``ports.SuppressionBook``. ``fails[method]`` is raised by every such call."""

    def __init__(self, *entries: Suppression, page_size: int = 2) -> None:
        self.entries = {entry.address: entry for entry in entries}
        self.fails: dict[str, ServiceError] = {}
        self.calls: list[tuple[str, str]] = []
        self.reasons = EffectiveReasons(frozenset({"BOUNCE", "COMPLAINT"}), "the account")
        self.page_size = page_size
        self.before_page: Callable[[str], None] = lambda _: None
        self.is_stubborn = False
        """Takes a removal, and removes nothing."""

    def _enter(self, method: str, argument: str) -> None:
        self.calls.append((method, argument))
        if method in self.fails:
            raise self.fails[method]

    def count(self, method: str) -> int:
        return sum(called == method for called, _ in self.calls)

    def look_up(self, address: str) -> Suppression | None:
        return self.get(address) or self.get(address.lower())

    def get(self, address: str) -> Suppression | None:
        self._enter("get", address)
        return self.entries.get(address)

    def page(self, token: str = "") -> ListPage:
        self.before_page(token)
        self._enter("page", token)
        start = int(token or 0)
        found = [replace(e, ses_message_id="") for e in self.entries.values()]
        end = start + self.page_size
        return ListPage(found[start:end], str(end) if end < len(found) else "")

    def since(self, at: datetime) -> Sequence[Suppression]:
        self._enter("since", at.isoformat())
        found = [e for e in self.entries.values() if e.since is None or e.since >= at]
        return [replace(e, ses_message_id="") for e in found]

    def put(self, address: str, reason: str) -> None:
        self._enter("put", address)
        self.entries[address] = Suppression(address, reason, None, "ses")

    def delete(self, address: str) -> None:
        self._enter("delete", address)
        if "/" in address:
            raise RefusedError("SES's API cannot remove an address with a slash in it.")
        if not self.is_stubborn:
            self.entries.pop(address, None)

    def effective_reasons(self, configuration_set: str) -> EffectiveReasons:
        self._enter("effective_reasons", configuration_set)
        return self.reasons
