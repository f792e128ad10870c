"""The simulation sees a Fener that breaks its rules: each is broken once, and it turns red."""

from collections.abc import Collection

import pytest
from msgspec.structs import replace

from fener.domain.check import CheckResult, Failure, Unknown
from fener.domain.failure import FailureReason
from fener.domain.health import ProblemState
from fener.domain.heartbeat import DeafPeriod
from fener.domain.ids import uuid7
from fener.domain.judgement import Judgement
from fener.domain.policy import Policy, Quorum
from fener.domain.settlement import Settlement, Watched
from fener.domain.time import Instant
from fener.pipeline.judge.changes import notice_changes
from fener.pipeline.judge.judge import judge
from fener.pipeline.judge.problems import other_readings
from fener.pipeline.record.route import route
from fener.pipeline.record.settle import Judge, Settler
from fener.ports import Rewind
from fener.testing.simulation.life import Life, settling
from fener.testing.simulation.reference import Broken, Verdict, judged
from fener.testing.simulation.store import SimulatedStore
from fener.testing.simulation.world import Share, troubled

SHARE = Share(seed=4, number=0, monitors=40, days=1.5)


def verdict(settler: Settler | None = None, store: SimulatedStore | None = None) -> Verdict:
    world = troubled(SHARE)
    return judged(world, Life(world, settler, store).run())


class UnknownMovesHealth(Settler):
    def settle(self, watched: Watched, result: CheckResult, check_id: int) -> Settlement | None:
        if isinstance(result.outcome, Unknown):
            blamed = Failure(FailureReason.NO_RESPONSE, result.outcome.message)
            result = replace(result, outcome=blamed)
        return super().settle(watched, result, check_id)


def no_quick_rechecks(
    state: ProblemState, result: CheckResult, check_id: int, policy: Policy, places: Collection[int]
) -> Judgement:
    return replace(judge(state, result, check_id, policy, places), recheck_at=None)


def one_failure_is_enough(
    state: ProblemState, result: CheckResult, check_id: int, policy: Policy, places: Collection[int]
) -> Judgement:
    return judge(state, result, check_id, replace(policy, confirm_after=1), places)


def one_location_is_enough(
    state: ProblemState, result: CheckResult, check_id: int, policy: Policy, places: Collection[int]
) -> Judgement:
    return judge(state, result, check_id, replace(policy, quorum=Quorum.ANY), places)


def never_up_again(
    state: ProblemState, result: CheckResult, check_id: int, policy: Policy, places: Collection[int]
) -> Judgement:
    return judge(state, result, check_id, replace(policy, recover_after=10**9), places)


class NothingIsExcused(SimulatedStore):
    async def deaf_periods(self, since: Instant) -> list[DeafPeriod]:
        return []


class NothingIsRewound(SimulatedStore):
    async def rewind(self, rewind: Rewind, now: Instant) -> None:
        """Whatever was later than now stays."""


def test_the_rules_as_they_are_break_no_promise() -> None:
    assert verdict().complaints == []


@pytest.mark.parametrize(
    ("broken_judge", "promise"),
    [
        (one_failure_is_enough, Broken.FALSE_INCIDENT),
        (one_location_is_enough, Broken.FALSE_INCIDENT),
        (no_quick_rechecks, Broken.MISSED_OUTAGE),
        (never_up_again, Broken.NOT_RESOLVED),
    ],
)
def test_a_judge_that_breaks_a_rule_is_seen(broken_judge: Judge, promise: Broken) -> None:
    assert verdict(settling(broken_judge)).broken(promise) > 0


def test_a_settler_that_blames_targets_for_faults_of_ours_is_seen() -> None:
    blaming = UnknownMovesHealth(
        judge, other_readings, notice_changes, route, lambda at: uuid7(at, 0)
    )
    assert verdict(blaming).broken(Broken.FALSE_INCIDENT) > 0


@pytest.mark.parametrize(
    ("store", "promise"),
    [
        (NothingIsExcused, Broken.FALSE_INCIDENT),
        (NothingIsRewound, Broken.MISSED_OUTAGE),
    ],
)
def test_a_store_that_forgets_what_excuses_and_rewinds_is_seen(
    store: type[SimulatedStore], promise: Broken
) -> None:
    assert verdict(store=store()).broken(promise) > 0
