"""The runs of a heartbeat's job: what a ping says of them, what silence says, what is excused.

Nothing is expected before the first ping. From then on there is always one thing awaited, due at
`Runs.due_at`: the end of a run that has started, or else the report of the next run.
"""

from collections.abc import Collection

from msgspec import Struct
from msgspec.structs import replace

from fener.domain import timetable
from fener.domain.check import Failure, Success
from fener.domain.failure import Facts, FailureReason
from fener.domain.health import Runs
from fener.domain.heartbeat import DeafPeriod, Ping, PingAction
from fener.domain.kinds.heartbeat import EveryInterval, HeartbeatSettings
from fener.domain.time import DAY, HOUR, MINUTE, SECOND, Instant, Span

_EARLIEST: Span = 10 * SECOND
"""By so much the clock of a job's machine may be ahead of ours."""


class Heard(Struct, frozen=True):
    """What a ping changed. `outcome` is None where it is no result of a run."""

    runs: Runs
    outcome: Success | Failure | None = None
    duration: Span | None = None


def heard(runs: Runs, settings: HeartbeatSettings, ping: Ping) -> Heard:
    """Take one ping in, as the Healthchecks pinging API defines it."""
    match ping.action:
        case PingAction.LOG:
            return Heard(runs)
        case PingAction.START:
            return Heard(_started(runs, settings, ping))
        case PingAction.SUCCESS:
            return _reported(runs, settings, ping, Success())
        case PingAction.FAIL:
            return _reported(runs, settings, ping, _reported_failure(ping))


def silence(runs: Runs, settings: HeartbeatSettings) -> Failure:
    """What it means that nothing was heard until `runs.due_at`."""
    grace, facts = span_text(settings.grace), Facts(waited=settings.grace)
    if _awaits_end(runs):
        message = f"the run did not end within {grace} of its start"
        return Failure(FailureReason.RUN_TOO_LONG, message, facts)
    return Failure(FailureReason.RUN_MISSED, f"no ping within {grace} of the expected time", facts)


def after_silence(runs: Runs, settings: HeartbeatSettings) -> Runs:
    """What is awaited once the silence until `runs.due_at` has been counted.

    A run that is too long counts like a failure reported when it was due; a missed one takes the
    place of its report, so that the run after it is awaited at its own time.
    """
    due_at = _due(runs)
    awaited_from = due_at if _awaits_end(runs) else runs.expected_at
    begun_later = runs.started_at is not None and runs.started_at >= due_at
    unfinished = runs.started_at if begun_later else None
    return _awaiting(
        replace(runs, awaited_from=awaited_from, unfinished_since=unfinished), settings
    )


def awaited_since(runs: Runs) -> Instant:
    """When the wait began that ends at `runs.due_at`: with the run, or the report before it."""
    since = runs.unfinished_since if _awaits_end(runs) else runs.awaited_from
    return since or 0


def excused(runs: Runs, settings: HeartbeatSettings, deaf: Collection[DeafPeriod]) -> Runs | None:
    """What is awaited instead, if the report may have come while nobody heard; None if it counts.

    The wait begins anew where the deafness ended. If the very same run is due then, because the
    deaf time was over before it was expected, its silence was observed and counts.
    """
    due_at, since = _due(runs), awaited_since(runs)
    ends = [period.end for period in deaf if period.overlaps(since, due_at)]
    if not ends:
        return None
    anew = replace(runs, awaited_from=max(ends), started_at=None, run_id=None)
    awaited = _awaiting(replace(anew, unfinished_since=None), settings)
    return awaited if awaited.due_at is None or awaited.due_at > due_at else None


def rescheduled(runs: Runs, settings: HeartbeatSettings, now: Instant) -> Runs:
    """The same runs under changed settings; what would be overdue by them is awaited from now."""
    again = _awaiting(runs, settings)
    if again.due_at is None or again.due_at > now:
        return again
    return _awaiting(replace(runs, awaited_from=now, unfinished_since=None), settings)


def rewound(runs: Runs, settings: HeartbeatSettings, now: Instant) -> Runs:
    """The same runs after the clock was set back to `now`: nothing has happened later than that."""
    names = ("last_ping_at", "awaited_from", "started_at", "unfinished_since")
    later = [name for name in names if (getattr(runs, name) or 0) > now]
    return _awaiting(replace(runs, **dict.fromkeys(later, now)), settings) if later else runs


def _started(runs: Runs, settings: HeartbeatSettings, ping: Ping) -> Runs:
    """Only the first start of a run sets its deadline: a job that starts over and over is stuck.

    A deadline that has passed stands, too: its silence is about to be counted.
    """
    started = replace(runs, started_at=ping.at, run_id=ping.run_id)
    if runs.unfinished_since is not None:
        return started
    passed = runs.due_at is not None and runs.due_at <= ping.at
    due_at = runs.due_at if passed else ping.at + settings.grace
    return replace(started, unfinished_since=ping.at, due_at=due_at)


def _reported(
    runs: Runs, settings: HeartbeatSettings, ping: Ping, outcome: Success | Failure
) -> Heard:
    same_run = runs.started_at is not None and ping.run_id == runs.run_id
    duration = ping.at - runs.started_at if same_run and runs.started_at is not None else None
    begun_at = ping.at if duration is None else ping.at - duration
    reported = Runs(
        last_ping_at=ping.at, awaited_from=_reported_for(runs, settings, ping.at, begun_at)
    )
    if not (same_run or ping.run_id is None or isinstance(outcome, Failure)):
        reported = replace(
            reported,
            started_at=runs.started_at,
            run_id=runs.run_id,
            unfinished_since=runs.unfinished_since and runs.started_at,
        )
    was_set_back = duration is not None and duration < 0
    return Heard(_awaiting(reported, settings), outcome, None if was_set_back else duration)


def _reported_for(
    runs: Runs, settings: HeartbeatSettings, at: Instant, begun_at: Instant
) -> Instant:
    """The time of the run ahead, if a report belongs to it already; else that of the report.

    Clocks differ. A run that began and reported shortly before its time is that run, and not
    awaited again: at most ten seconds before, nor more than the grace or half the way to the run
    after it. While an older run is awaited, the report is that one's. An interval has no times of
    its own to be early for.
    """
    if isinstance(settings.schedule, EveryInterval):
        return at
    ahead = runs.expected_at or timetable.next_time(settings.schedule, at)
    if ahead is None or not ahead - _EARLIEST <= begun_at <= at < ahead:
        return at
    following = timetable.next_time(settings.schedule, ahead)
    apart = _EARLIEST * 2 if following is None else following - ahead
    return ahead if ahead - begun_at <= min(_EARLIEST, settings.grace, apart // 2) else at


def _reported_failure(ping: Ping) -> Failure:
    if ping.exit_status is None:
        return Failure(FailureReason.RUN_FAILED, "the job reported a failure", Facts())
    message = f"the job ended with exit status {ping.exit_status}"
    return Failure(FailureReason.RUN_FAILED, message, Facts(got=f"exit {ping.exit_status}"))


def _awaiting(runs: Runs, settings: HeartbeatSettings) -> Runs:
    """The same with expectation and deadline worked out."""
    begin = runs.awaited_from
    expected_at = None if begin is None else timetable.next_time(settings.schedule, begin)
    awaited = expected_at if runs.unfinished_since is None else runs.unfinished_since
    due_at = None if awaited is None else awaited + settings.grace
    return replace(runs, expected_at=expected_at, due_at=due_at)


def _awaits_end(runs: Runs) -> bool:
    """Whether what is due is the end of a run; one that began later than that is not yet."""
    return runs.unfinished_since is not None and runs.unfinished_since < _due(runs)


def _due(runs: Runs) -> Instant:
    if runs.due_at is None:
        raise ValueError("nothing is awaited, so nothing can be overdue")
    return runs.due_at


_UNITS = (("day", DAY), ("hour", HOUR), ("minute", MINUTE), ("second", SECOND), ("millisecond", 1))


def span_text(span: Span) -> str:
    """A length for people, in its two largest units: `1 hour 30 minutes`."""
    parts = []
    for name, unit in _UNITS:
        count, span = divmod(span, unit)
        if count:
            parts.append(f"{count} {name}" + ("s" if count > 1 else ""))
    return " ".join(parts[:2]) or "no time"
