"""Runs the stages side by side, and starts one that broke down again."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from fener.domain.failure import Facts
from fener.domain.fault import Fault, FaultReason
from fener.domain.time import SECOND
from fener.ports import Clock, Faults

LOG = structlog.get_logger()
START_AGAIN_AFTER = SECOND

Run = Callable[[], Awaitable[None]]


class Roles:
    """Each role runs until it is stopped; what it raises is shown as a fault of Fener's own."""

    def __init__(self, clock: Clock, faults: Faults) -> None:
        self._clock = clock
        self._faults = faults
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def start(self, name: str, run: Run) -> None:
        self._tasks[name] = asyncio.create_task(self._keep_running(name, run), name=name)

    async def stop(self, name: str) -> None:
        """Returns when the role has ended."""
        task = self._tasks.pop(name)
        task.cancel()
        await asyncio.wait([task])

    async def stop_all(self) -> None:
        """The last to be started is the first to be stopped."""
        for name in reversed(list(self._tasks)):
            await self.stop(name)

    async def _keep_running(self, name: str, run: Run) -> None:
        while True:
            try:
                await run()
            except Exception as error:
                LOG.exception("a role broke down and is started again", role=name)
                self._faults.report(name, _broke_down(name, error))
            else:
                return
            await self._clock.sleep(START_AGAIN_AFTER)
            self._faults.clear(name)


def _broke_down(name: str, error: Exception) -> Fault:
    message = f"it broke down and is started again: {error!r}"
    return Fault(FaultReason.STAGE_BROKE_DOWN, message, Facts(name=name, detail=repr(error)))
