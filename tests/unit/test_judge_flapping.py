"""What keeps going down and coming back, one table a belief."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from fener.domain.check import CheckResult, Failure, Success
from fener.domain.failure import FailureReason
from fener.domain.health import Health, ProblemState
from fener.domain.judgement import Judgement
from fener.domain.policy import Policy, Quorum, for_heartbeats
from fener.domain.time import HOUR, MINUTE, Instant
from fener.pipeline.judge.judge import judge

REFUSED = Failure(FailureReason.CONNECTION_REFUSED, "connection refused")
AT_ONCE = Policy(confirm_after=1, recover_after=1)


def lived(history: list[tuple[Instant, bool]], policy: Policy = AT_ONCE) -> list[Judgement]:
    """Each check is confirmed at once: its time, and whether it is good."""
    state, judgements = ProblemState(), []
    for number, (at, is_good) in enumerate(history, start=1):
        result = CheckResult(7, 1, at, at, Success() if is_good else REFUSED)
        judgements.append(judge(state, result, number, policy, (1,)))
        state = judgements[-1].state
    return judgements


def turning(times: int, every: int, begin: Instant = HOUR) -> list[tuple[Instant, bool]]:
    """Good at first, then so many turns."""
    later = [(begin + number * every, number % 2 == 0) for number in range(1, times + 1)]
    return [(begin, True), *later]


def is_flapping(history: list[tuple[Instant, bool]], policy: Policy = AT_ONCE) -> bool:
    return lived(history, policy)[-1].state.flapping


@pytest.mark.parametrize(
    ("turns", "every", "flapping"),
    [
        (6, MINUTE, False),
        (7, MINUTE, True),
        (7, 9 * MINUTE, True),
        (7, 10 * MINUTE, False),
        (70, 10 * MINUTE, False),
        (8, 9 * MINUTE, True),
    ],
)
def test_more_than_six_turns_within_an_hour_are_flapping(
    turns: int, every: int, *, flapping: bool
) -> None:
    assert is_flapping(turning(turns, every)) is flapping


def test_it_is_known_with_the_turn_that_is_one_too_many() -> None:
    found = [one.state.flapping for one in lived(turning(9, MINUTE))]
    assert found == [False] * 7 + [True] * 3


@pytest.mark.parametrize(("after", "flapping"), [(29 * MINUTE, True), (30 * MINUTE, False)])
def test_it_is_calm_when_it_has_not_turned_for_half_an_hour(after: int, *, flapping: bool) -> None:
    history = turning(8, MINUTE)
    assert is_flapping([*history, (history[-1][0] + after, True)]) is flapping


def test_what_has_become_calm_begins_anew() -> None:
    history = turning(8, MINUTE)
    later = history[-1][0] + 31 * MINUTE
    assert not is_flapping([*history, (later, True), (later + MINUTE, False)])


def test_even_the_turn_that_ends_a_calm_begins_anew() -> None:
    history = turning(8, MINUTE)
    state = lived([*history, (history[-1][0] + 31 * MINUTE, False)])[-1].state
    assert (state.flapping, len(state.turns)) == (False, 1)


def test_what_goes_on_turning_goes_on_flapping_however_slowly() -> None:
    history = turning(8, MINUTE)
    at, slowly = history[-1][0], []
    for number in range(1, 10):
        at += 29 * MINUTE
        slowly.append((at, number % 2 == 0))
    assert is_flapping([*history, *slowly])


def test_the_policy_says_what_is_flapping() -> None:
    policy = Policy(
        confirm_after=1, recover_after=1, flap_turns=2, flap_window=10 * MINUTE, flap_calm=MINUTE
    )
    assert is_flapping(turning(3, 4 * MINUTE), policy)
    assert not is_flapping(turning(3, 5 * MINUTE), policy)
    assert not is_flapping([*turning(3, 4 * MINUTE), (HOUR + 13 * MINUTE, False)], policy)


def test_a_changed_policy_alone_ends_no_flapping() -> None:
    before = lived(turning(8, MINUTE))[-1].state
    at = before.turns[-1] + MINUTE
    again = CheckResult(7, 1, at, at, REFUSED)
    patient = replace(AT_ONCE, flap_turns=50)
    assert judge(before, again, 99, patient, (1,)).state.flapping


def test_the_first_good_check_ever_is_no_turn() -> None:
    assert lived([(HOUR, True)])[-1].state.turns == ()


def test_turns_are_not_remembered_longer_than_they_count() -> None:
    state = lived([*turning(4, MINUTE), (3 * HOUR, True)])[-1].state
    assert (state.turns, state.health) == ((), Health.UP)


def test_a_heartbeat_has_the_thresholds_of_its_policy() -> None:
    policy = for_heartbeats(Policy(confirm_after=4, flap_turns=20, quorum=Quorum.ALL))
    assert (policy.confirm_after, policy.quorum, policy.flap_turns) == (1, Quorum.ANY, 20)


@given(st.lists(st.tuples(st.integers(1, 20 * MINUTE), st.booleans()), max_size=60))
def test_flapping_is_neither_forgotten_nor_made_up(steps: list[tuple[int, bool]]) -> None:
    at, history = HOUR, [(HOUR, True)]
    for span, is_good in steps:
        at += span
        history.append((at, is_good))
    turned: list[Instant] = []
    was_flapping = False
    for (moment, _), one in zip(history, lived(history), strict=True):
        if one.verdict in {"went_down", "recovered"}:
            turned.append(moment)
        recent = [turn for turn in turned if turn > moment - HOUR]
        assert len(one.state.turns) <= 7
        if one.state.flapping:
            assert was_flapping or len(recent) > 6
            assert moment - turned[-1] < 30 * MINUTE
        was_flapping = one.state.flapping
