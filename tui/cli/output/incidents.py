"""``outtray trouble``: providers that turn us away, and our own reputation."""

from __future__ import annotations

import sys
from argparse import Namespace
from datetime import UTC, datetime

from core.backend import Backend
from core.model.feed import AccountNotice
from core.rules.monitoring.account_notices import headline as notice_words
from core.rules.monitoring.incidents import (
    ProviderTrouble,
    Reputation,
    extent,
    headline,
    reputation_words,
)
from tui.cli.output import text
from tui.cli.output.text import say
from tui.format import records
from tui.format.text import cell
from tui.runtime.exit_codes import DONE


def run(options: Namespace, backend: Backend) -> int:
    """Print what goes wrong now; that something does is no failure of the command."""
    found = backend.trouble()
    now = datetime.now(UTC)
    if options.json:
        answer = {
            "providers": [_provider(each, now) for each in found.providers],
            "reputation": _reputation(found.reputation),
            "notices": [_notice(each, now) for each in found.notices],
        }
        sys.stdout.write(text.as_json(answer, indent=2) + "\n")
        return DONE
    lines = [f"{cell(notice_words(notice, now))}." for notice in found.notices]
    lines += [f"{cell(headline(t, now))}; do not resend ({extent(t)})." for t in found.providers]
    words = reputation_words(found.reputation)
    lines += [f"{said[0].upper()}{said[1:]}." for said in words]
    for line in lines:
        sys.stdout.write(line + "\n")
    if not lines:
        say("No trouble is known.")
    return DONE


def _provider(trouble: ProviderTrouble, now: datetime) -> records.Json:
    return {
        "provider": trouble.provider,
        "since": records.instant(trouble.since),
        "deferred": trouble.deferred,
        "bounced": trouble.bounced,
        "customers": trouble.customers,
        "deliveries": trouble.deliveries,
        "blames_us": trouble.blames_us,
        "text": headline(trouble, now),
    }


def _notice(notice: AccountNotice, now: datetime) -> records.Json:
    return {
        "kind": notice.kind.value,
        "subject": notice.subject,
        "since": records.instant(notice.at),
        "words": notice.words,
        "text": notice_words(notice, now),
    }


def _reputation(known: Reputation) -> records.Json:
    return {
        "sent": known.sent,
        "bounced": known.bounced,
        "complained": known.complained,
        "bounce_rate": round(known.bounce_rate, 6),
        "complaint_rate": round(known.complaint_rate, 6),
        "warnings": list(reputation_words(known)),
    }
