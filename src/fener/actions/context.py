"""What every action is handed beside the identity of who asks."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol
from uuid import UUID

import msgspec

from fener.domain.notification import ChannelKind
from fener.domain.people import Identity
from fener.domain.place import Place
from fener.domain.time import Instant
from fener.ports import Clock, Sender
from fener.storage.database import Database, Session
from fener.storage.queries import statements
from fener.storage.sealing import Sealer

SQL = statements("audit")


class Doorbells(Protocol):
    """Says to the running stages that something waits for them; losing a ring loses nothing."""

    def check_now(self, monitor_id: int) -> None: ...
    def monitors_changed(self, *places: Place) -> None:
        """At each of these places; one that moved was at two."""
        ...

    def incidents_changed(self, *places: Place) -> None:
        """By a person; what checks do to incidents needs no bell."""
        ...

    def messages_owed(self, place: Place) -> None: ...


class Context(msgspec.Struct, frozen=True):
    """The world as actions see it."""

    database: Database
    sealer: Sealer
    clock: Clock
    doorbells: Doorbells
    new_id: Callable[[Instant], UUID]
    """Makes a public id (UUIDv7) for something that begins at an instant."""
    senders: Mapping[ChannelKind, Sender] = {}
    """What this process can send at once, to try a channel out."""


async def audit(
    session: Session,
    who: Identity,
    at: Instant,
    action: str,
    subject: str,
    **detail: Any,
) -> None:
    """Write who did what to which thing, in the transaction that does it.

    `action` reads `incident.delete`, `subject` `incident:12`.
    """
    await session.run(
        SQL["insert"],
        {
            "organization_id": who.organization_id,
            "at": at,
            "user_id": who.user_id,
            "token_id": who.token_id,
            "credential": who.credential,
            "action": action,
            "subject": subject,
            "detail": msgspec.json.encode(detail).decode(),
        },
    )
