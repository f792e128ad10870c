"""What packet loss does to one exchange over TCP: it is late, and seldom fails.

Each side's packet is lost by itself. A lost SYN is sent again after 1, 2, 4 … s and other packets
after 1, 2, 4 … s too, but from 3 s on once a SYN was lost (RFC 6298, 2.1, 2.5 and 5.7).
"""

from random import Random

from msgspec import Struct

from fener.domain.time import SECOND, Span

FIRST_WAIT: Span = SECOND
WAIT_AFTER_LOST_SYN: Span = 3 * SECOND


class Path(Struct, frozen=True):
    """The way to a target, with what a check sends on it."""

    round_trip: Span
    round_trips: int
    """Beginning with the one of the SYN: 2 for HTTP, 3 for HTTPS."""
    loss: float
    """The share of packets that are lost, each way."""

    @property
    def round_trip_loss(self) -> float:
        return 1 - (1 - self.loss) ** 2

    @property
    def unhurt(self) -> float:
        """The share of exchanges that lose no packet."""
        return (1 - self.loss) ** (2 * self.round_trips)


def delayed(path: Path, random: Random, within: Span) -> Span | None:
    """How long an exchange takes that loses at least one packet; None if it takes too long."""
    first = _first_hurt(path, random)
    took, wait = 0, FIRST_WAIT
    for place in range(path.round_trips):
        tries = _tries(path, random) if place > first else 1
        if place == first:
            tries = 1 + _tries(path, random)
        took += wait * (2 ** (tries - 1) - 1) + path.round_trip
        if place == 0 and tries > 1:
            wait = WAIT_AFTER_LOST_SYN
    return took if took < within else None


def _first_hurt(path: Path, random: Random) -> int:
    """Which round trip is the first to lose a packet, given that one does."""
    left = random.random() * (1 - path.unhurt)
    for place in range(path.round_trips - 1):
        left -= path.round_trip_loss * (1 - path.round_trip_loss) ** place
        if left < 0:
            return place
    return path.round_trips - 1


def _tries(path: Path, random: Random) -> int:
    """How often something is sent until it is answered."""
    tries = 1
    while random.random() < path.round_trip_loss:
        tries += 1
    return tries
