"""CPU of one probe without the rest of the line, plain and over verified TLS, beside that of
libcurl alone.
"""

import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pycurl
import uvloop
from figures import Effort, Figure, middle
from targets import target
from trust import Trust, trust

from fener.bus.frames import Results, frame, read_orders, read_told
from fener.clock import SystemClock, stopwatch
from fener.domain.check import CheckOrder, CheckResult, Purpose, Success
from fener.domain.kinds.http import HttpSettings
from fener.domain.time import HOUR, SECOND
from fener.net.guard import AddressGuard
from fener.net.hosts import HostsFile
from fener.net.nameservers import Nameservers
from fener.net.resolver import Resolver
from fener.net.wire import Wire
from fener.pipeline.probe.patterns import Patterns
from fener.pipeline.probe.prober import Prober
from fener.pipeline.probe.world import World

AT_ONCE = 20
NAME = "target.test"
FRAMES = 50
IN_FRAME = 100

Call = Callable[[], Awaitable[None]]


def measure(effort: Effort) -> list[Figure]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "hosts").write_text(f"127.0.0.1 {NAME}\n")
        trusted = trust(folder, NAME)
        figures = []
        for scheme, words, certificate, full in (
            ("http", "plain", None, 2_000),
            ("https", "verified TLS", trusted.leaf, 500),
        ):
            with target(folder, certificate) as port:
                url = f"{scheme}://{NAME}:{port}/"
                work = _compared(folder / "hosts", trusted, url, effort.of(full, AT_ONCE), effort)
                ours, theirs = uvloop.run(work)
            figures += [
                Figure(f"{words}: CPU of a probe", ours, "us"),
                Figure("  of libcurl alone for the same transfer", theirs, "us"),
                Figure("  ratio", ours / theirs, ""),
            ]
    return [*figures, Figure("an order and its result through the pipe", _pipe(), "us")]


async def _compared(
    hosts: Path, trusted: Trust, url: str, probes: int, effort: Effort
) -> tuple[float, float]:
    clock = SystemClock()
    resolver = Resolver(clock, Nameservers(clock), HostsFile(clock, hosts))
    async with (
        Wire(trusted.store) as wire,
        Patterns(clock) as patterns,
        pycurl.AsyncCurlMulti() as multi,
    ):
        prober = Prober(World(wire, resolver, AddressGuard(), clock, stopwatch, patterns))
        prober.start()
        order = _order(url)

        async def ours() -> None:
            result = await prober.probe(order)
            assert isinstance(result.outcome, Success), result

        async def theirs() -> None:
            await _bare(multi, url, trusted.store)

        taken = await _cpu_of(ours, theirs, probes=probes, rounds=effort.of(5, 1))
        await prober.stop()
    return taken


async def _cpu_of(ours: Call, theirs: Call, *, probes: int, rounds: int) -> tuple[float, float]:
    """Microseconds of CPU of each kind of call: medians of rounds taken in turns."""
    taken: dict[Call, list[float]] = {ours: [], theirs: []}
    for _ in range(rounds):
        for call, spent in taken.items():
            began = time.process_time()
            await asyncio.gather(*(_repeat(call, probes // AT_ONCE) for _ in range(AT_ONCE)))
            spent.append((time.process_time() - began) / probes * 1e6)
    return middle(taken[ours]), middle(taken[theirs])


async def _repeat(call: Call, times: int) -> None:
    for _ in range(times):
        await call()


def _order(url: str) -> CheckOrder:
    now = SystemClock().now()
    settings = HttpSettings(url=url)
    return CheckOrder(1, 1, now, Purpose.SCHEDULED, now + HOUR, 10 * SECOND, settings)


async def _bare(multi: Any, url: str, store: Path) -> None:
    """The least that libcurl needs for the same transfer."""
    curl = pycurl.Curl()
    port = url.rstrip("/").rpartition(":")[2]
    for option, value in (
        (pycurl.URL, url),
        (pycurl.CONNECT_TO, [f"::127.0.0.1:{port}"]),
        (pycurl.CAINFO, str(store)),
        (pycurl.NOSIGNAL, 1),
        (pycurl.FRESH_CONNECT, 1),
        (pycurl.FORBID_REUSE, 1),
        (pycurl.SSL_SESSIONID_CACHE, 0),
        (pycurl.DNS_CACHE_TIMEOUT, 0),
        (pycurl.OPT_CERTINFO, 1),
        (pycurl.WRITEFUNCTION, [].append),
    ):
        curl.setopt(option, value)
    curl.unsetopt(pycurl.CAPATH)
    await multi.perform(curl)
    curl.close()


def _pipe() -> float:
    """What carrying an order and its result between the processes costs on both sides."""
    order = _order(f"http://{NAME}/")
    result = CheckResult(
        monitor_id=order.monitor_id,
        location_id=order.location_id,
        at=order.at,
        finished_at=order.at,
        outcome=Success(),
    )
    began = time.process_time()
    asyncio.run(_carry(order, result))
    return (time.process_time() - began) / (FRAMES * IN_FRAME) * 1e6


async def _carry(order: CheckOrder, result: CheckResult) -> None:
    orders, told = asyncio.StreamReader(), asyncio.StreamReader()
    for _ in range(FRAMES):
        orders.feed_data(frame([order] * IN_FRAME))
        told.feed_data(frame(Results([result] * IN_FRAME)))
    orders.feed_eof()
    told.feed_eof()
    assert [len(one) async for one in read_orders(orders)] == [IN_FRAME] * FRAMES
    assert sum([1 async for _ in read_told(told)]) == FRAMES
