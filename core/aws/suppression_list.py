"""SES's account suppression list in the sending Region: look up, read, add, remove.

The API matches case exactly while sending ignores case. ``Get`` and ``Delete``
carry the address in the path and answer 400 to one with a slash.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from core.aws.clients import Clients, in_words
from core.aws.hints import Doing
from core.model.enums import address_key
from core.model.errors import NoSuchThingError, RefusedError
from core.model.ports import EffectiveReasons, ListPage
from core.model.suppressions import Suppression

_PAGE: Final = 1000
_IN_THE_SANDBOX: Final = (
    "SES takes no entries while the account is in its sandbox; ask AWS for production access, "
    "or put the address on our own list."
)


class SesSuppressionList:
    """Implements ``ports.SuppressionBook``."""

    def __init__(self, clients: Clients) -> None:
        self._clients = clients

    def look_up(self, address: str) -> Suppression | None:
        """Ask for ``address`` as typed and in lower case; see ``ports.SuppressionList``."""
        for spelling in dict.fromkeys((address.strip(), address.strip().lower())):
            found = self.get(spelling)
            if found is not None:
                return found
        return None

    def since(self, at: datetime) -> Sequence[Suppression]:
        """Page through what was added since ``at``; botocore has no paginator for it."""
        found: list[Suppression] = []
        token = ""
        while True:
            page = self._page(token, StartDate=at)
            found += page.entries
            if not page.next_token:
                return found
            token = page.next_token

    def get(self, address: str) -> Suppression | None:
        client = self._clients.control()
        try:
            with in_words("sesv2"):
                answer = client.get_suppressed_destination(EmailAddress=address)
        except NoSuchThingError:
            return None
        except RefusedError:
            if "/" not in address:
                raise
            return self._search(address)
        return _entry(answer["SuppressedDestination"])

    def _search(self, address: str) -> Suppression | None:
        """Find what ``Get`` cannot be asked for; here the case does not matter either."""
        key, token = address_key(address), ""
        while True:
            page = self.page(token)
            for entry in page.entries:
                if address_key(entry.address) == key:
                    return entry
            if not page.next_token:
                return None
            token = page.next_token

    def page(self, token: str = "") -> ListPage:
        """Return a page of the list; SES names no causing email in it."""
        return self._page(token)

    def _page(self, token: str, **chosen: datetime) -> ListPage:
        client = self._clients.control()
        more = {"NextToken": token} if token else {}
        with in_words("sesv2"):
            answer = client.list_suppressed_destinations(PageSize=_PAGE, **chosen, **more)
        found = [_entry(each) for each in answer.get("SuppressedDestinationSummaries", ())]
        return ListPage(found, answer.get("NextToken") or "")

    def put(self, address: str, reason: str) -> None:
        client = self._clients.control()
        try:
            with in_words("sesv2", Doing.CHANGES):
                client.put_suppressed_destination(EmailAddress=address, Reason=reason)
        except RefusedError as error:
            raise RefusedError(error.title, _IN_THE_SANDBOX) from error

    def delete(self, address: str) -> None:
        client = self._clients.control()
        try:
            with in_words("sesv2", Doing.CHANGES):
                client.delete_suppressed_destination(EmailAddress=address)
        except NoSuchThingError:
            return  # gone is what was wanted
        except RefusedError as error:
            if "/" not in address:
                raise
            raise RefusedError(
                "SES's API cannot remove an address with a slash in it.",
                "Remove it with a bulk job (aws sesv2 create-import-job with "
                "SuppressionListImportAction=DELETE) or ask AWS support.",
            ) from error

    def effective_reasons(self, configuration_set: str) -> EffectiveReasons:
        """Return what stops mail: the configuration set's choice, or else the account's."""
        client = self._clients.control()
        if configuration_set:
            with in_words("sesv2"):
                answer = client.get_configuration_set(ConfigurationSetName=configuration_set)
            reasons = (answer.get("SuppressionOptions") or {}).get("SuppressedReasons")
            if reasons is not None:  # an empty list is a choice, too: nothing stops mail
                return EffectiveReasons(
                    frozenset(reasons), f"configuration set {configuration_set}"
                )
        with in_words("sesv2"):
            account = client.get_account()
        chosen = (account.get("SuppressionAttributes") or {}).get("SuppressedReasons") or ()
        return EffectiveReasons(frozenset(chosen), "the account")


def _entry(found: dict[str, Any]) -> Suppression:
    return Suppression(
        address=found["EmailAddress"],
        reason=found["Reason"],
        since=found.get("LastUpdateTime"),
        source="ses",
        ses_message_id=(found.get("Attributes") or {}).get("MessageId", ""),
    )
