"""Limits on how many probes run side by side, in the process and at one host."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from msgspec import Struct

Result = TypeVar("Result")


class Limits(Struct, frozen=True):
    """How many probes may run at a time."""

    in_process: int = 1_000
    at_host: int = 50


class _Gate:
    __slots__ = ("places", "users")

    def __init__(self, places: int) -> None:
        self.places = asyncio.Semaphore(places)
        self.users = 0


class Gates:
    """One slow host fills its own gate and leaves the others theirs."""

    def __init__(self, limits: Limits) -> None:
        self._at_host = limits.at_host
        self._process = asyncio.Semaphore(limits.in_process)
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
            async with gate.places, self._process:
                self.running += 1
                try:
                    return await work()
                finally:
                    self.running -= 1
        finally:
            gate.users -= 1
            if not gate.users:
                del self._hosts[host]
