"""SES's account suppression list, asked live.

The API matches case exactly while sending ignores case (SES.md section 9), so an address is asked
for as typed and in lower case.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from core.errors import RefusedError
from core.model import Suppression
from core.ses.clients import Clients, in_words

_PAGE: Final = 1_000


class SesSuppressionList:
    """Implements ``ports.SuppressionList``."""

    def __init__(self, clients: Clients) -> None:
        self._clients = clients

    def look_up(self, address: str) -> Suppression | None:
        for spelling in dict.fromkeys((address.strip(), address.strip().lower())):
            found = self._get(spelling)
            if found is not None:
                return found
        return None

    def since(self, at: datetime) -> Sequence[Suppression]:
        """Page through what was added since ``at``; botocore has no paginator for it."""
        client = self._clients.control()
        found: list[Suppression] = []
        token: dict[str, str] = {}
        while True:
            with in_words("sesv2"):
                answer = client.list_suppressed_destinations(StartDate=at, PageSize=_PAGE, **token)
            found += map(_entry, answer.get("SuppressedDestinationSummaries", ()))
            if not answer.get("NextToken"):
                return found
            token = {"NextToken": answer["NextToken"]}

    def _get(self, address: str) -> Suppression | None:
        client = self._clients.control()
        try:
            with in_words("sesv2"):
                answer = client.get_suppressed_destination(EmailAddress=address)
        except RefusedError as error:
            if _is_not_found(error):
                return None
            raise
        return _entry(answer["SuppressedDestination"])


def _is_not_found(error: RefusedError) -> bool:
    response: dict[str, Any] = getattr(error.__cause__, "response", {})
    return bool(response.get("Error", {}).get("Code") == "NotFoundException")


def _entry(found: dict[str, Any]) -> Suppression:
    return Suppression(
        address=found["EmailAddress"],
        reason=found["Reason"],
        since=found.get("LastUpdateTime"),
        source="ses",
        ses_message_id=found.get("Attributes", {}).get("MessageId", ""),
    )
