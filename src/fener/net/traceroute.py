"""The way to an address, host by host: packets that get so far and no farther, and who says so.

They are the first packets of a TCP connection where there is a port, as a check sends them, so that
filters treat them alike; else of UDP. Nobody needs rights for that. Linux only.
"""

import asyncio
import errno
import os
import select
import socket
import time
from collections.abc import Iterable

from fener.domain.check import Hop
from fener.domain.time import SECOND, Span
from fener.net.echo import family_of
from fener.net.icmp_errors import ANCILLARY, RECVERR, SO_TIMESTAMPNS, arrived_at, icmp_error

FARTHEST = 20
AT_ONCE = 5
PATIENCE: Span = 600
"""For so many packets at once. Nobody who answers later is worth the wait."""
_FIRST_PORT = 33_434
"""Where nobody listens for UDP, by the custom of traceroute."""
_HOP_LIMIT = {
    socket.AF_INET: (socket.IPPROTO_IP, socket.IP_TTL),
    socket.AF_INET6: (socket.IPPROTO_IPV6, socket.IPV6_UNICAST_HOPS),
}
_LARGEST = 2_048


async def traced(address: str, port: int) -> tuple[Hop, ...]:
    """The hosts up to the target; where that is not heard, the last one is without address, as are
    those in between that say nothing. Empty where nobody at all was heard.

    `port` is 0 where there is none. Takes at most FARTHEST / AT_ONCE times PATIENCE, and less where
    the target is near, or nobody is heard any more. Raises OSError where this platform cannot do
    it, or nothing can leave this machine.
    """
    found: dict[int, Hop] = {}
    for nearest in range(1, FARTHEST + 1, AT_ONCE):
        wave = await _wave(address, port, range(nearest, nearest + AT_ONCE))
        found |= {one.hop.distance: one.hop for one in wave if one.hop}
        ends = [one.distance for one in wave if one.is_end]
        if ends:
            return _whole(found, min(ends))
        if not any(one.hop for one in wave):
            break
    return _whole(found, min(max(found) + 1, FARTHEST)) if found else ()


def _whole(found: dict[int, Hop], last: int) -> tuple[Hop, ...]:
    return tuple(found.get(distance) or Hop(distance) for distance in range(1, last + 1))


async def _wave(address: str, port: int, distances: Iterable[int]) -> "list[_Feeler]":
    """Several packets at once, and what became of them. None of them is left open."""
    feelers: list[_Feeler] = []
    # As for pings: libuv stops watching a descriptor that has nothing but an error.
    readiness = select.epoll()
    try:
        for distance in distances:
            feelers.append(_Feeler(address, port, distance))
            readiness.register(feelers[-1], feelers[-1].awaited)
        await _settled(readiness, feelers)
    finally:
        readiness.close()
        for one in feelers:
            one.close()
    return feelers


async def _settled(readiness: select.epoll, feelers: "Iterable[_Feeler]") -> None:
    """Return when something became of each, or the time is over."""
    loop, changed = asyncio.get_running_loop(), asyncio.Event()
    waiting = {one.fileno(): one for one in feelers}
    loop.add_reader(readiness.fileno(), changed.set)
    try:
        async with asyncio.timeout(PATIENCE / SECOND):
            while waiting:
                await changed.wait()
                changed.clear()
                for descriptor, _ in readiness.poll(0):
                    readiness.unregister(descriptor)
                    waiting.pop(descriptor).read()
    except TimeoutError:
        return
    finally:
        loop.remove_reader(readiness.fileno())


class _Feeler:
    """One packet that gets so far, in a socket of its own. Raises OSError."""

    def __init__(self, address: str, port: int, distance: int) -> None:
        self._family, self._address = family_of(address)
        self.distance = distance
        self.hop: Hop | None = None
        self.is_end = False
        """Nothing got farther than to whoever was heard."""
        kind = socket.SOCK_STREAM if port else socket.SOCK_DGRAM
        self.awaited = select.EPOLLOUT if port else select.EPOLLIN
        self._socket = socket.socket(self._family, kind | socket.SOCK_NONBLOCK)
        try:
            self._send(port or _FIRST_PORT + distance)
        except OSError:
            self._socket.close()
            raise

    def fileno(self) -> int:
        return self._socket.fileno()

    def read(self) -> None:
        """Something became of it."""
        try:
            _, ancillary, *_ = self._socket.recvmsg(_LARGEST, ANCILLARY, socket.MSG_ERRQUEUE)
        except BlockingIOError:
            self._arrived()
            return
        error = icmp_error(self._family, ancillary)
        if error is not None:
            is_there = error.sender == self._address
            self.is_end = is_there or not error.is_time_exceeded
            said = "" if error.is_time_exceeded or is_there else error.said
            self.hop = Hop(self.distance, error.sender, self._took(arrived_at(ancillary)), said)

    def close(self) -> None:
        self._socket.close()

    def _send(self, port: int) -> None:
        opened = self._socket
        opened.setsockopt(*RECVERR[self._family], 1)
        opened.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        opened.setsockopt(*_HOP_LIMIT[self._family], self.distance)
        self._sent_at = _now()
        failed = opened.connect_ex((self._address, port))
        if failed not in {0, errno.EINPROGRESS, errno.ECONNREFUSED}:
            raise OSError(failed, os.strerror(failed))
        if opened.type == socket.SOCK_DGRAM:
            opened.send(b"")

    def _arrived(self) -> None:
        """Nobody complained: the target answered, or the kernel gave up by itself."""
        failed = self._socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if failed in {0, errno.ECONNREFUSED}:
            self.hop, self.is_end = Hop(self.distance, self._address, self._took(_now())), True

    def _took(self, at: int) -> int | None:
        microseconds = (at - self._sent_at) // 1_000
        return microseconds if 0 <= microseconds <= PATIENCE * 1_000 else None


def _now() -> int:
    """In nanoseconds of the wall clock, by which the kernel stamps what it gets."""
    return time.clock_gettime_ns(time.CLOCK_REALTIME)
