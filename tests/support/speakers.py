"""Small servers on the loop of the test, which say line by line what they were told to."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import TypeAlias

from support.targets import abort

Reader: TypeAlias = asyncio.StreamReader
Writer: TypeAlias = asyncio.StreamWriter
Talk: TypeAlias = Callable[[Reader, Writer], Awaitable[None]]
_GONE = (ConnectionError, asyncio.IncompleteReadError, ssl.SSLError, TimeoutError)


@asynccontextmanager
async def speaking(talk: Talk, *, host: str = "127.0.0.1", port: int = 0) -> AsyncIterator[int]:
    """A server whose connections end when the talk does; gives its port."""
    talks: set[asyncio.Task[None]] = set()

    async def connected(reader: Reader, writer: Writer) -> None:
        task = asyncio.current_task()
        assert task is not None
        talks.add(task)
        task.add_done_callback(talks.discard)
        with suppress(asyncio.CancelledError, *_GONE):  # asyncio would report it as a fault
            await talk(reader, writer)
        writer.transport.close()

    server = await asyncio.start_server(connected, host, port)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in tuple(talks):
            task.cancel()
        await asyncio.gather(*talks, return_exceptions=True)
        await asyncio.sleep(0)  # noqa: TID251 - lets the connections end


def says(data: bytes, *, stays: bool = False) -> Talk:
    """Sends this at once, then hangs up, or not."""

    async def talk(reader: Reader, writer: Writer) -> None:
        writer.write(data)
        await writer.drain()
        if stays:
            await reader.read()

    return talk


def answers(data: bytes) -> Talk:
    """Sends this once something was asked, then hangs up."""

    async def talk(reader: Reader, writer: Writer) -> None:
        await reader.read(4_096)
        writer.write(data)
        await writer.drain()

    return talk


async def hangs(reader: Reader, writer: Writer) -> None:
    """Takes all that is said, and never says a word."""
    while await reader.read(4_096):
        pass


async def hangs_up(reader: Reader, writer: Writer) -> None:
    """Ends the connection once something was asked."""
    await reader.read(4_096)


async def resets(reader: Reader, writer: Writer) -> None:
    """Resets the connection once something was asked."""
    await reader.read(4_096)
    abort(writer)


async def floods(reader: Reader, writer: Writer) -> None:
    """Sends without end."""
    while True:
        writer.write(b"." * 16_384)
        await writer.drain()


def offers_tls(
    context: ssl.SSLContext, greeting: bytes, *steps: tuple[bytes, bytes], extra: bytes = b""
) -> Talk:
    """Greets, answers each of these lines in turn, and begins TLS after the last."""

    async def talk(reader: Reader, writer: Writer) -> None:
        writer.write(greeting)
        for asked, answer in steps:
            line = await reader.readline()
            assert line.upper().startswith(asked), line
            writer.write(answer + (extra if answer is steps[-1][1] else b""))
            await writer.drain()
        await writer.start_tls(context)
        await reader.read()

    return talk
