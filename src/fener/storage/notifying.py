"""The notify stage's side of the store: leases owed messages, notes what became of each attempt,
and owes reminders.

Messages to one channel about one incident go out in the order in which they were owed, one at a
time: a recovery waits for its `down`, even while that is tried again. A recovery whose `down` was
given up is sent all the same; it tells the whole outage. What is moot by now is cancelled.
"""

from collections.abc import Sequence

import msgspec

from fener.domain.failure import Facts
from fener.domain.fault import Fault, FaultReason
from fener.domain.message import Delivery, DeliveryStatus, Message
from fener.domain.notification import (
    LEASE,
    MAX_ATTEMPTS,
    Channel,
    ChannelKind,
    Event,
    Owed,
)
from fener.domain.place import Place
from fener.domain.policy import reminder_every
from fener.domain.problem import Problem
from fener.domain.time import Instant
from fener.ports import Clock, Faults, Leased
from fener.storage import channels, deliveries, messages
from fener.storage.database import Database, Row, Session, in_list
from fener.storage.incident_changes import owe
from fener.storage.queries import statements
from fener.storage.sealing import Sealer, UnreadableSecret

SQL = statements("notifying")
_NO_OUTCOME = f"Fener stopped in the midst of each of {MAX_ATTEMPTS} attempts to send this."


class SqlNotifyStore:
    """`fener.ports.NotifyStore` on the database."""

    def __init__(self, database: Database, sealer: Sealer, clock: Clock, faults: Faults) -> None:
        self._database = database
        self._sealer = sealer
        self._clock = clock
        self._faults = faults

    async def lease(self, now: Instant, limit: int) -> Leased:
        async with self._database.read() as reading:
            # Found outside of the write transaction: weighing a long backlog takes its time.
            moot = await reading.all(SQL["moot"], {"now": now})
            cancelled = {row["notification_id"] for row in moot}
            found = await reading.all(SQL["leasable"], {"now": now, "limit": limit})
        if not found and not moot:
            return Leased()
        async with self._database.write() as session:
            unsent = await deliveries.cancel(session, moot, now)
            ids = [row["id"] for row in found if row["id"] not in cancelled]
            rows = await _take(session, ids, now)
            taken = [await self._sendable(session, row, now) for row in rows]
        messages = [one for one in taken if isinstance(one, Message)]
        unsent += [one for one in taken if isinstance(one, Place)]
        return Leased(messages, unsent)

    async def delivered(self, message: Message, delivery: Delivery) -> None:
        async with self._database.write() as session:
            await deliveries.note(session, deliveries.Tried.of(message), delivery)

    async def owe_reminders(self, now: Instant) -> int:
        async with self._database.read() as reading:
            if not await reading.all(SQL["reminders_due"], {"now": now}):
                return 0
        async with self._database.write() as session:
            due = await session.all(SQL["reminders_due"], {"now": now})
            return sum([await _remind(session, row, now) for row in due])

    async def next_due(self) -> Instant | None:
        async with self._database.read() as session:
            due: Instant | None = await session.value(SQL["next_due"])
            return due

    async def forget_leases(self) -> None:
        """Free what an earlier process was sending when it died.

        Only where this process is the only notifier of the database, before it begins.
        """
        async with self._database.write() as session:
            await session.run(SQL["forget_leases"])

    async def _sendable(self, session: Session, row: Row, now: Instant) -> Message | Place:
        """The message, or just where it belongs, if it is given up or cannot be read.

        Others are not held up.
        """
        tried = deliveries.Tried.read(row)
        source = f"channel {tried.channel_id}"
        if tried.attempt > MAX_ATTEMPTS:
            await deliveries.note(
                session, tried, Delivery(DeliveryStatus.REFUSED, _NO_OUTCOME, now)
            )
            return tried.place
        try:
            channel = channels.from_row(row, self._sealer)
            message = messages.from_row(row, channel, await _language(session, channel))
        except (UnreadableSecret, msgspec.DecodeError, ValueError) as error:
            answer = f"What is stored of this message or its channel cannot be read: {error}."
            facts = Facts(name=tried.channel_name, detail=str(error))
            said = f"channel {tried.channel_name}: {answer}"
            self._faults.report(source, Fault(FaultReason.CHANNEL_UNREADABLE, said, facts))
            again = Delivery(DeliveryStatus.TRY_AGAIN, answer, now)
            await deliveries.note(session, tried, again)
            return tried.place
        self._faults.clear(source)
        return message


async def _take(session: Session, ids: Sequence[int], now: Instant) -> list[Row]:
    """Lease those that are still to be had; gives what their messages are made of."""
    lease = {"now": now, "until": now + LEASE}
    taken = [one for one in ids if await session.run(SQL["lease"], {"id": one, **lease})]
    listed, parameters = in_list("id", taken)
    return await session.all(f"{SQL['messages']} {listed}", parameters)


async def _language(session: Session, channel: Channel) -> str:
    """The channel's own, else that of the user who has its address."""
    chosen = channel.settings.get("language")
    if isinstance(chosen, str):
        return chosen
    if channel.kind is not ChannelKind.EMAIL:
        return "en"
    address = str(channel.settings.get("to", ""))
    return await session.value(SQL["language"], {"email": address}) or "en"


async def _remind(session: Session, row: Row, now: Instant) -> int:
    """Owe one reminder on each channel; the next one is counted from now, never made up for."""
    every = reminder_every(row["reminder_every_ms"], Problem(row["problem"]))
    step = row["reminders"] + 1
    told = await _remindable(session, row) if every is not None else []
    owed = [Owed(row["id"], Event.REMINDER, channel_id, step) for channel_id in told]
    await owe(session, row["organization_id"], owed, now)
    await session.run(
        SQL["plan_reminder"],
        {
            "id": row["id"],
            "remind_at": None if every is None else now + every,
            "reminders": step if owed else row["reminders"],
        },
    )
    return len(owed)


async def _remindable(session: Session, row: Row) -> list[int]:
    ids = msgspec.json.decode(row["channel_ids"], type=list[int])
    listed, parameters = in_list("id", ids)
    where = {**parameters, "incident_id": row["id"]}
    return [one["id"] for one in await session.all(f"{SQL['remindable_channels']} {listed}", where)]
