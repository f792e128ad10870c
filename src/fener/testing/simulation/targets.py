"""A target, with the truth about it: when it is out, when it is restarted, how its network is."""

from collections.abc import Iterator
from random import Random

from msgspec import Struct

from fener.domain.check import Failure, Outcome, Success
from fener.domain.failure import FailureReason
from fener.domain.time import DAY, HOUR, MINUTE, SECOND, Instant, Span
from fener.testing.simulation.network import Path, delayed
from fener.testing.simulation.spans import Course, Spans, Stretch

UP = Success()
REFUSED = Failure(FailureReason.CONNECTION_REFUSED, "the connection was refused")
UNREACHED = Failure(FailureReason.CONNECTION_TIMEOUT, "no connection in time")
_BROKEN: tuple[tuple[Failure, Span | None], ...] = (
    (REFUSED, 0),
    (UNREACHED, None),
    (Failure(FailureReason.TIMEOUT, "no answer in time"), None),
    (Failure(FailureReason.CONNECTION_RESET, "the connection was reset"), 0),
    (Failure(FailureReason.WRONG_STATUS, "status 500, wanted 200-299"), 30),
    (Failure(FailureReason.WRONG_STATUS, "status 503, wanted 200-299"), 3 * SECOND),
    (Failure(FailureReason.NAME_NOT_FOUND, "there is no such name"), 20),
)
"""How outages look, and what each takes beyond a round trip; None for the whole timeout."""
_LOSS = (0.0, 0.001, 0.005, 0.01, 0.02)
_BAD_LOSS = 0.03

LONGEST_RESTART: Span = 8 * SECOND
SHORTEST_OUTAGE: Span = 20 * SECOND
_LONGEST_OUTAGE: Span = 8 * HOUR


class Attempt(Struct, frozen=True):
    """What came of asking a target once."""

    outcome: Outcome
    took: Span


class Troubles(Struct, frozen=True):
    """How often something happens to one target, on the average."""

    outages_a_day: float = 1 / 3
    restarts_a_day: float = 1.0
    losses_a_day: float = 0.5
    fails_at_random: float = 0.0
    """The share of checks that fail for no reason at all."""
    packets_are_lost: bool = True


class _Condition(Struct, frozen=True):
    path: Path
    broken: tuple[Failure, Span | None] | None
    unhurt: float


class Target:
    """Answers checks as its course of life says."""

    def __init__(self, random: Random, begin: Instant, end: Instant, troubles: Troubles) -> None:
        self._random = random
        self._fails_at_random = troubles.fails_at_random
        loss = random.choice(_LOSS) if troubles.packets_are_lost else 0.0
        self._path = Path(random.randint(2, 250), random.choice((2, 3)), loss)
        self._think = random.randint(1, 200)
        many = (end - begin) / DAY
        self.outages = Spans(self._outages(begin, end, many * troubles.outages_a_day))
        self.restarts = Spans(self._restarts(begin, end, many * troubles.restarts_a_day))
        bad = Spans(self._bad_times(begin, end, many * troubles.losses_a_day))
        self._course = self._course_of_life(begin, bad)

    def attempt(self, at: Instant, timeout: Span) -> Attempt:
        """Ask it once, beginning now."""
        condition = self._course.at(at)
        draw = self._random.random()
        if condition.broken is not None:
            return self._broken(condition.path, *condition.broken, timeout)
        if self._fails_at_random:
            return Attempt(REFUSED if draw < self._fails_at_random else UP, self._path.round_trip)
        if draw >= condition.unhurt:
            took = delayed(condition.path, self._random, timeout)
            return Attempt(UNREACHED, timeout) if took is None else Attempt(UP, took)
        path = condition.path
        return Attempt(UP, path.round_trip * path.round_trips + int(self._think * (1 + draw)))

    def _broken(self, path: Path, failure: Failure, extra: Span | None, timeout: Span) -> Attempt:
        took = timeout if extra is None else path.round_trip + extra
        return Attempt(failure, took) if took < timeout else Attempt(UNREACHED, timeout)

    def _outages(self, begin: Instant, end: Instant, many: float) -> Iterator[Stretch]:
        for at in moments(self._random, begin, end, many):
            length = between(self._random, SHORTEST_OUTAGE, _LONGEST_OUTAGE)
            yield at, min(end, at + length)

    def _restarts(self, begin: Instant, end: Instant, many: float) -> Iterator[Stretch]:
        for at in moments(self._random, begin, end, many):
            yield at, at + self._random.randint(2 * SECOND, LONGEST_RESTART)

    def _bad_times(self, begin: Instant, end: Instant, many: float) -> Iterator[Stretch]:
        for at in moments(self._random, begin, end, many):
            yield at, at + self._random.randint(5 * MINUTE, HOUR)

    def _course_of_life(self, begin: Instant, bad: Spans) -> Course[_Condition]:
        turns = {begin: self._condition(None, begin, bad)}
        edges = {edge for one in (*self.outages, *self.restarts, *bad) for edge in one}
        broken: tuple[Failure, Span | None] | None = None
        for moment in sorted(edges):
            if moment in self.outages:
                broken = broken or self._random.choice(_BROKEN)
            else:
                broken = (REFUSED, 0) if moment in self.restarts else None
            turns[moment] = self._condition(broken, moment, bad)
        return Course(turns[begin], sorted(turns.items(), key=lambda turn: turn[0]))

    def _condition(
        self, broken: tuple[Failure, Span | None] | None, moment: Instant, bad: Spans
    ) -> _Condition:
        loss = max(self._path.loss, _BAD_LOSS) if moment in bad else self._path.loss
        path = Path(self._path.round_trip, self._path.round_trips, loss)
        return _Condition(path, broken, path.unhurt)


def moments(random: Random, begin: Instant, end: Instant, many: float) -> list[Instant]:
    """When something happens that happens `many` times on the average, each by itself."""
    found, at = [], float(begin)
    while many > 0:
        at += random.expovariate(many / (end - begin))
        if at >= end:
            break
        found.append(int(at))
    return found


def between(random: Random, least: Span, most: Span) -> Span:
    """A length, as likely to be from 1 s to 10 s as from 1 h to 10 h."""
    return int(least * (most / least) ** random.random())
