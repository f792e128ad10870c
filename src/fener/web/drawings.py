"""Small drawings for lists, as SVG paths: the 90-day bar and the latency line.

One path holds all days of a kind, so that a page of fifty bars stays small.
"""

from collections.abc import Sequence
from functools import lru_cache

from msgspec import Struct

from fener.actions import checks

DAY_WIDTH = 4
DAY_GAP = 1
BAR_HEIGHT = 28
_LEAST_BAD = 8
"""A failing part is drawn at least so high: one failed check in a day must be seen."""
LINE_WIDTH = 100
LINE_HEIGHT = 24
_MARK = 4
MOST_POINTS = 60


class Bar(Struct, frozen=True):
    """Paths of the good and bad parts of days, and of days without checks."""

    width: int
    good: str
    bad: str
    none: str


class Line(Struct, frozen=True):
    """A latency line; `misses` are the marks of checks without an answer."""

    path: str
    misses: str


def day_shares(bars: Sequence[checks.Bar]) -> list[float | None]:
    """The good share of each day; None where nothing is known of it."""
    return [checks.day_share(bar.down) if bar.checks or bar.down else None for bar in bars]


def bar(days: Sequence[float | None]) -> Bar:
    """`days`: the good share of each day's checks, oldest first; None for a day without any."""
    return _bar(tuple(days))


@lru_cache(maxsize=1_024)
def _bar(days: tuple[float | None, ...]) -> Bar:
    """Most monitors have had the same ninety days: none with an outage."""
    good, bad, none = "", "", ""
    for place, share in enumerate(days):
        left = place * DAY_WIDTH
        if share is None:
            none += _block(left, BAR_HEIGHT // 2 - 2, 4)
            continue
        low = 0 if share >= 1 else max(_LEAST_BAD, round((1 - share) * BAR_HEIGHT))
        if low < BAR_HEIGHT:
            good += _block(left, 0, BAR_HEIGHT - low - bool(low))
        if low:
            bad += _block(left, BAR_HEIGHT - low, low)
    return Bar(max(1, len(days) * DAY_WIDTH - DAY_GAP), good, bad, none)


def line(values: Sequence[int | None]) -> Line:
    """`values`: microseconds of the last checks, oldest first; None for a failed one."""
    values = _thinned(values)
    known = [value for value in values if value is not None]
    if not known:
        return Line("", "".join(_mark(x) for x in _places(len(values))))
    low, high = min(known), max(known)
    span = max(high - low, high // 5, 1)
    path, misses, pen = "", "", "M"
    for x, value in zip(_places(len(values)), values, strict=True):
        if value is None:
            misses += _mark(x)
            pen = "M"
            continue
        y = round((LINE_HEIGHT - 4) * (1 - (value - low) / span) + 2, 1)
        path += f"{pen}{x:g} {y:g}"
        pen = "L"
    return Line(path, misses)


def _thinned(values: Sequence[int | None]) -> Sequence[int | None]:
    """No more points than can be seen: the slowest of several, or the failed one among them."""
    each = -(-len(values) // MOST_POINTS)
    if each <= 1:
        return values
    groups = [values[start : start + each] for start in range(0, len(values), each)]
    return [None if None in group else max(one or 0 for one in group) for group in groups]


def _places(count: int) -> list[float]:
    step = LINE_WIDTH / max(1, count - 1)
    return [round(place * step, 1) for place in range(count)]


def _block(x: int, y: int, height: int) -> str:
    return f"M{x} {y}h{DAY_WIDTH - DAY_GAP}v{height}h-{DAY_WIDTH - DAY_GAP}z"


def _mark(x: float) -> str:
    return f"M{x - _MARK / 2:g} {LINE_HEIGHT}h{_MARK}l-{_MARK / 2:g}-{_MARK}z"
