"""What Fener reports as the time of a target that answers after a millisecond, while its web loop
is idle and while it is saturated: rounds of both in turns.
"""

import asyncio
import select
import sqlite3
import tempfile
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

from client import get, load
from figures import Effort, Figure, middle, percentile, shown
from houses import House, furnish, served
from incident_lists import add_customers, add_incidents
from targets import slow_target

from fener.bootstrap import DATABASE_FILE
from fener.clock import SystemClock
from fener.domain.time import SECOND

MONITORS = 50
INCIDENTS = 1_000
CONNECTIONS = 32
WARM_UP_SECONDS = 3
ROUND_SECONDS = 5
RECORDED_WITHIN_SECONDS = 1


def measure(effort: Effort) -> list[Figure]:
    seconds = effort.of(ROUND_SECONDS, 1)
    with tempfile.TemporaryDirectory() as folder, slow_target() as port:
        data = Path(folder) / "data"
        asked = furnish(data, lambda house: _fill(house, port))
        with served(data) as fener:
            _wait(effort.of(WARM_UP_SECONDS, 1))

            def saturate() -> None:
                asyncio.run(load(fener.url, [asked], CONNECTIONS, seconds * 1_000_000))

            idle: list[Sequence[float]] = []
            saturated: list[Sequence[float]] = []
            for _ in range(effort.of(5, 1)):
                idle.append(_reported(data, lambda: _wait(seconds)))
                saturated.append(_reported(data, saturate))
    return _figures(idle, saturated)


async def _fill(house: House, port: int) -> bytes:
    """Gives the request that saturates."""
    await add_incidents(house, await add_customers(house), INCIDENTS)
    await house.probes(f"http://127.0.0.1:{port}/", MONITORS, SECOND)
    key = await house.account_key()
    return get("/api/incidents/?page=1", Authorization=f"Bearer {key}")


def _reported(data: Path, meanwhile: Callable[[], None]) -> list[float]:
    """Milliseconds of the checks ordered while something else was going on."""
    clock = SystemClock()
    begin = clock.now()
    meanwhile()
    times = {"begin": begin, "end": clock.now()}
    _wait(RECORDED_WITHIN_SECONDS)
    with closing(sqlite3.connect(f"file:{data / DATABASE_FILE}?mode=ro", uri=True)) as store:
        rows = store.execute(
            "SELECT total_us FROM all_results"
            " WHERE at >= :begin AND at < :end AND outcome = 'success'",
            times,
        ).fetchall()
    return [total_us / 1_000 for (total_us,) in rows]


def _figures(idle: Sequence[Sequence[float]], saturated: Sequence[Sequence[float]]) -> list[Figure]:
    pairs = zip(idle, saturated, strict=True)
    moved = middle([percentile(busy, 99) - percentile(calm, 99) for calm, busy in pairs])
    return [
        _figure("web loop idle", idle),
        _figure(f"web loop saturated by {CONNECTIONS} connections", saturated),
        Figure("p99 moved by", moved, "ms"),
    ]


def _figure(what: str, rounds: Sequence[Sequence[float]]) -> Figure:
    p50, p99 = (middle([percentile(times, share) for times in rounds]) for share in (50, 99))
    count = sum(map(len, rounds))
    return Figure(f"{what}: p99 of {count:,} checks", p99, "ms", f"p50 {shown(p50)} ms")


def _wait(seconds: float) -> None:
    select.select([], [], [], seconds)
