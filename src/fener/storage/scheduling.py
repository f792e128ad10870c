"""The schedule stage's side of the store: what is watched, what is overdue, and signs of life."""

from collections.abc import AsyncIterator, Sequence

import msgspec

from fener.domain.check import CheckResult
from fener.domain.health import MonitorState
from fener.domain.heartbeat import DeafPeriod
from fener.domain.monitor import Monitor
from fener.domain.settlement import Settlement
from fener.domain.time import Instant, Span
from fener.ports import Changed, Overdue, RecordStore, Rewind, Scheduled, Settle
from fener.storage import listing, monitors
from fener.storage.database import Database, Parameters, Row, Session
from fener.storage.queries import statements
from fener.storage.sealing import Sealer
from fener.storage.settlements import write_belief

SQL = statements("scheduling")
ROLE = "scheduler"
AT_ONCE = 1_000
"""Monitors read together, well below the parameters that a statement may have."""
_STATE: msgspec.json.Decoder[MonitorState] = msgspec.json.Decoder(MonitorState)


class SqlScheduleStore:
    """`fener.ports.ScheduleStore` on the database."""

    def __init__(self, database: Database, sealer: Sealer, record: RecordStore) -> None:
        """What is excused is written by `record`, as every result is."""
        self._database = database
        self._sealer = sealer
        self._record = record

    async def revision(self) -> int:
        async with self._database.read() as session:
            return await monitors.revision(session)

    async def scheduled(self) -> list[Scheduled]:
        async with self._database.read() as session:
            return [
                _scheduled(row, monitor)
                async for row, monitor in self._standing(session, "scheduled", {})
            ]

    async def changed(self, since: int) -> Changed | None:
        async with self._database.read() as session:
            if (await session.value(SQL["any_changed"]) or 0) > since:
                return None
            found = self._standing(session, "changed", {"since": since})
            rows = [(row, monitor) async for row, monitor in found]
        return Changed(
            scheduled=[_scheduled(*one) for one in rows if one[0]["is_scheduled"]],
            gone=[row["monitor_id"] for row, _ in rows if not row["is_scheduled"]],
        )

    async def _standing(
        self, session: Session, which: str, given: Parameters
    ) -> AsyncIterator[tuple[Row, Monitor]]:
        """Some at a time: whatever else is to be done has its turn in between.

        What changes meanwhile has a revision later than the one that was asked for before.
        """
        after: int | None = 0
        while after is not None:
            page = {**given, "after": after, "count": AT_ONCE}
            rows = await session.all(f"{SQL['standing']} {SQL[which]}", page)
            ids = [row["monitor_id"] for row in rows]
            found = await monitors.by_ids(session, self._sealer, ids)
            for row in rows:
                yield row, found[row["monitor_id"]]
            after = ids[-1] if ids else None

    async def overdue(self, now: Instant) -> list[Overdue]:
        async with self._database.read() as session:
            rows = await session.all(SQL["overdue"], {"now": now})
            ids = [row["monitor_id"] for row in rows]
            found = await monitors.by_ids(session, self._sealer, ids)
        return [Overdue(found[row["monitor_id"]], _STATE.decode(row["state"]).runs) for row in rows]

    async def late(self, now: Instant) -> int:
        async with self._database.read() as session:
            return await listing.late(session, now)

    async def excuse(self, results: Sequence[CheckResult], settle: Settle) -> Sequence[Settlement]:
        return await self._record.record(results, settle)

    async def rewind(self, rewind: Rewind, now: Instant) -> None:
        async with self._database.write() as session:
            await session.run(SQL["forget_deaf_after"], {"now": now})
            await session.run(SQL["cut_off_deaf"], {"now": now})
            states = await session.all(SQL["watched_states"])
            for start in range(0, len(states), AT_ONCE):
                await self._rewind(session, states[start : start + AT_ONCE], rewind)

    async def _rewind(self, session: Session, states: Sequence[Row], rewind: Rewind) -> None:
        ids = [row["monitor_id"] for row in states]
        found = await monitors.by_ids(session, self._sealer, ids)
        for row in states:
            before = _STATE.decode(row["state"])
            after = rewind(found[row["monitor_id"]], before)
            if after != before:
                await write_belief(session, row["monitor_id"], after)

    async def last_alive(self) -> tuple[Instant, Span] | None:
        async with self._database.read() as session:
            row = await session.one(SQL["last_alive"], {"role": ROLE})
        return None if row is None else (row["wall_at"], row["monotonic_ms"])

    async def note_alive(self, now: Instant, monotonic: Span) -> None:
        alive = {"role": ROLE, "now": now, "monotonic": monotonic}
        async with self._database.write() as session:
            await session.run(SQL["note_alive"], alive)

    async def note_deaf(self, period: DeafPeriod) -> None:
        async with self._database.write() as session:
            await session.run(SQL["note_deaf"], msgspec.structs.asdict(period))

    async def deaf_periods(self, since: Instant) -> list[DeafPeriod]:
        async with self._database.read() as session:
            return await deaf_periods(session, since)


async def checks_a_second(session: Session) -> float:
    """How many checks the monitors that are watched ask for, all their locations together."""
    return float(await session.value(SQL["checks_a_second"]) or 0)


def _scheduled(row: Row, monitor: Monitor) -> Scheduled:
    return Scheduled(
        monitor=monitor,
        allow_private=bool(row["allow_private"]),
        last_checked_at=row["last_checked_at"],
        recheck_at=row["recheck_at"],
        unseen_since=row["unseen_since"],
    )


async def deaf_periods(session: Session, since: Instant) -> list[DeafPeriod]:
    """Those that ended later than `since`, in the order of their ends."""
    rows = await session.all(SQL["deaf_periods"], {"since": since})
    return [DeafPeriod(row["from_at"], row["until_at"], row["why"]) for row in rows]
