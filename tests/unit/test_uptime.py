"""How much of a time something was up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fener.domain.uptime import Period, length_of, share_up, within

WINDOW = Period(100, 200)


@pytest.mark.parametrize(
    ("down", "unobserved", "share"),
    [
        ([], [], 1.0),
        ([Period(150, 160)], [], 0.9),
        ([Period(0, 110), Period(190, 300)], [], 0.8),
        ([Period(150, 160), Period(155, 170)], [], 0.8),
        ([], [Period(100, 150)], 1.0),
        ([Period(150, 175)], [Period(100, 150)], 0.5),
        ([Period(140, 150)], [Period(100, 150)], 50 / 60),
        ([Period(0, 300)], [], 0.0),
        ([], [Period(0, 300)], None),
        ([Period(0, 50)], [Period(250, 300)], 1.0),
    ],
)
def test_silence_is_neither_up_nor_down_and_outages_win(
    down: list[Period], unobserved: list[Period], share: float | None
) -> None:
    assert share_up(WINDOW, down, unobserved) == (None if share is None else pytest.approx(share))


def test_an_empty_time_says_nothing() -> None:
    assert share_up(Period(100, 100), [], []) is None


periods = st.lists(
    st.tuples(st.integers(0, 300), st.integers(0, 300)).map(lambda ends: Period(*sorted(ends)))
)


@given(periods)
def test_what_lies_in_a_window_covers_each_moment_of_it_once(given_periods: list[Period]) -> None:
    moments = {
        moment
        for one in given_periods
        for moment in range(one.start, one.end)
        if WINDOW.start <= moment < WINDOW.end
    }
    found = within(WINDOW, given_periods)
    assert length_of(found) == len(moments)
    assert {m for one in found for m in range(one.start, one.end)} == moments


@given(periods, periods)
def test_a_share_is_a_share(down: list[Period], unobserved: list[Period]) -> None:
    share = share_up(WINDOW, down, unobserved)
    assert share is None or 0 <= share <= 1
