"""Hosts that answer pings as they are told: a scripted line for every test, and for those who may a
whole network on a TUN device, so that the kernel is part of the test.
"""

import fcntl
import os
import select
import socket
import struct
import subprocess
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from fener.net.icmp import Arrival, Complaint, Reply, checksum
from support.threads import ThreadedServer

MILLISECOND = 1_000_000
"""In nanoseconds."""


@dataclass(frozen=True)
class Asked:
    """A request as a host gets it; `number` counts from 1."""

    number: int
    address: str
    sequence: int
    data: bytes
    at: int


Host: TypeAlias = Callable[[Asked], Sequence[Arrival]]


def answers(*milliseconds: float) -> Host:
    """Answers each request after its time; the last one stands for all that follow."""

    def host(asked: Asked) -> Sequence[Arrival]:
        after = milliseconds[min(asked.number, len(milliseconds)) - 1]
        at = asked.at + round(after * MILLISECOND)
        return (Reply(asked.address, asked.sequence, asked.data, at),)

    return host


def silent(_asked: Asked) -> Sequence[Arrival]:
    return ()


def garbage(asked: Asked) -> Sequence[Arrival]:
    """Answers with what it was not sent."""
    return (Reply(asked.address, asked.sequence, b"?" * len(asked.data), asked.at),)


def complains(said: str) -> Host:
    """A host on the way says that there is no getting through."""
    return lambda asked: (Complaint(asked.address, asked.sequence, asked.data[:8], said),)


def loses(*numbers: int) -> Host:
    """Answers all requests but these."""
    return lambda asked: () if asked.number in numbers else answers(1)(asked)


def both(*hosts: Host) -> Host:
    return lambda asked: [one for host in hosts for one in host(asked)]


class ScriptedLine:
    """`fener.net.icmp.Line` without a network."""

    def __init__(self, host: Host) -> None:
        self.host = host
        self.sent: list[Asked] = []
        self.errors: list[OSError] = []
        """Raised by the next attempts to send."""
        self.is_closed = False
        self._arrived: list[Arrival] = []
        self._bell = os.eventfd(0, os.EFD_NONBLOCK)

    def fileno(self) -> int:
        return self._bell

    def send(self, address: str, sequence: int, data: bytes) -> int:
        if self.errors:
            raise self.errors.pop(0)
        asked = Asked(len(self.sent) + 1, address, sequence, data, len(self.sent) * MILLISECOND)
        self.sent.append(asked)
        self.arrive(*self.host(asked))
        return asked.at

    def arrive(self, *arrivals: Arrival) -> None:
        self._arrived += arrivals
        if arrivals:
            os.eventfd_write(self._bell, 1)

    def receive(self) -> Iterator[Arrival]:
        if select.select([self._bell], [], [], 0)[0]:
            os.eventfd_read(self._bell)
        arrived, self._arrived = self._arrived, []
        yield from arrived

    def close(self) -> None:
        self.is_closed = True
        os.close(self._bell)


_TUNSETIFF, _IFF_TUN_NO_PI = 0x400454CA, 0x1001
_ECHO, ICMP = 8, 1
PLAIN_IPV4 = 0x45
"""The first byte of a packet without options."""


def may_build_networks() -> bool:
    return os.geteuid() == 0 and Path("/dev/net/tun").exists() and Path("/sbin/ip").exists()


Packets: TypeAlias = Callable[[bytes, bytes], Sequence[tuple[str, bytes]]]
"""Our whole packet and its ICMP part, to senders and their ICMP messages."""


class Network(ThreadedServer):
    """198.18.x.0/24 on a device of its own, of which all hosts answer alike."""

    def __init__(self, packets: Packets) -> None:
        self._packets = packets
        self.net = f"198.18.{os.getpid() % 250}"
        self.host, self.router = f"{self.net}.5", f"{self.net}.9"

    def _open(self) -> None:
        self._device = os.open("/dev/net/tun", os.O_RDWR)
        name = f"fenert{os.getpid() % 10_000}"
        fcntl.ioctl(self._device, _TUNSETIFF, struct.pack("16sH", name.encode(), _IFF_TUN_NO_PI))
        subprocess.run(["ip", "addr", "add", f"{self.net}.1/24", "dev", name], check=True)
        subprocess.run(["ip", "link", "set", name, "up"], check=True)

    def _close(self) -> None:
        os.close(self._device)

    def _serve(self) -> None:
        for _ in self._ready(self._device):
            packet = os.read(self._device, 65_535)
            for answer in self._answers(packet) if packet[0] == PLAIN_IPV4 else ():
                os.write(self._device, answer)

    def _answers(self, packet: bytes) -> Iterator[bytes]:
        icmp = packet[20:]
        if packet[9] == ICMP and icmp[0] == _ECHO:
            for sender, message in self._packets(packet, icmp):
                yield ip_packet(sender, packet[12:16], summed(message))


def echo_of(packet: bytes, icmp: bytes) -> Sequence[tuple[str, bytes]]:
    """An honest host."""
    return ((socket.inet_ntoa(packet[16:20]), b"\0\0\0\0" + icmp[4:]),)


def mangled(packet: bytes, icmp: bytes) -> Sequence[tuple[str, bytes]]:
    return ((socket.inet_ntoa(packet[16:20]), b"\0\0\0\0" + icmp[4:8] + b"?" * len(icmp[8:])),)


def nothing(_packet: bytes, _icmp: bytes) -> Sequence[tuple[str, bytes]]:
    return ()


def error_of(router: int, kind: int, code: int) -> Packets:
    """The host with this last number says that the packet did not get through."""

    def packets(packet: bytes, _icmp: bytes) -> Sequence[tuple[str, bytes]]:
        sender = socket.inet_ntoa(packet[16:19] + bytes([router]))
        return ((sender, bytes([kind, code]) + bytes(6) + packet[:28]),)

    return packets


def from_another(packet: bytes, icmp: bytes) -> Sequence[tuple[str, bytes]]:
    """The right answer, from a host that was not asked."""
    return ((socket.inet_ntoa(packet[16:19] + b"\7"), b"\0\0\0\0" + icmp[4:]),)


def summed(message: bytes) -> bytes:
    return message[:2] + checksum(message).to_bytes(2) + message[4:]


def ip_packet(sender: str, receiver: bytes, message: bytes, protocol: int = ICMP) -> bytes:
    size = 20 + len(message)
    head = struct.pack(
        "!BBHHHBBH4s4s",
        PLAIN_IPV4,
        *(0, size, 1, 0, 64, protocol, 0),
        *(socket.inet_aton(sender), receiver),
    )
    return head[:10] + checksum(head).to_bytes(2) + head[12:] + message
