"""What chance alone does, worked out: against numbers that can be worked out by hand."""

from random import Random

import pytest

from fener.domain.policy import Policy, Quorum
from fener.testing.simulation.chance import Opinion, incidents_a_round, likely_counts


def test_one_failure_that_is_enough_opens_with_each_failure_while_up() -> None:
    """Up and down like a coin that falls anew each round: down after a failure, up after a good."""
    policy = Policy(confirm_after=1, recover_after=1)
    assert incidents_a_round(policy, 1, 0.02) == pytest.approx(0.98 * 0.02)


def test_three_failures_in_a_row_open_about_the_cube() -> None:
    """By renewal: a cycle is a wait for three failures in a row, and one for two good checks."""
    fails, good = 0.02, 0.98
    until_down = (1 - fails**3) / (fails**3 * good)
    until_up = (1 - good**2) / (good**2 * fails)
    assert incidents_a_round(Policy(), 1, fails) == pytest.approx(1 / (until_down + until_up))


def test_any_of_three_locations_open_nearly_thrice_as_many() -> None:
    one, three = (
        incidents_a_round(Policy(), 1, 0.02),
        incidents_a_round(Policy(quorum=Quorum.ANY), 3, 0.02),
    )
    assert three == pytest.approx(3 * one, rel=1e-3)


def test_two_of_three_locations_open_next_to_nothing() -> None:
    rate = incidents_a_round(Policy(), 3, 0.02)
    assert 0 < rate < 1e-8


def test_an_opinion_changes_after_enough_in_a_row_only() -> None:
    opinion, opinions = Opinion(), []
    for mark in "xx.xxx.x..":
        opinion = opinion.after(mark == "x", Policy())
        opinions.append("x" if opinion.failing else ".")
    assert "".join(opinions) == ".....xxxx."


@pytest.mark.parametrize(
    ("rounds", "chance", "likely"),
    [(1_000, 0.0, (0, 0)), (10, 0.5, (0, 10)), (1_000_000, 2e-6, (0, 8)), (100, 1e-9, (0, 0))],
)
def test_likely_counts_leave_a_thousandth_out(
    rounds: int, chance: float, likely: tuple[int, int]
) -> None:
    assert likely_counts(rounds, chance) == likely


def test_likely_counts_hold_what_is_drawn() -> None:
    least, most = likely_counts(2_000, 0.01)
    random = Random(1)
    drawn = [sum(random.random() < 0.01 for _ in range(2_000)) for _ in range(400)]
    assert all(least <= one <= most for one in drawn)
    assert (least, most) == (7, 36)
