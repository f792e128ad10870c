"""Stage five: sends what is owed. Leases, sends, and marks a message sent only after its carrier
accepted it, so that nothing is lost; the carrier's copy of the dedup key tells a repetition.
"""

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import suppress
from typing import Any, TypeVar

import structlog

from fener.domain.failure import Facts
from fener.domain.fault import Fault, FaultReason
from fener.domain.message import Delivery, DeliveryStatus, Message
from fener.domain.notification import SEND_DEADLINE, ChannelKind
from fener.domain.place import Place
from fener.domain.time import SECOND, Span
from fener.ports import Clock, Faults, NotifyStore, Sender, StoreUnavailable
from fener.steps import reached

LOG = structlog.get_logger()
T = TypeVar("T")

MOST_AT_ONCE = 100
"""Messages under way, each on another channel."""
LOOK_EVERY: Span = 3 * SECOND
RETRY_STORE: Span = 1 * SECOND
AFTER_NOTHING: Span = SECOND // 10
"""What was due may have been moot; should the store go on to contradict itself, we do not spin."""
GRACE: Span = 3 * SECOND
"""What is under way may take so long to end when Fener stops."""
_STORE = "notify.store"


Told = Callable[[Place], None]
"""Called with where a message belongs, after it was noted what became of it."""


def _nobody(place: Place) -> None:
    """Nobody wants to know."""


class Notifier:
    """Sends until it is cancelled. `ring` tells it that something new is owed."""

    def __init__(
        self,
        store: NotifyStore,
        senders: Mapping[ChannelKind, Sender],
        clock: Clock,
        faults: Faults,
        told: Told = _nobody,
    ) -> None:
        self._store = store
        self._senders = senders
        self._clock = clock
        self._faults = faults
        self._told = told
        self._doorbell = asyncio.Event()
        self._flying: set[asyncio.Task[None]] = set()
        self._unmarked: list[tuple[Message, Delivery]] = []
        """Attempts whose outcome the store would not take; nothing new is leased before them."""

    def ring(self) -> None:
        """Look at once; to be called on the notifier's own loop."""
        self._doorbell.set()

    async def run(self) -> None:
        try:
            while True:
                self._doorbell.clear()
                pause = await self._round()
                await self._within(pause, self._doorbell.wait())
        finally:
            await self._land()

    async def _round(self) -> Span:
        """Do what can be done now; gives how long there will be nothing to do."""
        try:
            await self._mark_held()
            pause = await self._send_due()
        except StoreUnavailable as error:
            self._faults.report(_STORE, _stuck("messages cannot be read or marked", str(error)))
            return RETRY_STORE
        except Exception as error:  # a stage's edge: a bug must not silence every channel
            LOG.exception("a round of the notifier failed")
            self._faults.report(_STORE, _stuck("an error of Fener's own", repr(error)))
            return RETRY_STORE
        self._faults.clear(_STORE)
        return pause

    async def _mark_held(self) -> None:
        while self._unmarked:
            message, delivery = self._unmarked[0]
            await self._mark(message, delivery)
            del self._unmarked[0]

    async def _mark(self, message: Message, delivery: Delivery) -> None:
        await self._store.delivered(message, delivery)
        reached("notify.marked")
        self._told(message.place)

    async def _send_due(self) -> Span:
        now = self._clock.now()
        await self._store.owe_reminders(now)
        due = await self._store.next_due()
        free = MOST_AT_ONCE - len(self._flying)
        if due is None or free == 0:
            return LOOK_EVERY
        if due > now:
            return min(LOOK_EVERY, due - now)
        leased = await self._store.lease(now, free)
        self._start(leased.messages)
        for place in leased.unsent:
            self._told(place)
        return 0 if leased.messages else AFTER_NOTHING

    def _start(self, messages: Sequence[Message]) -> None:
        if messages:
            reached("notify.leased")
        for message in messages:
            task = asyncio.create_task(self._deliver(message))
            self._flying.add(task)
            task.add_done_callback(self._landed)

    def _landed(self, task: asyncio.Task[None]) -> None:
        self._flying.discard(task)
        self.ring()

    async def _deliver(self, message: Message) -> None:
        delivery = await self._attempt(message)
        if delivery.status is DeliveryStatus.SENT:
            reached("notify.sent")
        _log(message, delivery)
        try:
            await self._mark(message, delivery)
        except StoreUnavailable:
            self._unmarked.append((message, delivery))
        except Exception as error:  # as above; the lease runs out and it is tried again
            LOG.exception("a delivery could not be marked", key=message.key)
            stuck = _stuck("an error of Fener's own", repr(error))
            self._faults.report(f"notify.mark {message.key}", stuck)

    async def _attempt(self, message: Message) -> Delivery:
        """Ask the sender; whatever it does becomes an answer, and a bug of ours a fault."""
        began = self._clock.monotonic()
        source = f"notify.{message.channel.kind}"
        try:
            sending = self._senders[message.channel.kind].send(message)
            delivery = await self._within(SEND_DEADLINE, sending)
        except Exception as error:  # a stage's edge: any bug of a sender is a fault for all to see
            LOG.exception("a sender failed", kind=message.channel.kind)
            what = f"an error of Fener's own, {type(error).__name__}"
            facts = Facts(name=message.channel.name, detail=type(error).__name__)
            failed = Fault(FaultReason.SENDER_FAILED, f"{message.channel.name}: {what}", facts)
            self._faults.report(source, failed)
            return self._try_again(f"Not sent: {what}.", began)
        self._faults.clear(source)
        if delivery is None:
            return self._try_again(f"No answer within {SEND_DEADLINE // SECOND} seconds.", began)
        return delivery

    def _try_again(self, answer: str, began: Span) -> Delivery:
        took = self._clock.monotonic() - began
        return Delivery(DeliveryStatus.TRY_AGAIN, answer, self._clock.now(), took)

    async def _within(self, span: Span, work: Coroutine[Any, Any, T]) -> T | None:
        """What `work` gives, or None after `span`; it is not left running."""
        working = asyncio.ensure_future(work)
        alarm = asyncio.ensure_future(self._clock.sleep(span))
        try:
            await asyncio.wait({working, alarm}, return_when=asyncio.FIRST_COMPLETED)
            return working.result() if working.done() else None
        finally:
            working.cancel()
            alarm.cancel()

    async def _land(self) -> None:
        """Let what is under way end and be marked: a message cut off here would be sent twice."""
        if self._flying:
            await self._within(GRACE, _all(self._flying))
        with suppress(StoreUnavailable):
            await self._mark_held()


def _stuck(what: str, why: str) -> Fault:
    return Fault(FaultReason.MESSAGES_STUCK, f"{what}: {why}", Facts(detail=why))


async def _all(tasks: set[asyncio.Task[None]]) -> None:
    """Wait for all of them; cancelled, it cancels them."""
    await asyncio.gather(*tasks, return_exceptions=True)


def _log(message: Message, delivery: Delivery) -> None:
    facts = {"channel_id": message.channel.id, "key": message.key, "attempt": message.attempt}
    if delivery.status is DeliveryStatus.SENT:
        LOG.info("a message was sent", **facts)
    else:
        LOG.warning("a message was not sent", answer=delivery.answer, **facts)
