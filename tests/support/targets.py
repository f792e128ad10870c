"""Honest and hostile HTTP servers on loopback, for every test that needs something to probe.

A `Target` runs in a thread with a loop of its own, so it serves tests with and without asyncio and
never competes for the loop under test. It answers each path as it was told to, and keeps a log of
what it was asked. `stop` and `start` keep the port: an outage is `target.stop()`.
"""

import asyncio
import json
import socket
import ssl
import struct
import threading
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Self, TypeAlias

_GONE = (ConnectionError, asyncio.IncompleteReadError, ssl.SSLError, TimeoutError)
_STARTED_WITHIN = 10.0
_CHUNK = b"x" * 16_384


@dataclass(frozen=True)
class Request:
    """What a target was asked. Header names are lower-case."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes = b""


@dataclass
class Exchange:
    """One request being answered. `stopping` is set when the target is stopped."""

    request: Request
    writer: asyncio.StreamWriter
    stopping: asyncio.Event

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def wait(self, seconds: float) -> bool:
        """Wait so long, or until the target is stopped; False when it is."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self.stopping.wait(), seconds)
        return not self.stopping.is_set()


Answer: TypeAlias = Callable[[Exchange], Awaitable[None]]


def page(
    body: bytes | str = b"hello",
    status: int = 200,
    headers: tuple[tuple[str, str], ...] = (),
) -> Answer:
    """A well-formed answer."""
    content = body.encode() if isinstance(body, str) else body
    lines = [f"HTTP/1.1 {status} Told", f"Content-Length: {len(content)}", "Connection: close"]
    lines += [f"{name}: {value}" for name, value in headers]
    message = "\r\n".join([*lines, "", ""]).encode("latin-1") + content

    async def answer(exchange: Exchange) -> None:
        await exchange.send(message)

    return answer


def redirect(location: str, status: int = 302) -> Answer:
    return page(b"moved", status, (("Location", location),))


def raw(data: bytes) -> Answer:
    """Exactly these bytes, then the end of the connection."""

    async def answer(exchange: Exchange) -> None:
        await exchange.send(data)

    return answer


async def echo(exchange: Exchange) -> None:
    """The request as JSON, so that a test can see what was really sent."""
    asked = exchange.request
    seen = {"method": asked.method, "path": asked.path, "headers": asked.headers}
    await page(json.dumps({**seen, "body": asked.body.decode()}))(exchange)


def delayed(seconds: float, answer: Answer) -> Answer:
    """The same answer, later."""

    async def later(exchange: Exchange) -> None:
        if await exchange.wait(seconds):
            await answer(exchange)

    return later


async def hang(exchange: Exchange) -> None:
    """Takes the request and never answers."""
    await exchange.stopping.wait()


async def drip(exchange: Exchange) -> None:
    """Answers at once, then sends one byte of its body each second, for ever."""
    await exchange.send(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
    while await exchange.wait(1):
        await exchange.send(b".")


async def drip_headers(exchange: Exchange) -> None:
    """Sends one byte of its header each second, for ever."""
    await exchange.send(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    while await exchange.wait(1):
        await exchange.send(b".")


async def stream(exchange: Exchange) -> None:
    """An endless body, as fast as it is taken."""
    await exchange.send(b"HTTP/1.1 200 OK\r\n\r\n")
    while not exchange.stopping.is_set():
        await exchange.send(_CHUNK)


def trickle(bytes_per_second: int) -> Answer:
    """An endless body at this rate."""

    async def answer(exchange: Exchange) -> None:
        await exchange.send(b"HTTP/1.1 200 OK\r\n\r\n")
        while await exchange.wait(0.05):
            await exchange.send(b"x" * (bytes_per_second // 20))

    return answer


async def endless_headers(exchange: Exchange) -> None:
    await exchange.send(b"HTTP/1.1 200 OK\r\n")
    while not exchange.stopping.is_set():
        await exchange.send(b"X-More: and more and more and more\r\n" * 100)


async def endless_header_line(exchange: Exchange) -> None:
    await exchange.send(b"HTTP/1.1 200 OK\r\nX-Long: ")
    while not exchange.stopping.is_set():
        await exchange.send(_CHUNK)


garbage = raw(bytes(range(256)) * 8)
"""Bytes that are no HTTP at all."""


async def empty(exchange: Exchange) -> None:
    """Takes the request and hangs up without a word."""


async def reset(exchange: Exchange) -> None:
    """Takes the request and resets the connection."""
    abort(exchange.writer)


async def reset_midway(exchange: Exchange) -> None:
    """Resets the connection in the middle of the body."""
    await exchange.send(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf")
    await exchange.wait(0.05)
    abort(exchange.writer)


cut_short = raw(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf")
"""Promises a thousand bytes and hangs up after four."""


def abort(writer: asyncio.StreamWriter) -> None:
    """Reset the connection."""
    connection: socket.socket = writer.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


@dataclass
class Target:
    """A server on a free port of `host`. Use it as a context manager."""

    tls: ssl.SSLContext | None = None
    host: str = "127.0.0.1"
    answers: dict[str, Answer] = field(default_factory=lambda: {"/": page()})
    port: int = 0
    requests: list[Request] = field(default_factory=list)
    connections: int = 0
    _thread: threading.Thread | None = None
    _stop: Callable[[], None] | None = None

    def url(self, path: str = "/", host: str | None = None) -> str:
        name = host or (f"[{self.host}]" if ":" in self.host else self.host)
        return f"{'https' if self.tls else 'http'}://{name}:{self.port}{path}"

    def at(self, path: str, answer: Answer) -> str:
        """Answer this path so from now on; gives its URL."""
        self.answers[path] = answer
        return self.url(path)

    def start(self) -> None:
        """Listen; the port of an earlier start is taken again."""
        listening = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve(listening)))
        self._thread.start()
        if not listening.wait(_STARTED_WITHIN):
            raise TimeoutError("the target did not start")

    def stop(self) -> None:
        """Refuse connections and end the open ones."""
        if self._thread is None or self._stop is None:
            return
        self._stop()
        self._thread.join()
        self._thread = None

    async def _serve(self, listening: threading.Event) -> None:
        stopping = asyncio.Event()
        loop = asyncio.get_running_loop()

        def stop() -> None:
            loop.call_soon_threadsafe(stopping.set)

        self._stop = stop
        exchanges: set[asyncio.Task[None]] = set()

        async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.current_task()
            assert task is not None
            exchanges.add(task)
            task.add_done_callback(exchanges.discard)
            self.connections += 1
            with suppress(asyncio.CancelledError):  # asyncio would report it as a fault
                await self._exchange(reader, writer, stopping)

        loop.set_exception_handler(_ignore_broken_handshakes)
        server = await asyncio.start_server(
            connected, self.host, self.port, ssl=self.tls, reuse_address=True, backlog=1000
        )
        self.port = server.sockets[0].getsockname()[1]
        listening.set()
        await stopping.wait()
        for listening_socket in server.sockets:
            # asyncio leaks a connection that it is accepting while its server is closed.
            loop.remove_reader(listening_socket.fileno())
        await _passes()
        server.close()
        for task in tuple(exchanges):
            task.cancel()
        await asyncio.gather(*exchanges, return_exceptions=True)
        await _abort_all(loop)

    async def _exchange(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, stopping: asyncio.Event
    ) -> None:
        try:
            with suppress(*_GONE):
                request = await _read_request(reader)
                self.requests.append(request)
                answer = self.answers.get(request.path, page(b"no such page", 404))
                await answer(Exchange(request, writer, stopping))
        finally:
            writer.close()
        with suppress(*_GONE):
            await writer.wait_closed()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


async def _read_request(reader: asyncio.StreamReader) -> Request:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.rstrip("\r\n").split("\r\n")
    method, path, _ = first.split(" ", 2)
    pairs = (line.partition(":") for line in lines)
    headers = {name.lower(): value.strip() for name, _, value in pairs}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Request(method, path, headers, body)


async def _abort_all(loop: asyncio.AbstractEventLoop) -> None:
    """End every connection, those in the middle of a handshake too: asyncio knows of no other way
    before Python 3.13.
    """
    for transport in tuple(loop._transports.values()):  # type: ignore[attr-defined]
        transport.abort()
    await _passes()


async def _passes() -> None:
    """Let the loop finish what it has begun."""
    for _ in range(3):
        passed = asyncio.Event()
        asyncio.get_running_loop().call_soon(passed.set)
        await passed.wait()


def _ignore_broken_handshakes(loop: asyncio.AbstractEventLoop, context: dict[str, object]) -> None:
    if not isinstance(context.get("exception"), _GONE):
        loop.default_exception_handler(context)


class BlackHole:
    """A port whose connections are never completed: its queue of waiting ones is full."""

    def __init__(self) -> None:
        self._listener = socket.socket()
        self._listener.bind(("127.0.0.1", 0))
        self._listener.listen(0)
        self.port: int = self._listener.getsockname()[1]
        self._waiting = [self._knock() for _ in range(4)]

    def _knock(self) -> socket.socket:
        connection = socket.socket()
        connection.setblocking(False)
        connection.connect_ex(("127.0.0.1", self.port))
        return connection

    def close(self) -> None:
        for one in (*self._waiting, self._listener):
            one.close()


def closed_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port: int = unused.getsockname()[1]
        return port
