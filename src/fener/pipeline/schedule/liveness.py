"""Signs of life, and the deaf periods that gaps between them prove."""

from fener.domain.heartbeat import Deafness, DeafPeriod
from fener.domain.time import SECOND, Instant, Span
from fener.pipeline.schedule.watch import JUMP
from fener.ports import ScheduleStore

ALIVE_EVERY: Span = 5 * SECOND
LONGEST_GAP: Span = 15 * SECOND
"""Three signs of life that are missing. A shorter gap is a restart, over which clients retry."""


class Liveness:
    """Keeps the stored sign of life fresh: `begin` once, then `attend` often.

    Time in which the store could not be written is deaf too, because no ping could be kept.
    """

    def __init__(self, store: ScheduleStore, now: Instant, monotonic: Span) -> None:
        self._store = store
        self._unwritten: list[DeafPeriod] = []
        self._alive_at = now
        self._noted_at = monotonic - ALIVE_EVERY
        self._was_interrupted = False

    async def begin(self, now: Instant, monotonic: Span) -> bool:
        """Look back to the last life. True if by this clock it is yet to come.

        Raises StoreUnavailable; then begin again.
        """
        last = await self._store.last_alive()
        self._begin_anew(now, monotonic)
        self._was_interrupted = False
        if last is None:
            return False
        if now - last[0] > LONGEST_GAP:
            self._unwritten.append(DeafPeriod(last[0], now, Deafness.NOT_RUNNING))
        return last[0] - now >= JUMP

    def was_deaf(self, period: DeafPeriod, monotonic: Span) -> None:
        """Somebody noticed a deaf period: it waits here until it is stored."""
        self._unwritten.append(period)
        self._begin_anew(period.end, monotonic)

    def was_set_back(self, now: Instant, monotonic: Span) -> None:
        self._begin_anew(now, monotonic)

    def was_interrupted(self) -> None:
        """The store failed somebody."""
        self._was_interrupted = True

    async def attend(self, now: Instant, monotonic: Span) -> bool:
        """Store what is due, deaf periods first. True if the store was away till now.

        Raises StoreUnavailable.
        """
        was_away = self._was_interrupted
        if was_away:
            absence = DeafPeriod(self._alive_at, now, Deafness.STORE_UNAVAILABLE)
            await self._store.note_deaf(absence)
            self._was_interrupted = False
        while self._unwritten:
            await self._store.note_deaf(self._unwritten[0])
            del self._unwritten[0]
        if was_away or monotonic - self._noted_at >= ALIVE_EVERY:
            await self._store.note_alive(now, monotonic)
            self._alive_at, self._noted_at = now, monotonic
        return was_away

    def _begin_anew(self, now: Instant, monotonic: Span) -> None:
        """Measure gaps from here, and give the next sign at once."""
        self._alive_at, self._noted_at = now, monotonic - ALIVE_EVERY
