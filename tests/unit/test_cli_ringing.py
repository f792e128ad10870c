"""Bells of a server that another process rings."""

import asyncio
import os
import stat
from pathlib import Path
from uuid import UUID

import pytest
from structlog.testing import capture_logs

from fener.bus.ringing import PIPE, DistantBells, heard
from fener.domain.place import Place
from support.command import turns
from support.watched import Bells

EVERYBODY = Place(1)
ACME = Place(1, 7)
SHOP = Place(1, 7, UUID(int=12))


async def test_every_ring_is_heard(tmp_path: Path) -> None:
    bells, distant = Bells(), DistantBells(tmp_path)
    with heard(tmp_path, bells):
        distant.check_now(7)
        distant.monitors_changed(SHOP, ACME)
        distant.incidents_changed(SHOP)
        distant.messages_owed(EVERYBODY)
        await turns()
    assert bells.rung == ["check 7", "changed", "changed", "incident", "owed"]
    assert bells.places == [SHOP, ACME, SHOP, EVERYBODY]
    assert distant.is_heard


async def test_many_commands_ring_at_once(tmp_path: Path) -> None:
    bells = Bells()
    with heard(tmp_path, bells):
        ring = DistantBells(tmp_path).check_now
        await asyncio.gather(*(asyncio.to_thread(ring, number) for number in range(200)))
        await turns()
    assert sorted(bells.rung) == sorted(f"check {number}" for number in range(200))


async def test_a_ring_that_nobody_hears_is_no_fault(tmp_path: Path) -> None:
    distant = DistantBells(tmp_path)
    distant.check_now(7)
    assert not distant.is_heard
    assert not distant.is_anybody_there()
    assert list(tmp_path.iterdir()) == []


async def test_nobody_hears_once_the_server_is_gone(tmp_path: Path) -> None:
    distant = DistantBells(tmp_path)
    with heard(tmp_path, Bells()):
        distant.monitors_changed(ACME)
        assert distant.is_heard
        assert distant.is_anybody_there()
    distant.monitors_changed(ACME)
    assert not distant.is_heard
    assert not distant.is_anybody_there()


async def test_the_pipe_of_a_killed_server_is_taken_over(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / PIPE)
    distant, bells = DistantBells(tmp_path), Bells()
    distant.monitors_changed(ACME)
    assert not distant.is_heard
    with heard(tmp_path, bells):
        distant.monitors_changed(ACME)
        await turns()
    assert bells.rung == ["changed"]


async def test_the_pipe_is_its_owners_alone(tmp_path: Path) -> None:
    with heard(tmp_path, Bells()):
        assert stat.S_IMODE((tmp_path / PIPE).stat().st_mode) == 0o600


async def test_a_file_in_place_of_the_pipe_is_not_written_to(tmp_path: Path) -> None:
    (tmp_path / PIPE).write_text("mine")
    distant = DistantBells(tmp_path)
    distant.monitors_changed(ACME)
    assert not distant.is_heard
    assert (tmp_path / PIPE).read_text() == "mine"


@pytest.mark.parametrize(
    "said",
    [
        *("check", "check x", "check 1 2", "\xff", "stop", ""),
        *("changed", "changed 1", "changed - 7 -", "changed 1 x -", "owed 1 - x", "owed 1 - - -"),
    ],
)
async def test_noise_rings_nothing_and_is_logged(tmp_path: Path, said: str) -> None:
    bells = Bells()
    with capture_logs() as logs, heard(tmp_path, bells):
        with (tmp_path / PIPE).open("w", encoding="latin-1") as pipe:
            pipe.write(f"{said}\nchanged 1 - -\n")
        await turns()
    assert bells.rung == ["changed"]
    assert [line["event"] for line in logs] == ["nobody knows this ring"]


async def test_a_line_that_comes_in_pieces_is_put_together(tmp_path: Path) -> None:
    bells = Bells()
    with heard(tmp_path, bells), (tmp_path / PIPE).open("w") as pipe:
        pipe.write("check ")
        pipe.flush()
        await turns()
        pipe.write("12\n")
        pipe.flush()
        await turns()
    assert bells.rung == ["check 12"]


async def test_nobody_listens_to_silence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pipe whose writers are all gone is readable for ever, unless it is held open."""
    read, reads = os.read, []

    def counted(pipe: int, most: int) -> bytes:
        reads.append(pipe)
        return read(pipe, most)

    monkeypatch.setattr("fener.bus.ringing.os.read", counted)
    with heard(tmp_path, Bells()):
        DistantBells(tmp_path).monitors_changed(ACME)
        await turns()
        await turns()
    assert len(reads) == 1
