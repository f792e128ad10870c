"""Kill Fener inside every step, while 200 results a second arrive: nothing is lost or doubled."""

import asyncio
import re
from pathlib import Path

from fener.testing.server import ServedFener
from support.crashing import (
    judge_outages,
    judge_promises,
    prepare,
    run_until_killed,
    settle,
    watch,
)
from support.ledger import Ledger

TIMES = {"record": 15, "notify": 3, "pings": 5}
"""How often a stage's points are passed before they kill: results come more often than news."""
SOURCES = Path(__file__).parents[2] / "src" / "fener"
POINTS = sorted(
    {
        point
        for file in SOURCES.rglob("*.py")
        for point in re.findall(r'reached\("([\w.]+)"\)', file.read_text())
    }
)


def test_a_crash_inside_any_step_loses_nothing_and_doubles_nothing(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with Ledger() as ledger:
        token = asyncio.run(prepare(data, ledger))
        for point in POINTS:
            run_until_killed(data, point, TIMES[point.split(".")[0]], ledger, token)
        with ServedFener(data) as fener:
            begin = ledger.clock.now()
            end = watch(fener, ledger, token)
            settle(fener, ledger, token)
            assert ledger.pings_kept(fener.url, token) >= ledger.pings_answered > len(POINTS)
    judge_promises(ledger)
    judge_outages(ledger, begin, end)
