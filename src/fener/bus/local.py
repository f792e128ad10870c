"""The bus within one process. It holds work, not truth: what it drops is ordered again."""

import asyncio
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Sequence
from typing import Generic, TypeVar

from fener.domain.check import CheckOrder, CheckResult

Item = TypeVar("Item")

BATCH = 100
"""Items of one message, as on every other bus."""
MOST_ORDERS = 20_000
"""Orders that wait for one location; older ones give way, they would expire first."""
MOST_RESULTS = 100_000
"""Results that wait to be recorded; beyond them whoever sends waits too."""


class LocalBus:
    """`fener.ports.Bus` in process. Lives in one event loop."""

    def __init__(self, most_orders: int = MOST_ORDERS, most_results: int = MOST_RESULTS) -> None:
        self._orders: defaultdict[int, _Lane[CheckOrder]] = defaultdict(lambda: _Lane(most_orders))
        self._results: _Lane[CheckResult] = _Lane(most_results)
        self.dropped_orders = 0

    async def send_orders(self, orders: Sequence[CheckOrder]) -> None:
        """Never waits: a prober that does not keep up must not hold up the scheduler."""
        for order in orders:
            self.dropped_orders += self._orders[order.location_id].push(order)

    async def send_results(self, results: Sequence[CheckResult]) -> None:
        for result in results:
            await self._results.room()
            self._results.push(result)

    async def orders(self, location_id: int) -> AsyncIterator[Sequence[CheckOrder]]:
        lane = self._orders[location_id]
        while batch := await lane.take():
            yield batch

    async def results(self) -> AsyncIterator[Sequence[CheckResult]]:
        """Ends after `close`, when all that waited was taken."""
        while batch := await self._results.take():
            yield batch

    def close(self) -> None:
        """No more will come."""
        self._results.close()
        for lane in self._orders.values():
            lane.close()


class _Lane(Generic[Item]):
    """A bounded line of items, taken in batches."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._waiting: deque[Item] = deque()
        self._filled = asyncio.Event()
        self._emptied = asyncio.Event()
        self._closed = False

    def push(self, item: Item) -> bool:
        """Add one at the end; gives whether the first had to give way."""
        overflows = len(self._waiting) >= self._most
        if overflows:
            self._waiting.popleft()
        self._waiting.append(item)
        self._filled.set()
        return overflows

    async def room(self) -> None:
        """Wait until one more fits."""
        while len(self._waiting) >= self._most:
            self._emptied.clear()
            await self._emptied.wait()

    async def take(self) -> list[Item]:
        """Up to `BATCH` items as soon as there are any; none when it was closed."""
        while not self._waiting and not self._closed:
            self._filled.clear()
            await self._filled.wait()
        count = min(BATCH, len(self._waiting))
        batch = [self._waiting.popleft() for _ in range(count)]
        self._emptied.set()
        return batch

    def close(self) -> None:
        self._closed = True
        self._filled.set()
