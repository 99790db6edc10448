"""Puts reports where the configuration set says, at once or when their time has come."""

from __future__ import annotations

import heapq
import itertools
import random
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from core.simulator.events import SUBJECT, Report
from core.simulator.state import Faults, State

Notify = Callable[[str, str, str], None]
"""Topic ARN, subject, text."""


class Publisher:
    """Publishes what is due in the calling thread, and keeps the rest for its own."""

    def __init__(self, state: State, faults: Faults, notify: Notify) -> None:
        self._state = state
        self._faults = faults
        self._notify = notify
        self._pending: list[tuple[float, int, Report]] = []
        self._order = itertools.count()
        self._changed = threading.Condition()
        self._is_stopped = False
        self._thread: threading.Thread | None = None

    def submit(self, reports: Sequence[Report]) -> None:
        """Publish the reports without delay before returning; schedule the others."""
        is_twice, is_mixed = self._faults.is_on("duplicate"), self._faults.is_on("shuffle")
        due = arrange(reports, is_twice=is_twice, is_mixed=is_mixed)
        for report in due:
            if report.after <= 0:
                self._publish(report)
        later = [report for report in due if report.after > 0]
        if later:
            self._schedule(later)

    def forget(self) -> None:
        """Drop what is scheduled."""
        with self._changed:
            self._pending.clear()

    def stop(self) -> None:
        """Drop what is scheduled, and end the thread."""
        with self._changed:
            self._pending.clear()
            self._is_stopped = True
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join(timeout=5)

    def _schedule(self, reports: Sequence[Report]) -> None:
        now = time.monotonic()
        with self._changed:
            for report in reports:
                heapq.heappush(self._pending, (now + report.after, next(self._order), report))
            if self._thread is None and not self._is_stopped:
                self._thread = threading.Thread(
                    target=self._run, name="simulator-reports", daemon=True
                )
                self._thread.start()
            self._changed.notify_all()

    def _run(self) -> None:
        while (report := self._next_due()) is not None:
            self._publish(report)

    def _next_due(self) -> Report | None:
        """Wait for the next report's time; ``None`` means stop."""
        with self._changed:
            while not self._is_stopped:
                wait = self._pending[0][0] - time.monotonic() if self._pending else None
                if wait is not None and wait <= 0:
                    return heapq.heappop(self._pending)[2]
                self._changed.wait(wait)
        return None

    def _publish(self, report: Report) -> None:
        with self._state.lock:
            for entry in report.suppress:
                self._state.suppressed[entry.address] = entry
            chosen = self._state.configuration_sets.get(report.configuration_set)
            topics = chosen.topics_for(report.event_type) if chosen else []
            self._state.reports += [report.text] * len(topics)
        for topic in topics:
            self._notify(topic, SUBJECT, report.text)


def arrange(reports: Sequence[Report], *, is_twice: bool, is_mixed: bool) -> list[Report]:
    """Return the reports as a bad day delivers them: doubled, out of order, or both."""
    arranged = [each for each in reports for _ in range(2 if is_twice else 1)]
    if is_mixed:
        times = [report.after for report in arranged]
        random.shuffle(arranged)
        arranged = [
            replace(report, after=after) for report, after in zip(arranged, times, strict=True)
        ]
    return arranged
