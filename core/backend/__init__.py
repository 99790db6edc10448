"""The front door: wires the parts. All that ``tui`` calls.

Nothing slow is imported or opened before it is needed: the first rows of a SQLite database come
through the driver alone, SQLAlchemy with the first change, boto3 with the first call to AWS.
Every method may raise ``core.model.errors.OuttrayError``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from core.backend.wiring import Parts, Services
from core.db.engine import Database
from core.db.lists import documents
from core.db.migrations import runner
from core.model.errors import OuttrayError
from core.services.feed.feed_monitor import FeedWatch

if TYPE_CHECKING:
    from core.db.engine import Reader
    from core.model.database import DatabaseLook
    from core.model.delivery import DeliveryEvent
    from core.model.documents import Overview
    from core.model.email import Composition, Draft, SendOutcome, Verdict
    from core.model.enums import EmailKind
    from core.model.feed import FeedStatus
    from core.model.integrity import CheckReport, DatabaseCopy, Restorable, Restored
    from core.model.ports import (
        Account,
        Clock,
        Feed,
        Mailer,
        MailRoutes,
        SuppressionBook,
        SuppressionList,
    )
    from core.model.reports import Exported, ImportReport, IngestReport
    from core.model.suppressions import ListState
    from core.rules.doctor.aws_plan import Names, SetUp
    from core.rules.doctor.checks import Check
    from core.rules.monitoring.incidents import Trouble
    from core.services.importing import FailedImport, Progress
    from core.services.sending.outbox import Bulk, Outbox
    from core.services.suppressions.lists import Suppressions
    from core.settings.loading import Settings


def _now() -> datetime:
    return datetime.now(UTC)


class Backend(Services):
    """One database and one AWS account, as the settings name them."""

    def __init__(
        self,
        settings: Settings,
        *,
        clock: Clock = _now,
        mailer: Mailer | None = None,
        suppression_list: SuppressionList | None = None,
        suppression_book: SuppressionBook | None = None,
        feed: Feed | None = None,
        account: Account | None = None,
        routes: MailRoutes | None = None,
        tell: Callable[[str], object] | None = None,
    ) -> None:
        """``tell`` hears what a change waits for, where a command waits for it."""
        self.settings = settings
        self._clock = clock
        self._database = Database(settings.database_url, tell)
        self._parts = Parts(
            settings,
            self._database,
            clock,
            mailer=mailer,
            suppression_list=suppression_list,
            suppression_book=suppression_book,
            feed=feed,
            account=account,
            routes=routes,
        )
        self._watch = FeedWatch(clock, is_configured=bool(settings.queue_url) or feed is not None)

    def open(self, progress: Callable[[str, int, int], None] = lambda *_: None) -> None:
        """Create the database or bring it up to date; ``progress`` is told how far that is.

        Raises:
            DatabaseVersionError: it is newer than this program, or not Outtray's.
        """
        runner.prepare(self._database, _facts_in, progress)

    def leave(self) -> None:
        """Let nothing wait any more for a look at the database after a crash; it fails in words."""
        self._database.leave()

    def close(self) -> None:
        self.leave()
        self._parts.close()
        self._database.close()

    def database_look(self) -> DatabaseLook | None:
        """Return how far the database is looked at after a crash, or what is damaged; light.

        The first call begins to look where that is needed.
        """
        admission = self._database.admission
        if admission is None:
            return None
        admission.look_ahead()
        return admission.look()

    def when_a_change_waits(self, call: Callable[[], object]) -> None:
        """Have ``call`` called, on its own thread, by every change that waits for such a look."""
        if self._database.admission is not None:
            self._database.admission.waits = call

    # ----------------------------------------------------------------- looking

    @property
    def _reader(self) -> Reader:
        return self._database.reader

    def overview(self) -> Overview:
        return documents.overview(self._reader, self._clock())

    def revision(self) -> int:
        """Return a number that changes when any program has changed the database."""
        return documents.revision(self._reader)

    def trouble(self) -> Trouble:
        """Return what goes wrong at this moment beyond single emails; kept for about a minute."""
        return self._parts.incident_watch.trouble()

    # ----------------------------------------------------------------- sending

    def outbox_waiting(self) -> int:
        """Count what waits to be sent or is being handed over; light enough for every second."""
        from core.db.reads import outbox as outbox_lists

        return outbox_lists.count_waiting(self._reader)

    @property
    def outbox(self) -> Outbox:
        """What waits to be sent: put into it, worked, looked at, and decided about."""
        return self._parts.sending_parts.outbox

    @property
    def suppressions(self) -> Suppressions:
        """Both suppression lists as one."""
        return self._parts.suppressions

    def read_suppressions(self) -> ListState:
        """Keep the copy of SES's list fresh, for whoever has set SES up; raises nothing."""
        is_set_up = bool(self.settings.sender or self.settings.configuration_set)
        return (
            self._parts.ses_list_cache.refresh() if is_set_up else self._parts.ses_list_cache.state
        )

    def compose(self, kind: EmailKind, document_id: int) -> Composition:
        """Return a draft with everything filled in; what was never sent becomes an original."""
        made = self.composing.compose(kind, document_id)
        return replace(made, contacts=self._on_lists(made.contacts))

    def check(self, draft: Draft) -> Verdict:
        """Ask the gate; SES's suppression list is asked live."""
        return self._parts.sending_parts.dispatch.check(draft)

    def send(self, draft: Draft, confirmed: bool, again: bool = False) -> SendOutcome:
        """Send once, if the gate lets it; see ``Dispatch.send`` for what the answers mean."""
        return self._parts.sending_parts.dispatch.send(draft, confirmed=confirmed, again=again)

    def bulk(self, kind: EmailKind) -> Bulk:
        """Begin one act about many documents: judge them, choose, send."""
        from core.services.sending.outbox import Bulk

        outbox = self.outbox
        return Bulk(
            kind,
            self.compose,
            outbox.approve,
            lambda some: outbox.enqueue(some, confirmed=True, again=True),
        )

    def recover(self) -> int:
        """Close what stopped programs were sending; return how many deliveries that were."""
        return self._parts.sending_parts.dispatch.recover()

    # ----------------------------------------------------------------- feed

    def pull(self, wait_seconds: int) -> IngestReport:
        """Take one batch from the queue: one long poll of up to 20 seconds, and its commit."""
        from core.services.feed import ingest

        try:
            self._database.await_admission()  # what the queue gives has to be stored at once
        except OuttrayError as error:
            self._watch.failed(error)
            raise
        if not self._watch.is_answering:
            wait_seconds = min(wait_seconds, 1)  # say soon whether the feed lives
        self._watch.asks()
        try:
            report = ingest.pull(
                self._database,
                self._parts.feed,
                self._clock,
                wait_seconds,
                self._parts.number_search,
            )
        except Exception as error:
            ours = error if isinstance(error, OuttrayError) else None
            self._watch.failed(ours or OuttrayError(f"Outtray failed: {error!r}."))
            raise
        self._watch.answered()
        self._watch.count(self._parts.feed)
        return report

    def load_events(self, path: Path) -> IngestReport:
        """Store the facts in a file of any envelope."""
        from core.services.feed import ingest

        return ingest.load(self._database, path, self._clock, self._parts.number_search)

    def feed_status(self) -> FeedStatus:
        """Return how the feed of this program fares, and when the newest fact was stored."""
        return self._watch.status(self._reader)

    def examine(self) -> tuple[Check, ...]:
        """Look at every leg between an email and its status; changes nothing, raises nothing."""
        from core.aws.inspector import AwsInspector
        from core.services import doctor

        return doctor.examine(
            self.settings, self._database, AwsInspector(self._parts.clients), self._clock
        )

    def set_up(self, names: Names, *, apply: bool) -> SetUp:
        """Say what the way from SES to the queue lacks, or make it; raises ``ServiceError``."""
        from core.aws.provisioning import AwsSetup
        from core.services import doctor

        act = doctor.apply if apply else doctor.survey
        return act(names, AwsSetup(self._parts.clients))

    def export_evidence(
        self, document_id: int, to: Path | None = None, progress: Progress | None = None
    ) -> Exported:
        """Write everything about a document's emails into a new folder or zip file."""
        from core.services import evidence

        return evidence.export(self._reader, document_id, to, progress)

    # ----------------------------------------------------------------- upkeep

    def import_files(
        self, paths: Sequence[Path], *, dry_run: bool = False, progress: Progress | None = None
    ) -> list[ImportReport | FailedImport]:
        """Import accounting exports; customers before documents, one transaction a file."""
        from core.services import importing

        return importing.import_files(
            self._database,
            paths,
            dry_run=dry_run,
            progress=progress,
            search=self._parts.number_search,
        )

    def database_version(self) -> str | None:
        return runner.version(self._database)

    def check_summaries(self, progress: Callable[[str, int], object] | None = None) -> CheckReport:
        """Look for damage in every table; nothing is changed."""
        from core.services import integrity_check

        return integrity_check.check(self._database, progress)

    def mend(self, progress: Callable[[str, int], object] | None = None) -> CheckReport:
        """The same, and put right what can be worked out; a SQLite file is copied first."""
        from core.services import integrity_check

        return integrity_check.mend(self._database, self._clock(), progress)

    def backup(self, target: Path) -> DatabaseCopy:
        """Copy the SQLite database while it is in use, and verify the copy."""
        from core.db.sqlite import copies

        return copies.backup(self._database, target)

    def restore(self, file: Path, agree: Callable[[Restorable], object]) -> Restored:
        """Put a copy back, in a program that has not opened the database; ``agree`` may raise."""
        from core.db import restoring

        return restoring.restore(
            self._database, file, self.settings.operator, self._clock(), agree, _facts_in
        )


def _facts_in(body: str) -> tuple[DeliveryEvent, ...]:
    """What a kept report says; imported here because only an upgrade asks."""
    from core.aws.events.parser import parse_all

    return tuple(fact for part in parse_all(body) for fact in part.facts)
