"""What the judge says of one result."""

from enum import StrEnum

from msgspec import Struct

from fener.domain.check import Failure, Outcome
from fener.domain.health import CheckRef, ProblemState, Snapshots
from fener.domain.problem import Cause, Problem
from fener.domain.time import Instant


class Verdict(StrEnum):
    """What one result did to the belief."""

    STALE = "stale"
    """Judged before, or older than one judged before: nothing was done."""
    UNCHANGED = "unchanged"
    WENT_UP = "went_up"
    """Known to be up, where nothing was known before."""
    WENT_DOWN = "went_down"
    RECOVERED = "recovered"


class Reading(Struct, frozen=True):
    """What one check says of one problem."""

    problem: Problem
    outcome: Outcome
    cause: Cause
    """What it would be called if it were confirmed."""
    ends_at: Instant | None = None
    """When the certificate ends, where the problem is that."""


class Judgement(Struct, frozen=True):
    """The new belief, and why."""

    state: ProblemState
    verdict: Verdict
    why: str
    recheck_at: Instant | None = None
    outage_start: CheckRef | None = None
    """With WENT_DOWN: the first failing check of the outage."""
    outage_end: CheckRef | None = None
    """With WENT_UP and RECOVERED: the first good check of the recovery."""


class Change(Struct, frozen=True):
    """Records are other than before, beyond doubt. An event: it moves no health."""

    cause: Cause
    failure: Failure
    """What is new, and what was before."""
    start: CheckRef
    """The first check that saw it."""
    checks: int


class Noticed(Struct, frozen=True):
    """What one check means for what is remembered."""

    snapshots: Snapshots | None
    change: Change | None = None
    recheck_at: Instant | None = None
