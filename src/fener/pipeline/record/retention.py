"""Keeps the store from growing for ever: what is too old is forgotten, once an hour."""

import structlog

from fener.domain.time import DAY, HOUR, Span
from fener.ports import Clock, RetentionStore, StoreUnavailable

LOG = structlog.get_logger()
RAW_KEPT: Span = 30 * DAY
"""Raw results and pings; daily counts and the checks of incidents are kept for ever."""
HOURS_KEPT: Span = 365 * DAY
"""The roll-ups of hours."""
EVERY: Span = HOUR


class Retention:
    def __init__(self, store: RetentionStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

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
        forgotten = await self._store.forget_before(now - RAW_KEPT)
        hours = await self._store.forget_hours_before(now - HOURS_KEPT)
        sessions = await self._store.forget_sessions(now)
        if forgotten or hours or sessions:
            gone = {"results": forgotten, "hours": hours, "sessions": sessions}
            LOG.info("what was too old was deleted", **gone)
