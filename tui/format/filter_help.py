"""What the search line of the documents understands, for the help screen; see docs/filters.md."""

from __future__ import annotations

from typing import Final

FILTERS: Final = (
    ("krajcik inv-00", "Words: in number, customer and last recipient. All must be found."),
    ("bounced late", ("States: bounced soft complained dropped failed, sent deferred "
     "delivered opened clicked, late stuck, needs-call snoozed attention, never-sent "
     "never-reached, queued sending unconfirmed. Several: any of them.")),
    ("balance>500", ("Also total and sends, with < <= = >= >. Amounts: 500, 1,000.50; each in the "
     "document's own currency.")),
    ("sent<7d", "Less than 7 days ago; sent>30d more than 30. h d w m y. Also issued<30d."),
    ("sent>=2026-11-01", "Since that day. Also 2026-11, 2026, today, yesterday, tomorrow."),
    ("due<today", "Was due before today; due<7d is due in less than 7 days, or was."),
    ("overdue", "Open invoices past their day; overdue>30d by more than 30 days."),
    ("invoice estimate", "Of that kind."),
    ("to:@acme.com", "The domain of the last recipient; to:anna@ the name, to:anna any part."),
    ("customer:\"J Doe\"", "A part of the name. number:INV-00 a part of the number."),
    ("status:open", "Begins so. Also by:anna (who sent the latest) and currency:EUR."),
    ("-opened", "A minus: everything else. Also -to:@acme.com."),
    ("\"late\"", "Quotes: a word that would be a filter, or words in a row."),
)  # fmt: skip
