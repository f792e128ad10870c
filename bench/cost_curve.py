"""What a check and Fener itself cost with a hundred to a hundred thousand monitors, each of them
checked every minute: the whole line, as `line` measures it at a steady rate.

No server on loopback answers a hundred thousand monitors, so their probes are faked (`unprobed`),
and those of ten thousand once more, so that both halves of the curve can be laid together.
"""

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import unprobed
from figures import Effort, Figure, shown
from filings import filed
from houses import House, furnish, served
from msgspec import Struct
from processes import Held, family, held
from reloads import Reloads, Took, reloads
from targets import nginx, target
from whole_line import Round, between, read, wait

from fener.bootstrap import DATABASE_FILE
from fener.clock import SystemClock
from fener.domain.time import MINUTE, SECOND, Instant, Span
from fener.pipeline.record.filing import MOST_UNFILED

MEBIBYTE = 1024 * 1024
_FIRST = "SELECT min(finished_at) FROM fresh_results"
_WRONG = "SELECT sum(checks_failed + checks_unknown) FROM monitor_states"


class Point(Struct, frozen=True):
    """One point of the curve. The first check of each monitor, which keeps all that came back, is
    over when its round begins.
    """

    monitors: int
    is_faked: bool
    interval: Span
    settle_seconds: int
    round_seconds: int

    @property
    def words(self) -> str:
        return f"{self.monitors:,} monitors{', faked' if self.is_faked else ''}"

    @property
    def files_meanwhile(self) -> bool:
        """Whether results are filed in the rounds themselves."""
        return self.monitors * self.round_seconds * SECOND // self.interval >= MOST_UNFILED


class Seen(Struct, frozen=True):
    first_check: Span
    one: Round
    held: Held


def measure(effort: Effort) -> Iterator[Figure]:
    for point in _points(effort):
        yield from _measured(point, effort)


def missing() -> str | None:
    return None if nginx() else "nginx: the target is a small server of ours"


def _points(effort: Effort) -> list[Point]:
    if effort.is_quick:
        return [Point(20, is_faked, SECOND, 1, 1) for is_faked in (False, True)]
    real = [Point(count, False, MINUTE, 65, 60) for count in (100, 1_000, 10_000)]
    return real + [Point(count, True, MINUTE, 65, 60) for count in (10_000, 100_000)]


def _measured(point: Point, effort: Effort) -> list[Figure]:
    with tempfile.TemporaryDirectory() as name, target(Path(name)) as port:
        data = Path(name) / "data"
        furnish(data, lambda house: _fill(house, f"http://127.0.0.1:{port}/", point))
        seen = _watched(data, point)
        later = None if point.files_meanwhile else filed(data, point.interval, effort)
        read_again = reloads(data)
    cpu, written = (later.cpu, later.written) if later else (0.0, 0.0)
    one = seen.one
    split = f"server {shown(one.server)}, probers {shown(one.prober)}"
    split += f", filing {shown(cpu)}" if later else ", filing among the server's"
    rate = f"{point.words}, {shown(one.per_second)} checks/s"
    resident = f"{shown(seen.held.resident / MEBIBYTE)} MiB with what is shared counted for each"
    return [
        Figure(f"{rate}: CPU of a check", one.cpu + cpu, "us", split),
        Figure("  written to disk for a check", one.written + written, "bytes"),
        Figure("  memory of all processes", seen.held.proportional / MEBIBYTE, "MiB", resident),
        Figure("  from the start to the first check", seen.first_check / SECOND, "s"),
        *_read_again(read_again),
    ]


def _read_again(read_again: Reloads) -> list[Figure]:
    return [
        _reload("  reading the monitors at the start", read_again.start),
        _reload("  reading what changed, when one did", read_again.change),
    ]


def _reload(what: str, took: Took) -> Figure:
    still = f"the loop stood still for {shown(took.still / 1_000)} ms"
    return Figure(what, took.span / 1_000, "ms", still)


async def _fill(house: House, url: str, point: Point) -> None:
    """Nobody has seen the first monitor, so it is checked as soon as Fener can."""
    await house.probes(url, point.monitors, point.interval)
    async with house.context.database.write() as session:
        await session.run("UPDATE monitor_states SET last_checked_at = NULL WHERE monitor_id = 1")


def _watched(data: Path, point: Point) -> Seen:
    clock = SystemClock()
    began = clock.now()
    through = (unprobed.__file__,) if point.is_faked else ("-m", "fener.cli")
    database = f"file:{data / DATABASE_FILE}?mode=ro"
    with served(data, through=through) as fener, closing(sqlite3.connect(database, uri=True)) as db:
        first = _first_check(db)
        wait(point.settle_seconds)
        pids = family(fener.pid)
        before = read(db, pids)
        wait(point.round_seconds)
        after = read(db, pids)
        wrong = db.execute(_WRONG).fetchone()[0]
        if wrong:
            raise RuntimeError(f"{wrong} checks did not succeed")
        return Seen(first - began, between(before, after), held(pids))


def _first_check(store: sqlite3.Connection) -> Instant:
    for _ in range(6_000):
        (found,) = store.execute(_FIRST).fetchone()
        if found is not None:
            return int(found)
        wait(0.01)
    raise RuntimeError("nothing was checked within a minute")
