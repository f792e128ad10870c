"""The child prober: `python -m fener.cli.prober --location ID [--of N]
[--own-listener HOST:PORT ...] [--reference ADDRESS:PORT ...]`.

Reads orders from standard input and writes results to standard output (`fener.bus.frames`); logs go
to standard error. It ends with its input or on SIGTERM, and leaves Ctrl-C to its parent.
"""

import argparse
import asyncio
import os
import resource
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress

import structlog
import uvloop

from fener.bus.frames import BrokenFrame, Results, frame, read_orders
from fener.cli.collecting import collect_seldom
from fener.cli.logs import set_up_logs
from fener.clock import SystemClock, stopwatch
from fener.domain.check import CheckOrder, CheckResult, Purpose, Success
from fener.domain.time import SECOND, Span
from fener.net.guard import Listener
from fener.pipeline.probe.gates import Limits
from fener.pipeline.probe.pacing import Pacer, is_light
from fener.pipeline.probe.prober import Prober
from fener.pipeline.probe.whereabouts import Whereabouts, whereabouts_of
from fener.pipeline.probe.world import open_world

_REPORT_EVERY: Span = 5 * SECOND
_BATCH = 200
_GATHER_FOR: Span = 250
"""Results that are told together are recorded together: fewer commits, each with its flush."""
_NEWS_GATHERS_FOR: Span = 50
"""What somebody waits for, or may be alarmed by, is told sooner."""
_MOST_UNDERWAY = 20_000
"""Orders taken and results not yet told; beyond it no more orders are read."""
_SPARE_DESCRIPTORS = 100
_MOST_DESCRIPTORS = 65_536
_PER_PROBE = 2
"""Descriptors of one probe: its connection and, for a moment, a query."""

_log = structlog.get_logger(__name__)


class ProberProcess:
    """Carries orders from a reader to a prober, and results to a writer."""

    def __init__(
        self, prober: Prober, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._prober = prober
        self._reader = reader
        self._writer = writer
        self._clock = SystemClock()
        self._pacer = Pacer(self._clock, self._begin, is_light)
        self._underway: set[asyncio.Task[CheckResult]] = set()
        self._results: list[CheckResult] = []
        self._is_due = asyncio.Event()
        self._due: asyncio.TimerHandle | None = None
        self._has_room = asyncio.Event()

    async def run(self) -> None:
        """Until the input ends or nobody reads the output."""
        parts = (self._take(), self._pacer.run(), self._tell(), self._report())
        tasks = [asyncio.create_task(part) for part in parts]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (*tasks, *self._underway):
                task.cancel()
            outcomes = await asyncio.gather(*tasks, *self._underway, return_exceptions=True)
        for outcome in outcomes:
            if isinstance(outcome, BrokenFrame):
                _log.error("The orders cannot be read.", why=str(outcome))

    async def _take(self) -> None:
        async for orders in read_orders(self._reader):
            self._pacer.add(orders)
            while len(self._pacer) + len(self._underway) + len(self._results) > _MOST_UNDERWAY:
                self._has_room.clear()
                await self._has_room.wait()

    def _begin(self, order: CheckOrder) -> None:
        task = asyncio.create_task(self._prober.probe(order))
        self._underway.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[CheckResult]) -> None:
        self._underway.discard(task)
        if not task.cancelled():
            result = task.result()
            self._results.append(result)
            self._tell_within(_NEWS_GATHERS_FOR if _is_news(result) else _GATHER_FOR)

    def _tell_within(self, span: Span) -> None:
        """Have all results told by then, unless they are to be told earlier anyway."""
        loop = asyncio.get_running_loop()
        at = loop.time() + span / SECOND
        if self._due is not None:
            if self._due.when() <= at:
                return
            self._due.cancel()
        self._due = loop.call_at(at, self._is_due.set)

    async def _tell(self) -> None:
        """Write in batches what has gathered; what comes later makes the next batch."""
        with suppress(ConnectionError):
            while True:
                await self._is_due.wait()
                self._is_due.clear()
                self._due = None
                while self._results:
                    batch, self._results = self._results[:_BATCH], self._results[_BATCH:]
                    self._writer.write(frame(Results(batch)))
                    await self._writer.drain()
                    self._has_room.set()

    async def _report(self) -> None:
        with suppress(ConnectionError):
            while True:
                self._writer.write(frame(self._prober.stats()))
                await self._writer.drain()
                await self._clock.sleep(_REPORT_EVERY)


def _is_news(result: CheckResult) -> bool:
    return result.purpose is not Purpose.SCHEDULED or not isinstance(result.outcome, Success)


def main(arguments: Sequence[str] | None = None) -> int:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parser = argparse.ArgumentParser(prog="python -m fener.cli.prober")
    parser.add_argument("--location", type=int, required=True, help="id of the location")
    parser.add_argument("--of", type=int, default=1, help="probers that share the location")
    parser.add_argument("--own-listener", type=Listener.read, action="append", default=[])
    parser.add_argument("--reference", type=_reference, action="append", default=[])
    given = parser.parse_args(arguments)
    set_up_logs()
    collect_seldom()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(given))
    return 0


def _reference(text: str) -> Whereabouts:
    place = whereabouts_of(text)
    if place is None or not place.port:
        raise argparse.ArgumentTypeError(f"{text} is no address with a port")
    return place


async def _serve(given: argparse.Namespace) -> None:
    reader, writer = await _standard_streams()
    clock, own, references = SystemClock(), given.own_listener, given.reference
    async with open_world(clock, stopwatch, own, references=references) as world:
        prober = Prober(world, _limits(given.of))
        prober.start()
        _log.info("The prober is ready.", location_id=given.location)
        serving = asyncio.create_task(ProberProcess(prober, reader, writer).run())
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, serving.cancel)
        with suppress(asyncio.CancelledError):
            await serving
        await prober.stop()


async def _standard_streams() -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Our two pipes; whatever else prints by accident goes to standard error from now on."""
    loop = asyncio.get_running_loop()
    output = os.fdopen(os.dup(sys.stdout.fileno()), "wb", buffering=0)
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    transport, protocol = await loop.connect_write_pipe(asyncio.streams.FlowControlMixin, output)
    return reader, asyncio.StreamWriter(transport, protocol, None, loop)


def _limits(probers: int) -> Limits:
    """As many probes as there are descriptors for, after asking for all that we may have.

    What a host bears is shared among the probers; descriptors are each one's own.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _MOST_DESCRIPTORS if hard == resource.RLIM_INFINITY else min(hard, _MOST_DESCRIPTORS)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        soft = wanted
    usual = Limits(at_host=max(1, Limits().at_host // probers))
    if soft == resource.RLIM_INFINITY:
        return usual
    affordable = max(1, (soft - _SPARE_DESCRIPTORS) // _PER_PROBE)
    return Limits(min(usual.in_process, affordable), min(usual.at_host, affordable))


if __name__ == "__main__":
    sys.exit(main())
