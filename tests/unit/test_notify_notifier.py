"""The notifier sends what is owed, marks it afterwards, and survives its carriers and its store."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

import pytest

from fener import steps
from fener.domain.failure import FailureReason
from fener.domain.message import Delivery, DeliveryStatus, IncidentFacts, Message
from fener.domain.notification import SEND_DEADLINE, Channel, ChannelKind, Event
from fener.domain.place import Place
from fener.domain.problem import Cause
from fener.domain.time import HOUR, SECOND, Instant
from fener.faults import FaultBoard
from fener.pipeline.notify.notifier import GRACE, LOOK_EVERY, MOST_AT_ONCE, RETRY_STORE, Notifier
from fener.ports import Leased, StoreUnavailable
from fener.testing.carriers import RecordingSender
from fener.testing.clock import FakeClock

SENT, TRY_AGAIN = DeliveryStatus.SENT, DeliveryStatus.TRY_AGAIN
SECRET = "https://hook.example/s3cret"


def message(number: int = 1, channel: int = 1, kind: ChannelKind = ChannelKind.WEBHOOK) -> Message:
    return Message(
        notification_id=number,
        dedup_key=f"{number}:down:{channel}:0",
        event=Event.DOWN,
        step=0,
        attempt=1,
        channel=Channel(channel, 1, kind, f"Channel {channel}", {"url": SECRET}),
        incident=IncidentFacts(
            number,
            UUID(int=number),
            Cause.DOWNTIME,
            0,
            0,
            3,
            FailureReason.TIMEOUT,
            "no answer",
        ),
    )


class Store:
    """Owed messages in memory, which may be out of reach."""

    def __init__(self, clock: FakeClock) -> None:
        self._clock = clock
        self.owed: list[Message] = []
        self.due_at: Instant = 0
        self.marked: list[tuple[int, DeliveryStatus, str]] = []
        self.mark_errors: list[Exception] = []
        self.lease_errors: list[Exception] = []
        self.leased = 0
        self.reminded_at: list[Instant] = []
        self.unsent: list[Place] = []

    async def lease(self, now: Instant, limit: int) -> Leased:
        self.leased += 1
        if self.lease_errors:
            raise self.lease_errors.pop(0)
        taken, self.owed = self.owed[:limit], self.owed[limit:]
        unsent, self.unsent = self.unsent, []
        return Leased(taken, unsent)

    async def delivered(self, message: Message, delivery: Delivery) -> None:
        if self.mark_errors:
            raise self.mark_errors.pop(0)
        self.marked.append((message.notification_id, delivery.status, delivery.answer))

    async def owe_reminders(self, now: Instant) -> int:
        self.reminded_at.append(now)
        return 0

    async def next_due(self) -> Instant | None:
        return self.due_at if self.owed else None


class Stage:
    """A notifier that runs, between a store and two carriers."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.store = Store(self.clock)
        self.hook = RecordingSender(self.clock)
        self.mail = RecordingSender(self.clock)
        self.faults = FaultBoard(self.clock)
        senders = {ChannelKind.WEBHOOK: self.hook, ChannelKind.EMAIL: self.mail}
        self.told: list[Place] = []
        self.notifier = Notifier(self.store, senders, self.clock, self.faults, self.told.append)
        self.running = asyncio.create_task(self.notifier.run())

    async def owe(self, *messages: Message) -> None:
        self.store.owed += messages
        self.notifier.ring()
        await self.clock.settle()

    def statuses(self) -> list[tuple[int, DeliveryStatus]]:
        return [(number, status) for number, status, _ in self.store.marked]

    def faulty(self) -> list[str]:
        return [fault.source for fault in self.faults.all()]

    async def stop(self, within: int = GRACE) -> None:
        self.running.cancel()
        await self.clock.advance(within)
        with pytest.raises(asyncio.CancelledError):
            await self.running


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    running = Stage()
    yield running
    if not running.running.done():
        await running.stop()


class TestSending:
    async def test_what_is_owed_is_sent_and_then_marked(self, stage: Stage) -> None:
        passed: list[str] = []
        steps.listen(passed.append)
        try:
            await stage.owe(message())
        finally:
            steps.listen(None)
        assert passed == ["notify.leased", "notify.sent", "notify.marked"]
        assert stage.statuses() == [(1, SENT)]

    async def test_nothing_is_marked_while_the_carrier_has_not_answered(self, stage: Stage) -> None:
        stage.hook.hang()
        await stage.owe(message())
        assert (len(stage.hook.asked), stage.store.marked) == (1, [])
        stage.hook.go_on()
        await stage.clock.settle()
        assert stage.statuses() == [(1, SENT)]

    async def test_each_kind_has_its_sender(self, stage: Stage) -> None:
        await stage.owe(message(1), message(2, 2, ChannelKind.EMAIL))
        assert [one.notification_id for one in stage.hook.asked] == [1]
        assert [one.notification_id for one in stage.mail.asked] == [2]

    async def test_what_nobody_rang_for_is_found_all_the_same(self, stage: Stage) -> None:
        await stage.clock.settle()
        stage.store.owed.append(message())
        await stage.clock.advance(LOOK_EVERY)
        assert stage.statuses() == [(1, SENT)]

    async def test_it_looks_when_the_next_message_is_due(self, stage: Stage) -> None:
        stage.store.due_at = stage.clock.now() + SECOND
        await stage.owe(message())
        await stage.clock.advance(SECOND - 1)
        assert stage.hook.asked == []
        await stage.clock.advance(1)
        assert len(stage.hook.asked) == 1

    async def test_reminders_are_owed_in_passing(self, stage: Stage) -> None:
        await stage.clock.advance(2 * LOOK_EVERY)
        assert len(stage.store.reminded_at) == 3

    async def test_no_more_than_so_many_are_under_way(self, stage: Stage) -> None:
        stage.hook.hang()
        await stage.owe(*(message(number, number) for number in range(MOST_AT_ONCE + 5)))
        assert len(stage.hook.asked) == MOST_AT_ONCE
        stage.hook.go_on()
        await stage.clock.settle()
        assert len(stage.store.marked) == MOST_AT_ONCE + 5

    async def test_a_store_that_contradicts_itself_is_not_asked_without_end(
        self, stage: Stage
    ) -> None:
        stage.store.owed.append(message())
        stage.store.lease = _nothing  # type: ignore[method-assign]
        stage.notifier.ring()
        await stage.clock.advance(SECOND)
        assert len(stage.store.reminded_at) < 20


async def _nothing(now: Instant, limit: int) -> Leased:
    return Leased()


class TestTellingPages:
    async def test_they_are_told_where_a_message_belongs_once_it_is_marked(
        self, stage: Stage
    ) -> None:
        stage.hook.hang()
        about = message(1)
        await stage.owe(about)
        assert stage.told == []
        stage.hook.go_on()
        await stage.clock.settle()
        assert (stage.statuses(), stage.told) == ([(1, SENT)], [about.place])

    async def test_they_are_told_of_attempts_that_failed_too(self, stage: Stage) -> None:
        stage.hook.answers(TRY_AGAIN)
        await stage.owe(message(1))
        assert stage.told == [message(1).place]

    async def test_they_are_told_when_the_store_has_taken_it_and_not_before(
        self, stage: Stage
    ) -> None:
        stage.store.mark_errors = [StoreUnavailable("disk full")] * 3
        await stage.owe(message(1))
        assert stage.told == []
        await stage.clock.advance(3 * RETRY_STORE)
        assert stage.told == [message(1).place]

    async def test_they_are_told_of_what_is_not_sent_any_more(self, stage: Stage) -> None:
        stage.store.unsent = [Place(1, 7)]
        await stage.owe(message(1))
        assert stage.told == [Place(1, 7), message(1).place]


class TestCarriers:
    async def test_one_that_hangs_delays_no_other_channel(self, stage: Stage) -> None:
        stage.mail.hang()
        await stage.owe(message(1, 1, ChannelKind.EMAIL))
        await stage.owe(message(2, 2), message(3, 3))
        assert stage.statuses() == [(2, SENT), (3, SENT)]

    async def test_one_that_hangs_is_left_at_the_deadline(self, stage: Stage) -> None:
        stage.hook.hang()
        await stage.owe(message())
        await stage.clock.advance(SEND_DEADLINE - 1)
        assert stage.store.marked == []
        await stage.clock.advance(1)
        assert stage.store.marked == [(1, TRY_AGAIN, "No answer within 30 seconds.")]
        assert len(stage.hook.cancelled) == 1

    async def test_a_sender_that_raises_is_a_fault_and_is_tried_again(self, stage: Stage) -> None:
        stage.hook.answers(RuntimeError(f"cannot post to {SECRET}"))
        await stage.owe(message())
        assert stage.store.marked == [
            (1, TRY_AGAIN, "Not sent: an error of Fener's own, RuntimeError.")
        ]
        (fault,) = stage.faults.all()
        assert fault.source == "notify.webhook"
        assert "s3cret" not in fault.message

    async def test_the_fault_ends_when_the_sender_works_again(self, stage: Stage) -> None:
        stage.hook.answers(RuntimeError("a bug"))
        await stage.owe(message())
        await stage.owe(message(2))
        assert stage.faulty() == []

    async def test_a_kind_without_a_sender_is_a_fault(self, stage: Stage) -> None:
        stage.notifier._senders = {}
        await stage.owe(message())
        assert stage.statuses() == [(1, TRY_AGAIN)]
        assert stage.faulty() == ["notify.webhook"]


class TestStoreOutOfReach:
    async def test_it_goes_on_when_the_store_is_back(self, stage: Stage) -> None:
        stage.store.lease_errors = [StoreUnavailable("disk full")] * 3
        await stage.owe(message())
        assert stage.faulty() == ["notify.store"]
        await stage.clock.advance(3 * RETRY_STORE)
        assert stage.statuses() == [(1, SENT)]
        assert stage.faulty() == []

    async def test_what_was_sent_is_marked_before_anything_new_is_leased(
        self, stage: Stage
    ) -> None:
        stage.store.mark_errors = [StoreUnavailable("disk full")] * 3
        await stage.owe(message(1))
        leased = stage.store.leased
        await stage.owe(message(2, 2))
        assert (stage.store.marked, stage.store.leased) == ([], leased)
        assert stage.faulty() == ["notify.store"]
        await stage.clock.advance(3 * RETRY_STORE)
        assert stage.statuses() == [(1, SENT), (2, SENT)]
        assert stage.hook.keys == [message(1).key, message(2, 2).key]

    async def test_a_bug_in_marking_is_a_fault_and_stops_nobody(self, stage: Stage) -> None:
        stage.store.mark_errors = [RuntimeError("a bug")]
        await stage.owe(message(1))
        await stage.owe(message(2))
        assert stage.statuses() == [(2, SENT)]
        assert stage.faulty() == [f"notify.mark {message(1).key}"]

    async def test_a_bug_in_leasing_is_a_fault_and_it_goes_on(self, stage: Stage) -> None:
        stage.store.lease_errors = [RuntimeError("a bug")]
        await stage.owe(message())
        assert stage.faulty() == ["notify.store"]
        await stage.clock.advance(RETRY_STORE)
        assert stage.statuses() == [(1, SENT)]


class TestStopping:
    async def test_what_is_under_way_may_end_and_is_marked(self, stage: Stage) -> None:
        stage.hook.hang()
        await stage.owe(message())
        stage.running.cancel()
        await stage.clock.advance(GRACE - 1)
        stage.hook.go_on()
        await stage.clock.settle()
        assert stage.running.done()
        assert stage.statuses() == [(1, SENT)]

    async def test_it_does_not_wait_for_a_carrier_that_hangs(self, stage: Stage) -> None:
        stage.hook.hang()
        await stage.owe(message())
        await stage.stop(within=GRACE)
        assert stage.running.done()
        assert (stage.store.marked, len(stage.hook.cancelled)) == ([], 1)

    async def test_what_could_not_be_marked_is_tried_once_more(self, stage: Stage) -> None:
        stage.store.mark_errors = [StoreUnavailable("disk full")] * 2
        await stage.owe(message())
        await stage.stop()
        assert stage.statuses() == [(1, SENT)]

    async def test_it_stops_while_the_store_is_away(self, stage: Stage) -> None:
        stage.store.mark_errors = [StoreUnavailable("disk full")] * 9
        await stage.owe(message())
        await stage.stop(HOUR)
        assert stage.running.done()
