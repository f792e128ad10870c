"""Whoever does something with an incident rings for those who look at it, once it is committed."""

import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import closing
from pathlib import Path

import pytest
from msgspec.structs import replace

from fener.actions import incidents, monitors
from fener.actions.incidents import Visibility
from fener.actions.monitors import New
from fener.domain.errors import FenerError, Invalid, NotPermitted
from fener.domain.kinds.http import HttpSettings
from fener.domain.people import Role
from fener.domain.place import Place
from support.watched import Watched, watched_world

Deed = Callable[[Watched, int], Awaitable[object]]


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[Watched]:
    """The shop is down, with incident 1."""
    async with watched_world(tmp_path) as made:
        new = New(settings=HttpSettings(url="https://shop.example/"))
        monitor = await monitors.add(made.context, made.acme, new)
        await made.goes_down(monitor.id)
        made.bells.rung.clear()
        made.bells.places.clear()
        yield made


async def acknowledges(world: Watched, key: int) -> object:
    return await incidents.acknowledge(world.context, world.acme, key)


async def resolves(world: Watched, key: int) -> object:
    return await incidents.resolve(world.context, world.acme, key)


async def comments(world: Watched, key: int) -> object:
    text, seen_by = "The disk is full.", Visibility.INTERNAL
    return await incidents.add_comment(world.context, world.acme, key, text, seen_by)


async def notes(world: Watched, key: int) -> object:
    return await incidents.change_comment(world.context, world.acme, key, "The disk is full.")


async def learns(world: Watched, key: int) -> object:
    return await incidents.change_postmortem(world.context, world.acme, key, "Watch the disk.")


async def deletes(world: Watched, key: int) -> None:
    await incidents.delete(world.context, world.acme, key)


async def pauses(world: Watched, key: int) -> object:
    return await monitors.pause(world.context, world.acme, key)


DEEDS = (acknowledges, resolves, comments, notes, learns, deletes)


async def place_of_shop(world: Watched) -> Place:
    return (await monitors.get(world.context, world.acme, 1)).place


@pytest.mark.parametrize("deed", [*DEEDS, pauses])
async def test_what_somebody_does_with_an_incident_is_rung_for_where_it_belongs(
    world: Watched, deed: Deed
) -> None:
    shop = await place_of_shop(world)
    await deed(world, 1)
    assert world.bells.rung.count("incident") == 1
    assert set(world.bells.places) == {shop}


@pytest.mark.parametrize("deed", DEEDS)
async def test_it_rings_when_everybody_can_read_what_was_done(
    world: Watched, deed: Deed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page that asks at once must not be shown what was."""
    seen: list[str] = []

    def look(*_: Place) -> None:
        with closing(sqlite3.connect(world.context.database.path)) as other:
            seen.extend(
                other.execute("SELECT action FROM audit_entries ORDER BY id DESC").fetchone()
            )

    monkeypatch.setattr(world.bells, "incidents_changed", look)
    await deed(world, 1)
    assert seen[0].startswith("incident.")
    assert len(seen) == 1


@pytest.mark.parametrize("deed", [acknowledges, notes, learns])
async def test_what_changes_nothing_rings_for_nothing(world: Watched, deed: Deed) -> None:
    await deed(world, 1)
    world.bells.rung.clear()
    await deed(world, 1)
    assert world.bells.rung == []


@pytest.mark.parametrize("deed", DEEDS)
async def test_what_is_refused_rings_for_nothing(world: Watched, deed: Deed) -> None:
    world.acme = replace(world.acme, role=Role.READONLY)
    with pytest.raises(NotPermitted):
        await deed(world, 1)
    with pytest.raises(FenerError):
        await deed(world, 99)
    assert world.bells.rung == []


async def test_a_comment_that_says_nothing_rings_for_nothing(world: Watched) -> None:
    with pytest.raises(Invalid):
        await incidents.add_comment(world.context, world.acme, 1, "", Visibility.INTERNAL)
    assert world.bells.rung == []
