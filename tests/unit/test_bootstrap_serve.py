"""What `fener serve` leaves in the store for commands."""

from contextlib import AbstractAsyncContextManager

import pytest
from structlog.testing import capture_logs

from fener.actions.site import keep_site, last_site
from fener.bootstrap.serve import _keep_site
from fener.ports import StoreUnavailable
from fener.storage.database import Database, Session
from support.people import World

HERE, THERE = "http://127.0.0.1:8000", "https://fener.example"


def _full(_: Database) -> AbstractAsyncContextManager[Session]:
    raise StoreUnavailable("the disk is full")


async def test_the_address_is_kept_until_it_is_another(here: World) -> None:
    assert await last_site(here.context) is None
    for site in (HERE, THERE):
        await keep_site(here.context, site)
        assert await last_site(here.context) == site


async def test_a_store_that_cannot_be_written_does_not_hinder_the_start(
    here: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await _keep_site(here.context, HERE)
    monkeypatch.setattr(Database, "write", _full)
    with capture_logs() as logs:
        await _keep_site(here.context, HERE)
        await _keep_site(here.context, THERE)
    assert [line["site"] for line in logs] == [THERE]
    assert await last_site(here.context) == HERE
