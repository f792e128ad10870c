"""Scrapes an exporter at a steady rate over kept connections, as Prometheus does: each answer is
of one probe, which must have succeeded.

It runs as a process of its own, whose CPU is nobody's figure:
`python scrapes.py PORT PATH PER_SECOND SECONDS`.
"""

import asyncio
import re
import sys
from typing import TypeAlias

import uvloop
from client import WrongAnswer, get

from fener.clock import SystemClock
from fener.domain.time import SECOND

_BEHIND_SECONDS = 2
"""More would be another rate than the one that was asked for."""
_LAST_CHUNK = b"\r\n0\r\n\r\n"
_BETWEEN_CHUNKS = re.compile(rb"\r\n[0-9a-f]+\r\n")
"""May stand anywhere in the text, in which there is no CRLF of its own."""
_SUCCESS = b"\nprobe_success 1\n"

Connection: TypeAlias = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Scraper:
    def __init__(self, port: int, path: str) -> None:
        self._port = port
        self._request = get(path)
        self._idle: list[Connection] = []

    async def run(self, per_second: int, seconds: int) -> None:
        """Raises WrongAnswer in a group of errors, and TimeoutError where answers come late."""
        clock = SystemClock()
        began = clock.monotonic()
        async with asyncio.timeout(seconds + _BEHIND_SECONDS), asyncio.TaskGroup() as tasks:
            for number in range(per_second * seconds):
                due = began + number * SECOND // per_second
                await clock.sleep(due - clock.monotonic())
                tasks.create_task(self._scrape())
        for _, writer in self._idle:
            writer.close()

    async def _scrape(self) -> None:
        reader, writer = self._idle.pop() if self._idle else await self._connect()
        writer.write(self._request)
        answer = await reader.readuntil(_LAST_CHUNK)
        if _SUCCESS not in _BETWEEN_CHUNKS.sub(b"", answer):
            raise WrongAnswer(answer[:2_000].decode("utf-8", "replace"))
        self._idle.append((reader, writer))

    async def _connect(self) -> Connection:
        return await asyncio.open_connection("127.0.0.1", self._port)


if __name__ == "__main__":
    port, path, per_second, seconds = sys.argv[1:]
    uvloop.run(Scraper(int(port), path).run(int(per_second), int(seconds)))
