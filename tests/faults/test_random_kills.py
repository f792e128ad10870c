"""Kill Fener a hundred times at random moments: nothing is lost or doubled."""

import asyncio
import random
import subprocess
from contextlib import suppress
from pathlib import Path

import pytest

from fener.testing.server import ServedFener
from support.crashing import judge_promises, lives_on, prepare, settle
from support.ledger import Ledger

KILLS = 100
LONGEST_LIFE = 3.0


@pytest.mark.long
def test_a_hundred_kills_lose_nothing_and_double_nothing(tmp_path: Path) -> None:
    lives = random.Random(20_261_122)
    data = tmp_path / "data"
    with Ledger() as ledger:
        token = asyncio.run(prepare(data, ledger))
        for _ in range(KILLS):
            live(data, lives.uniform(0.2, LONGEST_LIFE), ledger, token)
        with ServedFener(data) as fener:
            settle(fener, ledger, token)
    judge_promises(ledger)


def live(data: Path, seconds: float, ledger: Ledger, token: str) -> None:
    """Serve for so long, then die."""
    with ServedFener(data) as fener:
        ledger.ping(fener.url)
        ledger.read(fener.url, token)
        with suppress(subprocess.TimeoutExpired):
            fener.wait(seconds)
        lives_on(fener)
        fener.kill()
