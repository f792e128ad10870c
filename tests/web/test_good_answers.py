"""A bad check is shown beside what a good answer looks like."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from fener.actions import checks, signing_in
from fener.actions.signing_in import Attempt
from fener.actions.throttle import SignInThrottle
from fener.domain.check import Evidence, Hop, Success
from fener.domain.time import MINUTE
from fener.faults import FaultBoard
from fener.pipeline.publish.publisher import Publisher
from fener.web.app import create_web
from fener.web.options import WebOptions
from support.api import Client
from support.house import BROKEN, House, open_house
from support.people import PASSWORD
from support.store import NOON, checked, settler
from support.visitor import Visitor


class Pages:
    """A house with one monitor, and a reader of its pages."""

    def __init__(self, house: House, monitor_id: int, reader: Visitor) -> None:
        self.house = house
        self.monitor_id = monitor_id
        self.reader = reader
        self._at = house.world.clock.now()

    async def saw(self, body: str, *, is_bad: bool = False) -> None:
        result = replace(
            checked(self.monitor_id, self._at, BROKEN if is_bad else Success()),
            evidence=Evidence(body=body),
            is_good_answer=not is_bad,
        )
        await self.house.record.record([result], settler().settle)
        self._at += MINUTE

    async def text(self, path: str) -> str:
        return (await self.reader.get(path)).body.decode()

    async def path(self) -> str:
        context, owner = self.house.context, self.house.owner
        return f"/monitors/{(await checks.line(context, owner, self.monitor_id)).public_id}"

    async def check_path(self, number: int) -> str:
        """The page of the check that was recorded so many checks ago."""
        context, owner = self.house.context, self.house.owner
        found = (await checks.history(context, owner, self.monitor_id))[number]
        return f"{await self.path()}/checks/{found.at}.{found.id}"


@pytest.fixture
async def pages(tmp_path: Path) -> AsyncIterator[Pages]:
    async with open_house(tmp_path) as house:
        faults = FaultBoard(house.world.clock)
        client = Client(create_web(house.context, WebOptions(publisher=Publisher(), faults=faults)))
        attempt = Attempt(email="owner@example.com", password=PASSWORD, address="192.0.2.1")
        throttle = SignInThrottle(house.world.clock)
        entered = await signing_in.sign_in(house.context, throttle, attempt)
        reader = Visitor(client, entered.cookie, entered.csrf_token)
        yield Pages(house, await house.monitor(), reader)


async def test_the_history_leads_from_a_bad_check_to_its_page(pages: Pages) -> None:
    await pages.saw("hello")
    await pages.saw("we broke", is_bad=True)
    history = await pages.text(await pages.path())
    assert history.count("Compare with a good answer") == 1
    assert await pages.check_path(0) in history


async def test_its_page_shows_both_answers(pages: Pages) -> None:
    await pages.saw("hello")
    await pages.saw("we broke", is_bad=True)
    shown = await pages.text(await pages.check_path(0))
    assert "we broke" in shown
    assert "hello" in shown


async def test_where_no_good_answer_is_kept_it_says_when_one_will_be(pages: Pages) -> None:
    await pages.saw("we broke", is_bad=True)
    assert "No other good answer is kept yet" in await pages.text(await pages.check_path(0))


async def test_what_is_not_kept_is_not_found(pages: Pages) -> None:
    await pages.saw("hello")
    path = await pages.path()
    for place in ("1.1", "x.1", "1", "99999999999999999999.1"):
        assert (await pages.reader.get(f"{path}/checks/{place}")).status == 404, place


async def test_the_incident_shows_the_good_answer_before_it(pages: Pages) -> None:
    await pages.saw("hello")
    for _ in range(3):
        await pages.saw("we broke", is_bad=True)
    shown = await pages.text(f"/incidents/{await pages.house.public_id(1)}")
    assert shown.index("we broke") < shown.index("What a good answer looks like")
    assert "hello" in shown


async def test_a_traced_way_is_shown_host_by_host(pages: Pages) -> None:
    path = (
        Hop(1, "", 200, "a host of a private network"),
        Hop(2, "192.0.2.1", 400),
        Hop(3),
        Hop(4, "192.0.2.9", 9_100, "host unreachable"),
    )
    evidence = Evidence(address="198.51.100.7:443", path=path, traced_at=NOON)
    result = replace(checked(pages.monitor_id, NOON, BROKEN), evidence=evidence)
    await pages.house.record.record([result], settler().settle)
    shown = await pages.text(await pages.check_path(0))
    way = shown[shown.index('<ol class="path">') : shown.index("</ol>")]
    items = [re.sub(r"<[^>]*>|\s+", " ", one).split() for one in way.split("<li>")[1:]]
    assert items == [
        ["0.2", "ms", "a", "host", "of", "a", "private", "network"],
        ["192.0.2.1", "0.4", "ms"],
        ["nobody", "answered"],
        ["192.0.2.9", "9.1", "ms", "host", "unreachable"],
    ]
