"""The schedule stage's side of the store: what is watched, what is overdue, and signs of life."""

import msgspec

from fener.domain.health import MonitorState
from fener.domain.heartbeat import DeafPeriod
from fener.domain.time import Instant, Span
from fener.ports import Clock, Overdue, Scheduled
from fener.storage import monitors
from fener.storage.database import Database
from fener.storage.queries import statements
from fener.storage.sealing import Sealer

SQL = statements("scheduling")
ROLE = "scheduler"
_STATE: msgspec.json.Decoder[MonitorState] = msgspec.json.Decoder(MonitorState)


class SqlScheduleStore:
    """`fener.ports.ScheduleStore` on the database."""

    def __init__(self, database: Database, sealer: Sealer, clock: Clock) -> None:
        self._database = database
        self._sealer = sealer
        self._clock = clock

    async def revision(self) -> int:
        async with self._database.read() as session:
            return await monitors.revision(session)

    async def scheduled(self) -> list[Scheduled]:
        async with self._database.read() as session:
            known = await session.all(SQL["watched"])
            found = await monitors.watched_probes(session, self._sealer)
        return [
            Scheduled(
                monitor=found[row["monitor_id"]],
                allow_private=bool(row["allow_private"]),
                last_checked_at=row["last_checked_at"],
                recheck_at=row["recheck_at"],
            )
            for row in known
            if row["monitor_id"] in found
        ]

    async def overdue(self, now: Instant) -> list[Overdue]:
        async with self._database.read() as session:
            rows = await session.all(SQL["overdue"], {"now": now})
            ids = [row["monitor_id"] for row in rows]
            found = await monitors.by_ids(session, self._sealer, ids)
        return [
            Overdue(found[row["monitor_id"]], _STATE.decode(row["state"]).runs) for row in rows
        ]

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
            rows = await session.all(SQL["deaf_periods"], {"since": since})
        return [DeafPeriod(row["from_at"], row["until_at"], row["why"]) for row in rows]
