"""What several problems of one monitor amount to."""

import pytest

from fener.domain.health import Health, MonitorState, ProblemState
from fener.domain.problem import Problem

UP, DOWN, UNKNOWN = Health.UP, Health.DOWN, Health.UNKNOWN


def state(available: Health, **others: tuple[Health, int]) -> MonitorState:
    """Availability since 50, and the others since what they say."""
    problems = {Problem(name): ProblemState(*each) for name, each in others.items()}
    return MonitorState({Problem.AVAILABILITY: ProblemState(available, since=50), **problems})


@pytest.mark.parametrize(
    ("seen", "health", "is_degraded", "since"),
    [
        (state(UP), UP, False, 50),
        (state(UP, certificate=(DOWN, 70)), UP, True, 70),
        (state(UP, certificate=(DOWN, 70), performance=(DOWN, 60)), UP, True, 60),
        (state(UP, certificate=(UP, 70)), UP, False, 50),
        (state(DOWN, certificate=(DOWN, 70)), DOWN, False, 50),
        (state(UNKNOWN, certificate=(DOWN, 70)), UNKNOWN, False, 50),
        (MonitorState({Problem.CERTIFICATE: ProblemState(DOWN, 70)}), UNKNOWN, False, 0),
    ],
)
def test_only_what_is_up_can_be_degraded(
    seen: MonitorState, health: Health, since: int, *, is_degraded: bool
) -> None:
    assert (seen.health, seen.is_degraded, seen.since) == (health, is_degraded, since)


def test_of_what_nothing_is_kept_there_is_no_problem() -> None:
    found = {problem: MonitorState().of(problem).health for problem in Problem}
    assert found == {
        Problem.AVAILABILITY: UNKNOWN,
        Problem.CERTIFICATE: UP,
        Problem.PERFORMANCE: UP,
        Problem.CONTENT: UP,
    }
