"""Connects to a host for a sender that speaks for itself: its name resolved, each address guarded
and dialled by us, so that no library looks the name up once more.
"""

import asyncio
import socket

from fener.domain.time import SECOND, Span
from fener.net.guard import AddressGuard
from fener.net.resolver import Resolver
from fener.net.url import is_address
from fener.ports import Clock

_MOST_ADDRESSES = 8


class Dialler:
    """One for a process; calls may run side by side."""

    def __init__(self, resolver: Resolver, guard: AddressGuard, clock: Clock) -> None:
        self._resolver = resolver
        self._guard = guard
        self._clock = clock

    async def connect(
        self, host: str, port: int, within: Span, *, allow_private: bool
    ) -> socket.socket:
        """A connection to the first of the host's addresses that takes one.

        Raises OSError, with a clause for people where no address was found or may be dialled.
        """
        deadline = self._clock.monotonic() + within
        found = await self._resolver.resolve(host, within)
        if not isinstance(found, tuple):
            raise OSError(found.message)
        allowed = self._guarded(found[:_MOST_ADDRESSES], port, allow_private=allow_private)
        for position, address in enumerate(allowed):
            left = deadline - self._clock.monotonic()
            try:
                return await _connected(address, port, left // (len(allowed) - position))
            except OSError as error:
                last = error
        if not is_address(host):
            self._resolver.forget(host)
        raise last

    def _guarded(self, addresses: tuple[str, ...], port: int, *, allow_private: bool) -> list[str]:
        """The addresses that may be dialled, at least one. Raises OSError."""
        refusals = {
            address: self._guard.refusal(address, port, allow_private=allow_private)
            for address in addresses
        }
        allowed = [address for address, refusal in refusals.items() if refusal is None]
        if not allowed:
            raise OSError(next(filter(None, refusals.values()), "no address to dial"))
        return allowed


async def _connected(address: str, port: int, within: Span) -> socket.socket:
    """Raises OSError."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    dialled = socket.socket(family, socket.SOCK_STREAM)
    try:
        dialled.setblocking(False)
        async with asyncio.timeout(max(0, within) / SECOND):
            await asyncio.get_running_loop().sock_connect(dialled, (address, port))
    except TimeoutError as error:
        dialled.close()
        raise TimeoutError(f"no connection to {address} in time") from error
    except BaseException:
        dialled.close()
        raise
    return dialled
