"""People are told once when Fener does not see for long, and once when it sees again."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from itertools import count
from uuid import UUID

import msgspec
import pytest

from fener.domain.message import BlindSpell
from fener.domain.time import HOUR, MINUTE, SECOND, Instant, Span
from fener.pipeline.notify.blindness import LONG, SURE, Blinding, Blindness
from fener.ports import StoreUnavailable
from fener.testing.clock import NOON, FakeClock

_numbers = count(1)


def _new_id(_: Instant) -> UUID:
    return UUID(int=next(_numbers))


class MemoryStore:
    """`fener.ports.BlindnessStore` in memory; it outlives the one that writes to it."""

    def __init__(self) -> None:
        self.spells: list[BlindSpell] = []
        self.is_away = False

    async def blind_spell(self) -> BlindSpell | None:
        if self.is_away:
            raise StoreUnavailable("away")
        return next((one for one in self.spells if one.ended_at is None), None)

    async def begin(self, spell: BlindSpell, now: Instant) -> None:
        self.spells.append(spell)

    async def end(self, spell: BlindSpell, now: Instant) -> None:
        self.spells[-1] = msgspec.structs.replace(spell, ended_at=now)


class Watching:
    def __init__(self) -> None:
        self.clock = FakeClock()
        self.store = MemoryStore()
        self.present: list[Blinding] = []
        self.rung = 0
        self.task: asyncio.Task[None] | None = None
        self.start()

    def start(self) -> None:
        blindness = Blindness(
            self.store,
            lambda: self.present,
            self.clock,
            lambda _: UUID(int=next(_numbers)),
            self.ring,
        )
        self.task = asyncio.create_task(blindness.run())

    async def stop(self) -> None:
        assert self.task is not None
        self.task.cancel()
        with suppress(asyncio.CancelledError):
            await self.task

    def ring(self) -> None:
        self.rung += 1

    async def is_blind_for(self, span: Span, why: str = "nobody looked") -> None:
        self.present = [Blinding(why, self.clock.now())]
        await self.clock.advance(span)
        self.present = []

    @property
    def told(self) -> list[tuple[str, Instant, Instant | None]]:
        return [(one.why, one.began_at, one.ended_at) for one in self.store.spells]


@pytest.fixture
async def watching() -> AsyncIterator[Watching]:
    made = Watching()
    await made.clock.advance(HOUR)
    yield made
    await made.stop()


async def test_what_is_over_soon_is_told_to_nobody(watching: Watching) -> None:
    for _ in range(5):
        await watching.is_blind_for(LONG - SECOND)
        await watching.clock.advance(MINUTE)
    assert watching.told == []
    assert watching.rung == 0


async def test_what_lasts_is_told_once_and_so_is_its_end(watching: Watching) -> None:
    began_at = watching.clock.now()
    await watching.is_blind_for(3 * HOUR)
    assert watching.told == [("nobody looked", began_at, None)]
    assert watching.rung == 1
    await watching.clock.advance(SURE + MINUTE)
    ((_, _, ended_at),) = watching.told
    assert ended_at is not None
    assert watching.rung == 2
    await watching.clock.advance(HOUR)
    assert watching.rung == 2


async def test_a_fault_that_comes_and_goes_is_one_spell(watching: Watching) -> None:
    await watching.is_blind_for(HOUR)
    for _ in range(10):
        await watching.clock.advance(SURE - 20 * SECOND)
        await watching.is_blind_for(20 * SECOND)
    assert len(watching.told) == 1
    assert watching.rung == 1


async def test_several_faults_are_told_together(watching: Watching) -> None:
    now = watching.clock.now()
    watching.present = [Blinding("one", now), Blinding("other", now + MINUTE)]
    await watching.clock.advance(LONG - SECOND)
    assert watching.told == []
    watching.present.append(Blinding("new", watching.clock.now()))
    await watching.clock.advance(MINUTE)
    assert watching.told == [("one", now, None)]


async def test_a_restart_in_the_middle_tells_nobody_anew(watching: Watching) -> None:
    watching.present = [Blinding("nobody looked", watching.clock.now())]
    await watching.clock.advance(HOUR)
    await watching.stop()
    watching.present = []
    watching.start()
    await watching.clock.advance(LONG - MINUTE)
    assert watching.rung == 1
    await watching.is_blind_for(HOUR)
    assert len(watching.told) == 1
    assert watching.rung == 1
    await watching.clock.advance(2 * MINUTE)
    assert watching.rung == 2


async def test_what_is_over_after_a_restart_ends(watching: Watching) -> None:
    await watching.is_blind_for(HOUR)
    await watching.stop()
    watching.start()
    await watching.clock.advance(LONG + MINUTE)
    assert watching.told[0][2] is not None


async def test_a_store_that_is_away_is_told_of_later(watching: Watching) -> None:
    watching.store.is_away = True
    watching.present = [Blinding("nobody looked", watching.clock.now())]
    await watching.clock.advance(HOUR)
    assert watching.told == []
    watching.store.is_away = False
    await watching.clock.advance(MINUTE)
    assert watching.told == [("nobody looked", NOON + HOUR, None)]
