"""The pinging API, as jobs and `curl` see it, over a real store."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from unittest.mock import AsyncMock
from uuid import UUID

import pytest

from fener.api.asgi import Scope
from fener.api.compat.pings import Pings
from fener.domain.heartbeat import Ping, PingAction
from fener.domain.kinds.heartbeat import EveryInterval, HeartbeatSettings
from fener.domain.time import HOUR
from fener.faults import FaultBoard
from fener.pipeline.record.hearing import Hearing
from fener.ports import PingSettlement, StoreUnavailable
from fener.storage import monitors
from fener.storage.recording import SqlRecordStore
from fener.testing.clock import FakeClock
from support.api import Client
from support.store import NOON, Seeded, add_monitor, seeded_store, settler

KEY = UUID("c0ffee00-0000-4000-8000-000000000001")
RUN = "0e1bbd3c-6d1c-4f2e-9c5b-111111111111"


class Job:
    """A heartbeat, and the job that pings it."""

    def __init__(self, seeded: Seeded) -> None:
        clock = FakeClock(NOON)
        self.seeded = seeded
        self.heard: list[PingSettlement] = []
        store = SqlRecordStore(seeded.database, seeded.sealer, clock, FaultBoard(clock))
        self.refused = 0
        self.store = store
        self.hearing = Hearing(store, settler().settle_ping, self.heard.extend, self._refuse)
        self.http = Client(Pings(self.hearing.hear, self.find, clock, self.source))

    def _refuse(self) -> None:
        self.refused += 1

    async def find(self, key: UUID) -> int | None:
        async with self.seeded.database.read() as session:
            return await monitors.id_by_ping_key(session, key)

    @staticmethod
    def source(_scope: Scope) -> str:
        return "192.0.2.7"

    async def pings(self) -> list[tuple[object, ...]]:
        async with self.seeded.database.read() as session:
            rows = await session.all("SELECT action, exit_status, run_id, body FROM pings")
        return [tuple(row) for row in rows]


@pytest.fixture
async def job(tmp_path: Path) -> AsyncIterator[Job]:
    async with seeded_store(tmp_path / "fener.db") as seeded:
        settings = HeartbeatSettings(EveryInterval(HOUR))
        monitor = await add_monitor(seeded, settings)
        async with seeded.database.write() as session:
            key = {"key": str(KEY), "id": monitor}
            await session.run("UPDATE monitors SET ping_key = :key WHERE id = :id", key)
        yield Job(seeded)


@pytest.mark.parametrize(
    ("path", "stored"),
    [
        (f"/ping/{KEY}", ("success", None, None, None)),
        (f"/ping/{KEY}/", ("success", None, None, None)),
        (f"/ping/{KEY.hex}", ("success", None, None, None)),
        (f"/ping/{KEY}/start", ("start", None, None, None)),
        (f"/ping/{KEY}/fail", ("fail", None, None, None)),
        (f"/ping/{KEY}/log", ("log", None, None, None)),
        (f"/ping/{KEY}/0", ("success", 0, None, None)),
        (f"/ping/{KEY}/7", ("fail", 7, None, None)),
        (f"/ping/{KEY}/255", ("fail", 255, None, None)),
        (f"/ping/{KEY}/start?rid={RUN}", ("start", None, RUN, None)),
        (f"/webhook-heartbeat/{KEY.hex}", ("success", None, None, None)),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "HEAD"])
async def test_a_ping_is_answered_with_ok_once_it_is_stored(
    job: Job, method: str, path: str, stored: tuple[object, ...]
) -> None:
    answer = await job.http.ask(method, path)
    assert answer.status == 200
    assert answer.body == (b"" if method == "HEAD" else b"OK")
    assert await job.pings() == [stored]


@pytest.mark.parametrize(
    ("path", "status", "body"),
    [
        (f"/ping/{KEY}/256", 400, b"invalid url format"),
        (f"/ping/{KEY}/99999999999999999999", 400, b"invalid url format"),
        (f"/ping/{KEY}/-1", 400, b"invalid url format"),
        (f"/ping/{KEY}/%C2%B2", 400, b"invalid url format"),
        (f"/ping/{KEY}/nonsense", 400, b"invalid url format"),
        ("/ping/not-a-uuid", 400, b"invalid url format"),
        (f"/ping/{KEY}?rid=nonsense", 400, b"invalid uuid format"),
        ("/ping/c0ffee00-0000-4000-8000-00000000ffff", 404, b"not found"),
        ("/webhook-heartbeat/12345678901112131415", 404, b"not found"),
        ("/ping", 404, b"not found"),
        (f"/ping/{KEY}/start/more", 404, b"not found"),
    ],
)
async def test_what_is_no_ping_is_refused_and_stored_nowhere(
    job: Job, path: str, status: int, body: bytes
) -> None:
    answer = await job.http.get(path)
    assert (answer.status, answer.body) == (status, body)
    assert await job.pings() == []


async def test_a_ping_says_how_much_of_a_body_is_kept(job: Job) -> None:
    answer = await job.http.post(f"/ping/{KEY}", body=b"x" * 10_001)
    assert answer.headers["ping-body-limit"] == "10000"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["cache-control"] == "no-store"
    ((*_, body),) = await job.pings()
    assert body == "x" * 10_000


async def test_a_body_that_is_no_text_loses_no_ping(job: Job) -> None:
    await job.http.post(f"/ping/{KEY}", body=b"\xff\0ok")
    ((*_, body),) = await job.pings()
    assert body == "\N{REPLACEMENT CHARACTER}\N{REPLACEMENT CHARACTER}ok"


async def test_other_methods_are_refused(job: Job) -> None:
    assert (await job.http.ask("DELETE", f"/ping/{KEY}")).status == 405


async def test_pings_that_come_together_share_commits_and_none_is_lost(job: Job) -> None:
    answers = await asyncio.gather(*(job.http.get(f"/ping/{KEY}/log") for _ in range(50)))
    assert {answer.status for answer in answers} == {200}
    assert len(await job.pings()) == 50
    assert len(job.heard) == 50


@pytest.mark.parametrize("error", [StoreUnavailable("disk full"), RuntimeError("a bug")])
async def test_pings_that_could_not_be_written_are_each_refused_and_the_next_is_heard(
    job: Job, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    """Whatever went wrong: somebody waits for an answer to each of them."""
    with monkeypatch.context() as broken:
        broken.setattr(job.store, "record_pings", AsyncMock(side_effect=error))
        pings = [job.hearing.hear(Ping(1, NOON, PingAction.SUCCESS)) for _ in range(3)]
        answers = await asyncio.gather(*pings, return_exceptions=True)
    assert answers == [error] * 3
    assert job.refused == 3
    assert (await job.http.get(f"/ping/{KEY}")).status == 200


async def test_a_ping_that_cannot_be_stored_is_not_answered_with_ok(job: Job) -> None:
    async def away(_ping: Ping) -> None:
        raise StoreUnavailable("disk full")

    client = Client(Pings(away, job.find, FakeClock(NOON), job.source))
    answer = await client.get(f"/ping/{KEY}")
    assert (answer.status, answer.body) == (503, b"not stored, try again")
