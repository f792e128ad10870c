"""A small HTTP proxy on loopback: absolute-form requests, and tunnels by CONNECT."""

import asyncio
import threading
from contextlib import suppress
from typing import Self

_GONE = (ConnectionError, asyncio.IncompleteReadError)
_STARTED_WITHIN = 10.0


class Proxy:
    """Use it as a context manager. `hosts` says where names lead, `refusal` is what it answers to
    everything instead, `asked` the first line of every request.
    """

    def __init__(self, refusal: bytes | None = None, hosts: dict[str, str] | None = None) -> None:
        self._refusal = refusal
        self._hosts = hosts or {}
        self.asked: list[str] = []
        self.port = 0
        self._stop: asyncio.Event | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        listening = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve(listening)))
        self._thread.start()
        if not listening.wait(_STARTED_WITHIN):
            raise TimeoutError("the proxy did not start")
        return self

    def __exit__(self, *_: object) -> None:
        assert self._loop is not None
        assert self._stop is not None
        assert self._thread is not None
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    async def _serve(self, listening: threading.Event) -> None:
        self._stop, self._loop = asyncio.Event(), asyncio.get_running_loop()
        exchanges: set[asyncio.Task[None]] = set()

        async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.current_task()
            assert task is not None
            exchanges.add(task)
            with suppress(asyncio.CancelledError, *_GONE):
                await self._exchange(reader, writer)
            await _closed(writer)

        server = await asyncio.start_server(connected, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        listening.set()
        await self._stop.wait()
        server.close()
        for task in exchanges:
            task.cancel()
        await asyncio.gather(*exchanges, return_exceptions=True)

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        first, _, rest = head.partition(b"\r\n")
        self.asked.append(first.decode())
        if self._refusal is not None:
            writer.write(self._refusal)
            await writer.drain()
            if not self._refusal and self._stop is not None:
                await self._stop.wait()
            return
        method, target, version = first.decode().split(" ")
        where = target if method == "CONNECT" else target.split("/")[2]
        name, _, port = where.rpartition(":")
        there, out = await asyncio.open_connection(self._hosts.get(name, name), int(port))
        if method == "CONNECT":
            writer.write(b"HTTP/1.1 200 Go on\r\nX-Proxy: yes\r\n\r\n")
        else:
            path = "/" + target.split("/", 3)[3]
            out.write(f"{method} {path} {version}\r\n".encode() + rest)
        try:
            await asyncio.gather(_pumped(reader, out), _pumped(there, writer))
        finally:
            await _closed(out)


async def _closed(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with suppress(*_GONE):
        await writer.wait_closed()


async def _pumped(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    with suppress(*_GONE):
        while piece := await source.read(65_536):
            sink.write(piece)
            await sink.drain()
    sink.close()
