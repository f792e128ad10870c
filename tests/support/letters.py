"""Messages as they come from the outbox, for tests of senders."""

from typing import Any
from uuid import UUID

import msgspec

from fener.domain.failure import Facts, FailureReason
from fener.domain.kinds import Kind
from fener.domain.message import BlindSpell, IncidentFacts, Message, Subject
from fener.domain.notification import Channel, ChannelKind, Event
from fener.domain.problem import Cause
from fener.domain.time import MINUTE, SECOND
from fener.pipeline.notify.letters import Writer
from fener.pipeline.notify.links import Links
from fener.web.explaining import explained
from support.store import NOON

SECRET = "wh-s3cret"
WRITER = Writer(Links("https://fener.example"), explained)
INCIDENT = IncidentFacts(
    id=41,
    public_id=UUID("019b7a3c-0000-7000-8000-000000000029"),
    cause=Cause.HTTP_STATUS,
    start_at=NOON,
    opened_at=NOON + 20 * SECOND,
    failed_checks=3,
    reason=FailureReason.WRONG_STATUS,
    message="status 500, wanted 200-299",
    facts=Facts(got="500", wanted="200-299"),
    status_code=500,
)
OVER = msgspec.structs.replace(
    INCIDENT, end_at=NOON + 12 * MINUTE, resolved_at=NOON + 12 * MINUTE + 10 * SECOND
)
SHOP = Subject(
    monitor_id=14,
    public_id=UUID("019b7a3c-0000-7000-8000-00000000000e"),
    name="example.com",
    kind=Kind.HTTP,
    target="https://example.com/shop",
    customer_id=7,
    customer_name="Acme",
    custom_fields={"tier": "gold"},
)
BLIND = BlindSpell(
    public_id=UUID("019b7a3c-0000-7000-8000-0000000000b1"),
    began_at=NOON,
    why="3 monitors were not checked in time",
)
SEEN_AGAIN = msgspec.structs.replace(BLIND, ended_at=NOON + 12 * MINUTE)
BACKUP = msgspec.structs.replace(SHOP, name="Nightly backup", kind=Kind.HEARTBEAT, target="")


def channel(
    kind: ChannelKind, settings: dict[str, Any], secrets: dict[str, str] | None = None
) -> Channel:
    return Channel(3, 1, kind, "On call", settings, secrets or {})


def message(channel: Channel, event: Event = Event.DOWN, **changes: Any) -> Message:
    """A message about `example.com`, on its first attempt; others are about no monitor."""
    incident = OVER if event is Event.RECOVERED else INCIDENT
    is_test = event is Event.TEST
    spell = {Event.BLIND: BLIND, Event.SEEING: SEEN_AGAIN}.get(event)
    is_of_none = is_test or spell is not None
    made = Message(
        notification_id=1,
        dedup_key="test:3:n1" if is_test else f"41:{event}:3:0",
        event=event,
        step=1 if event is Event.REMINDER else 0,
        attempt=1,
        channel=channel,
        incident=None if is_of_none else incident,
        subject=None if is_of_none else SHOP,
        spell=spell,
        allow_private=True,
    )
    return msgspec.structs.replace(made, **changes)
