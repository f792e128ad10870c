"""`python bench`: measures Fener's speed and prints a table; `python bench NAME ...` some of it.

`--quick` does next to nothing of everything: it shows that the benches work, not how fast Fener is.
"""

import argparse
import os
import platform
import sqlite3
import sys
from collections.abc import Sequence
from importlib import import_module

from figures import Effort

from fener.clock import stopwatch

BENCHES = {
    "schedule": ("schedule", "Finding out what is due"),
    "probe": ("probe", "A probe by itself"),
    "line": ("whole_line", "The whole line: schedule, probe, judge, committed row"),
    "curve": ("cost_curve", "The cost curve, from a hundred monitors to a hundred thousand"),
    "soak": ("soak", "Ten thousand HTTP monitors a minute and 300 TLS checks a second, for long"),
    "peer": ("peer", "The whole line beside Prometheus's blackbox exporter"),
    "pings": ("pings", "Pings of jobs, answered when durable"),
    "incidents": ("incident_lists", "Both incident lists at a million incidents"),
    "times": ("reported_time", "The reported time of a target that answers after a millisecond"),
    "days": ("ninety_days", "The last 90 days of a thousand monitors"),
    "pages": ("pages", "The web app's overview"),
    "start": ("start", "Starting, and the memory it takes"),
}

LASTING = frozenset({"curve", "soak"})
"""They take more than ten minutes each, and are only run where they are named, or quickly."""


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python bench", description=__doc__)
    parser.add_argument("names", metavar="NAME", nargs="*", help=", ".join(BENCHES))
    parser.add_argument("--quick", action="store_true", help="only see whether they work")
    parser.add_argument("--minutes", type=_minutes, default=10, help="how long soak lasts")
    given = parser.parse_args(arguments)
    unknown = sorted(set(given.names) - set(BENCHES))
    if unknown:
        parser.error(f"there is no bench {unknown[0]}; there are {', '.join(BENCHES)}")
    began = stopwatch()
    print(_machine())
    usual = [name for name in BENCHES if given.quick or name not in LASTING]
    for name in given.names or usual:
        _run(name, Effort(given.quick, given.minutes))
    print(f"\nIt took {(stopwatch() - began) / 1e6:.0f} s.")
    return 0


def _minutes(text: str) -> int:
    minutes = int(text)
    if minutes < 1:
        raise argparse.ArgumentTypeError("a minute is the least")
    return minutes


def _run(name: str, effort: Effort) -> None:
    module, title = BENCHES[name]
    bench = import_module(module)
    print(f"\n{name}: {title}", flush=True)
    without = bench.missing() if hasattr(bench, "missing") else None
    if without:
        print(f"  without {without}")
    for figure in bench.measure(effort):
        print(figure.line(), flush=True)


def _machine() -> str:
    return (
        f"{os.cpu_count()} cores, {platform.python_implementation()} {platform.python_version()},"
        f" SQLite {sqlite3.sqlite_version}, {platform.system()} {platform.release()}"
    )


if __name__ == "__main__":
    sys.exit(main())
