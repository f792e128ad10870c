"""Searches answers for regular expressions without ever holding the loop.

Python's `re` backtracks: on a hostile text even a simple pattern takes minutes, and holds the
whole process meanwhile. So a worker process searches, one text at a time, and ends when it takes
too long.
"""

import asyncio
import signal
import struct
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from msgspec import Struct

from fener.domain.check import Failure, Outcome, Success, Unknown
from fener.domain.failure import FailureReason, UnknownReason
from fener.domain.time import SECOND, Span
from fener.ports import Clock

SHARE: Span = 250
"""Processor time for one search: hundreds of times what a sound pattern takes for a MiB."""
_WORKER = Path(__file__).with_name("pattern_worker.py")
_FOUND = {b"1": True, b"0": False}


class Text(Struct, frozen=True):
    """Bytes to be searched, and the charset that they are in."""

    content: bytes
    charset: str


class Patterns:
    """One worker for a process, started by the first search. Use it as a context manager."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._worker: Process | None = None
        self._turn = asyncio.Lock()

    async def search(self, pattern: str, text: Text, within: Span) -> Outcome:
        """Whether the pattern matches somewhere in the text; unknown where we cannot tell."""
        try:
            async with asyncio.timeout(max(0, within) / SECOND):
                async with self._turn:
                    answer = await self._asked(pattern, text)
        except TimeoutError:
            said = "there was no time left to search for the pattern"
            return Unknown(UnknownReason.OVERLOADED, said)
        if isinstance(answer, Unknown):
            return answer
        if answer not in _FOUND:
            said = f"the monitor is badly set: {pattern!r} is no regular expression"
            return Unknown(UnknownReason.INTERNAL_ERROR, said)
        if _FOUND[answer]:
            return Success()
        read = f"{len(text.content):,} bytes searched"
        return Failure(FailureReason.PATTERN_MISSING, f"pattern {pattern!r} not found, {read}")

    async def aclose(self) -> None:
        await self._end()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.aclose()

    async def _asked(self, pattern: str, text: Text) -> bytes | Unknown:
        """The worker's answer. One that gave none is ended: what it may say later is of no use."""
        answer, ended = b"", None
        try:
            worker = self._worker = self._worker or await _started()
            assert worker.stdin is not None  # noqa: S101 - both were asked for
            assert worker.stdout is not None  # noqa: S101
            parts = (pattern.encode(), text.charset.encode(), text.content)
            worker.stdin.write(struct.pack(">III", *map(len, parts)) + b"".join(parts))
            with suppress(ConnectionError):
                await worker.stdin.drain()
            answer = await worker.stdout.read(1)
            if not answer:
                # It ends by itself, and killing it now could cost us the word how.
                ended = await worker.wait()
        finally:
            if not answer:
                await self._end()
        return answer or _broken_off(ended)

    async def _end(self) -> None:
        worker, self._worker = self._worker, None
        if worker is None:
            return
        with suppress(ProcessLookupError):
            worker.kill()
        await worker.communicate()


def _broken_off(ended: int | None) -> Unknown:
    if ended == -signal.SIGVTALRM:
        said = f"searching for the pattern took more than {SHARE} ms: make it simpler"
        return Unknown(UnknownReason.OVERLOADED, said)
    return Unknown(UnknownReason.INTERNAL_ERROR, "searching for the pattern broke down")


async def _started() -> Process:
    arguments = ("-I", "-S", "-W", "ignore", str(_WORKER), str(SHARE / SECOND))
    return await asyncio.create_subprocess_exec(
        sys.executable, *arguments, stdin=PIPE, stdout=PIPE, stderr=DEVNULL
    )
