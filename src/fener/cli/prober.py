"""A prober as a process: orders come on standard input, results go out on standard output.

It ends with its input, so none outlives the process that started it.
"""

import argparse
import asyncio
import signal
import sys
from asyncio import StreamReader, StreamReaderProtocol
from collections.abc import Callable, Sequence

import uvloop

from fener.bus.children import ORDERS
from fener.bus.frames import frame, read_frame
from fener.cli.logs import set_up_logs
from fener.clock import SystemClock, stopwatch
from fener.domain.check import CheckOrder, CheckResult
from fener.net.guard import Listener
from fener.pipeline.probe.prober import Prober
from fener.pipeline.probe.world import open_world

FLUSH_AT = 100


class _Outgoing:
    """Gathers the results of one pass of the loop into one message."""

    def __init__(self, write: Callable[[bytes], None]) -> None:
        self._write = write
        self._gathered: list[CheckResult] = []

    def add(self, result: CheckResult) -> None:
        if not self._gathered:
            asyncio.get_running_loop().call_soon(self._flush)
        self._gathered.append(result)

    def _flush(self) -> None:
        self._write(frame(self._gathered))
        self._gathered = []


async def _run(own_listeners: Sequence[Listener]) -> None:
    orders, write = await _streams()
    outgoing = _Outgoing(write)
    under_way: set[asyncio.Task[None]] = set()
    async with open_world(SystemClock(), stopwatch, own_listeners) as world:
        prober = Prober(world)
        prober.start()

        async def probe(order: CheckOrder) -> None:
            outgoing.add(await prober.probe(order))

        while (batch := await read_frame(orders, ORDERS)) is not None:
            for order in batch:
                task = asyncio.create_task(probe(order))
                under_way.add(task)
                task.add_done_callback(under_way.discard)
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)
        await prober.stop()


async def _streams() -> tuple[StreamReader, Callable[[bytes], None]]:
    loop = asyncio.get_running_loop()
    reader = StreamReader()
    await loop.connect_read_pipe(lambda: StreamReaderProtocol(reader), sys.stdin)
    transport, _ = await loop.connect_write_pipe(asyncio.BaseProtocol, sys.stdout)
    return reader, transport.write


def main() -> None:
    """Probe until standard input ends."""
    parser = argparse.ArgumentParser(prog="python -m fener.cli.prober")
    parser.add_argument("--location", type=int, required=True, help="for the process list")
    parser.add_argument("--own-listener", action="append", default=[], type=Listener.read)
    given = parser.parse_args()
    # The terminal sends it to the whole group; our parent decides when we end.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    set_up_logs()
    uvloop.run(_run(given.own_listener))


if __name__ == "__main__":
    main()
