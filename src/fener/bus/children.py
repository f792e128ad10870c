"""A prober in a child process, joined to the bus by its standard streams.

Beside a busy web loop a prober would measure that loop; in a process of its own it measures the
target. What a child had in hand when it died is lost, and ordered again at the next interval.
"""

import asyncio
from asyncio.subprocess import PIPE, Process
from collections.abc import Sequence
from contextlib import suppress

import msgspec

from fener.bus.frames import frame, read_frame
from fener.domain.check import CheckOrder, CheckResult
from fener.domain.time import SECOND, Span
from fener.ports import Bus

STOP_WITHIN: Span = 2 * SECOND
_RESULTS: msgspec.msgpack.Decoder[list[CheckResult]] = msgspec.msgpack.Decoder(list[CheckResult])


class ChildEnded(Exception):
    """The prober ended by itself; whoever runs it starts another."""


class ProberChild:
    """Keeps one child at work for a location while `run` runs."""

    def __init__(self, bus: Bus, location_id: int, command: Sequence[str]) -> None:
        self._bus = bus
        self._location_id = location_id
        self._command = command

    async def run(self) -> None:
        """Until cancelled; leaves no child behind. Raises ChildEnded."""
        process = await asyncio.create_subprocess_exec(*self._command, stdin=PIPE, stdout=PIPE)
        working = [
            asyncio.create_task(self._send_orders(process)),
            asyncio.create_task(self._receive_results(process)),
        ]
        try:
            done, _ = await asyncio.wait(working, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in working:
                task.cancel()
            await asyncio.shield(_ended(process))
        raise ChildEnded(f"the prober ended with {process.returncode}")

    async def _send_orders(self, process: Process) -> None:
        pipe = process.stdin
        assert pipe is not None  # noqa: S101 - asked for
        with suppress(ConnectionError):
            async for orders in self._bus.orders(self._location_id):
                pipe.write(frame(orders))
                await pipe.drain()

    async def _receive_results(self, process: Process) -> None:
        pipe = process.stdout
        assert pipe is not None  # noqa: S101 - asked for
        while (results := await read_frame(pipe, _RESULTS)) is not None:
            await self._bus.send_results(results)


async def _ended(process: Process) -> None:
    """Close its input, by which it ends; kill it if it does not."""
    assert process.stdin is not None  # noqa: S101 - asked for
    process.stdin.close()
    try:
        async with asyncio.timeout(STOP_WITHIN / SECOND):
            await process.wait()
    except TimeoutError:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


ORDERS: msgspec.msgpack.Decoder[list[CheckOrder]] = msgspec.msgpack.Decoder(list[CheckOrder])
"""What the child reads; it answers with lists of `CheckResult`."""
