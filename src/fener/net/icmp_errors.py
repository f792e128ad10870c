"""What hosts on the way say of a packet of ours: the kernel keeps it in a socket's error queue."""

import socket
import struct
import time
from collections.abc import Sequence
from ipaddress import ip_address
from typing import TypeAlias

from msgspec import Struct

# Of <linux/in.h>, in6.h, errqueue.h and <asm-generic/socket.h>.
SO_TIMESTAMPNS = 35
RECVERR = {socket.AF_INET: (socket.IPPROTO_IP, 11), socket.AF_INET6: (socket.IPPROTO_IPV6, 25)}
"""The option by which a socket asks for such errors; its number marks them in `recvmsg`, too."""
ANCILLARY = 512
_EXTENDED_ERROR = struct.Struct("@IBBBBII")
_TIME = struct.Struct("@ll")
_ORIGINS = {2: socket.AF_INET, 3: socket.AF_INET6}

Ancillary: TypeAlias = Sequence[tuple[int, int, bytes]]

_NO_WAY = "unreachable"
_TIME_EXCEEDED = "time exceeded on the way"
_SAYINGS = {
    (socket.AF_INET, 3): _NO_WAY,
    (socket.AF_INET, 11): _TIME_EXCEEDED,
    (socket.AF_INET6, 1): _NO_WAY,
    (socket.AF_INET6, 3): _TIME_EXCEEDED,
}
_UNREACHABLE = {
    (socket.AF_INET, 0): "network unreachable",
    (socket.AF_INET, 1): "host unreachable",
    (socket.AF_INET, 2): "protocol unreachable",
    (socket.AF_INET, 3): "port unreachable",
    (socket.AF_INET, 9): "network administratively prohibited",
    (socket.AF_INET, 10): "host administratively prohibited",
    (socket.AF_INET, 13): "administratively prohibited",
    (socket.AF_INET6, 0): "no route",
    (socket.AF_INET6, 1): "administratively prohibited",
    (socket.AF_INET6, 3): "address unreachable",
    (socket.AF_INET6, 4): "port unreachable",
    (socket.AF_INET6, 5): "refused by policy",
    (socket.AF_INET6, 6): "route rejected",
}


class IcmpError(Struct, frozen=True):
    """That a packet did not get through, and who says so."""

    sender: str
    said: str
    """`host unreachable`"""
    is_time_exceeded: bool


def icmp_error(family: socket.AddressFamily, ancillary: Ancillary) -> IcmpError | None:
    """The error that came with a message of the queue; None where it is none of these."""
    level_and_kind = RECVERR[family]
    told = next((data for *place, data in ancillary if tuple(place) == level_and_kind), b"")
    if len(told) < _EXTENDED_ERROR.size:
        return None
    _, origin, kind, code, *_ = _EXTENDED_ERROR.unpack_from(told)
    said = _SAYINGS.get((family, kind))
    if said is None or _ORIGINS.get(origin) is not family:
        return None
    if said == _NO_WAY:
        said = _UNREACHABLE.get((family, code), said)
    sender = _sender(family, told[_EXTENDED_ERROR.size :])
    return IcmpError(sender, said, said == _TIME_EXCEEDED)


def arrived_at(ancillary: Ancillary) -> int:
    """When the kernel got the message, in nanoseconds of the wall clock."""
    for level, kind, data in ancillary:
        if level == socket.SOL_SOCKET and kind == SO_TIMESTAMPNS and len(data) >= _TIME.size:
            seconds, nanoseconds = _TIME.unpack_from(data)
            return int(seconds) * 1_000_000_000 + int(nanoseconds)
    return time.clock_gettime_ns(time.CLOCK_REALTIME)


def _sender(family: socket.AddressFamily, place: bytes) -> str:
    """Who complains, from a `sockaddr`."""
    start, size = (4, 4) if family is socket.AF_INET else (8, 16)
    address = place[start : start + size]
    return str(ip_address(address)) if len(address) == size else "a host on the way"
