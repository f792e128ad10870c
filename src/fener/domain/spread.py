"""Where a monitor lies among all: a number that is spread evenly, whatever the ids are.

Its phase within its interval follows this number, and the store keeps what it writes with each
check in the same order. So what is due at the same time lies side by side and is written together.
"""

from functools import lru_cache

_MASK = (1 << 64) - 1
_HALF = 1 << 63


@lru_cache(maxsize=1 << 17)
def spread(monitor_id: int) -> int:
    """From -2^63 to below 2^63, another for each id; the same in every process and for ever."""
    return _mixed(monitor_id) - _HALF


def share(monitor_id: int, parts: int) -> int:
    """In which of so many equal parts of that range it lies, from 0."""
    return _mixed(monitor_id) * parts >> 64


def _mixed(number: int) -> int:
    """The finalizer of SplitMix64, which maps 64 bits to 64 bits one to one."""
    mixed = (number + 0x9E3779B97F4A7C15) & _MASK
    mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9 & _MASK
    mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB & _MASK
    return mixed ^ (mixed >> 31)
