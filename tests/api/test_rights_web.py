"""Every page of the web app, opened by everybody who signs in, for everybody's things: what is not
theirs shows nowhere, and what they post about it changes nothing. The same for pings.
"""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlencode
from uuid import UUID

import pytest
import pytest_asyncio
from litestar.handlers import HTTPRouteHandler
from msgspec import Struct

from fener.api.app import documents
from fener.api.compat.pings import Pings
from fener.domain.heartbeat import Ping
from fener.faults import FaultBoard
from fener.pipeline.publish.publisher import Change, Publisher, Topic
from fener.storage import monitors
from fener.web.app import create_web
from fener.web.options import WebOptions
from fener.web.views import VIEWS
from fener.web.views.live import GAP
from support.api import Answer, Client
from support.rights import WHOSE
from support.rights_building import town
from support.rights_town import EVERYBODY, Caller, mark
from support.rights_world import Open, open_town

LIVE = "/live"
"""A stream: it has a test of its own."""
PUBLIC = {"setup", "sign-in", "forgot", "api-documentation", "{language:str}", "static"} | {
    "manifest.webmanifest",
    "service-worker.js",
    "offline",
}
PEOPLE = [
    f"session of {name}" for name in ("owner", "user", "userA", "readA", "read0", "the neighbour")
]


class Page(Struct, frozen=True):
    method: str
    path: str

    @property
    def thing(self) -> str | None:
        """By which of its names a thing is spelled in the path."""
        found = re.match(r"/(\w+)/{(key|number):str}", self.path)
        return _THINGS.get(found[1]) if found else None


_THINGS = {
    "monitors": "website_id",
    "start": "website_id",
    "heartbeats": "public_heartbeat_id",
    "incidents": "incident_public_id",
    "channels": "channel_id",
    "tokens": "token_id",
}


def _pages() -> list[Page]:
    return [
        Page(method, path)
        for handler in VIEWS
        if isinstance(handler, HTTPRouteHandler)
        for method in sorted(handler.http_methods - {"HEAD", "OPTIONS"})
        for path in sorted(handler.paths)
        if path != LIVE
    ]


PAGES = _pages()


class Visitor:
    """Somebody with a browser before the web app of a town."""

    def __init__(self, here: Open, caller: Caller) -> None:
        self.here = here
        self.caller = caller
        self.publisher = Publisher()
        options = WebOptions(
            publisher=self.publisher,
            faults=FaultBoard(here.here.clock),
            documents={str(name): one for name, one in documents().items()},
        )
        self._client = Client(create_web(here.here.context, options), caller.headers)
        self._csrf = here.csrf_of(caller) if caller.has_session else ""

    async def get(self, target: str) -> Answer:
        return await self._client.get(target)

    async def open(self, page: Page, whose: str, query: str = "") -> Answer:
        target = self._target(page, whose) + query
        assert page.method in {"GET", "POST"}, page
        return await (self.get(target) if page.method == "GET" else self.post(target))

    def _target(self, page: Page, whose: str) -> str:
        thing = self.here.town.things[self.caller.whose[whose]][page.thing][0] if page.thing else ""
        known = {"language": "de", "section": "incidents", "digest": "x", "path": "app.css"}
        filled = re.sub(r"{(?:key|number):str}", thing or "1", page.path)
        return re.sub(r"{(\w+):\w+}", lambda match: known[match[1]], filled)

    async def post(self, target: str) -> Answer:
        body = urlencode({"csrf": self._csrf, "name": "x", "text": "x", "postmortem": "x"})
        form = {"content-type": "application/x-www-form-urlencoded"}
        return await self._client.post(target, body=body.encode(), headers=form)

    def whose(self, page: Page) -> list[str]:
        return [one for one in WHOSE if one in self.caller.whose] if page.thing else ["A"]

    def sees(self, whose: str) -> bool:
        return self.caller.whose[whose] not in {*self.caller.hidden, "nobody's"}


@pytest_asyncio.fixture
async def here(tmp_path: Path) -> AsyncIterator[Open]:
    async with open_town(tmp_path) as opened:
        yield opened


@pytest.mark.parametrize("name", PEOPLE)
async def test_no_page_shows_what_is_not_its_readers(here: Open, name: str) -> None:
    visitor = Visitor(here, here.town.callers[name])
    for page in (one for one in PAGES if one.method == "GET"):
        for whose in visitor.whose(page):
            answer = await visitor.open(page, whose)
            assert not here.town.shown(visitor.caller, answer), (page.path, whose)
            assert answer.status < 500, (page.path, answer.status)
            if page.thing and not visitor.sees(whose):
                assert answer.status in {303, 403, 404}, (page.path, whose, answer.status)
            elif page.path.split("/")[1] not in PUBLIC and not page.thing:
                assert answer.status == 200, (page.path, answer.status)
    assert not here.is_changed


@pytest.mark.parametrize("name", PEOPLE)
async def test_nothing_posted_changes_what_is_not_the_posters(here: Open, name: str) -> None:
    visitor = Visitor(here, here.town.callers[name])
    for page in (one for one in PAGES if one.method != "GET" and one.thing):
        for whose in visitor.whose(page):
            if not visitor.sees(whose):
                answer = await visitor.open(page, whose)
                assert answer.status in {403, 404}, (page, whose, answer.status)
                assert not here.town.shown(visitor.caller, answer), (page, whose)
                assert not here.is_changed, (page, whose)


@pytest.mark.parametrize("name", PEOPLE)
async def test_nobody_ends_keys_and_sessions_of_others(here: Open, name: str) -> None:
    visitor = Visitor(here, here.town.callers[name])
    ((own,),) = here.rows(
        "SELECT user_id FROM sessions WHERE csrf_token = :csrf", csrf=here.csrf_of(visitor.caller)
    )
    keys = "SELECT id FROM tokens WHERE kind = 'account' AND user_id <> :own"
    sessions = "SELECT id FROM sessions WHERE user_id <> :own"
    for sql, form in ((keys, "/tokens/{}/revoke"), (sessions, "/you/sessions/{}/end")):
        others = here.rows(sql, own=own)
        assert len(others) > 3
        for (number,) in others:
            assert (await visitor.post(form.format(number))).status == 404
    assert not here.is_changed


@pytest.mark.parametrize("name", [*PEOPLE[:1], *PEOPLE[2:]])
async def test_no_filter_of_a_page_shows_what_is_not_its_readers(here: Open, name: str) -> None:
    visitor = Visitor(here, here.town.callers[name])
    for owner in visitor.caller.hidden:
        if owner == "acme":
            continue
        monitor = here.town.things[owner]["website_id"][0]
        for target in (
            f"/incidents?monitor={monitor}",
            "/incidents?page=2",
            "/incidents?status=resolved",
            f"/?search={mark(owner)}",
            f"/heartbeats?search={mark(owner)}",
        ):
            answer = await visitor.get(target)
            assert answer.status in {200, 404}, target
            assert not here.town.shown(visitor.caller, answer, target), target


async def test_nobody_is_led_to_the_sign_in_from_every_page(here: Open) -> None:
    visitor = Visitor(here, Caller("nobody", "", {}, town().callers[PEOPLE[0]].whose, EVERYBODY))
    for page in PAGES:
        answer = await visitor.open(page, "A")
        assert not here.town.shown(visitor.caller, answer), page
        is_public = page.path.split("/")[1] in PUBLIC
        if page.method == "GET" and not is_public:
            assert answer.status == 303, page
            assert answer.headers["location"].startswith("/sign-in"), page
    assert not here.is_changed


@pytest.mark.parametrize("name", PEOPLE)
async def test_the_live_stream_tells_of_what_its_reader_reaches_alone(
    here: Open, name: str
) -> None:
    visitor = Visitor(here, here.town.callers[name])
    reading = asyncio.create_task(visitor.get(LIVE))
    while not visitor.publisher.subscribers:
        await asyncio.sleep(0)  # noqa: TID251 - gives way to the request
    for owner in ("A", "B", "elsewhere"):
        visitor.publisher.publish(_change(here, owner))
    await here.here.clock.settle()
    visitor.publisher.close()
    await here.here.clock.advance(GAP)
    answer = await reading
    assert not here.town.shown(visitor.caller, answer)
    for owner in {"A", "B", "elsewhere"} - {*visitor.caller.hidden}:
        assert here.town.things[owner]["website_id"][0].encode() in answer.body


def _change(here: Open, owner: str) -> Change:
    things = here.town.things[owner]
    return Change(
        Topic.INCIDENT,
        int(things["organizationId"][0]),
        int(things["customerId"][-1]),
        UUID(things["website_id"][0]),
    )


async def test_pings_are_answered_alike_whose_heartbeat_it_is(here: Open) -> None:
    heard: list[Ping] = []

    async def hear(ping: Ping) -> None:
        heard.append(ping)

    async def find(key: UUID) -> int | None:
        async with here.here.context.database.read() as session:
            return await monitors.id_by_ping_key(session, key)

    pings = Client(Pings(hear, find, here.here.clock, lambda _: "127.0.0.1"))
    keys = here.rows("SELECT ping_key, id FROM monitors WHERE ping_key IS NOT NULL")
    for form in ("/ping/{}", "/ping/{}/start", "/ping/{}/fail", "/ping/{}/log", "/ping/{}/7"):
        answers = {(await pings.get(form.format(key))).body for key, _ in keys}
        assert answers == {b"OK"}
        unknown = await pings.get(form.format(here.town.things["nobody's"]["website_id"][0]))
        assert (unknown.status, unknown.body) == (404, b"not found")
        public = await pings.get(form.format(here.town.things["A"]["public_heartbeat_id"][0]))
        assert (public.status, public.body) == (404, b"not found")
    assert {ping.monitor_id for ping in heard} == {number for _, number in keys}
