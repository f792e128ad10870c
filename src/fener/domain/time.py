"""Instants and spans as plain integers, and the two ways the contracts write them.

An `Instant` is UTC milliseconds since the Unix epoch, a `Span` a length in milliseconds. Nothing
here asks what time it is: that is `fener.ports.Clock`.
"""

from datetime import UTC, datetime
from typing import TypeAlias

Instant: TypeAlias = int
Span: TypeAlias = int

SECOND: Span = 1_000
MINUTE: Span = 60 * SECOND
HOUR: Span = 60 * MINUTE
DAY: Span = 24 * HOUR


def to_datetime(instant: Instant) -> datetime:
    """The same moment as an aware datetime in UTC, exact to the millisecond."""
    seconds, milliseconds = divmod(instant, SECOND)
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=milliseconds * 1_000)


def from_datetime(moment: datetime) -> Instant:
    """The instant of an aware datetime; its microseconds are cut to milliseconds.

    Raises ValueError for a naive datetime: its zone would be a guess.
    """
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone to be an instant")
    return int(moment.replace(microsecond=0).timestamp()) * SECOND + moment.microsecond // 1_000


def iso_text(instant: Instant) -> str:
    """ISO 8601 with milliseconds, as the organization API writes it: `2026-02-26T12:10:00.000Z`."""
    return to_datetime(instant).strftime("%Y-%m-%dT%H:%M:%S.") + f"{instant % SECOND:03d}Z"


def plain_text(instant: Instant) -> str:
    """`Y-m-d H:i:s` in UTC, as the account API writes it: `2025-10-19 08:12:14`."""
    return to_datetime(instant).strftime("%Y-%m-%d %H:%M:%S")


def parse_plain_text(text: str) -> Instant:
    """The instant of `Y-m-d H:i:s` in UTC. Raises ValueError for any other form."""
    return from_datetime(datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC))
