"""Response times by how many there were of each length, so that percentiles can be told later.

Four buckets for each doubling: what is read from them is at most a quarter too high. Pure.
"""

from collections import Counter
from collections.abc import Mapping
from typing import TypeAlias

Histogram: TypeAlias = Mapping[int, int]
"""How many times fell into each bucket; buckets without any are not there."""

_STEPS = 4
_STEP_BITS = 2


def bucket_of(microseconds: int) -> int:
    """The number of the bucket; a longer time has no lower one."""
    length = microseconds.bit_length()
    if length <= _STEP_BITS:
        return microseconds
    shift = length - 1 - _STEP_BITS
    return (shift << _STEP_BITS) + (microseconds >> shift)


def longest_of(bucket: int) -> int:
    """The longest time in a bucket, in microseconds."""
    if bucket < 2 * _STEPS:
        return bucket
    shift = (bucket >> _STEP_BITS) - 1
    return ((_STEPS + bucket % _STEPS + 1) << shift) - 1


def merged(histograms: list[Histogram]) -> Histogram:
    together: Counter[int] = Counter()
    for each in histograms:
        together.update(each)
    return together


def percentile(histogram: Histogram, share: float) -> int | None:
    """The time within which `share` (0 to 1) of all lay, in microseconds; None where none are."""
    left = share * sum(histogram.values())
    for bucket in sorted(histogram):
        left -= histogram[bucket]
        if left <= 0:
            return longest_of(bucket)
    return None
