"""Pings a second of many jobs, each answered when it is durable."""

import tempfile
from pathlib import Path

from client import Rounds, answered, get
from figures import Effort, Figure
from houses import House, furnish, served

CONNECTIONS = 64
HEARTBEATS = 5_000
ROUND_SECONDS = 5


def measure(effort: Effort) -> list[Figure]:
    """The first round is left out: in it every heartbeat is new."""
    count = effort.of(HEARTBEATS, 20)
    rounds = Rounds(CONNECTIONS, ROUND_SECONDS / effort.of(1, 20), effort.of(4, 2))

    async def fill(house: House) -> list[bytes]:
        return [get(f"/ping/{key}") for key in await house.heartbeats(count)]

    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        pings = furnish(data, fill)
        with served(data) as fener:
            made = rounds.of(fener, pings)
    return [answered(f"{count:,} heartbeats, {CONNECTIONS} connections: pings", made[1:])]
