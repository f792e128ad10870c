"""CPU of one probe, plain and over verified TLS, beside that of libcurl alone.

    python bench/probe.py [probes]

The target runs in a process of its own; what is counted is the CPU time of this one. Medians of
some rounds, in microseconds.
"""

import asyncio
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from statistics import median
from typing import Any

import pycurl
import uvloop

from fener.bus.frames import Results, _orders, _told, frame
from fener.clock import SystemClock, stopwatch
from fener.domain.check import CheckOrder, CheckResult, Purpose, Success
from fener.domain.monitor import HttpSettings
from fener.net.guard import AddressGuard
from fener.net.hosts import HostsFile
from fener.net.nameservers import Nameservers
from fener.net.resolver import Resolver
from fener.net.wire import Wire, find_trust_store
from fener.pipeline.probe.prober import Prober
from fener.pipeline.probe.world import World

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from support.certificates import make_authority

ROUNDS = 5
AT_ONCE = 20
NAME = "target.test"
ANSWER = (
    b"HTTP/1.1 200 OK\r\nServer: bench\r\nDate: Thu, 01 Jan 2026 00:00:00 GMT\r\n"
    b"Content-Type: text/html; charset=utf-8\r\nContent-Length: 600\r\n"
    b"Connection: close\r\n\r\n" + b"x" * 600
)


class Answerer(asyncio.Protocol):
    """Answers each request alike, as cheaply as Python can."""

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        if data.endswith(b"\r\n\r\n"):
            self._transport.write(ANSWER)
            self._transport.close()


async def serve(certificate: str) -> None:
    context = None
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Answerer, "127.0.0.1", 0, ssl=context, backlog=4_000)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


def start_target(certificate: str = "") -> tuple[subprocess.Popen[bytes], int]:
    process = subprocess.Popen(
        [sys.executable, __file__, "--serve", certificate],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    return process, int(process.stdout.readline())


async def cpu_of(probes: int, *kinds: Callable[[], Awaitable[None]]) -> list[float]:
    """Microseconds of CPU of each kind of call: medians of rounds taken in turns."""
    rounds: list[list[float]] = [[] for _ in kinds]
    for _ in range(ROUNDS):
        for kind, taken in zip(kinds, rounds, strict=True):
            began = time.process_time()
            await asyncio.gather(*(_repeat(kind, probes // AT_ONCE) for _ in range(AT_ONCE)))
            taken.append((time.process_time() - began) / probes * 1e6)
    return [median(taken) for taken in rounds]


async def _repeat(call: Callable[[], Awaitable[None]], times: int) -> None:
    for _ in range(times):
        await call()


def order_of(url: str) -> CheckOrder:
    now = SystemClock().now()
    settings = HttpSettings(url=url)
    return CheckOrder(1, 1, now, Purpose.SCHEDULED, now + 3_600_000, 10_000, settings)


async def bare(multi: Any, url: str, port: int, store: Path) -> None:
    """The least that libcurl needs for the same transfer."""
    curl = pycurl.Curl()
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


async def measure(hosts: Path, store: Path, leaf: Path, probes: int) -> None:
    clock = SystemClock()
    resolver = Resolver(clock, Nameservers(clock), HostsFile(clock, hosts))
    async with Wire(store) as wire, pycurl.AsyncCurlMulti() as multi:
        prober = Prober(World(wire, resolver, AddressGuard(), clock, stopwatch))
        prober.start()
        for scheme, certificate, count in (("http", "", probes), ("https", str(leaf), probes // 4)):
            target, port = start_target(certificate)
            url = f"{scheme}://{NAME}:{port}/"
            order = order_of(url)

            async def ours(order: CheckOrder = order) -> None:
                result = await prober.probe(order)
                assert isinstance(result.outcome, Success), result

            async def theirs(url: str = url, port: int = port) -> None:
                await bare(multi, url, port, store)

            probe, alone = await cpu_of(count, ours, theirs)
            print(f"{scheme:6} a probe {probe:5.0f} us, libcurl alone {alone:5.0f} us")
            tell_size(order, await prober.probe(order))
            target.communicate(b"")
        await prober.stop()


def tell_size(order: CheckOrder, result: CheckResult) -> None:
    """What carrying an order and its result between the processes costs, on both sides."""
    began = time.process_time()
    for _ in range(100):
        orders, results = frame([order] * 100), frame(Results([result] * 100))
        _orders.decode(orders[4:])
        _told.decode(results[4:])
    each = (time.process_time() - began) / 10_000 * 1e6
    print(f"       its pipe {each:.1f} us, {len(results) // 100} bytes a result")


def main() -> None:
    if sys.argv[1:2] == ["--serve"]:
        uvloop.run(serve(sys.argv[2]))
        return
    probes = int(sys.argv[1]) if len(sys.argv) > 1 else 2_000
    with tempfile.TemporaryDirectory() as folder:
        hosts, store, leaf = prepared(Path(folder))
        uvloop.run(measure(hosts, store, leaf, probes))


def prepared(folder: Path) -> tuple[Path, Path, Path]:
    """A hosts file, a trust store as large as a real one, and a certificate it trusts."""
    authority = make_authority(folder)
    authority.leaf(NAME)
    leaf = next(path for path in folder.glob("*.pem") if path != authority.trust_store)
    hosts = folder / "hosts"
    hosts.write_text(f"127.0.0.1 {NAME}\n")
    usual = find_trust_store()
    store = folder / "store"
    store.write_bytes(authority.trust_store.read_bytes() + (usual.read_bytes() if usual else b""))
    return hosts, store, leaf


if __name__ == "__main__":
    main()
