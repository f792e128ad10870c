"""What is kept of many checks, put together from parts."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from fener.domain.rollup import Hour, Told, hours, in_steps, percentiles
from fener.domain.time import HOUR

DAYS = 3
took = st.integers(min_value=0, max_value=60_000_000)
checks = st.builds(
    Told,
    st.integers(min_value=0, max_value=DAYS * 24 * HOUR - 1),
    st.sampled_from(["success", "success", "failure", "unknown"]),
    st.none() | took,
)
some = st.lists(checks, max_size=40)
steps = st.sampled_from([1, 2, 6, 24])


def good(parts: Sequence[Told]) -> list[int]:
    return sorted(
        one.total_us for one in parts if one.outcome == "success" and one.total_us is not None
    )


@given(some, some, some, steps)
def test_however_checks_are_parted_each_is_counted_once(
    filed: list[Told], also_filed: list[Told], single: list[Told], each: int
) -> None:
    parted = [*in_steps([*hours(filed), *hours(also_filed)], each), *hours(single)]
    assert in_steps(parted, each) == in_steps(hours([*filed, *also_filed, *single]), each)


@given(some, steps)
def test_steps_tell_what_was_checked_in_them(told: list[Told], each: int) -> None:
    parts = in_steps(hours(told), each)
    assert [part.hour for part in parts] == sorted({one.at // HOUR // each * each for one in told})
    for part in parts:
        within = [one for one in told if part.hour <= one.at // HOUR < part.hour + each]
        times = good(within)
        assert part.checks == len(within)
        assert part.failed == sum(one.outcome == "failure" for one in within)
        assert part.unknown == sum(one.outcome == "unknown" for one in within)
        assert part.mean_us == (sum(times) / len(times) if times else None)
        assert (part.least_us, part.most_us) == ((times[0], times[-1]) if times else (None, None))


@given(some, steps)
def test_percentiles_are_true_and_at_most_a_quarter_too_high(told: list[Told], each: int) -> None:
    found, times = percentiles(in_steps(hours(told), each)), good(told)
    if not times:
        assert found is None
        return
    assert found is not None
    for share, within in ((50, found.p50), (95, found.p95), (99, found.p99)):
        exact = times[-(-len(times) * share // 100) - 1]
        assert exact <= within <= exact * 5 // 4
        assert within <= times[-1]


def test_what_failed_says_nothing_of_how_fast_the_target_is() -> None:
    told = [Told(0, "success", 1_000), Told(1, "failure", 9_000_000), Told(2, "unknown", None)]
    (part,) = hours(told)
    assert (part.mean_us, part.most_us) == (1_000, 1_000)
    assert percentiles([part]) == percentiles(hours(told[:1]))


def test_of_nothing_there_is_no_percentile() -> None:
    assert percentiles([]) is None
    assert percentiles([Hour(hour=1, checks=2, failed=2)]) is None
