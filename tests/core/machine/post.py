"""The way of the reports from the queue to a program: late, doubled, in any order."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from core.aws.queue import SqsFeed
from core.model.ports import QueueMessage


class Post:
    """Fetches from the real queue, and gives out as a bad day does.

    What a program was given and did not delete is given again.
    """

    def __init__(self, feed: SqsFeed) -> None:
        self._feed = feed
        self.waiting: list[str] = []
        self.told: set[str] = set()
        """Bodies that some program has deleted, so that it answers for them."""
        self.ever: list[str] = []
        self._batch: list[QueueMessage] = []

    def fetch(self) -> None:
        while messages := self._feed.receive(0):
            self._feed.delete(messages)
            for each in messages:
                self.waiting.append(each.body)
                self.ever.append(each.body)

    def prepare(self, seed: int, most: int) -> None:
        """Choose what the next receive gives: some of what waits, mixed, and some of it twice."""
        self.fetch()
        chance = Random(seed)
        some = list(self.waiting)
        chance.shuffle(some)
        some = some[:most]
        again = [chance.choice(self.ever) for _ in range(chance.randrange(3))] if self.ever else []
        batch = some + again
        chance.shuffle(batch)
        self._batch = [QueueMessage(str(n), body) for n, body in enumerate(batch)]

    def take(self) -> Sequence[QueueMessage]:
        batch, self._batch = self._batch, []
        return batch

    def delivered(self, messages: Sequence[QueueMessage]) -> None:
        for each in messages:
            self.told.add(each.body)
            if each.body in self.waiting:
                self.waiting.remove(each.body)
