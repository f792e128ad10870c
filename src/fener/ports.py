"""What the stages of the pipeline ask of the world. Implementations live below and beside them;
each port has one contract suite in `tests/contract` that every implementation must pass.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from typing import Protocol

from msgspec import Struct

from fener.domain.check import CheckOrder, CheckResult
from fener.domain.fault import Fault
from fener.domain.health import MonitorState, Runs
from fener.domain.heartbeat import DeafPeriod, HeardPing, Ping
from fener.domain.message import BlindSpell, Delivery, Message
from fener.domain.monitor import Monitor
from fener.domain.place import Place
from fener.domain.prober import ALL, Share
from fener.domain.settlement import Settlement, Watched
from fener.domain.time import Instant, Span


class StoreUnavailable(Exception):
    """The store cannot be read or written now: full, locked or unreachable. Try again."""


class Clock(Protocol):
    """The time of day, a time that never jumps, and waiting."""

    def now(self) -> Instant: ...
    def monotonic(self) -> Span:
        """Milliseconds since some fixed moment; runs on while the wall clock is set."""
        ...

    async def sleep(self, span: Span) -> None: ...


class Faults(Protocol):
    """Where a stage says that something of ours is broken, and that it works again."""

    def report(self, source: str, fault: Fault) -> None: ...
    def clear(self, source: str) -> None: ...


class Bus(Protocol):
    """Carries work between the stages. The truth is in the store; what is lost here is there."""

    async def send_orders(self, orders: Sequence[CheckOrder]) -> None: ...
    def orders(
        self, location_id: int, share: Share = ALL
    ) -> AsyncIterator[Sequence[CheckOrder]]: ...
    async def send_results(self, results: Sequence[CheckResult]) -> None: ...
    def results(self) -> AsyncIterator[Sequence[CheckResult]]: ...


class Scheduled(Struct, frozen=True):
    """A monitor to be scheduled, and the quick recheck that its state asks for."""

    monitor: Monitor
    allow_private: bool
    last_checked_at: Instant | None = None
    recheck_at: Instant | None = None
    unseen_since: Instant | None = None
    """When it came or was resumed, as long as no check has been recorded since."""


class Changed(Struct, frozen=True):
    """Monitors that were changed, as they are now; the `gone` ones are not to be scheduled."""

    scheduled: Sequence[Scheduled]
    gone: Sequence[int]
    """Heartbeats may be among them, which never were."""


class Overdue(Struct, frozen=True):
    """A heartbeat that was silent until `runs.due_at`."""

    monitor: Monitor
    runs: Runs


Settle = Callable[[Watched, CheckResult, int], Settlement | None]
"""Weighs one result under its check id; None where nothing is to be recorded."""

Rewind = Callable[[Monitor, MonitorState], MonitorState]
"""What is remembered of a monitor, without anything later than the time that it is now."""


class ScheduleStore(Protocol):
    async def revision(self) -> int:
        """Grows with every change of any monitor, by whatever process."""
        ...

    async def scheduled(self) -> Sequence[Scheduled]:
        """Every monitor that is watched and probed (heartbeats are not)."""
        ...

    async def changed(self, since: int) -> Changed | None:
        """What was changed later than with this revision; None if that may be any of them."""
        ...

    async def overdue(self, now: Instant) -> Sequence[Overdue]:
        """Watched heartbeats with `due_at` up to and with `now`; not all at once if many."""
        ...

    async def late(self, now: Instant) -> int:
        """How many monitors that are probed were not checked when they should have been."""
        ...

    async def excuse(self, results: Sequence[CheckResult], settle: Settle) -> Sequence[Settlement]:
        """Record that runs were not observed, as `RecordStore.record` does: in one transaction."""
        ...

    async def rewind(self, rewind: Rewind, now: Instant) -> None:
        """Write what `rewind` makes of each watched monitor's state, and forget what of deaf
        periods is later than `now`, in one transaction.
        """
        ...

    async def last_alive(self) -> tuple[Instant, Span] | None:
        """Wall and monotonic time of the last `note_alive`."""
        ...

    async def note_alive(self, now: Instant, monotonic: Span) -> None: ...
    async def note_deaf(self, period: DeafPeriod) -> None: ...
    async def deaf_periods(self, since: Instant) -> Sequence[DeafPeriod]:
        """Those that ended later than `since`."""
        ...


class PingSettlement(Struct, frozen=True):
    """A ping to be stored, and what it says of the run."""

    heard: HeardPing
    state: MonitorState
    settlement: Settlement | None = None
    """None for a ping that is no result of a run."""


SettlePing = Callable[[Watched, Ping, int], PingSettlement | None]


class RecordStore(Protocol):
    async def record(self, results: Sequence[CheckResult], settle: Settle) -> Sequence[Settlement]:
        """Load, settle and write in one transaction; at most one result of each monitor.

        Raises StoreUnavailable, with nothing written. A result whose settling fails is set aside.
        """
        ...

    async def record_pings(
        self, pings: Sequence[Ping], settle: SettlePing
    ) -> Sequence[PingSettlement]: ...


class BlindnessStore(Protocol):
    async def blind_spell(self) -> BlindSpell | None:
        """The one that is not over."""
        ...

    async def begin(self, spell: BlindSpell, now: Instant) -> None:
        """Store a spell and owe a message on every channel that is for a whole organization."""
        ...

    async def end(self, spell: BlindSpell, now: Instant) -> None:
        """Owe another one to whoever was owed the first; nothing for a spell that is over."""
        ...


class Unfiled(Struct, frozen=True):
    """Results that are not filed yet: about how many, and when the oldest of them was made."""

    results: int
    since: Instant


class FilingStore(Protocol):
    async def unfiled(self) -> Unfiled | None:
        """What waits to be filed; None where nothing does."""
        ...

    async def file(self) -> int:
        """File all of it, in several transactions; gives how many.

        Raises StoreUnavailable; what was done by then is done, and the next call goes on there.
        """
        ...


class RetentionStore(Protocol):
    async def forget_before(self, before: Instant) -> int:
        """Delete raw results and pings older than `before`; gives how many."""
        ...

    async def forget_hours_before(self, before: Instant) -> int:
        """Delete the roll-ups of hours that had ended by then; gives how many."""
        ...

    async def forget_sessions(self, now: Instant) -> int:
        """Delete the sessions that have ended by `now`; gives how many."""
        ...


class Leased(Struct, frozen=True):
    """What is to be sent, and where other messages were cancelled, given up or set back instead."""

    messages: Sequence[Message] = ()
    unsent: Sequence[Place] = ()


class NotifyStore(Protocol):
    async def lease(self, now: Instant, limit: int) -> Leased:
        """Owed messages that are due, each leased to the caller for a while."""
        ...

    async def delivered(self, message: Message, delivery: Delivery) -> None:
        """Note an attempt: sent, to be tried again, or given up."""
        ...

    async def owe_reminders(self, now: Instant) -> int: ...
    async def next_due(self) -> Instant | None: ...


class Sender(Protocol):
    """Sends one kind of channel. Never raises for the carrier's faults: they are its answer."""

    async def send(self, message: Message) -> Delivery: ...
