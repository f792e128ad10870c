"""Every page of the web app, opened by everybody who signs in, for everybody's things: what is not
theirs shows nowhere, and what they post about it changes nothing. The same for pings.
"""

import asyncio
from uuid import UUID

import pytest

from fener.api.compat.pings import Pings
from fener.domain.heartbeat import Ping
from fener.domain.place import Place
from fener.pipeline.publish.publisher import Change, Topic
from fener.storage import monitors
from fener.web.views.live import GAP
from support.api import Client
from support.rights_building import town
from support.rights_pages import LIVE, MANAGED, PAGES, PUBLIC, Visitor
from support.rights_town import EVERYBODY, Caller, mark
from support.rights_world import Open

PEOPLE = [
    f"session of {name}" for name in ("owner", "user", "userA", "readA", "read0", "the neighbour")
]


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
                wanted = {200, 403} if page.path in MANAGED else {200}
                assert answer.status in wanted, (page.path, answer.status)
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
    place = Place(
        organization_id=int(things["organizationId"][0]),
        customer_id=int(things["customerId"][-1]),
        monitor=UUID(things["website_id"][0]),
    )
    return Change(Topic.INCIDENT, place)


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
