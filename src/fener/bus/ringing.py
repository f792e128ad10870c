"""Rings the bells of a server from another process on the same data folder.

The server hears through a named pipe in that folder. A ring that nobody hears is lost, which loses
no work: whatever was changed is in the store, and the server polls it.
"""

import asyncio
import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol
from uuid import UUID

import structlog

from fener.domain.place import Place

LOG = structlog.get_logger()
PIPE = "doorbell"
_CHANGED, _INCIDENT, _OWED, _CHECK = "changed", "incident", "owed", "check"
_WHOLE = "-"
_AT_ONCE = 65_536
_LONGEST = 4_096
"""Beyond this no line is waited for: whoever wrote it is no command of ours."""


class Bells(Protocol):
    def check_now(self, monitor_id: int) -> None: ...
    def monitors_changed(self, *places: Place) -> None: ...
    def incidents_changed(self, *places: Place) -> None: ...
    def messages_owed(self, place: Place) -> None: ...


class DistantBells:
    """Those of the server on this data folder. `is_heard` says whether the last ring was."""

    def __init__(self, data: Path) -> None:
        self._pipe = data / PIPE
        self.is_heard = False

    def is_anybody_there(self) -> bool:
        """Whether a server would hear a ring."""
        pipe = self._opened()
        if pipe is not None:
            os.close(pipe)
        return pipe is not None

    def check_now(self, monitor_id: int) -> None:
        self._ring(f"{_CHECK} {monitor_id}")

    def monitors_changed(self, *places: Place) -> None:
        for place in places:
            self._ring(f"{_CHANGED} {_text(place)}")

    def incidents_changed(self, *places: Place) -> None:
        for place in places:
            self._ring(f"{_INCIDENT} {_text(place)}")

    def messages_owed(self, place: Place) -> None:
        self._ring(f"{_OWED} {_text(place)}")

    def _ring(self, line: str) -> None:
        pipe = self._opened()
        self.is_heard = pipe is not None
        if pipe is None:
            return
        try:
            os.write(pipe, f"{line}\n".encode())
        except BlockingIOError:
            self.is_heard = False
        finally:
            os.close(pipe)

    def _opened(self) -> int | None:
        """None where there is no pipe, or nobody at its other end: no server runs here."""
        try:
            pipe = os.open(self._pipe, os.O_WRONLY | os.O_NONBLOCK | os.O_NOFOLLOW)
        except OSError:
            return None
        if stat.S_ISFIFO(os.fstat(pipe).st_mode):
            return pipe
        os.close(pipe)
        return None


@contextmanager
def heard(data: Path, bells: Bells) -> Iterator[None]:
    """Pass on to `bells` what other processes ring; within a running event loop."""
    path = data / PIPE
    path.unlink(missing_ok=True)
    os.mkfifo(path, 0o600)
    # Open for writing too, so that it does not end when a command closes its end.
    pipe = os.open(path, os.O_RDWR | os.O_NONBLOCK | os.O_NOFOLLOW)
    loop = asyncio.get_running_loop()
    loop.add_reader(pipe, _Listener(pipe, bells).listen)
    try:
        yield
    finally:
        loop.remove_reader(pipe)
        os.close(pipe)
        path.unlink(missing_ok=True)


class _Listener:
    def __init__(self, pipe: int, bells: Bells) -> None:
        self._pipe = pipe
        self._bells = bells
        self._begun = b""

    def listen(self) -> None:
        try:
            read = os.read(self._pipe, _AT_ONCE)
        except BlockingIOError:
            return
        *lines, self._begun = (self._begun + read).split(b"\n")
        self._begun = self._begun[:_LONGEST]
        for line in lines:
            self._pass_on(line.decode("ascii", "replace"))

    def _pass_on(self, line: str) -> None:
        match line.split():
            case [word, *rest] if word == _CHANGED and (place := _place(rest)):
                self._bells.monitors_changed(place)
            case [word, *rest] if word == _INCIDENT and (place := _place(rest)):
                self._bells.incidents_changed(place)
            case [word, *rest] if word == _OWED and (place := _place(rest)):
                self._bells.messages_owed(place)
            case [word, number] if word == _CHECK and number.isdigit():
                self._bells.check_now(int(number))
            case _:
                LOG.warning("nobody knows this ring", line=line[:100])


def _text(place: Place) -> str:
    """`1 7 019b...`, with a dash for what is not narrowed down."""
    parts = (place.organization_id, place.customer_id, place.monitor)
    return " ".join(_WHOLE if one is None else str(one) for one in parts)


def _place(words: Sequence[str]) -> Place | None:
    """What `_text` wrote; None for anything else."""
    try:
        organization_id, customer_id, monitor = words
        return Place(
            int(organization_id),
            None if customer_id == _WHOLE else int(customer_id),
            None if monitor == _WHOLE else UUID(monitor),
        )
    except ValueError:
        return None
