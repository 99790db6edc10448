"""SES's account suppression list in the sending Region: look up, read, add, remove.

The API matches case exactly while sending ignores case. ``Get`` and ``Delete``
carry the address in the path and answer 400 to one with a slash.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from core.aws.clients import UNREADABLE, Clients, in_words, unreadable
from core.aws.events.parser import OUR_TAG
from core.aws.hints import Doing
from core.model.enums import address_key
from core.model.errors import NoSuchThingError, RefusedError, ServiceError, UnansweredError
from core.model.outbox import Quota
from core.model.ports import EffectiveReasons, ListPage, Outgoing
from core.model.suppressions import Suppression
from core.rules.sending.ses_errors import SEND_EMAIL, is_message_id

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


_SERVICE: Final = "sesv2"
_BEFORE_PARSE: Final = f"before-parse.{_SERVICE}.{SEND_EMAIL}"


class SesMailer:
    """Implements ``ports.Mailer``."""

    def __init__(self, clients: Clients) -> None:
        self._clients = clients
        self._answer = threading.local()
        """HTTP's side of the answer that this thread waits for; the SDK parses it only."""

    @property
    def region(self) -> str:
        return str(self._clients.mail().meta.region_name)

    def send(self, outgoing: Outgoing) -> str:
        """Hand over the raw message with a single envelope recipient; return SES's id."""
        client = self._clients.mail()
        client.meta.events.register(_BEFORE_PARSE, self._heard, unique_id=f"outtray-{id(self)}")
        self._answer.response = None
        optional = (
            {"ConfigurationSetName": outgoing.configuration_set}
            if outgoing.configuration_set
            else {}
        )
        with in_words(_SERVICE, Doing.SENDS):
            try:
                answer = client.send_email(
                    FromEmailAddress=outgoing.sender,
                    Destination={"ToAddresses": [outgoing.recipient]},
                    Content={"Raw": {"Data": outgoing.mime}},
                    EmailTags=[{"Name": OUR_TAG, "Value": outgoing.tag}],
                    **optional,
                )
            except UNREADABLE as error:
                raise self._unreadable(error) from error
        message_id = answer.get("MessageId")
        if not is_message_id(message_id):
            raise self._unreadable(None)
        return str(message_id)

    def _heard(self, response_dict: dict[str, Any], **_: object) -> None:
        self._answer.response = response_dict

    def _unreadable(self, error: Exception | None) -> ServiceError:
        response = self._answer.response
        if response is None:
            return UnansweredError(f"Outtray failed while it called SES: {error!r}.")
        why = "a yes without a message id" if error is None else "not in the form of AWS"
        headers = response.get("headers") or {}
        return unreadable(_SERVICE, SEND_EMAIL, int(response["status_code"]), headers, why)


class SesAccount:
    """Implements ``ports.Account``."""

    def __init__(self, clients: Clients) -> None:
        self._clients = clients

    def quota(self) -> Quota:
        client = self._clients.control()
        with in_words("sesv2"):
            answer = client.get_account()
        quota = answer.get("SendQuota", {})
        return Quota(
            per_second=float(quota.get("MaxSendRate", 1.0)),
            per_day=float(quota.get("Max24HourSend", -1)),
            sent_in_24_hours=float(quota.get("SentLast24Hours", 0)),
            is_sending_enabled=bool(answer.get("SendingEnabled", True)),
            is_sandbox=not answer.get("ProductionAccessEnabled", True),
        )
