"""The CPU of a check on its whole way beside that of Prometheus's blackbox exporter for the same
probe, at the same rate: rounds of both in turns.

The exporter judges and stores nothing: that is Prometheus's part, which is not counted.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlencode

import scrapes
import whole_line
from figures import Effort, Figure, middle
from filings import filed
from processes import used
from whole_line import INTERVAL, ROUND_SECONDS, Offered, rates, rounds_of, seen

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from support.peers import EXPORTER, Blackbox, blackbox

MODULES = {"page": {"prober": "http", "timeout": "10s"}}


def measure(effort: Effort) -> list[Figure]:
    if not shutil.which(EXPORTER):
        return []
    return [figure for offered in rates(effort) for figure in _compared(offered, effort)]


def missing() -> str | None:
    if not shutil.which(EXPORTER):
        return f"{EXPORTER}: there is nothing to compare with"
    return whole_line.missing()


def _compared(offered: Offered, effort: Effort) -> list[Figure]:
    ours: list[float] = []
    later: list[float] = []
    theirs: list[float] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with (
            seen(folder, offered) as what,
            blackbox(folder, MODULES, SSL_CERT_FILE=str(what.store)) as exporter,
        ):
            _scraped(exporter, what.url, offered.per_second, 1)
            for number in range(effort.of(3, 1)):
                data = folder / f"data-{number}"
                ours += [one.cpu for one in rounds_of(offered, what, data, effort, 1)]
                later.append(filed(data, INTERVAL, effort).cpu)
                seconds = effort.of(ROUND_SECONDS, 1)
                theirs.append(_scraped(exporter, what.url, offered.per_second, seconds))
    return _figures(offered, middle(ours) + middle(later), middle(theirs))


def _scraped(exporter: Blackbox, url: str, per_second: int, seconds: int) -> float:
    """Microseconds of the exporter's CPU for each probe."""
    path = f"/probe?{urlencode({'module': 'page', 'target': url})}"
    before = used(exporter.pid).cpu_us
    given = (str(exporter.port), path, str(per_second), str(seconds))
    subprocess.run([sys.executable, scrapes.__file__, *given], check=True)
    return (used(exporter.pid).cpu_us - before) / (per_second * seconds)


def _figures(offered: Offered, ours: float, theirs: float) -> list[Figure]:
    what = f"{offered.words}, {offered.per_second} checks/s"
    return [
        Figure(f"{what}: CPU of a check, all of Fener's processes", ours, "us"),
        Figure("  of the exporter for the same probe", theirs, "us"),
        Figure("  ratio", ours / theirs, ""),
    ]
