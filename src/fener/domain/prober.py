"""What a prober says of itself, so that people see when the fault is ours."""

from msgspec import Struct

from fener.domain.fault import Fault
from fener.domain.time import Span


class Share(Struct, frozen=True):
    """The part of a location's monitors that one of its prober processes takes."""

    number: int = 0
    of: int = 1

    def takes(self, monitor_id: int) -> bool:
        return number_of(monitor_id, self.of) == self.number


ALL = Share()


def number_of(monitor_id: int, probers: int) -> int:
    """Which of so many takes a monitor. Always the same: it remembers who failed just now."""
    return monitor_id % probers


class Trouble(Struct, frozen=True):
    """A fault of ours that keeps checks from saying anything. `about` is the same as long as it
    lasts.
    """

    about: str
    fault: Fault


class ProberStats(Struct, frozen=True, tag="stats"):
    """Lateness and lag are the worst since the last report, in milliseconds; `done` and `expired`
    count from the start of the process.
    """

    running: int
    waiting: int
    done: int
    expired: int
    lateness: Span
    lag: Span
    troubles: tuple[Trouble, ...] = ()
