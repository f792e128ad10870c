"""Who is nobody, who belongs nowhere, whose cookie is not believed; and that what is foreign looks
like what is not there, wherever the contract says so.
"""

from typing import Any

import pytest

from fener.storage.database import Session
from support.api import Client
from support.rights import WHOSE, Line, lines
from support.rights_asking import Asked, own_requests, requests
from support.rights_building import town
from support.rights_town import EVERYBODY, Caller
from support.rights_world import Open
from support.schemas import refused

OWNER = town().callers["session of owner"]
KEY = town().callers["key of owner"]


@pytest.mark.parametrize("name", town().nobodies)
async def test_who_is_nobody_gets_401_everywhere(here: Open, name: str) -> None:
    client = Client(here.api, here.town.nobodies[name])
    hidden = Caller(name, "", {}, {}, hidden=EVERYBODY)
    for asked in own_requests(OWNER):
        answer = await asked.of(client)
        refused(answer, asked.line.operation.contract, 401, "Unauthorized")
        assert not here.town.shown(hidden, answer, asked.said)
    assert not here.is_changed


@pytest.mark.parametrize("name", town().memberless)
async def test_who_belongs_to_no_organization_sees_themselves_alone(here: Open, name: str) -> None:
    client = Client(here.api, here.town.memberless[name])
    await client.get("/api/user")  # the first use is noted
    here.seen()
    for asked in own_requests(KEY if name == "key" else OWNER):
        answer = await asked.of(client)
        if asked.line.operation.name == "account GET /api/user":
            assert answer.json["data"]["email"] == "left@acme.example"
        elif "{organization_id}" in asked.line.operation.path:
            refused(answer, "organization", 403, "Forbidden")
        else:
            said = refused(answer, asked.line.operation.contract, 400)
            assert said == "Organization ID is required"
    assert not here.is_changed


@pytest.mark.parametrize(
    ("named", "status"),
    [
        ("elsewhere", 403),
        ("nobody's", 403),
        ("9223372036854775807", 403),
        ("9223372036854775808", 403),
        ("0", 400),
        ("-1", 400),
        ("x", 400),
    ],
)
@pytest.mark.parametrize("name", ["session of owner", "key of readA", "token", "tokenA"])
async def test_another_organization_can_be_asked_for_on_no_route(
    here: Open, name: str, named: str, status: int
) -> None:
    caller = here.town.callers[name]
    known = here.town.things.get(named)
    number = known["organizationId"][0] if known else named
    for asked in _of_organization(own_requests(caller)):
        answer = await asked.of(here.client(caller), f"?organizationId={number}")
        message = "Forbidden" if status == 403 else "Organization ID is required"
        refused(answer, "organization", status, message)
        assert not here.town.shown(caller, answer, asked.said + number)
    assert not here.is_changed


def _of_organization(asked: list[Asked]) -> list[Asked]:
    """Those to which the query can name the organization, as the path does not."""
    return [
        one
        for one in asked
        if one.line.operation.contract == "organization"
        and one.line.operation.named != "organization_id"
    ]


UNSAFE = [one for one in own_requests(OWNER) if not one.line.operation.is_safe]
FROM_ELSEWHERE: list[dict[str, str]] = [
    {},
    {"origin": "https://evil.example"},
    {"origin": "null"},
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site"},
    {"sec-fetch-site": "none"},
    {"x-csrf-token": "0123456789abcdef"},
]


@pytest.mark.parametrize("signs", FROM_ELSEWHERE, ids=str)
async def test_a_cookie_changes_nothing_from_a_page_of_others(
    here: Open, signs: dict[str, str]
) -> None:
    client = Client(here.api, {"cookie": OWNER.headers["cookie"], **signs})
    for asked in UNSAFE:
        refused(await asked.of(client), asked.line.operation.contract, 403)
    assert not here.is_changed


async def test_a_cookie_reads_from_wherever_a_link_was(here: Open) -> None:
    client = Client(here.api, {"cookie": OWNER.headers["cookie"]})
    for asked in own_requests(OWNER):
        if asked.line.operation.is_safe:
            assert (await asked.of(client)).status == 200, asked


LOOKING = ["key of owner", "session of userA", "key of readA", "key of read0", "tokenA"]


@pytest.mark.parametrize("name", [*LOOKING, "key of the neighbour"])
async def test_what_is_foreign_looks_and_costs_like_what_is_not_there(
    here: Open, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    statements = _noted(monkeypatch)
    caller = here.town.callers[name]
    client = here.client(caller)
    compared = 0
    for line in lines():
        looks: dict[bool, dict[str, object]] = {False: {}, True: {}}
        for asked in _alike(line, caller):
            statements.clear()
            answer = await asked.of(client)
            look = (answer.status, answer.body.replace(asked.spelled.encode(), b"ID"), *statements)
            looks[asked.spelled.isdigit()][asked.whose] = look
        for by_whose in looks.values():
            compared += len(by_whose) > 1
            assert len(set(by_whose.values())) <= 1, (line.name, by_whose)
    assert compared > 5


def _noted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every statement that a session is asked for from now on."""
    statements: list[str] = []

    def noting(name: str) -> None:
        ask = getattr(Session, name)

        async def noted(session: Session, sql: str, *parameters: Any) -> Any:
            statements.append(sql)
            return await ask(session, sql, *parameters)

        monkeypatch.setattr(Session, name, noted)

    for name in ("all", "one", "run", "many"):
        noting(name)
    return statements


def _alike(line: Line, caller: Caller) -> list[Asked]:
    """Requests for what the caller does not see, where the table refuses it like what is not there.

    In the organization's contract these are what no role reaches, and fields that name a thing.
    """
    wanted = line.wanted(caller.column, with_session=caller.has_session)
    if not line.names_a_thing or wanted[-1] == "+":
        return []
    unseen = [one for one in WHOSE if caller.whose.get(one) in {*caller.hidden, "nobody's"}]
    alike = {one for one in unseen if wanted[WHOSE.index(one)] == wanted[-1]}
    own = town().things[caller.whose["A"]]["organizationId"]
    return [one for one in requests(line, caller) if one.whose in alike and one.spelled not in own]
