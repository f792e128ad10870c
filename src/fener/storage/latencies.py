"""How long the checks of a monitor took over long spans, from the roll-ups of hours."""

import msgspec

from fener.domain.histogram import Histogram, merged
from fener.domain.rollup import Hour, Told, hours, in_steps
from fener.domain.time import HOUR, Instant
from fener.storage.database import Row, Session
from fener.storage.queries import statements

SQL = statements("latencies")
_HISTOGRAMS: msgspec.json.Decoder[list[Histogram]] = msgspec.json.Decoder(list[dict[int, int]])


async def steps(
    session: Session, monitor_id: int, since: Instant, until: Instant, each: int
) -> list[Hour]:
    """All checks from `since` to the end of the hour of `until`, in steps of `each` hours.

    Oldest first; steps without a check are not there. A span that begins within an hour is that
    exact only while its raw results are kept.
    """
    given = {
        "monitor_id": monitor_id,
        "since": since,
        "first": -(-since // HOUR),
        "last": until // HOUR,
        "each": each,
    }
    rows = await session.all(SQL["parts"], given)
    rolled_up = [_hours(row) for row in rows if row["histograms"] is not None]
    single = [_told(row) for row in rows if row["histograms"] is None]
    return in_steps([*rolled_up, *hours(single)], each)


def _hours(row: Row) -> Hour:
    return Hour(
        hour=row["hour"],
        checks=row["checks"],
        failed=row["failed"],
        unknown=row["unknown"],
        total_us_sum=row["total_us_sum"],
        least_us=row["least_us"],
        most_us=row["most_us"],
        histogram=merged(_HISTOGRAMS.decode(row["histograms"])),
    )


def _told(row: Row) -> Told:
    return Told(row["at"], row["outcome"], row["total_us"])
