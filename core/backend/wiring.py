"""Which part fulfils which port, each made when it is first needed.

boto3, the DNS library and whatever else is slow to import come with the part that needs them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from core.model.errors import SettingsError
from core.services.lists import Customers, Documents

if TYPE_CHECKING:
    from core.aws.clients import Clients
    from core.backend.sending_wiring import SendingParts
    from core.db.engine import Database
    from core.model.history import Contact
    from core.model.ports import (
        Account,
        Clock,
        Feed,
        Mailer,
        MailRoutes,
        SuppressionBook,
        SuppressionList,
    )
    from core.rules.delivery.external_email import NumberSearch
    from core.services.chasing import Attention, Chasing
    from core.services.corrections import Correcting
    from core.services.delivery_latency import Paces
    from core.services.feed.quarantine import Quarantine
    from core.services.linking import Linking
    from core.services.lists import Preferences
    from core.services.monitoring import Counting, IncidentWatch
    from core.services.sending.drafts_editing import Composing
    from core.services.suppressions.lists import Suppressions
    from core.services.suppressions.ses_list_cache import SesListCache
    from core.settings.loading import Settings


class Parts:
    """Wires one database and one AWS account; what is given takes the place of the real part."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        clock: Clock,
        *,
        mailer: Mailer | None = None,
        suppression_list: SuppressionList | None = None,
        suppression_book: SuppressionBook | None = None,
        feed: Feed | None = None,
        account: Account | None = None,
        routes: MailRoutes | None = None,
    ) -> None:
        self._settings = settings
        self._database = database
        self._clock = clock
        self._mailer = mailer
        self._suppression_list, self._suppression_book = suppression_list, suppression_book
        self._feed = feed
        self._account = account
        self._routes = routes

    def close(self) -> None:
        """Stop what runs; what was never made stays unmade."""
        if "sending_parts" in vars(self):  # something may have been sent
            self.sending_parts.close()

    @cached_property
    def clients(self) -> Clients:
        from core.aws.clients import Clients

        return Clients()

    @cached_property
    def paces(self) -> Paces:
        from core.services.delivery_latency import Paces

        return Paces(self._database, self._clock)

    @cached_property
    def incident_watch(self) -> IncidentWatch:
        from core.services.monitoring import IncidentWatch

        return IncidentWatch(self._database, self._clock, self.paces)

    @cached_property
    def routes(self) -> MailRoutes | None:
        from core.mail.mx_lookup import DnsRoutes

        return self._routes or (DnsRoutes() if self._settings.check_mx else None)

    @cached_property
    def feed(self) -> Feed:
        """Where SES's reports come from; raises ``SettingsError`` where no queue is named."""
        from core.aws.queue import SqsFeed

        if self._feed is not None:
            return self._feed
        if not self._settings.queue_url:
            raise SettingsError(
                "No queue is configured, so SES's reports cannot be read.",
                "Set OUTTRAY_QUEUE_URL, or feed.queue_url in the settings file.",
            )
        return SqsFeed(self.clients, self._settings.queue_url)

    @cached_property
    def number_search(self) -> NumberSearch | None:
        """The office's own pattern for numbers in subjects; ``None``: every document's number."""
        from core.settings.number_search import NumberSearch

        pattern = self._settings.number_pattern
        return NumberSearch(pattern) if pattern else None

    @cached_property
    def sending_parts(self) -> SendingParts:
        from core.backend.sending_wiring import SendingParts
        from core.model.ports import NothingKnown

        given = self._suppression_list
        return SendingParts(
            self._database,
            self._settings,
            self.clients,
            self._clock,
            self.incident_watch.of,
            suppressions=given or self.ses_list_cache,
            known=NothingKnown() if given else self.ses_list_cache,
            mailer=self._mailer,
            account=self._account,
            routes=self.routes,
        )

    @cached_property
    def ses_list_cache(self) -> SesListCache:
        """SES's suppression list in memory; nothing is asked before somebody wants it read."""
        from core.services.suppressions.ses_list_cache import SesListCache

        return SesListCache(self._open_book, self._clock, self._settings.configuration_set)

    def _open_book(self) -> SuppressionBook:
        from core.aws.suppression_list import SesSuppressionList

        return self._suppression_book or SesSuppressionList(self.clients)

    @cached_property
    def suppressions(self) -> Suppressions:
        from core.services.suppressions.changes import ListChanges
        from core.services.suppressions.lists import Suppressions

        kept = self.ses_list_cache
        changes = ListChanges(self._database, kept, self._clock, self._settings.operator)
        return Suppressions(
            self._database, kept, self._clock, changes, self.incident_watch.of, self.routes
        )


class Services:
    """The services that the front door exposes, each made when it is first needed."""

    settings: Settings
    _database: Database
    _clock: Clock
    _parts: Parts

    def _on_lists(self, contacts: Sequence[Contact]) -> tuple[Contact, ...]:
        from core.services.suppressions.lists import on_lists

        return on_lists(self._database.reader, self._parts.ses_list_cache, contacts)

    @cached_property
    def customers(self) -> Customers:
        """Customers, looked at."""
        return Customers(self._database, self._clock, self._on_lists)

    @cached_property
    def documents(self) -> Documents:
        """Documents, looked at."""
        parts = self._parts
        return Documents(
            self._database, self._clock, lambda: parts.paces, lambda: parts.incident_watch
        )

    @cached_property
    def quarantine(self) -> Quarantine:
        """Reports that could not be read."""
        from core.services.feed.quarantine import Quarantine

        search = self._parts.number_search
        return Quarantine(self._database, self._clock, self.settings.operator, search)

    @cached_property
    def linking(self) -> Linking:
        """Emails of other programs, and the documents they are about."""
        from core.services.linking import Linking

        operator = self.settings.operator
        return Linking(self._database, self._clock, operator, self._parts.number_search)

    @cached_property
    def chasing(self) -> Chasing:
        """Snoozes, promises and phone calls."""
        from core.services.chasing import Chasing

        quiet = timedelta(days=self.settings.call_quiet_days)
        return Chasing(self._database, self._clock, self.settings.operator, quiet)

    @cached_property
    def attention(self) -> Attention:
        """Unresolved failures over all customers, the most urgent first."""
        from core.services.chasing import Attention

        return Attention(self._database, self._clock, self.settings.operator, self._parts.paces)

    @cached_property
    def preferences(self) -> Preferences:
        """What screens remember for this operator."""
        from core.services.lists import Preferences

        return Preferences(self._database, self.settings.operator)

    @cached_property
    def insights(self) -> Counting:
        """How sending went over the last days."""
        from core.services.monitoring import Counting

        return Counting(self._database, self._clock)

    @cached_property
    def composing(self) -> Composing:
        """What a person does while writing: drafts, previews, tests, attachments, templates."""
        from core.mail.templates.wording import Office
        from core.services.sending.drafts_editing import Composing

        settings = self.settings
        office = Office(
            settings.operator,
            settings.sender,
            settings.language,
            settings.templates,
            settings.reply_to,
        )
        return Composing(
            self._database, lambda: self._parts.sending_parts.dispatch, office, self._clock
        )

    @cached_property
    def correcting(self) -> Correcting:
        """Correct an address, and send again what failed on it."""
        from core.services.corrections import Correcting

        return Correcting(
            self._database, self._parts.sending_parts.dispatch, self._clock, self.settings.operator
        )
