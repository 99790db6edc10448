"""What a payment page sent through the same configuration set: linked like anybody's emails."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Final

from core.demo.books import Document
from core.demo.emails import Fate, PastEmail
from core.model.enums import DocumentKind
from core.rules.delivery.external_email import DOCUMENT_TAG
from core.simulator.events import Delays, reports
from core.simulator.messages import read_headers
from core.simulator.outcomes import Behaviour, steps_for
from core.simulator.outcomes import MailboxBehaviour as Does
from core.simulator.state import Sent, SentMail

PAYMENT_PAGE: Final = "Outtray Pay <pay@outtray.example>"
_PACE: Final = Delays.paced(4)


def external_bodies(emails: Sequence[PastEmail], origin: SentMail) -> Iterator[str]:
    """Yield SES's reports about two emails: one with a tag, one with the number in its subject."""
    first, second = _quiet_moments(emails)[:2]
    yield from _told(*first, f"We received your payment of {first[0].number}", origin, tagged=True)
    yield from _told(*second, f"Pay invoice {second[0].number} online", origin, tagged=False)


def _quiet_moments(emails: Sequence[PastEmail]) -> list[tuple[Document, str, datetime]]:
    """Invoices in part paid, and a time between two emails that arrived: no latest one changes."""
    last: dict[str, PastEmail] = {}
    found: dict[str, tuple[Document, str, datetime]] = {}
    for email in emails:
        document, before = email.document, last.get(email.document.number)
        arrived = email.fate in (Fate.OPENED, Fate.DELIVERED, Fate.CLICKED)
        if (
            before
            and arrived
            and document.kind is DocumentKind.INVOICE
            and document.status == "PARTIAL"
        ):
            at = before.at + timedelta(days=2, minutes=17)
            if before.mailbox is email.mailbox and at < email.at:
                found[document.number] = (document, email.mailbox.address, at)
        last[document.number] = email
    return list(found.values())


def _told(
    document: Document, address: str, at: datetime, subject: str, origin: SentMail, *, tagged: bool
) -> Iterator[str]:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = PAYMENT_PAGE, address, subject
    message.set_content(f"{subject}\n")
    raw = message.as_bytes()
    sent = Sent(
        message_id=origin.new_id(at),
        at=at,
        source=PAYMENT_PAGE,
        source_arn=origin.arn("identity/outtray.example"),
        to=(address,),
        cc=(),
        bcc=(),
        tags=((DOCUMENT_TAG, document.number),) if tagged else (),
        configuration_set="outtray",
        operation="SendEmail",
        raw=raw,
        headers=read_headers(raw),
    )
    for report in reports(sent, steps_for(address, Behaviour(Does.SUCCESS)), origin, _PACE):
        yield report.text
