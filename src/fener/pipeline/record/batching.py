"""Turns a stream of facts about monitors into batches that can be written as one transaction."""

from collections import deque
from collections.abc import Callable
from typing import Generic, TypeVar

Item = TypeVar("Item")


class Batcher(Generic[Item]):
    """Holds items in their order; gives batches in which each monitor occurs once at most.

    What is settled in one transaction is weighed against what was there before it, so a
    monitor's second item has to wait for the commit of its first.
    """

    def __init__(self, monitor_of: Callable[[Item], int], limit: int) -> None:
        self._monitor_of = monitor_of
        self._limit = limit
        self._waiting: deque[Item] = deque()

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, item: Item) -> None:
        self._waiting.append(item)

    def take(self) -> list[Item]:
        """The next batch, in order; empty when nothing waits."""
        taken: list[Item] = []
        passed_over: list[Item] = []
        monitors: set[int] = set()
        while self._waiting and len(taken) < self._limit:
            item = self._waiting.popleft()
            monitor = self._monitor_of(item)
            (passed_over if monitor in monitors else taken).append(item)
            monitors.add(monitor)
        self._waiting.extendleft(reversed(passed_over))
        return taken

    def put_back(self, batch: list[Item]) -> None:
        """Return a batch that could not be written, ahead of all that waits."""
        self._waiting.extendleft(reversed(batch))
