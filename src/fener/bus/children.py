"""Runs the prober of a location as a child process, so that a busy interpreter here cannot falsify
the times it measures there.

No child outlives us: it ends when its standard input does, which is so however we end. The orders
it had when it died are lost, and may be: the scheduler orders each monitor again when it is due.
"""

import asyncio
import os
from asyncio.subprocess import PIPE, Process
from collections.abc import Mapping, Sequence
from contextlib import suppress

from fener.bus.frames import BrokenFrame, Results, frame, read_told
from fener.domain.failure import Facts
from fener.domain.fault import Fault, FaultReason
from fener.domain.prober import ALL, ProberStats, Share, Trouble
from fener.domain.time import SECOND, Span
from fener.ports import Bus, Clock, Faults

PROBERS = "prober of location "
"""What the sources of a prober's faults begin with."""
_SILENCE: Span = 30 * SECOND
"""A prober reports every few seconds; one that is silent for so long has stopped working."""
_WATCH_EVERY: Span = 5 * SECOND
_WORTH_TELLING: Span = 1 * SECOND
_GRACE = 1.2
"""Seconds for a child to end by itself."""


class ChildEnded(Exception):
    """The prober ended, or had to be ended, though nobody asked for it."""


class ProberChild:
    """A prober of one location: of all of its monitors, or of a share of them.

    `stats` is what it said of itself last.
    """

    def __init__(
        self,
        bus: Bus,
        location_id: int,
        command: Sequence[str],
        clock: Clock,
        faults: Faults | None = None,
        *,
        share: Share = ALL,
    ) -> None:
        self._bus = bus
        self._share = share
        self._location_id = location_id
        self._command = command
        self._clock = clock
        self._faults = faults
        self._shown: frozenset[str] = frozenset()
        """The sources under which the child's troubles stand on the board."""
        self._heard_at: Span | None = None
        self.pid: int | None = None
        self.stats: ProberStats | None = None

    async def run(self) -> None:
        """The life of one child, until cancelled; then it is gone within 2 s.

        Raises ChildEnded, and OSError where none can be started: run it again.
        """
        process = await asyncio.create_subprocess_exec(
            *self._command,
            stdin=PIPE,
            stdout=PIPE,
            env=_environment(os.environ),
            start_new_session=True,  # Ctrl-C in a terminal is for us alone
        )
        self.pid = process.pid
        try:
            why = await self._exchange(process)
        finally:
            self.pid = self.stats = None
            self._show(())
            await _end(process)
        raise ChildEnded(f"the {self._source} ended with {process.returncode}: {why}")

    async def _exchange(self, process: Process) -> str:
        """Orders in, results out, until the child ends or has to; says why."""
        self._heard_at = self._clock.monotonic()
        tasks = [
            asyncio.create_task(work)
            for work in (self._feed(process), self._listen(process), self._watch())
        ]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            outcomes = await asyncio.gather(*tasks, return_exceptions=True)
        return "; ".join(repr(one) for one in outcomes if isinstance(one, Exception)) or "it died"

    async def _feed(self, process: Process) -> None:
        assert process.stdin is not None  # noqa: S101 - it was asked for
        with suppress(ConnectionError):
            async for orders in self._bus.orders(self._location_id, self._share):
                process.stdin.write(frame(orders))
                await process.stdin.drain()

    async def _listen(self, process: Process) -> None:
        assert process.stdout is not None  # noqa: S101 - it was asked for
        async for told in read_told(process.stdout):
            if isinstance(told, Results):
                self._heard_at = None  # while results find no room, the child is not to blame
                await self._bus.send_results(told.results)
            else:
                self._note(told)
            self._heard_at = self._clock.monotonic()

    async def _watch(self) -> None:
        while True:
            await self._clock.sleep(_WATCH_EVERY)
            heard_at = self._heard_at
            if heard_at is not None and self._clock.monotonic() - heard_at > _SILENCE:
                raise BrokenFrame(f"it was silent for {_SILENCE // SECOND} s")

    @property
    def _source(self) -> str:
        """Its name on the board."""
        name = f"{PROBERS}{self._location_id}"
        return name if self._share.of == 1 else f"{name}, process {self._share.number + 1}"

    def _note(self, stats: ProberStats) -> None:
        """Keep a report, and show what in it is our own fault."""
        self.stats = stats
        if self._faults is None:
            return
        source = self._source
        if stats.lag >= _WORTH_TELLING:
            self._faults.report(source, _stood_still(stats.lag))
        else:
            self._faults.clear(source)
        self._show(stats.troubles)

    def _show(self, troubles: Sequence[Trouble]) -> None:
        """Have just these troubles of the child on the board."""
        if self._faults is None:
            return
        source = self._source
        present = {f"{source}, {one.about}": one.fault for one in troubles}
        for each, fault in present.items():
            self._faults.report(each, fault)
        for gone in self._shown - present.keys():
            self._faults.clear(gone)
        self._shown = frozenset(present)


def _stood_still(lag: Span) -> Fault:
    message = f"it stood still for {lag / SECOND:.1f} s"
    return Fault(FaultReason.PROBER_STOOD_STILL, message, Facts(waited=lag))


def _environment(given: Mapping[str, str]) -> dict[str, str]:
    """Ours without our settings: a prober needs none, and some of them are secrets."""
    return {name: value for name, value in given.items() if not name.startswith("FENER_")}


async def _end(process: Process) -> None:
    """Close the child's input, and insist where that is not enough."""
    if process.stdin is not None:
        process.stdin.close()
    try:
        await asyncio.wait_for(process.wait(), _GRACE)
    except TimeoutError:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
