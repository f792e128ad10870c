"""What it costs to find out what is due: buckets against a heap, with 1,000,000 monitors.

    python bench/schedule.py [monitors] [interval in seconds]

Prints microseconds of CPU for each monitor that came due, over three intervals in ticks of 100 ms,
and the time of a tick in which nothing is due.
"""

import heapq
import sys
import time

from fener.domain.time import SECOND
from fener.pipeline.schedule.buckets import SLOT, Buckets

ROUNDS = 3
START = 1_767_268_800_000


def main(monitors: int = 1_000_000, seconds: int = 60) -> None:
    interval = seconds * SECOND
    began = time.process_time()
    buckets = Buckets()
    for monitor_id in range(monitors):
        buckets.put(monitor_id, interval)
    filled = time.process_time() - began
    print(f"{monitors} monitors, every {seconds} s: filled in {filled:.2f} s")
    _show("buckets", *_buckets(buckets, interval))
    _show("heap", *_heap(monitors, interval))
    print(f"{'':10}{_empty_tick():.2f} us for a tick of buckets with nothing due")


def _buckets(buckets: Buckets, interval: int) -> tuple[int, float]:
    orders: list[tuple[int, int]] = []
    count = 0
    began = time.process_time()
    for until in range(START + SLOT, START + ROUNDS * interval + 1, SLOT):
        orders.clear()
        for at, monitor_ids in buckets.due(until - SLOT, until):
            orders.extend((at, monitor_id) for monitor_id in monitor_ids)
        count += len(orders)
    return count, time.process_time() - began


def _heap(monitors: int, interval: int) -> tuple[int, float]:
    spread = interval // SLOT
    heap = [(START + SLOT * (1 + each % spread), each) for each in range(monitors)]
    heapq.heapify(heap)
    orders: list[tuple[int, int]] = []
    count = 0
    began = time.process_time()
    for until in range(START + SLOT, START + ROUNDS * interval + 1, SLOT):
        orders.clear()
        while heap[0][0] <= until:
            due = heap[0]
            orders.append(due)
            heapq.heapreplace(heap, (due[0] + interval, due[1]))
        count += len(orders)
    return count, time.process_time() - began


def _empty_tick() -> float:
    buckets = Buckets()
    buckets.put(1, 3_600 * SECOND)
    ticks = 100_000
    began = time.process_time()
    for until in range(START, START + ticks):
        for _ in buckets.due(until - 1, until):
            pass
    return (time.process_time() - began) / ticks * 1e6


def _show(name: str, count: int, seconds: float) -> None:
    print(f"{name:10}{seconds / count * 1e6:.2f} us per due monitor ({count} came due)")


if __name__ == "__main__":
    main(*(int(each) for each in sys.argv[1:]))
