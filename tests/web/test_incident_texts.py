"""The texts of an incident are written on its page: the note and the post-mortem."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from fener.actions import incidents, signing_in
from fener.actions.signing_in import Attempt
from fener.actions.throttle import SignInThrottle
from fener.faults import FaultBoard
from fener.pipeline.publish.publisher import Publisher
from fener.storage.incidents import Incident
from fener.web.app import create_web
from fener.web.options import WebOptions
from support.api import Client
from support.house import House, open_house
from support.people import PASSWORD
from support.visitor import Visitor


class Page:
    """The page of an open incident, and its reader."""

    def __init__(self, house: House, reader: Visitor, incident_id: int, path: str) -> None:
        self.house = house
        self.reader = reader
        self.incident_id = incident_id
        self.path = path

    async def incident(self) -> Incident:
        return await incidents.get(self.house.context, self.house.owner, self.incident_id)


@pytest.fixture
async def page(tmp_path: Path) -> AsyncIterator[Page]:
    async with open_house(tmp_path) as house:
        incident_id = await house.goes_down(await house.monitor())
        faults = FaultBoard(house.world.clock)
        client = Client(create_web(house.context, WebOptions(publisher=Publisher(), faults=faults)))
        attempt = Attempt(email="owner@example.com", password=PASSWORD, address="192.0.2.1")
        throttle = SignInThrottle(house.world.clock)
        entered = await signing_in.sign_in(house.context, throttle, attempt)
        reader = Visitor(client, entered.cookie, entered.csrf_token)
        path = f"/incidents/{await house.public_id(incident_id)}"
        yield Page(house, reader, incident_id, path)


async def test_the_note_is_the_comment_of_the_apis(page: Page) -> None:
    saved = await page.reader.post(f"{page.path}/note", comment=" Disk full ")
    assert saved.status == 303
    assert (await page.incident()).comment == "Disk full"
    shown = await page.reader.get(page.path)
    assert "Disk full" in shown.body.decode()


async def test_an_empty_note_is_none(page: Page) -> None:
    await page.reader.post(f"{page.path}/note", comment="Disk full")
    await page.reader.post(f"{page.path}/note", comment="")
    assert (await page.incident()).comment is None


async def test_a_note_that_is_too_long_is_refused_and_not_lost(page: Page) -> None:
    typed = "x" * 10_001
    await page.reader.post(f"{page.path}/postmortem", postmortem="Logs are rotated now")
    refused = await page.reader.post(f"{page.path}/note", comment=typed)
    assert refused.status == 422
    shown = refused.body.decode()
    assert 'aria-invalid="true"' in shown
    assert typed in shown
    assert "Logs are rotated now" in shown
    assert (await page.incident()).comment is None


async def test_the_post_mortem_stands_beside_it(page: Page) -> None:
    await page.reader.post(f"{page.path}/note", comment="Disk full")
    await page.reader.post(f"{page.path}/postmortem", postmortem="Logs are rotated now")
    incident = await page.incident()
    assert (incident.comment, incident.postmortem) == ("Disk full", "Logs are rotated now")
