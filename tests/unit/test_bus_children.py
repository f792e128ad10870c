"""The child prober carries orders and results, dies alone, and never outlives its parent."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import msgspec
import pytest

from fener.bus.children import ChildEnded, ProberChild
from fener.bus.local import LocalBus
from fener.clock import SystemClock
from fener.domain.check import CheckResult, Failure, Success
from fener.domain.failure import Facts, FailureReason
from fener.domain.fault import Fault, FaultReason
from fener.domain.prober import ProberStats, Share, Trouble
from fener.faults import FaultBoard
from fener.testing.clock import FakeClock
from support.probing import order
from support.targets import Target

CUT_OFF = Fault(FaultReason.CUT_OFF_FROM_IPV4, "its resolver reaches nobody")
FULL = Fault(
    FaultReason.CHECKS_WITHOUT_DESCRIPTORS, "3 checks said nothing", Facts(got="3", detail="full")
)
PROBER = [sys.executable, "-m", "fener.cli.prober", "--location", "1"]
SOURCE = str(Path(__file__).parents[2] / "src")


@pytest.fixture(autouse=True)
def importable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", SOURCE)


@pytest.fixture(scope="module")
def target() -> Iterator[Target]:
    with Target() as running:
        yield running


@asynccontextmanager
async def running(child: ProberChild) -> AsyncIterator[asyncio.Task[None]]:
    task = asyncio.create_task(child.run())
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def next_result(bus: LocalBus) -> CheckResult:
    async with asyncio.timeout(20):
        (result,) = await anext(bus.results())
    return result


def is_alive(pid: int) -> bool:
    """Whether a process runs; one that is dead and not yet buried does not."""
    with suppress(FileNotFoundError, ProcessLookupError):
        state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0]
        return state != "Z"
    return False


async def until_dead(pid: int, within: float) -> None:
    async with asyncio.timeout(within):
        while is_alive(pid):
            await SystemClock().sleep(10)


@pytest.mark.parametrize(
    ("share", "source"),
    [(Share(), "prober of location 1"), (Share(1, 3), "prober of location 1, process 2")],
)
async def test_the_board_tells_which_prober_it_is(share: Share, source: str) -> None:
    faults = FaultBoard(FakeClock())
    child = ProberChild(LocalBus(), 1, PROBER, FakeClock(), faults, share=share)
    child._note(ProberStats(0, 0, 0, 0, lateness=0, lag=2_000))
    assert [fault.source for fault in faults.all()] == [source]


async def test_an_order_goes_in_and_its_result_comes_out(target: Target) -> None:
    bus = LocalBus()
    child = ProberChild(bus, 1, PROBER, SystemClock())
    async with running(child):
        asked = order(target.url())
        await bus.send_orders([asked])
        result = await next_result(bus)
        assert result.outcome == Success()
        assert (result.monitor_id, result.at) == (asked.monitor_id, asked.at)
        pid = child.pid
        assert pid is not None
        assert is_alive(pid)
    assert not is_alive(pid)


async def test_it_guards_the_listeners_it_is_told_of(target: Target) -> None:
    bus = LocalBus()
    command = [*PROBER, "--own-listener", f"127.0.0.1:{target.port}"]
    async with running(ProberChild(bus, 1, command, SystemClock())):
        await bus.send_orders([order(target.url())])
        result = await next_result(bus)
    assert isinstance(result.outcome, Failure)
    assert result.outcome.reason is FailureReason.ADDRESS_FORBIDDEN


async def test_a_child_that_dies_is_an_error_and_the_next_one_works(target: Target) -> None:
    bus = LocalBus()
    child = ProberChild(bus, 1, PROBER, SystemClock())
    async with running(child) as life:
        await bus.send_orders([order(target.url())])
        await next_result(bus)
        assert child.pid is not None
        os.kill(child.pid, signal.SIGKILL)
        with pytest.raises(ChildEnded, match="-9"):
            await asyncio.wait_for(life, 10)
    async with running(child):
        await bus.send_orders([order(target.url())])
        assert (await next_result(bus)).outcome == Success()


async def test_sigterm_ends_a_child_and_ctrl_c_does_not(target: Target) -> None:
    bus = LocalBus()
    child = ProberChild(bus, 1, PROBER, SystemClock())
    async with running(child) as life:
        await bus.send_orders([order(target.url())])
        await next_result(bus)
        assert child.pid is not None
        os.kill(child.pid, signal.SIGINT)
        await bus.send_orders([order(target.url())])
        assert (await next_result(bus)).outcome == Success()
        os.kill(child.pid, signal.SIGTERM)
        with pytest.raises(ChildEnded, match="ended with 0"):
            await asyncio.wait_for(life, 10)


async def test_it_stops_in_time_in_the_middle_of_probes() -> None:
    hung = Target(answers={"/": stuck})
    bus, clock = LocalBus(), SystemClock()
    with hung:
        child = ProberChild(bus, 1, PROBER, clock)
        async with running(child):
            await bus.send_orders([order(hung.url(), timeout=60_000) for _ in range(20)])
            async with asyncio.timeout(20):
                while hung.connections < 20:
                    await clock.sleep(10)
            pid = child.pid
            began = clock.monotonic()
        assert clock.monotonic() - began < 2_000
        assert pid is not None
        assert not is_alive(pid)


async def stuck(exchange: object) -> None:
    await exchange.stopping.wait()  # type: ignore[attr-defined]


async def test_a_child_that_does_not_listen_is_killed_in_time() -> None:
    deaf = "import signal; signal.signal(15, signal.SIG_IGN)\nwhile True: signal.pause()"
    child = ProberChild(LocalBus(), 1, [sys.executable, "-c", deaf], SystemClock())
    async with running(child):
        async with asyncio.timeout(10):
            while child.pid is None:
                await SystemClock().sleep(10)
        pid = child.pid
        began = SystemClock().monotonic()
    assert SystemClock().monotonic() - began < 2_000
    assert not is_alive(pid)


async def test_a_child_may_end_by_itself_when_its_input_does(tmp_path: Path) -> None:
    said = tmp_path / "said"
    polite = f"echo here > {said}; cat > /dev/null; echo bye > {said}"
    child = ProberChild(LocalBus(), 1, ["/bin/sh", "-c", polite], SystemClock())
    async with running(child):
        async with asyncio.timeout(10):
            while child.pid is None or not said.exists():
                await SystemClock().sleep(10)
    assert said.read_text(encoding="ascii") == "bye\n"


PARENT = """
import asyncio, sys
from fener.bus.children import ProberChild
from fener.bus.local import LocalBus
from fener.clock import SystemClock

async def main():
    child = ProberChild(LocalBus(), 1, sys.argv[1:], SystemClock())
    life = asyncio.create_task(child.run())
    while child.stats is None:
        await SystemClock().sleep(10)
    print(child.pid, flush=True)
    await life

asyncio.run(main())
"""


async def test_no_child_outlives_a_parent_that_is_killed() -> None:
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-c", PARENT, *PROBER, stdout=asyncio.subprocess.PIPE
    )
    assert parent.stdout is not None
    pid = int(await asyncio.wait_for(parent.stdout.readline(), 20))
    assert is_alive(pid)
    parent.kill()
    await parent.wait()
    await until_dead(pid, within=5)


async def test_a_child_that_talks_nonsense_is_ended() -> None:
    child = ProberChild(LocalBus(), 1, ["/bin/echo", "I am no prober"], SystemClock())
    with pytest.raises(ChildEnded, match="a frame of"):
        await asyncio.wait_for(child.run(), 10)


async def test_a_command_that_does_not_exist_is_an_error() -> None:
    child = ProberChild(LocalBus(), 1, ["/nonexistent/prober"], SystemClock())
    with pytest.raises(FileNotFoundError):
        await child.run()


async def test_a_child_that_falls_silent_is_ended() -> None:
    clock = FakeClock()
    child = ProberChild(LocalBus(), 1, ["/bin/sleep", "60"], clock)
    life = asyncio.create_task(child.run())
    async with asyncio.timeout(10):
        while child.pid is None:
            await clock.settle()
    await clock.advance(29_000)
    assert not life.done()
    await clock.advance(10_000)
    with pytest.raises(ChildEnded, match="silent"):
        await asyncio.wait_for(life, 10)


async def test_a_child_gets_none_of_our_settings(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("FENER_SECRET_KEY", "k")
    seen = tmp_path / "environment"
    child = ProberChild(LocalBus(), 1, ["/bin/sh", "-c", f"env > {seen}"], SystemClock())
    with pytest.raises(ChildEnded):
        await asyncio.wait_for(child.run(), 10)
    shown = seen.read_text(encoding="utf-8")
    assert "PYTHONPATH" in shown
    assert "FENER" not in shown


def test_what_a_prober_says_of_itself_is_shown_where_it_is_a_fault_of_ours() -> None:
    faults = FaultBoard(FakeClock())
    child = ProberChild(LocalBus(), 1, PROBER, FakeClock(), faults)
    fine = ProberStats(running=0, waiting=0, done=9, expired=0, lateness=3, lag=20)
    told = []
    for stats in (
        fine,
        msgspec.structs.replace(fine, lag=3_200),
        fine,
    ):
        child._note(stats)
        told.append([fault.message for fault in faults.all()])
    assert told == [
        [],
        ["it stood still for 3.2 s"],
        [],
    ]


def test_the_troubles_of_a_prober_stand_on_the_board_until_they_are_over() -> None:
    faults = FaultBoard(FakeClock())
    child = ProberChild(LocalBus(), 1, PROBER, FakeClock(), faults)
    fine = ProberStats(running=0, waiting=0, done=9, expired=0, lateness=3, lag=20)
    cut = Trouble("cut off from the Internet by IPv4", CUT_OFF)
    full = Trouble("out of descriptors", FULL)
    told = []
    for troubles in ((), (cut,), (cut, full), (full,), ()):
        child._note(msgspec.structs.replace(fine, troubles=troubles))
        told.append({fault.source: fault.fault for fault in faults.all()})
    first = {"prober of location 1, cut off from the Internet by IPv4": CUT_OFF}
    second = {"prober of location 1, out of descriptors": FULL}
    assert told == [{}, first, first | second, second, {}]


async def test_the_troubles_of_a_prober_end_with_it() -> None:
    faults = FaultBoard(FakeClock())
    child = ProberChild(LocalBus(), 1, ["/bin/true"], FakeClock(), faults)
    child._show([Trouble("out of descriptors", FULL)])
    with pytest.raises(ChildEnded):
        await child.run()
    assert faults.all() == []
