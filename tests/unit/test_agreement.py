"""What each location sees: its own settled opinion, never more than its checks have said."""

import pytest

from fener.domain.agreement import LastSeen, View, agreement
from fener.domain.health import CheckRef, Health, ProblemState, Streak
from fener.domain.policy import Policy, Quorum

GOOD = LastSeen(good_at=90)
FIRST = CheckRef(7, 60)


def view(streak: Streak | None, last: LastSeen = GOOD) -> View:
    state = ProblemState(streaks={} if streak is None else {1: streak})
    (seen,) = agreement(state, Policy(), (1,), {1: last}).views
    return seen


@pytest.mark.parametrize(
    ("streak", "last", "sees", "against"),
    [
        (None, LastSeen(), Health.UNKNOWN, 0),
        (None, GOOD, Health.UNKNOWN, 0),  # what was known before it was paused
        (Streak(judged_at=90), LastSeen(), Health.UNKNOWN, 0),  # by a check that said nothing
        (Streak(judged_at=90), GOOD, Health.UP, 0),
        (Streak(judged_at=95, failures=1, first_failure=FIRST), GOOD, Health.UP, 1),
        (Streak(judged_at=95, failing=True, failures=3, first_failure=FIRST), GOOD, Health.DOWN, 0),
        (
            Streak(judged_at=95, failing=True, successes=1, first_failure=FIRST),
            GOOD,
            Health.DOWN,
            1,
        ),
    ],
)
def test_a_location_sees_what_its_checks_have_settled(
    streak: Streak | None, last: LastSeen, sees: Health, against: int
) -> None:
    seen = view(streak, last)
    assert (seen.sees, seen.against) == (sees, against)
    assert seen.since == (60 if sees is Health.DOWN else None)


@pytest.mark.parametrize(
    ("policy", "needed"),
    [
        (Policy(quorum=Quorum.ANY), 1),
        (Policy(), 2),
        (Policy(quorum=Quorum.ALL), 3),
        (Policy(quorum=Quorum.COUNT, quorum_count=9), 3),
    ],
)
def test_so_many_must_agree(policy: Policy, needed: int) -> None:
    down = Streak(judged_at=95, failing=True, first_failure=FIRST)
    state = ProblemState(streaks={2: down, 9: down})
    agreed = agreement(state, policy, (1, 2, 3), {})
    assert [one.location_id for one in agreed.views] == [1, 2, 3]
    assert (agreed.needed, agreed.seeing_down) == (needed, 1)
