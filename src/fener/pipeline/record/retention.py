"""Keeps the store from growing for ever: what is too old is forgotten, once an hour."""

import structlog
from msgspec import Struct

from fener.domain.time import DAY, HOUR, Span
from fener.ports import Clock, RetentionStore, StoreUnavailable

LOG = structlog.get_logger()
EVERY: Span = HOUR


class Kept(Struct, frozen=True):
    """For how long. Daily counts and the checks of incidents are kept for ever."""

    results: Span = 30 * DAY
    """Raw results and pings."""
    hours: Span = 365 * DAY
    """The roll-ups of hours."""


USUAL = Kept()


class Retention:
    def __init__(self, store: RetentionStore, clock: Clock, kept: Kept = USUAL) -> None:
        self._store = store
        self._clock = clock
        self._kept = kept

    async def run(self) -> None:
        """Until cancelled. While the store is away there is nothing to be gained by hurrying."""
        while True:
            try:
                await self._forget()
            except StoreUnavailable as error:
                LOG.warning("old results could not be deleted", error=str(error))
            await self._clock.sleep(EVERY)

    async def _forget(self) -> None:
        now = self._clock.now()
        forgotten = await self._store.forget_before(now - self._kept.results)
        hours = await self._store.forget_hours_before(now - self._kept.hours)
        sessions = await self._store.forget_sessions(now)
        if forgotten or hours or sessions:
            gone = {"results": forgotten, "hours": hours, "sessions": sessions}
            LOG.info("what was too old was deleted", **gone)
