"""Messages owed to people: what for, on which channel, and when to try again."""

from enum import StrEnum
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct, convert

from fener.domain.place import Place
from fener.domain.time import HOUR, MINUTE, SECOND, Instant, Span


class Event(StrEnum):
    """What a notification tells."""

    DOWN = "down"
    REMINDER = "reminder"
    WORSENED = "worsened"
    """What was a warning is critical by now."""
    FLAPPING = "flapping"
    """It keeps going down and coming back: not every turn of it is told."""
    RECOVERED = "recovered"
    TEST = "test"
    BLIND = "blind"
    """Fener itself has not seen what it watches for long."""
    SEEING = "seeing"
    """It does again."""


class NotificationStatus(StrEnum):
    OWED = "owed"
    SENT = "sent"
    FAILED = "failed"
    """Given up after the last attempt, or refused for good."""
    CANCELLED = "cancelled"


class ChannelKind(StrEnum):
    EMAIL = "email"
    WEBHOOK = "webhook"


class WebhookFormat(StrEnum):
    """Whose published payload a webhook carries."""

    ORGANIZATION = "organization"
    ACCOUNT = "account"


class WebhookSettings(Struct, frozen=True):
    """Settings and secrets of a webhook, taken together: any of them may be kept as a secret.

    `secret` signs the body; `authorization` is the whole value of that header. `timeout` is in
    seconds.
    """

    url: str
    method: Literal["POST", "PUT", "PATCH"] = "POST"
    format: WebhookFormat = WebhookFormat.ORGANIZATION
    headers: dict[str, str] = {}
    timeout: Annotated[int, Meta(ge=1, le=25)] = 10
    secret: str | None = None
    authorization: str | None = None


class EmailSettings(Struct, frozen=True):
    """Settings of an e-mail channel: an address, or several with commas, and the mail's language.

    Without a language it is that of the user who has the address, else English.
    """

    to: str
    language: str | None = None

    @property
    def recipients(self) -> tuple[str, ...]:
        return tuple(part.strip() for part in self.to.split(",") if part.strip())


class Channel(Struct, frozen=True):
    """A configured destination. `settings` and `secrets` together are its kind's settings type."""

    id: int
    organization_id: int
    kind: ChannelKind
    name: str
    settings: dict[str, Any]
    secrets: dict[str, str] = {}
    customer_id: int | None = None
    monitor_id: int | None = None
    is_active: bool = True

    @property
    def place(self) -> Place:
        return Place(self.organization_id, self.customer_id)

    def as_webhook(self) -> WebhookSettings:
        """Raises msgspec.ValidationError where the stored settings are not a webhook's."""
        return convert(self._all_settings, WebhookSettings)

    def as_email(self) -> EmailSettings:
        """Raises msgspec.ValidationError where the stored settings are not an e-mail channel's."""
        return convert(self._all_settings, EmailSettings)

    @property
    def _all_settings(self) -> dict[str, Any]:
        return {**self.settings, **self.secrets}


class Owed(Struct, frozen=True):
    """A notification to be written in the transaction that makes it true.

    (incident_id, event, channel_id, step) names it for ever: that tuple is its dedup key.
    """

    incident_id: int
    event: Event
    channel_id: int
    step: int = 0
    held_until: Instant | None = None
    """Not to be sent before, because its monitor is flapping."""

    @property
    def dedup_key(self) -> str:
        return f"{self.incident_id}:{self.event}:{self.channel_id}:{self.step}"


MAX_ATTEMPTS = 34
"""Then a message is given up: a little more than a day after it was first tried."""
_FIRST_WAIT: Span = 5 * SECOND
_LONGEST_WAIT: Span = HOUR


def wait_before(attempt: int, asked_for: Span | None = None) -> Span:
    """How long to wait before attempt number `attempt` (2, 3, ...): doubling, an hour at most.

    A carrier that asked for more time gets it, up to the same hour.
    """
    doubling = min(_LONGEST_WAIT, _FIRST_WAIT << (attempt - 2))
    return max(doubling, min(_LONGEST_WAIT, asked_for or 0))


def is_last(event: Event, attempt: int) -> bool:
    """Whether no attempt follows this one. A test is tried once: somebody waits for its answer."""
    return event is Event.TEST or attempt >= MAX_ATTEMPTS


LEASE: Span = 2 * MINUTE
"""How long a notifier may take for one message before another may try it."""
SEND_DEADLINE: Span = 30 * SECOND
"""How long one attempt may take; well below a lease, so that its outcome can be noted."""


class Moot(StrEnum):
    """Why an owed message is not sent any more: it would be noise, or a lie."""

    CHANNEL_DELETED = "channel_deleted"
    CHANNEL_OFF = "channel_off"
    MONITOR_PAUSED = "monitor_paused"
    MONITOR_DELETED = "monitor_deleted"
    RESOLVED = "resolved"
    ACKNOWLEDGED = "acknowledged"
    SEES_AGAIN = "sees_again"
    FLAPPING = "flapping"

    @property
    def sentence(self) -> str:
        return _MOOT_SENTENCES[self]


_MOOT_SENTENCES = {
    Moot.CHANNEL_DELETED: "The channel was deleted before this could be sent.",
    Moot.CHANNEL_OFF: "The channel was switched off before this could be sent.",
    Moot.MONITOR_PAUSED: "The monitor was paused before this could be sent.",
    Moot.MONITOR_DELETED: "The monitor was deleted before this could be sent.",
    Moot.RESOLVED: "The incident was over before this reminder could be sent.",
    Moot.SEES_AGAIN: "Fener saw again before this could be sent.",
    Moot.FLAPPING: "It was flapping, and this outage was too short to be told by itself.",
    Moot.ACKNOWLEDGED: "The incident was acknowledged before this reminder could be sent.",
}
