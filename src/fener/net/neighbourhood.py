"""What the kernel knows of our own end of an IPv4 route: the interface, and the next router.

Linux keeps it in `/proc/net/route`, `/proc/net/arp` and `/sys/class/net`. Elsewhere, and in
containers that hide them, nothing is known.
"""

import sys
from collections.abc import Iterator
from ipaddress import IPv4Address, ip_address
from pathlib import Path

from msgspec import Struct

_UP = 0x1
_COMPLETE = 0x2


class Hop(Struct, frozen=True):
    """Where a packet goes first; `router` is None where the target is on our own link."""

    interface: str
    router: str | None


class Neighbourhood:
    """Reads anew with each question: it is asked only in doubt."""

    def __init__(self, root: Path = Path("/")) -> None:
        self._routes = root / "proc/net/route"
        self._neighbours = root / "proc/net/arp"
        self._interfaces = root / "sys/class/net"

    def hop(self, address: str) -> Hop | None:
        """The first hop to an IPv4 address; None where there is none or it cannot be told."""
        wanted = ip_address(address)
        if not isinstance(wanted, IPv4Address):
            return None
        fitting = [
            (mask, -metric, hop)
            for network, mask, metric, hop in self._known_routes()
            if int(wanted) & mask == network
        ]
        return max(fitting, key=lambda one: one[:2])[2] if fitting else None

    def is_cut(self, hop: Hop) -> bool:
        """Whether nothing can leave that way: no carrier, or a router that does not answer."""
        carrier = _read(self._interfaces / hop.interface / "carrier").strip()
        return carrier == "0" or (hop.router is not None and self._is_found(hop.router) is False)

    def is_known(self, router: str) -> bool:
        """Whether the router answered for its address, now or within the last minute."""
        return self._is_found(router) is True

    def _is_found(self, router: str) -> bool | None:
        for line in _read(self._neighbours).splitlines()[1:]:
            address, _, flags, *_ = line.split()
            if address == router:
                return bool(int(flags, 16) & _COMPLETE)
        return None

    def _known_routes(self) -> Iterator[tuple[int, int, int, Hop]]:
        for line in _read(self._routes).splitlines()[1:]:
            interface, network, router, flags, _, _, metric, mask, *_ = line.split()
            if not int(flags, 16) & _UP:
                continue
            number = _number(router)
            hop = Hop(interface, str(IPv4Address(number)) if number else None)
            yield _number(network), _number(mask), int(metric), hop


def _number(text: str) -> int:
    """An address as the kernel prints it: in hexadecimal, its bytes in the machine's own order."""
    return int.from_bytes(int(text, 16).to_bytes(4, sys.byteorder), "big")


def _read(path: Path) -> str:
    try:
        return path.read_text("ascii")
    except OSError:  # not there, or an interface that is switched off
        return ""
