"""What is believed about a monitor, and the evidence gathered so far towards another belief."""

from enum import StrEnum

from msgspec import Struct

from fener.domain.problem import Problem
from fener.domain.time import DAY, Instant, Span


class Health(StrEnum):
    UNKNOWN = "unknown"
    UP = "up"
    DOWN = "down"


class CheckRef(Struct, frozen=True):
    """Points to a recorded check."""

    id: int
    at: Instant


class Streak(Struct, frozen=True, omit_defaults=True):
    """One location's run of like results. `failing` is the location's own settled opinion."""

    judged_at: Instant = 0
    """Time of the last judged order: an older or equal one is never judged again."""
    failing: bool = False
    failures: int = 0
    successes: int = 0
    first_failure: CheckRef | None = None
    """The check that began the failing streak; kept until its recovery is settled."""
    first_success: CheckRef | None = None
    """The check that began the recovery; lost again with the next failure."""

    @property
    def is_unsettled(self) -> bool:
        """True while the last results speak against the opinion."""
        return self.successes > 0 if self.failing else self.failures > 0


class ProblemState(Struct, frozen=True, omit_defaults=True):
    """The belief about one problem of one monitor."""

    health: Health = Health.UNKNOWN
    since: Instant = 0
    streaks: dict[int, Streak] = {}
    failed_checks: int = 0
    """Failing checks since the first one of the current suspicion or outage, at all locations."""
    silenced: bool = False
    """The open incident was deleted: none opens again before the monitor was up once."""
    turns: tuple[Instant, ...] = ()
    """When it went down and recovered lately, the oldest first."""
    flapping: bool = False


class Runs(Struct, frozen=True, omit_defaults=True):
    """What a heartbeat's pings and its silence have said so far; `fener.domain.expectation`."""

    last_ping_at: Instant | None = None
    """When a success or failure was last reported."""
    awaited_from: Instant | None = None
    """The last report or missed run: the next run is awaited from here. None before the first.

    Of a run that reported shortly before its time it is that time, which may not have come yet.
    """
    started_at: Instant | None = None
    """The start of the run that goes on, for its duration."""
    run_id: str | None = None
    unfinished_since: Instant | None = None
    """The start of the run whose end is awaited; None for one that was given up as too long."""
    expected_at: Instant | None = None
    """When the next run should report."""
    due_at: Instant | None = None
    """When silence becomes a failure: `unfinished_since`, or else `expected_at`, plus grace."""


MOVES_COUNT_FOR: Span = DAY
"""Of who fails over more than three times a day, what holds is told."""


class Answers(Struct, frozen=True, omit_defaults=True):
    """What one location was told of records, so that a change of them is noticed.

    Records stand as `A 192.0.2.1`, sorted, each once; an answer without any is a failed check.
    """

    records: tuple[str, ...] = ()
    """The answer by which the next one is measured."""
    since: Instant = 0
    """Since when it is that one."""
    before: tuple[str, ...] = ()
    """The one before the last change; empty until there was one."""
    told: bool = False
    """Whether people were told of it: they need not hear it again from another location."""
    other: tuple[str, ...] = ()
    """The last answer, where it is another one."""
    other_since: CheckRef | None = None
    """The first check in a row that was given just `other`."""
    doubt: CheckRef | None = None
    """The first check in a row that was given anything but `records`."""
    doubts: int = 0
    """How many checks in a row that were."""
    moves: tuple[Instant, ...] = ()
    """When an answer was another one than the answer before it, lately, the oldest first."""

    @property
    def latest(self) -> tuple[str, ...]:
        return self.other or self.records

    def is_restless(self, turns: int, now: Instant) -> bool:
        """Whether they alternate, by more than so many moves: a change must hold to be told."""
        return sum(at > now - MOVES_COUNT_FOR for at in self.moves) > turns


class Snapshots(Struct, frozen=True, omit_defaults=True):
    """The answers of all locations to one question."""

    question: str = ""
    """The target that was asked for: another one is no change of records."""
    answers: dict[int, Answers] = {}
    """By location."""
    told_at: Instant | None = None
    """When people were last told of a change."""


class MonitorState(Struct, frozen=True, omit_defaults=True):
    """All that is remembered of a monitor between two checks."""

    problems: dict[Problem, ProblemState] = {}
    recheck_at: Instant | None = None
    runs: Runs = Runs()
    snapshots: Snapshots | None = None
    """None where nobody wants to hear of changed records."""

    def of(self, problem: Problem) -> ProblemState:
        """What is believed of one problem.

        But for availability, a problem of which nothing is kept is none: most monitors never have
        another, and their state is written with each check.
        """
        return self.problems.get(problem) or _AT_FIRST[problem]

    @property
    def health(self) -> Health:
        """Whether it is available; `is_degraded` tells of everything else."""
        return self.of(Problem.AVAILABILITY).health

    @property
    def is_degraded(self) -> bool:
        """Available, but something else is wrong."""
        return len(self.problems) > 1 and self.health is Health.UP and bool(self._others_down())

    @property
    def is_flapping(self) -> bool:
        """Its availability keeps turning."""
        return self.of(Problem.AVAILABILITY).flapping

    @property
    def since(self) -> Instant:
        """Since when it is what it is: degraded since the first of its other problems."""
        if self.is_degraded:
            return min(state.since for state in self._others_down())
        return self.of(Problem.AVAILABILITY).since

    def _others_down(self) -> list[ProblemState]:
        return [
            state
            for problem, state in self.problems.items()
            if problem is not Problem.AVAILABILITY and state.health is Health.DOWN
        ]


_AT_FIRST = {
    problem: ProblemState(Health.UNKNOWN if problem is Problem.AVAILABILITY else Health.UP)
    for problem in Problem
}
