"""Fifty targets at a time that stream for ever: the prober stays small, each probe ends in time.

A minute by `make test-long`; `make test` lets them stream for a second.
"""

import asyncio
import sys
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from itertools import count, cycle, islice
from pathlib import Path

import pytest
from msgspec.structs import replace

from fener.bus.children import ProberChild
from fener.bus.local import LocalBus
from fener.clock import SystemClock
from fener.domain.check import CheckOrder, CheckResult, Failure
from fener.domain.failure import FailureReason
from fener.domain.time import SECOND, Span
from support import hostile
from support.probing import order
from support.targets import Answer, Target

CLOCK = SystemClock()
SIDE_BY_SIDE = 50
MOST_GROWTH = 30_000_000
SLACK: Span = SECOND
SPANS = [1 * SECOND, pytest.param(60 * SECOND, marks=pytest.mark.long)]
PROBER = [sys.executable, "-m", "fener.cli.prober", "--location", "1"]
SOURCE = str(Path(__file__).parents[2] / "src")
_CLEAR_PEAK = "5"


class Child:
    """A prober in its own process, as Fener runs it."""

    def __init__(self, bus: LocalBus, child: ProberChild) -> None:
        self._bus = bus
        self._child = child
        self._numbers = count(1)
        self._results = bus.results()
        self._sent: dict[int, tuple[str, Span]] = {}
        self.took: list[Span] = []
        self.ends: Counter[tuple[str, str]] = Counter()

    async def probe(self, *urls: str, timeout: Span) -> None:
        """Have all of these probed side by side."""
        orders = [self._order(url, timeout) for url in urls]
        await self._bus.send_orders(orders)

    def _order(self, url: str, timeout: Span) -> CheckOrder:
        number = next(self._numbers)
        self._sent[number] = (url, CLOCK.monotonic())
        return replace(order(url, timeout=timeout, keyword="never there"), monitor_id=number)

    async def ended(self) -> list[str]:
        """The addresses of the next probes to end; how each did, and when, is noted."""
        return [self._note(result) for result in await anext(self._results)]

    def _note(self, result: CheckResult) -> str:
        url, sent_at = self._sent.pop(result.monitor_id)
        self.took.append(CLOCK.monotonic() - sent_at)
        outcome = result.outcome
        reason = outcome.reason.value if isinstance(outcome, Failure) else repr(outcome)
        self.ends[url.rpartition("/")[2], reason] += 1
        return url

    async def end_all(self) -> None:
        while self._sent:
            await self.ended()

    def forget(self) -> None:
        self.took.clear()
        self.ends.clear()
        (self._proc / "clear_refs").write_text(_CLEAR_PEAK)

    def memory(self, name: str) -> int:
        """Bytes: `VmRSS` is what it has now, `VmHWM` the most it had since `forget`."""
        for line in (self._proc / "status").read_text().splitlines():
            if line.startswith(f"{name}:"):
                return int(line.split()[1]) * 1_024
        raise KeyError(name)

    @property
    def _proc(self) -> Path:
        return Path(f"/proc/{self._child.pid}")


@asynccontextmanager
async def running() -> AsyncIterator[Child]:
    bus = LocalBus()
    child = ProberChild(bus, 1, PROBER, CLOCK)
    life = asyncio.create_task(child.run())
    try:
        yield Child(bus, child)
    finally:
        life.cancel()
        await asyncio.gather(life, return_exceptions=True)


@pytest.fixture(autouse=True)
def importable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", SOURCE)


def fifty(target: Target, answers: Iterable[str]) -> list[str]:
    return [target.url(path) for path in islice(cycle(answers), SIDE_BY_SIDE)]


@pytest.mark.parametrize("span", SPANS)
@pytest.mark.parametrize("answers", [hostile.SLOW, hostile.FLOODS], ids=["slow", "floods"])
async def test_fifty_that_never_end_cost_little_and_end_in_time(
    answers: dict[str, Answer], span: Span
) -> None:
    with Target(answers=dict(answers)) as target:
        urls = fifty(target, target.answers)
        async with running() as child:
            await child.probe(*urls, timeout=SECOND)
            await child.end_all()
            child.forget()
            before = child.memory("VmRSS")
            await child.probe(*urls, timeout=span)
            await child.end_all()
            grown = child.memory("VmHWM") - before
    assert {reason for _, reason in child.ends} == {FailureReason.TIMEOUT}
    assert len(child.took) == SIDE_BY_SIDE
    assert span <= min(child.took)
    assert max(child.took) < span + SLACK
    assert grown < MOST_GROWTH


FAST_TIMEOUT: Span = 5 * SECOND
FAST_ENDS = {
    "stream": FailureReason.KEYWORD_MISSING,
    "headers": FailureReason.BAD_RESPONSE,
    "header-line": FailureReason.BAD_RESPONSE,
    "chunks": FailureReason.KEYWORD_MISSING,
    "hints": FailureReason.BAD_RESPONSE,
    "bomb": FailureReason.KEYWORD_MISSING,
    "circle": FailureReason.TOO_MANY_REDIRECTS,
    "trailers": FailureReason.BAD_RESPONSE,
}


async def test_each_that_sends_as_fast_as_it_can_runs_into_a_bound() -> None:
    with Target(answers=dict(hostile.FAST)) as target:
        async with running() as child:
            for path in hostile.FAST:
                await child.probe(target.url(path), timeout=FAST_TIMEOUT)
                await child.end_all()
    assert set(child.ends) == set(FAST_ENDS.items())
    assert max(child.took) < FAST_TIMEOUT


@pytest.mark.parametrize("span", SPANS)
async def test_fifty_that_send_as_fast_as_they_can_cost_little_and_end_in_time(span: Span) -> None:
    """Each is asked again as soon as it has ended, so that fifty are under way all the time."""
    with Target(answers=dict(hostile.FAST)) as target:
        urls = fifty(target, target.answers)
        async with running() as child:
            await child.probe(*urls, timeout=FAST_TIMEOUT)
            await child.end_all()
            child.forget()
            before = child.memory("VmRSS")
            began = CLOCK.monotonic()
            await child.probe(*urls, timeout=FAST_TIMEOUT)
            while CLOCK.monotonic() - began < span:
                await child.probe(*await child.ended(), timeout=FAST_TIMEOUT)
            await child.end_all()
            grown = child.memory("VmHWM") - before
    slow_target = {(path, FailureReason.TIMEOUT) for path in FAST_ENDS}
    assert set(FAST_ENDS.items()) <= set(child.ends) <= set(FAST_ENDS.items()) | slow_target
    assert len(child.took) > SIDE_BY_SIDE
    assert max(child.took) < FAST_TIMEOUT + SLACK
    assert grown < MOST_GROWTH
