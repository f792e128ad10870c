"""Messages owed to people: what for, on which channel, and when to try again."""

from enum import StrEnum
from typing import Any

from msgspec import Struct

from fener.domain.time import HOUR, MINUTE, SECOND, Span


class Event(StrEnum):
    """What a notification tells."""

    DOWN = "down"
    REMINDER = "reminder"
    RECOVERED = "recovered"
    TEST = "test"


class NotificationStatus(StrEnum):
    OWED = "owed"
    SENT = "sent"
    FAILED = "failed"
    """Given up after the last attempt, or refused for good."""
    CANCELLED = "cancelled"


class ChannelKind(StrEnum):
    EMAIL = "email"
    WEBHOOK = "webhook"


class Channel(Struct, frozen=True):
    """A configured destination. `settings` by kind is described beside each sender."""

    id: int
    organization_id: int
    kind: ChannelKind
    name: str
    settings: dict[str, Any]
    secrets: dict[str, str] = {}
    customer_id: int | None = None
    monitor_id: int | None = None
    is_active: bool = True


class Owed(Struct, frozen=True):
    """A notification to be written in the transaction that makes it true.

    (incident_id, event, channel_id, step) names it for ever: that tuple is its dedup key.
    """

    incident_id: int
    event: Event
    channel_id: int
    step: int = 0

    @property
    def dedup_key(self) -> str:
        return f"{self.incident_id}:{self.event}:{self.channel_id}:{self.step}"


MAX_ATTEMPTS = 12
_FIRST_WAIT: Span = 5 * SECOND
_LONGEST_WAIT: Span = HOUR


def wait_before(attempt: int) -> Span:
    """How long to wait before attempt number `attempt` (2, 3, ...): doubling, an hour at most."""
    return min(_LONGEST_WAIT, _FIRST_WAIT << (attempt - 2))


LEASE: Span = 2 * MINUTE
"""How long a notifier may take for one message before another may try it."""
