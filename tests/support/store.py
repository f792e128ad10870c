"""A migrated SQLite file with one organization in it, for tests of what stores do."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from uuid import UUID

from msgspec import Struct

from fener.domain.check import CheckResult, Failure, Outcome, Success, Timings
from fener.domain.failure import FailureReason
from fener.domain.ids import uuid7
from fener.domain.kinds import Settings
from fener.domain.kinds.heartbeat import EveryInterval, HeartbeatSettings
from fener.domain.kinds.http import HttpSettings
from fener.domain.time import HOUR, MINUTE, SECOND, Instant, Span
from fener.pipeline.judge.changes import notice_changes
from fener.pipeline.judge.judge import judge
from fener.pipeline.judge.problems import other_readings
from fener.pipeline.record.route import route
from fener.pipeline.record.settle import Settler
from fener.storage import monitors
from fener.storage.database import Database, Session
from fener.storage.sealing import Sealer
from support.database import migrated_file

NOON: Instant = 1_767_268_800_000
REFUSED = Failure(FailureReason.CONNECTION_REFUSED, "connection refused")


class Seeded(Struct):
    """An open database and the ids of what was put into it."""

    database: Database
    sealer: Sealer
    organization_id: int
    customer_id: int
    owner_id: int


@asynccontextmanager
async def seeded_store(path: Path) -> AsyncIterator[Seeded]:
    """One organization with an owner and a customer, in a new file."""
    database = Database(migrated_file(path))
    await database.open()
    try:
        async with database.write() as session:
            ids = await _seed(session)
        yield Seeded(database, Sealer(b"0123456789abcdef"), *ids)
    finally:
        await database.close()


async def _seed(session: Session) -> tuple[int, int, int]:
    owner = await session.insert(
        "INSERT INTO users (public_id, email, created_at) VALUES ('u', 'o@example.com', 0)"
        " RETURNING id",
        {},
    )
    organization = await session.insert(
        "INSERT INTO organizations (public_id, name, created_at) VALUES ('o', 'Acme', 0)"
        " RETURNING id",
        {},
    )
    policy = await session.insert(
        "INSERT INTO policies (organization_id, package_type, display_name, created_at,"
        " updated_at) VALUES (:o, 'standard', 'Standard', 0, 0) RETURNING id",
        {"o": organization},
    )
    customer = await session.insert(
        "INSERT INTO customers (public_id, organization_id, name, policy_id, created_at,"
        " updated_at) VALUES ('c', :o, 'Acme', :p, 0, 0) RETURNING id",
        {"o": organization, "p": policy},
    )
    await session.run("INSERT INTO locations (id, code, name) VALUES (1, 'local', 'Here')")
    return organization, customer, owner


_public_ids = count(1)


def new_id(at: Instant) -> UUID:
    return uuid7(at, next(_public_ids))


async def add_monitor(seeded: Seeded, settings: Settings | None = None, now: Instant = NOON) -> int:
    async with seeded.database.write() as session:
        return await monitors.insert(
            session,
            seeded.sealer,
            monitors.NewMonitor(
                public_id=new_id(now),
                organization_id=seeded.organization_id,
                customer_id=seeded.customer_id,
                owner_id=seeded.owner_id,
                name="Shop",
                settings=settings or HttpSettings(url="https://shop.example/"),
                interval=60 * SECOND,
                timeout=10 * SECOND,
            ),
            now,
        )


async def add_channel(seeded: Seeded, name: str = "Mail", monitor_id: int | None = None) -> int:
    async with seeded.database.write() as session:
        return await session.insert(
            "INSERT INTO channels (organization_id, monitor_id, kind, name, settings, created_at,"
            " updated_at) VALUES (:o, :m, 'email', :n, '{}', 0, 0) RETURNING id",
            {"o": seeded.organization_id, "m": monitor_id, "n": name},
        )


async def add_heartbeat(seeded: Seeded, interval: Span = HOUR, grace: Span = 5 * MINUTE) -> int:
    return await add_monitor(seeded, HeartbeatSettings(EveryInterval(interval), grace))


def settler() -> Settler:
    return Settler(judge, other_readings, notice_changes, route, new_id)


def checked(monitor_id: int, at: Instant, outcome: Outcome | None = None) -> CheckResult:
    """A result that took 1.5 ms; good where no outcome is given."""
    return CheckResult(
        monitor_id=monitor_id,
        location_id=1,
        at=at,
        finished_at=at + 2,
        outcome=outcome or Success(),
        timings=Timings(total=1_500),
        status_code=200,
    )
