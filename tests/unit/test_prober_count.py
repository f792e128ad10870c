"""How many prober processes work side by side."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from fener.bootstrap.probers import CHECKS_A_SECOND, fitting, prober_count
from fener.domain.time import SECOND
from support.store import Seeded, add_heartbeat, add_monitor, seeded_store


@pytest.mark.parametrize(
    ("rate", "cores", "probers"),
    [
        (0, 1, 1),
        (0, 64, 1),
        (CHECKS_A_SECOND, 64, 1),
        (CHECKS_A_SECOND + 1, 64, 2),
        (10 * CHECKS_A_SECOND, 64, 10),
        (10 * CHECKS_A_SECOND, 4, 3),
        (10 * CHECKS_A_SECOND, 2, 1),
        (10 * CHECKS_A_SECOND, 1, 1),
    ],
)
def test_there_are_as_many_as_are_wanted_and_have_a_core(
    rate: float, cores: int, probers: int
) -> None:
    assert fitting(rate, cores) == probers


@pytest.fixture
async def seeded(tmp_path: Path) -> AsyncIterator[Seeded]:
    async with seeded_store(tmp_path / "fener.db") as made:
        yield made


async def test_what_is_watched_says_how_many_are_wanted(
    seeded: Seeded, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 8)
    assert await prober_count(0, seeded.database) == 1
    for _ in range(3):
        await add_monitor(seeded)
    await add_heartbeat(seeded)
    async with seeded.database.write() as session:
        quick = {"interval": SECOND // CHECKS_A_SECOND}
        await session.run("UPDATE monitors SET interval_ms = :interval", quick)
    assert await prober_count(0, seeded.database) == 4
    async with seeded.database.write() as session:
        await session.run("UPDATE monitors SET paused_at = 1 WHERE kind = 'http'")
    assert await prober_count(0, seeded.database) == 1


async def test_whoever_asks_for_a_number_gets_it(seeded: Seeded) -> None:
    assert await prober_count(3, seeded.database) == 3
