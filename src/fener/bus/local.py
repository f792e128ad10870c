"""Carries orders and results inside one process (`fener.ports.Bus`).

Orders never wait: beyond the bound the oldest are dropped and counted, for they are the nearest to
their expiry. Results wait until there is room: each one was paid for.
"""

import asyncio
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Sequence
from typing import Generic, TypeVar

from fener.domain.check import CheckOrder, CheckResult
from fener.domain.prober import ALL, Share, number_of

ORDERS_BOUND = 50_000
RESULTS_BOUND = 10_000
BATCH = 200

Item = TypeVar("Item")


class LocalBus:
    """Several may take from the same queue: each item goes to one of them."""

    def __init__(
        self,
        orders_bound: int = ORDERS_BOUND,
        results_bound: int = RESULTS_BOUND,
        probers: int = 1,
    ) -> None:
        """`probers` is how many processes share the monitors of each location."""
        self._orders: defaultdict[tuple[int, Share], _Queue[CheckOrder]] = defaultdict(
            lambda: _Queue(orders_bound)
        )
        self._shares = [Share(number, probers) for number in range(probers)]
        self._results: _Queue[CheckResult] = _Queue(results_bound)
        self.dropped_orders = 0

    async def send_orders(self, orders: Sequence[CheckOrder]) -> None:
        """Returns at once."""
        for order in orders:
            share = self._shares[number_of(order.monitor_id, len(self._shares))]
            self.dropped_orders += self._orders[order.location_id, share].push(order)

    def orders(self, location_id: int, share: Share = ALL) -> AsyncIterator[Sequence[CheckOrder]]:
        """Batches for one location, or for a share of it, for ever."""
        return self._orders[location_id, share].batches()

    async def send_results(self, results: Sequence[CheckResult]) -> None:
        """Returns when all of them have found room."""
        for result in results:
            await self._results.put(result)

    def results(self) -> AsyncIterator[Sequence[CheckResult]]:
        """Batches of results, for ever."""
        return self._results.batches()

    @property
    def waiting_results(self) -> int:
        return len(self._results)


class _Queue(Generic[Item]):
    def __init__(self, bound: int) -> None:
        self._bound = bound
        self._items: deque[Item] = deque()
        self._filled = asyncio.Event()
        self._room = asyncio.Event()

    def __len__(self) -> int:
        return len(self._items)

    def push(self, item: Item) -> int:
        """Add one; gives how many had to go for it."""
        dropped = 0
        while len(self._items) >= self._bound:
            self._items.popleft()
            dropped += 1
        self._items.append(item)
        self._filled.set()
        return dropped

    async def put(self, item: Item) -> None:
        while len(self._items) >= self._bound:
            self._room.clear()
            await self._room.wait()
        self._items.append(item)
        self._filled.set()

    async def batches(self) -> AsyncIterator[Sequence[Item]]:
        while True:
            while not self._items:
                self._filled.clear()
                await self._filled.wait()
            count = min(BATCH, len(self._items))
            batch = [self._items.popleft() for _ in range(count)]
            self._room.set()
            yield batch
