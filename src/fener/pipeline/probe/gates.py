"""Limits on how many probes run side by side, in the process and at one host."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import TypeVar

from msgspec import Struct

Result = TypeVar("Result")


class Limits(Struct, frozen=True):
    """How many probes may run at a time."""

    in_process: int = 1_000
    at_host: int = 50


class _Places:
    """Places for those who come first. A semaphore does the same, at five coroutines a visit."""

    __slots__ = ("_free", "_waiting")

    def __init__(self, count: int) -> None:
        self._free = count
        self._waiting: deque[asyncio.Future[None]] = deque()

    def take(self) -> bool:
        """A place, if there is one now. Who has it gives it back."""
        if not self._free:
            return False
        self._free -= 1
        return True

    async def wait(self) -> None:
        """Until somebody passes a place on."""
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if not turn.cancelled():  # it came just now
                self.give()
            raise

    def give(self) -> None:
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                return
        self._free += 1


class _Gate:
    __slots__ = ("places", "users")

    def __init__(self, places: int) -> None:
        self.places = _Places(places)
        self.users = 0


class Gates:
    """One slow host fills its own gate and leaves the others theirs."""

    def __init__(self, limits: Limits) -> None:
        self._at_host = limits.at_host
        self._process = _Places(limits.in_process)
        self._hosts: dict[str, _Gate] = {}
        self.running = 0

    @property
    def waiting(self) -> int:
        return sum(gate.users for gate in self._hosts.values()) - self.running

    async def through(self, host: str, work: Callable[[], Awaitable[Result]]) -> Result:
        """Do the work once there is a place at this host and one in the process."""
        gate = self._hosts.get(host)
        if gate is None:
            gate = self._hosts[host] = _Gate(self._at_host)
        gate.users += 1
        try:
            if not gate.places.take():
                await gate.places.wait()
            try:
                if not self._process.take():
                    await self._process.wait()
                self.running += 1
                try:
                    return await work()
                finally:
                    self.running -= 1
                    self._process.give()
            finally:
                gate.places.give()
        finally:
            gate.users -= 1
            if not gate.users:
                del self._hosts[host]
