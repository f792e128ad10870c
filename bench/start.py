"""How long a start takes, on an empty folder and again, and what memory all processes then hold."""

import select
import tempfile
from pathlib import Path
from urllib.request import urlopen

from figures import Effort, Figure, middle
from houses import House, furnish, served
from msgspec import Struct
from processes import family, used
from targets import target

from fener.clock import stopwatch
from fener.domain.time import SECOND

MONITORS = 1_000
INTERVAL = 5 * SECOND
CHECKED_FOR_SECONDS = 6
MEBIBYTE = 1024 * 1024


class Started(Struct, frozen=True):
    seconds: float
    """Until it served."""
    held: float
    """MiB in memory some checks later; what its processes share counts for each of them."""


def measure(effort: Effort) -> list[Figure]:
    count, rounds = effort.of(MONITORS, 10), range(effort.of(3, 1))
    with tempfile.TemporaryDirectory() as name, target(Path(name)) as port:
        folder = Path(name)
        first = [_started(folder / f"new-{one}", 0) for one in rounds]
        data = folder / "data"
        furnish(data, lambda house: _fill(house, port, count))
        again = [_started(data, effort.of(CHECKED_FOR_SECONDS, 1)) for _ in rounds]
    what = f"{count:,} monitors"
    return [
        Figure("until /healthz answers, an empty folder", middle([s.seconds for s in first]), "s"),
        Figure(f"until /healthz answers, {what}", middle([s.seconds for s in again]), "s"),
        Figure(f"memory of all processes, {what}", middle([s.held for s in again]), "MiB"),
    ]


async def _fill(house: House, port: int, count: int) -> None:
    await house.probes(f"http://127.0.0.1:{port}/", count, INTERVAL)


def _started(data: Path, stay_seconds: int) -> Started:
    began = stopwatch()
    with served(data) as fener:
        with urlopen(f"{fener.url}/healthz") as answer:
            assert answer.status == 200
        took = stopwatch() - began
        select.select([], [], [], stay_seconds)
        held = sum(used(pid).resident for pid in family(fener.pid))
    return Started(took / 1e6, held / MEBIBYTE)
