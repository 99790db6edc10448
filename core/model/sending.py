"""Drafts, what the gate says about them, and what became of sending them."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from core.model.enums import DisplayStatus, EmailKind


class Weight(IntEnum):
    """How much a finding of the gate weighs."""

    NOTE = 0
    ASK = 1
    REFUSE = 2


@dataclass(frozen=True, slots=True)
class Finding:
    weight: Weight
    code: str
    """A stable word for scripts: ``suppressed``, ``document_paid`` …"""
    title: str
    detail: str = ""
    next: str = ""
    """What to do now, in plain words, with the key."""
    address: str = ""
    proposal: str = ""
    """The address that was probably meant instead."""


class MailRoute(StrEnum):
    """What the DNS says about mail to a domain."""

    OPEN = "open"
    NO_DOMAIN = "no domain"
    REFUSES = "refuses"
    """A null MX (RFC 7505): the domain takes no mail, and says so."""
    NOWHERE = "nowhere"
    """Neither a mail server (MX) nor an address record that could stand in for one."""
    UNKNOWN = "unknown"
    """Not asked, or nobody answered in time; that says nothing."""


MAY_DOUBLE: Final = "unconfirmed"
"""The code of the gate's question that only an explicit *again* answers."""


class Decision(StrEnum):
    ALLOW = "allow"
    ASK = "ask"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class Verdict:
    findings: tuple[Finding, ...] = ()
    """In the order of ``core.rules.gate.gate``."""

    @property
    def decision(self) -> Decision:
        worst = max((finding.weight for finding in self.findings), default=Weight.NOTE)
        return {
            Weight.NOTE: Decision.ALLOW,
            Weight.ASK: Decision.ASK,
            Weight.REFUSE: Decision.REFUSE,
        }[worst]

    @property
    def may_double(self) -> bool:
        """Whether an earlier email about the document waits, or may have left: *yes* is not enough.

        Who repeats a command does not know that; only who was told and says so may send again.
        """
        return any(f.code == MAY_DOUBLE and f.weight is Weight.ASK for f in self.findings)

    def is_answered(self, *, confirmed: bool, again: bool) -> bool:
        """Whether everything that the gate asks has its answer, and nothing is refused."""
        if self.decision is not Decision.ASK:
            return self.decision is Decision.ALLOW
        return confirmed and (again or not self.may_double)


@dataclass(frozen=True, slots=True)
class AttachedFile:
    """An attachment with its bytes, on its way into a message."""

    name: str
    content_type: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Draft:
    """What the compose dialog edits, and what the command line fills in."""

    document_id: int
    kind: EmailKind
    to: tuple[str, ...]
    subject: str
    body: str
    cc: tuple[str, ...] = ()
    bcc: tuple[str, ...] = ()
    attachments: tuple[AttachedFile, ...] = ()
    replaces: str | None = None
    """The failed address that the first *To* replaces."""
    reply_to: str = ""
    """Where answers go, with or without a name; empty: to the sender."""
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    expected_pdf: str = ""
    """The file name of the document's PDF, where one should go along."""


@dataclass(frozen=True, slots=True)
class RecipientOutcome:
    address: str
    status: DisplayStatus
    ses_message_id: str = ""
    error: str = ""
    is_recorded: bool = True
    """Whether the database could take what SES answered."""


@dataclass(frozen=True, slots=True)
class SendOutcome:
    """What became of one act of sending; ``email_id`` is ``None`` when the gate stopped it."""

    number: str
    email_id: int | None
    verdict: Verdict
    recipients: tuple[RecipientOutcome, ...] = ()


@dataclass(frozen=True, slots=True)
class AwsFound:
    """What boto3's own chain finds; empty where it finds nothing."""

    profile: str = ""
    region: str = ""
    credentials: str = ""
    """Where they come from, in boto3's word: ``env``, ``shared-credentials-file``, ``sso`` …"""
    profiles: tuple[str, ...] = ()
    problem: str = ""
