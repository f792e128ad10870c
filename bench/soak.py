"""Ten thousand HTTP monitors a minute and, beside them, three hundred verified TLS checks a second,
for ten minutes, while somebody looks at pages.

A check's lateness is told from its stored result: the time of its answer without the time that the
probe took, less the time for which it was ordered. What lies between an answer and its result is
counted as lateness too.
"""

import json
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import visits
from figures import Effort, Figure, percentile, shown
from houses import House, furnish, served
from msgspec import Struct
from processes import Held, family, held, used_together
from targets import nginx, target
from trust import trust
from whole_line import HOST, wait

from fener.bootstrap import DATABASE_FILE
from fener.clock import SystemClock, stopwatch
from fener.domain.time import MINUTE, SECOND, Instant, Span
from fener.testing.server import ServedFener

MEBIBYTE = 1024 * 1024
LOOKS_A_SECOND = 4
LATE: Span = SECOND
_SAMPLE_SECONDS = 5
_RESULTS = """
SELECT monitor_id, at, finished_at, total_us, outcome FROM all_results
 WHERE at >= :begin AND at < :end AND purpose = 'scheduled'
"""
_OTHERS = "SELECT count(*) FROM all_results WHERE purpose <> 'scheduled' AND at >= :begin"


class Share(Struct, frozen=True):
    """Monitors of one scheme."""

    scheme: str
    monitors: int
    interval: Span


class Load(Struct, frozen=True):
    """What is to be checked, and for how long: a whole number of times the longest interval, so
    that it is known how often.
    """

    plain: Share
    verified: Share
    seconds: int
    settle_seconds: int
    """From the start until checks are counted, and from the last order until all are answered."""

    @property
    def checks(self) -> int:
        return sum(
            one.monitors * (self.seconds * SECOND // one.interval)
            for one in (self.plain, self.verified)
        )


class Visitor(Struct, frozen=True):
    cookie: str
    pages: dict[str, str]
    """The path of each page that is looked at, by its name."""


class Spent(Struct, frozen=True):
    """By all of Fener's processes, in a time of so many microseconds while it checked."""

    span_us: int
    cpu_us: int
    written: int
    most: Held


class Checks(Struct, frozen=True):
    """What became of them; `late` in milliseconds, one for each that was answered."""

    late: list[float]
    made: int
    failed: int
    others: int
    """Checks that were not regular ones, such as rechecks."""


def measure(effort: Effort) -> list[Figure]:
    load = _load(effort)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        trusted = trust(folder, HOST)
        data = folder / "data"
        with target(folder) as plain, target(folder, trusted.leaf) as verified:
            visitor = furnish(data, lambda house: _fill(house, load, plain, verified))
            with served(data, SSL_CERT_FILE=str(trusted.store)) as fener:
                wait(load.settle_seconds)
                begin = SystemClock().now()
                spent, took = _watched(fener, load, visitor)
                wait(load.settle_seconds)
                checks = _checks(data / DATABASE_FILE, begin, begin + load.seconds * SECOND)
    return _figures(load, spent, took, checks)


def missing() -> str | None:
    return None if nginx() else "nginx: the targets are small servers of ours"


def _load(effort: Effort) -> Load:
    if effort.is_quick:
        return Load(Share("http", 40, SECOND), Share("https", 10, SECOND), 2, 1)
    verified = Share("https", 3_000, 10 * SECOND)
    return Load(Share("http", 10_000, MINUTE), verified, effort.minutes * 60, 5)


async def _fill(house: House, load: Load, plain: int, verified: int) -> Visitor:
    """Gives the browser in which the owner has signed in."""
    for share, port in ((load.plain, plain), (load.verified, verified)):
        url = f"{share.scheme}://{HOST}:{port}/"
        await house.probes(url, share.monitors, share.interval)
    async with house.context.database.read() as session:
        key = await session.value("SELECT public_id FROM monitors WHERE id = 1")
    pages = {"overview": "/", "a monitor's page": f"/monitors/{key}"}
    return Visitor(await house.cookie(), pages)


def _watched(
    fener: ServedFener, load: Load, visitor: Visitor
) -> tuple[Spent, dict[str, list[int]]]:
    """Look at pages and at the processes until the time is over; gives how long each page took."""
    looks = (str(LOOKS_A_SECOND), str(load.seconds), *visitor.pages.values())
    given = (fener.url, visitor.cookie, *looks)
    command = [sys.executable, visits.__file__, *given]
    pids = family(fener.pid)
    began, before = stopwatch(), used_together(pids)
    most = Held(0, 0)
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as browser:
        for _ in range(max(1, load.seconds // _SAMPLE_SECONDS)):
            wait(min(_SAMPLE_SECONDS, load.seconds))
            most = most.or_more(held(family(fener.pid)))
        after = used_together(pids)
        spent = Spent(
            span_us=stopwatch() - began,
            cpu_us=after.cpu_us - before.cpu_us,
            written=after.written - before.written,
            most=most,
        )
        told, _ = browser.communicate()
    if browser.returncode:
        raise RuntimeError("the browser did not get its pages")
    took = json.loads(told)
    return spent, {words: took[path] for words, path in visitor.pages.items()}


def _checks(database: Path, begin: Instant, end: Instant) -> Checks:
    """Of the regular checks ordered in this time."""
    late: list[float] = []
    made: set[tuple[int, Instant]] = set()
    failed = 0
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as store:
        times = {"begin": begin, "end": end}
        for monitor_id, at, finished_at, total_us, outcome in store.execute(_RESULTS, times):
            made.add((monitor_id, at))
            failed += outcome != "success"
            late.append(finished_at - (total_us or 0) / 1_000 - at)
        others = store.execute(_OTHERS, times).fetchone()[0]
    return Checks(late, len(made), failed, others)


def _figures(load: Load, spent: Spent, took: dict[str, list[int]], checks: Checks) -> list[Figure]:
    p50, p99, most = (percentile(checks.late, share) for share in (50, 99, 100))
    what = " and ".join(
        f"{one.monitors:,} {one.scheme} each {one.interval // SECOND} s"
        for one in (load.plain, load.verified)
    )
    seconds = load.seconds
    late = sum(one > LATE for one in checks.late)
    resident = f"{shown(spent.most.resident / MEBIBYTE)} MiB with what is shared counted for each"
    return [
        Figure(f"{what}, {seconds} s: made", checks.made, "checks", f"of {load.checks:,} due"),
        Figure("  not made", load.checks - checks.made, "checks"),
        Figure(
            "  failed or unknown", checks.failed, "checks", f"{checks.others} were no regular ones"
        ),
        Figure("  begun more than a second late", late, "checks"),
        Figure("  start lateness, p99", p99, "ms", f"p50 {shown(p50)}, most {shown(most)} ms"),
        *(_page(words, times) for words, times in took.items()),
        Figure(
            "  memory of all processes, the most",
            spent.most.proportional / MEBIBYTE,
            "MiB",
            resident,
        ),
        Figure("  CPU of all processes, of one core", spent.cpu_us / spent.span_us * 100, "%"),
        Figure("  CPU of a check, pages among it", spent.cpu_us / checks.made, "us"),
        Figure("  written to disk for a check", spent.written / checks.made, "bytes"),
    ]


def _page(words: str, took: Sequence[int]) -> Figure:
    p50, p99, most = (percentile(took, share) / 1_000 for share in (50, 99, 100))
    more = f"p50 {shown(p50)}, most {shown(most)} ms of {len(took):,}"
    return Figure(f"  {words} meanwhile, p99", p99, "ms", more)
