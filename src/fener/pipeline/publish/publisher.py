"""Committed changes on their way to live views: to each subscriber what its scope allows.

Losing a change loses nothing but time: a subscriber that reads too slowly is told to reload.
"""

import asyncio
from collections.abc import Mapping
from enum import StrEnum

from msgspec import Struct

from fener.domain.people import Identity
from fener.domain.place import Place
from fener.domain.settlement import Settlement


class Topic(StrEnum):
    """What a change is about."""

    CHECK = "check"
    HEALTH = "health"
    INCIDENT = "incident"
    MONITORS = "monitors"
    """Monitors were added, changed, paused or deleted."""
    MESSAGES = "messages"
    """A message was sent or given up, or a channel changed."""
    FAULTS = "faults"
    RELOAD = "reload"
    """Changes were left out: read everything again."""


class Change(Struct, frozen=True):
    """Something that a person may be looking at is not as it was.

    Without a place it concerns everybody.
    """

    topic: Topic
    place: Place | None = None

    def concerns(self, who: Identity) -> bool:
        return self.place is None or self.place.is_seen_by(who)


RELOAD = Change(Topic.RELOAD)
PENDING_MAX = 500
"""Changes that wait for one subscriber; equal ones are one."""


def changes_of(settlement: Settlement) -> tuple[Change, ...]:
    """What a committed result tells the pages."""
    topics = (
        Topic.CHECK,
        Topic.HEALTH if settlement.transitions else None,
        Topic.INCIDENT if settlement.incidents else None,
    )
    return tuple(Change(topic, settlement.monitor.place) for topic in topics if topic)


class Subscription:
    """The changes that one reader may see and has not read. Made by `Publisher.subscribe`."""

    def __init__(self, who: Identity) -> None:
        self.who = who
        self._pending: dict[Change, None] = {}
        self._wake = asyncio.Event()
        self._ended = False

    def offer(self, change: Change) -> None:
        if self._ended or not change.concerns(self.who) or RELOAD in self._pending:
            return
        if len(self._pending) >= PENDING_MAX:
            self._pending = {RELOAD: None}
        else:
            self._pending[change] = None
        self._wake.set()

    async def next(self) -> tuple[Change, ...] | None:
        """Wait for changes and take them all; None once the stream has ended."""
        await self._wake.wait()
        if self._ended:
            return None
        self._wake.clear()
        taken, self._pending = tuple(self._pending), {}
        return taken

    def end(self) -> None:
        self._ended = True
        self._wake.set()


class Publisher:
    """Hands each change to every subscriber that it concerns. Lives in one event loop."""

    def __init__(self) -> None:
        self._subscriptions: dict[Subscription, None] = {}
        self._closed = False

    @property
    def subscribers(self) -> Mapping[Subscription, None]:
        return self._subscriptions

    @property
    def is_heard(self) -> bool:
        """Whether anybody listens. Most of the time nobody does."""
        return bool(self._subscriptions)

    def publish(self, *changes: Change) -> None:
        for subscription in self._subscriptions:
            for change in changes:
                subscription.offer(change)

    def subscribe(self, who: Identity) -> Subscription:
        """To be given back by `unsubscribe`. After `close` it has ended already."""
        subscription = Subscription(who)
        if self._closed:
            subscription.end()
        else:
            self._subscriptions[subscription] = None
        return subscription

    def unsubscribe(self, subscription: Subscription) -> None:
        subscription.end()
        self._subscriptions.pop(subscription, None)

    def close(self) -> None:
        """End every stream: a server does not stop while one is open."""
        self._closed = True
        for subscription in list(self._subscriptions):
            self.unsubscribe(subscription)
