"""What a person is shown of a monitor: its health, or why that says nothing at the moment."""

from enum import StrEnum

from fener.domain.time import MINUTE, SECOND, Span


class Shown(StrEnum):
    """In the order in which trouble is looked for."""

    DOWN = "down"
    LATE = "late"
    """It was not checked, or did not report, when it should have."""
    FLAPPING = "flapping"
    """It is up, but keeps going down and coming back."""
    DEGRADED = "degraded"
    """It is available, but slow, or its certificate ends soon."""
    UNKNOWN = "unknown"
    UP = "up"
    PAUSED = "paused"


LATE_AFTER: Span = 5 * SECOND
"""What a check may take on its way beyond its interval, its wait and its timeout."""
LONGEST_WAIT: Span = MINUTE
"""An order waits at most that long for a prober."""


def late_after(interval: Span, timeout: Span) -> Span:
    """How long after its last check a probed monitor is late."""
    return interval + min(interval, LONGEST_WAIT) + timeout + LATE_AFTER
