"""How much of a time something was up: down time is told by outages, silence is never up. Pure."""

from collections.abc import Iterable, Sequence

from msgspec import Struct

from fener.domain.time import Instant, Span


class Period(Struct, frozen=True, order=True):
    """From `start` up to, but not including, `end`."""

    start: Instant
    end: Instant

    @property
    def length(self) -> Span:
        return self.end - self.start


def within(window: Period, periods: Iterable[Period]) -> list[Period]:
    """What of the periods lies in the window: apart from one another, in order."""
    found: list[Period] = []
    for one in sorted(periods):
        start, end = max(one.start, window.start), min(one.end, window.end)
        if found and start <= found[-1].end:
            start, end = found[-1].start, max(end, found[-1].end)
            found.pop()
        if start < end:
            found.append(Period(start, end))
    return found


def length_of(periods: Iterable[Period]) -> Span:
    return sum(one.length for one in periods)


def share_up(window: Period, down: Sequence[Period], unobserved: Sequence[Period]) -> float | None:
    """From 0 to 1; None where nothing was observed.

    An outage is observed, even if its first failing check came before anything was believed.
    """
    down_time = length_of(within(window, down))
    blind_time = length_of(within(window, [*unobserved, *down])) - down_time
    observed = window.length - blind_time
    return (observed - down_time) / observed if observed > 0 else None
