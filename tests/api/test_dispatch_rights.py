"""Every route of both documents, asked by every kind of caller for their own things, for those of
another customer and of another organization, against one table of rights.
"""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import msgspec
import pytest
import pytest_asyncio
from msgspec import Struct

from fener.actions import channels, policies, tokens
from fener.actions.channels import NewChannel
from fener.api.app import documents
from fener.domain.kinds import Settings
from fener.domain.kinds.dns import DnsSettings
from fener.domain.kinds.icmp import IcmpSettings
from fener.domain.notification import ChannelKind
from fener.domain.people import RIGHTS, Identity, Permission, Role
from support.api import Answer, Client
from support.house import JOB, House, open_house

TABLE = Path(__file__).with_name("rights.txt")
SECRET = "SECRET"
SERVICES: dict[str, Settings] = {
    "icmp": IcmpSettings("gw.example"),
    "dns": DnsSettings("dns.example"),
}
_LINE = re.compile(r"(\w+) +(\w+) +(\S+) +(\w+)(\+person)? *(.*)")


class Route(Struct, frozen=True):
    """One line of the table."""

    contract: str
    method: str
    path: str
    permission: Permission | None
    """None: whoever has an account."""
    is_for_persons: bool
    body: str

    @property
    def is_about_a_thing(self) -> bool:
        return "{" in self.path or "$customer" in self.body

    @property
    def name(self) -> str:
        return f"{self.contract} {self.method} {self.path}"


def _routes() -> list[Route]:
    lines = [line for line in TABLE.read_text().splitlines() if line and line[0] != "#"]
    found = []
    for line in lines:
        match = _LINE.fullmatch(line)
        assert match, line
        contract, method, path, right, person, body = match.groups()
        permission = None if right == "self" else Permission(right)
        found.append(Route(contract, method, path, permission, bool(person), body))
    return found


ROUTES = tuple(_routes())
SHARED = "/api/dns-monitors"
OF_KEYS, OF_OTHERS = (
    tuple(one for one in ROUTES if one.contract == own or one.path.rstrip("/") != SHARED)
    for own in ("account", "organization")
)
"""What an account key and other credentials are answered: on a path of both contracts, those of
their own.
"""


def test_the_table_names_every_route_of_both_documents() -> None:
    documented = {
        f"{contract} {method.upper()} {path}"
        for contract, known in documents().items()
        for path, item in known["paths"].items()
        for method in item
    }
    assert {route.name for route in ROUTES} == documented


class Someone(Struct):
    """A caller, and what is known of their rights."""

    client: Client
    role: Role
    limit: frozenset[int] | None = None
    is_person: bool = False
    has_account: bool = True
    routes: tuple[Route, ...] = OF_OTHERS

    def may(self, route: Route) -> bool:
        if route.is_for_persons and not self.is_person:
            return False
        if route.permission is None:
            return self.has_account
        return route.permission in RIGHTS[self.role]


class Things(Struct):
    """One of each thing that a path can name: of a customer, or of an organization as a whole."""

    customer_id: int
    names: dict[str, str]


class Street(Struct):
    """The house, a neighbour, and things of three owners."""

    house: House
    own: Things
    other_customers: Things
    foreign: Things
    neighbour: Identity

    async def fresh(self) -> Things:
        """New things of one's own, for requests that change or take them away."""
        return await _things(self.house, self.house.owner, self.house.customer_id, "own")


async def _things(house: House, owner: Identity, customer_id: int, name: str) -> Things:
    monitor = await house.monitor(customer_id=customer_id, who=owner, name=name)
    heartbeat = await house.monitor(JOB, customer_id=customer_id, who=owner, name=name)
    services = {}
    for kind, watched in SERVICES.items():
        service = await house.monitor(watched, customer_id=customer_id, who=owner, name=name)
        services[f"{kind}_monitor_id"] = str(service)
        services[f"{kind}_monitor_public_id"] = await _public(house, "monitors", service)
    incident = await house.goes_down(monitor)
    settings = {"to": f"{name}@example.com"}
    new = NewChannel(kind=ChannelKind.EMAIL, name=name, settings=settings, customer_id=customer_id)
    channel = (await channels.add(house.context, owner, new)).id
    issued = [
        await tokens.create_token(
            house.context, owner, tokens.NewToken(name=name, customer_id=limit)
        )
        for limit in (customer_id, None)
    ]
    member = await house.world.member(
        owner.organization_id, Role.USER, f"{name}{uuid4()}@x.example"
    )
    # Everybody in an organization may read of its policies, so no customer's secret is in a name.
    title = f"{name if owner is not house.owner else 'spare'} {uuid4()}"
    spare = await policies.add(house.context, owner, policies.New(title=title))
    return Things(
        customer_id,
        {
            "package_type": spare.key,
            "incident_id": str(incident),
            "incident_public_id": await house.public_id(incident),
            "monitor_id": str(monitor),
            "heartbeat_id": str(heartbeat),
            "website_id": await _public(house, "monitors", monitor),
            **services,
            "notification_handler_id": str(channel),
            "channel_id": str(channel),
            "customer_id": await _public(house, "customers", customer_id),
            "user_id": await _public(house, "users", member.user_id),
            "organization_id": await _public(house, "organizations", owner.organization_id),
            "token_id": str(issued[0].token.id),
            "organization_token_id": str(issued[1].token.id),
        },
    )


async def _public(house: House, table: str, identifier: int | None) -> str:
    return str(await house.value(f"SELECT public_id FROM {table} WHERE id = :id", id=identifier))


@pytest_asyncio.fixture
async def street(tmp_path: Path) -> AsyncIterator[Street]:
    async with open_house(tmp_path) as house:
        neighbour = await house.stranger()
        beta, elsewhere = house.other_customer_id, await house.first_customer(neighbour)
        yield Street(
            house=house,
            own=await _things(house, house.owner, house.customer_id, "own"),
            other_customers=await _things(house, house.owner, beta, f"{SECRET}-customer"),
            foreign=await _things(house, neighbour, elsewhere, f"{SECRET}-organization"),
            neighbour=neighbour,
        )


WHO = {
    "owner": (Role.OWNER, False, "session"),
    "admin": (Role.ADMIN, False, "session"),
    "user": (Role.USER, False, "session"),
    "limited user": (Role.USER, True, "session"),
    "readonly": (Role.READONLY, True, "session"),
    "key of the owner": (Role.OWNER, False, "key"),
    "key of a limited user": (Role.USER, True, "key"),
    "key of a readonly": (Role.READONLY, True, "key"),
    "token": (Role.ADMIN, False, "token"),
    "token of a customer": (Role.USER, True, "token"),
}


async def _someone(street: Street, name: str) -> Someone:
    role, is_limited, kind = WHO[name]
    house = street.house
    own = house.customer_id
    limit = frozenset({own}) if is_limited else None
    if kind == "token":
        client = await house.token(own if is_limited else None)
        return Someone(client, role, limit, has_account=False)
    who = house.owner
    if role is not Role.OWNER:
        reach = (own,) if is_limited else None
        who = await house.world.member(who.organization_id, role, f"{uuid4()}@x.example", reach)
    client = await house.key_of(who) if kind == "key" else house.session_of(who)
    routes = OF_KEYS if kind == "key" else OF_OTHERS
    return Someone(client, role, limit, is_person=kind == "session", routes=routes)


async def _ask(client: Client, route: Route, things: Things, query: str = "") -> Answer:
    path = route.path.replace("organization/tokens/{", "organization/tokens/{organization_")
    target = re.sub(r"{(\w+)}", lambda match: things.names[match[1]], path)
    body = route.body.replace('"$customer"', str(things.customer_id))
    body = body.replace("$email", f"{uuid4()}@x.example")
    sent = {"json": msgspec.json.decode(body)} if body else {}
    return await client.ask(route.method, target + query, **sent)


async def _audited(house: House) -> int:
    return int(await house.value("SELECT count(*) FROM audit_entries"))


@pytest.mark.parametrize("name", WHO)
async def test_each_caller_may_what_the_table_says_to_what_is_theirs(
    street: Street, name: str
) -> None:
    someone = await _someone(street, name)
    wrong: list[tuple[object, ...]] = []
    for route in someone.routes:
        is_used_up = route.method != "GET" and "{" in route.path and someone.may(route)
        things = await street.fresh() if is_used_up else street.own
        before = await _audited(street.house)
        answer = await _ask(someone.client, route, things)
        wanted = {200, 201, 204} if someone.may(route) else {403}
        if answer.status not in wanted:
            wrong.append((route.name, answer.status, answer.body))
        if not someone.may(route) and await _audited(street.house) != before:
            wrong.append((route.name, "changed something", answer.body))
    assert not wrong


@pytest.mark.parametrize("name", WHO)
async def test_nobody_reaches_what_is_not_theirs(street: Street, name: str) -> None:
    someone = await _someone(street, name)
    whose = [street.foreign, *([street.other_customers] if someone.limit is not None else [])]
    before = await _audited(street.house)
    wrong = []
    for route in (one for one in someone.routes if one.is_about_a_thing):
        if _BY_KEY in route.path:
            continue  # a key names what is one's own organization's alone
        for things in whose:
            if things is street.other_customers and _OF_ORGANIZATION.search(route.path):
                continue  # theirs too
            answer = await _ask(someone.client, route, things)
            if answer.status not in _hidden(someone, route):
                wrong.append((route.name, answer.status, answer.body))
    assert not wrong
    assert await _audited(street.house) == before


_BY_KEY = "{package_type}"
_OF_ORGANIZATION = re.compile("{user_id}|{organization_id}")


def _hidden(someone: Someone, route: Route) -> set[int]:
    """The page of customers' tokens has words of its own: 400 `Invalid customer ID`."""
    if route.name == "organization POST /api/customer/tokens" and someone.may(route):
        return {400, 403}
    return {404} if route.contract == "account" else {403}


@pytest.mark.parametrize("name", WHO)
async def test_no_list_shows_what_is_not_theirs(street: Street, name: str) -> None:
    someone = await _someone(street, name)
    hidden = f"{SECRET}-organization" if someone.limit is None else SECRET
    for route in someone.routes:
        if route.method == "GET" and someone.may(route):
            answer = await _ask(someone.client, route, street.own)
            assert hidden.encode() not in answer.body, route.name


async def test_a_neighbour_is_forbidden_by_the_number_of_the_organization(
    street: Street,
) -> None:
    query = f"?organizationId={street.house.owner.organization_id}"
    clients = [
        (street.house.session_of(street.neighbour), OF_OTHERS),
        (await street.house.key_of(street.neighbour), OF_KEYS),
    ]
    for client, routes in clients:
        for route in (one for one in routes if one.contract == "organization"):
            answer = await _ask(client, route, street.own, query)
            assert answer.status == 403, (route.name, answer)


async def test_nobody_is_let_in_without_a_credential(street: Street) -> None:
    for client in (street.house.nobody, street.house.nobody.bearing("wsm_wrong")):
        for route in OF_OTHERS:
            answer = await _ask(client, route, street.own)
            words: Any = answer.json
            assert answer.status == 401, (route.name, answer)
            assert ("errors" in words) == (route.contract == "account"), route.name
