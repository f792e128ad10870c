"""News on its way, told as a timeline: the real store, the notifier, a carrier under our hand."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar

import pytest

from fener import steps
from fener.domain.message import Delivery, DeliveryStatus, Message
from fener.domain.notification import LEASE, ChannelKind, Event
from fener.domain.time import MINUTE, SECOND, Instant
from fener.pipeline.notify.notifier import GRACE, Notifier
from fener.ports import Leased
from fener.storage.notifying import SqlNotifyStore
from fener.testing.carriers import RecordingSender
from support.outbox import Outbox, opened_outbox
from support.store import NOON

TRY_AGAIN, REFUSED = DeliveryStatus.TRY_AGAIN, DeliveryStatus.REFUSED
OPENED = NOON + 2 * MINUTE + 2
T = TypeVar("T")


class Killed(BaseException):
    """The process ends here."""


class PatientStore:
    """The real store; the fake clock stands still while its threads work."""

    def __init__(self, store: SqlNotifyStore) -> None:
        self._store = store
        self.calls = 0

    async def lease(self, now: Instant, limit: int) -> Leased:
        return await self._counted(self._store.lease(now, limit))

    async def delivered(self, message: Message, delivery: Delivery) -> None:
        await self._counted(self._store.delivered(message, delivery))

    async def owe_reminders(self, now: Instant) -> int:
        return await self._counted(self._store.owe_reminders(now))

    async def next_due(self) -> Instant | None:
        return await self._counted(self._store.next_due())

    async def _counted(self, call: Awaitable[T]) -> T:
        self.calls += 1
        try:
            return await call
        finally:
            self.calls -= 1


class News:
    """An outbox, a carrier, and notifiers that come and go."""

    def __init__(self, outbox: Outbox) -> None:
        self.outbox = outbox
        self.clock = outbox.clock
        self.hook = RecordingSender(self.clock)
        self.store = PatientStore(outbox.notify)
        self.clock.settles_with(lambda: self.store.calls > 0)

    @asynccontextmanager
    async def notifier(self) -> AsyncIterator[Notifier]:
        senders = {ChannelKind.WEBHOOK: self.hook}
        running = Notifier(self.store, senders, self.clock, self.outbox.faults)
        task = asyncio.create_task(running.run())
        await self.clock.settle()
        try:
            yield running
        finally:
            task.cancel()
            await self.clock.advance(GRACE)
            await asyncio.gather(task, return_exceptions=True)

    async def dies_at(self, point: str) -> None:
        """A notifier begins and is killed at this point, without another word."""

        def listener(reached: str) -> None:
            if reached == point:
                for task in asyncio.all_tasks() - {asyncio.current_task(), here}:
                    task.cancel()
                raise Killed

        here = asyncio.current_task()
        steps.listen(listener)
        try:
            running = Notifier(
                self.store, {ChannelKind.WEBHOOK: self.hook}, self.clock, self.outbox.faults
            )
            task = asyncio.create_task(running.run())
            await self.clock.settle()
            await self.clock.advance(GRACE)
            await asyncio.gather(task, return_exceptions=True)
        finally:
            steps.listen(None)

    def events(self) -> list[Event]:
        return [message.event for message in self.hook.asked]


@pytest.fixture
async def news(tmp_path: Path) -> AsyncIterator[News]:
    async with opened_outbox(tmp_path) as outbox:
        yield News(outbox)


async def test_an_outage_and_its_end_are_told_in_order(news: News) -> None:
    await news.outbox.channel()
    async with news.notifier() as notifier:
        monitor = await news.outbox.goes_down()
        notifier.ring()
        await news.clock.settle()
        assert news.events() == [Event.DOWN]
        await news.outbox.comes_up(monitor)
        notifier.ring()
        await news.clock.settle()
    assert news.events() == [Event.DOWN, Event.RECOVERED]
    assert await news.outbox.statuses() == [("down", "sent"), ("recovered", "sent")]


async def test_a_carrier_that_fails_is_tried_after_doubling_waits(news: News) -> None:
    await news.outbox.channel()
    await news.outbox.goes_down()
    news.hook.answers(*[TRY_AGAIN] * 5)
    async with news.notifier():
        await news.clock.advance(3 * MINUTE)
    assert [(at - NOON) // SECOND for at in news.hook.asked_at] == [0, 5, 15, 35, 75, 155]
    assert len(set(news.hook.keys)) == 1
    assert await news.outbox.statuses() == [("down", "sent")]


async def test_a_recovery_never_overtakes_an_outage_that_is_tried_again(news: News) -> None:
    await news.outbox.channel()
    await news.outbox.comes_up(await news.outbox.goes_down())
    news.hook.answers(TRY_AGAIN, TRY_AGAIN)
    async with news.notifier():
        await news.clock.advance(MINUTE)
    assert news.events() == [Event.DOWN, Event.DOWN, Event.DOWN, Event.RECOVERED]
    late = news.hook.asked[2].incident
    assert late is not None
    assert late.end_at is not None


async def test_people_are_reminded_until_somebody_takes_it(news: News) -> None:
    await news.outbox.run("UPDATE policies SET reminder_every_ms = :m", m=MINUTE)
    await news.outbox.channel()
    await news.outbox.goes_down()
    async with news.notifier():
        await news.clock.advance(5 * MINUTE + 30 * SECOND)
        await news.outbox.run("UPDATE incidents SET acknowledged_at = 1")
        await news.clock.advance(3 * MINUTE)
    assert news.events() == [Event.DOWN, *[Event.REMINDER] * 3]
    assert news.hook.asked_at[1:] == [OPENED + minutes * MINUTE for minutes in (1, 2, 3)]
    assert [one.step for one in news.hook.asked] == [0, 1, 2, 3]


async def test_a_channel_whose_carrier_hangs_holds_up_no_other(news: News) -> None:
    slow, fast = await news.outbox.channel("Slow"), await news.outbox.channel("Fast")
    quick = RecordingSender(news.clock)
    news.hook.hang()

    class ByChannel:
        async def send(self, message: Message) -> Delivery:
            return await (news.hook if message.channel.id == slow else quick).send(message)

    senders = {ChannelKind.WEBHOOK: ByChannel()}
    running = Notifier(news.store, senders, news.clock, news.outbox.faults)
    task = asyncio.create_task(running.run())
    for _ in range(20):
        await news.outbox.goes_down()
    await news.clock.advance(10 * SECOND)
    assert len(news.hook.asked) == 1
    assert [message.channel.id for message in quick.asked] == [fast] * 20
    task.cancel()
    await news.clock.advance(GRACE)
    await asyncio.gather(task, return_exceptions=True)


@pytest.mark.parametrize(
    ("point", "times"), [("notify.leased", 1), ("notify.sent", 2), ("notify.marked", 1)]
)
async def test_killed_at_any_point_it_is_sent_at_least_once_and_always_under_one_key(
    news: News, point: str, times: int
) -> None:
    await news.outbox.channel()
    await news.outbox.goes_down()
    await news.dies_at(point)
    await news.outbox.notify.forget_leases()
    async with news.notifier():
        await news.clock.settle()
    assert len(news.hook.asked) == times
    assert len(set(news.hook.keys)) == 1
    assert await news.outbox.statuses() == [("down", "sent")]


async def test_another_notifier_takes_over_when_the_lease_runs_out(news: News) -> None:
    await news.outbox.channel()
    await news.outbox.goes_down()
    await news.dies_at("notify.sent")
    async with news.notifier():
        await news.clock.advance(LEASE - GRACE - SECOND)
        assert len(news.hook.asked) == 1
        await news.clock.advance(2 * SECOND)
    assert [message.attempt for message in news.hook.asked] == [1, 2]


async def test_a_test_message_is_answered_at_once(news: News) -> None:
    channel = await news.outbox.channel()
    news.hook.answers(REFUSED)
    async with news.notifier() as notifier:
        await news.outbox.owe_test(channel)
        notifier.ring()
        await news.clock.settle()
    (attempt,) = await news.outbox.rows("SELECT ok, answer FROM delivery_attempts")
    assert attempt["answer"] == "the recording sender says refused"
