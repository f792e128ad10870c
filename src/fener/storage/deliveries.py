"""Writes what became of a message: its attempts, its status, and what the timeline tells of it."""

from collections.abc import Sequence
from typing import Any, Self
from uuid import UUID

from msgspec import Struct

from fener.domain.incident import TimelineEvent
from fener.domain.message import Delivery, DeliveryStatus, Message
from fener.domain.notification import Event, Moot, is_last, wait_before
from fener.domain.place import Place
from fener.domain.time import Instant
from fener.storage.database import Row, Session
from fener.storage.incident_changes import add_event
from fener.storage.queries import statements

SQL = statements("notifying")


class Tried(Struct, frozen=True):
    """Which message an attempt was made to send, as far as its row alone can tell."""

    notification_id: int
    attempt: int
    event: Event
    step: int
    channel_id: int
    channel_name: str
    incident_id: int | None
    place: Place

    @classmethod
    def of(cls, message: Message) -> Self:
        return cls(
            notification_id=message.notification_id,
            attempt=message.attempt,
            event=message.event,
            step=message.step,
            channel_id=message.channel.id,
            channel_name=message.channel.name,
            incident_id=message.incident.id if message.incident else None,
            place=message.place,
        )

    @classmethod
    def read(cls, row: Row) -> Self:
        return cls(
            notification_id=row["notification_id"],
            attempt=row["attempts"],
            event=Event(row["event"]),
            step=row["step"],
            channel_id=row["channel_id"],
            channel_name=row["channel_name"],
            incident_id=row["incident_id"],
            place=_place(row),
        )


def _place(row: Row) -> Place:
    """As `Message.place`."""
    if row["incident_id"] is None:
        return Place(row["organization_id"], row["customer_id"])
    watched = UUID(row["watched_public_id"])
    return Place(row["organization_id"], row["told_customer_id"], watched)


async def note(session: Session, tried: Tried, delivery: Delivery) -> None:
    """Write an attempt and what follows from it; nothing for a message that is gone."""
    known = await session.one(SQL["notification"], {"id": tried.notification_id})
    if known is None:
        return
    sent = delivery.status is DeliveryStatus.SENT
    attempt = {"notification_id": tried.notification_id, "attempt": tried.attempt}
    told = {"at": delivery.at, "answer": delivery.answer, "took": delivery.took, "ok": sent}
    await session.run(SQL["insert_attempt"], {**attempt, **told})
    if sent:
        await _note_sent(session, tried, delivery)
    else:
        await _note_unsent(session, tried, delivery, is_first=known["last_error"] is None)


async def cancel(session: Session, moot: Sequence[Row], now: Instant) -> list[Place]:
    """Cancel owed messages that nobody should get any more, and say so in the timeline.

    Gives where those that were still to be had belonged.
    """
    cancelled_at = []
    for row in moot:
        answer = Moot(row["reason"]).sentence
        cancelled = {"id": row["notification_id"], "reason": answer, "now": now}
        if await session.run(SQL["cancel"], cancelled):
            told = {"answer": answer, "final": True, "cancelled": True}
            tried = Tried.read(row)
            await _tell(session, tried, TimelineEvent.NOTIFICATION_FAILED, now, told)
            cancelled_at.append(tried.place)
    return cancelled_at


async def _note_sent(session: Session, tried: Tried, delivery: Delivery) -> None:
    sent = {"id": tried.notification_id, "at": delivery.at}
    if not await session.run(SQL["mark_sent"], sent):
        return
    await session.run(SQL["note_notified"], {"id": tried.incident_id, "at": delivery.at})
    told = {"answer": delivery.answer, "final": True}
    await _tell(session, tried, TimelineEvent.NOTIFIED, delivery.at, told)


async def _note_unsent(
    session: Session, tried: Tried, delivery: Delivery, *, is_first: bool
) -> None:
    final = delivery.status is DeliveryStatus.REFUSED or is_last(tried.event, tried.attempt)
    outcome = {
        "id": tried.notification_id,
        "attempt": tried.attempt,
        "answer": delivery.answer,
        "due_at": delivery.at + wait_before(tried.attempt + 1, delivery.retry_after),
    }
    changed = await session.run(SQL["mark_failed" if final else "mark_owed"], outcome)
    if changed and (final or is_first):
        told = {"answer": delivery.answer, "final": final}
        await _tell(session, tried, TimelineEvent.NOTIFICATION_FAILED, delivery.at, told)


async def _tell(
    session: Session, tried: Tried, kind: TimelineEvent, at: Instant, told: dict[str, Any]
) -> None:
    """Put it into the timeline. Not every retry is told there: it would tell of nothing else."""
    if tried.incident_id is None:
        return
    detail = {
        "channel_id": tried.channel_id,
        "channel": tried.channel_name,
        "event": tried.event,
        "step": tried.step,
        "attempt": tried.attempt,
        **told,
    }
    await add_event(session, tried.incident_id, kind, at, detail=detail)
