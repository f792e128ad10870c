"""Which addresses may be dialled. Asked with the very address that is about to be dialled, after
DNS and on every redirect, by probers and senders alike.
"""

import errno
import socket
from collections.abc import Iterable
from enum import Enum
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Self

from msgspec import Struct

_NEVER = {
    "a cloud's metadata service": (
        "169.254.169.254/32",
        "100.100.100.200/32",
        "168.63.129.16/32",
        "192.0.0.192/32",
        "fd00:ec2::/32",
        "fd20:ce::254/128",
        "fd00:42::42/128",
        "fd00:c1::a9fe:a9fe/128",
    ),
    "link-local": ("169.254.0.0/16", "fe80::/10"),
    "multicast": ("224.0.0.0/4", "ff00::/8"),
    "unspecified": ("0.0.0.0/8", "::/128"),
    "broadcast": ("255.255.255.255/32",),
}
_PRIVATE_V4 = (
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.0.2.0/24",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "240.0.0.0/4",
)
_PUBLIC_V6 = IPv6Network("2000::/3")
_PRIVATE_V6 = ("2001::/23", "2001:db8::/32", "3fff::/20")
_NEVER_NETWORKS = tuple(
    (ip_network(network), why) for why, networks in _NEVER.items() for network in networks
)
_PRIVATE_V4_NETWORKS = tuple(ip_network(network) for network in _PRIVATE_V4)
_PRIVATE_V6_NETWORKS = tuple(ip_network(network) for network in _PRIVATE_V6)

# Ranges whose addresses are mere envelopes: what is inside decides.
_MAPPED = IPv6Network("::ffff:0:0/96")
_TRANSLATED = IPv6Network("::ffff:0:0:0/96")
_NAT64 = IPv6Network("64:ff9b::/96")
_NAT64_LOCAL = IPv6Network("64:ff9b:1::/48")
_COMPATIBLE = IPv6Network("::/96")
_SIX_TO_FOUR = IPv6Network("2002::/16")
_TEREDO = IPv6Network("2001::/32")
_ISATAP = frozenset({0x0000_5EFE, 0x0200_5EFE})
_LOOPBACK_V6 = IPv6Address("::1")


class Reach(Enum):
    """How far an address that is not forbidden outright reaches."""

    PUBLIC = "public"
    PRIVATE = "private"


class Listener(Struct, frozen=True):
    """An address and port on which Fener itself listens; `0.0.0.0` and `::` are all of them."""

    address: str
    port: int

    @classmethod
    def read(cls, text: str) -> Self:
        """From `host:port`; the host is an address, bracketed for IPv6, or localhost."""
        host, _, port = text.rpartition(":")
        address = "127.0.0.1" if host == "localhost" else host.strip("[]")
        return cls(ip_address(address).compressed, int(port))


class AddressGuard:
    """Refuses addresses that a target or a channel must not make Fener touch."""

    def __init__(self, own_listeners: Iterable[Listener] = ()) -> None:
        self._own = {(ip_address(one.address), one.port) for one in own_listeners}
        self._ports = {port for _, port in self._own}
        self._everywhere = {port for address, port in self._own if address.is_unspecified}

    def refusal(self, address: str, port: int, *, allow_private: bool) -> str | None:
        """Why this address must not be dialled, as a sentence; None where it may be.

        Raises OSError where the machine cannot say whether an address is its own.
        """
        verdict = _verdict(address)
        if isinstance(verdict, str):
            return f"{address} is never dialled: {verdict}"
        if self._is_own(address, port):
            return f"{address}:{port} is never dialled: Fener itself listens there"
        if verdict is Reach.PRIVATE and not allow_private:
            return f"{address} is private, and this organization may not watch private addresses"
        return None

    def _is_own(self, address: str, port: int) -> bool:
        if port not in self._ports:
            return False
        dialled = _stands_for(address)
        if any((one, port) in self._own for one in dialled):
            return True
        return port in self._everywhere and any(map(_is_local, dialled))


def reach_of(address: str) -> Reach:
    """How far an address reaches; what is forbidden outright never leads beyond the next router."""
    verdict = _verdict(address)
    return Reach.PRIVATE if isinstance(verdict, str) else verdict


@lru_cache(maxsize=4_096)
def _verdict(text: str) -> Reach | str:
    try:
        address = ip_address(text)
    except ValueError:
        return "it is no plain address"
    if getattr(address, "scope_id", None):
        return "link-local"
    candidates = _stands_for(text)
    for one in candidates:
        for network, why in _NEVER_NETWORKS:
            if one in network:
                return why
    return Reach.PRIVATE if any(map(_is_private, candidates)) else Reach.PUBLIC


def _is_private(address: IPv4Address | IPv6Address) -> bool:
    if isinstance(address, IPv4Address):
        return any(address in network for network in _PRIVATE_V4_NETWORKS)
    return address not in _PUBLIC_V6 or any(address in one for one in _PRIVATE_V6_NETWORKS)


@lru_cache(maxsize=4_096)
def _stands_for(text: str) -> tuple[IPv4Address | IPv6Address, ...]:
    """All that the address may stand for; the envelope itself is left out where it says nothing."""
    address = ip_address(text)
    if isinstance(address, IPv4Address):
        return (address,)
    if any(address in one for one in (_MAPPED, _TRANSLATED, _NAT64, _SIX_TO_FOUR)):
        return _embedded(address)
    return (address, *_embedded(address))


def _embedded(address: IPv6Address) -> tuple[IPv4Address, ...]:
    number = int(address)
    low = IPv4Address(number & 0xFFFF_FFFF)
    if any(address in one for one in (_MAPPED, _TRANSLATED, _NAT64)):
        return (low,)
    if address in _SIX_TO_FOUR:
        return (IPv4Address(number >> 80 & 0xFFFF_FFFF),)
    if address in _TEREDO:
        return (IPv4Address(number >> 64 & 0xFFFF_FFFF), IPv4Address(int(low) ^ 0xFFFF_FFFF))
    if address in _NAT64_LOCAL:
        # RFC 6052: a /48 prefix splits the IPv4 address around the reserved bits 64 to 71.
        split = IPv4Address((number >> 64 & 0xFFFF) << 16 | number >> 40 & 0xFFFF)
        return (low, split)
    is_compatible = address in _COMPATIBLE and address != _LOOPBACK_V6
    return (low,) if is_compatible or number >> 32 & 0xFFFF_FFFF in _ISATAP else ()


def _is_local(address: IPv4Address | IPv6Address) -> bool:
    """Whether the machine holds this address: only then can a socket be bound to it."""
    if address.is_loopback:
        return True
    family = socket.AF_INET if address.version == 4 else socket.AF_INET6  # noqa: PLR2004
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.bind((str(address), 0))
    except OSError as error:
        if error.errno in (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT):
            return False
        raise
    return True
