"""`fener monitor show`: within which time the good checks were done."""

import asyncio
from pathlib import Path

import pytest

from fener.actions import monitors, setup
from fener.actions.monitors import New
from fener.clock import SystemClock
from fener.domain.kinds.http import HttpSettings
from fener.domain.time import DAY, MINUTE
from fener.storage.filing import SqlFilingStore
from support.command import fener
from support.database import migrated_file
from support.watched import watched_world


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    migrated_file(folder / "fener.db")
    monkeypatch.setenv("FENER_DATA", str(folder))
    return folder


@pytest.fixture
def shop(data: Path) -> str:
    """A monitor whose only check was two days ago and is filed; gives its number."""

    async def prepared() -> int:
        async with watched_world(data) as world:
            who = await setup.ensure_local_owner(world.context)
            new = New(settings=HttpSettings(url="https://shop.example/"))
            shop = await monitors.add(world.context, who, new)
            await world.saw(shop.id, at=SystemClock().now() - 2 * DAY - MINUTE)
            await SqlFilingStore(world.context.database).file()
            return shop.id

    return str(asyncio.run(prepared()))


def test_a_monitor_shows_within_which_time_it_answers(shop: str) -> None:
    lines = fener("monitor", "show", shop, "--over", "30d").out.splitlines()
    assert "Over 30d: half within 1.5 ms, 95 % within 1.5 ms, 99 % within 1.5 ms." in lines
    told = fener("monitor", "show", shop, "--over", "30d", "--json").json["responseTimes"]
    assert told == {"spanSeconds": 2_592_000, "p50Ms": 1.5, "p95Ms": 1.5, "p99Ms": 1.5}


def test_without_a_good_check_it_says_so(shop: str) -> None:
    assert "Over 1d: no good check." in fener("monitor", "show", shop).out.splitlines()
    told = fener("monitor", "show", shop, "--json").json["responseTimes"]
    assert told == {"spanSeconds": 86_400, "p50Ms": None, "p95Ms": None, "p99Ms": None}


def test_no_more_than_a_year_is_told(shop: str) -> None:
    said = fener("monitor", "show", shop, "--over", "366d")
    assert said.code == 2
    assert "from a minute to 365 days" in said.complaint[0]


def test_an_api_is_not_asked_for_what_it_does_not_tell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FENER_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("FENER_TOKEN", "t")
    said = fener("monitor", "show", "1", "--over", "30d")
    assert said.code == 2
    assert said.complaint == [
        "fener: The API of a server does not tell response times",
        "  Ask on the machine of the server, or leave out --over.",
    ]
