"""The recorder: takes results from the bus and has each batch settled and written at once.

While the store cannot be written, results are held back and tried again; no health moves.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import suppress

import structlog

from fener.domain.check import CheckResult
from fener.domain.failure import Facts
from fener.domain.fault import Fault, FaultReason
from fener.domain.rewinding import no_later
from fener.domain.settlement import Settlement
from fener.domain.time import SECOND
from fener.pipeline.record.batching import Batcher
from fener.ports import Clock, Faults, RecordStore, Settle, StoreUnavailable

LOG = structlog.get_logger()
BATCH = 200
HELD_BACK = 100_000
"""Results kept while the store is away; beyond it the bus is not read and waits itself."""
TRY_AGAIN_AFTER = SECOND
SOURCE = "record"

Recorded = Callable[[Sequence[Settlement]], None]
"""Called after each commit: what it tells may leave the process."""


class Recorder:
    def __init__(
        self, store: RecordStore, settle: Settle, clock: Clock, faults: Faults, recorded: Recorded
    ) -> None:
        self._store = store
        self._settle = settle
        self._clock = clock
        self._faults = faults
        self._recorded = recorded
        self._batcher: Batcher[CheckResult] = Batcher(lambda one: one.monitor_id, BATCH)
        self._arrived = asyncio.Event()
        self._room = asyncio.Event()
        self._room.set()
        self._is_holding_back = False

    async def run(self, results: AsyncIterator[Sequence[CheckResult]]) -> None:
        """Record until the stream ends, and what is held back by then."""
        taking = asyncio.create_task(self._take_in(results))
        try:
            while not (taking.done() and not len(self._batcher)):
                await self._record_next(taking)
            await taking
        finally:
            taking.cancel()
            with suppress(asyncio.CancelledError):
                await taking

    async def _take_in(self, results: AsyncIterator[Sequence[CheckResult]]) -> None:
        async for batch in results:
            await self._room.wait()
            for result in batch:
                self._batcher.add(result)
            self._note_room()
            self._arrived.set()

    async def _record_next(self, taking: asyncio.Task[None]) -> None:
        batch = self._batcher.take()
        if not batch:
            await self._wait_for_more(taking)
            return
        try:
            await self._record(batch)
        except StoreUnavailable as error:
            await self._hold_back(batch, error)
            return
        self._note_room()
        if self._is_holding_back:
            self._faults.clear(SOURCE)
            self._is_holding_back = False

    async def _record(self, batch: list[CheckResult]) -> None:
        now = self._clock.now()
        dated = [no_later(result, now) for result in batch]
        try:
            settlements = await self._store.record(dated, self._settle)
        except StoreUnavailable:
            raise
        except Exception as error:  # noqa: BLE001 - one result must not stop all others
            await self._set_aside(batch, error)
        else:
            self._recorded(settlements)

    async def _set_aside(self, batch: list[CheckResult], error: Exception) -> None:
        """Find the result that cannot be recorded by recording each alone.

        Should the store go away meanwhile, the whole batch comes again: what was recorded is
        recognized by its order and not judged twice.
        """
        if len(batch) > 1:
            for result in batch:
                await self._record([result])
            return
        LOG.error("a result was set aside", result=batch[0], exc_info=error)
        monitor = batch[0].monitor_id
        facts = Facts(name=f"#{monitor}", detail=str(error))
        aside = Fault(FaultReason.RESULT_SET_ASIDE, f"monitor {monitor}: {error}", facts)
        self._faults.report("set aside", aside)

    async def _wait_for_more(self, taking: asyncio.Task[None]) -> None:
        waiting = asyncio.create_task(self._arrived.wait())
        try:
            await asyncio.wait({waiting, taking}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            waiting.cancel()
        self._arrived.clear()

    async def _hold_back(self, batch: list[CheckResult], error: StoreUnavailable) -> None:
        self._batcher.put_back(batch)
        self._is_holding_back = True
        LOG.warning("results are held back", held=len(self._batcher), error=str(error))
        held = len(self._batcher)
        facts = Facts(got=str(held), detail=str(error))
        said = f"{held} results are held back: {error}"
        self._faults.report(SOURCE, Fault(FaultReason.RESULTS_HELD_BACK, said, facts))
        await self._clock.sleep(TRY_AGAIN_AFTER)

    def _note_room(self) -> None:
        if len(self._batcher) < HELD_BACK:
            self._room.set()
        else:
            self._room.clear()
