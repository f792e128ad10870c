"""Uptime counts what was observed, and nothing else."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fener.domain.availability import Availability, Period, availability

Given = Sequence[tuple[int, int | None]]


def measured(outages: Given, unobserved: Given, start: int = 0, end: int = 100) -> Availability:
    return availability(
        start, end, [Period(*each) for each in outages], [Period(*each) for each in unobserved]
    )


@pytest.mark.parametrize(
    ("outages", "unobserved", "counted", "down", "ratio"),
    [
        ([], [], 100, 0, 1.0),
        ([(20, 30)], [], 100, 10, 0.9),
        ([(0, 100)], [], 100, 100, 0.0),
        # An outage that goes on, or began before the window.
        ([(75, None)], [], 100, 25, 0.75),
        ([(-500, 10)], [], 100, 10, 0.9),
        ([(90, 500)], [], 100, 10, 0.9),
        ([(-9, 0), (100, 120)], [], 100, 0, 1.0),
        # Outages of two problems at once are one time of being down.
        ([(20, 40), (30, 50)], [], 100, 30, 0.7),
        ([(30, 50), (20, 60), (20, 60)], [], 100, 40, 0.6),
        ([(20, 30), (30, 40)], [], 100, 20, 0.8),
        # What nobody observed counts neither way.
        ([], [(0, 50)], 50, 0, 1.0),
        ([(60, 70)], [(0, 50)], 50, 10, 0.8),
        ([(40, 60)], [(0, 50)], 50, 10, 0.8),
        ([(0, 60)], [(10, 20), (30, 40), (35, 50)], 70, 30, 40 / 70),
        ([(10, 20)], [(0, 30)], 70, 0, 1.0),
        ([(10, 20)], [(50, None), (90, None)], 50, 10, 0.8),
        # Nothing observed: no number is better than a wrong one.
        ([], [(0, 100)], 0, 0, None),
        ([(10, 20)], [(-5, None)], 0, 0, None),
        # Empty and turned periods are nothing.
        ([(20, 20), (40, 30)], [(50, 50), (90, 10)], 100, 0, 1.0),
    ],
)
def test_uptime_is_the_part_of_the_observed_time_without_outage(
    outages: Given, unobserved: Given, counted: int, down: int, ratio: float | None
) -> None:
    found = measured(outages, unobserved)
    assert (found.counted, found.down) == (counted, down)
    assert found.ratio == (None if ratio is None else pytest.approx(ratio))


@pytest.mark.parametrize(("start", "end"), [(100, 100), (100, 0)])
def test_a_window_without_length_has_no_uptime(start: int, end: int) -> None:
    found = measured([(0, 50)], [(20, None)], start, end)
    assert (found.counted, found.down, found.ratio) == (0, 0, None)


PERIODS = st.lists(
    st.tuples(st.integers(-20, 60), st.one_of(st.none(), st.integers(-20, 60))), max_size=8
)


def _moments(periods: Given, start: int, end: int) -> set[int]:
    return {
        moment
        for begin, finish in periods
        for moment in range(max(start, begin), end if finish is None else min(end, finish))
    }


@given(PERIODS, PERIODS, st.integers(0, 10), st.integers(0, 50))
def test_every_moment_counts_once(
    outages: Given, unobserved: Given, start: int, length: int
) -> None:
    end = start + length
    seen = set(range(start, end)) - _moments(unobserved, start, end)
    found = measured(outages, unobserved, start, end)
    assert found.counted == len(seen)
    assert found.down == len(seen & _moments(outages, start, end))


@given(PERIODS, PERIODS)
def test_order_and_repetition_change_nothing(
    outages: list[tuple[int, int | None]], unobserved: Given
) -> None:
    turned = [*reversed(outages), *outages]
    assert measured(turned, [*unobserved, *unobserved]) == measured(outages, unobserved)
