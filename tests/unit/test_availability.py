"""Uptime counts what was observed, and nothing else."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fener.domain.availability import (
    Availability,
    Past,
    Period,
    Stretches,
    Turn,
    deaf_time,
    down_periods,
    unknown_periods,
)
from fener.domain.health import Health
from fener.domain.heartbeat import Deafness, DeafPeriod
from fener.domain.kinds import Kind
from fener.domain.time import DAY

Given = Sequence[tuple[int, int | None]]


def measured(outages: Given, unobserved: Given, start: int = 0, end: int = 100) -> Availability:
    return past(outages, unobserved).over(start, end)


def past(outages: Given, unobserved: Given) -> Past:
    return Past(periods(outages), Stretches.of(periods(unobserved)))


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


@given(PERIODS, PERIODS)
def test_what_is_put_together_later_counts_as_if_it_had_been_there(
    first: Given, second: Given
) -> None:
    whole = Stretches.of(periods([*first, *second]))
    made = Stretches.of(periods(first)).and_also(periods(second))
    assert (made.starts, made.ends) == (whole.starts, whole.ends)


QUARTER_DAY = DAY // 4


@given(PERIODS, PERIODS, st.integers(0, 30), st.integers(0, 30))
def test_each_day_of_a_window_has_its_own_part_of_the_outages(
    outages: Given, unobserved: Given, start: int, length: int
) -> None:
    def stretched(given_periods: Given) -> Given:
        return [
            (begin * QUARTER_DAY, None if end is None else end * QUARTER_DAY)
            for begin, end in given_periods
        ]

    begin, end = start * QUARTER_DAY, (start + length) * QUARTER_DAY
    seen = past(stretched(outages), stretched(unobserved))
    by_day = {
        day: seen.over(max(begin, day * DAY), min(end, (day + 1) * DAY)).down
        for day in range(begin // DAY, end // DAY + 1)
    }
    assert seen.down_by_day(begin, end) == {day: down for day, down in by_day.items() if down}


HEALTHS = {"up": Health.UP, "down": Health.DOWN, "unknown": Health.UNKNOWN}


def turns(told: str) -> list[Turn]:
    """`10 up, 30 down`: each health with the moment since when it has been true."""
    pairs = [one.split() for one in told.split(", ") if one]
    return [Turn(int(at), HEALTHS[health]) for at, health in pairs]


@pytest.mark.parametrize(
    ("told", "down", "unknown"),
    [
        # Nothing is known before the first result.
        ("", [], [(0, None)]),
        ("50 up", [], [(0, 50)]),
        # A failing check is a result, long before it is confirmed.
        ("30 down", [(30, None)], [(0, 30)]),
        ("10 up, 30 down, 60 up", [(30, 60)], [(0, 10)]),
        # A pause, or a run that nobody could hear, is over with the next result.
        ("10 up, 20 unknown, 30 up", [], [(0, 10), (20, 30)]),
        ("10 down, 20 unknown, 25 down, 40 up", [(10, 20), (25, 40)], [(0, 10), (20, 25)]),
        ("10 up, 20 unknown", [], [(0, 10), (20, None)]),
        # Another location had seen it failing all along: the recovery in between was none.
        ("10 down, 50 up, 20 down, 70 up", [(10, 50), (20, 70)], [(0, 10)]),
    ],
)
def test_each_turn_lasts_until_the_next(told: str, down: Given, unknown: Given) -> None:
    assert down_periods(turns(told)) == periods(down)
    assert unknown_periods(turns(told)) == periods(unknown)


TURNS = st.lists(
    st.builds(Turn, st.integers(0, 60), st.sampled_from(Health)),
    max_size=8,
    unique_by=lambda t: t.at,
).map(lambda made: sorted(made, key=lambda turn: turn.at))


@given(TURNS, st.integers(0, 60))
def test_of_each_moment_the_last_turn_before_it_tells(made: list[Turn], moment: int) -> None:
    unknown = Stretches.of(unknown_periods(made))
    seen = Past(down_periods(made), unknown).over(moment, moment + 1)
    before = [turn.health for turn in made if turn.at <= moment]
    health = before[-1] if before else Health.UNKNOWN
    assert seen.counted == (health is not Health.UNKNOWN)
    assert seen.down == (health is Health.DOWN)


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
