"""The ends of Fener that a simulation holds: its clock, its bus, its board of faults."""

from collections.abc import AsyncIterator, Coroutine, Sequence
from typing import Any

from fener.domain.check import CheckOrder, CheckResult
from fener.domain.fault import Fault
from fener.domain.prober import ALL, Share
from fener.domain.time import Instant, Span


class SimulatedClock:
    """`fener.ports.Clock`, moved by hand. Nobody sleeps by it."""

    def __init__(self, true: Instant) -> None:
        self.true = true
        self.error: Span = 0
        """By how much the wall clock is ahead of the truth."""
        self.slept: Span = 0
        """For how long the machine was suspended so far."""

    def reach(self, moment: Instant) -> None:
        self.true = moment

    def now(self) -> Instant:
        return self.true + self.error

    def monotonic(self) -> Span:
        return self.true - self.slept

    async def sleep(self, span: Span) -> None:
        raise NotImplementedError(f"nobody sleeps here, not even for {span} ms")


class StepBus:
    """`fener.ports.Bus` that keeps what one step of the scheduler sends."""

    def __init__(self) -> None:
        self._orders: list[CheckOrder] = []
        self._results: list[CheckResult] = []

    async def send_orders(self, orders: Sequence[CheckOrder]) -> None:
        self._orders.extend(orders)

    async def send_results(self, results: Sequence[CheckResult]) -> None:
        self._results.extend(results)

    def orders(self, location_id: int, share: Share = ALL) -> AsyncIterator[Sequence[CheckOrder]]:
        raise NotImplementedError(f"the prober of location {location_id} is handed its orders")

    def results(self) -> AsyncIterator[Sequence[CheckResult]]:
        raise NotImplementedError("results are recorded as they arrive")

    def taken_orders(self) -> list[CheckOrder]:
        taken, self._orders = self._orders, []
        return taken

    def taken_results(self) -> list[CheckResult]:
        taken, self._results = self._results, []
        return taken


class UnreadFaults:
    """`fener.ports.Faults` for a Fener that nobody looks at."""

    def report(self, source: str, fault: Fault) -> None:
        """Nobody is here to be told."""

    def clear(self, source: str) -> None:
        """Nobody is here to be told."""


def finish(step: Coroutine[Any, Any, None]) -> None:
    """Run a step to its end. It may wait for nothing: neither time nor a loop is here."""
    try:
        step.send(None)
    except StopIteration:
        return
    step.close()
    raise RuntimeError("a step of the scheduler waits for something that a simulation has not")
