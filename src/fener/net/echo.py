"""Pings for a whole process: all share one socket for each family, and each reply finds its request
by sequence, address and a random text that only this request carried.
"""

import asyncio
import errno
import os
import secrets
import socket
from collections.abc import Callable
from contextlib import suppress
from ipaddress import IPv6Address, ip_address

from msgspec import Struct

from fener.domain.time import SECOND, Span
from fener.net.icmp import Arrival, Complaint, IcmpSocket, Line
from fener.ports import Clock

SPACING: Span = 100
"""Between two packets of a ping; less where time is short, so that half of it remains to wait."""
_TOKEN = 16
_SEQUENCES = 1 << 16


class Pinged(Struct, frozen=True):
    """What became of the packets. Round trips are microseconds, in the order of sending."""

    sent: int
    round_trips: tuple[int, ...]
    mangled: int = 0
    """Unanswered ones for which something came that they had not carried."""
    complaint: str = ""
    """What a host on the way said of an unanswered one."""


class _Train:
    """The packets of one ping."""

    __slots__ = ("changed", "packets", "unsettled")

    def __init__(self) -> None:
        self.packets: dict[int, _Packet] = {}
        """By their sequences, in the order of sending."""
        self.unsettled = 0
        self.changed = asyncio.Event()

    def settle(self) -> None:
        self.unsettled -= 1
        self.changed.set()

    def summed(self) -> Pinged:
        packets = self.packets.values()
        lost = [one for one in packets if one.round_trip is None]
        return Pinged(
            sent=len(packets),
            round_trips=tuple(one.round_trip for one in packets if one.round_trip is not None),
            mangled=sum(one.is_mangled for one in lost),
            complaint=next((one.complaint for one in lost if one.complaint), ""),
        )


class _Packet:
    """One request under way. It is settled once somebody answered it, or complained."""

    __slots__ = (
        *("address", "complaint", "data", "is_mangled", "is_settled", "round_trip", "sent_at"),
        *("started", "train"),
    )

    def __init__(self, train: _Train, address: str, data: bytes, started: int) -> None:
        self.train = train
        self.address = address
        self.data = data
        self.started = started
        """By the stopwatch, which never jumps; `sent_at` is by the wall clock, as replies are."""
        self.sent_at = 0
        self.round_trip: int | None = None
        self.complaint = ""
        self.is_mangled = False
        self.is_settled = False

    def take(self, arrival: Arrival, now: int) -> None:
        """Something that bears our sequence came; `now` is by the stopwatch."""
        if arrival.address != self.address or self.round_trip is not None:
            return
        if isinstance(arrival, Complaint):
            if not _quotes(arrival.data, self.data):
                return
            self.complaint = arrival.said
        elif arrival.data != self.data:
            self.is_mangled = True
            return
        else:
            self.round_trip = self._since_sent(arrival.at, now - self.started)
        if not self.is_settled:
            self.is_settled = True
            self.train.settle()

    def _since_sent(self, arrived_at: int, elapsed: int) -> int:
        """By the kernel's time, which a busy loop does not falsify; unless a clock was set."""
        by_kernel = (arrived_at - self.sent_at) // 1_000
        return by_kernel if 0 <= by_kernel <= elapsed else elapsed


class Echoes:
    """One for a process, used on one event loop. Sockets are opened with the first ping."""

    def __init__(
        self,
        clock: Clock,
        stopwatch: Callable[[], int],
        open_line: Callable[[int], Line] = IcmpSocket,
    ) -> None:
        self._clock = clock
        self._stopwatch = stopwatch
        self._open_line = open_line
        self._exchanges: dict[int, _Exchange] = {}

    async def ping(self, address: str, count: int, size: int, within: Span) -> Pinged:
        """Send so many packets with `size` bytes of data, and wait until all are answered.

        Raises `icmp.NotPermitted`, and OSError where a packet could not be sent.
        """
        deadline = self._clock.monotonic() + within
        family, plain = family_of(address)
        exchange = self._exchange(family)
        spacing = min(SPACING, within // (2 * count))
        train = _Train()
        try:
            for number in range(count):
                if number:
                    await self._clock.sleep(spacing)
                exchange.send(train, plain, size)
            await exchange.wait(train, deadline - self._clock.monotonic())
        finally:
            exchange.forget(train)
        return train.summed()

    async def aclose(self) -> None:
        for exchange in self._exchanges.values():
            exchange.close()
        self._exchanges.clear()

    def _exchange(self, family: int) -> "_Exchange":
        found = self._exchanges.get(family)
        if found is None:
            found = self._exchanges[family] = _Exchange(self._open_line(family), self._stopwatch)
        return found


class _Exchange:
    """Requests and replies of one family."""

    def __init__(self, line: Line, stopwatch: Callable[[], int]) -> None:
        self._line = line
        self._stopwatch = stopwatch
        self._last = secrets.randbelow(_SEQUENCES)
        self._underway: dict[int, _Packet] = {}
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(line.fileno(), self._take)

    def send(self, train: _Train, address: str, size: int) -> None:
        """Send one more request of this train. Raises OSError."""
        sequence = self._free_sequence()
        token = secrets.token_bytes(_TOKEN)
        data = (token * (size // _TOKEN + 1))[:size]
        packet = _Packet(train, address, data, self._stopwatch())
        packet.sent_at = self._sent(address, sequence, data)
        train.packets[sequence] = self._underway[sequence] = packet
        train.unsettled += 1

    async def wait(self, train: _Train, within: Span) -> None:
        """Until all of its packets are settled."""
        with suppress(TimeoutError):
            async with asyncio.timeout(max(0, within) / SECOND):
                while train.unsettled:
                    train.changed.clear()
                    await train.changed.wait()
        self._take()  # what came while we stood still has come in time

    def forget(self, train: _Train) -> None:
        for sequence in train.packets:
            del self._underway[sequence]

    def close(self) -> None:
        self._loop.remove_reader(self._line.fileno())
        self._line.close()

    def _sent(self, address: str, sequence: int, data: bytes) -> int:
        try:
            return self._line.send(address, sequence, data)
        except OSError:
            # It may be about the packet of somebody else; the second time it is about this one.
            self._take()
        try:
            return self._line.send(address, sequence, data)
        except BlockingIOError as error:
            raise OSError(errno.ENOBUFS, os.strerror(errno.ENOBUFS)) from error

    def _take(self) -> None:
        for arrival in self._line.receive():
            packet = self._underway.get(arrival.sequence)
            if packet is not None:
                packet.take(arrival, self._stopwatch())

    def _free_sequence(self) -> int:
        if len(self._underway) >= _SEQUENCES:
            raise OSError(errno.ENOBUFS, "too many pings are under way")
        self._last = (self._last + 1) % _SEQUENCES
        while self._last in self._underway:
            self._last = (self._last + 1) % _SEQUENCES
        return self._last


def _quotes(quoted: bytes, data: bytes) -> bool:
    """Whether a complaint is about this packet: as far as it quotes it, and hosts may be terse."""
    known = min(len(quoted), len(data), _TOKEN)
    return quoted[:known] == data[:known]


def family_of(address: str) -> tuple[socket.AddressFamily, str]:
    """The family to send by, and the address as replies will name it."""
    read = ip_address(address)
    if isinstance(read, IPv6Address):
        if read.ipv4_mapped is None:
            return socket.AF_INET6, read.compressed
        read = read.ipv4_mapped
    return socket.AF_INET, str(read)
