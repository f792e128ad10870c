"""A signed-in browser that looks at pages at a steady rate and holds the live stream open.

It runs as a process of its own, whose CPU is nobody's figure:
`python visits.py URL COOKIE PER_SECOND SECONDS PATH...` prints, as JSON, how long each answer took
in microseconds, for each path. An answer is awaited from the time at which its page was to be asked
for: one that comes late costs all that wait behind it.
"""

import asyncio
import json
import sys
from contextlib import suppress
from itertools import cycle, islice
from typing import TypeAlias
from urllib.parse import urlsplit

import uvloop
from client import WrongAnswer, get

from fener.clock import SystemClock, stopwatch
from fener.domain.time import SECOND

_PATIENCE_SECONDS = 10
"""For the answers that are still to come in the end."""
_HEAD_END = b"\r\n\r\n"
_LENGTH = b"content-length:"

Connection: TypeAlias = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Browser:
    def __init__(self, url: str, cookie: str) -> None:
        parts = urlsplit(url)
        self._place = (parts.hostname or "", parts.port or 80)
        self._cookie = f"fener_session={cookie}"
        self._idle: list[Connection] = []

    async def run(self, per_second: int, seconds: int, paths: list[str]) -> dict[str, list[int]]:
        """Raises WrongAnswer in a group of errors, and TimeoutError where answers stay away."""
        took: dict[str, list[int]] = {path: [] for path in paths}
        clock = SystemClock()
        listening = asyncio.create_task(self._listen())
        began, at = clock.monotonic(), stopwatch()
        async with asyncio.timeout(seconds + _PATIENCE_SECONDS), asyncio.TaskGroup() as tasks:
            for number, path in enumerate(islice(cycle(paths), per_second * seconds)):
                due = number * SECOND // per_second
                await clock.sleep(began + due - clock.monotonic())
                tasks.create_task(self._look(path, at + due * 1_000, took[path]))
        if listening.done():
            listening.result()
        listening.cancel()
        for _, writer in self._idle:
            writer.close()
        return took

    async def _look(self, path: str, due: int, took: list[int]) -> None:
        while self._idle:
            try:
                await self._ask(self._idle.pop(), path)
            except (asyncio.IncompleteReadError, ConnectionError):
                continue  # it was kept for longer than Fener keeps one
            break
        else:
            await self._ask(await self._connect(), path)
        took.append(stopwatch() - due)

    async def _ask(self, connection: Connection, path: str) -> None:
        reader, writer = connection
        writer.write(get(path, Cookie=self._cookie))
        head = await self._head(reader)
        length = head[head.index(_LENGTH) + len(_LENGTH) :].split(b"\r\n", 1)[0]
        await reader.readexactly(int(length))
        self._idle.append(connection)

    async def _listen(self) -> None:
        """As every page does; Fener ends the stream from time to time, and it is taken up again."""
        while True:
            reader, writer = await self._connect()
            writer.write(get("/live", Cookie=self._cookie))
            await self._head(reader)
            while await reader.read(65_536):
                pass
            writer.close()

    async def _head(self, reader: asyncio.StreamReader) -> bytes:
        head = await reader.readuntil(_HEAD_END)
        if not head.startswith(b"HTTP/1.1 200 "):
            raise WrongAnswer(head[:500].decode("utf-8", "replace"))
        return head.lower()

    async def _connect(self) -> Connection:
        return await asyncio.open_connection(*self._place)


if __name__ == "__main__":
    url, cookie, per_second, seconds, *paths = sys.argv[1:]
    with suppress(KeyboardInterrupt):
        browser = Browser(url, cookie)
        print(json.dumps(uvloop.run(browser.run(int(per_second), int(seconds), paths))))
