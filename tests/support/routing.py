"""Routers between us and a host, on a TUN device: each lets a packet pass while its time lasts."""

import socket
import struct
from collections.abc import Iterator
from enum import Enum

from fener.net.icmp import checksum
from support.echoing import Network, ip_packet, nothing, summed

_TCP, _UDP = 6, 17
_TTL = 8
_RST_ACK, _SYN_ACK = 0x14, 0x12


class Host(Enum):
    """What becomes of a packet that passed all routers."""

    SILENT = "silent"
    REFUSES = "refuses"
    OPENS = "opens"
    """A connection; datagrams are answered."""
    PROHIBITED = "prohibited"
    """By the last router."""


class Routers(Network):
    """`198.18.x.5` behind so many routers, which are `198.18.x.101` and so on."""

    def __init__(self, number: int, host: Host, *, silent: tuple[int, ...] = ()) -> None:
        super().__init__(nothing)
        self._number = number
        self._host = host
        self._silent = silent
        """Routers that say nothing, counted from 1."""

    def router_at(self, distance: int) -> str:
        return f"{self.net}.{100 + distance}"

    def _answers(self, packet: bytes) -> Iterator[bytes]:
        if packet[9] not in {_TCP, _UDP}:
            return
        left = packet[_TTL]
        if left > self._number:
            yield from self._arrived(packet)
        elif left not in self._silent:
            yield self._error(self.router_at(left), packet, 11, 0)

    def _arrived(self, packet: bytes) -> Iterator[bytes]:
        match self._host:
            case Host.SILENT:
                return
            case Host.PROHIBITED:
                yield self._error(self.router_at(self._number), packet, 3, 13)
            case Host.REFUSES if packet[9] == _UDP:
                yield self._error(self.host, packet, 3, 3)
            case host if packet[9] == _TCP:
                yield _segment(packet, _SYN_ACK if host is Host.OPENS else _RST_ACK)
            case _:
                yield _datagram(packet)

    def _error(self, sender: str, packet: bytes, kind: int, code: int) -> bytes:
        return ip_packet(
            sender, packet[12:16], summed(bytes([kind, code]) + bytes(6) + packet[:28])
        )


def _segment(packet: bytes, flags: int) -> bytes:
    """The answer to the first segment of a connection."""
    ours, theirs, sequence = struct.unpack_from("!HHI", packet, 20)
    segment = struct.pack("!HHIIBBHHH", theirs, ours, 1, sequence + 1, 0x50, flags, 1_000, 0, 0)
    places = packet[16:20] + packet[12:16]
    pseudo = places + struct.pack("!BBH", 0, _TCP, len(segment))
    segment = segment[:16] + checksum(pseudo + segment).to_bytes(2) + segment[18:]
    return ip_packet(socket.inet_ntoa(packet[16:20]), packet[12:16], segment, _TCP)


def _datagram(packet: bytes) -> bytes:
    """Without a checksum, which IPv4 allows."""
    ours, theirs = struct.unpack_from("!HH", packet, 20)
    message = struct.pack("!HHHH", theirs, ours, 8, 0)
    return ip_packet(socket.inet_ntoa(packet[16:20]), packet[12:16], message, _UDP)
