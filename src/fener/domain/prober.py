"""What a prober says of itself, so that people see when the fault is ours."""

from msgspec import Struct

from fener.domain.fault import Fault
from fener.domain.time import Span


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
