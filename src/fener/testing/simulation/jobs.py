"""A job that pings, with the truth about its runs: which were skipped, failed or took too long."""

from collections.abc import Iterator
from random import Random

from msgspec import Struct

from fener.domain.heartbeat import PingAction
from fener.domain.kinds.heartbeat import CronSchedule, EveryInterval, HeartbeatSettings
from fener.domain.time import DAY, HOUR, MINUTE, SECOND, Instant, Span

PATIENCE: Span = 20 * SECOND
"""For so long a job's client tries again to deliver a ping."""
TRIES_EVERY: Span = 2 * SECOND
NOTICED_WITHIN: Span = 5 * SECOND
"""From the moment that a silence is due to the incident: a look at the store, and settling."""
_STARTS_WITHIN: Span = 2 * SECOND
_LONGEST_RUN = 0.4
"""Of the grace."""
_TOO_LONG = 2.5
_HALF = 0.5
_SKIPPED_AGAIN = 0.3


class JobKind(Struct, frozen=True):
    """A schedule, and how often its runs go wrong."""

    settings: HeartbeatSettings
    period: Span
    phase: Span | None
    """When within the period it runs; None for a job that may run at any time."""
    goes_wrong: float

    @property
    def is_by_calendar(self) -> bool:
        return not isinstance(self.settings.schedule, EveryInterval)


def _every(period: Span, grace: Span, goes_wrong: float) -> JobKind:
    return JobKind(HeartbeatSettings(EveryInterval(period), grace), period, None, goes_wrong)


def _cron(expression: str, period: Span, phase: Span, grace: Span, goes_wrong: float) -> JobKind:
    return JobKind(HeartbeatSettings(CronSchedule(expression), grace), period, phase, goes_wrong)


KINDS = (
    _every(5 * MINUTE, MINUTE, 0.002),
    _every(HOUR, 5 * MINUTE, 0.01),
    _cron("17 * * * *", HOUR, 17 * MINUTE, 5 * MINUTE, 0.01),
    _cron("30 3 * * *", DAY, 3 * HOUR + 30 * MINUTE, 30 * MINUTE, 0.08),
    _every(DAY, HOUR, 0.08),
)


class SentPing(Struct, frozen=True):
    """A ping as its job means to send it."""

    at: Instant
    action: PingAction
    run_id: str | None


class BadRun(Struct, frozen=True):
    """A run that an incident is due for."""

    begins: Instant
    """The run before it has been reported by then, and nothing is wrong yet."""
    known_by: Instant
    """When an incident has to be open at the latest, if everything since the report of the run
    before it was heard.
    """
    heard_since: Instant


class Job:
    """One job's life: `pings` in order of time, and what was wrong in truth."""

    def __init__(self, random: Random, kind: JobKind, begin: Instant, end: Instant) -> None:
        self.kind = kind
        self.pings: list[SentPing] = []
        self.bad_runs: list[BadRun] = []
        self._random = random
        self._says_start = random.random() < _HALF
        self._live(begin, end)

    def _live(self, begin: Instant, end: Instant) -> None:
        goes_on_skipping, was_good = False, False
        for number, due in enumerate(self._times(begin, end)):
            begins = due + self._random.randint(0, _STARTS_WITHIN)
            goes_wrong = self._random.random() < self.kind.goes_wrong
            if goes_on_skipping or (was_good and goes_wrong and self._random.random() < _HALF):
                self._skips(due)
                goes_on_skipping = self._random.random() < _SKIPPED_AGAIN
                was_good = False
            elif was_good and goes_wrong:
                self._runs_badly(str(number), due, begins)
                was_good = False
            else:
                self._runs(str(number), begins, self._length(), PingAction.SUCCESS)
                was_good = True

    def _times(self, begin: Instant, end: Instant) -> Iterator[Instant]:
        period, phase = self.kind.period, self.kind.phase
        if phase is None:
            phase = self._random.randrange(period)
        first = begin - begin % period + phase
        return iter(range(first if first > begin else first + period, end, period))

    def _length(self) -> Span:
        return int(self.kind.settings.grace * _LONGEST_RUN * self._random.random())

    def _runs(self, number: str, begins: Instant, length: Span, ends: PingAction) -> None:
        run_id = number if self._says_start else None
        if self._says_start:
            self.pings.append(SentPing(begins, PingAction.START, run_id))
        self.pings.append(SentPing(begins + length, ends, run_id))

    def _skips(self, due: Instant) -> None:
        self._is_bad(due, due + self._latest_report + self.kind.settings.grace)

    def _runs_badly(self, number: str, due: Instant, begins: Instant) -> None:
        grace = self.kind.settings.grace
        if self._random.random() < _HALF:
            length = self._length()
            self._runs(number, begins, length, PingAction.FAIL)
            self._is_bad(due, begins + length)
            return
        self._runs(number, begins, int(_TOO_LONG * grace), PingAction.SUCCESS)
        late = grace if self._says_start else self._latest_report + grace
        self._is_bad(due, begins + late)

    def _is_bad(self, due: Instant, known_by: Instant) -> None:
        heard_since = due - self.kind.period - PATIENCE
        self.bad_runs.append(BadRun(due, known_by + NOTICED_WITHIN, heard_since))

    @property
    def _latest_report(self) -> Span:
        """After the time of a run, where it is good. From there an interval counts."""
        return _STARTS_WITHIN + int(self.kind.settings.grace * _LONGEST_RUN)
