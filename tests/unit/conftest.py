"""What many tests need: people in a store, somebody who probes, something to be probed."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from fener.pipeline.probe.prober import Prober
from support.people import World, world
from support.probing import open_prober
from support.targets import Target


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[World]:
    async with world(tmp_path) as made:
        yield made


@pytest.fixture
async def prober() -> AsyncIterator[Prober]:
    async with open_prober() as one:
        yield one


@pytest.fixture
def target() -> Iterator[Target]:
    with Target() as running:
        yield running
