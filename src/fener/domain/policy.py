"""A policy: how much evidence moves health, and how often people are reminded."""

from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from fener.domain.problem import Cause, Problem
from fener.domain.time import DAY, HOUR, MINUTE, SECOND, Instant, Span


class Quorum(StrEnum):
    """How many of a monitor's locations must agree that it is down."""

    ANY = "any"
    MAJORITY = "majority"
    ALL = "all"
    COUNT = "count"


WARN_WITHIN = 3
"""A certificate is warned of in the last third of its life at most: who renews one does so then."""
CRITICAL_WITHIN = 9
"""And is critical in the last ninth, so that a short-lived one is warned of first, too."""


class Policy(Struct, frozen=True):
    """Thresholds of judging and telling. `quorum_count` is read with `Quorum.COUNT` only."""

    confirm_after: int = 3
    recover_after: int = 2
    recheck_every: Span = 10 * SECOND
    quorum: Quorum = Quorum.MAJORITY
    quorum_count: int = 1
    reminder_every: Span | None = HOUR
    certificate_warn_before: Span = 14 * DAY
    """A certificate that ends within so long is a warning, see `certificate_cause`."""
    certificate_critical_before: Span = 3 * DAY
    flap_turns: int = 6
    """What turns more often within `flap_window` is flapping: three outages in an hour may be a bad
    release, its fix and the fix of that; who is told of a fourth learns nothing more."""
    flap_window: Span = HOUR
    flap_hold: Span = 5 * MINUTE
    """So long must an outage of what is flapping last to be told by itself."""
    flap_calm: Span = 30 * MINUTE
    """What has not turned for so long is calm again. More than `flap_hold`."""

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

    def longest_confirmation(self, timeout: Span) -> Span:
        """How long after the first failing check began the one that confirms it has failed at most.

        Each check takes so long at most; a recheck follows `recheck_every` after the one before,
        or when that has ended.
        """
        return (self.confirm_after - 1) * max(self.recheck_every, timeout) + timeout

    @property
    def quickest_confirmation(self) -> Span:
        """The same where each check fails at once."""
        return (self.confirm_after - 1) * self.recheck_every

    @property
    def quickest_recovery(self) -> Span:
        """From the first good check to the one that confirms the recovery, answered at once."""
        return (self.recover_after - 1) * self.recheck_every

    def certificate_cause(self, begin: Instant, end: Instant, now: Instant) -> Cause | None:
        """How the rest of a certificate's life is to be called; None while it is long enough."""
        life, left = end - begin, end - now
        if left <= min(self.certificate_critical_before, life // CRITICAL_WITHIN):
            return Cause.SSL_EXPIRY
        if left <= min(self.certificate_warn_before, life // WARN_WITHIN):
            return Cause.SSL_WARNING
        return None


class NamedPolicy(Struct, frozen=True, kw_only=True):
    """A policy as an organization keeps it: each customer has one, a monitor may have its own."""

    id: int
    organization_id: int
    key: str
    """What machines call it: `standard`."""
    title: str
    """What people call it: `Standard`."""
    rules: Policy
    customers: int
    """How many customers have it."""
    monitors: int
    """How many monitors chose it for themselves."""
    created_at: Instant
    updated_at: Instant

    @property
    def is_used(self) -> bool:
        return self.customers + self.monitors > 0

    def is_called(self, name: str) -> bool:
        """Whether this is its key or title, in any case."""
        return name.strip().casefold() in (self.key.casefold(), self.title.casefold())


def for_heartbeats(policy: Policy) -> Policy:
    """The same policy for runs: each is awaited with a grace already, so one is proof enough."""
    return replace(policy, confirm_after=1, recover_after=1, quorum=Quorum.ANY)


def for_certificates(policy: Policy) -> Policy:
    """The same policy for certificates: what one check saw of one is no matter of chance."""
    return replace(
        policy,
        confirm_after=1,
        recover_after=1,
        quorum=Quorum.ANY,
        reminder_every=reminder_every(policy.reminder_every, Problem.CERTIFICATE),
    )


def reminder_every(every: Span | None, problem: Problem) -> Span | None:
    """How often people are reminded. A certificate ends in days: once a day will do."""
    if every is None or problem is not Problem.CERTIFICATE:
        return every
    return max(every, DAY)
