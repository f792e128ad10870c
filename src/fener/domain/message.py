"""A message on its way to a carrier, and what became of the attempt."""

from enum import StrEnum
from uuid import UUID

from msgspec import Struct

from fener.domain.failure import Facts, FailureReason
from fener.domain.kinds import Kind
from fener.domain.notification import Channel, Event
from fener.domain.place import Place
from fener.domain.problem import Cause, Problem
from fener.domain.time import Instant, Span


class Subject(Struct, frozen=True):
    """The monitor and customer that a message is about."""

    monitor_id: int
    public_id: UUID
    name: str
    kind: Kind
    target: str
    customer_id: int
    customer_name: str
    custom_fields: dict[str, object] = {}


class IncidentFacts(Struct, frozen=True):
    """What a message says of its incident."""

    id: int
    public_id: UUID
    cause: Cause
    start_at: Instant
    opened_at: Instant
    failed_checks: int
    reason: FailureReason
    message: str
    """In English; people read the words for the reason, and the facts."""
    facts: Facts = Facts()
    status_code: int | None = None
    end_at: Instant | None = None
    resolved_at: Instant | None = None
    acknowledged_at: Instant | None = None
    problem: Problem = Problem.AVAILABILITY
    ends_at: Instant | None = None
    """When the certificate ends, where the problem is that."""


class BlindSpell(Struct, frozen=True):
    """A time in which Fener did not see what it watches. `why` is a sentence for people."""

    public_id: UUID
    began_at: Instant
    why: str
    ended_at: Instant | None = None


class Message(Struct, frozen=True):
    """One leased notification with all that a sender needs to write it.

    A test message has neither incident nor subject, one of Fener's own blindness has a spell.
    """

    notification_id: int
    dedup_key: str
    event: Event
    step: int
    attempt: int
    """1 for the first one."""
    channel: Channel
    incident: IncidentFacts | None = None
    subject: Subject | None = None
    spell: BlindSpell | None = None
    language: str = "en"
    allow_private: bool = False
    """Whether the channel's organization may touch private addresses."""

    @property
    def place(self) -> Place:
        """Where its incident belongs; where it has none, where its channel does."""
        if self.subject is None:
            return self.channel.place
        about = self.subject
        return Place(self.channel.organization_id, about.customer_id, about.public_id)

    @property
    def key(self) -> str:
        """The dedup key as carriers get it, the same in every attempt.

        The incident stands in it by its public id: carriers serve other Feners too, and a mail
        server would drop a message whose id it has seen.
        """
        if self.incident is None:
            return self.dedup_key
        return f"{self.incident.public_id}:{self.event}:{self.channel.id}:{self.step}"


class DeliveryStatus(StrEnum):
    SENT = "sent"
    TRY_AGAIN = "try_again"
    REFUSED = "refused"
    """The carrier said no for good: trying again would not help."""


class Delivery(Struct, frozen=True):
    """What became of one attempt. `answer` is a sentence for people, without secrets."""

    status: DeliveryStatus
    answer: str
    at: Instant
    took: Span = 0
    retry_after: Span | None = None
    """How long the carrier asked to be left alone."""
