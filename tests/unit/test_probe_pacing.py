"""What comes in heaps is begun bit by bit, in its order, and within a tick or so."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest

from fener.domain.check import CheckOrder, Purpose
from fener.domain.kinds import ProbeSettings
from fener.domain.kinds.http import HttpSettings
from fener.domain.kinds.icmp import IcmpSettings
from fener.domain.kinds.tcp import TcpSettings
from fener.domain.kinds.tls import TlsSettings
from fener.domain.time import SECOND, Span
from fener.pipeline.probe.pacing import APART, STEPS, TOGETHER, Pacer, is_light
from fener.testing.clock import FakeClock

HEAP = 1_000


@asynccontextmanager
async def pacing(clock: FakeClock) -> AsyncIterator[tuple[Pacer[int], list[tuple[Span, int]]]]:
    """A pacer that runs, and what it has begun: when, and which. What is negative is not light."""
    begun: list[tuple[Span, int]] = []
    start = clock.monotonic()
    pacer: Pacer[int] = Pacer(
        clock,
        lambda item: begun.append((clock.monotonic() - start, item)),
        lambda item: item >= 0,
    )
    running = asyncio.create_task(pacer.run())
    try:
        yield pacer, begun
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


async def test_one_alone_is_begun_at_once() -> None:
    clock = FakeClock()
    async with pacing(clock) as (pacer, begun):
        pacer.add([7])
        await clock.settle()
        assert begun == [(0, 7)]


async def test_a_few_are_begun_together() -> None:
    clock = FakeClock()
    async with pacing(clock) as (pacer, begun):
        pacer.add(range(2 * TOGETHER + 1))
        await clock.settle()
        await clock.advance(10 * APART)
        together = [TOGETHER, TOGETHER, 1]
        assert [when for when, _ in begun] == [
            APART * step for step, count in enumerate(together) for _ in range(count)
        ]


async def test_what_is_not_light_is_begun_alone() -> None:
    clock = FakeClock()
    async with pacing(clock) as (pacer, begun):
        pacer.add([1, 2, -3, -4, 5, 6])
        await clock.settle()
        await clock.advance(10 * APART)
        assert begun == [
            (0, 1),
            (0, 2),
            (APART, -3),
            (2 * APART, -4),
            (3 * APART, 5),
            (3 * APART, 6),
        ]


async def test_a_heap_of_what_is_not_light_is_begun_as_fast_as_any() -> None:
    clock = FakeClock()
    async with pacing(clock) as (pacer, begun):
        pacer.add([-1] * HEAP)
        await clock.advance(250)
        assert len(begun) == HEAP


async def test_a_heap_is_begun_in_small_steps() -> None:
    clock = FakeClock()
    async with pacing(clock) as (pacer, begun):
        pacer.add(range(HEAP))
        await clock.settle()
        assert [item for _, item in begun] == list(range(HEAP // STEPS))
        await clock.advance(APART)
        assert len(begun) <= 2 * HEAP // STEPS


async def test_a_heap_is_begun_in_its_order_and_within_a_quarter_of_a_second() -> None:
    clock = FakeClock()
    async with pacing(clock) as (pacer, begun):
        pacer.add(range(HEAP))
        await clock.advance(250)
        assert [item for _, item in begun] == list(range(HEAP))
        assert len(pacer) == 0


async def test_what_comes_later_waits_for_its_turn_and_is_begun_too() -> None:
    clock = FakeClock()
    async with pacing(clock) as (pacer, begun):
        pacer.add(range(HEAP))
        await clock.settle()
        pacer.add([HEAP])
        await clock.advance(1_000)
        assert begun[-1][1] == HEAP
        pacer.add([HEAP + 1])
        await clock.settle()
        assert begun[-1] == (1_000, HEAP + 1)


async def test_it_says_how_many_are_not_begun() -> None:
    clock = FakeClock()
    async with pacing(clock) as (pacer, _):
        pacer.add(range(TOGETHER + 5))
        assert len(pacer) == TOGETHER + 5
        await clock.settle()
        assert len(pacer) == 5


@pytest.mark.parametrize(
    ("settings", "light"),
    [
        (HttpSettings("http://a.test/"), True),
        (HttpSettings("http://https.test/"), True),
        (HttpSettings("https://a.test/"), False),
        (HttpSettings("HTTPS://a.test/"), False),
        (TlsSettings("a.test", 443), False),
        (TcpSettings("a.test", 443), True),
        (IcmpSettings("a.test"), True),
    ],
)
def test_what_agrees_on_tls_is_not_light(settings: ProbeSettings, *, light: bool) -> None:
    order = CheckOrder(1, 1, 0, Purpose.SCHEDULED, SECOND, SECOND, settings)
    assert is_light(order) is light
