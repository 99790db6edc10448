"""EventBridge's words about the account, read leniently. Pure.

The shape is that of the guide's page on tenants and of the EventBridge reference: ``resources``
says whom it concerns, ``detail.data`` what for, ``time`` when.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from core.aws.events.fields import instant, text
from core.model.feed import AccountNotice, NoticeKind
from core.rules.monitoring.account_notices import ACCOUNT

#: detail-type in small letters → what it says. Its end is *Resolved* or *Closed*, by the page.
_SAYS: Final = {
    "sending status disabled": (NoticeKind.SENDING, True),
    "sending status enabled": (NoticeKind.SENDING, False),
    "advisor recommendation status open": (NoticeKind.ADVICE, True),
    "advisor recommendation status resolved": (NoticeKind.ADVICE, False),
    "advisor recommendation status closed": (NoticeKind.ADVICE, False),
}
#: Part of an ARN → how it is called, the narrowest first.
_SUBJECTS: Final = (
    ("tenant", "tenant"),
    ("configuration-set", "configuration set"),
    ("identity", "identity"),
)


def is_one(content: object) -> bool:
    """Whether a message is about sending itself."""
    return (
        isinstance(content, dict)
        and content.get("source") == "aws.ses"
        and text(content.get("detail-type")).lower() in _SAYS
    )


def read(content: object) -> AccountNotice | None:
    """Return what ``is_one`` has found; ``None`` where it says not when."""
    if not isinstance(content, dict):
        return None
    at = instant(content.get("time"))
    if at is None:
        return None
    kind, is_open = _SAYS[text(content.get("detail-type")).lower()]
    detail = content.get("detail")
    found: dict[str, object] = detail if isinstance(detail, dict) else {}
    subject = _subject(content.get("resources"))
    if kind is NoticeKind.ADVICE:
        about = _first(found, ("metadata", "type"), ("data", "type"), ("type",)).lower()
        subject = f"{subject} ({about})" if about else subject
    words = _first(
        found,
        ("data", "record", "cause"),
        ("data", "cause"),
        ("data", "description"),
        ("data",),
        ("cause",),
    )
    return AccountNotice(kind, subject, at, is_open=is_open, words=words)


def _subject(resources: object) -> str:
    arns = [text(arn) for arn in resources] if isinstance(resources, list) else [text(resources)]
    for part, name in _SUBJECTS:
        for found in _named(arns, part):
            return f"{name} {found}"
    return ACCOUNT


def _named(arns: list[str], part: str) -> Iterator[str]:
    """``acme`` of ``arn:aws:ses:eu-west-1:123456789012:tenant/acme/tn-1``."""
    for arn in arns:
        pieces = arn.rpartition(":")[2].split("/")
        if len(pieces) > 1 and pieces[0] == part and pieces[1]:
            yield pieces[1]


def _first(detail: dict[str, object], *paths: tuple[str, ...]) -> str:
    for path in paths:
        value: object = detail
        for key in path:
            value = value.get(key) if isinstance(value, dict) else None
        if found := text(value):
            return found.rstrip(".")
    return ""
