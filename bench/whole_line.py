"""The whole line: from the schedule over the child prober to the committed row.

A server on loopback is checked at a steady rate, well below what one core could do. What is
counted is the CPU of all of Fener's processes, whatever they do beside.
"""

import select
import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from itertools import pairwise
from pathlib import Path

from figures import Effort, Figure, middle, shown
from filings import Filed, filed
from houses import House, furnish, served
from msgspec import Struct
from processes import Used, family, used, used_together
from targets import nginx, target
from trust import trust

from fener.bootstrap import DATABASE_FILE
from fener.clock import stopwatch
from fener.domain.time import SECOND

INTERVAL = 10 * SECOND
WARM_UP_SECONDS = INTERVAL // SECOND + 2
"""The first check of each monitor keeps all that came back, as once in each hour."""
ROUND_SECONDS = 10
HOST = "127.0.0.1"
_CHECKS = "SELECT sum(checks_total) FROM monitor_states"
_WRONG = "SELECT sum(checks_failed + checks_unknown) FROM monitor_states"


class Offered(Struct, frozen=True):
    scheme: str
    words: str
    per_second: int


class Seen(Struct, frozen=True):
    """A target, and the trust store with which its certificate is looked at."""

    url: str
    store: Path


class Round(Struct, frozen=True):
    """What a number of checks took, in microseconds of CPU and bytes for each of them."""

    server: float
    prober: float
    """Of all probers together, on a machine with cores for several."""
    written: float
    per_second: float

    @property
    def cpu(self) -> float:
        return self.server + self.prober


class Reading(Struct, frozen=True):
    at: int
    checks: int
    server: Used
    prober: Used


def measure(effort: Effort) -> list[Figure]:
    return [figure for offered in rates(effort) for figure in _measured(offered, effort)]


def rates(effort: Effort) -> list[Offered]:
    both = [
        Offered("http", "plain", effort.of(500, 50)),
        Offered("https", "verified TLS", effort.of(200, 20)),
    ]
    return both[: effort.of(2, 1)]


def missing() -> str | None:
    return None if nginx() else "nginx: the target is a small server of ours"


@contextmanager
def seen(folder: Path, offered: Offered) -> Iterator[Seen]:
    """A target of this scheme, and who trusts it."""
    trusted = trust(folder, HOST)
    with target(folder, trusted.leaf if offered.scheme == "https" else None) as port:
        yield Seen(f"{offered.scheme}://{HOST}:{port}/", trusted.store)


def rounds_of(offered: Offered, what: Seen, data: Path, effort: Effort, count: int) -> list[Round]:
    """So many rounds of a new Fener that checks this target, and keeps what it has in `data`."""
    monitors = offered.per_second * INTERVAL // SECOND

    async def fill(house: House) -> None:
        await house.probes(what.url, monitors, INTERVAL)

    furnish(data, fill)
    with served(data, SSL_CERT_FILE=str(what.store)) as fener:
        return _rounds(data / DATABASE_FILE, fener.pid, effort, count)


def _measured(offered: Offered, effort: Effort) -> list[Figure]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        data = folder / "data"
        with seen(folder, offered) as what:
            rounds = rounds_of(offered, what, data, effort, effort.of(3, 1))
        return _figures(offered, rounds, filed(data, INTERVAL, effort))


def _rounds(database: Path, fener: int, effort: Effort, count: int) -> list[Round]:
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as store:
        wait(effort.of(WARM_UP_SECONDS, 2))
        pids = family(fener)
        readings = [read(store, pids)]
        for _ in range(count):
            wait(effort.of(ROUND_SECONDS, 1))
            readings.append(read(store, pids))
        wrong = store.execute(_WRONG).fetchone()[0]
    if wrong:
        raise RuntimeError(f"{wrong} checks did not succeed")
    return [between(*pair) for pair in pairwise(readings)]


def wait(seconds: float) -> None:
    select.select([], [], [], seconds)


def read(store: sqlite3.Connection, pids: Sequence[int]) -> Reading:
    server, *probers = pids
    checks = store.execute(_CHECKS).fetchone()[0]
    return Reading(stopwatch(), checks, used(server), used_together(probers))


def between(before: Reading, after: Reading) -> Round:
    checks = after.checks - before.checks
    return Round(
        server=(after.server.cpu_us - before.server.cpu_us) / checks,
        prober=(after.prober.cpu_us - before.prober.cpu_us) / checks,
        written=(after.server.written - before.server.written) / checks,
        per_second=checks / (after.at - before.at) * 1e6,
    )


def _figures(offered: Offered, rounds: Sequence[Round], later: Filed) -> list[Figure]:
    rate = middle([one.per_second for one in rounds])
    what = f"{offered.words}, {rate:.0f} checks/s"
    server = middle([one.server for one in rounds])
    prober = middle([one.prober for one in rounds])
    both = middle([one.cpu for one in rounds])
    written = middle([one.written for one in rounds])
    together = f"{shown(later.together)} of a monitor at once"
    return [
        Figure(f"{what}: CPU of a check, all processes", both + later.cpu, "us"),
        Figure("  of which the server (schedule, judge, record, web)", server, "us"),
        Figure("  of which all probers", prober, "us"),
        Figure("  of which filing its result later", later.cpu, "us", together),
        Figure("  written to disk for a check", written + later.written, "bytes"),
        Figure("  of which when its result is filed", later.written, "bytes"),
        Figure("  kept for a check once filed, with its roll-ups", later.kept, "bytes"),
    ]
