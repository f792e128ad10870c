"""A world with a location, bells that remember, and short ways to what monitors leave behind."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec

from fener.domain.check import CheckResult, Evidence, Failure, Outcome, Success, Timings
from fener.domain.failure import FailureReason
from fener.domain.fault import Fault
from fener.domain.heartbeat import Ping, PingAction
from fener.domain.people import Identity
from fener.domain.place import Place
from fener.domain.time import SECOND, Instant
from fener.storage.recording import SqlRecordStore
from support.people import World, world
from support.store import settler

REFUSED = Failure(FailureReason.CONNECTION_REFUSED, "connection refused")


class Bells:
    """Remembers every ring, and apart from it where each was for."""

    def __init__(self) -> None:
        self.rung: list[str] = []
        self.places: list[Place] = []

    def check_now(self, monitor_id: int) -> None:
        self.rung.append(f"check {monitor_id}")

    def monitors_changed(self, *places: Place) -> None:
        self._hear("changed", *places)

    def incidents_changed(self, *places: Place) -> None:
        self._hear("incident", *places)

    def messages_owed(self, place: Place) -> None:
        self._hear("owed", place)

    def _hear(self, ring: str, *places: Place) -> None:
        self.rung.append(ring)
        self.places += places


class NoFaults:
    def report(self, source: str, fault: Fault) -> None:
        raise AssertionError(f"{source}: {fault.message}")

    def clear(self, source: str) -> None: ...


class Watched:
    """An organization of Acme and one of Zenith, with their owners signed in."""

    def __init__(self, people: World, acme: Identity, zenith: Identity, bells: Bells) -> None:
        self.people = people
        self.acme = acme
        self.zenith = zenith
        self.bells = bells
        self.context = people.context
        self.clock = people.clock
        self.recorder = SqlRecordStore(
            self.context.database, self.context.sealer, self.clock, NoFaults()
        )

    async def saw(
        self,
        monitor_id: int,
        outcome: Outcome | None = None,
        at: Instant | None = None,
        records: tuple[str, ...] | None = None,
    ) -> None:
        """Record one result as the pipeline does; a good one where no outcome is given."""
        moment = self.clock.now() if at is None else at
        result = CheckResult(
            monitor_id=monitor_id,
            location_id=1,
            at=moment,
            finished_at=moment + 2,
            outcome=outcome or Success(),
            timings=Timings(total=1_500, dns=100, connect=200, first_byte=900),
            status_code=200,
            evidence=Evidence(request="GET https://shop.example/"),
            records=records,
        )
        await self.recorder.record([result], settler().settle)

    async def pinged(
        self, monitor_id: int, action: PingAction = PingAction.SUCCESS, body: str | None = None
    ) -> None:
        """Let a heartbeat's job report now."""
        ping = Ping(monitor_id, self.clock.now(), action, body=body)
        await self.recorder.record_pings([ping], settler().settle_ping)

    async def goes_down(self, monitor_id: int) -> None:
        """Three failing checks, ten seconds apart, the last one now."""
        for _ in range(3):
            await self.clock.advance(10 * SECOND)
            await self.saw(monitor_id, REFUSED)

    async def comes_up(self, monitor_id: int) -> None:
        for _ in range(2):
            await self.clock.advance(10 * SECOND)
            await self.saw(monitor_id)

    async def rows(self, sql: str, **parameters: Any) -> list[dict[str, Any]]:
        async with self.context.database.read() as session:
            return [dict(row) for row in await session.all(sql, parameters)]

    async def row(self, sql: str, **parameters: Any) -> dict[str, Any]:
        (found,) = await self.rows(sql, **parameters)
        return found

    async def insert(self, sql: str, **parameters: Any) -> int:
        async with self.context.database.write() as session:
            return await session.insert(sql, parameters)

    async def audited(self) -> Sequence[tuple[str, str]]:
        return await self.people.audited()


@asynccontextmanager
async def watched_world(folder: Path) -> AsyncIterator[Watched]:
    async with world(folder) as people:
        bells = Bells()
        people.context = msgspec.structs.replace(people.context, doorbells=bells)
        async with people.context.database.write() as session:
            await session.run(
                "INSERT INTO locations (id, code, name) VALUES (1, 'local', 'Here')"
                " ON CONFLICT DO NOTHING"
            )
            await session.run("INSERT INTO locations (id, code, name) VALUES (2, 'fra', 'There')")
        acme = await people.organization("Acme", "owner@acme.example")
        zenith = await people.organization("Zenith", "owner@zenith.example")
        yield Watched(people, acme, zenith, bells)
