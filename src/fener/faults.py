"""The board of Fener's own faults: what is broken with us right now, for everybody to see."""

from collections.abc import Callable

import structlog
from msgspec import Struct

from fener.domain.fault import Fault
from fener.domain.time import Instant
from fener.ports import Clock

LOG = structlog.get_logger()


class KnownFault(Struct, frozen=True):
    """Something of ours is broken since `since`."""

    source: str
    fault: Fault
    since: Instant

    @property
    def message(self) -> str:
        return self.fault.message


class FaultBoard:
    """`fener.ports.Faults` in memory: one fault a source, the newest words win."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._faults: dict[str, KnownFault] = {}
        self._changed: Callable[[], None] | None = None

    def tell(self, changed: Callable[[], None]) -> None:
        """`changed` is called, in whatever thread, when a fault came, went or has other words."""
        self._changed = changed

    def report(self, source: str, fault: Fault) -> None:
        before = self._faults.get(source)
        if before is None:
            LOG.error("a part of Fener is faulty", source=source, message=fault.message)
        since = before.since if before else self._clock.now()
        self._faults[source] = KnownFault(source, fault, since)
        if before is None or before.fault != fault:
            self._tell()

    def clear(self, source: str) -> None:
        if self._faults.pop(source, None):
            LOG.info("a part of Fener works again", source=source)
            self._tell()

    def all(self) -> list[KnownFault]:
        """The present faults, the oldest first."""
        # A copy: the recorder reports from the thread in which it writes.
        return sorted(self._faults.copy().values(), key=lambda fault: fault.since)

    def _tell(self) -> None:
        if self._changed is not None:
            self._changed()
