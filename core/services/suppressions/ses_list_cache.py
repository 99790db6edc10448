"""SES's suppression list kept in memory, so that a look-up takes no call and ignores case.

One copy per program, read in the background and again when it is older than some minutes. What the
copy says is confirmed with SES before anything is decided by it.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from core.logs.setup import logged
from core.model.enums import address_key
from core.model.errors import CredentialsError, ServiceError, ThrottledError, UnreachableError
from core.model.ports import Clock, EffectiveReasons, ListPage, SuppressionBook
from core.model.suppressions import ListPhase, ListState, Suppression

_log: Final = logging.getLogger(__name__)

FRESH: Final = timedelta(minutes=5)
MOST_ENTRIES: Final = 100_000
"""Some tens of megabytes. What is beyond it is found by exact spelling only."""
#: The hints of the others are about calls that change something.
_SAYS_WHAT_TO_DO: Final = (CredentialsError, UnreachableError)
_NOT_READ: Final = "SES's suppression list could not be read"
_RETRY: Final = timedelta(minutes=1)
_THROTTLE_PAUSES: Final = (1.0, 2.0, 4.0, 8.0)
_PATIENCE_SECONDS: Final = 3.0
_FIRST_READING_SECONDS: Final = 300.0
"""How long the outbox waits for a long list to be read once: a thousand entries a second."""
UP_TO_DATE: Final = timedelta(minutes=1)
"""How old the copy may be where something is sent by it, and an answer about one address."""
_CLOCKS_DIFFER: Final = timedelta(minutes=10)
_MANY_ANSWERS: Final = 10_000


class SesListCache:
    """Implements ``ports.SuppressionList`` and ``ports.KnownEntries``; safe for several threads."""

    def __init__(
        self,
        book: Callable[[], SuppressionBook],
        clock: Clock,
        configuration_set: str = "",
        *,
        pause: Callable[[float], None] = time.sleep,
        most: int = MOST_ENTRIES,
        patience: float = _PATIENCE_SECONDS,
        first_reading: float = _FIRST_READING_SECONDS,
    ) -> None:
        self._clock, self._pause = clock, pause
        self.book = book
        self._configuration_set = configuration_set
        self._most, self._patience, self._first_reading = most, patience, first_reading
        self._lock = threading.Lock()
        self._reading = threading.Lock()
        self._updating = threading.Lock()
        self._read_once = threading.Event()
        self._entries: dict[str, list[Suppression]] = {}
        self._changes: dict[str, Suppression | None] = {}
        self._state = ListState()
        self._asked_at: datetime | None = None
        self._error: ServiceError | None = None
        self._complete_at: datetime | None = None
        """Every entry that SES had at this time is in the copy."""
        self._clean: dict[str, datetime] = {}
        """``address_key`` → when SES said last that nothing stops it."""
        self._effective: tuple[datetime, EffectiveReasons | None] | None = None

    # ----------------------------------------------------------------- what is known

    @property
    def state(self) -> ListState:
        return self._state

    def entries(self) -> tuple[Suppression, ...]:
        """Return all that is in memory, while the list is being read what came so far."""
        with self._lock:
            return tuple(self._judged(e) for several in self._entries.values() for e in several)

    def stored(self, address: str) -> tuple[Suppression, ...]:
        """See ``ports.KnownEntries``."""
        with self._lock:
            found = tuple(self._entries.get(address_key(address), ()))
        return tuple(map(self._judged, found))

    def problem(self) -> str:
        """See ``ports.KnownEntries``."""
        state = self._state
        if state.phase is ListPhase.FAILED and state.read_at is None:
            return state.problem
        if state.read_at is None:
            return "The list is still being read."
        return f"Only the first {self._most:,} entries are known." if state.is_cut else ""

    def remember(self, entry: Suppression) -> None:
        """Take note of an entry that was made."""
        self._change(entry.address, entry)

    def forget(self, address: str) -> None:
        """Take note that the entry in exactly this spelling is gone."""
        self._change(address, None)

    def _change(self, address: str, entry: Suppression | None) -> None:
        with self._lock:
            self._changes[address] = entry
            self._apply(address, entry)
            self._state = replace(self._state, count=self._count(), version=self._state.version + 1)

    def _apply(self, address: str, entry: Suppression | None) -> None:
        key = address_key(address)
        kept = [each for each in self._entries.get(key, ()) if each.address != address]
        kept += [entry] if entry is not None else []
        if kept:
            self._entries[key] = kept
        else:
            self._entries.pop(key, None)

    def _count(self) -> int:
        return sum(map(len, self._entries.values()))

    # ----------------------------------------------------------------- asking

    def look_up(self, address: str) -> Suppression | None:
        """Ask SES for ``address`` in every case it may be stored in.

        Waits a few seconds for the copy where it is not there yet. An entry whose reason stops
        nothing says so in ``ignored_by``.
        """
        key, now = address_key(address), self._clock()
        self._clean.pop(key, None)
        ignored: Suppression | None = None
        asked: set[str] = set()
        for spelling in self._spellings(address):
            if spelling not in asked:
                asked.add(spelling)
                found = self._live(spelling)
                if found is not None and not (found := self.judged(found)).ignored_by:
                    return found
                ignored = ignored or found
        if len(self._clean) >= _MANY_ANSWERS:
            self._clean = {k: at for k, at in self._clean.items() if now - at < UP_TO_DATE}
        self._clean[key] = now
        return ignored

    def listed(self, address: str) -> tuple[Suppression, ...]:
        """See ``ports.SuppressionList``."""
        asked = self._clean.get(address_key(address))
        if not self._is_new(asked):
            self._bring_up_to_date()
        return tuple(map(self.judged, self.stored(address)))

    def _is_new(self, at: datetime | None) -> bool:
        return at is not None and timedelta(0) <= self._clock() - at < UP_TO_DATE

    def _bring_up_to_date(self) -> None:
        """Ask for what is newer than the copy, once a minute; the first time wait for the copy.

        Raises:
            ServiceError: it is not up to date, and why.
        """
        with self._updating:
            if self._is_new(self._complete_at):
                return
            self.begin()
            if self._complete_at is None:
                self._read_once.wait(self._first_reading)
                if self._complete_at is None:
                    raise self._error or UnreachableError(
                        "SES's suppression list is still being read.", "It goes on when it is read."
                    )
                if self._is_new(self._complete_at):
                    return
            now = self._clock()
            self.since(self._complete_at - _CLOCKS_DIFFER)
            self._complete_at = max(now, self._complete_at)

    def every(self, spellings: Iterable[str]) -> tuple[list[Suppression], ServiceError | None]:
        """Ask SES for ``spellings`` and what the copy adds; return what came before an error."""
        found: dict[str, Suppression] = {}
        asked: set[str] = set()
        try:
            for typed in spellings:
                for spelling in self._spellings(typed):
                    if spelling not in asked:
                        asked.add(spelling)
                        entry = self._live(spelling)
                        if entry is not None:
                            found[entry.address] = self.judged(entry)
        except ServiceError as error:
            return list(found.values()), error
        return list(found.values()), None

    def since(self, at: datetime) -> tuple[Suppression, ...]:
        """Ask SES what was added since then; the copy learns from the answer, too."""
        added = self.book().since(at)
        for entry in added:
            known = {each.address: each for each in self.stored(entry.address)}
            if entry.address not in known or known[entry.address].reason != entry.reason:
                self.remember(entry)
        return tuple(map(self.judged, added))

    def _live(self, spelling: str) -> Suppression | None:
        """Ask SES for exactly this spelling, and let the copy learn from the answer."""
        entry = self.book().get(spelling)
        known = {each.address: each for each in self.stored(spelling)}
        if entry is not None and entry.address not in known:
            self.remember(entry)
        elif entry is None and spelling in known:
            self.forget(spelling)
        return entry

    def _spellings(self, address: str) -> Iterator[str]:
        """As typed, in lower case, and only then as the copy has it, which may take a moment."""
        yield address.strip()
        yield address.strip().lower()
        self.wait()
        yield from (entry.address for entry in self.stored(address))

    def wait(self) -> None:
        """Have the copy read if it is old or missing; wait only where there is none at all."""
        self.begin()
        self._read_once.wait(self._patience)

    def begin(self) -> None:
        """Read in the background, unless the copy is fresh or on its way."""
        if self._is_old():
            threading.Thread(target=self.refresh, name="outtray-seslist", daemon=True).start()

    def refresh(self, *, force: bool = False) -> ListState:
        """Read the whole list, unless the copy is fresh; never raises: the state says it."""
        with self._reading:
            if force or self._is_old():
                self._asked_at = self._clock()
                try:
                    self._read()
                except ServiceError as error:
                    if self._state.phase is not ListPhase.FAILED:  # once, not every minute
                        _log.warning(_NOT_READ, exc_info=error)
                    self._error = error
                    self._told(ListPhase.FAILED, error)
                except Exception as error:  # noqa: BLE001 - a thread's border
                    _log.error(_NOT_READ, exc_info=error)
                    self._error = ServiceError(f"SES's list: {error!r}.")
                    self._told(ListPhase.FAILED, self._error)
                finally:
                    self._read_once.set()
            return self._state

    def _is_old(self) -> bool:
        asked = self._asked_at
        kept = _RETRY if self._state.phase is ListPhase.FAILED else FRESH
        return asked is None or not timedelta(0) <= self._clock() - asked < kept

    def _told(self, phase: ListPhase, error: ServiceError) -> None:
        with self._lock:
            hint = error.hint if isinstance(error, _SAYS_WHAT_TO_DO) else "Wait a moment."
            state = replace(self._state, phase=phase, problem=error.title, hint=hint)
            self._state = replace(state, count=self._count(), version=state.version + 1)

    def _read(self) -> None:
        read: dict[str, list[Suppression]] = {}
        with self._lock:
            self._changes = {}
            if self._state.read_at is None:
                self._entries = read  # shown while it grows
            self._state = replace(self._state, phase=ListPhase.READING, count=0, problem="")
        self._ask_reasons()
        began, token, count, is_cut = self._clock(), "", 0, False
        while not is_cut:
            page = self._page(token)
            is_cut = count + len(page.entries) > self._most
            kept = page.entries[: self._most - count]
            count += len(kept)
            with self._lock:
                for entry in kept:
                    read.setdefault(address_key(entry.address), []).append(entry)
                version = self._state.version + 1
                self._state = replace(self._state, count=count, version=version)
            token = page.next_token
            if not token:
                break
        self._finish(read, is_cut)
        self._complete_at = max(began, self._complete_at or began)

    def _page(self, token: str) -> ListPage:
        """Ask for a page; SES may want a pause first (it allows about one call a second)."""
        for pause in _THROTTLE_PAUSES:
            try:
                return self.book().page(token)
            except ThrottledError:
                self._pause(pause)
        return self.book().page(token)

    def _finish(self, read: dict[str, list[Suppression]], is_cut: bool) -> None:
        with self._lock:
            self._entries = read
            for address, entry in self._changes.items():  # made while it was being read
                self._apply(address, entry)
            self._state = ListState(
                ListPhase.READY,
                self._count(),
                self._clock(),
                is_cut,
                version=self._state.version + 1,
            )

    # ----------------------------------------------------------------- what stops mail

    def judged(self, entry: Suppression) -> Suppression:
        """Return ``entry`` with ``ignored_by`` filled in; asks SES for the choice if need be."""
        kept = self._effective
        if kept is None or not timedelta(0) <= self._clock() - kept[0] < FRESH:
            self._ask_reasons()
        return self._judged(entry)

    def _judged(self, entry: Suppression) -> Suppression:
        effective = self._effective[1] if self._effective else None
        if effective is None or entry.reason in effective.reasons:
            return entry
        return replace(entry, ignored_by=effective.chosen_by)

    def _ask_reasons(self) -> None:
        """Ask what stops mail. Where nobody may say, every entry counts as one that does."""
        found: EffectiveReasons | None = None
        with logged("SES did not say which entries of its list stop mail", ServiceError):
            found = self.book().effective_reasons(self._configuration_set)
        self._effective = (self._clock(), found)
