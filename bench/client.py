"""An HTTP/1.1 client that does next to nothing: kept connections, one request after another."""

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import cycle
from typing import Any
from urllib.parse import urlsplit

from figures import Figure, middle, percentile, shown
from msgspec import Struct
from processes import used

from fener.clock import stopwatch
from fener.testing.server import ServedFener

_LENGTH = b"content-length:"
_HEAD_END = b"\r\n\r\n"
_MS = 1_000


class Load(Struct, frozen=True):
    """What came of a load: how long each answer took, in microseconds, over how many of them."""

    took: list[int]
    span_us: int
    cpu_us: int = 0
    """Of the server, for all of them."""

    @property
    def per_second(self) -> float:
        return len(self.took) / self.span_us * 1e6

    def ms(self, share: float) -> float:
        return percentile(self.took, share) / _MS


class WrongAnswer(Exception):
    """What came back is not what a load can be made of."""


def get(path: str, **headers: str) -> bytes:
    """A request, ready to be sent."""
    lines = [f"GET {path} HTTP/1.1", "Host: bench"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode()


class Rounds(Struct, frozen=True):
    """Some loads after one another, each over so many connections for so many seconds."""

    connections: int
    seconds: float
    count: int

    def of(self, fener: ServedFener, requests: Sequence[bytes]) -> list[Load]:
        made = []
        for _ in range(self.count):
            before = used(fener.pid).cpu_us
            span_us = round(self.seconds * 1_000_000)
            one = asyncio.run(load(fener.url, requests, self.connections, span_us))
            made.append(Load(one.took, one.span_us, used(fener.pid).cpu_us - before))
        return made


def answered(what: str, rounds: Sequence[Load]) -> Figure:
    """How many answers a second the server gave, how long one took and what it cost."""
    p50, p99 = (shown(middle([one.ms(share) for one in rounds])) for share in (50, 99))
    cpu = shown(middle([one.cpu_us / len(one.took) for one in rounds]))
    more = f"p50 {p50} ms, p99 {p99} ms, {cpu} us CPU each"
    return Figure(what, middle([one.per_second for one in rounds]), "answers/s", more)


async def load(url: str, requests: Iterable[bytes], connections: int, span_us: int) -> Load:
    """Ask over so many connections for so long, with these requests in turn."""
    parts = urlsplit(url)
    took: list[int] = []
    began = stopwatch()
    turn = cycle(requests)
    loop = asyncio.get_running_loop()
    callers = []
    for _ in range(connections):
        _, caller = await loop.create_connection(
            partial(_Caller, turn, took, began + span_us), parts.hostname or "", parts.port or 80
        )
        callers.append(caller)
    try:
        await asyncio.gather(*(caller.ended for caller in callers))
    finally:
        for caller in callers:
            caller.close()
    return Load(took, stopwatch() - began)


class _Caller(asyncio.Protocol):
    def __init__(self, requests: Iterator[bytes], took: list[int], until: int) -> None:
        self._requests = requests
        self._took = took
        self._until = until
        self._asked_at = 0
        self._missing = 0
        self._head = b""
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        self._ask()

    def close(self) -> None:
        self._transport.close()

    def connection_lost(self, error: Exception | None) -> None:
        if not self.ended.done():
            self.ended.set_exception(error or WrongAnswer("the connection was closed"))

    def data_received(self, data: bytes) -> None:
        if self._missing:
            self._missing -= len(data)
        else:
            self._head += data
            if _HEAD_END not in self._head:
                return
            self._missing = self._rest(self._head)
            self._head = b""
        if not self._missing and not self.ended.done():
            self._answered()

    def _rest(self, data: bytes) -> int:
        """How much of the body is still to come."""
        head, _, body = data.partition(_HEAD_END)
        if not head.startswith(b"HTTP/1.1 200 "):
            self.ended.set_exception(WrongAnswer(data[:500].decode("utf-8", "replace")))
            return 0
        lowered = head.lower()
        at = lowered.index(_LENGTH) + len(_LENGTH)
        return int(lowered[at:].split(b"\r\n", 1)[0]) - len(body)

    def _ask(self) -> None:
        self._asked_at = stopwatch()
        self._transport.write(next(self._requests))

    def _answered(self) -> None:
        now = stopwatch()
        self._took.append(now - self._asked_at)
        if now < self._until:
            self._ask()
        else:
            self.ended.set_result(None)
