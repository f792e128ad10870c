"""The judge: one more result against what is believed, under a policy. Pure; asks no clock.

A location changes its own opinion only after enough results in a row (`Streak`); the monitor is
down while enough of its locations are of that opinion (quorum). A result of ours (`Unknown`)
moves nothing.
"""

from collections.abc import Collection

from msgspec.structs import replace

from fener.domain.check import CheckResult, Failure, Success, Unknown
from fener.domain.health import CheckRef, Health, ProblemState, Streak
from fener.domain.judgement import Judgement, Verdict
from fener.domain.policy import Policy
from fener.domain.time import Instant
from fener.pipeline.judge.flapping import flapped

_NONE_YET = Streak()


def judge(
    state: ProblemState,
    result: CheckResult,
    check_id: int,
    policy: Policy,
    locations: Collection[int],
) -> Judgement:
    """Weigh one result of one problem. `locations` are those that the monitor is watched from now.

    The recheck it asks for is counted from the order's time: three checks fit into interval +
    2 x (recheck + timeout), each taking the whole timeout, since the schedule orders a slow
    target's next recheck without awaiting the one before.
    """
    before = state.streaks.get(result.location_id, _NONE_YET)
    if result.at <= before.judged_at or result.location_id not in locations:
        return Judgement(state, Verdict.STALE, "judged before")
    if _is_calm(state, result):
        return _calm(state, result, locations)
    check = CheckRef(check_id, result.at)
    streak = _lengthened(before, result, check, policy)
    streaks = {place: seen for place, seen in state.streaks.items() if place in locations}
    streaks[result.location_id] = streak
    failed = _failed_checks(state, streaks.values(), result)
    weighed = replace(state, streaks=streaks, failed_checks=failed)
    concluded = _concluded(weighed, result, policy.locations_needed(len(locations)), len(locations))
    if concluded.verdict in {Verdict.RECOVERED, Verdict.WENT_UP}:
        concluded = replace(concluded, outage_end=before.first_success or check)
    if state.turns or concluded.verdict is not Verdict.UNCHANGED:
        concluded = flapped(concluded, state, result.finished_at, policy)
    recheck_at = _recheck_at(streaks.values(), result, policy)
    return concluded if recheck_at is None else replace(concluded, recheck_at=recheck_at)


def _is_calm(state: ProblemState, result: CheckResult) -> bool:
    """Nearly every check: a good one of what is up, with no failing check anywhere."""
    return (
        state.health is Health.UP
        and isinstance(result.outcome, Success)
        and not state.failed_checks
        and not state.turns
        and not any(seen.first_failure for seen in state.streaks.values())
    )


def _calm(state: ProblemState, result: CheckResult, locations: Collection[int]) -> Judgement:
    """What the long way comes to as well, at a third of its cost."""
    streaks = {place: seen for place, seen in state.streaks.items() if place in locations}
    streaks[result.location_id] = Streak(judged_at=result.at)
    return Judgement(replace(state, streaks=streaks), Verdict.UNCHANGED, "all is well")


def _lengthened(streak: Streak, result: CheckResult, check: CheckRef, policy: Policy) -> Streak:
    match result.outcome:
        case Unknown():
            return replace(streak, judged_at=result.at)
        case Failure():
            failures = streak.failures + 1
            return Streak(
                judged_at=result.at,
                failing=streak.failing or failures >= policy.confirm_after,
                failures=failures,
                first_failure=streak.first_failure or check,
            )
        case Success():
            return _after_success(streak, check, policy)


def _after_success(streak: Streak, check: CheckRef, policy: Policy) -> Streak:
    """A suspicion ends with its first good check, a settled opinion only with enough of them."""
    successes = streak.successes + 1
    if not streak.failing or successes >= policy.recover_after:
        return Streak(judged_at=check.at)
    begun = streak.first_success or check
    return replace(streak, judged_at=check.at, successes=successes, first_success=begun)


def _failed_checks(before: ProblemState, streaks: Collection[Streak], result: CheckResult) -> int:
    if not any(streak.first_failure for streak in streaks):
        return 0
    return before.failed_checks + isinstance(result.outcome, Failure)


def _recheck_at(streaks: Collection[Streak], result: CheckResult, policy: Policy) -> Instant | None:
    if not any(streak.is_unsettled for streak in streaks):
        return None
    return max(result.at + policy.recheck_every, result.finished_at)


def _concluded(state: ProblemState, result: CheckResult, needed: int, places: int) -> Judgement:
    failing = [streak for streak in state.streaks.values() if streak.failing]
    why = f"{len(failing)} of {places} locations see it failing, {needed} needed"
    if len(failing) >= needed:
        # Only a failure takes a monitor down: a changed policy alone never opens an incident.
        went_down = state.health is not Health.DOWN and isinstance(result.outcome, Failure)
        return _down(state, result, failing, why) if went_down else _unchanged(state, why)
    settled_good = (
        isinstance(result.outcome, Success) and not state.streaks[result.location_id].failing
    )
    if state.health is Health.UP or not settled_good:
        return _unchanged(state, why)
    verdict = Verdict.RECOVERED if state.health is Health.DOWN else Verdict.WENT_UP
    still_failing = sum(streak.failures for streak in state.streaks.values())
    up = ProblemState(Health.UP, result.finished_at, state.streaks, failed_checks=still_failing)
    return Judgement(up, verdict, why)


def _down(
    state: ProblemState, result: CheckResult, failing: Collection[Streak], why: str
) -> Judgement:
    down = replace(state, health=Health.DOWN, since=result.finished_at)
    first_failures = [streak.first_failure for streak in failing if streak.first_failure]
    begun = min(first_failures, key=lambda check: check.at)
    return Judgement(down, Verdict.WENT_DOWN, why, outage_start=begun)


def _unchanged(state: ProblemState, why: str) -> Judgement:
    return Judgement(state, Verdict.UNCHANGED, why)
