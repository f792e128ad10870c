"""What it costs to find out what is due: buckets against a heap, with a million monitors."""

import heapq
import time
from collections.abc import Iterable

from figures import Effort, Figure

from fener.domain.time import MINUTE, Instant
from fener.pipeline.schedule.buckets import SLOT, Buckets

INTERVAL = MINUTE
START: Instant = 1_767_268_800_000
Ordered = tuple[Instant, int]


def measure(effort: Effort) -> list[Figure]:
    count = effort.of(1_000_000, 1_000)
    ends = range(START + SLOT, START + effort.of(3, 1) * INTERVAL + 1, SLOT)
    return [
        Figure(
            f"buckets, {count:,} monitors each minute", _buckets(count, ends), "us CPU per due one"
        ),
        Figure(f"a heap, {count:,} monitors each minute", _heap(count, ends), "us CPU per due one"),
        Figure("a tick of buckets with nothing due", _empty_tick(effort), "us CPU"),
    ]


def _cpu_us() -> float:
    """Of this process alone: the machine has other things to do."""
    return time.process_time_ns() / 1_000


def _buckets(count: int, ends: Iterable[Instant]) -> float:
    buckets = Buckets()
    for monitor_id in range(count):
        buckets.put(monitor_id, INTERVAL)
    came_due, began = 0, _cpu_us()
    for until in ends:
        orders: list[Ordered] = []
        for at, monitor_ids in buckets.due(until - SLOT, until):
            orders.extend((at, monitor_id) for monitor_id in monitor_ids)
        came_due += len(orders)
    return (_cpu_us() - began) / came_due


def _heap(count: int, ends: Iterable[Instant]) -> float:
    slots = INTERVAL // SLOT
    heap = [(START + SLOT * (1 + monitor_id % slots), monitor_id) for monitor_id in range(count)]
    heapq.heapify(heap)
    came_due, began = 0, _cpu_us()
    for until in ends:
        orders: list[Ordered] = []
        while heap[0][0] <= until:
            at, monitor_id = heap[0]
            orders.append((at, monitor_id))
            heapq.heapreplace(heap, (at + INTERVAL, monitor_id))
        came_due += len(orders)
    return (_cpu_us() - began) / came_due


def _empty_tick(effort: Effort) -> float:
    ticks = effort.of(100_000, 100)
    buckets = Buckets()
    buckets.put(1, 60 * MINUTE)
    began = _cpu_us()
    for until in range(START, START + ticks):
        for _ in buckets.due(until - 1, until):
            pass
    return (_cpu_us() - began) / ticks
