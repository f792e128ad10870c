"""Response times by how many there were of each length."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from fener.domain.histogram import bucket_of, longest_of, merged, percentile

times = st.integers(min_value=0, max_value=600_000_000)
some = st.lists(times, min_size=1)


@given(times)
def test_a_bucket_reaches_at_most_a_quarter_beyond_what_is_in_it(time: int) -> None:
    assert time <= longest_of(bucket_of(time)) <= time * 5 // 4


@given(times, times)
def test_a_longer_time_has_no_lower_bucket(one: int, other: int) -> None:
    shorter, longer = sorted((one, other))
    assert bucket_of(shorter) <= bucket_of(longer)


@given(times)
def test_the_next_bucket_begins_where_one_ends(time: int) -> None:
    bucket = bucket_of(time)
    assert bucket_of(longest_of(bucket)) == bucket
    assert bucket_of(longest_of(bucket) + 1) == bucket + 1


@given(some, st.sampled_from([0.5, 0.9, 0.95, 0.99, 1.0]))
def test_a_percentile_is_at_most_a_quarter_too_high(taken: list[int], share: float) -> None:
    counted = Counter(map(bucket_of, taken))
    within = sorted(taken)
    exact = next(time for place, time in enumerate(within, 1) if place >= share * len(within))
    told = percentile(counted, share)
    assert told is not None
    assert exact <= told <= exact * 5 // 4


@given(some, some)
def test_histograms_put_together_are_that_of_all(one: list[int], other: list[int]) -> None:
    parts = [Counter(map(bucket_of, taken)) for taken in (one, other)]
    assert merged(list(parts)) == Counter(map(bucket_of, one + other))


def test_of_nothing_there_is_no_percentile() -> None:
    assert percentile({}, 0.5) is None
