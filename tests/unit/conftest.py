"""What most tests of probes need: somebody who probes, and something to be probed."""

from collections.abc import AsyncIterator, Iterator

import pytest

from fener.pipeline.probe.prober import Prober
from support.probing import open_prober
from support.targets import Target


@pytest.fixture
async def prober() -> AsyncIterator[Prober]:
    async with open_prober() as one:
        yield one


@pytest.fixture
def target() -> Iterator[Target]:
    with Target() as running:
        yield running
