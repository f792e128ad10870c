"""A policy: how much evidence moves health, and how often people are reminded."""

from enum import StrEnum

from msgspec import Struct

from fener.domain.time import HOUR, SECOND, Span


class Quorum(StrEnum):
    """How many of a monitor's locations must agree that it is down."""

    ANY = "any"
    MAJORITY = "majority"
    ALL = "all"
    COUNT = "count"


class Policy(Struct, frozen=True):
    """Thresholds of judging and telling. `quorum_count` is read with `Quorum.COUNT` only."""

    confirm_after: int = 3
    recover_after: int = 2
    recheck_every: Span = 10 * SECOND
    quorum: Quorum = Quorum.MAJORITY
    quorum_count: int = 1
    reminder_every: Span | None = HOUR

    def locations_needed(self, locations: int) -> int:
        """How many of so many locations must see a failure; at least 1, at most all of them."""
        match self.quorum:
            case Quorum.ANY:
                return 1
            case Quorum.MAJORITY:
                return locations // 2 + 1
            case Quorum.ALL:
                return max(1, locations)
            case Quorum.COUNT:
                return max(1, min(self.quorum_count, locations))


def for_heartbeats(policy: Policy) -> Policy:
    """The same policy for runs: each is awaited with a grace already, so one is proof enough."""
    return Policy(
        confirm_after=1,
        recover_after=1,
        recheck_every=policy.recheck_every,
        quorum=Quorum.ANY,
        reminder_every=policy.reminder_every,
    )
