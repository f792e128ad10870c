"""Channels as rows: read into `fener.domain.notification.Channel`, their secrets sealed."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import Struct

from fener.domain.notification import Channel, ChannelKind, Event, NotificationStatus
from fener.domain.time import Instant, Span
from fener.storage.database import Row, Session, in_list
from fener.storage.ids import LARGEST_ID, storable
from fener.storage.queries import statements
from fener.storage.sealing import Sealer

SQL = statements("channels")
DELETED = "The channel was deleted before this could be sent."


class Attempt(Struct, frozen=True):
    """One attempt to deliver, as the log shows it."""

    number: int
    at: Instant
    ok: bool
    answer: str
    took: Span


class Told(Struct, frozen=True, kw_only=True):
    """One message that was owed to a channel, and what became of it."""

    id: int
    event: Event
    step: int
    status: NotificationStatus
    created_at: Instant
    due_at: Instant
    sent_at: Instant | None
    last_error: str | None
    incident_id: int | None
    monitor_id: int | None
    monitor_name: str | None
    attempts: tuple[Attempt, ...] = ()


async def by_ids(session: Session, sealer: Sealer, ids: Sequence[int]) -> dict[int, Channel]:
    """The channels of these ids that exist."""
    listed, parameters = in_list("id", storable(ids))
    sql = f"{SQL['columns']} WHERE c.deleted_at IS NULL AND c.id IN {listed}"
    return {row["id"]: from_row(row, sealer) for row in await session.all(sql, parameters)}


async def of_organization(session: Session, sealer: Sealer, organization_id: int) -> list[Channel]:
    """All of an organization's, oldest first."""
    sql = f"{SQL['columns']} WHERE c.deleted_at IS NULL AND c.organization_id = :id ORDER BY c.id"
    rows = await session.all(sql, {"id": organization_id})
    return [from_row(row, sealer) for row in rows]


async def times(session: Session, ids: Sequence[int]) -> dict[int, tuple[Instant, Instant]]:
    """When each of these was added and last changed."""
    listed, parameters = in_list("id", storable(ids))
    rows = await session.all(f"{SQL['columns']} WHERE c.id IN {listed}", parameters)
    return {row["id"]: (row["created_at"], row["updated_at"]) for row in rows}


async def active_without_secrets(session: Session, organization_id: int) -> list[Channel]:
    """Those that may be told of something, for who only asks which they are."""
    live = "c.is_active AND c.deleted_at IS NULL"
    sql = f"{SQL['columns']} WHERE {live} AND c.organization_id = :id ORDER BY c.id"
    return [from_row(row, None) for row in await session.all(sql, {"id": organization_id})]


async def insert(session: Session, sealer: Sealer, new: Channel, now: Instant) -> int:
    """Store a channel; its own id is not looked at, the new one is given."""
    places = ("organization_id", "customer_id", "monitor_id", "kind")
    placed = {name: getattr(new, name) for name in places}
    return await session.insert(SQL["insert"], {**placed, **_columns(new, sealer), "now": now})


async def update(session: Session, sealer: Sealer, channel: Channel, now: Instant) -> None:
    """Write all but the place where it belongs."""
    columns = _columns(channel, sealer)
    await session.run(SQL["update"], {**columns, "id": channel.id, "now": now})


async def delete(session: Session, channel: Channel, now: Instant) -> None:
    """Tell nobody there again. Monitors that chose nothing else are told of everywhere again."""
    await session.run(SQL["cancel_owed"], {"id": channel.id, "reason": DELETED})
    await session.run(SQL["delete"], {"id": channel.id, "now": now})
    chosen = await session.all(SQL["choices"], {"organization_id": channel.organization_id})
    for row in chosen:
        ids = msgspec.json.decode(row["channel_ids"], type=tuple[int, ...])
        left = [one for one in ids if one != channel.id]
        if len(left) < len(ids):
            text = msgspec.json.encode(left).decode() if left else None
            await session.run(SQL["choose"], {"id": row["id"], "channel_ids": text})


async def owe_test(session: Session, channel: Channel, key: str, now: Instant) -> int:
    """Owe a test message, due at once; gives the notification's id."""
    place = {"organization_id": channel.organization_id, "channel_id": channel.id}
    return await session.insert(SQL["owe_test"], {**place, "dedup_key": key, "now": now})


async def told(
    session: Session, channel_id: int, limit: int, before_id: int | None = None
) -> list[Told]:
    """The delivery log of a channel, newest first."""
    given = {"channel_id": channel_id, "before_id": before_id or LARGEST_ID, "limit": limit}
    rows = await session.all(SQL["told"], given)
    attempts = await _attempts(session, [row["id"] for row in rows])
    return [_told(row, attempts[row["id"]]) for row in rows]


async def may_dial_private(session: Session, organization_id: int) -> bool:
    return bool(await session.value(SQL["may_dial_private"], {"id": organization_id}))


def from_row(row: Row, sealer: Sealer | None) -> Channel:
    """Without a sealer, a channel without its secrets."""
    sealed = row["sealed_secrets"]
    return Channel(
        id=row["id"],
        organization_id=row["organization_id"],
        kind=ChannelKind(row["kind"]),
        name=row["name"],
        settings=msgspec.json.decode(row["settings"]),
        secrets={} if sealed is None or sealer is None else sealer.open(sealed),
        customer_id=row["customer_id"],
        monitor_id=row["monitor_id"],
        is_active=bool(row["is_active"]),
    )


def _columns(channel: Channel, sealer: Sealer) -> dict[str, Any]:
    return {
        "name": channel.name,
        "settings": msgspec.json.encode(channel.settings).decode(),
        "sealed_secrets": sealer.seal(channel.secrets) if channel.secrets else None,
        "is_active": channel.is_active,
    }


async def _attempts(session: Session, ids: Sequence[int]) -> dict[int, list[Attempt]]:
    listed, parameters = in_list("id", ids)
    rows = await session.all(f"{SQL['attempts']} {listed} ORDER BY id", parameters)
    found: dict[int, list[Attempt]] = defaultdict(list)
    for row in rows:
        found[row["notification_id"]].append(
            Attempt(row["attempt"], row["at"], bool(row["ok"]), row["answer"], row["took_ms"])
        )
    return found


def _told(row: Row, attempts: Sequence[Attempt]) -> Told:
    return Told(
        id=row["id"],
        event=Event(row["event"]),
        step=row["step"],
        status=NotificationStatus(row["status"]),
        created_at=row["created_at"],
        due_at=row["due_at"],
        sent_at=row["sent_at"],
        last_error=row["last_error"],
        incident_id=row["incident_id"],
        monitor_id=row["monitor_id"],
        monitor_name=row["monitor_name"],
        attempts=tuple(attempts),
    )
