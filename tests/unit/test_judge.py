"""The judge's beliefs, one table a belief.

A history is written as one letter a check: `.` good, `x` failing, `?` unknown. With several
locations, each check says where: `1x 2. 3x`.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from fener.domain.check import CheckResult, Failure, Outcome, Success, Unknown
from fener.domain.failure import FailureReason, UnknownReason
from fener.domain.health import CheckRef, Health, ProblemState
from fener.domain.judgement import Judgement, Verdict
from fener.domain.policy import Policy, Quorum
from fener.domain.time import SECOND
from fener.pipeline.judge.judge import judge

OUTCOMES: dict[str, Outcome] = {
    ".": Success(),
    "x": Failure(FailureReason.CONNECTION_REFUSED, "connection refused"),
    "?": Unknown(UnknownReason.RESOLVER_DOWN, "our resolver does not answer"),
}
STEP = 60 * SECOND


def results(history: str) -> list[CheckResult]:
    """`..x` or `1x 2.`: a check a minute, its id its place in the history, from 1."""
    marks = history.split() if " " in history or history[:1].isdigit() else list(history)
    return [
        CheckResult(
            monitor_id=7,
            location_id=int(mark[:-1] or 1),
            at=number * STEP,
            finished_at=number * STEP + 100,
            outcome=OUTCOMES[mark[-1]],
        )
        for number, mark in enumerate(marks, start=1)
    ]


def judge_all(
    history: str, policy: Policy | None = None, locations: tuple[int, ...] = (1,)
) -> list[Judgement]:
    state, judgements = ProblemState(), []
    for check_id, result in enumerate(results(history), start=1):
        judgements.append(judge(state, result, check_id, policy or Policy(), locations))
        state = judgements[-1].state
    return judgements


def last(
    history: str, policy: Policy | None = None, locations: tuple[int, ...] = (1,)
) -> Judgement:
    return judge_all(history, policy, locations)[-1]


@pytest.mark.parametrize(
    ("history", "health"),
    [
        (".", Health.UP),
        ("x", Health.UNKNOWN),
        ("?", Health.UNKNOWN),
        ("xx", Health.UNKNOWN),
        ("xxx", Health.DOWN),
        (".xx", Health.UP),
        (".xxx", Health.DOWN),
        (".xx.", Health.UP),
        (".xx.xx", Health.UP),
        (".xx.xxx", Health.DOWN),
        (".xxx.", Health.DOWN),
        (".xxx..", Health.UP),
        (".xxx.x.", Health.DOWN),
        (".xxx.x..", Health.UP),
        (".x?x?x", Health.DOWN),
        (".xxx.?.", Health.UP),
        (".????????", Health.UP),
        ("xxx????", Health.DOWN),
    ],
)
def test_health_moves_after_enough_results_in_a_row(history: str, health: Health) -> None:
    assert last(history).state.health is health


@pytest.mark.parametrize(
    ("confirm", "recover", "history", "verdicts"),
    [
        (1, 1, ".x.", ["went_up", "went_down", "recovered"]),
        (2, 1, "xx.", ["unchanged", "went_down", "recovered"]),
        (1, 3, "x...", ["went_down", "unchanged", "unchanged", "recovered"]),
        (3, 2, "..", ["went_up", "unchanged"]),
    ],
)
def test_the_policy_says_how_many_are_enough(
    confirm: int, recover: int, history: str, verdicts: list[str]
) -> None:
    policy = Policy(confirm_after=confirm, recover_after=recover)
    assert [one.verdict for one in judge_all(history, policy)] == verdicts


def test_an_outage_begins_with_its_first_failing_check() -> None:
    assert last("..xxx").outage_start == CheckRef(3, 3 * STEP)


def test_a_suspicion_that_faded_does_not_begin_a_later_outage() -> None:
    assert last("xx.xxx").outage_start == CheckRef(4, 4 * STEP)


def test_an_outage_ends_with_the_first_good_check_of_the_confirmed_recovery() -> None:
    assert last("xxx..").outage_end == CheckRef(4, 4 * STEP)


def test_a_long_recovery_begins_with_its_first_good_check() -> None:
    assert last("xxx...", Policy(recover_after=3)).outage_end == CheckRef(4, 4 * STEP)


def test_a_recovery_that_broke_off_does_not_end_the_outage() -> None:
    assert last("xxx.x..").outage_end == CheckRef(6, 6 * STEP)


@pytest.mark.parametrize(
    ("history", "failed"),
    [
        ("x", 1),
        ("xx", 2),
        ("xx.", 0),
        ("xxx", 3),
        ("xxx.x", 4),
        ("xxx..", 0),
        ("x?x", 2),
        (".xx.", 0),
    ],
)
def test_failed_checks_are_counted_from_the_first_failing_one(history: str, failed: int) -> None:
    assert last(history).state.failed_checks == failed


def test_failures_of_a_location_that_others_outvoted_at_first_count_too() -> None:
    policy = Policy(confirm_after=3, quorum=Quorum.ANY)
    went_up, *_, went_down = judge_all("1x 2. 1x 2. 1x", policy, locations=(1, 2))[1:]
    assert (went_up.verdict, went_up.state.failed_checks) == (Verdict.WENT_UP, 1)
    assert (went_down.verdict, went_down.state.failed_checks) == (Verdict.WENT_DOWN, 3)


@pytest.mark.parametrize("history", ["x", "xx", ".x", "xxx.", "x?", "xxx.?"])
def test_what_is_unsettled_is_checked_again_soon(history: str) -> None:
    result = results(history)[-1]
    assert last(history).recheck_at == result.at + 10 * SECOND


@pytest.mark.parametrize("history", [".", "..", "xxx", "xxxx", "xxx..", "x.", "?", ".?", "xxx?"])
def test_what_is_settled_waits_for_its_interval(history: str) -> None:
    assert last(history).recheck_at is None


def test_a_recheck_is_never_ordered_for_a_time_already_past() -> None:
    slow = CheckResult(7, 1, at=1_000, finished_at=31_000, outcome=OUTCOMES["x"])
    assert judge(ProblemState(), slow, 1, Policy(), (1,)).recheck_at == 31_000


@pytest.mark.parametrize(
    ("quorum", "count", "history", "health"),
    [
        (Quorum.MAJORITY, 0, "1x 2. 3.", Health.UP),
        (Quorum.MAJORITY, 0, "1x 2x 3.", Health.DOWN),
        (Quorum.MAJORITY, 0, "1x 2x", Health.DOWN),
        (Quorum.ANY, 0, "1. 2. 3x", Health.DOWN),
        (Quorum.ALL, 0, "1x 2x 3.", Health.UP),
        (Quorum.ALL, 0, "1x 2x 3x", Health.DOWN),
        (Quorum.COUNT, 2, "1x 2. 3.", Health.UP),
        (Quorum.COUNT, 2, "1x 2. 3x", Health.DOWN),
        (Quorum.COUNT, 9, "1x 2x 3x", Health.DOWN),
        (Quorum.MAJORITY, 0, "1x 2x 3. 1.", Health.UP),
    ],
)
def test_enough_locations_must_agree(
    quorum: Quorum, count: int, history: str, health: Health
) -> None:
    policy = Policy(confirm_after=1, recover_after=1, quorum=quorum, quorum_count=count)
    assert last(history, policy, (1, 2, 3)).state.health is health


@pytest.mark.parametrize(
    ("policy", "locations", "needed"),
    [
        (Policy(), 1, 1),
        (Policy(), 2, 2),
        (Policy(), 3, 2),
        (Policy(), 4, 3),
        (Policy(quorum=Quorum.ANY), 3, 1),
        (Policy(quorum=Quorum.ALL), 3, 3),
        (Policy(quorum=Quorum.ALL), 0, 1),
        (Policy(quorum=Quorum.COUNT, quorum_count=2), 3, 2),
        (Policy(quorum=Quorum.COUNT, quorum_count=5), 3, 3),
        (Policy(quorum=Quorum.COUNT, quorum_count=0), 3, 1),
    ],
)
def test_a_quorum_needs_so_many_locations(policy: Policy, locations: int, needed: int) -> None:
    assert policy.locations_needed(locations) == needed


def test_each_location_needs_its_own_streak() -> None:
    assert last("1x 2x 3x 1x", Policy(), (1, 2, 3)).state.health is Health.UNKNOWN


def test_an_outage_seen_from_several_places_begins_where_it_was_seen_first() -> None:
    policy = Policy(confirm_after=2)
    assert last("1. 2x 3x 3x 2x", policy, (1, 2, 3)).outage_start == CheckRef(2, 2 * STEP)


def test_a_location_that_no_longer_watches_has_no_say() -> None:
    policy = Policy(confirm_after=1, quorum=Quorum.ANY)
    state = last("1. 2x", policy, (1, 2)).state
    assert state.health is Health.DOWN
    results_of_one = [one for one in results("1. 1. 1. 1.") if one.at > 2 * STEP]
    for result in results_of_one:
        state = judge(state, result, 9, policy, (1,)).state
    assert state.health is Health.UP
    assert list(state.streaks) == [1]


def test_a_changed_quorum_alone_takes_nothing_down() -> None:
    before = last("1x 2.", Policy(confirm_after=1, quorum=Quorum.ALL), (1, 2)).state
    good = CheckResult(7, 2, at=9 * STEP, finished_at=9 * STEP, outcome=Success())
    after = judge(before, good, 9, Policy(confirm_after=1, quorum=Quorum.ANY), (1, 2))
    assert (after.verdict, after.state.health) == (Verdict.UNCHANGED, Health.UP)


def test_a_recovering_location_ends_no_outage_by_a_changed_quorum_alone() -> None:
    before = last("1x 2x", Policy(confirm_after=1, quorum=Quorum.ANY), (1, 2)).state
    good = CheckResult(7, 2, at=9 * STEP, finished_at=9 * STEP, outcome=Success())
    needs_three = Policy(confirm_after=1, recover_after=2, quorum=Quorum.ALL)
    after = judge(before, good, 9, needs_three, (1, 2, 3))
    assert (after.verdict, after.state.health) == (Verdict.UNCHANGED, Health.DOWN)


def test_a_stricter_policy_does_not_undo_a_settled_opinion() -> None:
    before = last("x", Policy(confirm_after=1)).state
    bad = CheckResult(7, 1, at=9 * STEP, finished_at=9 * STEP, outcome=OUTCOMES["x"])
    assert judge(before, bad, 9, Policy(confirm_after=5), (1,)).state.streaks[1].failing


def test_a_location_that_does_not_watch_is_not_heard() -> None:
    stray = CheckResult(7, 9, at=STEP, finished_at=STEP, outcome=OUTCOMES["x"])
    assert judge(ProblemState(), stray, 1, Policy(), (1,)).verdict is Verdict.STALE


@pytest.mark.parametrize("history", [".", "xxx", "xxx.."])
def test_health_is_of_the_moment_in_which_it_was_known(history: str) -> None:
    assert last(history).state.since == results(history)[-1].finished_at


def test_an_unknown_result_ends_no_outage_even_when_the_quorum_is_lost() -> None:
    before = last("1x 2x", Policy(confirm_after=1, quorum=Quorum.ANY), (1, 2)).state
    ours = CheckResult(7, 2, at=9 * STEP, finished_at=9 * STEP, outcome=OUTCOMES["?"])
    after = judge(before, ours, 9, Policy(confirm_after=1, quorum=Quorum.ALL), (1, 2, 3))
    assert after.state.health is Health.DOWN


HISTORIES = st.lists(st.sampled_from(".x?"), min_size=1, max_size=40).map("".join)
POLICIES = st.builds(
    Policy, confirm_after=st.integers(1, 5), recover_after=st.integers(1, 5), quorum=st.just("any")
)


@given(HISTORIES, POLICIES)
def test_a_result_delivered_twice_is_judged_once(history: str, policy: Policy) -> None:
    state = ProblemState()
    for check_id, result in enumerate(results(history), start=1):
        state = judge(state, result, check_id, policy, (1,)).state
        again = judge(state, result, check_id + 100, policy, (1,))
        assert (again.verdict, again.state) == (Verdict.STALE, state)


@given(HISTORIES, POLICIES)
def test_unknown_results_never_move_health(history: str, policy: Policy) -> None:
    healths = [Health.UNKNOWN] + [one.state.health for one in judge_all(history, policy)]
    for mark, before, after in zip(history, healths, healths[1:], strict=False):
        assert mark != "?" or before is after


@given(HISTORIES, POLICIES)
def test_unknown_results_change_nothing_for_the_others(history: str, policy: Policy) -> None:
    known = history.replace("?", "")
    healths = [one.state.health for one in judge_all(history, policy)]
    of_known = [health for health, mark in zip(healths, history, strict=True) if mark != "?"]
    assert of_known == [one.state.health for one in judge_all(known, policy)]


@given(HISTORIES, POLICIES)
def test_went_down_needs_confirm_after_failures_in_a_row(history: str, policy: Policy) -> None:
    seen = ""
    for mark, judgement in zip(history, judge_all(history, policy), strict=True):
        seen += mark.replace("?", "")
        if judgement.verdict is Verdict.WENT_DOWN:
            assert seen.endswith("x" * policy.confirm_after)
        if judgement.verdict is Verdict.RECOVERED:
            assert seen.endswith("." * policy.recover_after)


@given(HISTORIES, POLICIES)
def test_downs_and_recoveries_take_turns(history: str, policy: Policy) -> None:
    turns = [
        one.verdict
        for one in judge_all(history, policy)
        if one.verdict in {Verdict.WENT_DOWN, Verdict.RECOVERED}
    ]
    expected = [Verdict.WENT_DOWN, Verdict.RECOVERED] * len(turns)
    assert turns == expected[: len(turns)]


def test_a_silenced_problem_may_open_again_after_it_was_up_once() -> None:
    silenced = replace(last("xxx").state, silenced=True)
    for check_id, at in ((8, 8), (9, 9)):
        good = CheckResult(7, 1, at=at * STEP, finished_at=at * STEP, outcome=Success())
        silenced = judge(silenced, good, check_id, Policy(), (1,)).state
    assert silenced.health is Health.UP
    assert not silenced.silenced


@given(
    st.lists(st.tuples(st.sampled_from("123"), st.sampled_from(".....x?")), max_size=40),
    POLICIES,
    st.sampled_from([(1,), (1, 2), (1, 2, 3), (2, 3)]),
)
def test_the_short_way_of_calm_checks_leads_where_the_long_one_does(
    checks: list[tuple[str, str]], policy: Policy, locations: tuple[int, ...]
) -> None:
    history = " ".join(map("".join, checks))
    short = judge_all(history, policy, locations)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("fener.pipeline.judge.judge._is_calm", lambda *_: False)
        long = judge_all(history, policy, locations)
    assert [replace(one, why="") for one in short] == [replace(one, why="") for one in long]
