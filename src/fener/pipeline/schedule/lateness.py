"""Lateness alarms: monitors that are not checked when they should be are a fault of Fener's own.

What shows each of them as late is `fener.domain.shown`; here nobody needs to look at a page.
"""

from fener.domain.failure import Facts
from fener.domain.fault import Fault, FaultReason
from fener.domain.time import MINUTE, Span
from fener.ports import Clock, Faults, ScheduleStore, StoreUnavailable

LOOK_EVERY: Span = MINUTE
"""After a start or a suspend, what was missed is caught up within that time and a timeout."""
SOURCE = "lateness"


class Lateness:
    def __init__(self, store: ScheduleStore, clock: Clock, faults: Faults) -> None:
        self._store = store
        self._clock = clock
        self._faults = faults

    async def run(self) -> None:
        """Until cancelled. Late at one look may be on its way; late at two in a row is not."""
        was_late = False
        while True:
            await self._clock.sleep(LOOK_EVERY)
            try:
                late = await self._store.late(self._clock.now())
            except StoreUnavailable:
                continue  # results are held back as well, and the scheduler tells of it
            if was_late and late:
                monitors = "1 monitor was" if late == 1 else f"{late} monitors were"
                message, facts = f"{monitors} not checked in time", Facts(got=str(late))
                self._faults.report(SOURCE, Fault(FaultReason.MONITORS_LATE, message, facts))
            elif not late:
                self._faults.clear(SOURCE)
            was_late = late > 0
