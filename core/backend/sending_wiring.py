"""Wires the parts of sending: one gate, one way to SES and one allowance for the whole program."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final

from core.db.engine import Database
from core.model.ports import Account, Clock, KnownEntries, Mailer, MailRoutes, SuppressionList
from core.rules.sending.brake import Pauses
from core.services.sending.dispatch import Dispatch, program_name
from core.services.sending.gate_facts import Troubles
from core.services.sending.outbox import Outbox
from core.services.sending.outbox_worker import Worker
from core.services.sending.rate_limiter import Allowance
from core.services.sending.ses_handover import SesSender
from core.services.sending.suppression_recheck import Recheck
from core.settings.loading import Settings

if TYPE_CHECKING:
    from core.aws.clients import Clients


_RECORDS_WITHIN: Final = 1.0
"""Seconds that leaving tries once more to write what SES answered."""


class SendingParts:
    """What is ``None`` is SES's own, as ``clients`` reach it."""

    def __init__(
        self,
        database: Database,
        settings: Settings,
        clients: Clients,
        clock: Clock,
        troubles: Troubles,
        *,
        suppressions: SuppressionList,
        known: KnownEntries,
        mailer: Mailer | None = None,
        account: Account | None = None,
        routes: MailRoutes | None = None,
    ) -> None:
        from core.aws.mailer import SesAccount, SesMailer

        self._database, self._settings, self._clock = database, settings, clock
        self._troubles, self._routes = troubles, routes
        self._suppressions, self._known = suppressions, known
        self._ses_sender = SesSender(
            database=database,
            mailer=mailer or SesMailer(clients),
            clock=clock,
            configuration_set=settings.configuration_set,
            allowance=Allowance(account or SesAccount(clients), clock),
            lease_length=settings.lease,
            recheck=Recheck(database, suppressions),
            pauses=Pauses.of(settings.minute),
        )

    @cached_property
    def dispatch(self) -> Dispatch:
        return Dispatch(
            database=self._database,
            suppression_list=self._suppressions,
            clock=self._clock,
            sender=self._settings.sender,
            operator=self._settings.operator,
            ses_sender=self._ses_sender,
            troubles=self._troubles,
            routes=self._routes,
            known=self._known,
        )

    @cached_property
    def outbox(self) -> Outbox:
        worker = Worker(self._database, self._ses_sender, self._clock, program_name())
        return Outbox(self._database, self.dispatch, worker, self._clock, self._settings.operator)

    def close(self) -> None:
        """Take nothing more; wait a little for the answers to what is being called."""
        if "outbox" in vars(self):  # made: it may be at work in another thread
            self.outbox.leave()
        self._ses_sender.records.close(_RECORDS_WITHIN)
