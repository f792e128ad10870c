"""Places at a host and in the process: first come, first served, and none is ever lost."""

import asyncio

import pytest

from fener.pipeline.probe.gates import Gates, Limits
from fener.testing.clock import FakeClock


class Work:
    """Works for whoever was let in, until told to let them out."""

    def __init__(self, gates: Gates) -> None:
        self._gates = gates
        self._inside: dict[int, asyncio.Event] = {}

    @property
    def inside(self) -> list[int]:
        return list(self._inside)

    def come(self, number: int, host: str = "here") -> asyncio.Task[None]:
        return asyncio.create_task(self._gates.through(host, lambda: self._stay(number)))

    def let_out(self, number: int) -> None:
        self._inside[number].set()

    async def _stay(self, number: int) -> None:
        self._inside[number] = asyncio.Event()
        try:
            await self._inside[number].wait()
        finally:
            del self._inside[number]


async def test_who_waits_is_let_in_in_the_order_of_coming() -> None:
    work, clock = Work(Gates(Limits(at_host=2))), FakeClock()
    tasks = [work.come(number) for number in range(4)]
    await clock.settle()
    assert work.inside == [0, 1]
    for out, inside in ((1, [0, 2]), (0, [2, 3]), (2, [3]), (3, [])):
        work.let_out(out)
        await clock.settle()
        assert work.inside == inside
    await asyncio.gather(*tasks)


async def test_who_gives_up_waiting_leaves_the_place_to_the_next() -> None:
    gates, clock = Gates(Limits(at_host=1)), FakeClock()
    work = Work(gates)
    first, second, third = (work.come(number) for number in range(3))
    await clock.settle()
    second.cancel()
    await clock.settle()
    work.let_out(0)
    await clock.settle()
    assert (work.inside, gates.running, gates.waiting) == ([2], 1, 0)
    work.let_out(2)
    await asyncio.gather(first, third)


@pytest.mark.parametrize("limits", [Limits(at_host=1), Limits(in_process=1)])
async def test_a_place_that_comes_when_its_taker_gives_up_is_passed_on(limits: Limits) -> None:
    gates, clock = Gates(limits), FakeClock()
    work = Work(gates)

    async def stay() -> None:
        await clock.sleep(1)
        # Just after this one gave its place to the second, and before the second knows.
        asyncio.get_running_loop().call_soon(second.cancel)

    first = asyncio.create_task(gates.through("here", stay))
    second, third = work.come(2), work.come(3)
    await clock.advance(1)
    await clock.settle()
    assert first.done()
    assert second.cancelled()
    assert work.inside == [3]
    work.let_out(3)
    await third


async def test_a_full_host_leaves_the_others_theirs() -> None:
    work, clock = Work(Gates(Limits(at_host=1))), FakeClock()
    tasks = [work.come(0), work.come(1), work.come(2, "there")]
    await clock.settle()
    assert work.inside == [0, 2]
    for number in (0, 2, 1):
        work.let_out(number)
        await clock.settle()
    await asyncio.gather(*tasks)
