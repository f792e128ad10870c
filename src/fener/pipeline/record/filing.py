"""Has fresh results filed (`fener.storage.filing`) before they are many or old."""

import structlog

from fener.domain.time import MINUTE, SECOND, Span
from fener.ports import Clock, FilingStore, StoreUnavailable

LOG = structlog.get_logger()
MOST_UNFILED = 50_000
"""Histories look through all that are not filed: some milliseconds for so many."""
LONGEST_UNFILED: Span = 10 * MINUTE
"""The longer they wait, the more of a monitor's results are written together."""
LOOK_EVERY: Span = 15 * SECOND


class Filing:
    def __init__(self, store: FilingStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def run(self) -> None:
        """Until cancelled. While the store is away, nothing new comes to be filed either."""
        while True:
            await self._clock.sleep(LOOK_EVERY)
            try:
                await self.look()
            except StoreUnavailable as error:
                LOG.warning("results could not be filed", error=str(error))

    async def look(self) -> None:
        unfiled = await self._store.unfiled()
        if unfiled is None:
            return
        is_old = self._clock.now() - unfiled.since >= LONGEST_UNFILED
        if is_old or unfiled.results >= MOST_UNFILED:
            await self._store.file()
