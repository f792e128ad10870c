"""Lateness alarms: when Fener has not seen what it watches for long, people are owed a message of
its own fault, and another one when it sees again. Once an episode, however many monitors it is.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from uuid import UUID

from msgspec import Struct

from fener.domain.message import BlindSpell
from fener.domain.time import MINUTE, SECOND, Instant, Span
from fener.ports import BlindnessStore, Clock, StoreUnavailable

LOOK_EVERY: Span = 15 * SECOND
LONG: Span = 5 * MINUTE
"""So long it may last without anybody being woken; a restart of a router is over by then."""
SURE: Span = MINUTE
"""So long it must be gone: late monitors are looked for once a minute."""


class Blinding(Struct, frozen=True):
    """A fault of Fener's own because of which it does not see. `why` is a sentence for people."""

    why: str
    since: Instant


class Blindness:
    """`present` gives the faults of this moment; `owed` is called when messages wait."""

    def __init__(
        self,
        store: BlindnessStore,
        present: Callable[[], Sequence[Blinding]],
        clock: Clock,
        new_id: Callable[[Instant], UUID],
        owed: Callable[[], None],
    ) -> None:
        self._store = store
        self._present = present
        self._clock = clock
        self._new_id = new_id
        self._owed = owed
        self._clear_from: Span = 0

    async def run(self) -> None:
        """Until cancelled. After a start it takes a while until faults are found again."""
        self._clear_from = self._clock.monotonic() + LONG
        while True:
            with suppress(StoreUnavailable):  # told by those who need it more
                await self._look()
            await self._clock.sleep(LOOK_EVERY)

    async def _look(self) -> None:
        now, monotonic = self._clock.now(), self._clock.monotonic()
        present = self._present()
        if present:
            self._clear_from = max(self._clear_from, monotonic + SURE)
        lasting = [one for one in present if now - one.since >= LONG]
        spell = await self._store.blind_spell()
        if spell is None and lasting:
            why = "; ".join(one.why for one in lasting)
            began_at = min(one.since for one in lasting)
            await self._store.begin(BlindSpell(self._new_id(now), began_at, why), now)
            self._owed()
        elif spell is not None and monotonic >= self._clear_from:
            await self._store.end(spell, now)
            self._owed()
