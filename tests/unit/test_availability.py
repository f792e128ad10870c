"""Uptime counts what was observed, and nothing else."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fener.domain.availability import (
    Availability,
    Past,
    Period,
    Turn,
    deaf_time,
    unknown_periods,
)
from fener.domain.heartbeat import Deafness, DeafPeriod
from fener.domain.kinds import Kind

Given = Sequence[tuple[int, int | None]]


def measured(outages: Given, unobserved: Given, start: int = 0, end: int = 100) -> Availability:
    return past(outages, unobserved).over(start, end)


def past(outages: Given, unobserved: Given) -> Past:
    return Past(periods(outages), periods(unobserved))


def periods(given_periods: Given) -> list[Period]:
    return [Period(*each) for each in given_periods]


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
        # What lies beside the window is nothing to it.
        ([(-90, -50)], [(150, 200)], 100, 0, 1.0),
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


@given(PERIODS, PERIODS, st.integers(-30, 70), st.integers(0, 30), st.integers(0, 30))
def test_two_windows_side_by_side_are_one(
    outages: Given, unobserved: Given, start: int, first: int, second: int
) -> None:
    seen = past(outages, unobserved)
    parts = seen.over(start, start + first), seen.over(start + first, start + first + second)
    whole = seen.over(start, start + first + second)
    assert whole.counted == sum(part.counted for part in parts)
    assert whole.down == sum(part.down for part in parts)


@pytest.mark.parametrize(
    ("turns", "outages", "unknown"),
    [
        # Nothing is known before the first result.
        ([], [], [(0, None)]),
        ([(50, True)], [], [(0, 50)]),
        # A failing check is a result, long before it is confirmed.
        ([(50, True)], [(30, None)], [(0, 30)]),
        ([(50, True)], [(30, 40), (60, 70)], [(0, 30)]),
        # A pause, or a run that nobody could hear, is over with the next result.
        ([(10, True), (20, False), (30, True)], [], [(0, 10), (20, 30)]),
        ([(10, True), (20, False), (30, True)], [(25, 40)], [(0, 10), (20, 25)]),
        ([(10, True), (20, False)], [], [(0, 10), (20, None)]),
        # An outage from before says nothing of what came after the turn to unknown.
        ([(10, True), (20, False), (30, True)], [(5, None)], [(0, 5), (20, 30)]),
        ([(10, True), (20, False), (30, True)], [(40, 50), (12, 20)], [(0, 10), (20, 30)]),
    ],
)
def test_nothing_is_known_until_a_result_comes(
    turns: Sequence[tuple[int, bool]], outages: Given, unknown: Given
) -> None:
    found = unknown_periods([Turn(*turn) for turn in turns], periods(outages))
    assert found == periods(unknown)


@pytest.mark.parametrize(
    ("kind", "unobserved"),
    [(Kind.HTTP, [(10, 20)]), (Kind.HEARTBEAT, [(10, 20), (30, 40)])],
)
def test_probes_go_on_while_pings_cannot_be_kept(kind: Kind, unobserved: Given) -> None:
    deaf = [
        DeafPeriod(10, 20, Deafness.SUSPENDED),
        DeafPeriod(30, 40, Deafness.STORE_UNAVAILABLE),
    ]
    assert deaf_time(kind, deaf) == periods(unobserved)
