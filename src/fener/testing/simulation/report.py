"""What a simulation says at its end: tables, and whether every promise was kept."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from msgspec import Struct

from fener.domain.expectation import span_text
from fener.domain.time import SECOND, Span
from fener.testing.simulation.chance import CONFIDENCE, incidents_a_round, likely_counts
from fener.testing.simulation.reference import Broken, Delay, Verdict
from fener.testing.simulation.shares import ByChance
from fener.testing.simulation.world import GROUPS

_MOST_COMPLAINTS = 20
_COUNTS = (
    "checks judged",
    "of them unknown",
    "outages",
    "too short or unseen",
    "bad runs of jobs",
    "unheard ones",
    "pings lost",
    "incidents",
    "opened by a wrong clock",
)


def troubles_lines(verdict: Verdict) -> Iterator[str]:
    for name in _COUNTS:
        yield f"  {name:<40}{verdict.counts[name]:>14,}"
    yield "  Promises, and how often each was broken:"
    for promise in Broken:
        yield f"    {promise:<38}{verdict.broken(promise):>14,}"
    for one in verdict.complaints[:_MOST_COMPLAINTS]:
        at = span_text(one.at)
        yield f"    ! {one.promise}: share {one.share}, monitor {one.monitor_id}, after {at}"


def delay_lines(delays: Iterable[Delay]) -> Iterator[str]:
    """From the begin of an outage to its incident, by interval."""
    columns = "".join(f"{name:>11}" for name in ("p50", "p90", "p99", "longest", "of promise"))
    yield f"  {'interval':<14}{'outages':>9}{columns}"
    for interval, some in _by_interval(delays):
        took = sorted(one.took for one in some)
        parts = [_seconds(took[len(took) * part // 100]) for part in (50, 90, 99)]
        nearest = max(one.took / one.promised for one in some)
        cells = "".join(f"{part:>11}" for part in [*parts, _seconds(took[-1])])
        yield f"  {span_text(interval):<14}{len(took):>9,}{cells}{nearest:>11.0%}"


def chance_lines(made: ByChance) -> Iterator[str]:
    header = f"{'incidents':>11}{'expected':>10}{'likely':>14}"
    yield f"  {'judged by':<32}{'rounds':>12}{header}"
    for one in _likelihoods(made):
        figures = f"{one.incidents:>11,}{one.expected:>10.2f}{one.likely:>14}"
        yield f"  {one.group:<32}{one.rounds:>12,}{figures}"


def unlikely(made: ByChance) -> list[str]:
    """What chance does not explain; and two of three locations may not fail by it at all."""
    return [
        f"{one.group}: {one.incidents} incidents, {one.likely} are likely"
        for one in _likelihoods(made)
        if not one.least <= one.incidents <= one.most
    ]


def chance_title(fails: float) -> str:
    return f"{fails:.0%} of all checks fail at random ({CONFIDENCE:.1%} interval)"


class _Likelihood(Struct, frozen=True):
    group: str
    rounds: int
    incidents: int
    expected: float
    least: int
    most: int

    @property
    def likely(self) -> str:
        return f"{self.least:,} to {self.most:,}" if self.most else "none"


def _likelihoods(made: ByChance) -> Iterator[_Likelihood]:
    for group in GROUPS:
        rounds = made.rounds[group.name]
        chance = incidents_a_round(group.policy, len(group.locations), made.fails)
        likely = (0, 0) if group.never_by_chance else likely_counts(rounds, chance)
        incidents = made.incidents[group.name]
        yield _Likelihood(group.name, rounds, incidents, rounds * chance, *likely)


def _by_interval(delays: Iterable[Delay]) -> Iterator[tuple[Span, list[Delay]]]:
    by_interval: defaultdict[Span, list[Delay]] = defaultdict(list)
    for one in delays:
        by_interval[one.interval].append(one)
    return iter(sorted(by_interval.items()))


def _seconds(span: Span) -> str:
    return f"{span / SECOND:,.1f} s"
