"""What is kept of many checks when nobody asks for each: counts, times, a histogram. Pure."""

from collections import Counter
from collections.abc import Iterable

from msgspec import Struct
from msgspec.structs import replace

from fener.domain.histogram import Histogram, bucket_of, merged, percentile
from fener.domain.time import HOUR, Instant

SHARES = (0.5, 0.95, 0.99)
"""Of which `Percentiles` tell."""


class Told(Struct, frozen=True):
    """What a check adds to a roll-up."""

    at: Instant
    outcome: str
    """`success`, `failure` or `unknown`."""
    total_us: int | None


class Hour(Struct, frozen=True, kw_only=True):
    """An hour of one monitor, or a part of it, or some hours; `hour` counts from the epoch.

    Times are those of the good checks alone, in microseconds: how long a failing one took says
    nothing of how fast its target is.
    """

    hour: int
    checks: int = 0
    failed: int = 0
    unknown: int = 0
    total_us_sum: int = 0
    least_us: int | None = None
    most_us: int | None = None
    histogram: Histogram = {}

    @property
    def mean_us(self) -> float | None:
        """None where no good check told how long it took."""
        timed = sum(self.histogram.values())
        return self.total_us_sum / timed if timed else None

    def and_also(self, other: "Hour") -> "Hour":
        """Both parts of the same hour."""
        times = [one for one in (self.least_us, other.least_us) if one is not None]
        longest = [one for one in (self.most_us, other.most_us) if one is not None]
        return Hour(
            hour=self.hour,
            checks=self.checks + other.checks,
            failed=self.failed + other.failed,
            unknown=self.unknown + other.unknown,
            total_us_sum=self.total_us_sum + other.total_us_sum,
            least_us=min(times, default=None),
            most_us=max(longest, default=None),
            histogram=merged([self.histogram, other.histogram]),
        )


class Percentiles(Struct, frozen=True):
    """How long the good checks took at most, in microseconds: half of them, 95 % and 99 %.

    Each is true, and at most a quarter higher than it had to be (`fener.domain.histogram`).
    """

    p50: int
    p95: int
    p99: int


def hours(checks: Iterable[Told]) -> list[Hour]:
    """Checks of one monitor, by hour."""
    by_hour: dict[int, list[Told]] = {}
    for check in checks:
        by_hour.setdefault(check.at // HOUR, []).append(check)
    return [_hour(number, some) for number, some in by_hour.items()]


def in_steps(parts: Iterable[Hour], each: int) -> list[Hour]:
    """Parts of hours put together in steps of `each` hours, oldest first.

    A step is named by its first hour; those in which nothing was checked are not there.
    """
    steps: dict[int, Hour] = {}
    for part in parts:
        first = part.hour - part.hour % each
        step = steps.get(first)
        steps[first] = replace(part, hour=first) if step is None else step.and_also(part)
    return [steps[first] for first in sorted(steps)]


def percentiles(parts: Iterable[Hour]) -> Percentiles | None:
    """Of all good checks in these parts; None where there were none."""
    known = [part for part in parts if part.most_us is not None]
    if not known:
        return None
    together = merged([part.histogram for part in known])
    longest = max(part.most_us or 0 for part in known)
    return Percentiles(*(min(percentile(together, share) or 0, longest) for share in SHARES))


def _hour(number: int, checks: list[Told]) -> Hour:
    outcomes = [check.outcome for check in checks]
    times = [
        check.total_us
        for check in checks
        if check.total_us is not None and check.outcome == "success"
    ]
    return Hour(
        hour=number,
        checks=len(checks),
        failed=outcomes.count("failure"),
        unknown=outcomes.count("unknown"),
        total_us_sum=sum(times),
        least_us=min(times, default=None),
        most_us=max(times, default=None),
        histogram=Counter(map(bucket_of, times)),
    )
