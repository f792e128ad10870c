"""The board of Fener's own faults: what is broken with us right now, for everybody to see."""

import structlog
from msgspec import Struct

from fener.domain.time import Instant
from fener.ports import Clock

LOG = structlog.get_logger()


class Fault(Struct, frozen=True):
    """Something of ours is broken since `since`. `message` is a sentence for people."""

    source: str
    message: str
    since: Instant


class FaultBoard:
    """`fener.ports.Faults` in memory: one fault a source, the newest words win."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._faults: dict[str, Fault] = {}

    def report(self, source: str, message: str) -> None:
        before = self._faults.get(source)
        if before is None:
            LOG.error("a part of Fener is faulty", source=source, message=message)
        since = before.since if before else self._clock.now()
        self._faults[source] = Fault(source, message, since)

    def clear(self, source: str) -> None:
        if self._faults.pop(source, None):
            LOG.info("a part of Fener works again", source=source)

    def all(self) -> list[Fault]:
        """The present faults, the oldest first."""
        # A copy: the recorder reports from the thread in which it writes.
        return sorted(self._faults.copy().values(), key=lambda fault: fault.since)
