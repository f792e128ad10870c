"""Deletes what is no longer kept, a little at a time, so that recording never waits long for it."""

from collections.abc import Sequence

from fener.domain.time import HOUR, Instant
from fener.storage.database import Database, Session, as_json
from fener.storage.queries import statements

SQL = statements("retention")
MONITORS_AT_ONCE = 200
ROWS_AT_ONCE = 5_000
"""Rows of one monitor and kind in one transaction."""


class SqlRetentionStore:
    """`fener.ports.RetentionStore` on the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def forget_before(self, before: Instant) -> int:
        forgotten = 0
        async with self._database.read() as session:
            ids = [row["id"] for row in await session.all(SQL["monitors"])]
        for start in range(0, len(ids), MONITORS_AT_ONCE):
            some = ids[start : start + MONITORS_AT_ONCE]
            while some:
                async with self._database.write() as session:
                    counts = [await _forget(session, one, before) for one in some]
                forgotten += sum(counts)
                some = [one for one, count in zip(some, counts, strict=True) if count]
        return forgotten

    async def forget_hours_before(self, before: Instant) -> int:
        forgotten = 0
        async with self._database.read() as session:
            ids = [row["id"] for row in await session.all(SQL["monitors"])]
        for start in range(0, len(ids), MONITORS_AT_ONCE):
            some = as_json(ids[start : start + MONITORS_AT_ONCE])
            async with self._database.write() as session:
                old = {"ids": some, "before": before // HOUR}
                forgotten += await session.run(SQL["forget_hours"], old)
        return forgotten

    async def forget_sessions(self, now: Instant) -> int:
        async with self._database.write() as session:
            return await session.run(SQL["forget_sessions"], {"now": now})


async def _forget(session: Session, monitor_id: int, before: Instant) -> int:
    old = {"monitor_id": monitor_id, "before": before, "limit": ROWS_AT_ONCE}
    names: Sequence[str] = ("forget_checks", "forget_good_answers", "forget_pings")
    return sum([await session.run(SQL[name], old) for name in names])
