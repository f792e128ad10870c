"""Where a target is, as far as the way to it is concerned: on which route, and in whose network."""

from enum import StrEnum
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from msgspec import Struct

from fener.net.guard import Reach, reach_of

_NETWORK_V4 = 16
_NETWORK_V6 = 32
"""Prefixes of a size that one owner usually has: targets within one may well fail together."""


class Route(StrEnum):
    """Ways out of this prober that can be cut one by one. The value is how people call it."""

    LOOPBACK = "this machine"
    PRIVATE = "the private network"
    PUBLIC_V4 = "the Internet by IPv4"
    PUBLIC_V6 = "the Internet by IPv6"
    NAMES = "the name servers"
    """Not a way of packets alone: what the resolver of this machine needs to look up a name."""


class Whereabouts(Struct, frozen=True):
    """Two targets are unrelated where their networks differ. `port` is 0 where there is none."""

    route: Route
    network: str
    address: str
    port: int


@lru_cache(maxsize=16_384)
def whereabouts_of(dialled: str) -> Whereabouts | None:
    """The whereabouts of `198.51.100.7:443` or `[2001:db8::7]:443`, the port left out or not.

    None for what is no address.
    """
    host, port = _split(dialled)
    try:
        address = ip_address(host)
    except ValueError:
        return None
    route = _route(address)
    return Whereabouts(route, _network(address, route), address.compressed, port)


def zone_of(host: str) -> Whereabouts:
    """The whereabouts of a name that could not be looked up: its last two labels, as good as any
    guess at who runs its name servers.
    """
    zone = ".".join(host.rsplit(".", 2)[-2:])
    return Whereabouts(Route.NAMES, zone, "", 0)


def _split(dialled: str) -> tuple[str, int]:
    if dialled.count(":") > 1 and not dialled.startswith("["):
        return dialled, 0
    host, _, port = dialled.rpartition(":")
    if not host or not port.isdigit():
        return dialled.strip("[]"), 0
    return host.strip("[]"), int(port)


def _route(address: IPv4Address | IPv6Address) -> Route:
    if address.is_loopback:
        return Route.LOOPBACK
    if reach_of(str(address)) is Reach.PRIVATE:
        return Route.PRIVATE
    return Route.PUBLIC_V4 if isinstance(address, IPv4Address) else Route.PUBLIC_V6


def _network(address: IPv4Address | IPv6Address, route: Route) -> str:
    """On a private network each host is a voice of its own: there the network is what we share."""
    if route not in {Route.PUBLIC_V4, Route.PUBLIC_V6}:
        return address.compressed
    size = _NETWORK_V4 if isinstance(address, IPv4Address) else _NETWORK_V6
    return str(ip_network((address, size), strict=False))
