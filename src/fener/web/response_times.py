"""How fast a target answers, as a monitor's page shows it: the columns of the chart, and the
figures beside it.
"""

from collections.abc import Sequence
from typing import Any

from fener.actions import latency
from fener.actions.latency import Percentiles, SeriesPoint
from fener.domain.kinds import Kind
from fener.domain.monitor import Monitor
from fener.domain.time import DAY, HOUR, Span
from fener.web import vocabulary
from fener.web.formats import Reader
from fener.web.visit import Inside

SPANS: dict[str, Span] = {
    "hour": HOUR,
    "day": DAY,
    "week": 7 * DAY,
    "month": 30 * DAY,
    "quarter": 90 * DAY,
    "year": 365 * DAY,
}
_USUAL = "day"
_OF_ALL = ("total", "p95")
"""Columns that tell of a check as a whole."""


async def figures(inside: Inside, monitor: Monitor) -> dict[str, Any]:
    """What the section of the page says without script."""
    span = _chosen(inside)
    known = await latency.percentiles_of(inside.context, inside.who, monitor.id, SPANS[span])
    return {
        "span": span,
        "is_rolled_up": SPANS[span] > latency.LONGEST_RAW,
        "within": _told(known, inside.reader),
    }


async def columns(inside: Inside, monitor: Monitor) -> dict[str, Any]:
    """`at` and the ends of what is `shown` in seconds, times in milliseconds.

    `within` are the figures in the reader's language, by percentile.
    """
    span = SPANS[_chosen(inside)]
    now = inside.context.clock.now()
    seen = await latency.latency(inside.context, inside.who, monitor.id, span)
    # The total of a ping is its mean round trip, of which the lookup is no part.
    phases = () if monitor.kind is Kind.ICMP else tuple(vocabulary.PHASES)
    return {
        "at": [point.at / 1_000 for point in seen.points],
        **{name: [None] * len(seen.points) for name in vocabulary.PHASES},
        **{name: _column(seen.points, f"{name}_us") for name in (*phases, *_OF_ALL)},
        "failed": [point.failed for point in seen.points],
        "shown": [(now - span) / 1_000, now / 1_000],
        "within": _told(seen.percentiles, inside.reader),
    }


def _column(points: Sequence[SeriesPoint], field: str) -> list[float | None]:
    values = [getattr(point, field) for point in points]
    return [None if value is None else round(value / 1_000, 2) for value in values]


def _told(known: Percentiles | None, read: Reader) -> dict[str, str]:
    """Also where nothing is known."""
    names = Percentiles.__struct_fields__
    return {name: read.latency(getattr(known, name) if known else None) for name in names}


def _chosen(inside: Inside) -> str:
    asked = inside.query("span")
    return asked if asked in SPANS else _USUAL
