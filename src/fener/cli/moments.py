"""Times of the views, which are ISO 8601 texts, read and shown."""

from datetime import datetime

from fener.domain.time import Instant, from_datetime


def instant_of(iso: str) -> Instant:
    return from_datetime(datetime.fromisoformat(iso))


def local_time(iso: str | None) -> str:
    """The time in the reader's own zone, to the second; empty for none."""
    if iso is None:
        return ""
    return datetime.fromisoformat(iso).astimezone().strftime("%Y-%m-%d %H:%M:%S")
