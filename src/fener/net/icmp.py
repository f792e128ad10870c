"""One ICMP socket of Linux: echo requests go out; replies come in with the kernel's time of their
arrival, and so do the complaints of hosts on the way.

Where `net.ipv4.ping_group_range` holds our group it is a datagram socket, for which nobody needs
rights; else a raw one, which needs root or CAP_NET_RAW.
"""

import select
import socket
import struct
import time
from collections.abc import Iterator
from typing import Protocol, TypeAlias

from msgspec import Struct

from fener.net.icmp_errors import (
    ANCILLARY,
    RECVERR,
    SO_TIMESTAMPNS,
    Ancillary,
    arrived_at,
    icmp_error,
)

GROUP_RANGE = "net.ipv4.ping_group_range"
_HEADER = struct.Struct("!BBHHH")
"""Type, code, checksum, identifier, sequence."""
_REQUEST = {socket.AF_INET: 8, socket.AF_INET6: 128}
_REPLY = {socket.AF_INET: 0, socket.AF_INET6: 129}
_PROTOCOL = {socket.AF_INET: socket.IPPROTO_ICMP, socket.AF_INET6: socket.IPPROTO_ICMPV6}
_LARGEST = 65_535 + 60
_AT_A_TIME = 512
"""Messages taken in one go, so that a flood does not hold up the loop."""
_BUFFER = 1 << 20

# Of <linux/in.h>, in6.h, icmp.h and icmpv6.h.
_MTU_DISCOVER = {
    socket.AF_INET: (socket.IPPROTO_IP, 10),
    socket.AF_INET6: (socket.IPPROTO_IPV6, 23),
}
_FRAGMENT_FREELY = 0
_SOL_RAW, _ICMP_FILTER, _ICMP6_FILTER = 255, 1, 1


class NotPermitted(Exception):
    """The user may open neither kind of socket; the message names the remedy."""


class Reply(Struct, frozen=True):
    """An echo reply. `at` is the time of arrival in nanoseconds of the wall clock."""

    address: str
    sequence: int
    data: bytes
    at: int


class Complaint(Struct, frozen=True):
    """What a host on the way says of a request of ours; `data` is as much as it quotes of it."""

    address: str
    sequence: int
    data: bytes
    said: str
    """A clause for people: `10.0.0.1 says: host unreachable`."""


Arrival: TypeAlias = Reply | Complaint


class Line(Protocol):
    """What `fener.net.echo` asks of a socket."""

    def fileno(self) -> int:
        """Readable for `select` and its like as soon as something arrived."""
        ...

    def send(self, address: str, sequence: int, data: bytes) -> int:
        """Send a request. Gives the time in nanoseconds of the wall clock. Raises OSError."""
        ...

    def receive(self) -> Iterator[Arrival]:
        """What has arrived by now."""
        ...

    def close(self) -> None: ...


class IcmpSocket:
    """A `Line` of one family, AF_INET or AF_INET6. Raises NotPermitted and OSError."""

    def __init__(self, family: int) -> None:
        self._family = socket.AddressFamily(family)
        self._socket = _opened(self._family)
        try:
            _prepare(self._socket)
        except OSError:
            self._socket.close()
            raise
        self._is_raw = self._socket.type == socket.SOCK_RAW
        # The kernel puts in its own for datagram sockets, and gives replies with that one only.
        self._identifier = time.clock_gettime_ns(time.CLOCK_REALTIME) // 1_000 & 0xFFFF
        # libuv stops watching a descriptor that has nothing but an error, which is how the kernel
        # announces a complaint. One epoll in another says that it is readable, whatever it has.
        self._readiness = select.epoll()
        self._readiness.register(self._socket, select.EPOLLIN)

    def fileno(self) -> int:
        return self._readiness.fileno()

    def send(self, address: str, sequence: int, data: bytes) -> int:
        packet = self._packet(sequence, data)
        sent_at = time.clock_gettime_ns(time.CLOCK_REALTIME)  # in which the kernel stamps replies
        self._socket.sendto(packet, (address, 0))
        return sent_at

    def receive(self) -> Iterator[Arrival]:
        yield from self._taken(socket.MSG_ERRQUEUE)
        yield from self._taken(0)

    def close(self) -> None:
        self._readiness.close()
        self._socket.close()

    def _packet(self, sequence: int, data: bytes) -> bytes:
        kind, own = _REQUEST[self._family], self._identifier
        plain = _HEADER.pack(kind, 0, 0, own, sequence) + data
        if self._family is socket.AF_INET6:  # the kernel knows the address to send from
            return plain
        return _HEADER.pack(kind, 0, checksum(plain), own, sequence) + data

    def _taken(self, queue: int) -> Iterator[Arrival]:
        for _ in range(_AT_A_TIME):
            try:
                data, ancillary, _, source = self._socket.recvmsg(_LARGEST, ANCILLARY, queue)
            except BlockingIOError:
                return
            except OSError:
                continue  # of an earlier request: it is in the queue of errors, too
            read = self._complaint if queue else self._reply
            arrival = read(data, ancillary, source[0])
            if arrival is not None:
                yield arrival

    def _reply(self, packet: bytes, ancillary: Ancillary, address: str) -> Reply | None:
        if self._is_raw and self._family is socket.AF_INET:
            packet = packet[(packet[0] & 0x0F) * 4 :]
        if len(packet) < _HEADER.size:
            return None
        kind, _, _, identifier, sequence = _HEADER.unpack_from(packet)
        if kind != _REPLY[self._family] or (self._is_raw and identifier != self._identifier):
            return None
        return Reply(address, sequence, packet[_HEADER.size :], arrived_at(ancillary))

    def _complaint(self, packet: bytes, ancillary: Ancillary, address: str) -> Complaint | None:
        """From the head of our own packet, and an error with the host that sent it."""
        error = icmp_error(self._family, ancillary)
        if len(packet) < _HEADER.size or error is None:
            return None
        request, _, _, identifier, sequence = _HEADER.unpack_from(packet)
        is_ours = not self._is_raw or identifier == self._identifier
        if request != _REQUEST[self._family] or not is_ours:
            return None
        said = f"{error.sender} says: {error.said}"
        return Complaint(address, sequence, packet[_HEADER.size :], said)


def checksum(packet: bytes) -> int:
    """The internet checksum (RFC 1071)."""
    padded = packet + bytes(len(packet) % 2)
    total: int = sum(struct.unpack(f"!{len(padded) // 2}H", padded))
    while total > 0xFFFF:  # noqa: PLR2004 - carries are added in again
        total = (total >> 16) + (total & 0xFFFF)
    return total ^ 0xFFFF


def _opened(family: socket.AddressFamily) -> socket.socket:
    for kind in (socket.SOCK_DGRAM, socket.SOCK_RAW):
        try:
            return socket.socket(family, kind, _PROTOCOL[family])
        except PermissionError:
            continue
    raise NotPermitted(
        f"this user may not ping: widen {GROUP_RANGE}, or give the program CAP_NET_RAW"
    )


def _prepare(opened: socket.socket) -> None:
    family = socket.AddressFamily(opened.family)
    opened.setblocking(False)
    opened.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER)
    opened.setsockopt(*RECVERR[family], 1)
    opened.setsockopt(*_MTU_DISCOVER[family], _FRAGMENT_FREELY)
    if opened.type == socket.SOCK_RAW:
        _hear_replies_only(opened, family)


def _hear_replies_only(raw: socket.socket, family: socket.AddressFamily) -> None:
    """A raw socket hears all that the machine hears; bits that are set keep a type out."""
    wanted = _REPLY[family]
    if family is socket.AF_INET:
        raw.setsockopt(_SOL_RAW, _ICMP_FILTER, struct.pack("@I", 0xFFFFFFFF & ~(1 << wanted)))
        return
    words = [0xFFFFFFFF] * 8
    words[wanted >> 5] &= ~(1 << (wanted & 31))
    raw.setsockopt(socket.IPPROTO_ICMPV6, _ICMP6_FILTER, struct.pack("@8I", *words))
