"""Fener, monitoring-plugins and blackbox_exporter look at the same targets, side by side.

Where one of them comes to another verdict than Fener, the table says why. A disagreement that the
table does not explain fails, and so does an explanation of none. A plugin's warning is a complaint.
"""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from fener.domain.check import Failure, Outcome, Success
from fener.domain.kinds import ProbeSettings
from peers.table import ROWS, Peer, Row, modules
from support.certificates import Authority, make_authority
from support.peers import Blackbox, blackbox, need_peers, plugin
from support.probing import open_prober, order_for

TIMEOUT = 1_000


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return make_authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def exporter(authority: Authority, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Blackbox]:
    need_peers()
    folder = tmp_path_factory.mktemp("exporter")
    with blackbox(folder, modules(str(authority.trust_store))) as running:
        yield running


@pytest.mark.parametrize("row", ROWS, ids=[row.name for row in ROWS])
async def test_the_peers_agree_or_the_table_says_why(
    row: Row, authority: Authority, exporter: Blackbox, tmp_path: Path
) -> None:
    async with row.open(authority, tmp_path) as port:
        outcome, by_plugin, by_exporter = await asyncio.gather(
            fener(authority, row.settings(port)),
            plugin(*placed(row.plugin, port)) if row.plugin else nothing(),
            exporter.probe(*placed(row.exporter, port)),
        )
    seen = outcome.reason if isinstance(outcome, Failure) else None
    assert seen is row.reason, outcome
    if row.plugin and by_plugin:
        compare(row.plugin, outcome, *by_plugin)
    compare(row.exporter, outcome, *by_exporter)


async def nothing() -> None:
    """Nobody to ask."""


async def fener(authority: Authority, settings: ProbeSettings) -> Outcome:
    async with open_prober(trust_store=authority.trust_store) as prober:
        return (await prober.probe(order_for(settings, timeout=TIMEOUT))).outcome


def placed(peer: Peer, port: int) -> tuple[str, ...]:
    return tuple(part.replace("{port}", str(port)) for part in peer.ask)


def compare(peer: Peer, outcome: Outcome, is_good: bool, said: str) -> None:  # noqa: FBT001
    agrees = is_good is isinstance(outcome, Success)
    seen = f"{peer.ask[0]} {'likes' if is_good else 'dislikes'} it; Fener says {outcome}\n{said}"
    assert agrees is not bool(peer.disagrees), seen
