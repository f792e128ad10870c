"""The stages of the pipeline, put together in the order in which a check passes through them."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence

from msgspec import Struct

from fener.actions.context import Context
from fener.bus.children import PROBERS
from fener.domain.notification import ChannelKind
from fener.domain.place import Place
from fener.domain.settlement import Settlement
from fener.faults import FaultBoard
from fener.pipeline.judge.changes import notice_changes
from fener.pipeline.judge.judge import judge
from fener.pipeline.judge.problems import other_readings
from fener.pipeline.notify.blindness import Blinding, Blindness
from fener.pipeline.notify.notifier import Notifier
from fener.pipeline.publish.publisher import Change, Publisher, Topic, changes_of
from fener.pipeline.record.filing import Filing
from fener.pipeline.record.hearing import Hearing
from fener.pipeline.record.recorder import Recorder
from fener.pipeline.record.retention import USUAL, Kept, Retention
from fener.pipeline.record.route import route
from fener.pipeline.record.settle import Settler
from fener.pipeline.schedule.lateness import SOURCE as LATENESS
from fener.pipeline.schedule.lateness import Lateness
from fener.pipeline.schedule.scheduler import Scheduler
from fener.ports import Bus, PingSettlement, Sender
from fener.storage.blindness import SqlBlindnessStore
from fener.storage.filing import SqlFilingStore
from fener.storage.notifying import SqlNotifyStore
from fener.storage.recording import SqlRecordStore
from fener.storage.retention import SqlRetentionStore
from fener.storage.scheduling import SqlScheduleStore


class Stages(Struct, frozen=True):
    """Every stage but the probing, which has a process of its own."""

    scheduler: Scheduler
    recorder: Recorder
    hearing: Hearing
    notifier: Notifier
    notify: Callable[[], Awaitable[None]]
    """Runs the notifier as the only one of its store."""
    publisher: Publisher
    lateness: Lateness
    blindness: Blindness
    filing: Filing
    retention: Retention


def assembled(
    context: Context,
    bus: Bus,
    senders: Mapping[ChannelKind, Sender],
    faults: FaultBoard,
    kept: Kept = USUAL,
) -> Stages:
    """From the scheduler to the notifier, joined by what each tells the next.

    To be called in the event loop in which they will run.
    """
    database, sealer, clock = context.database, context.sealer, context.clock
    settler = Settler(judge, other_readings, notice_changes, route, context.new_id)
    record_store = SqlRecordStore(database, sealer, clock, faults)
    schedule_store = SqlScheduleStore(database, sealer, record_store)
    notify_store = SqlNotifyStore(database, sealer, clock, faults)
    publisher = Publisher()
    loop = asyncio.get_running_loop()

    def faults_changed() -> None:
        # The recorder reports from the thread in which it writes.
        loop.call_soon_threadsafe(publisher.publish, Change(Topic.FAULTS))

    faults.tell(faults_changed)

    def told(place: Place) -> None:
        publisher.publish(Change(Topic.MESSAGES, place))

    notifier = Notifier(notify_store, senders, clock, faults, told)

    def recorded(settlements: Sequence[Settlement]) -> None:
        for one in settlements:
            scheduler.recheck(one.monitor.id, one.state.recheck_at)
        if publisher.is_heard:
            for one in settlements:
                publisher.publish(*changes_of(one))
        if any(one.incidents for one in settlements):
            notifier.ring()

    def heard(pings: Sequence[PingSettlement]) -> None:
        recorded([one.settlement for one in pings if one.settlement])

    async def notify() -> None:
        await notify_store.forget_leases()
        await notifier.run()

    scheduler = Scheduler(clock, schedule_store, bus, faults, recorded)
    recorder = Recorder(record_store, settler.settle, clock, faults, recorded)
    lateness = Lateness(schedule_store, clock, faults)
    blindness = Blindness(
        SqlBlindnessStore(database),
        lambda: _blinding(faults),
        clock,
        context.new_id,
        notifier.ring,
    )
    filing = Filing(SqlFilingStore(database), clock)
    retention = Retention(SqlRetentionStore(database), clock, kept)
    hearing = Hearing(record_store, settler.settle_ping, heard, scheduler.ping_refused)
    return Stages(
        scheduler=scheduler,
        recorder=recorder,
        hearing=hearing,
        notifier=notifier,
        notify=notify,
        publisher=publisher,
        lateness=lateness,
        blindness=blindness,
        filing=filing,
        retention=retention,
    )


def _blinding(faults: FaultBoard) -> list[Blinding]:
    """The faults because of which what is watched is not seen."""
    return [
        Blinding(fault.message, fault.since)
        for fault in faults.all()
        if fault.source == LATENESS or fault.source.startswith(PROBERS)
    ]
