"""The words of Outtray: frozen values that cross every boundary.

Times are aware and in UTC; money is ``Decimal``. Nothing in here decides anything. A part is loaded
when its first word is asked for: making frozen classes takes a while, and the first screen needs
few of them.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from core.model.attention import AttentionChip, AttentionRow, Failure
    from core.model.bulk import BulkItem
    from core.model.chasing import Call, CallNeed, CallReason, Hold, HoldKind, Outcome
    from core.model.composing import (
        Change,
        Changes,
        Composition,
        FilePrint,
        KnownAddress,
        Preview,
        SavedDraft,
        Snapshot,
        TemplateReport,
        TestOutcome,
        Version,
    )
    from core.model.conditions import (
        Condition,
        Dated,
        Measure,
        Measures,
        Moment,
        NamedDay,
        Part,
        Period,
        Relation,
        Says,
        Span,
        Stands,
        Unit,
        When,
    )
    from core.model.corrections import (
        Correctable,
        Corrected,
        KeptCorrection,
        Origin,
        Proposal,
        Waiting,
    )
    from core.model.facts import (
        DeliveryState,
        DeliveryView,
        DocumentSummary,
        Effect,
        EmailSummary,
        Fact,
        Note,
    )
    from core.model.insights import (
        CauseCount,
        Day,
        DomainCount,
        FollowUps,
        Insights,
        Tally,
        TimeCount,
    )
    from core.model.log import (
        Attachment,
        Contact,
        CustomerHeader,
        DocumentLog,
        EmailEntry,
        Health,
        RecipientEntry,
    )
    from core.model.ordering import (
        MOST_ATTENTION,
        NEWEST_SENT,
        CustomerOrder,
        CustomerSort,
        DocumentOrder,
        DocumentSort,
    )
    from core.model.outbox import (
        BRAKE,
        Batch,
        Enqueued,
        LeftOut,
        OutboxEntry,
        OutboxHold,
        OutboxOverview,
        Progress,
        WorkReport,
    )
    from core.model.picking import Found
    from core.model.reports import ImportReport, IngestReport, QuarantinedBody, Rejection
    from core.model.rows import (
        Amount,
        Awaited,
        Chip,
        CustomerFilter,
        CustomerRow,
        DocumentFilter,
        DocumentRow,
        Late,
        Overview,
    )
    from core.model.sending import (
        AttachedFile,
        AwsFound,
        Decision,
        Draft,
        Finding,
        MailRoute,
        RecipientOutcome,
        SendOutcome,
        Verdict,
        Weight,
    )
    from core.model.suppressions import (
        AuditEntry,
        Cause,
        ListOutcome,
        ListPhase,
        ListState,
        Release,
        SuppressedAddress,
        Suppression,
        SuppressionChange,
        SuppressionChip,
        SuppressionDetails,
        SuppressionFilter,
    )
    from core.model.traffic import AccountNotice, FeedCause, FeedState, FeedStatus, NoticeKind
    from core.model.words import (
        EmailKind,
        Engagement,
        Kind,
        Role,
        Status,
        Word,
        address_key,
        domain_of,
    )

__all__ = [
    "BRAKE",
    "MOST_ATTENTION",
    "NEWEST_SENT",
    "AccountNotice",
    "Amount",
    "AttachedFile",
    "Attachment",
    "AttentionChip",
    "AttentionRow",
    "AuditEntry",
    "Awaited",
    "AwsFound",
    "Batch",
    "BulkItem",
    "Call",
    "CallNeed",
    "CallReason",
    "Cause",
    "CauseCount",
    "Change",
    "Changes",
    "Chip",
    "Composition",
    "Condition",
    "Contact",
    "Correctable",
    "Corrected",
    "CustomerFilter",
    "CustomerHeader",
    "CustomerOrder",
    "CustomerRow",
    "CustomerSort",
    "Dated",
    "Day",
    "Decision",
    "DeliveryState",
    "DeliveryView",
    "DocumentFilter",
    "DocumentLog",
    "DocumentOrder",
    "DocumentRow",
    "DocumentSort",
    "DocumentSummary",
    "DomainCount",
    "Draft",
    "Effect",
    "EmailEntry",
    "EmailKind",
    "EmailSummary",
    "Engagement",
    "Enqueued",
    "Fact",
    "Failure",
    "FeedCause",
    "FeedState",
    "FeedStatus",
    "FilePrint",
    "Finding",
    "FollowUps",
    "Found",
    "Health",
    "Hold",
    "HoldKind",
    "ImportReport",
    "IngestReport",
    "Insights",
    "KeptCorrection",
    "Kind",
    "KnownAddress",
    "Late",
    "LeftOut",
    "ListOutcome",
    "ListPhase",
    "ListState",
    "MailRoute",
    "Measure",
    "Measures",
    "Moment",
    "NamedDay",
    "Note",
    "NoticeKind",
    "Origin",
    "OutboxEntry",
    "OutboxHold",
    "OutboxOverview",
    "Outcome",
    "Overview",
    "Part",
    "Period",
    "Preview",
    "Progress",
    "Proposal",
    "QuarantinedBody",
    "RecipientEntry",
    "RecipientOutcome",
    "Rejection",
    "Relation",
    "Release",
    "Role",
    "SavedDraft",
    "Says",
    "SendOutcome",
    "Snapshot",
    "Span",
    "Stands",
    "Status",
    "SuppressedAddress",
    "Suppression",
    "SuppressionChange",
    "SuppressionChip",
    "SuppressionDetails",
    "SuppressionFilter",
    "Tally",
    "TemplateReport",
    "TestOutcome",
    "TimeCount",
    "Unit",
    "Verdict",
    "Version",
    "Waiting",
    "Weight",
    "When",
    "Word",
    "WorkReport",
    "address_key",
    "domain_of",
]

_HOMES: Final = {
    "attention": "AttentionChip AttentionRow Failure",
    "bulk": "BulkItem",
    "chasing": "Call CallNeed CallReason Hold HoldKind Outcome",
    "composing": (
        "Change Changes Composition FilePrint KnownAddress Preview SavedDraft Snapshot "
        "TemplateReport TestOutcome Version"
    ),
    "conditions": (
        "Condition Dated Measure Measures Moment NamedDay Part Period Relation Says Span Stands "
        "Unit When"
    ),
    "corrections": "Correctable Corrected KeptCorrection Origin Proposal Waiting",
    "facts": "DeliveryState DeliveryView DocumentSummary Effect EmailSummary Fact Note",
    "insights": "CauseCount Day DomainCount FollowUps Insights Tally TimeCount",
    "log": "Attachment Contact CustomerHeader DocumentLog EmailEntry Health RecipientEntry",
    "ordering": (
        "CustomerOrder CustomerSort DocumentOrder DocumentSort MOST_ATTENTION NEWEST_SENT"
    ),
    "outbox": (
        "BRAKE Batch Enqueued LeftOut OutboxEntry OutboxHold OutboxOverview Progress WorkReport"
    ),
    "picking": "Found",
    "reports": "ImportReport IngestReport QuarantinedBody Rejection",
    "rows": (
        "Amount Awaited Chip CustomerFilter CustomerRow DocumentFilter DocumentRow Late Overview"
    ),
    "sending": (
        "AttachedFile AwsFound Decision Draft Finding MailRoute RecipientOutcome SendOutcome "
        "Verdict Weight"
    ),
    "suppressions": (
        "AuditEntry Cause ListOutcome ListPhase ListState Release SuppressedAddress "
        "Suppression SuppressionChange SuppressionChip SuppressionDetails SuppressionFilter"
    ),
    "traffic": "AccountNotice FeedCause FeedState FeedStatus NoticeKind",
    "words": "EmailKind Engagement Kind Role Status Word address_key domain_of",
}
"""The part that each word is in; the imports above say the same to a type checker."""

_PART_OF: Final = {word: part for part, words in _HOMES.items() for word in words.split()}

if not TYPE_CHECKING:  # a checker knows the words by the imports above

    def __getattr__(name: str) -> object:
        part = _PART_OF.get(name)
        if part is None:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        words = vars(import_module(f"{__name__}.{part}"))
        globals().update({word: words[word] for word in _HOMES[part].split()})
        return globals()[name]
