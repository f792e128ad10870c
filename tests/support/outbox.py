"""A store with incidents in it, the notify stage's side of it, and eyes to look into it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from fener.domain.message import Delivery, DeliveryStatus, Message
from fener.domain.notification import ChannelKind
from fener.domain.place import Place
from fener.domain.time import MINUTE, SECOND, Instant, Span
from fener.faults import FaultBoard
from fener.storage import channels
from fener.storage.notifying import SqlNotifyStore
from fener.storage.recording import SqlRecordStore
from fener.testing.clock import FakeClock
from support.store import NOON, REFUSED, Seeded, add_monitor, checked, seeded_store, settler


class Outbox:
    """`notify` is the store under test; the clock stands at noon, when everything was owed."""

    def __init__(self, seeded: Seeded) -> None:
        self.seeded = seeded
        self.clock = FakeClock(NOON)
        self.faults = FaultBoard(self.clock)
        self.notify = SqlNotifyStore(seeded.database, seeded.sealer, self.clock, self.faults)
        self._record = SqlRecordStore(seeded.database, seeded.sealer, self.clock, self.faults)
        self.unsent_places: list[Place] = []
        """Where a message was leased that is not to be sent."""
        self._checked: dict[int, Instant] = {}

    async def channel(
        self,
        name: str = "Hook",
        kind: ChannelKind = ChannelKind.WEBHOOK,
        settings: dict[str, Any] | None = None,
        secrets: dict[str, str] | None = None,
    ) -> int:
        sealed = self.seeded.sealer.seal(secrets) if secrets else None
        return await self.insert(
            "INSERT INTO channels (organization_id, kind, name, settings, sealed_secrets,"
            " created_at, updated_at) VALUES (:o, :k, :n, :s, :x, 0, 0) RETURNING id",
            o=self.seeded.organization_id,
            k=kind,
            n=name,
            s=msgspec.json.encode(settings or {"url": "https://hook.example/"}).decode(),
            x=sealed,
        )

    async def goes_down(self, monitor_id: int | None = None) -> int:
        """A new incident of this or a new monitor; gives the monitor."""
        watched = monitor_id or await add_monitor(self.seeded)
        await self._check(watched, "xxx")
        return watched

    async def comes_up(self, monitor_id: int) -> None:
        await self._check(monitor_id, "..")

    async def _check(self, monitor_id: int, marks: str) -> None:
        """Record `x` and `.` a minute apart; what they lead to is owed by the clock's time."""
        for mark in marks:
            at = self._checked.get(monitor_id, NOON - MINUTE) + MINUTE
            self._checked[monitor_id] = at
            result = checked(monitor_id, at, REFUSED if mark == "x" else None)
            await self._record.record([result], settler().settle)

    async def owe_test(self, channel_id: int, key: str = "test:n1") -> int:
        sealer = self.seeded.sealer
        async with self.seeded.database.write() as session:
            found = await channels.by_ids(session, sealer, [channel_id])
            return await channels.owe_test(session, found[channel_id], key, self.clock.now())

    async def lease(self, limit: int = 100) -> list[Message]:
        leased = await self.notify.lease(self.clock.now(), limit)
        self.unsent_places += leased.unsent
        return list(leased.messages)

    async def lease_one(self) -> Message:
        (message,) = await self.lease()
        return message

    async def answered(
        self,
        message: Message,
        status: DeliveryStatus,
        answer: str = "carrier said no",
        retry_after: Span | None = None,
    ) -> None:
        took = 3 * SECOND
        delivery = Delivery(status, answer, self.clock.now(), took, retry_after)
        await self.notify.delivered(message, delivery)

    async def sent(self, message: Message) -> None:
        await self.answered(message, DeliveryStatus.SENT, "carrier took it")

    async def unsent(self, message: Message, retry_after: Span | None = None) -> None:
        await self.answered(message, DeliveryStatus.TRY_AGAIN, retry_after=retry_after)

    async def refused(self, message: Message) -> None:
        await self.answered(message, DeliveryStatus.REFUSED)

    async def insert(self, sql: str, **parameters: Any) -> int:
        async with self.seeded.database.write() as session:
            return await session.insert(sql, parameters)

    async def run(self, sql: str, **parameters: Any) -> None:
        async with self.seeded.database.write() as session:
            await session.run(sql, parameters)

    async def rows(self, sql: str, **parameters: Any) -> list[dict[str, Any]]:
        async with self.seeded.database.read() as session:
            return [dict(row) for row in await session.all(sql, parameters)]

    async def row(self, sql: str, **parameters: Any) -> dict[str, Any]:
        (found,) = await self.rows(sql, **parameters)
        return found

    async def place(self) -> Place:
        """Where the only incident belongs."""
        row = await self.row(
            "SELECT i.organization_id, i.customer_id, m.public_id FROM incidents i"
            " JOIN monitors m ON m.id = i.monitor_id"
        )
        return Place(row["organization_id"], row["customer_id"], UUID(row["public_id"]))

    async def statuses(self) -> list[tuple[str, str]]:
        rows = await self.rows("SELECT event, status FROM notifications ORDER BY id")
        return [(row["event"], row["status"]) for row in rows]

    async def told(self) -> list[dict[str, Any]]:
        """What the timeline tells of messages, its kind among the details."""
        rows = await self.rows(
            "SELECT kind, at, detail FROM incident_events WHERE kind LIKE 'notif%' ORDER BY id"
        )
        return [
            {"kind": row["kind"], "at": row["at"], **msgspec.json.decode(row["detail"])}
            for row in rows
        ]


@asynccontextmanager
async def opened_outbox(folder: Path) -> AsyncIterator[Outbox]:
    async with seeded_store(folder / "fener.db") as seeded:
        yield Outbox(seeded)
